"""Which facts a rule reads at a place, those that decide their relevance included."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from diag.answers.answer_type import Reader
from diag.answers.types import TYPES
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, State
from diag.model.fact import PARENT_KINDS, ROOT_KINDS, Answer, Facts, Place, Value
from diag.rules.evaluate import condition
from diag.rules.language import Rule, parse_rule
from diag.rules.scope import Judge, Scope
from diag.rules.values import (
    ABSENT,
    UNBOUNDED,
    RuleValue,
    Span,
    Truth,
    either,
    hull_of_values,
    maybe_absent,
    point,
)

# The facts of one audit as rules see them: a scope per place, each value read once.
#
# Values are worked out when a rule first asks for them, and kept for the whole reading.


VISIT_DATE = "visit_date"
"""The one name that every rule may read and no question asks."""


@dataclass(frozen=True, slots=True)
class FactType:
    """One question, as rules read its answers."""

    question: Question
    relevant: Judge | None
    """When it is asked; None: always."""
    relevance_names: frozenset[str]
    """What its relevance reads, aggregates included."""
    unknown: RuleValue
    """Everything that the answer can be."""
    maybe: RuleValue
    """The same, or no answer at all."""
    read: Reader

    def value(self, heads: tuple[Answer, ...], relevant: Truth) -> RuleValue:
        """Return what the heads of one fact leave possible: their hull."""
        if relevant is False:
            return ABSENT
        if not heads:
            return self.unknown if relevant else self.maybe
        if len(heads) == 1:
            found = self.allowed(heads[0])
        else:
            found = hull_of_values([self.allowed(head) for head in heads])
        return found if relevant else maybe_absent(found)

    def allowed(self, head: Answer) -> RuleValue:
        """Return what one head allows; what does not fit the question is unknown."""
        if head.state is State.KNOWN:
            found = self.read(head.value)
            return self.unknown if found is None else found
        return ABSENT if head.state is State.NOT_APPLICABLE else self.unknown


Vocabulary = Mapping[str, FactType]
"""Every question by its id, as rules read it."""


def vocabulary_of(questions: Mapping[str, Question]) -> Vocabulary:
    """Return the vocabulary of a checklist."""
    return {ident: fact_type(question) for ident, question in questions.items()}


def fact_type(question: Question) -> FactType:
    """Return how rules read one question."""
    rule = parse_rule(question.relevant) if question.relevant else None
    meaning = TYPES[question.type].meaning(question)
    return FactType(
        question=question,
        relevant=condition(rule) if rule else None,
        relevance_names=(
            rule.names.union(*rule.inner_names.values()) if rule else frozenset()
        ),
        unknown=meaning.unknown,
        maybe=maybe_absent(meaning.unknown),
        read=meaning.read,
    )


class FactsReading:
    """One audit's facts under one vocabulary."""

    def __init__(
        self, vocabulary: Vocabulary, facts: Facts, like: "FactsReading | None" = None
    ) -> None:
        """Read facts; `like` is a reading of the same places, save known answers."""
        self.vocabulary = vocabulary
        """The questions."""
        self.facts = facts
        """What was answered."""
        self.tree: Tree = like.tree if like else Tree(facts)
        """Who holds whom."""
        self.visit_date = _visit_date(facts.visit_date)
        """The day of the visit; anything when there was none."""
        self.out_names: frozenset[str] = (
            like.out_names
            if like
            else frozenset(
                question
                for (_, question), heads in facts.answers.items()
                for head in heads
                if head.state is State.NOT_APPLICABLE
            )
        )
        """Questions that were answered not applicable somewhere."""
        self._scopes: dict[str, PlaceScope] = {}

    def scope(self, place: str) -> "PlaceScope":
        """Return a place as rules see it."""
        found = self._scopes.get(place)
        if found is None:
            found = self._scopes[place] = PlaceScope(self, place)
        return found

    def scopes(self, kind: PlaceKind) -> list["PlaceScope"]:
        """Return every place of a kind, in order."""
        return [self.scope(place) for place in self.tree.of_kind(kind)]

    def is_open(self, kind: PlaceKind) -> bool:
        """Say whether places of a kind may still be added."""
        return kind not in ROOT_KINDS and kind not in self.facts.closed


