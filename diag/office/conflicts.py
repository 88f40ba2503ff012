"""What people wrote apart, for whoever settles it: candidates, origin, effects."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from hashlib import sha256
from textwrap import wrap

from diag.answers.answer_type import Parsed
from diag.answers.types import TYPES
from diag.assess.facts import with_answers
from diag.assess.words import score_words
from diag.audit.answer import NewAnswer, answer_for, check_parts
from diag.audit.history import (
    describe_revision,
    describe_subject,
    proof_words,
    proofs_in,
)
from diag.audit.session import AuditSession, listed
from diag.journal import changes
from diag.journal.facts import Conflict, nearest_base
from diag.journal.heads import content_of, removal
from diag.journal.records import photos_of
from diag.journal.revision import Json, NewRevision, Op, Revision
from diag.journal.subjects import (
    AnswerTopic,
    AuditTopic,
    NoteTopic,
    ObservationTopic,
    PlaceTopic,
    parse,
)
from diag.model.checklist import Question
from diag.model.enums import AuditStatus, Provenance
from diag.model.errors import DiagError
from diag.model.text import accept
from diag.office.merging import proposals
from diag.words.dates import time_words
from diag.words.sentences import counted, letters
from diag.words.vocabulary import PROVENANCES
from diag.workspace.workspace import Workspace

_DRIFT = 10 * 60 * 1000
"""Milliseconds that a clock may be off before it is reported."""

_LONG = 60
"""Texts longer than this are compared side by side."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate, and its author."""

    letter: str
    revision: Revision
    """Its last author."""
    words: str
    who: str
    author: str
    """Their name, or their label: what a program reads."""
    device: str
    at: int
    suspect: bool
    """Whether the clock that dated it cannot have been right."""
    same: tuple[str, ...]
    """Its other authors."""
    proof: str
    """What shows that it is its author's; empty where nobody signs."""
    relayed_by: str
    """Who gave it, where its author did not."""
    how: str
    """How an answer is known: « mesuré », « déclaré »…"""

    @property
    def when(self) -> str:
        """Return the day and time, and whether to believe them."""
        doubt = " (horloge douteuse)" if self.suspect else ""
        return f"{time_words(self.at)}{doubt}"


_OF_WORDS = NoteTopic | PlaceTopic | ObservationTopic
"""Where a third text may be typed."""


@dataclass(frozen=True, slots=True)
class Contested:
    """One conflict, in words."""

    session: AuditSession
    conflict: Conflict
    about: str
    """The place and the question, or what else people differ on."""
    candidates: tuple[Candidate, ...]
    base: str
    """What all started from; empty when they share nothing."""
    notes: tuple[str, ...]
    photos: tuple[str, ...]
    edits: tuple[str, ...]
    """What was written in a place that somebody removed."""
    inside: tuple[str, ...]
    """Ids of everything in the place, when it may be removed."""

    @property
    def id(self) -> str:
        """Return what names it, as it was shown: it changes when a head does."""
        conflict = self.conflict
        named = "\n".join((str(conflict.topic), *sorted(conflict.heads)))
        return sha256(named.encode("utf-8")).hexdigest()[:8]

    @property
    def question(self) -> Question | None:
        """Return the question that people differ on, if they do on one."""
        ident = getattr(self.conflict.topic, "question", "")
        return self.session.checklist.questions.get(ident)

    @property
    def is_long(self) -> bool:
        """Return whether two texts are to be read side by side."""
        two = len(self.candidates) == 2  # noqa: PLR2004 - a side each
        return two and max(len(one.words) for one in self.candidates) > _LONG

    @property
    def can_write(self) -> bool:
        """Return whether a third answer can be typed."""
        topic, asked = self.conflict.topic, self.question
        if isinstance(topic, AnswerTopic):
            return asked is not None and not TYPES[asked.type].is_photo
        return isinstance(topic, _OF_WORDS) and not self.edits

    @property
    def can_leave(self) -> bool:
        """Return whether a comment can stand next to it."""
        return isinstance(self.conflict.topic, AnswerTopic)

    def score(self, one: Candidate) -> str:
        """Return what the whole score would be; empty where there would be none."""
        topic, session = self.conflict.topic, self.session
        if not isinstance(topic, AnswerTopic) or session.is_older:
            return ""
        key = (topic.place, topic.question)
        heads = session.facts.answers.get(key, ())
        alone = next((each for each in heads if each.revision == one.revision.id), None)
        supposed = with_answers(session.facts, {key: alone})
        return score_words(session.judge.assess(supposed, advised=()).overall)

    def candidate(self, letter: str) -> Candidate:
        """Return the candidate of that letter.

        Raises:
            DiagError: there is none; names those that there are.
        """
        for one in self.candidates:
            if one.letter == letter.strip().upper():
                return one
        known = ", ".join(one.letter for one in self.candidates)
        raise DiagError(f"« {letter[:10]} » n'est pas un candidat. Prenez {known}.")


