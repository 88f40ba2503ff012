"""Find in an audit what one types: a place by its name, a question by any word."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from diag.assess.judge import Judge
from diag.audit.walk import Leg, Walk, WalkStop
from diag.model.checklist import Checklist, Question
from diag.model.search import SearchIndex, Text, terms
from diag.model.text import fold

_LABEL, _SYNONYM, _DOMAIN, _CHOICE, _ASK, _CRITERION, _LOOK = 10, 5, 4, 4, 3, 3, 2
_DANGER = 1.5
"""How much more the words of a danger weigh."""


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

    def find(self, walk: Walk, words: str) -> AuditFinds:
        """Return the places and the questions of a walk that answer to the words."""
        leg, rest = _place_named(walk, terms(words))
        if leg is None:
            return AuditFinds(None, self._questions(walk, words), ())
        here = self._questions(walk, " ".join(rest), leg)
        known = {one.stop.question.id for one in here}
        others = {
            one.stop.question.id: one
            for query in (words, " ".join(rest))
            for one in self._questions(walk, query)
        }
        return AuditFinds(
            leg, here, [one for ident, one in others.items() if ident not in known]
        )

    def _questions(
        self, walk: Walk, words: str, leg: Leg | None = None
    ) -> list[FoundQuestion]:
        asked: dict[str, list[tuple[WalkStop, Leg]]] = {}
        for each in walk.legs:
            for stop in each.stops:
                asked.setdefault(stop.question.id, []).append((stop, each))
        found = []
        for hit in self.index.search(words):
            stops = asked.get(hit.item, ())
            near = [one for one in stops if leg is None or one[1] is leg]
            if near:
                opens = next((one for one in near if not one[0].heads), near[0])
                left = sum(not stop.heads for stop, _ in stops)
                found.append(FoundQuestion(*opens, len(stops), left))
        return found


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
    titles = {leg.key: set(terms(leg.title)) for leg in walk.legs}
    best, most = None, 0
    for leg in walk.legs:
        own = titles[leg.key].intersection(typed)
        others = (title for key, title in titles.items() if key != leg.key)
        if len(own) > most and own - set().union(*others):
            best, most = leg, len(own)
    named = titles[best.key] if best else set()
    return best, [word for word in typed if word not in named]
