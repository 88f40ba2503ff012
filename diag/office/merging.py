"""Two places that may be one: proposed, compared, read as one if a person decides."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from diag.answers.types import heads_words
from diag.audit.session import AuditSession
from diag.journal import subjects
from diag.journal.heads import apart, distinct, distinct_in, merged_in, same
from diag.journal.revision import Revision
from diag.model.audit import ROOT_KINDS, Place
from diag.model.enums import PlaceKind, State
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.vocabulary import PLACE_NAMES

_USE = "type_salle"
"""The question that gives what a room is for."""

_PAIR = 2


@dataclass(frozen=True, slots=True)
class JoinedAnswer:
    """One question, were two places read as one."""

    label: str
    first: str
    """The answer at the place kept; empty when there is none."""
    second: str
    differs: bool
    """Whether it would become a conflict."""


@dataclass(frozen=True, slots=True)
class PlaceMerge:
    """Two places that may be the same one."""

    session: AuditSession
    kept: Place
    other: Place
    why: str
    """« même nom », « même usage »."""
    authors: tuple[str, str]
    """Who created the place kept, and the other one."""
    rows: tuple[JoinedAnswer, ...]

    @property
    def about(self) -> str:
        """Return which two."""
        return f"lieux « {self.kept.name} » et « {self.other.name} »"

    @property
    def asked(self) -> str:
        """Return the question that only a person answers."""
        return f"un seul lieu ? ({self.why})"

    @property
    def conflicts(self) -> int:
        """How many answers would be in conflict."""
        return sum(row.differs for row in self.rows)


def proposals(session: AuditSession) -> tuple[PlaceMerge, ...]:
    """Return the places that two people created apart and that look like one.

    Nobody has recorded that they are two.
    """
    known = distinct_in(session.workspace.journal, session.audit.id)
    found = []
    for kind in PlaceKind:
        if kind in ROOT_KINDS:
            continue
        for first, second, why in _alike(session, session.facts.places_of(kind)):
            if frozenset((first.id, second.id)) in known:
                continue
            mine, theirs = _birth(session, first), _birth(session, second)
            if mine and theirs and mine.device != theirs.device:
                found.append(_merge(session, first, second, why))
    return tuple(found)


def merge_of(session: AuditSession, kept: str, other: str) -> PlaceMerge:
    """Return what reading two places as one would do; nothing is written.

    Raises:
        DiagError: unknown places, the same one twice, or of different kinds.
    """
    first, second = session.find_place(kept), session.find_place(other)
    if first.id == second.id or first.kind in ROOT_KINDS:
        raise DiagError("Nommez deux lieux différents, dans le sujet de l'audit.")
    if first.kind is not second.kind:
        raise DiagError(
            f"« {first.name} » et « {second.name} » ne sont pas du même genre."
        )
    return _merge(session, first, second, "")


def merge(found: PlaceMerge) -> Revision:
    """Have the other place read as the one kept; undo separates them again."""
    draft = same(found.session.audit.id, found.other.id, found.kept.id)
    (revision,) = found.session.record(draft)
    return revision


def keep_apart(found: PlaceMerge) -> None:
    """Have the two never proposed again, here or elsewhere; undo proposes them."""
    found.session.record(
        distinct(found.session.audit.id, found.kept.id, found.other.id)
    )


def separate(session: AuditSession, text: str) -> tuple[Revision, ...]:
    """Have the places that are read as one stand apart again.

    Raises:
        DiagError: unknown place, or one that is no other.
    """
    place = session.find_place(text)
    merged = merged_in(session.workspace.journal, session.audit.id)
    others = [other for other, kept in merged.items() if kept == place.id]
    if not others:
        raise DiagError(
            f"« {place.name} » n'est pas la fusion de deux lieux : rien à séparer."
        )
    return session.record(*(apart(session.audit.id, other) for other in others))


def merge_lines(found: PlaceMerge) -> Iterator[str]:
    """Give what one needs to decide: both places, what is kept, what would differ."""
    kind = PLACE_NAMES[found.kept.kind]
    why = f" ({found.why})" if found.why else ""
    yield f"Deux lieux, peut-être un seul{why}"
    for letter, place, who in zip(
        "AB", (found.kept, found.other), found.authors, strict=True
    ):
        yield f"  {letter}. {place.name} ({kind}), ajout de {who}"
    yield "  Lus comme un seul, sous le nom de A :"
    for row in found.rows:
        rows = (
            f"en conflit, A {row.first} ; B {row.second}"
            if row.differs
            else row.first or row.second
        )
        yield f"    {row.label} : {rows}"
    if not found.rows:
        yield "    aucune réponse encore, de part et d'autre"
    many = "s" * (found.conflicts > 1)
    yield f"  {found.conflicts or 'aucun'} conflit{many} à trancher ensuite."
    yield "  Rien n'est copié ni perdu ; annuler les sépare de nouveau."


def merged_lines(found: PlaceMerge, ref: str) -> Iterator[str]:
    """Give what a merge did, what is left to settle, and the way back."""
    yield f"« {found.other.name} » est lu avec « {found.kept.name} », comme un seul."
    if found.conflicts:
        many = "s" * (found.conflicts > 1)
        yield f"{found.conflicts} conflit{many} à trancher : diag conflicts {ref}"
    yield f"Pour les séparer : diag conflicts separate {ref} {found.kept.id}"


def _alike(
    session: AuditSession, there: Sequence[Place]
) -> Iterator[tuple[Place, Place, str]]:
    """Give the pairs that bear one name, or are the only two of one use."""
    names = {place.id: _name(place.name) for place in there}
    facts, uses = session.facts, dict[str, object]()
    for place in there:
        heads = facts.answers.get((place.id, _USE), ())
        known = [each.value for each in heads if each.state is State.KNOWN]
        uses[place.id] = known[0] if len(known) == 1 else None
    often = Counter(uses.values())
    for first, second in combinations(there, 2):
        use = uses[first.id]
        inside = {first.parent, second.parent} - {facts.root}
        named = {_name(facts.places[parent].name) for parent in inside if parent}
        if len(named) >= _PAIR:
            continue
        if names[first.id] == names[second.id]:
            yield first, second, "même nom"
        elif use is not None and use == uses[second.id] and often[use] == _PAIR:
            yield first, second, "même usage"


def _name(text: str) -> str:
    return " ".join(fold(text).split())


def _birth(session: AuditSession, place: Place) -> Revision | None:
    journal = session.workspace.journal
    history = journal.history(session.audit.id, subjects.place(place.id))
    return history[0] if history else None


def _merge(session: AuditSession, first: Place, second: Place, why: str) -> PlaceMerge:
    name_of = session.workspace.settings.name_of
    births = [_birth(session, place) for place in (first, second)]
    authors = [name_of(birth.author) if birth else "inconnu" for birth in births]
    answers, rows = session.facts.answers, []
    for ident, question in session.checklist.questions.items():
        mine = answers.get((first.id, ident), ())
        theirs = answers.get((second.id, ident), ())
        if mine or theirs:
            values = {(each.state, each.value) for each in (*mine, *theirs)}
            rows.append(
                JoinedAnswer(
                    question.label,
                    heads_words(question, mine) if mine else "",
                    heads_words(question, theirs) if theirs else "",
                    differs=len(values) > 1,
                )
            )
    both = authors[0], authors[1]
    return PlaceMerge(session, first, second, why, both, tuple(rows))
