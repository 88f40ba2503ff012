"""« Et si… »: facts as they would be, and what would follow. Nothing is recorded.

Pure functions over facts: what is supposed never enters the journal, and what is
judged here never enters a document.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from diag.assess.facts import with_answers
from diag.assess.judge import judge_of
from diag.assess.results import (
    Advice,
    Assessment,
    Cost,
    CriterionResult,
    Score,
    advice_json,
    cost_json,
    criterion_json,
    plain,
)
from diag.assess.spread import level_pair
from diag.assess.words import (
    FREE_WORDS,
    MOVES,
    Money,
    Move,
    format_cost,
    score_cell,
    short_cost,
    spent,
)
from diag.audit.compare import Row, move_of
from diag.model.audit import Answer, Facts, Place, Value
from diag.model.checklist import Checklist
from diag.model.enums import (
    USUAL_READER,
    PlaceKind,
    Provenance,
    Standing,
    State,
    Trigger,
)
from diag.words.sentences import NEXT_BUDGET, Blanks, euros, filled
from diag.words.vocabulary import SUBJECTS

WHY = "supposé"
"""Reason that marks an answer as supposed wherever it is shown."""


@dataclass(frozen=True, slots=True)
class SupposedAnswer:
    """Another answer to one question; None: as if nobody knew."""

    place: str
    question: str
    value: Value

    def applied(self, facts: Facts) -> Facts:
        """Return the facts with that answer."""
        state = State.UNKNOWN if self.value is None else State.KNOWN
        answer = Answer(state, self.value, Provenance.DECLARED, WHY)
        return with_answers(facts, {(self.place, self.question): answer})


@dataclass(frozen=True, slots=True)
class Added:
    """One more place, empty, or equipped like another one."""

    kind: PlaceKind
    name: str
    like: str = ""
    """Id of the place whose answers it takes."""

    def applied(self, facts: Facts) -> Facts:
        """Return the facts with that place."""
        place = Place(
            id=supposed_id(facts, self.name),
            kind=self.kind,
            parent=_holder(facts, self.like),
            name=self.name,
        )
        return _with(facts, place, _answers_of(facts, self.like))


@dataclass(frozen=True, slots=True)
class Closed:
    """A place that is no longer used; what stood in it stays in the school."""

    place: str

    def applied(self, facts: Facts) -> Facts:
        """Return the facts without that place."""
        gone = facts.places.get(self.place)
        if gone is None or self.place == facts.root:
            return facts
        places = {
            ident: (
                place.model_copy(update={"parent": gone.parent})
                if place.parent == self.place
                else place
            )
            for ident, place in facts.places.items()
            if ident != self.place
        }
        answers = {
            key: heads for key, heads in facts.answers.items() if key[0] != self.place
        }
        return replace(facts, places=places, answers=answers)


@dataclass(frozen=True, slots=True)
class Split:
    """A class in two (dédoublement): a second room of the same use.

    The new room takes over what `reusing` has before anything is bought, and that
    room closes; else it is bare: only what names it is copied.
    """

    place: str
    name: str
    naming: tuple[str, ...] = ()
    """Questions that name what a room is: its use, its level."""
    reusing: str = ""
    """Id of a room whose equipment moves in."""

    def applied(self, facts: Facts) -> Facts:
        """Return the facts with the second room."""
        if self.place not in facts.places:
            return facts
        use = {
            question: heads
            for question, heads in _answers_of(facts, self.place).items()
            if question in self.naming
        }
        place = Place(
            id=supposed_id(facts, self.name),
            kind=facts.places[self.place].kind,
            parent=_holder(facts, self.place),
            name=self.name,
        )
        reused = _answers_of(facts, self.reusing)
        made = _with(facts, place, {**reused, **use})
        return Closed(self.reusing).applied(made) if self.reusing else made


Supposition = SupposedAnswer | Added | Closed | Split
"""One « et si… »."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One criterion that would stand elsewhere."""

    before: CriterionResult
    after: CriterionResult
    move: Move