class _Telling:
    """Words the conflicts of one audit; what they share is read once."""

    def __init__(self, session: AuditSession) -> None:
        self.session = session

    @cached_property
    def now(self) -> int:
        """The wall clock here."""
        return self.session.workspace.world.clock()

    @cached_property
    def revisions(self) -> dict[str, Revision]:
        """Every revision, by id."""
        return {one.id: one for one in self.session.revisions()}

    @cached_property
    def proof_of(self) -> Callable[[str], tuple[str, str]]:
        """What shows, by id, that a line is its author's."""
        return proofs_in(self.session)

    def contested(self, conflict: Conflict) -> Contested:
        """Return one conflict in words."""
        session, topic = self.session, conflict.topic
        key = (getattr(topic, "place", ""), getattr(topic, "question", ""))
        journal = session.workspace.journal
        name_of = session.workspace.settings.name_of
        heads = [self.revisions[ident] for ident in conflict.heads]
        base = conflict.base
        if any(one.undoes for one in heads):  # not the settling that was taken back
            history = tuple(self.revisions.values())
            base = nearest_base(history, [self._first(one).id for one in heads])
        return Contested(
            session=session,
            conflict=conflict,
            about=describe_subject(session, topic),
            candidates=tuple(self._candidates(conflict, heads)),
            base=describe_revision(session, base) if base else "",
            notes=session.facts.notes.get(key, ())
            if isinstance(topic, AnswerTopic)
            else (),
            photos=tuple(
                one.caption or one.sha[:8]
                for one in photos_of(journal, session.audit.id)
                if (one.place, one.question) == key
            ),
            edits=tuple(
                f"{describe_subject(session, parse(one.subject))} : "
                f"{describe_revision(session, one)} "
                f"({name_of(one.author)}, {time_words(one.at)})"
                for one in conflict.edited
            ),
            inside=removal(journal, session.audit.id, topic.place).seen
            if isinstance(topic, PlaceTopic)
            else (),
        )

    def _candidates(
        self, conflict: Conflict, heads: Sequence[Revision]
    ) -> Iterator[Candidate]:
        session = self.session
        name_of = session.workspace.settings.name_of
        answers = (
            session.facts.answers.get((conflict.topic.place, conflict.topic.question))
            if isinstance(conflict.topic, AnswerTopic)
            else None
        )
        known = {one.revision: one for one in answers or ()}
        for letter, shown in zip(letters(), conflict.candidates, strict=False):
            first = self._first(shown)
            others = [
                self._first(one)
                for one in heads
                if one.id != shown.id and content_of(one) == content_of(shown)
            ]
            proof, relayed_by = self.proof_of(first.id)
            read = filter(None, map(self.revisions.get, first.parents))
            is_early = any(first.at < one.at - _DRIFT for one in read)
            yield Candidate(
                letter=letter,
                revision=shown,
                words=describe_revision(session, shown),
                who=name_of(first.author),
                author=session.workspace.settings.plain_name(first.author),
                device=first.device,
                at=first.at,
                how=PROVENANCES[known[shown.id].provenance]
                if shown.id in known
                else "",
                suspect=is_early or first.at > self.now + _DRIFT,
                proof=proof,
                relayed_by=relayed_by,
                same=tuple(
                    f"{name_of(one.author)}, {time_words(one.at)}" for one in others
                ),
            )

    def _first(self, revision: Revision) -> Revision:
        """Return the true author: an undo only writes again what another wrote."""
        while revision.undoes and revision.undoes in self.revisions:
            taken = self.revisions[revision.undoes]
            again = [
                self.revisions[ident]
                for ident in taken.parents
                if ident in self.revisions
                and content_of(self.revisions[ident]) == content_of(revision)
            ]
            if not again:
                return revision
            revision = again[-1]
        return revision


