"""The visit: what is asked, typed, kept, shown beside, and where one stands."""

from functools import cached_property

from diag.answers.answer_type import Parsed
from diag.answers.types import TYPES, answer_words
from diag.assess.words import filled_words, score_words
from diag.audit.answer import (
    ALWAYS,
    NewAnswer,
    UnlikelyAnswer,
    record_answer,
    record_note,
    turn_flag,
)
from diag.audit.card import QuestionCard, card_of
from diag.audit.history import describe_undo
from diag.audit.memory import recall_of, still_true
from diag.audit.session import AuditSession
from diag.audit.undo import undo_gesture
from diag.audit.walk import Key, Walk, WalkStop, choose_profile, told_left, walk_of
from diag.journal import subjects
from diag.journal.journal import get_setting, jot_setting
from diag.journal.subjects import AnswerTopic, FlagTopic, NoteTopic
from diag.model.checklist import Question
from diag.model.enums import Profile, Provenance, State
from diag.model.errors import DiagError
from diag.words.dates import day_of
from diag.words.vocabulary import PROVENANCES

# How long the engineer has been answering today: read from the answers themselves.
#
# Nothing runs and nothing is kept: the first answer of the day started the clock, so an
# interruption or another start of the program changes nothing.


def minutes_on_site(session: AuditSession) -> int | None:
    """Return the minutes since this laptop's first answer of the day; None before."""
    world, device = session.workspace.world, session.workspace.settings.device
    now = world.clock()
    given = [
        head.at
        for heads in session.facts.answers.values()
        for head in heads
        if head.device == device and day_of(head.at) == day_of(now)
    ]
    return max(0, now - min(given)) // 60_000 if given else None


