"""Who reads what: the criteria and rules that the answer to a question can move."""

from collections.abc import Iterable

from diag.assess.gauge import Gauge
from diag.assess.vocabulary import Vocabulary
from diag.rules.language import Rule, parse_rule


class Readers:
    """An index of one checklist, by question id."""

    def __init__(self, vocabulary: Vocabulary, gauges: Iterable[Gauge]) -> None:
        self._vocabulary = vocabulary
        self._averaged: dict[str, list[str]] = {}
        self._rules: dict[str, list[Rule]] = {}
        for gauge in gauges:
            self._add_rules(gauge.rules)
            if not gauge.is_compliance:
                names = set[str]().union(*map(every_name, gauge.rules))
                for name in self._closure(names):
                    self._averaged.setdefault(name, []).append(gauge.criterion.id)
        relevance = [
            parse_rule(fact.question.relevant)
            for fact in vocabulary.values()
            if fact.question.relevant
        ]
        self._add_rules(relevance)
        inner = [names for rule in relevance for names in rule.inner_names.values()]
        self._far = self._closure(set[str]().union(*inner))

    def averaged(self, question: str) -> Iterable[str]:
        """Return the averaged criteria that an answer can move, even by relevance."""
        return self._averaged.get(question, ())

    def rules(self, question: str) -> Iterable[Rule]:
        """Return the rules that read an answer."""
        return self._rules.get(question, ())

    def _add_rules(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            for name in every_name(rule):
                self._rules.setdefault(name, []).append(rule)

    def reaches_far(self, question: str) -> bool:
        """Say whether an answer can move verdicts beside its place.

        So it does when it decides, counted over places, whether a question above is
        relevant; else only the places above and below its own can read it.
        """
        return question in self._far

    def _closure(self, names: set[str]) -> set[str]:
        found = set[str]()
        left = set(names)
        while left:
            name = left.pop()
            found.add(name)
            if name in self._vocabulary:
                left |= self._vocabulary[name].relevance_names - found
        return found


def every_name(rule: Rule) -> frozenset[str]:
    """Return what a rule reads by name, inside aggregates and outside."""
    return rule.names.union(*rule.inner_names.values())
