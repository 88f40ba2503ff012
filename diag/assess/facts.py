"""Which facts a rule reads at a place, those that decide their relevance included."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache

from diag.answers.answer_type import Reader
from diag.answers.types import TYPES
from diag.checklist.symbols import NUMERIC
from diag.model.audit import DIRECTORY, PARENT_KINDS, ROOT_KINDS, Answer, Facts, Value
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, State
from diag.model.text import exact
from diag.rules.evaluate import condition
from diag.rules.expressions import (
    ABSENT,
    UNBOUNDED,
    Judge,
    RuleValue,
    Scope,
    Span,
    Truth,
    either,
    hull_of_values,
    maybe_absent,
    plain,
    point,
)
from diag.rules.language import VISIT_DATE, parse_rule


class Limits(StrEnum):
    """What bounds a number that is not known."""

    RANGE = "range"
    """What may be answered: it bounds scores."""
    NONE = "none"
    """Nothing above: a quantity is never counted from what may be answered."""
    LIKELY = "likely"
    """What is usual."""


@dataclass(frozen=True, slots=True)
class FactType:
    """One question, as rules read its answers."""

    question: Question
    place: PlaceKind
    at_most: str
    """The whole that it is a part of; empty for none."""
    relevant: Judge | None
    """When it is asked; None: always."""
    relevance_names: frozenset[str]
    """What its relevance reads, aggregates included."""
    inherits: frozenset[str]
    """What its relevance reads at its place that may be sans objet: it then is too."""
    unknown: Mapping[Limits, RuleValue]
    """Everything that the answer can be."""
    read: Reader

    @property
    def may_be_void(self) -> bool:
        """Whether it may be sans objet, by itself or by what its relevance reads."""
        return self.question.void or bool(self.inherits)

    def allowed(self, head: Answer, unknown: RuleValue) -> RuleValue:
        """Return what one head allows; what does not fit the question is unknown."""
        if head.state is State.KNOWN:
            found = self.read(head.value)
            return unknown if found is None else found
        return ABSENT if self.is_void(head) else unknown

    def is_void(self, head: Answer) -> bool:
        """Say whether a head is « sans objet » where the question has it."""
        return head.state is State.NOT_APPLICABLE and self.question.void


Heads = Mapping[tuple[str, str], tuple[Answer, ...]]
"""As in `Facts.answers`."""

Vocabulary = Mapping[str, FactType]
"""Every question by its id, as rules read it."""


def vocabulary_of(questions: Mapping[str, Question]) -> Vocabulary:
    """Return the vocabulary of a checklist."""
    rules = {
        ident: parse_rule(question.relevant)
        for ident, question in questions.items()
        if question.relevant
    }
    void = {ident for ident, question in questions.items() if question.void}
    while more := {
        ident
        for ident, rule in rules.items()
        if ident not in void and not void.isdisjoint(rule.names)
    }:
        void |= more
    vocabulary: dict[str, FactType] = {}
    for ident, question in questions.items():
        meaning, asked_if = TYPES[question.type].meaning(question), rules.get(ident)
        unknown: dict[Limits, RuleValue] = dict.fromkeys(Limits, meaning.unknown)
        if isinstance(meaning.unknown, Span) and question.type in NUMERIC:
            least = meaning.unknown.low
            unknown[Limits.NONE] = unknown[Limits.LIKELY] = Span(least, None)
            low, high = question.likely or (None, None)
            if high is not None:
                least = least if low is None else plain(exact(low))
                unknown[Limits.LIKELY] = Span(least, plain(exact(high)))
        if question.void:
            unknown = {each: maybe_absent(value) for each, value in unknown.items()}
        vocabulary[ident] = FactType(
            question=question,
            place=question.place,
            at_most=question.at_most,
            relevant=condition(asked_if) if asked_if else None,
            relevance_names=asked_if.every_name if asked_if else frozenset(),
            inherits=asked_if.names & void if asked_if else frozenset(),
            unknown=unknown,
            read=meaning.read,
        )
    return vocabulary


class FactsReading:
    """One audit's facts under one vocabulary."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        facts: Facts,
        *,
        limits: Limits = Limits.RANGE,
        like: "FactsReading | None" = None,
        supposes: bool = False,
    ) -> None:
        """Read facts; `like` is a reading of the same places.

        It `supposes` other answers: what `like` reads where they move nothing is kept.
        """
        self.vocabulary = vocabulary
        """The questions."""
        self.facts = facts
        """What was answered."""
        self.limits = limits
        """What bounds an unknown number."""
        self.tree: Tree = like.tree if like else Tree(facts)
        """Who holds whom."""
        self.apart: Mapping[str, RuleValue] = {
            VISIT_DATE: UNBOUNDED
            if facts.visit_date is None
            else point(facts.visit_date.toordinal()),
            **{
                name: point(facts.directory[name])
                if name in facts.directory
                else UNBOUNDED
                for name in DIRECTORY
            },
        }
        """What no question asks: the day of the visit, what official lists say."""
        self._answers = facts.answers
        self._scopes: dict[str, PlaceScope] = {}
        self.moved = frozenset[str]()
        """Questions whose value another answer was supposed to decide."""
        self._supposed: Heads = {}
        self._kept = like if supposes else None

    def with_limits(self, limits: Limits) -> "FactsReading":
        """Return the same facts, unknown numbers bounded otherwise."""
        return FactsReading(self.vocabulary, self.facts, limits=limits, like=self)

    def supposing(self) -> "FactsReading":
        """Return a reading for suppositions, that keeps the rest as read here."""
        return FactsReading(
            self.vocabulary, self.facts, limits=self.limits, like=self, supposes=True
        )

    def suppose(self, overlay: "Overlay", moved: frozenset[str]) -> None:
        """Replace some answers, and no longer those that were supposed before.

        `moved` are the questions replaced, with those whose value they decide.
        """
        self._supposed = {key: (_answer(each),) for key, each in overlay.items()}
        self.moved = moved
        for scope in self._scopes.values():
            scope.forget()

    def heads(self, place: str, question: str) -> tuple[Answer, ...]:
        """Return the heads of a fact."""
        key = (place, question)
        found = self._supposed.get(key) if self._supposed else None
        return self._answers.get(key, ()) if found is None else found

    def scope(self, place: str) -> "PlaceScope":
        """Return a place as rules see it."""
        found = self._scopes.get(place)
        if found is None:
            like = self._kept.scope(place) if self._kept else None
            found = self._scopes[place] = PlaceScope(self, place, like)
        return found

    def scopes(self, kind: PlaceKind) -> list["PlaceScope"]:
        """Return every place of a kind, in order."""
        return [self.scope(place) for place in self.tree.of_kind(kind)]

    def is_open(self, kind: PlaceKind) -> bool:
        """Say whether places of a kind may still be added."""
        return kind not in ROOT_KINDS and kind not in self.facts.closed


