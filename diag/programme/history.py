"""What was written in a programme: decided, revised, written apart, taken back.

Undo deletes nothing: what stood before is written again.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from diag.audit import undo
from diag.journal import subjects
from diag.journal.revision import Json, Revision, dumps, parse
from diag.journal.subjects import ProgrammeTopic
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.programme import (
    BodyDecision,
    CostSplit,
    EnvelopeState,
    ProgrammeFrame,
    RightsRule,
    YearEnvelope,
    YearLock,
)
from diag.model.text import exact
from diag.programme.assembling import (
    Board,
    adopted_in,
    adopted_parts,
    board_of,
    costs_adopted,
    years_adopted,
)
from diag.programme.container import Container, noun_of
from diag.words.sentences import euros, euros_and_cents, letters, number, percent


class YearMoved(NamedTuple):
    """An operation whose year an adoption changed."""

    operation: str
    before: int | None
    """None: it was not in the programme."""
    after: int | None
    """None: it is no more."""


class LoggedDecision(NamedTuple):
    """A decision, and all that rests on it."""

    ident: str
    decision: BodyDecision
    adopts: bool
    """Whether the programme, or a variant, was adopted by it."""
    moved: tuple[YearMoved, ...]
    """Against what was adopted before; empty where a part has not come yet."""
    locks: tuple[str, ...]
    """Operations whose year it imposes."""
    weighs: bool
    """Whether the weights of themes were adopted by it."""


def log_of(container: Container) -> Iterator[LoggedDecision]:
    """Give the decisions of a programme by day, with what each one moved."""
    record = container.record()
    moved: dict[str, tuple[YearMoved, ...]] = {}
    before: Mapping[str, int] = {}
    # One that adopted again, to write more steps, counts once: as it did last.
    for decision, group in groupby(
        record.adoptions.items(), lambda one: one[1].decision
    ):
        parts = adopted_parts(container, *list(group)[-1])
        moved[decision] = ()
        if parts is not None:
            after = years_adopted(parts)
            moved[decision], before = years_moved(before, after), after
    for ident, one in record.decisions.items():
        yield LoggedDecision(
            ident,
            one,
            adopts=ident in moved,
            moved=moved.get(ident, ()),
            locks=tuple(
                name for name, lock in record.locks.items() if lock.decision == ident
            ),
            weighs=record.weighing is not None and record.weighing.decision == ident,
        )


def years_moved(
    before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[YearMoved, ...]:
    """Return the operations whose year differs, in the order of their turn."""
    names = dict.fromkeys((*after, *before))
    changed = (YearMoved(one, before.get(one), after.get(one)) for one in names)
    return tuple(one for one in changed if one.before != one.after)


def is_as_adopted(board: Board) -> bool:
    """Say whether every operation has the year that was last adopted."""
    then = adopted_in(board.container, board.record)
    return then is not None and not years_moved(then.years, board.schedule.years)


class Revised(NamedTuple):
    """A programme worked out again, against what was adopted."""

    board: Board
    moved: tuple[YearMoved, ...]
    recosted: tuple[str, ...]
    """Operations in both whose cost changed."""

    @property
    def cents(self) -> int:
        """What it costs once, all payers together."""
        placed = self.board.schedule.placements.values()
        return sum(sum(one.paid.values()) for one in placed)


class ProgrammeRevision(NamedTuple):
    """What was adopted, moved as little as can be, and started again."""

    placed: int
    """How many operations were adopted."""
    cents: int
    """What they cost once, in cents, when they were."""
    least: Revised
    afresh: Revised


def revision_of(container: Container) -> ProgrammeRevision:
    """Return what would change in what was last adopted; nothing is written.

    Raises:
        DiagError: nothing was adopted, or a part of it has not come yet.
    """
    record = container.record()
    then = adopted_in(container, record)
    if record.adoption is None or then is None:
        raise DiagError(
            "Rien n'est encore arrêté, ou une partie n'en est pas arrivée ici : "
            "il n'y a rien à réviser.",
            command="diag programme adopt --decision NUMÉRO",
        )
    variant, costs = record.adoption[1].variant, costs_adopted(container, record)

    def revised(board: Board) -> Revised:
        placed = board.schedule.placements
        paid = {
            name: sum(placed[name].paid.values()) for name in costs if name in placed
        }
        recosted = (name for name, cents in paid.items() if 0 < cents != costs[name])
        moved = years_moved(then.years, board.schedule.years)
        return Revised(board, moved, tuple(recosted))

    least = board_of(container, variant, afresh=False)
    afresh = board_of(container, variant, least.gathered)
    return ProgrammeRevision(
        len(then.years), sum(costs.values()), revised(least), revised(afresh)
    )


_KINDS = {
    subjects.PURCHASES: "un achat groupé",
    subjects.SHARED: "une opération partagée",
    subjects.EARMARKS: "une somme réservée",
    subjects.VARIANTS: "une variante",
    subjects.DECISIONS: "une décision",
    subjects.ADOPTIONS: "ce qui est arrêté",
    subjects.THEMES: "un thème",
    subjects.WORKSHOPS: "un atelier",
    subjects.SPLITS: "la part du syndicat",
}
"""What a subject is about, where nothing says it better."""

_RULES = {
    "frame": "les années, la réserve ou l'ordre",
    "rights": "le partage des droits de tirage",
    "weights": "le poids des thèmes",
}


def subject_words(board: Board, subject: str) -> str:
    """Return what a subject is about: « l'enveloppe 2028, syndicat (…) »."""
    match subjects.parse(subject):
        case ProgrammeTopic(subjects.PROGRAMME, (name,)) if name in _RULES:
            return _RULES[name]
        case ProgrammeTopic(subjects.ENVELOPES, (payer, year, section)):
            return f"l'enveloppe {year}, {board.payer_name(payer)} ({section})"
        case ProgrammeTopic(subjects.LOCKS, key):
            return f"le verrou de « {board.named('/'.join(key)).title} »"
        case ProgrammeTopic(kind, _) if kind in _KINDS:
            return _KINDS[kind]
    return subject


