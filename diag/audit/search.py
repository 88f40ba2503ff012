"""Find in an audit what one types: a place by its name, a question by any word."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from diag.assess.judge import Judge
from diag.audit.walk import Leg, Walk, WalkStop
from diag.model.checklist import Checklist, Question
from diag.model.search import SearchIndex, Text, terms
from diag.model.text import fold

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
        called = words_meaning(judge.checklist)
        self.index = SearchIndex(
            (
                (question.id, _texts(question, called[question.id], judge))
                for question in judge.checklist.questions.values()
            ),
            whole=[synonym.id for synonym in judge.checklist.synonyms],
        )
        """The ids of its questions, by their words."""
        self.advice = SearchIndex(
            (one.id, [Text(_BLANKS.sub(" ", words.title), _LABEL)])
            for one in judge.checklist.recommendations.values()
            for words in one.wording.values()
        )
        """The ids of its recommendations, by their titles."""

    def find(
        self, walk: Walk, words: str, asked: Wanted = any_stop, here: Leg | None = None
    ) -> AuditFinds:
        """Return the places and the questions of a walk that answer to the words.

        Those that are not `asked` for, or not at the place named, else not `here`, are
        elsewhere: none is hidden.
        """
        leg, rest = _place_named(walk, terms(words))
        if leg is None and here is None and asked is any_stop:
            return AuditFinds(None, self._questions(walk, words), ())
        left = " ".join(rest)
        near = self._questions(walk, left, leg or here, asked)
        known = {one.stop.question.id for one in near}
        others = {
            one.stop.question.id: one
            for query in (words, left)
            for one in self._questions(walk, query)
        }
        far = [one for ident, one in others.items() if ident not in known]
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


def _texts(question: Question, called: str, judge: Judge) -> Sequence[Text]:
    """Return what leads to a question, and how much each text weighs."""
    checklist = judge.checklist
    readers = judge.readers.readers(question.id)
    domains = {domain.id: domain.title for domain in checklist.domains}
    more = _DANGER if question.danger else 1.0
    return [
        Text(words, weight * more)
        for words, weight in (
            (question.label, _LABEL),
            (called, _SYNONYM),
            (domains.get(question.domain, ""), _DOMAIN),
            (" ".join(choice.label for choice in question.choices), _CHOICE),
            (question.ask, _ASK),
            (" ".join(checklist.criteria[each].title for each in readers), _CRITERION),
            (question.look, _LOOK),
        )
    ]


def _place_named(walk: Walk, typed: Sequence[str]) -> tuple[Leg | None, Sequence[str]]:
    """Return the place that the words name, and the words that are left.

    A word that only one place has is enough: « ce2 » is « Classe CE2 ».
    """
    titles = {leg.key: _title_terms(leg.title) for leg in walk.legs}
    best, most = None, 0
    for leg in walk.legs:
        own = titles[leg.key].intersection(typed)
        others = (title for key, title in titles.items() if key != leg.key)
        if len(own) > most and own - set().union(*others):
            best, most = leg, len(own)
    named = titles[best.key] if best else frozenset[str]()
    return best, [word for word in typed if word not in named]


@lru_cache(256)
def _title_terms(title: str) -> frozenset[str]:
    return frozenset(terms(title))
