"""What fits in a visit: which questions, in which rooms, answered in so many minutes.

The most useful first: the dangers of every room, then what the shortest visit asks,
class by class. One stop a room, in walking order. What the town hall, a supplier, the
direction or the team answers on a form takes nobody's time on the spot.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from diag.assess.questions import Pace, is_on_site, next_questions, seconds_of
from diag.audit.answer import Key
from diag.audit.session import AuditSession
from diag.audit.walk import Leg, Walk, WalkStop, walk_of
from diag.journal import changes
from diag.model.audit import VisitPlan
from diag.model.enums import Moment, Profile
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.dates import hour_words
from diag.words.sentences import counted
from diag.words.vocabulary import PROFILES

DURATIONS = (20, 30, 45, 90)
"""Minutes that a visit is given, as a rule."""

SHORTEST, LONGEST = 5, 480
"""Minutes: outside, it is no visit."""

ENTER, OPEN, CROSS, DEBRIEF = 60, 90, 60, 120
"""Seconds to enter a room, to have the cabinet opened, to cross to another building,
to say à chaud what was found: trade knowledge."""

CORRIDOR, CABINET = "direction", "baie"
"""The parts of a walk where one talks to the direction, and opens the cabinet."""

DANGER, LAW, NEEDED = "danger", "loi", "indispensable"

_TIERS = {0: DANGER, 1: LAW, 2: NEEDED, 3: NEEDED}
"""Class of a question → its word; those of the last class have none."""

_LAST = (9, 9, 0)

Rank = tuple[int, int, int]
"""Which visit asks a question, 0 the shortest; its class; its rank among all."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What a visit spends its time on, and what it spends it on first."""

    pace: Pace = field(default_factory=dict)
    known: Collection[str] = frozenset()
    """Questions that were answered somewhere: at another place they take less."""
    ranks: Mapping[Key, Rank] = field(default_factory=dict)
    """Where each question comes; the others come last."""
    debrief: int = DEBRIEF
    """Seconds kept to say à chaud what was found."""

    def rank(self, stop: WalkStop) -> Rank:
        """Return where a question comes: a danger before everything."""
        if stop.question.danger:
            return 0, 0, 0
        return self.ranks.get(stop.key, _LAST)


@dataclass(frozen=True, slots=True)
class FitStop:
    """One place where one stops, and what is answered there."""

    key: str
    """Of the part of the walk."""
    title: str
    group: str
    """The building, or the heading that it stands under."""
    stops: tuple[WalkStop, ...]
    """Its questions, the most useful first."""
    tiers: Mapping[str, int]
    """How many of them look for a danger, settle a law, are indispensable."""
    seconds: int
    """To come here and to answer them all."""
    maybe: int = 0
    """How many more may be asked here, once others are answered."""

    @property
    def words(self) -> str:
        """Return what is looked at first: « danger 2, indispensable 3 »."""
        return ", ".join(f"{word} {many}" for word, many in self.tiers.items() if many)