def contested_of(session: AuditSession) -> tuple[Contested, ...]:
    """Return the conflicts of one audit, place after place as one walks."""
    telling = _Telling(session)
    ranks = {place: rank for rank, place in enumerate(session.facts.places)}

    def rank(conflict: Conflict) -> int:
        return ranks.get(getattr(conflict.topic, "place", ""), -1)

    return tuple(telling.contested(one) for one in sorted(session.conflicts, key=rank))


def sessions_of(workspace: Workspace) -> list[AuditSession]:
    """Return every audit here, to look for what is to be settled in each."""
    return [
        AuditSession(workspace, each.audit, each.about) for each in listed(workspace)
    ]


def find_contested(session: AuditSession, text: str, place: str = "") -> Contested:
    """Return the conflict of that id, or on that question.

    Raises:
        DiagError: there is none, or several.
    """
    found = contested_of(session)
    wanted = text.strip()
    named = [one for one in found if one.id.startswith(wanted.lower()) and wanted]
    if not named:
        places = session.facts.places.items()
        where = {place, *(ident for ident, one in places if one.name == place)}
        named = [
            one
            for one in found
            if getattr(one.conflict.topic, "question", None) == wanted
            and (not place or getattr(one.conflict.topic, "place", "") in where)
        ]
    if len(named) == 1:
        return named[0]
    shown = named or found
    there = " ; ".join(f"{one.id} ({one.about})" for one in shown[:5])
    raise DiagError(
        f"« {wanted[:40]} » désigne plusieurs conflits : {there}. Donnez un numéro."
        if named
        else f"Pas de conflit « {wanted[:40]} » : il a pu être tranché, ou changer "
        + (f"depuis. Il y a : {there}." if there else "depuis. Il n'en reste aucun.")
    )


_WIDTH = 80
_GAP = " | "
_SHORT = 40


def title_line(one: Contested) -> str:
    """Return a conflict on one line: its number, what it is about, its candidates."""
    return f"{one.id}  {one.about} : {summary_line(one)}"


def summary_line(one: Contested) -> str:
    """Return the candidates on one line."""
    if one.edits:
        return removal_words(one)
    flat = (" ".join(each.words.split()) for each in one.candidates)
    return " ou ".join(
        words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…" for words in flat
    )


def removal_words(one: Contested) -> str:
    """Return « modifié par X après que Y l'a retiré »."""
    name_of = one.session.workspace.settings.name_of
    wrote = dict.fromkeys(name_of(each.author) for each in one.conflict.edited)
    took = " et ".join(dict.fromkeys(each.who for each in one.candidates))
    return f"modifié par {' et '.join(wrote)} après que {took} l'a retiré"


class CardTitle(str):
    """A line that names the conflict or a candidate: a screen has it stand out."""

    __slots__ = ()