class PlaceScope:
    """One place, as rules see it."""

    __slots__ = (
        "_inside",
        "_out",
        "_reading",
        "_relevance",
        "_values",
        "kind",
        "parent",
        "place",
    )

    def __init__(self, reading: FactsReading, place: str) -> None:
        self.place = place
        """Its id."""
        self.kind = reading.tree.kinds[place]
        """Its kind."""
        holder = reading.tree.parents[place]
        self.parent = None if holder is None else reading.scope(holder)
        """The place that holds it."""
        self._reading = reading
        self._values: dict[str, RuleValue] = {}
        self._relevance: dict[str, Truth] = {}
        self._out: dict[str, Truth] = {}
        self._inside: dict[PlaceKind, tuple[Sequence[Scope], bool]] = {}

    def value(self, name: str) -> RuleValue:
        """Return what a name stands for here: an own fact, an ancestor's, the date."""
        found = self._values.get(name)
        if found is None:
            found = self._values[name] = self._read(name)
        return found

    def inside(self, kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        """Return the places of a kind held here, and whether more may come."""
        found = self._inside.get(kind)
        if found is None:
            held = self._reading.tree.inside(self.place, kind)
            scopes = [self._reading.scope(place) for place in held]
            found = self._inside[kind] = scopes, self._reading.is_open(kind)
        return found

    def is_out(self, name: str) -> Truth:
        """Say whether a fact was answered not applicable; None when heads disagree.

        An irrelevant fact was not answered at all.
        """
        if name not in self._reading.out_names:
            return False
        if name not in self._out:
            self._out[name] = self._is_out(name)
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
        kind = self._reading.vocabulary[name].question.place
        scope: PlaceScope | None = self
        while scope is not None and scope.kind is not kind:
            scope = scope.parent
        return scope

    def heads(self, name: str) -> tuple[Answer, ...]:
        """Return the heads of a fact of this very place."""
        return self._reading.facts.answers.get((self.place, name), ())

    def _read(self, name: str) -> RuleValue:
        if name == VISIT_DATE:
            return self._reading.visit_date
        holder = self.holder(name)
        if holder is None:
            return ABSENT
        if holder is not self:
            return holder.value(name)
        fact = self._reading.vocabulary[name]
        return fact.value(self.heads(name), self.relevance(name))

    def _is_out(self, name: str) -> Truth:
        holder = self.holder(name)
        if holder is None:
            return False
        if holder is not self:
            return holder.is_out(name)
        out = [head.state is State.NOT_APPLICABLE for head in self.heads(name)]
        if not any(out):
            return False
        relevant = self.relevance(name)
        return relevant if all(out) or relevant is False else None


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


def any_out(scope: Scope, names: frozenset[str]) -> Truth:
    """Say whether one of the names was answered not applicable at a place."""
    result: Truth = False
    for name in names:
        result = either(result, scope.is_out(name))
    return result


def _visit_date(day: date | None) -> Span:
    return UNBOUNDED if day is None else point(day.toordinal())


@dataclass(frozen=True, slots=True)
class FactRead:
    """One fact that a rule looked at."""

    place: str
    """Id of the place that it is about."""
    place_name: str
    question: Question
    relevant: Truth
    """Whether the question applies there."""
    heads: tuple[Answer, ...]
    """What was answered, by whom, how, when; several in a conflict."""
    value: RuleValue
    """What the rule made of it."""


def facts_read(
    rules: Iterable[Rule], scope: PlaceScope, reading: FactsReading
) -> tuple[FactRead, ...]:
    """Return every fact that rules read at a place, once, in the order of reading."""
    found: dict[tuple[str, str], FactRead] = {}
    for rule in rules:
        _read(rule, scope, reading, found)
    return tuple(found.values())


def _read(
    rule: Rule,
    scope: PlaceScope,
    reading: FactsReading,
    found: dict[tuple[str, str], FactRead],
) -> None:
    for name in sorted(rule.names):
        _note(name, scope, reading, found)
    for kind, names in rule.inner_names.items():
        for place in reading.tree.inside(scope.place, kind):
            for name in sorted(names):
                _note(name, reading.scope(place), reading, found)


def _note(
    name: str,
    scope: PlaceScope,
    reading: FactsReading,
    found: dict[tuple[str, str], FactRead],
) -> None:
    if name == VISIT_DATE or name not in reading.vocabulary:
        return
    holder = scope.holder(name)
    if holder is None or (holder.place, name) in found:
        return
    question = reading.vocabulary[name].question
    found[holder.place, name] = FactRead(
        place=holder.place,
        place_name=reading.facts.places[holder.place].name,
        question=question,
        relevant=holder.relevance(name),
        heads=holder.heads(name),
        value=holder.value(name),
    )
    if question.relevant:
        _read(parse_rule(question.relevant), holder, reading, found)


Overlay = Mapping[tuple[str, str], Answer | Value]
"""(Place id, question id) → an answer, a known value, or None: not known."""


def with_answers(facts: Facts, overlay: Overlay) -> Facts:
    """Return facts with some answers replaced; a plain value is a known answer."""
    answers = dict(facts.answers)
    for key, given in overlay.items():
        answers[key] = (
            given
            if isinstance(given, Answer)
            else Answer(State.UNKNOWN if given is None else State.KNOWN, given),
        )
    return replace(facts, answers=answers)


# Which place holds which: the tree under an audit's subject.
#
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
        self.parents = {
            ident: None if ident == facts.root else self._parent(place)
            for ident, place in places.items()
        }
        """Holder of each place; none for the subject."""
        self._of_kind: dict[PlaceKind, list[str]] = {}
        for ident, kind in self.kinds.items():
            self._of_kind.setdefault(kind, []).append(ident)

    def of_kind(self, kind: PlaceKind) -> list[str]:
        """Return the places of a kind, in order."""
        return self._of_kind.get(kind, [])

    def inside(self, place: str, kind: PlaceKind) -> list[str]:
        """Return the places of a kind that a place holds, near or far, in order."""
        return [
            ident
            for ident in self.of_kind(kind)
            if ident != place and place in self.line(ident)
        ]

    def line(self, place: str) -> tuple[str, ...]:
        """Return a place and all that hold it, up to the subject."""
        found = [place]
        while (holder := self.parents[found[-1]]) is not None:
            found.append(holder)
        return tuple(found)

    def _parent(self, place: Place) -> str:
        holder = self.kinds.get(place.parent or "")
        if place.parent and holder in PARENT_KINDS.get(place.kind, ()):
            return place.parent
        return self.root