@dataclass(frozen=True, slots=True)
class SupposedOutcome:
    """What would follow, next to what is."""

    before: Assessment
    after: Assessment
    kind: PlaceKind
    """What it is about: a school, a commune or a syndicat."""

    @property
    def scores(self) -> tuple[tuple[str, Score, Score], ...]:
        """Each domain's title and both scores, the whole last."""
        domains = [
            (new.domain.title, old.score, new.score)
            for old, new in zip(self.before.domains, self.after.domains, strict=True)
        ]
        return (*domains, ("Ensemble", self.before.overall, self.after.overall))

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """The criteria that would stand elsewhere."""
        pairs = (
            (old, self.after.criteria[ident])
            for ident, old in self.before.criteria.items()
        )
        moved = (Shift(old, new, move_of(old, new)) for old, new in pairs)
        return tuple(one for one in moved if one.move is not Move.SAME)

    @property
    def resolved(self) -> tuple[Advice, ...]:
        """What would no longer be recommended."""
        after = {one.recommendation.id for one in _sure(self.after)}
        return tuple(
            one for one in _sure(self.before) if one.recommendation.id not in after
        )

    @property
    def new(self) -> tuple[Advice, ...]:
        """What would be recommended then."""
        before = {one.recommendation.id for one in _sure(self.before)}
        return tuple(
            one for one in _sure(self.after) if one.recommendation.id not in before
        )

    def why_new(self, advice: Advice) -> str:
        """Return why a better fact brings one more action; empty when none did."""
        ident, when = advice.recommendation.id, advice.recommendation.when
        result = self.before.criteria[when.criterion]
        places = {one.place for one in advice.targets}
        stood = [one for one in result.verdicts if one.place in places]
        if any(ident in one.covers for one in self.before.advice):
            return "n'est plus couverte par une autre"
        if any(one.given is False for one in stood):
            return "rendue possible"
        born = any(one.standing is Standing.OUT for one in stood)
        is_new = born and not result.criterion.is_averaged
        return "obligation née" if is_new else ""

    @property
    def recosted(self) -> tuple[tuple[Advice, Advice], ...]:
        """What would be recommended as now, at another price."""
        after = {one.recommendation.id: one for one in _sure(self.after)}
        pairs = (
            (one, after[one.recommendation.id])
            for one in _sure(self.before)
            if one.recommendation.id in after
        )
        return tuple((old, new) for old, new in pairs if old.cost != new.cost)

    @property
    def costs(self) -> tuple[Cost, Cost]:
        """What everything costs together, before and after."""
        return self.before.basket, self.after.basket

    @property
    def own(self) -> tuple[Advice, ...]:
        """What one would do for it to be true; else what it would call for.

        What another of them covers is paid with it.
        """
        done = self.resolved or self.new
        covered = {ident for one in done for ident in one.covers}
        return tuple(one for one in done if one.recommendation.id not in covered)

    @property
    def price(self) -> str:
        """Return its own price: « + 4 200 €, 300 €/an », « prix inconnu »."""
        if not self.own:
            return "prix inconnu"
        paid, kept = spent(one.cost for one in self.own)
        words = [paid.cell] if paid != Money() else []
        words += [f"{kept.cell}/an"] if kept != Money() else []
        return f"+\u00a0{', '.join(words)}" if words else FREE_WORDS

    @property
    def head(self) -> str:
        """Return it in a line: « + 4 200 €, 300 €/an · 44 à 61 → 52 à 66 »."""
        before, after = score_cell(self.before.overall), score_cell(self.after.overall)
        return f"{self.price} · {before} → {after}"

    @property
    def changes_nothing(self) -> bool:
        """Return whether everything would be judged the same."""
        return self.before == self.after


def supposed(facts: Facts, suppositions: Iterable[Supposition]) -> Facts:
    """Return facts with suppositions applied in order; none: the facts themselves."""
    for one in suppositions:
        facts = one.applied(facts)
    return facts


def outcome(
    facts: Facts, checklist: Checklist, suppositions: Iterable[Supposition]
) -> SupposedOutcome:
    """Return what would follow next to what is; nothing is recorded."""
    judge = judge_of(checklist)
    then = supposed(facts, suppositions)
    before = judge.assess(facts)
    after = before if then is facts else judge.assess(then)
    return SupposedOutcome(before, after, facts.places[facts.root].kind)


def supposed_id(facts: Facts, name: str) -> str:
    """Return the id of a supposed place: the same for the same name."""
    return str(uuid5(UUID(facts.root), f"suppose/{name}"))


def _sure(assessment: Assessment) -> tuple[Advice, ...]:
    return tuple(one for one in assessment.advice if one.trigger is Trigger.FIRES)


def _holder(facts: Facts, like: str) -> str:
    twin = facts.places.get(like)
    return (twin.parent if twin else None) or facts.root


def _answers_of(facts: Facts, place: str) -> dict[str, tuple[Answer, ...]]:
    return {
        question: heads
        for (where, question), heads in facts.answers.items()
        if where == place
    }