def card_lines(one: Contested, width: int = _WIDTH) -> Iterator[str]:
    """Give everything that one needs to settle a conflict, its titles marked."""
    yield CardTitle(one.about)
    if one.question is not None and one.question.ask:
        yield from _indented(f"« {one.question.ask} »", width)
    if one.edits:
        yield from _indented(f"Lieu {removal_words(one)} :", width)
        for edit in one.edits:
            yield from _indented(f"- {edit}", width)
        return
    start = one.base or "rien, chacun a écrit sans l'autre"
    yield from _indented(f"Au départ : {start}", width)
    if one.is_long:
        left, right = (each.words for each in one.candidates)
        yield from side_by_side(left, right, width)
    older = one.session.is_older
    now = "" if older else score_words(one.session.judged.overall)
    scores = {each.letter: one.score(each) for each in one.candidates}
    moves = not older and set(scores.values()) != {now}
    for each in one.candidates:
        yield from candidate_lines(each, width, brief=one.is_long)
        if moves and scores[each.letter]:
            yield from _indented(f"le score serait : {scores[each.letter]}", width, 5)
    if isinstance(one.conflict.topic, AnswerTopic) and not older:
        rows = (
            "Score tant que rien n'est tranché" if moves else "Le score n'en dépend pas"
        )
        yield from _indented(f"{rows} : {now}", width)
    for note in one.notes:
        yield from _indented(f"Note : {note}", width)
    if one.photos:
        yield from _indented(f"Photos : {', '.join(one.photos)}", width)


def candidate_lines(one: Candidate, width: int, *, brief: bool) -> Iterator[str]:
    """Give one candidate: its words, its author, on which device, when."""
    shown = proof_words(one.proof, one.relayed_by)
    device = f"poste {one.device}"
    by = ", ".join(filter(None, (one.who, one.how, shown, device, one.when)))
    head, *rest = wrap(f"{one.letter}. {by if brief else one.words}", width - 2)
    yield CardTitle(f"  {head}")
    yield from (f"     {line}" for line in rest)
    if not brief:
        yield from _indented(by, width, 5)
    if one.same:
        agree = "les deux" if len(one.same) == 1 else "tous"
        others = " ; ".join(one.same)
        yield from _indented(f"{agree} disent pareil : {others}", width, 5)


def side_by_side(left: str, right: str, width: int) -> Iterator[str]:
    """Give two texts next to each other; what only one has is marked « > »."""
    size = (width - len(_GAP) - 4) // 2
    mine, theirs = _lines(left, size), _lines(right, size)
    yield f"  {'A'.ljust(size)}{_GAP}B"
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        mark = " " if tag == "equal" else ">"
        for at in range(max(i2 - i1, j2 - j1)):
            one = mine[i1 + at] if i1 + at < i2 else ""
            two = theirs[j1 + at] if j1 + at < j2 else ""
            yield f"{mark} {one.ljust(size)}{_GAP}{two}".rstrip()


def _lines(text: str, size: int) -> list[str]:
    return [line for part in text.splitlines() for line in wrap(part, size) or [""]]


def _indented(text: str, width: int, by: int = 2) -> Iterator[str]:
    for part in text.splitlines() or [""]:
        for rank, line in enumerate(wrap(part, max(width - by, 20)) or [""]):
            yield " " * (by if not rank else by + 2) + line


# A settlement is one revision that names all the heads shown: what arrives meanwhile is
# a new conflict that the user sees.


def take(shown: Contested, letter: str) -> tuple[Revision, ...]:
    """Write one candidate again over all; return the revisions.

    Raises:
        DiagError: no such candidate, or nothing could be written.
    """
    taken = shown.candidate(letter).revision
    if taken.op == "del" and isinstance(shown.conflict.topic, PlaceTopic):
        return remove(shown)
    value = taken.value
    closing = {"status": str(AuditStatus.CLOS)}
    is_closing = isinstance(value, dict) and value.get("status") == closing["status"]
    if shown.conflict.topic == AuditTopic("status") and is_closing:  # signed today
        value = changes.moved("", AuditStatus.CLOS, shown.session.digest).value
    return _settle(shown, value, op="del" if taken.op == "del" else "set")


