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
                names = self._closure(gauge.rules)
                for name in names:
                    self._averaged.setdefault(name, []).append(gauge.criterion.id)
        self._add_rules(
            parse_rule(fact.question.relevant)
            for fact in vocabulary.values()
            if fact.question.relevant
        )

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

    def _closure(self, rules: Iterable[Rule]) -> set[str]:
        found = set[str]()
        left = set[str]().union(*map(every_name, rules))
        while left:
            name = left.pop()
            found.add(name)
            if name in self._vocabulary:
                left |= self._vocabulary[name].relevance_names - found
        return found


def every_name(rule: Rule) -> frozenset[str]:
    """Return what a rule reads by name, inside aggregates and outside."""
    return rule.names.union(*rule.inner_names.values())