def _with(
    facts: Facts, place: Place, answers: Mapping[str, tuple[Answer, ...]]
) -> Facts:
    given = {(place.id, question): heads for question, heads in answers.items()}
    return replace(
        facts,
        places={**facts.places, place.id: place},
        answers={**facts.answers, **given},
    )


def outcome_lines(found: SupposedOutcome) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Give each section's title and rows, those that are empty left out."""
    if found.changes_nothing:
        yield "Rien ne changerait", ()
        return
    yield (
        "Scores",
        tuple(
            (title, score_cell(before), "→", score_cell(after))
            for title, before, after in found.scores
            if before != after
        )
        or (("aucun ne bouge", "", "", ""),),
    )
    before, after = ((one,) for one in found.costs)
    spendings = zip(("une fois", "par an"), spent(before), spent(after), strict=True)
    yield (
        "Dépense encore à décider, TTC",
        tuple(
            (rhythm, was.cell, "→", then.cell, _difference(was, then))
            for rhythm, was, then in spendings
        ),
    )
    shifts = (
        (one.after.criterion.title, *level_pair(one.before, one.after), MOVES[one.move])
        for one in found.shifts
    )
    sections: tuple[tuple[str, tuple[Row, ...]], ...] = (
        (
            "Critères",
            tuple((title, was, "→", now, move) for title, was, now, move in shifts),
        ),
        (
            "Ne serait plus préconisé",
            tuple(
                (title_of(one, found.kind), short_cost(one.cost))
                for one in found.resolved
            ),
        ),
        (
            "Serait préconisé",
            tuple(
                (title_of(one, found.kind), short_cost(one.cost), found.why_new(one))
                for one in found.new
            ),
        ),
        (
            "Coûterait autrement",
            tuple(
                (
                    title_of(new, found.kind),
                    short_cost(old.cost),
                    "→",
                    short_cost(new.cost),
                )
                for old, new in found.recosted
            ),
        ),
    )
    for title, rows in sections:
        if rows:
            yield title, rows


def _difference(was: Money, then: Money) -> str:
    """Return « 1 200 € de moins »; empty where what is not known moved as well."""
    alike = (was.at_least, was.more) == (then.at_least, then.more)
    gap = then.euros - was.euros
    if not alike or not gap:
        return ""
    return f"{euros(abs(gap))} de {'plus' if gap > 0 else 'moins'}"


def title_of(advice: Advice, kind: PlaceKind) -> str:
    """Return a recommendation's declared title, its placeholders filled."""
    words = advice.recommendation.wording.get(USUAL_READER)
    if words is None:
        return advice.recommendation.id
    about = SUBJECTS[kind][0]
    blanks = Blanks(advice.quantity, format_cost(advice.cost), about, NEXT_BUDGET)
    return filled(words.title, blanks)


def outcome_json(found: SupposedOutcome, shown: Checklist) -> dict[str, object]:
    """Return an outcome for a program, before and after, exact.

    `shown` is the checklist as everyone may read it.
    """
    before, after = found.costs
    return {
        "overall": _pair(found.before.overall, found.after.overall),
        "domains": {
            old.domain.id: _pair(old.score, new.score)
            for old, new in zip(found.before.domains, found.after.domains, strict=True)
        },
        "criteria": {
            one.after.criterion.id: {
                "move": str(one.move),
                "before": criterion_json(one.before, shown),
                "after": criterion_json(one.after, shown),
            }
            for one in found.shifts
        },
        "resolved": [one.recommendation.id for one in found.resolved],
        "new": [advice_json(one, shown) for one in found.new],
        "basket": {"before": cost_json(before), "after": cost_json(after)},
    }


def _pair(before: Score, after: Score) -> dict[str, object]:
    return {"before": plain(before), "after": plain(after)}


@dataclass(frozen=True, slots=True)
class Option:
    """What would follow from a scenario, next to what is."""

    name: str
    """As its author called it."""
    supposed: tuple[str, ...]
    """In words."""
    scores: tuple[tuple[str, Score, Score], ...]
    """Title, score now, score then: those that move, the whole last."""
    costs: tuple[tuple[str, str, str], ...]
    """What is paid once and every year, now and then."""
    resolved: tuple[tuple[str, str], ...]
    """What would no longer be recommended, and its cost."""
    new: tuple[tuple[str, str], ...]
    """What would be recommended then, and its cost."""
