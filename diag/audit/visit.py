"""A visit under way: the question at hand, what is answered there, what follows."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from diag.answers.answer_type import Parsed
from diag.answers.types import TYPES, answer_words
from diag.assess.words import filled_words, score_words
from diag.audit.answer import (
    TOGETHER,
    Key,
    NewAnswer,
    UnlikelyAnswer,
    find_word,
    record_answer,
    toggle_flag,
    ways_of,
)
from diag.audit.card import QuestionCard, card_of
from diag.audit.fitting import choose_minutes, fit_of
from diag.audit.grid import copy_answer
from diag.audit.memory import Recall, recall_of, still_true
from diag.audit.observing import observe
from diag.audit.photos import PhotoSubject
from diag.audit.session import AuditSession
from diag.audit.snapshot import Snapshot
from diag.audit.undo import describe_undo, undo_last
from diag.audit.walk import Walk, WalkStop, walk_of
from diag.journal import subjects
from diag.journal.facts import profile_of
from diag.journal.journal import get_setting, jot_setting
from diag.journal.subjects import AnswerTopic, FlagTopic, NoteTopic
from diag.model.audit import Answer, Place
from diag.model.checklist import Question
from diag.model.enums import AuditStatus, PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.words.dates import day_of
from diag.words.vocabulary import PROVENANCES


@dataclass(frozen=True)
class _View:
    """A snapshot, and the questions asked in addition to those of its profile."""

    snapshot: Snapshot
    also: frozenset[Key]

    @cached_property
    def walk(self) -> Walk:
        seen = self.snapshot
        return walk_of(seen.facts, seen.checklist, profile_of(seen.plan), self.also)


class Saved(NamedTuple):
    """What is on disk, in words."""

    label: str
    answer: str

    def __str__(self) -> str:
        return f"{self.label}\u00a0: {self.answer}"


class VisitSession:
    """One visit: a question at hand, and the walk around it.

    Screens and the line-by-line path are two front ends of this one object.
    """

    def __init__(self, session: AuditSession, key: Key | None = None) -> None:
        session.check_method()
        self.session = session
        self.memory: Recall = recall_of(session)
        """The audit of the campaign before, and the commune's other schools."""
        last = key or kept_key(session)
        self._seen = _View(session.snapshot, frozenset({last} if last else ()))
        self._card: tuple[_View, Key, QuestionCard] | None = None
        self._doubted: tuple[Key, str | Parsed] | None = None
        self._provenance: tuple[_View, Provenance] | None = None
        self.answered: Key | None = None
        """What was just answered, once the question at hand is another."""
        self.key = self._start(key)
        """The place and the question at hand."""

    @property
    def _view(self) -> _View:
        if self._seen.snapshot is not self.session.snapshot:
            self._seen = _View(self.session.snapshot, self._seen.also)
        return self._seen

    @property
    def walk(self) -> Walk:
        """The walk, by the current snapshot."""
        return self._view.walk

    @property
    def card(self) -> QuestionCard:
        """Everything next to the question at hand."""
        stop, view = self.stop, self._view
        if self._card is None or self._card[0] is not view or self._card[1] != self.key:
            self._card = view, self.key, card_of(self.session, stop, self.memory)
        return self._card[2]

    @property
    def stop(self) -> WalkStop:
        """The question at hand, or another when it no longer applies."""
        stop = self.walk.stop(self.key)
        if stop is None:
            self.key = self._start(None)
            stop = self.walk.stop(self.key)
        assert stop is not None
        return stop

    @property
    def question(self) -> Question:
        """The question at hand, as declared."""
        return self.stop.question

    @property
    def provenance(self) -> Provenance:
        """How the next answer is known, unless another way is chosen."""
        return self._chosen or ways_of(self.question)[0]

    @property
    def _chosen(self) -> Provenance | None:
        """The provenance chosen, until something is written or the key changes."""
        chosen = self._provenance
        return chosen[1] if chosen and chosen[0] is self._view else None

    def next_provenance(self) -> str:
        """Pass to the next way of knowing; return its word."""
        ways = ways_of(self.question)
        following = ways[(ways.index(self.provenance) + 1) % len(ways)]
        self._provenance = self._view, following
        return PROVENANCES[following]

    def answer(self, given: str | Parsed, reason: str = "") -> Saved:
        """Record what was typed, or is parsed; return it in words, once it is on disk.

        Given again after a doubt, it is taken as sure; what a check doubts, with its
        reason only.

        Raises:
            UnlikelyAnswer: possible but unlikely: ask once.
            DoubtfulAnswer: a check doubts it: ask why.
            Refused: it cannot be an answer; nothing was written.
        """
        question, doubted = self.question, self._doubted
        self._doubted = None
        if isinstance(given, str):
            # Several facts may be typed at once: « 2 + 6 », « à ranger ».
            is_pair = TOGETHER in given and bool(self.card.together)
            if not is_pair and find_word(question, given) is None:
                today = self.session.workspace.world.today()
                given = TYPES[question.type].parse_keys(question, given, today)
        here = self.key, given
        try:
            sure = doubted == here or bool(reason)
            return self._record(State.KNOWN, given=given, sure=sure, reason=reason)
        except UnlikelyAnswer as doubt:
            self._doubted, doubt.again = here, doubted == here
            raise

    def confirm(self) -> Saved | None:
        """Record today's answer again with another provenance, if one was chosen."""
        answer, chosen = self.card.answer, self._chosen
        if chosen is None or answer is None or answer.value is None:
            return None
        saved = self._record(State.KNOWN, given=answer.value, sure=True)
        return saved._replace(answer=f"{saved.answer}, {PROVENANCES[chosen]}")

    def answer_without_value(self, state: State, reason: str) -> Saved:
        """Record that it is unknown, without object or refused, and why."""
        return self._record(state, reason=reason)

    def still_true(self) -> Saved:
        """Record last time's answer again, or a neighbour school's: « toujours vrai ».

        In an audit without any, that of the room before: « comme Classe CP ».

        Raises:
            DiagError: when there is none.
        """
        question, alike = self.question, self.room_before
        if self.card.last is None and alike:
            place, answer = alike
            entry = NewAnswer(
                question.id,
                answer.value,
                self.key[0],
                state=answer.state,
                provenance=answer.provenance,
                reason=answer.reason,
                sure=True,
            )
            recorded, how = record_answer(self.session, entry), f"comme {place.name}"
        else:
            place_id = self.key[0]
            recorded = still_true(self.session, self.memory, place_id, question)
            how = "toujours vrai"
        self.answered = self.key
        words = answer_words(question, recorded.answer)
        return Saved(question.label, f"{words}, {how}")

    @property
    def room_before(self) -> tuple[Place, Answer] | None:
        """Return the room before in the walk and its answer, as this one may take it.

        None where this one has an answer, that one has none, or it cannot be copied.
        """
        facts, (here, ident) = self.session.facts, self.key
        kind = facts.places[here].kind
        kin = [
            leg.key
            for leg in self.walk.legs
            if leg.is_place and facts.places[leg.key].kind is kind
        ]
        if facts.answers.get(self.key) or here not in kin[1:]:
            return None
        before = facts.places[kin[kin.index(here) - 1]]
        heads = facts.answers.get((before.id, ident), ())
        copied = copy_answer(self.question, heads[0]) if len(heads) == 1 else None
        return (before, copied) if copied else None

    def noting(self, *, typing: bool = False) -> tuple[PhotoSubject, ...]:
        """Return what may be noted of, the likeliest first.

        What was just answered, until an answer is being typed to the next question;
        that one; the place at large.
        """
        here = PhotoSubject(*self.key)
        found = [here, PhotoSubject(self.key[0])]
        if self.answered and self.walk.stop(self.answered):
            found.insert(1 if typing else 0, PhotoSubject(*self.answered))
        return tuple(found)

    def note(self, text: str) -> Question:
        """Note what is seen of what was just answered, else here; return of which.

        Raises:
            DiagError: a text that cannot be kept.
        """
        of = self.noting()[0]
        observe(self.session, text, place=of.place, question=of.question)
        return self.session.checklist.questions[of.question]

    def flag(self) -> bool:
        """Raise or lower « à revoir »; return whether it is raised now."""
        return toggle_flag(self.session, self.key)

    def undo(self) -> str:
        """Take back the last gesture, go where it was made, return it in words.

        Raises:
            DiagError: when nothing is left to take back.
        """
        taken, self.answered = undo_last(self.session), None
        for revision in taken:
            topic = subjects.parse(revision.subject)
            if isinstance(topic, AnswerTopic | NoteTopic | FlagTopic):
                key = (topic.place, topic.question)
                if self.walk.stop(key):
                    self.go(key)
        return describe_undo(self.session, taken)

    def go(self, key: Key) -> None:
        """Stand at another question, even one that so short a visit does not ask.

        Raises:
            DiagError: when it does not apply here now.
        """
        if self.walk.stop(key) is None:
            view = self._view
            wider = _View(view.snapshot, view.also | {key})
            if wider.walk.stop(key) is None:
                raise DiagError("Cette question ne se pose pas ici pour le moment.")
            self._seen = wider
        self.answered = None
        if key != self.key:
            self.key = key
            self._provenance = None

    def forward(self) -> bool:
        """Go to the next question in the walk; return whether there was one."""
        return self._to(self.walk.after(self.key))

    def back(self) -> bool:
        """Go to the question before; return whether there was one."""
        return self._to(self.walk.before(self.key))

    def onward(self) -> bool:
        """After an answer: go to the next question left, if there is one."""
        answered = self.answered
        moved = self._to(self.walk.left_after(self.key))
        self.answered = answered if moved else None
        return moved

    def choose(
        self, minutes: int, removed: Collection[str] = (), start: int = 0
    ) -> str:
        """Have the visit last so many minutes; return what fits, in words."""
        choose_minutes(self.session, minutes, start=start, removed=removed)
        self._seen = _View(self.session.snapshot, self._seen.also | {self.key})
        found = fit_of(self.session, minutes, removed)
        return f"{minutes}\u00a0min\u00a0: {found.words}"

    def catch_up(self) -> bool:
        """Read again what another window wrote; return whether one did."""
        return self.session.catch_up()

    @property
    def score(self) -> str:
        """The overall score and how much is known, in words."""
        overall = self.session.judged.overall
        return f"Score {score_words(overall)}, {filled_words(overall)}"

    def _to(self, stop: WalkStop | None) -> bool:
        if stop is None:
            return False
        self.go(stop.key)
        return True

    def _record(
        self,
        state: State,
        *,
        given: object = None,
        reason: str = "",
        sure: bool = False,
    ) -> Saved:
        entry = NewAnswer(
            question=self.key[1],
            given=given,
            place=self.key[0],
            state=state,
            provenance=self.provenance,
            reason=reason,
            sure=sure,
            typed=True,
        )
        recorded = record_answer(self.session, entry)
        self.answered = self.key
        words = answer_words(recorded.question, recorded.answer)
        return Saved(recorded.question.label, words)

    def _start(self, key: Key | None) -> Key:
        walk = self.walk
        wanted = key if key and walk.stop(key) else kept_place(self.session, walk)
        if wanted:
            return wanted
        if not walk.stops:
            raise DiagError(
                "Ces grilles ne posent encore aucune question ici : rien à visiter."
            )
        return next((stop for stop in walk.stops if stop.is_left), walk.stops[0]).key