def write(
    shown: Contested,
    given: str | Parsed,
    *,
    provenance: Provenance | None = None,
    sure: bool = False,
) -> tuple[Revision, ...]:
    """Write a third answer.

    Raises:
        Refused: the value cannot be; nothing was written.
        UnlikelyAnswer: unlikely and not confirmed; nothing was written.
        DiagError: nothing can be typed there: one of the candidates is to be taken.
    """
    if not shown.can_write:
        raise DiagError(f"« {shown.about} » ne se retape pas : prenez A ou B.")
    topic, audit = shown.conflict.topic, shown.session.audit.id
    if isinstance(topic, AnswerTopic):
        question = shown.question
        assert question is not None  # checked by can_write
        entry = NewAnswer(question.id, given, provenance=provenance, sure=sure)
        answer = answer_for(question, entry)
        check_parts(shown.session, topic.place, {question.id: answer})
        draft = changes.answered(audit, topic.place, topic.question, answer)
        return _settle(shown, draft.value)
    assert isinstance(given, str)  # a note or a name is no answer
    text = accept(given, line=isinstance(topic, PlaceTopic))
    if isinstance(topic, NoteTopic):
        return _settle(shown, text or None, op="set" if text else "del")
    if isinstance(topic, ObservationTopic):
        values = (one.revision.value for one in shown.candidates)
        last = [one for one in values if isinstance(one, dict)][-1]
        return _settle(shown, {**last, "text": text})
    named = {**_noun(shown), "name": text}
    return _settle(shown, named)


def leave(shown: Contested, comment: str) -> tuple[Revision, ...]:
    """Leave it open, and write why in the note next to the answers.

    Raises:
        DiagError: an empty comment, or a note that people differ on.
    """
    topic, session = shown.conflict.topic, shown.session
    if not isinstance(topic, AnswerTopic):
        raise DiagError(
            f"« {shown.about} » n'a pas de note : laissez-le ouvert sans commentaire."
        )
    reason = accept(comment)
    if not reason:
        raise DiagError("Le commentaire est vide : dites pourquoi il reste ouvert.")
    if len(shown.notes) > 1:
        raise DiagError("Les notes diffèrent aussi : tranchez d'abord la note.")
    whole = "\n".join((*shown.notes, reason))
    return session.record(
        changes.noted(
            session.audit.id,
            topic.place,
            topic.question,
            whole,
            left=shown.conflict.heads,
        )
    )


def keep(shown: Contested) -> tuple[Revision, ...]:
    """Keep a place that one removed while another wrote there."""
    return _settle(shown, _noun(shown))


def remove(shown: Contested) -> tuple[Revision, ...]:
    """Remove a place, all that was written there being known."""
    return _settle(shown, None, op="del", seen=shown.inside)


def _settle(
    shown: Contested, value: Json, op: Op = "set", seen: tuple[str, ...] = ()
) -> tuple[Revision, ...]:
    """Write one revision a subject, in one go, over the heads that were shown."""
    audit = shown.session.audit.id
    return shown.session.record(
        *(
            NewRevision(audit, subject, value, op, parents=heads, seen=seen)
            for subject, heads in shown.conflict.by_subject
        )
    )


def _noun(shown: Contested) -> dict[str, Json]:
    topic, session = shown.conflict.topic, shown.session
    assert isinstance(topic, PlaceTopic)
    place = session.facts.places[topic.place]
    value = changes.placed(session.audit.id, place).value
    assert isinstance(value, dict)
    return value


def unsettled(session: AuditSession) -> str:
    """Return « 2 conflits, 1 lieu peut-être double »; empty when all is settled."""
    return unsettled_words(len(session.conflicts), len(proposals(session)))


def unsettled_words(conflicts: int, twice: int) -> str:
    """Return how many of each, those that there are."""
    parts = []
    if conflicts:
        parts.append(counted(conflicts, "conflit"))
    if twice:
        double = counted(twice, "lieu peut-être double", "lieux peut-être doubles")
        parts.append(double)
    return ", ".join(parts)
