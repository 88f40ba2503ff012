"""What people said apart, told for who settles it: candidates, origin, effects."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from diag.assess.overlay import with_answers
from diag.desk.about import about_words
from diag.desk.audits import listed
from diag.desk.bilan.score_words import score_words
from diag.desk.said import said_words
from diag.desk.session import Session
from diag.desk.visit.trail import time_words
from diag.desk.workspace import Workspace
from diag.journal.board import saying
from diag.journal.conflicts import Conflict, nearest_base
from diag.journal.photos import photos_of
from diag.journal.places import removal
from diag.journal.revision import Revision
from diag.journal.subjects import AnswerTopic, NoteTopic, PlaceTopic, Topic, parse
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.errors import DiagError

LETTERS = "ABCDEFGHIJKLMNOP"
"""What the candidates are called."""

_DRIFT = 10 * 60 * 1000
"""Milliseconds that a clock may be off before it is said to be."""

_LONG = 60
"""Texts longer than this are compared side by side."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that is said, and by whom."""

    letter: str
    revision: Revision
    """The last to say it."""
    words: str
    who: str
    device: str
    at: int
    suspect: bool
    """Whether the clock that dated it cannot have been right."""
    same: tuple[str, ...]
    """Others who say the same."""

    @property
    def when(self) -> str:
        """Return the day and time, and whether to believe them."""
        doubt = " (horloge douteuse)" if self.suspect else ""
        return f"{time_words(self.at)}{doubt}"


@dataclass(frozen=True, slots=True)
class Contested:
    """One conflict, told."""

    session: Session
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
    """Ids of all that is said in the place, when it may be removed."""

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
        """Say whether two texts are to be read side by side."""
        two = len(self.candidates) == 2  # noqa: PLR2004 - a side each
        return two and max(len(one.words) for one in self.candidates) > _LONG

    @property
    def can_write(self) -> bool:
        """Say whether a third answer can be typed."""
        topic, asked = self.conflict.topic, self.question
        if isinstance(topic, AnswerTopic):
            return asked is not None and asked.type is not QuestionType.PHOTO
        return isinstance(topic, NoteTopic | PlaceTopic) and not self.edits

    @property
    def can_leave(self) -> bool:
        """Say whether a comment can stand beside it."""
        return isinstance(self.conflict.topic, AnswerTopic)

    def score(self, one: Candidate) -> str:
        """Return what the whole score would be; empty where it would not change."""
        topic, session = self.conflict.topic, self.session
        if not isinstance(topic, AnswerTopic):
            return ""
        key = (topic.place, topic.question)
        said = session.facts.answers.get(key, ())
        alone = next((each for each in said if each.revision == one.revision.id), None)
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
    """Tells the conflicts of one audit; what they share is read once."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def now(self) -> int:
        """The wall clock here."""
        return self.session.workspace.world.clock()

    @cached_property
    def revisions(self) -> dict[str, Revision]:
        """Everything said, by id."""
        return {one.id: one for one in self.session.revisions()}

    def contested(self, conflict: Conflict) -> Contested:
        """Tell one conflict."""
        session, topic = self.session, conflict.topic
        key = (getattr(topic, "place", ""), getattr(topic, "question", ""))
        photos = photos_of(session.workspace.journal, session.audit.id)
        base = self._base(conflict)
        return Contested(
            session=session,
            conflict=conflict,
            about=about_words(session, topic),
            candidates=tuple(self._candidates(conflict)),
            base=said_words(session, base) if base else "",
            notes=session.facts.notes.get(key, ())
            if isinstance(topic, AnswerTopic)
            else (),
            photos=tuple(
                one.caption or one.sha[:8]
                for one in photos
                if (one.place, one.question) == key
            ),
            edits=tuple(self._edit(one) for one in conflict.edited),
            inside=self._inside(topic),
        )

    def _base(self, conflict: Conflict) -> Revision | None:
        """Return where all come from: not the settling that was taken back."""
        heads = [self.revisions[ident] for ident in conflict.heads]
        if not any(one.undoes for one in heads):
            return conflict.base
        history = tuple(self.revisions.values())
        return nearest_base(history, [self._first(one).id for one in heads])

    def _inside(self, topic: Topic) -> tuple[str, ...]:
        if not isinstance(topic, PlaceTopic):
            return ()
        session = self.session
        return removal(session.workspace.journal, session.audit.id, topic.place).seen

    def _edit(self, revision: Revision) -> str:
        session = self.session
        name_of = session.workspace.settings.name_of
        about, said = (
            about_words(session, parse(revision.subject)),
            said_words(session, revision),
        )
        return (
            f"{about} : {said} ({name_of(revision.author)}, {time_words(revision.at)})"
        )

    def _candidates(self, conflict: Conflict) -> Iterator[Candidate]:
        session = self.session
        name_of = session.workspace.settings.name_of
        heads = [self.revisions[ident] for ident in conflict.heads]
        for letter, shown in zip(LETTERS, conflict.candidates, strict=False):
            said = self._first(shown)
            others = [
                self._first(one)
                for one in heads
                if one.id != shown.id and saying(one) == saying(shown)
            ]
            yield Candidate(
                letter=letter,
                revision=shown,
                words=said_words(session, shown),
                who=name_of(said.author),
                device=said.device,
                at=said.at,
                suspect=self._is_suspect(said),
                same=tuple(
                    f"{name_of(one.author)}, {time_words(one.at)}" for one in others
                ),
            )

    def _first(self, revision: Revision) -> Revision:
        """Return who really said it: an undo only says again what another had said."""
        while revision.undoes and revision.undoes in self.revisions:
            taken = self.revisions[revision.undoes]
            again = [
                self.revisions[ident]
                for ident in taken.parents
                if ident in self.revisions
                and saying(self.revisions[ident]) == saying(revision)
            ]
            if not again:
                return revision
            revision = again[-1]
        return revision

    def _is_suspect(self, revision: Revision) -> bool:
        """Say whether it is dated after now, or before what its author had read."""
        before = [self.revisions.get(ident) for ident in revision.parents]
        return revision.at > self.now + _DRIFT or any(
            one is not None and revision.at < one.at - _DRIFT for one in before
        )


def contested_of(session: Session) -> tuple[Contested, ...]:
    """Return the conflicts of one audit, told, place after place as one walks."""
    telling = _Telling(session)
    ranks = {place: rank for rank, place in enumerate(session.facts.places)}

    def rank(conflict: Conflict) -> int:
        return ranks.get(getattr(conflict.topic, "place", ""), -1)

    return tuple(telling.contested(one) for one in sorted(session.conflicts, key=rank))


def sessions_of(workspace: Workspace) -> list[Session]:
    """Return every audit here, to look for what is to be settled in each."""
    return [Session(workspace, each.audit, each.about) for each in listed(workspace)]


def find_contested(session: Session, text: str, place: str = "") -> Contested:
    """Return the conflict of that id, or on that question.

    Raises:
        DiagError: there is none, or several; says which there are.
    """
    found = contested_of(session)
    wanted = text.strip()
    named = [one for one in found if one.id.startswith(wanted.lower()) and wanted]
    named = named or [one for one in found if _asks(one, wanted, place)]
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


def _asks(one: Contested, question: str, place: str) -> bool:
    topic: Any = one.conflict.topic
    if getattr(topic, "question", None) != question:
        return False
    if not place:
        return True
    where = one.session.facts.places.get(topic.place)
    return place == topic.place or (where is not None and where.name == place)
