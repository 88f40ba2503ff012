"""Before leaving a school: what to see now, what others answer, what is doubtful."""

from collections.abc import Iterator
from dataclasses import dataclass

from diag.answers.types import TYPES, answer_words
from diag.assess.questions import is_on_site, seconds_of
from diag.assess.words import score_words
from diag.audit.consistency import failed_checks
from diag.audit.fitting import asked_elsewhere
from diag.audit.proposals import waiting, waiting_words
from diag.audit.session import AuditSession
from diag.audit.walk import Key, Walk, WalkStop, walk_of
from diag.journal.journal import get_setting, jot_setting
from diag.model.enums import PlaceKind, Profile, State
from diag.model.fact import ROOT_KINDS
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES

MOST = 12
"""So many questions at most are shown to be seen before leaving."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question to look at again, and why."""

    stop: WalkStop
    place: str
    """Name of the place, or whom one asks at the school."""
    reasons: tuple[str, ...]

    @property
    def is_doubt(self) -> bool:
        """Return whether it was answered, and the answer is to be looked at again."""
        return bool(self.stop.heads or self.stop.flagged)

    @property
    def is_due(self) -> bool:
        """Return whether a visit should not end without it."""
        question = self.stop.question
        return self.is_doubt or question.required or question.danger


@dataclass(frozen=True, slots=True)
class Departure:
    """What to look at before leaving, and what one may leave without."""

    here: tuple[Check, ...]
    """What is seen here only, the most needed; from where one is to the door."""
    seconds: int
    """To see them."""
    beyond: int
    """How many more could be seen here, and are needed less."""
    elsewhere: tuple[tuple[str, int], ...]
    """Who answers without the engineer, and how many questions each has left."""
    doubtful: tuple[Check, ...]
    """Answers to look at again that are not seen on the spot."""
    remarks: tuple[str, ...]
    """What is about no question: open lists, a visit without a date."""
    score: str

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return every question listed."""
        return (*self.here, *self.doubtful)

    @property
    def minutes(self) -> int:
        """Return the time that what is here takes, in minutes, rounded up."""
        return -(-self.seconds // 60)

    @property
    def here_words(self) -> str:
        """Return « 6, environ 3 min, vers la sortie »."""
        if not self.here:
            return "rien"
        more = f", puis {counted(self.beyond, 'autre')}" if self.beyond else ""
        time = f"environ {self.minutes}\u00a0min"
        return f"{len(self.here)}, {time}, vers la sortie{more}"

    @property
    def outcome(self) -> str:
        """Return whether one may leave, and what is missing then."""
        dangers = sum(one.stop.question.danger for one in self.here)
        if dangers:
            one = "lieu n'a pas été regardé pour un danger\u00a0: voyez-le d'abord."
            many = (
                "lieux n'ont pas été regardés pour un danger\u00a0: voyez-les d'abord."
            )
            return counted(dangers, one, many)
        return (
            "Rien n'empêche de partir. Ce qui manque élargit la fourchette\u00a0: "
            f"{self.score}."
        )


def departure_of(session: AuditSession, walk: Walk | None = None) -> Departure:
    """Return what to look at before leaving."""
    session.check_method()
    walk = walk or walk_of(session.facts, session.checklist, session.profile)
    waived = waived_in(session)
    doubted = failed_checks(session.facts, session.checklist)
    checks = [
        Check(stop, leg.title, reasons)
        for leg in walk.legs
        for stop in leg.stops
        if stop.key not in waived
        and (reasons := tuple(_reasons(stop, doubted.get(stop.key, ""))))
    ]
    seen = [one for one in checks if is_on_site(one.stop.question)]
    needed = sorted(seen, key=lambda one: _need(session, one))[:MOST]
    pace = session.workspace.pace
    return Departure(
        here=tuple(one for one in reversed(seen) if one in needed),
        seconds=sum(seconds_of(one.stop.question, pace=pace) for one in needed),
        beyond=len(seen) - len(needed),
        elsewhere=tuple(asked_elsewhere(walk)),
        doubtful=tuple(one for one in checks if one.is_doubt and one not in seen),
        remarks=tuple(_remarks(session, walk)),
        score=score_words(session.judged.overall),
    )


def _need(session: AuditSession, check: Check) -> tuple[bool, bool, int]:
    """Return where a question comes: a danger, what is due, the shortest visit's."""
    question = check.stop.question
    profile = session.judge.profiles.get(question.id, Profile.FULL)
    return not question.danger, not check.is_due, [*Profile].index(profile)


def waived_in(session: AuditSession) -> frozenset[Key]:
    """Return what one chose to leave without, on this laptop."""
    kept = get_setting(session.workspace.journal, _waived(session))
    pairs = kept if isinstance(kept, list) else []
    return frozenset(
        (str(one[0]), str(one[1]))
        for one in pairs
        if isinstance(one, list) and len(one) == 2  # noqa: PLR2004 - place, question
    )


def waive(session: AuditSession, key: Key) -> None:
    """Leave without that question: the list holds it no more, nothing is answered."""
    kept = sorted({*waived_in(session), key})
    pairs = [list(one) for one in kept]
    jot_setting(session.workspace.journal, _waived(session), pairs)


def _waived(session: AuditSession) -> str:
    return f"waived.{session.audit.id}"


def departure_lines(session: AuditSession) -> Iterator[str]:
    """Give the list in plain lines."""
    departure = departure_of(session)
    yield f"À voir ici, maintenant : {departure.here_words}."
    for check in departure.here:
        yield check_words(check)
    if others := elsewhere_words(departure):
        yield f"Sans vous : {others}."
    for check in departure.doubtful:
        yield f"Douteux : {check_words(check)}"
    yield from departure.remarks
    yield departure.outcome


def elsewhere_words(departure: Departure) -> str:
    """Return who answers without the engineer: « mairie 45, équipe 12 »."""
    return ", ".join(f"{who} {many}" for who, many in departure.elsewhere)


def check_words(check: Check) -> str:
    """Return a question to look at again: where, which, why."""
    return f"{check.place}, {check.stop.question.label} : {', '.join(check.reasons)}"


def _reasons(stop: WalkStop, doubted: str) -> Iterator[str]:
    question, heads = stop.question, stop.heads
    if doubted:
        why = ", ".join(head.reason for head in heads if head.reason)
        yield doubted + f" ({why})" * bool(why)
    if len(heads) > 1:
        answers = " ou ".join(answer_words(question, head) for head in heads)
        yield f"réponses contradictoires ({answers})"
    if stop.doubt:
        yield f"à revoir, {stop.doubt}"
    elif stop.flagged:
        yield "à revoir"
    if not heads and stop.relevant is True:
        yield "jamais vu" if is_on_site(question) else "sans réponse"
    for head in heads:
        if head.state is State.UNKNOWN:
            yield answer_words(question, head)
        elif head.state is State.KNOWN and (
            doubt := TYPES[question.type].doubt(question, head.value)
        ):
            yield doubt


def _remarks(session: AuditSession, walk: Walk) -> Iterator[str]:
    facts = session.facts
    asked = {question.place for question in session.checklist.questions.values()}
    for kind in PlaceKind:
        if kind in asked and kind not in ROOT_KINDS and kind not in facts.closed:
            yield f"La liste des {PLACES[kind][1]} n'est pas close."
    if offered := len(waiting(session)):
        yield f"{waiting_words(offered)} : formulaires, téléphones ou fichiers."
    if facts.visit_date is None:
        yield "Aucune visite n'est datée."
    if walk.maybe:
        maybe = counted(walk.maybe, "question")
        yield f"Peut-être à poser, selon d'autres réponses : {maybe}."