_NOUNS: dict[str, type[Noun]] = {
    subjects.ENVELOPES: YearEnvelope,
    subjects.LOCKS: YearLock,
    subjects.SPLITS: CostSplit,
    "frame": ProgrammeFrame,
    "rights": RightsRule,
}
"""Kind of subject → what its value is, where a line may hold it."""


def value_words(subject: str, value: Json) -> str:
    """Return a value that somebody wrote, on one line; « retiré » of none."""
    if not isinstance(value, dict):
        return "retiré"
    kind, _, rest = subject.partition("/")
    noun = _NOUNS.get(rest if kind == subjects.PROGRAMME else kind)
    words = str(value.get("title") or value.get("name") or "une autre valeur")
    match noun_of(noun, value) if noun else None:
        case YearEnvelope() as envelope:
            words = envelope_words(envelope)
        case YearLock() as lock:
            words = f"{lock.year}, par {lock.by} : {lock.why}"
        case CostSplit() as split:
            words = percent(exact(split.syndicat))
        case ProgrammeFrame() as frame:
            order = "la loi, ce qui bloque" if frame.socle_first else "la loi"
            kept = f"réserve {number(frame.reserve)} %"
            words = f"{frame.span}, {kept}, {order}, les points par euro"
        case RightsRule() as rights:
            each = f"{number(rights.school)} par école"
            words = f"{each}, {number(rights.pupil)} par élève"
    return words