@dataclass(frozen=True, slots=True)
class Fit:
    """What a visit answers, and what it leaves out."""

    minutes: int
    stops: tuple[FitStop, ...]
    """In walking order."""
    left_out: tuple[FitStop, ...]
    seconds: int
    """Taken in all, the debriefing included; never more than the minutes."""
    more: int
    """Seconds that what is left out would take."""
    maybe: int = 0
    """How many more may be asked, once others are answered: of what type a room is."""
    maybe_seconds: int = 0
    """Taken by those, were all asked."""

    @property
    def answers(self) -> int:
        """How many questions are answered."""
        return sum(len(each.stops) for each in self.stops)

    @property
    def wanting(self) -> int:
        """How many are left out."""
        return sum(len(each.stops) for each in self.left_out)

    @property
    def more_minutes(self) -> int:
        """What is left out, in minutes, rounded up."""
        return -(-self.more // 60)

    @property
    def more_words(self) -> str:
        """Return « 4 min de plus »; « au moins », while others are only likely."""
        least = "au moins " if self.maybe else ""
        return f"{least}{self.more_minutes}\u00a0min de plus"

    @property
    def maybe_words(self) -> str:
        """Return « peut-être 48 de plus, 14 min »; empty when all is sure."""
        if not self.maybe:
            return ""
        minutes = -(-self.maybe_seconds // 60)
        return f"peut-être {self.maybe} de plus, {minutes}\u00a0min"

    @property
    def is_whole(self) -> bool:
        """Return whether all fits, what is only likely to be asked too."""
        taken = self.seconds + self.maybe_seconds
        return not self.wanting and taken <= self.minutes * 60

    @property
    def words(self) -> str:
        """Return « 29 réponses tiennent, 2 non : 4 min de plus », what is likely."""
        if not self.answers + self.wanting:
            return "rien à constater sur place"
        verb = "tiennent" if self.answers > 1 else "tient"
        fits = f"{counted(self.answers, 'réponse')} {verb}"
        if self.wanting:
            fits = f"{fits}, {self.wanting} non\u00a0: {self.more_words}"
        return " ; ".join(filter(None, (fits, self.maybe_words)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One question, and where one stands to answer it."""

    stop: WalkStop
    leg: Leg
    rank: Rank


class _Tour:
    """Stops as they are taken, one question after another."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._known = set(costs.known)
        self._places: set[str] = set()
        self._groups: set[str] = set()
        self.seconds = 0
        self.by_place: dict[str, list[tuple[_Wanted, int]]] = {}

    def cost(self, wanted: _Wanted) -> int:
        """Return the seconds that one more question would take."""
        question, leg = wanted.stop.question, wanted.leg
        again = question.id in self._known
        total = seconds_of(question, again=again, pace=self._costs.pace)
        if leg.key not in self._places:
            if leg.key == CABINET:
                total += OPEN
            elif leg.is_place or leg.key == CORRIDOR:  # some stand nowhere
                total += ENTER
        if leg.is_place and self._groups and leg.group not in self._groups:
            total += CROSS
        return total

    def take(self, wanted: _Wanted) -> None:
        """Answer it."""
        seconds, leg = self.cost(wanted), wanted.leg
        self.seconds += seconds
        self._known.add(wanted.stop.question.id)
        self._places.add(leg.key)
        if leg.is_place:
            self._groups.add(leg.group)
        self.by_place.setdefault(leg.key, []).append((wanted, seconds))


def fit(
    walk: Walk,
    minutes: int,
    costs: Costs,
    removed: Collection[str] = frozenset(),
    planned: Collection[Key] = (),
) -> Fit:
    """Return what fits in so many minutes, and what does not.

    Questions are taken in their order until one does not fit: more minutes never leave
    out what fewer answer. Those already `planned` come first, and are not given again.
    """
    room = minutes * 60 - costs.debrief
    tour, kept = _Tour(costs), 0
    wanted = sorted(
        _wanted(walk, costs, removed, lambda stop: stop.is_left),
        key=lambda one: (one.stop.key not in planned, one.rank),
    )
    for one in wanted:
        if tour.seconds + tour.cost(one) > room:
            break
        tour.take(one)
        kept += 1
    taken = tour.seconds
    order = [leg.key for leg in walk.legs]
    likely = tuple(_wanted(walk, costs, removed, lambda stop: stop.is_likely))
    maybe = Counter(one.leg.key for one in likely)
    stops = _stops(tour, order, maybe, planned)
    rest = _Tour(
        Costs(
            costs.pace, {*costs.known, *(one.stop.question.id for one in wanted[:kept])}
        )
    )
    for one in wanted[kept:]:
        rest.take(one)
        tour.take(one)
    more = tour.seconds - taken
    for one in likely:
        tour.take(one)
    return Fit(
        minutes=minutes,
        stops=stops,
        left_out=_stops(rest, order, Counter()),
        seconds=taken + costs.debrief if room >= 0 else 0,
        more=more,
        maybe=len(likely),
        maybe_seconds=tour.seconds - taken - more,
    )


def _wanted(
    walk: Walk,
    costs: Costs,
    removed: Collection[str],
    is_wanted: Callable[[WalkStop], bool],
) -> Iterator[_Wanted]:
    """Give what is to be learnt on the spot; a gesture keeps together."""
    legs = {leg.key: leg for leg in walk.legs}
    for leg in walk.legs:
        first: dict[str, Rank] = {}
        left = [
            each for each in leg.stops if is_wanted(each) and is_on_site(each.question)
        ]
        for each in left:
            lead = each.question.same_gesture or each.question.id
            first[lead] = min(first.get(lead, _LAST), costs.rank(each))
        for each in left:
            is_talk = each.question.moment is Moment.COULOIR
            stands = legs.get(CORRIDOR, leg) if is_talk else legs.get(leg.room, leg)
            if stands.key not in removed:
                lead = each.question.same_gesture or each.question.id
                yield _Wanted(each, stands, first[lead])


def _stops(
    tour: _Tour,
    order: Iterable[str],
    maybe: Counter[str],
    planned: Collection[Key] = (),
) -> tuple[FitStop, ...]:
    found = []
    for key in order:
        answered = tour.by_place.get(key, ())
        taken = [one for one in answered if one[0].stop.key not in planned]
        if taken:
            leg = taken[0][0].leg
            tiers = Counter(_TIERS.get(one.rank[1], "") for one, _ in taken)
            found.append(
                FitStop(
                    key,
                    leg.title,
                    leg.group,
                    tuple(one.stop for one, _ in taken),
                    {word: tiers[word] for word in (DANGER, LAW, NEEDED)},
                    sum(seconds for _, seconds in taken),
                    maybe[key],
                )
            )
    return tuple(found)


def asked_elsewhere(walk: Walk) -> Iterator[tuple[str, int]]:
    """Give who answers without the engineer, and how many questions each has left."""
    left = (stop for stop in walk.stops if stop.is_left)
    moments = Counter(stop.question.moment for stop in left)
    for moment, word in _ELSEWHERE.items():
        if moments[moment]:
            yield word, moments[moment]


_ELSEWHERE = {
    Moment.MAIRIE: "mairie",
    Moment.PRESTATAIRE: "prestataire",
    Moment.DIRECTION: "direction",
    Moment.EQUIPE: "équipe",
    Moment.BUREAU: "bureau",
}

_EVERY = 10_000


def costs_of(session: AuditSession, minutes: int) -> Costs:
    """Return what a visit of so many minutes spends its time on: 30 to 200 ms."""
    facts, checklist = session.facts, session.checklist
    profiles, order = session.judge.profiles, [*Profile]
    ranked = next_questions(
        facts,
        checklist,
        _EVERY,
        profile=Profile.within(minutes),
        assessment=session.assessment,
        pace=session.workspace.pace,
    )
    return Costs(
        pace=session.workspace.pace,
        known=frozenset(question for _, question in facts.answers),
        ranks={
            (one.place, one.question.id): (
                order.index(profiles[one.question.id]),
                one.urgency,
                rank,
            )
            for rank, one in enumerate(ranked)
        },
    )


def walk_within(session: AuditSession, minutes: int) -> Walk:
    """Return what a visit of so many minutes asks."""
    return walk_of(session.facts, session.checklist, Profile.within(minutes))


def fit_of(
    session: AuditSession, minutes: int, removed: Collection[str] = frozenset()
) -> Fit:
    """Return what fits of what is left, as things stand."""
    walk, costs = walk_within(session, minutes), costs_of(session, minutes)
    return fit(walk, minutes, costs, removed)


def seconds_to_see(session: AuditSession, walk: Walk, stops: Iterable[WalkStop]) -> int:
    """Return how long some questions take, with going to where each is seen."""
    known = frozenset(question for _, question in session.facts.answers)
    tour = _Tour(Costs(session.workspace.pace, known))
    for stop in stops:
        if leg := walk.leg_of(stop.key):
            tour.take(_Wanted(stop, leg, _LAST))
    return tour.seconds


def fit_spare(
    found: Fit, walk: Walk, costs: Costs, removed: Collection[str] = frozenset()
) -> tuple[FitStop, ...]:
    """Return what the walk of a longer visit asks in the minutes that one leaves.

    Nothing as long as something is left out of the visit itself.
    """
    planned = {stop.key for one in found.stops for stop in one.stops}
    if found.wanting:
        return ()
    return fit(walk, found.minutes, costs, removed, planned).stops


def choose_minutes(
    session: AuditSession,
    minutes: int,
    *,
    start: int = 0,
    removed: Iterable[str] = (),
) -> VisitPlan:
    """Choose how long the visit is; from now on, unless it starts at another time."""
    plan = VisitPlan(
        minutes=minutes,
        start=start or session.workspace.world.clock(),
        removed=tuple(sorted(removed)),
    )
    session.record(changes.planned(session.audit.id, plan))
    return plan


def minutes_named(text: str) -> int:
    """Return the minutes that a text names: « 30 », « 30 min », « court ».

    Raises:
        DiagError: when it names none.
    """
    word = fold(text).removesuffix("minutes").removesuffix("min").strip()
    named = {name: each.minutes for each, name in PROFILES.items()}
    minutes = int(word) if word.isdecimal() else named.get(word, 0)
    if not SHORTEST <= minutes <= LONGEST:
        usual = ", ".join(map(str, DURATIONS))
        raise DiagError(
            f"Durée « {text[:30]} » inconnue. Donnez des minutes, par exemple {usual}."
        )
    return minutes


def countdown(session: AuditSession, walk: Walk, costs: Costs) -> tuple[str, ...]:
    """Return « 10 h 42, partir à 11 h », « 29 de 31 tiennent »; nothing without a plan.

    It counts at each key: nothing runs. The next day, it is over.
    """
    plan, now = session.plan, session.workspace.world.clock()
    if plan is None or not plan.start or now > plan.until + LONGEST * 60_000:
        return ()
    minutes = max(0, plan.until - now) // 60_000
    found = fit(walk, minutes, costs, plan.removed)
    total = found.answers + found.wanting
    fits = f"{found.answers} de {total} tiennent"
    if not found.wanting:
        likely = f"{found.answers} tiennent, peut-être {found.maybe} de plus"
        fits = "tout tient" if found.is_whole else likely
    leave = f"{hour_words(now)}, partir à {hour_words(plan.until)}"
    return (leave, fits) if total else (leave,)
