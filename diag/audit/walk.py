"""The walk of a visit: its questions in their order, what is left, what one looks for.

The direction, the cabinet, the team and the commune first, then room by room, each
with the equipment that stands in it, then the equipment of the whole school. What one
types finds a place by its name, a question by any word.
"""

import re
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from diag.answers.types import TYPES, heads_words
from diag.assess.judge import Judge, public
from diag.assess.questions import (
    AUTHORS,
    Pace,
    next_questions,
    relevant_questions,
)
from diag.assess.results import plain
from diag.audit.answer import Key, doubts_of
from diag.audit.places import held_places
from diag.audit.session import AuditSession
from diag.model.audit import Answer, Facts, Place
from diag.model.checklist import Checklist, Question
from diag.model.enums import Moment, PlaceKind, Profile
from diag.model.text import SearchIndex, Text, fold, terms
from diag.rules.expressions import Truth
from diag.words.vocabulary import PLACES

_SCHOOL = {
    "direction": "Direction",
    "baie": "Baie",
    "equipe": "Équipe",
    "commune": "Commune",
    "syndicat": "Syndicat",
    "prestataire": "Prestataire",
    "bureau": "Au bureau",
    "fichier": "Fichiers",
}

_GENERAL = {
    "salle": ("Les salles", "Salles"),
    "lot": ("Le matériel", "Matériel"),
}


@dataclass(frozen=True, slots=True)
class WalkStop:
    """One question at one place."""

    place: str
    question: Question
    relevant: Truth
    """True, or None: whether it applies is not known yet."""
    heads: tuple[Answer, ...]
    flagged: bool
    """« À revoir »."""
    settled: bool
    """Nothing is left to learn."""
    doubt: str = ""
    """Why its answer is to be looked at again; empty as a rule."""

    @property
    def key(self) -> Key:
        """Return the place and the question."""
        return self.place, self.question.id

    @property
    def is_left(self) -> bool:
        """Return whether it surely applies and is still to be learnt."""
        return self.relevant is True and not self.settled

    @property
    def is_likely(self) -> bool:
        """Return whether it may apply, once others are answered."""
        return self.relevant is None and not self.settled


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the walk: whom one asks at the school, or one place."""

    key: str
    """Whom one asks, or the place's id; unique in a walk."""
    title: str
    group: str
    """Heading that it stands under."""
    stops: tuple[WalkStop, ...]
    room: str = ""
    """Id of the place that one stands in; empty when it is none."""

    @property
    def is_place(self) -> bool:
        """Return whether one goes there: a room, or what stands in none."""
        return bool(self.room)

    @property
    def left(self) -> int:
        """How many questions surely remain."""
        return sum(stop.is_left for stop in self.stops)

    @property
    def maybe(self) -> int:
        """How many more there may be, once others are answered."""
        return sum(stop.is_likely for stop in self.stops)

    @property
    def flagged(self) -> int:
        """How many are to come back to."""
        return sum(stop.flagged for stop in self.stops)


@dataclass(frozen=True)
class Walk:
    """The whole walk, as things stand."""

    legs: tuple[Leg, ...]

    @cached_property
    def stops(self) -> tuple[WalkStop, ...]:
        """Every question that applies or may, in order."""
        return tuple(stop for leg in self.legs for stop in leg.stops)

    @property
    def left(self) -> int:
        """How many questions surely remain."""
        return sum(leg.left for leg in self.legs)

    @property
    def maybe(self) -> int:
        """How many more there may be."""
        return sum(leg.maybe for leg in self.legs)

    @cached_property
    def by_question(self) -> Mapping[str, Sequence[tuple[WalkStop, Leg]]]:
        """Where each question is asked, in the order of the walk."""
        asked: dict[str, list[tuple[WalkStop, Leg]]] = {}
        for leg in self.legs:
            for stop in leg.stops:
                asked.setdefault(stop.question.id, []).append((stop, leg))
        return asked

    @cached_property
    def _ranks(self) -> dict[Key, int]:
        return {stop.key: rank for rank, stop in enumerate(self.stops)}

    def stop(self, key: Key) -> WalkStop | None:
        """Return the question at that place; None when it no longer applies."""
        rank = self._ranks.get(key)
        return None if rank is None else self.stops[rank]

    def leg_of(self, key: Key) -> Leg | None:
        """Return the part of the walk where a question stands."""
        for leg in self.legs:
            if any(stop.key == key for stop in leg.stops):
                return leg
        return None

    def after(self, key: Key) -> WalkStop | None:
        """Return the question that follows; None at the end."""
        rank = self._ranks.get(key, -1) + 1
        return self.stops[rank] if rank < len(self.stops) else None

    def before(self, key: Key) -> WalkStop | None:
        """Return the question that precedes; None at the start."""
        rank = self._ranks.get(key, 0) - 1
        return self.stops[rank] if rank >= 0 else None

    def left_after(self, key: Key) -> WalkStop | None:
        """Return the next question left in walking order, round to the start."""
        rank = self._ranks.get(key, -1) + 1
        turned = (*self.stops[rank:], *self.stops[: max(rank - 1, 0)])
        return next((stop for stop in turned if stop.is_left), None)

    def first(self, leg: str) -> WalkStop | None:
        """Return where to start in a part: its first question left, else its first."""
        stops = next((each.stops for each in self.legs if each.key == leg), ())
        left = (stop for stop in stops if stop.is_left)
        return next(left, stops[0] if stops else None)