def duration_words(minutes: int) -> str:
    """Return a duration: « 45 min », « 1 h 05 »."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"


def keep_place(session: AuditSession, key: Key) -> None:
    """Remember where one is; nothing is written when nothing moved.

    It outlives the program, however it ends, and the disk is not waited for.
    """
    journal = session.workspace.journal
    kept = get_setting(journal, _name(session))
    stays = isinstance(kept, list) and kept[:2] == [*key]
    if stays and kept_key(session) == key:
        return
    jot_setting(journal, _name(session), [*key, session.workspace.world.clock()])


def kept_key(session: AuditSession) -> Key | None:
    """Return where one was last; None when nobody knows, or one answered since.

    After a power cut the last answer is the surer memory: it was committed.
    """
    kept = get_setting(session.workspace.journal, _name(session))
    last = _last_answer(session)
    match kept:
        case [str(place), str(question), int(at)] if not last or at >= last[0]:
            return place, question
    return None


def kept_place(session: AuditSession, walk: Walk) -> Key | None:
    """Return where to resume: where one was, or after what was answered since."""
    kept = kept_key(session)
    if kept and walk.stop(kept):
        return kept
    last = _last_answer(session)
    if last:
        following = walk.left_after(last[1])
        return following.key if following else last[1]
    return None


def _name(session: AuditSession) -> str:
    return f"visit.{session.audit.id}"


def _last_answer(session: AuditSession) -> tuple[int, Key] | None:
    device = session.workspace.settings.device
    given = [
        (head.at, key)
        for key, heads in session.facts.answers.items()
        for head in heads
        if head.device == device and head.provenance is not Provenance.IMPORTED
    ]
    return max(given, default=None)


# A visit under way: where one stands, what one says there, what follows.
#
# Screens and the line-by-line path are two front ends of this one object.


class VisitSession:
    """One visit: a question at hand, and the walk around it."""

    def __init__(self, session: AuditSession, key: Key | None = None) -> None:
        self.session = session
        self.memory = recall_of(session)
        """The audit of the campaign before, and the commune's other schools."""
        stood = key or kept_key(session)
        self._also = {stood} if stood else set[Key]()
        self._doubted: tuple[Key, Parsed] | None = None
        self._provenance: Provenance | None = None
        self.key = self._start(key)
        """Where one stands."""

    @cached_property
    def walk(self) -> Walk:
        """The walk, as things stand."""
        session = self.session
        return walk_of(session.facts, session.checklist, session.profile, self._also)

    @cached_property
    def card(self) -> QuestionCard:
        """Everything beside the question at hand."""
        return card_of(self.session, self.stop, self.memory)

    @property
    def stop(self) -> WalkStop:
        """The question at hand."""
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
        """How the next answer is known, unless said otherwise."""
        return self._provenance or self._ways[0]

    @property
    def _ways(self) -> tuple[Provenance, ...]:
        """How a person can know it: what is typed was not imported."""
        ways = self.question.provenance
        return tuple(each for each in ways if each not in ALWAYS) or ways

    def turn_provenance(self) -> str:
        """Pass to the next way of knowing; return its word."""
        ways = self._ways
        self._provenance = ways[(ways.index(self.provenance) + 1) % len(ways)]
        return PROVENANCES[self._provenance]

    def give(self, given: str | Parsed) -> str:
        """Record what was typed, or is parsed; return its words, once it is on disk.

        Given again after a doubt, it is taken as sure.

        Raises:
            UnlikelyAnswer: possible but unlikely: ask once.
            Refused: it cannot be an answer; nothing was written.
        """
        question, doubted = self.question, self._doubted
        self._doubted = None
        if isinstance(given, str):
            given = TYPES[question.type].parse_keys(question, given)
        here = self.key, given
        entry = self._entry(State.KNOWN, given=given, sure=doubted == here)
        try:
            recorded = record_answer(self.session, entry)
        except UnlikelyAnswer:
            self._doubted = here
            raise
        self.refresh()
        return f"{question.label}\u00a0: {answer_words(question, recorded.answer)}"

    def confirm(self) -> str | None:
        """Say today's answer again with another provenance, if one was chosen."""
        answer = self.card.answer
        if self._provenance is None or answer is None or answer.value is None:
            return None
        entry = self._entry(State.KNOWN, given=answer.value, sure=True)
        recorded = record_answer(self.session, entry)
        self.refresh()
        told_ = answer_words(self.question, recorded.answer)
        how = PROVENANCES[recorded.answer.provenance]
        return f"{self.question.label}\u00a0: {told_}, {how}"

    def say(self, state: State, reason: str) -> str:
        """Record that it is unknown, without object or refused, and why."""
        entry = self._entry(state, reason=reason)
        recorded = record_answer(self.session, entry)
        self.refresh()
        said = answer_words(self.question, recorded.answer)
        return f"{self.question.label}\u00a0: {said}"

    def still_true(self) -> str:
        """Say « toujours vrai » of last time's answer, or of a neighbour school's.

        Raises:
            DiagError: when there is none.
        """
        question = self.question
        recorded = still_true(self.session, self.memory, self.key[0], question)
        self.refresh()
        said = answer_words(question, recorded.answer)
        return f"{question.label}\u00a0: {said}, toujours vrai"

    def note(self, text: str) -> None:
        """Write the note beside the question; an empty one takes it away."""
        record_note(self.session, self.key[1], text, self.key[0])
        self.refresh()

    def flag(self) -> bool:
        """Raise or lower « à revoir »; return whether it is raised now."""
        raised = turn_flag(self.session, self.key)
        self.refresh()
        return raised

    def undo(self) -> str:
        """Take back the last thing said, go where it was said, return it told.

        Raises:
            DiagError: when nothing is left to take back.
        """
        taken = undo_gesture(self.session)
        self.refresh()
        topic = subjects.parse(taken[0].subject)
        if isinstance(topic, AnswerTopic | NoteTopic | FlagTopic):
            key = (topic.place, topic.question)
            if self.walk.stop(key):
                self.go(key)
        return describe_undo(self.session, taken)

    def go(self, key: Key) -> None:
        """Stand at another question, even one that so short a visit does not ask.

        Raises:
            DiagError: when it does not apply here, as things stand.
        """
        if self.walk.stop(key) is None:
            self._also.add(key)
            self.__dict__.pop("walk", None)
        if self.walk.stop(key) is None:
            self._also.discard(key)
            raise DiagError("Cette question ne se pose pas ici pour le moment.")
        if key != self.key:
            self.key = key
            self._provenance = None
            self.__dict__.pop("card", None)

    def forward(self) -> bool:
        """Go to the next question in the walk; say whether there was one."""
        return self._to(self.walk.after(self.key))

    def back(self) -> bool:
        """Go to the question before; say whether there was one."""
        return self._to(self.walk.before(self.key))

    def onward(self) -> bool:
        """After an answer: go to the next question left; say whether there was one."""
        return self._to(self.walk.left_after(self.key))

    def choose(self, profile: Profile) -> str:
        """Have the visit shorter or longer; return it told, with what is left."""
        choose_profile(self.session, profile)
        self._also.add(self.key)
        self.refresh()
        return told_left(self.session, profile)

    def refresh(self) -> None:
        """Read again what may have changed; the question at hand stays."""
        self._provenance = None
        for name in ("walk", "card"):
            self.__dict__.pop(name, None)

    def catch_up(self) -> bool:
        """Read again what another window wrote; say whether one did."""
        caught = self.session.catch_up()
        if caught:
            self.refresh()
        return caught

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

    def _entry(
        self,
        state: State,
        *,
        given: object = None,
        reason: str = "",
        sure: bool = False,
    ) -> NewAnswer:
        return NewAnswer(
            question=self.key[1],
            given=given,
            place=self.key[0],
            state=state,
            provenance=self.provenance,
            reason=reason,
            sure=sure,
        )

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