def minutes_on_site(session: AuditSession) -> int | None:
    """Return the minutes since this laptop's first answer of the day; None before.

    What a form brought back is nobody's minute: it is accepted at the office.
    Nothing runs and nothing is kept: another start of the program changes nothing.
    """
    world, device = session.workspace.world, session.workspace.settings.device
    now = world.clock()
    given = [
        head.at
        for heads in session.facts.answers.values()
        for head in heads
        if head.device == device
        and day_of(head.at) == day_of(now)
        and _is_asked_here(head)
    ]
    return max(0, now - min(given)) // 60_000 if given else None


def duration_words(minutes: int) -> str:
    """Return a duration: « 45 min », « 1 h 05 »."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"


def keep_place(session: AuditSession, key: Key) -> None:
    """Keep the question at hand; nothing is written when nothing moved.

    It outlives the program, however it ends, and the disk is not waited for.
    """
    if kept_key(session) != key:
        workspace = session.workspace
        place = [*key, workspace.world.clock()]
        jot_setting(workspace.journal, f"visit.{session.audit.id}", place)


def kept_key(session: AuditSession) -> Key | None:
    """Return the last question at hand; None when unknown, or if answered since.

    After a power cut the last answer is the surer memory: it was committed.
    """
    kept = get_setting(session.workspace.journal, f"visit.{session.audit.id}")
    last = _last_answer(session)
    match kept:
        case [str(place), str(question), int(at)] if not last or at >= last[0]:
            return place, question
    return None


def is_beginning(session: AuditSession) -> bool:
    """Say whether a visit is about to begin: its rooms are known, nothing else."""
    return is_unplanned(session) and kept_key(session) is None


def is_unplanned(session: AuditSession) -> bool:
    """Say whether rooms are known, and neither a plan nor anybody's answer.

    What official lists and forms gave was not asked on site.
    """
    heads = chain.from_iterable(session.facts.answers.values())
    return (
        session.plan is None
        and session.status is AuditStatus.EN_COURS
        and bool(session.facts.places_of(PlaceKind.SALLE))
        and not any(map(_is_asked_here, heads))
    )


def _is_asked_here(head: Answer) -> bool:
    """Whether a person was asked: what a form or a tool gave has whom as its reason.

    An answer with a reason of its own is taken for one of those: the next is not.
    """
    return head.provenance is not Provenance.IMPORTED and not head.reason


def kept_place(session: AuditSession, walk: Walk) -> Key | None:
    """Return where to resume: the last question at hand, or after the last answer."""
    kept = kept_key(session)
    if kept and walk.stop(kept):
        return kept
    last = _last_answer(session)
    if last:
        following = walk.left_after(last[1])
        return following.key if following else last[1]
    return None


def _last_answer(session: AuditSession) -> tuple[int, Key] | None:
    device = session.workspace.settings.device
    given = [
        (head.at, key)
        for key, heads in session.facts.answers.items()
        for head in heads
        if head.device == device and head.provenance is not Provenance.IMPORTED
    ]
    return max(given, default=None)