def walk_of(
    facts: Facts,
    checklist: Checklist,
    profile: Profile = Profile.FULL,
    also: Collection[Key] = (),
) -> Walk:
    """Return the walk of a visit, as long as its profile; `also` stands in it."""
    asked = relevant_questions(facts, checklist, profile=profile, also=also)
    doubts = doubts_of(facts, checklist)
    stops: dict[str, list[WalkStop]] = {}
    for each in asked:
        stops.setdefault(each.place, []).append(
            WalkStop(
                place=each.place,
                question=each.question,
                relevant=each.relevant,
                heads=each.heads,
                flagged=(each.place, each.question.id) in facts.flags,
                settled=each.is_settled
                and (each.place, each.question.id) not in doubts,
                doubt=doubts.get((each.place, each.question.id), ""),
            )
        )
    return Walk(tuple(leg for leg in _legs(facts, stops) if leg.stops))


def most_useful(
    facts: Facts,
    checklist: Checklist,
    here: Key | None,
    profile: Profile = Profile.FULL,
    pace: Pace = AUTHORS,
) -> Key | None:
    """Return the question left that is to be asked first, other than this one.

    A few tens of milliseconds: called off the event loop, on facts that never change.
    """
    for each in next_questions(facts, checklist, 2, profile=profile, pace=pace):
        if (each.place, each.question.id) != here:
            return each.place, each.question.id
    return None


def _legs(facts: Facts, stops: dict[str, list[WalkStop]]) -> Iterator[Leg]:
    own = stops.get(facts.root, [])
    subject = PLACES[facts.places[facts.root].kind][0].capitalize()
    whoms = dict(_SCHOOL)  # those of the house first
    for stop in own:
        whom = stop.question.whom
        if whom not in _GENERAL:
            whoms.setdefault(whom, whom.capitalize() or "Autres questions")
    for whom, title in whoms.items():
        yield _own_leg(whom, title, subject, own)
    held = held_places(facts)
    rooms = [*_rooms(held, facts.root, "Salles")]
    for building in facts.places_of(PlaceKind.BATIMENT):
        rooms += [(building, building.name)]
        rooms += _rooms(held, building.id, building.name)
    lots = [
        (place, "Matériel")
        for place in facts.places_of(PlaceKind.LOT)
        if facts.places[place.parent or facts.root].kind is not PlaceKind.SALLE
    ]
    for kind, places in (("salle", rooms), ("lot", lots)):
        yield _own_leg(kind, *_GENERAL[kind], own)
        for place, group in places:
            holder = facts.places[place.parent or facts.root]
            room = holder if holder.kind is PlaceKind.SALLE else place
            here = tuple(stops.get(place.id, ()))
            is_whom = fold(place.name) in {fold(title) for title in _SCHOOL.values()}
            yield Leg(
                place.id,
                f"{place.name} ({PLACES[place.kind][0]})" if is_whom else place.name,
                group,
                here,
                room.id,
            )


def _own_leg(whom: str, title: str, group: str, own: Iterable[WalkStop]) -> Leg:
    """Return what one asks of somebody, moment by moment."""
    asked = (stop for stop in own if stop.question.whom == whom)
    moments: tuple[Moment | None, ...] = (*Moment, None)
    stops = tuple(sorted(asked, key=lambda one: moments.index(one.question.moment)))
    return Leg(whom or "ecole", title, group, stops)


def _rooms(
    held: Mapping[str, Sequence[Place]], holder: str, group: str
) -> Iterator[tuple[Place, str]]:
    for room in held.get(holder, ()):
        if room.kind is PlaceKind.SALLE:
            yield room, group
            yield from ((lot, group) for lot in held.get(room.id, ()))