def envelope_words(envelope: YearEnvelope) -> str:
    """Return an envelope: « 90 000 €, votée, reportable · DOB »."""
    cents = envelope.cents
    amount = euros_and_cents(cents) if cents % 100 else euros(cents // 100)
    state = "votée" if envelope.state is EnvelopeState.VOTE else "hypothèse"
    carried = ", reportable" if envelope.carry else ""
    source = f" · {envelope.source}" if envelope.source else ""
    return f"{amount}, {state}{carried}{source}"


class RivalValue(NamedTuple):
    """One of the values that differ."""

    author: str
    """By name."""
    plain_author: str
    """By name or label: what a program reads."""
    words: str
    value: Json


class Rivals(NamedTuple):
    """A subject on which people differ."""

    ident: str
    """Eight characters, which change with it."""
    subject: str
    words: str
    values: tuple[RivalValue, ...]


def rivals_of(board: Board) -> Iterator[Rivals]:
    """Give what is to be settled in a programme."""
    settings = board.container.workspace.settings
    for subject, stated in board.container.contested.items():
        yield Rivals(
            sha256(dumps([subject, *stated.values]).encode()).hexdigest()[:8],
            subject,
            subject_words(board, subject),
            tuple(
                RivalValue(
                    settings.name_of(author),
                    settings.plain_name(author),
                    value_words(subject, value),
                    value,
                )
                for author, value in zip(stated.authors, stated.values, strict=True)
            ),
        )


def rivals_named(board: Board, text: str) -> Rivals:
    """Return what is to be settled, by the start of its number.

    Raises:
        DiagError: none has it, or it changed since.
    """
    wanted = text.strip().casefold()
    found = [one for one in rivals_of(board) if wanted and one.ident.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise DiagError(
        f"« {text[:20]} » n'est le numéro d'aucun conflit d'ici. Revoyez-les.",
        command="diag programme settle",
    )


def settle(container: Container, found: Rivals, letter: str) -> RivalValue:
    """Write one of the values again: it stands alone; return it.

    Raises:
        DiagError: no value has that letter, or nothing could be written.
    """
    known = dict(zip(letters(), found.values, strict=False))
    chosen = known.get(letter.upper())
    if chosen is None:
        raise DiagError(f"« {letter[:10]} » : choisissez parmi {', '.join(known)}.")
    kept = chosen.value if isinstance(chosen.value, dict) else None
    container.write(container.draft(found.subject, kept))
    return chosen


Gestures = Mapping[str, frozenset[str]]
"""Id of a revision → the ids of all that was written with it."""


def last_gesture(container: Container, gestures: Gestures) -> tuple[Revision, ...]:
    """Return this author's last gesture here that is not taken back, last first.

    `gestures`: those of this session; one from before stands alone.

    Raises:
        DiagError: there is none, or it adopted the programme.
    """

    def is_change(revision: Revision) -> bool:
        # What opened the programme is none: its first frame stays.
        topic = subjects.parse(revision.subject)
        is_frame = topic == ProgrammeTopic(subjects.PROGRAMME, ("frame",))
        is_first = is_frame and not revision.parents
        return isinstance(topic, ProgrammeTopic) and not is_first

    workspace = container.workspace
    revisions = map(parse, workspace.journal.lines(container.audit.id))
    stack = undo.list_own(revisions, workspace.origin, is_change)
    if not stack:
        raise DiagError("Rien à annuler : vous n'avez rien saisi dans ce programme.")
    last = stack[-1]
    together = gestures.get(last.id, frozenset({last.id}))
    taken = tuple(each for each in reversed(stack) if each.id in together)
    if any(each.subject.startswith(f"{subjects.ADOPTIONS}/") for each in taken):
        raise DiagError(
            "Rien n'a été annulé : un programme arrêté le reste. Une autre "
            "délibération en arrête un autre."
        )
    return taken


def take_back(container: Container, taken: Iterable[Revision]) -> None:
    """Write what stood before a gesture, in one commit.

    Raises:
        DiagError: others wrote there since.
    """
    journal, audit = container.workspace.journal, container.audit.id
    refusal = (
        "quelqu'un d'autre a écrit au même endroit depuis. Écrivez la bonne valeur."
    )
    container.write(*undo.take_back(journal, audit, taken, refusal))