class _Values(dict[str, RuleValue]):
    """What names stand for at one place, each read when it is first asked for.

    Rules ask for nothing as often: what was read is found without a call to Python.
    """

    def __init__(self, read: Callable[[str], RuleValue]) -> None:
        self._read = read

    def __missing__(self, name: str) -> RuleValue:
        found = self[name] = self._read(name)
        return found


class PlaceScope:
    """One place, as rules see it."""

    __slots__ = (
        "_inside",
        "_like",
        "_out",
        "_reading",
        "_relevance",
        "_values",
        "kind",
        "parent",
        "place",
        "value",
    )

    def __init__(
        self, reading: FactsReading, place: str, like: "PlaceScope | None" = None
    ) -> None:
        """Look at a place; `like` is it as it was before what the reading supposes."""
        self._values = _Values(self._read)
        self.value: Callable[[str], RuleValue] = self._values.__getitem__
        """What a name stands for here: an own fact, an ancestor's, the date."""
        self.place = place
        """Its id."""
        self.kind = reading.tree.kinds[place]
        """Its kind."""
        holder = reading.tree.parents[place]
        self.parent = None if holder is None else reading.scope(holder)
        """The place that holds it."""
        self._reading = reading
        self._like = like
        self._relevance: dict[str, Truth] = {}
        self._out: dict[str, Truth] = {}
        self._inside: dict[PlaceKind, tuple[Sequence[Scope], bool]] = {}

    def forget(self) -> None:
        """Read facts anew from now on."""
        self._values.clear()
        self._relevance.clear()
        self._out.clear()

    def inside(self, kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        """Return the places of a kind held here, and whether more may come."""
        found = self._inside.get(kind)
        if found is None:
            held = self._reading.tree.inside(self.place, kind)
            scopes = [self._reading.scope(place) for place in held]
            found = self._inside[kind] = scopes, self._reading.is_open(kind)
        return found

    def is_out(self, name: str) -> Truth:
        """Say whether a fact is sans objet; None while it may be.

        It is where it is answered so, or where its relevance reads a fact that is. An
        irrelevant fact was not answered at all.
        """
        fact = self._reading.vocabulary.get(name)
        if fact is None or not fact.may_be_void:
            return False
        if name not in self._out:
            self._out[name] = None  # should a checklist run in circles
            result: Truth = False
            holder = self.holder(name)
            if holder is self:
                if fact.question.void:
                    result = self._is_answered_void(name, fact)
                for other in fact.inherits:
                    result = either(result, self.is_out(other))
            elif holder is not None:
                result = holder.is_out(name)
            self._out[name] = result
        return self._out[name]

    def relevance(self, name: str) -> Truth:
        """Say whether a question of this kind of place is asked here."""
        fact = self._reading.vocabulary[name]
        if fact.relevant is None:
            return True
        if name not in self._relevance:
            self._relevance[name] = None  # should a checklist run in circles
            self._relevance[name] = fact.relevant(self)
        return self._relevance[name]

    def holder(self, name: str) -> "PlaceScope | None":
        """Return the place whose fact a name reads here: this one, or an ancestor."""
        kind = self._reading.vocabulary[name].place
        scope: PlaceScope | None = self
        while scope is not None and scope.kind is not kind:
            scope = scope.parent
        return scope

    @property
    def visit_date(self) -> date | None:
        """Day of the last visit, if there was one."""
        return self._reading.facts.visit_date

    def heads(self, name: str) -> tuple[Answer, ...]:
        """Return the heads of a fact of this very place."""
        return self._reading.heads(self.place, name)

    def _read(self, name: str) -> RuleValue:
        reading = self._reading
        if self._like is not None and name not in reading.moved:
            return self._like.value(name)
        if name in reading.apart:
            return reading.apart[name]
        fact = reading.vocabulary[name]
        if fact.place is not self.kind:
            return ABSENT if self.parent is None else self.parent.value(name)
        relevant = fact.relevant is None or self.relevance(name)
        if relevant is False:
            return ABSENT
        out = self.is_out(name) if fact.inherits else False
        if out:
            return ABSENT
        heads = reading.heads(self.place, name)
        found = None
        if len(heads) == 1 and heads[0].state is State.KNOWN and not fact.at_most:
            found = fact.read(heads[0].value)  # nearly always
        if found is None:
            unknown = fact.unknown[reading.limits]
            if fact.at_most:  # a part lies within its whole
                whole = self.value(fact.at_most)
                most = whole.high if isinstance(whole, Span) else None
                if most is not None and isinstance(unknown, Span):
                    low = None if unknown.low is None else min(unknown.low, most)
                    high = most if unknown.high is None else min(unknown.high, most)
                    unknown = unknown._replace(low=low, high=high)
            values = [
                unknown if self._exceeds(fact, head) else fact.allowed(head, unknown)
                for head in heads
            ]
            found = hull_of_values(values) if values else unknown
        return found if relevant and out is False else maybe_absent(found)

    def _exceeds(self, fact: FactType, head: Answer) -> bool:
        """Say whether a part is above its whole, both known: one of them is wrong."""
        of = fact.at_most
        if not of or head.state is not State.KNOWN:
            return False
        part, whole = fact.read(head.value), self.value(of)
        if not isinstance(part, Span) or not isinstance(whole, Span):
            return False
        known = whole.low == whole.high and not whole.maybe_absent
        return known and whole.high is not None and (part.low or 0) > whole.high

    def _is_answered_void(self, name: str, fact: FactType) -> Truth:
        relevant, heads = self.relevance(name), self.heads(name)
        if relevant is False or (
            heads
            and all(
                head.state is State.KNOWN and not self._exceeds(fact, head)
                for head in heads
            )
        ):
            return False
        are_void = bool(heads) and all(map(fact.is_void, heads))
        return relevant if are_void else None


class WithNames:
    """A scope where some more names are known: the quantity, in a price's rule."""

    def __init__(self, scope: Scope, names: Mapping[str, RuleValue]) -> None:
        self._scope = scope
        self._names = names

    def value(self, name: str) -> RuleValue:
        """Return one of the added names, else what the scope gives."""
        found = self._names.get(name)
        return self._scope.value(name) if found is None else found

    def inside(self, kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        """Return the places held."""
        return self._scope.inside(kind)

    def is_out(self, name: str) -> Truth:
        """Say whether a fact was answered not applicable; an added name never is."""
        return False if name in self._names else self._scope.is_out(name)


Overlay = Mapping[tuple[str, str], Answer | Value]
"""(Place id, question id) → an answer, a known value, or None: not known."""


def with_answers(facts: Facts, overlay: Overlay) -> Facts:
    """Return facts with some answers replaced; a plain value is a known answer."""
    answers = dict(facts.answers)
    for key, given in overlay.items():
        answers[key] = (_answer(given),)
    return replace(facts, answers=answers)


def _answer(given: Answer | Value) -> Answer:
    return given if isinstance(given, Answer) else _plain_answer(given)


@lru_cache(maxsize=256, typed=True)  # an effect says the same of each of its places
def _plain_answer(given: Value) -> Answer:
    return Answer(State.UNKNOWN if given is None else State.KNOWN, given)


# A place stands under its declared parent when a place of that kind may hold it, else
# under the subject itself: two people who move places apart never lose one, nor tie a
# knot.
class Tree:
    """Parents, kinds and descendants, by place id."""

    def __init__(self, facts: Facts) -> None:
        places = facts.places
        self.root = facts.root
        """Id of the subject's own place."""
        self.kinds = {ident: place.kind for ident, place in places.items()}
        """Kind of each place."""
        self.parents: dict[str, str | None] = {}
        for ident, place in places.items():
            may_hold = PARENT_KINDS.get(place.kind, ())
            above = self.kinds.get(place.parent or "") in may_hold
            holder = place.parent if place.parent and above else self.root
            self.parents[ident] = None if ident == self.root else holder
        """Holder of each place; none for the subject."""
        self._near: dict[str, frozenset[str]] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._of_kind: dict[PlaceKind, list[str]] = {}
        for ident, kind in self.kinds.items():
            self._of_kind.setdefault(kind, []).append(ident)

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        """What each place holds, near or far, in order."""
        found: dict[str, list[str]] = {}
        for ident in self.kinds:
            for holder in self.line(ident)[1:]:
                found.setdefault(holder, []).append(ident)
        return found

    def of_kind(self, kind: PlaceKind) -> list[str]:
        """Return the places of a kind, in order."""
        return self._of_kind.get(kind, [])

    def inside(self, place: str, kind: PlaceKind) -> list[str]:
        """Return the places of a kind that a place holds, near or far, in order."""
        return [one for one in self._inside.get(place, ()) if self.kinds[one] is kind]

    def line(self, place: str) -> tuple[str, ...]:
        """Return a place and all that hold it, up to the subject."""
        found = self._lines.get(place)
        if found is None:
            holder = self.parents[place]
            above = () if holder is None else self.line(holder)
            found = self._lines[place] = (place, *above)
        return found

    def are_near(self, one: str, other: str) -> bool:
        """Say whether two places are the same, or one is held by the other."""
        return other in self.near(one)

    def near(self, place: str) -> frozenset[str]:
        """Return a place, all that hold it and all that it holds."""
        found = self._near.get(place)
        if found is None:
            inside = self._inside.get(place, ())
            found = self._near[place] = frozenset((*self.line(place), *inside))
        return found