_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class QuestionToAsk:
    """One question at one place, as an engineer reads it."""

    id: str
    place: str
    place_name: str
    label: str
    ask: str
    look: str
    expected: str
    """Type, unit, bounds or choices, in words."""
    sure: bool
    """Whether it surely applies."""
    current: str
    """What was answered, in words; several answers when people differ."""
    public: bool
    """Whether everyone may read the answer, and what is judged of it."""
    urgency: int | None
    """Its class, from 0: `NextQuestion`; None of what was answered."""
    stake: Fraction | None
    """By how much the overall interval would narrow, as a ratio."""
    cents: Fraction | None
    """How far apart the costs are of what it leads to, HT; None: unbounded too."""
    seconds: int | None
    """How long it takes here."""

    def to_json(self) -> dict[str, object]:
        """Return it for a program."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def left_to_ask(
    session: AuditSession, *, place: str = "", everything: bool = False
) -> list[QuestionToAsk]:
    """Return what the visit still asks, most useful first; or all that applies."""
    session.check_method()
    where = session.find_place(place).id if place else None
    facts, checklist = session.facts, session.checklist
    profile = Profile.FULL if everything else session.profile
    leaders = session.judge.leaders if everything else ()
    also = [(at, fact) for at in facts.places for fact in leaders]
    applying = relevant_questions(facts, checklist, where, profile=profile, also=also)
    asked = {(each.place, each.question.id): each for each in applying}
    ranked = next_questions(
        facts,
        checklist,
        _EVERY,
        profile=profile,
        assessment=session.assessment,
        pace=session.workspace.pace,
    )
    useful = {(each.place, each.question.id): each for each in ranked}
    keys = list(asked)
    if not everything:
        doubts = doubts_of(facts, checklist)
        left = [key for key in keys if not asked[key].is_settled or key in doubts]
        keys = [key for key in useful if key in asked]
        keys += [key for key in left if key not in useful]
    shown, found = public(checklist).questions, list[QuestionToAsk]()
    for each, rank in ((asked[key], useful.get(key)) for key in keys):
        question = each.question
        found.append(
            QuestionToAsk(
                id=question.id,
                place=each.place,
                place_name=facts.places[each.place].name,
                label=question.label,
                ask=question.ask,
                look=question.look,
                expected=TYPES[question.type].expected(question),
                sure=each.relevant is True,
                current=heads_words(question, each.heads) if each.heads else "",
                public=question.id in shown,
                urgency=rank.urgency if rank else None,
                stake=rank.stake if rank else None,
                cents=rank.cents if rank else None,
                seconds=rank.seconds if rank else None,
            )
        )
    return found


_LABEL, _SYNONYM, _DOMAIN, _CHOICE, _ASK, _CRITERION, _LOOK = 10, 5, 4, 4, 3, 3, 2
_BLANKS = re.compile(r"[{}|]")
"""What parts the words of a title that depend on how many there are."""

_DANGER = 1.5
"""How much more the words of a danger weigh."""

_PROPOSED = 2 / _DANGER
"""How much more again where a free text may be of one: twice in all."""

_HERE = 1.5
"""How much more what is asked in the room where a text is noted."""


class FoundQuestion(NamedTuple):
    """A question that answers to the words typed, once for all its places."""

    stop: WalkStop
    """Where it opens: the place named, else the first without an answer."""
    leg: Leg
    """The place of that stop, as one walks."""
    places: int
    """At how many places it is asked."""
    left: int
    """At how many of them nothing is answered yet."""


class AuditFinds(NamedTuple):
    """What answers to the words typed, the best first."""

    leg: Leg | None
    """The place that the words name."""
    here: Sequence[FoundQuestion]
    """Questions of that place; of any place when none is named."""
    elsewhere: Sequence[FoundQuestion]
    asks: bool = False
    """Whether more than the place is named: a question there, if any answers."""


Wanted = Callable[[WalkStop], bool]
"""Whether a question at a place is asked for."""


def any_stop(_stop: WalkStop) -> bool:
    """Ask for every question."""
    return True


def unanswered(stop: WalkStop) -> bool:
    """Ask for questions without an answer."""
    return not stop.heads


def to_review(stop: WalkStop) -> bool:
    """Ask for questions to come back to: marked, doubtful or contradictory."""
    return stop.flagged or bool(stop.doubt) or len(stop.heads) > 1


class AuditSearch:
    """The questions of an edition, and what each is called; no answer is in it."""

    def __init__(self, judge: Judge) -> None:
        checklist = judge.checklist
        called = words_meaning(checklist)
        domains = {domain.id: domain.title for domain in checklist.domains}
        questions = list[tuple[str, Sequence[Text]]]()
        for one in checklist.questions.values():
            readers = judge.readers.readers(one.id)
            titles = (checklist.criteria[each].title for each in readers)
            more = _DANGER if one.danger else 1.0
            weighed = (
                (one.label, _LABEL),
                (called[one.id], _SYNONYM),
                (domains.get(one.domain, ""), _DOMAIN),
                (" ".join(choice.label for choice in one.choices), _CHOICE),
                (one.ask, _ASK),
                (" ".join(titles), _CRITERION),
                (one.look, _LOOK),
            )
            texts = [Text(words, weight * more) for words, weight in weighed]
            questions.append((one.id, texts))
        self.index = SearchIndex(
            questions, whole=[synonym.id for synonym in checklist.synonyms]
        )
        """The ids of its questions, by their words."""
        self.advice = SearchIndex(
            (one.id, [Text(_BLANKS.sub(" ", words.title), _LABEL)])
            for one in checklist.recommendations.values()
            for words in one.wording.values()
        )
        """The ids of its recommendations, by their titles."""

    def find(
        self, walk: Walk, words: str, asked: Wanted = any_stop, here: Leg | None = None
    ) -> AuditFinds:
        """Return the places and the questions of a walk that answer to the words.

        Those that are not `asked` for, or not at the place named, else not `here`, are
        elsewhere: none is hidden. Words that one place alone has together name it, and
        so does its whole name: « ce2 » is « Classe CE2 », « classe 2 » no « Bureau 2 ».
        """
        titles = {one.key: _title_words(one.title) for one in walk.legs}
        typed, leg, most = terms(words), None, 0
        seen = _title_words(words)
        for one in walk.legs:
            own = titles[one.key] & seen
            if len(own) <= most or own.isdisjoint(typed):
                continue
            rivals = [
                title
                for key, title in titles.items()
                if key != one.key and own <= title
            ]
            if not rivals or (own == titles[one.key] and own not in rivals):
                leg, most = one, len(own)
        rest = [word for word in typed if not (leg and word in titles[leg.key])]
        if leg is None and here is None and asked is any_stop:
            return AuditFinds(None, self._questions(walk, words), ())
        left = " ".join(rest)
        near = self._questions(walk, left, leg or here, asked)
        known = {found.stop.question.id for found in near}
        everywhere = {
            found.stop.question.id: found
            for query in (words, left)
            for found in self._questions(walk, query)
        }
        far = [found for ident, found in everywhere.items() if ident not in known]
        return AuditFinds(leg, near, far, asks=bool(rest))

    def propose(
        self, walk: Walk, text: str, place: str = ""
    ) -> Sequence[FoundQuestion]:
        """Return the questions that a free text may answer, the likeliest first.

        Any of its words counts, those of a danger twice, and what is asked in the room
        more than elsewhere. At `place` where one is asked there, else where nothing is
        answered to it yet.
        """
        scores = list[tuple[float, FoundQuestion]]()
        for hit in self.index.search_any(text):
            if stops := walk.by_question.get(hit.item):
                near = [one for one in stops if one[0].place == place]
                found = _found(stops, near)
                more = _PROPOSED if found.stop.question.danger else 1.0
                more *= _HERE if near and found.leg.is_place else 1.0
                scores.append((-hit.score * more, found))
        return [found for _, found in sorted(scores, key=lambda each: each[0])]

    def _questions(
        self,
        walk: Walk,
        words: str,
        leg: Leg | None = None,
        asked: Wanted = any_stop,
    ) -> list[FoundQuestion]:
        """Return questions by their words; by none, those of the walk in its order."""
        by_question, found = walk.by_question, list[FoundQuestion]()
        hits = (hit.item for hit in self.index.search(words))
        for ident in hits if terms(words) else by_question:
            stops = by_question.get(ident, [])
            near = [
                one for one in stops if (leg is None or one[1] is leg) and asked(one[0])
            ]
            if near:
                found.append(_found(stops, near))
        return found


_Stops = Sequence[tuple[WalkStop, Leg]]


def _found(stops: _Stops, near: _Stops) -> FoundQuestion:
    """Return a question asked at some stops; it opens at one that is near, if any."""
    of = near or stops
    opens = next((one for one in of if not one[0].heads), of[0])
    return FoundQuestion(*opens, len(stops), sum(not one.heads for one, _ in stops))


@lru_cache(2)
def search_of(judge: Judge) -> AuditSearch:
    """Return the search of an edition, made the first time that it is asked."""
    return AuditSearch(judge)


def words_meaning(checklist: Checklist) -> Mapping[str, str]:
    """Return the words that mean each question though its label has others, by id."""
    labels = {
        ident: fold(" ".join((each.label, *(choice.label for choice in each.choices))))
        for ident, each in checklist.questions.items()
    }
    meant = [
        (synonym.id, tuple(map(fold, synonym.means))) for synonym in checklist.synonyms
    ]
    return {
        ident: " ".join(
            word for word, means in meant if any(one in label for one in means)
        )
        for ident, label in labels.items()
    }


@lru_cache(256)
def _title_words(title: str) -> frozenset[str]:
    """Return the words that name a place, its letter too: « CP A » is not « CP B »."""
    letters = (word for word in fold(title).split() if len(word) == 1)
    return frozenset((*terms(title), *letters))
