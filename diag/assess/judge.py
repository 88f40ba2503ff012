"""Facts and a checklist become an assessment: the one way in, and a pure function."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from diag.assess.advice import Advising
from diag.assess.criteria import (
    Averages,
    CriterionJudge,
    Readers,
    domain_score,
    overall_score,
    socle_of,
)
from diag.assess.effects import Basis, Dependencies, Drafts, Gains, Remedies, raised
from diag.assess.facts import FactsReading, vocabulary_of, with_answers
from diag.assess.results import (
    FREE,
    Advice,
    Assessment,
    CriterionResult,
    Danger,
    DomainResult,
    Score,
)
from diag.checklist.symbols import (
    counted_by,
    names_checked,
    names_of,
    raised_by,
    reserved_questions,
)
from diag.model.audit import DIRECTORY, Facts
from diag.model.checklist import Checklist, Criterion, Question, Recommendation
from diag.model.enums import Kind, PlaceKind, Profile, Socle, Trigger
from diag.rules.evaluate import is_yes
from diag.rules.expressions import root_of
from diag.rules.language import VISIT_DATE, parse_rule

_KEPT_JUDGES = 8  # editions that are judged side by side, in an upgrade's preview


class Judge:
    """A checklist made ready to judge: every rule compiled once, no state after."""

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist
        """What it judges by."""
        self.vocabulary = vocabulary_of(checklist.questions)
        """Its questions, as rules read them."""
        self.gauges = {
            ident: CriterionJudge(criterion, self.vocabulary)
            for ident, criterion in checklist.criteria.items()
        }
        """Its criteria, ready to judge."""
        self.dangers = tuple(
            question for question in checklist.questions.values() if question.danger
        )
        """What is told before everything, where it is true."""

    @cached_property
    def remedies(self) -> Remedies:
        """Its recommendations, ready to be counted."""
        return Remedies(self.checklist.recommendations, self.checklist.questions)

    @cached_property
    def readers(self) -> Readers:
        """Who reads what."""
        return Readers(self.vocabulary, self.gauges.values())

    @cached_property
    def dependencies(self) -> Dependencies:
        """What facts its criteria and recommendations depend on."""
        return Dependencies(self.checklist, self.gauges, self.readers, self.remedies)

    @cached_property
    def gates(self) -> frozenset[str]:
        """Questions that open others: what a `given` or a `relevant` reads."""
        given = [gauge.given for gauge in self.gauges.values() if gauge.given]
        read = [rule.every_name for rule in given]
        read += [fact.relevance_names for fact in self.vocabulary.values()]
        return frozenset[str]().union(*read)

    @cached_property
    def leaders(self) -> Mapping[str, str]:
        """Question → the one whose choices give it too, and that it alone opens."""
        questions = self.checklist.questions
        return {
            fact: leader.id
            for leader in questions.values()
            for fact in facts_given_by(leader)
            if leader.relevant == fact
        }

    @cached_property
    def written(self) -> Mapping[str, frozenset[str]]:
        """Question → itself, and the facts that its choices give too."""
        questions = self.checklist.questions.values()
        return {each.id: facts_given_by(each) | {each.id} for each in questions}

    @cached_property
    def moved_near(self) -> Mapping[str, tuple[str, ...]]:
        """Question → the criteria that its answer moves, all of them near its place.

        Those whose answers decide a fact of other places are left out.
        """
        found: dict[str, tuple[str, ...]] = {}
        for ident, written in self.written.items():
            moved = self.readers.moved_by(written)
            here = self.vocabulary[ident].place
            if all(self.vocabulary[each].place is here for each in moved):
                read = (one for each in moved for one in self.readers.readers(each))
                found[ident] = tuple(dict.fromkeys(read))
        return found

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """The shortest visit that asks each question, worked out at first need."""
        return profiles_of(self.checklist)

    def assess(
        self,
        facts: Facts,
        advised: Collection[str] | None = None,
        aside: Collection[str] = (),
        since: Assessment | None = None,
    ) -> Assessment:
        """Return the whole assessment of these facts; advice of the named ones only.

        Those set `aside` count for nothing: no other is covered or paid by them.
        Counting and ranking 200 recommendations takes longer than judging. What was
        judged `since` some answers is judged again where they move it.
        """
        reading = self.reading(facts)
        basis = self.dependencies.basis_of(since)
        drafts = basis.drafts if basis else None
        results = self.results(reading, self.dependencies.results(facts, since))
        domains = self.domains(results)
        dangers = self.dangers_of(reading)
        advice: tuple[Advice, ...] = ()
        basket = due = FREE
        if advised is None or advised:
            is_whole = advised is None and not aside
            lows = Averages(domains)
            gains = Gains(self.gauges, self.readers, results, lows, reading)
            advising = Advising(
                self.remedies,
                self.gauges,
                results,
                reading,
                prices=self.checklist.prices,
                dangers=dangers,
                advised=advised,
                aside=aside,
                kept=self.dependencies.actions(facts, drafts) if is_whole else {},
            )
            found = advising.drafts(gains)
            advice, basket, due = advising.advice(found)
            drafts = Drafts(facts, found) if is_whole else drafts
        return Assessment(
            criteria=results,
            domains=domains,
            overall=overall_score(domains),
            socle=socle_of(results.values()),
            dangers=dangers,
            advice=advice,
            basket=basket,
            due=due,
            basis=Basis(facts, self.checklist, drafts),
        )

    def once_done(self, facts: Facts, actions: Iterable[Advice]) -> tuple[Score, Socle]:
        """Return the score and the socle, were several actions done where they fire.

        All their effects together: gains do not add up exactly.
        """
        reading = self.reading(facts)
        reached: dict[str, list[tuple[int, set[str]]]] = {}
        for advice in actions:
            remedy = self.remedies.by_id.get(advice.recommendation.id)
            if remedy is None:  # the engineer's own: no rule says what it raises
                continue
            places = [
                each.place for each in advice.targets if each.trigger is Trigger.FIRES
            ]
            if changes := remedy.effect.changes(reading, places):
                reading = self.reading(with_answers(reading.facts, changes))
            near = set[str]().union(*map(reading.tree.near, places))
            for ident, level in remedy.effect.levels.items():
                reached.setdefault(ident, []).append((level, near))
        results = self.results(reading)
        for ident, levels in reached.items():
            if result := results.get(ident):
                verdicts = result.verdicts
                for level, near in levels:
                    verdicts = tuple(
                        raised(each, level) if each.place in near else each
                        for each in verdicts
                    )
                gauge = self.gauges[ident]
                results[ident] = gauge.result(verdicts, is_open=result.open)
        return overall_score(self.domains(results)), socle_of(results.values())

    def dangers_of(self, reading: FactsReading) -> tuple[Danger, ...]:
        """Return the dangers known true, place by place."""
        return tuple(
            Danger(scope.place, question)
            for question in self.dangers
            for scope in reading.scopes(question.place)
            if is_yes(question.id)(scope)
        )

    def reading(self, facts: Facts) -> FactsReading:
        """Return facts as the rules of this checklist see them."""
        return FactsReading(self.vocabulary, facts)

    def results(
        self, reading: FactsReading, kept: Mapping[str, CriterionResult] | None = None
    ) -> dict[str, CriterionResult]:
        """Return every criterion judged, in declared order, save those `kept`."""
        return {
            ident: (kept and kept.get(ident))
            or gauge.result(
                gauge.verdicts(reading),
                is_open=reading.is_open(gauge.criterion.place),
                day=reading.facts.visit_date,
            )
            for ident, gauge in self.gauges.items()
        }

    def domains(
        self, results: Mapping[str, CriterionResult]
    ) -> tuple[DomainResult, ...]:
        """Return every domain with its criteria and its score."""
        criteria: dict[str, list[CriterionResult]] = {}
        for result in results.values():
            criteria.setdefault(result.criterion.domain, []).append(result)
        return tuple(
            DomainResult(domain, domain_score(here), tuple(here))
            for domain in self.checklist.domains
            for here in [criteria.get(domain.id, [])]
        )


_judges: list[Judge] = []


def judge_of(checklist: Checklist) -> Judge:
    """Return the judge of a checklist, made once for each of the last few."""
    for judge in tuple(_judges):
        if judge.checklist is checklist:
            return judge
    made = Judge(checklist)
    _judges[:] = [made, *_judges[: _KEPT_JUDGES - 1]]
    return made


def judge_for(facts: Facts, checklist: Checklist) -> Judge:
    """Return the judge of a checklist for such a subject."""
    return judge_of(rooted(checklist, facts.places[facts.root].kind))


def assess(facts: Facts, checklist: Checklist) -> Assessment:
    """Return the whole assessment of facts under a checklist."""
    return judge_for(facts, checklist).assess(facts)


def facts_given_by(question: Question) -> frozenset[str]:
    """Return the other facts that the choices and the words of a question write."""
    said = (name for one in (*question.choices, *question.words) for name in one.sets)
    return frozenset(said) - {question.id}


def profiles_of(checklist: Checklist) -> Mapping[str, Profile]:
    """Return the profile of each question, by id.

    Its author's own word wins. Else it is short when it is required, names a place,
    is read by a compliance or blocking criterion, or decides, from question to
    question, whether such a one is relevant; standard otherwise.
    """
    first = {name for place in checklist.places for name in place.named_by}
    for question in checklist.questions.values():
        if question.required or question.profile is Profile.SHORT:
            first.add(question.id)
    for one in checklist.criteria.values():
        if one.kind is not Kind.IMPROVEMENT:
            written = (one.applicable, one.given, *one.levels.values())
            first |= _names(filter(None, written))
    short, left = set[str](), first
    while left:
        name = left.pop()
        short.add(name)
        decided = checklist.questions.get(name)
        if decided is not None and decided.relevant:
            left |= _names((decided.relevant,)) - short
    return {
        ident: question.profile or (Profile.SHORT if ident in short else _ELSE)
        for ident, question in checklist.questions.items()
    }


_ELSE = Profile.STANDARD


def _names(rules: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(parse_rule(rule).every_name for rule in rules))


# An edition holds the questions and criteria of all three; an audit sees its own alone.
_KEPT = 8  # as many editions and kinds as are looked at side by side
_made: list[tuple[Checklist, PlaceKind, Checklist]] = []


def rooted(checklist: Checklist, root: PlaceKind) -> Checklist:
    """Return what a checklist asks and judges of subjects of a kind.

    The same object each time for the same checklist; itself when all of it concerns
    them.
    """
    for source, kind, made in tuple(_made):
        if source is checklist and kind is root:
            return made
    questions = {
        ident: question
        for ident, question in checklist.questions.items()
        if root_of(question.place) is root
    }
    criteria = {
        ident: criterion
        for ident, criterion in checklist.criteria.items()
        if root_of(criterion.place) is root
    }
    recommendations = {
        ident: recommendation
        for ident, recommendation in checklist.recommendations.items()
        if recommendation_root(checklist, ident) is root
    }
    made = _reduced(checklist, questions, criteria, recommendations)
    _made[:] = [(checklist, root, made), (made, root, made), *_made[: _KEPT - 2]]
    return made


def recommendation_root(checklist: Checklist, recommendation: str) -> PlaceKind:
    """Return whom a recommendation is made to: the subject of what triggers it."""
    when = checklist.recommendations[recommendation].when
    return root_of(checklist.criteria[when.criterion].place)


def _reduced(
    checklist: Checklist,
    questions: dict[str, Question],
    criteria: dict[str, Criterion],
    recommendations: dict[str, Recommendation],
) -> Checklist:
    """Return a checklist of those alone, without the domains that held only others."""
    kept = _domains(questions, criteria, recommendations)
    used = _domains(checklist.questions, checklist.criteria, checklist.recommendations)
    domains = tuple(
        each for each in checklist.domains if each.id in kept or each.id not in used
    )
    whole = (checklist.questions, checklist.criteria, checklist.recommendations)
    known = {*questions, *DIRECTORY, VISIT_DATE}
    if (questions, criteria, recommendations) == whole and domains == checklist.domains:
        return checklist
    return checklist.model_copy(
        update={
            "domains": domains,
            "questions": questions,
            "criteria": criteria,
            "recommendations": recommendations,
            "checks": {
                ident: each
                for ident, each in checklist.checks.items()
                if names_checked(each) <= known
            },
        }
    )


def _domains(
    questions: Mapping[str, Question],
    criteria: Mapping[str, Criterion],
    recommendations: Mapping[str, Recommendation],
) -> frozenset[str]:
    return frozenset({
        *(each.domain for each in questions.values()),
        *(each.domain for each in criteria.values()),
        *(each.domain for each in recommendations.values()),
    })


# Not a score with holes: another, whole one. What reads a sensitive fact goes with it,
# and no total, no order and no number is left that would tell it.
_shown: list[tuple[Checklist, Checklist]] = []


def public(checklist: Checklist) -> Checklist:
    """Return a checklist without its sensitive questions, and all that reads one.

    The same object each time for the same checklist; itself when it has none.
    """
    for source, made in tuple(_shown):
        if source is checklist:
            return made
    made = _public(checklist)
    _shown[:] = [(checklist, made), (made, made), *_shown[: _KEPT - 2]]
    return made


def _public(checklist: Checklist) -> Checklist:
    reserved = reserved_questions(checklist.questions)
    if not reserved:
        return checklist
    questions = {
        ident: question
        for ident, question in checklist.questions.items()
        if ident not in reserved
    }
    criteria = {
        ident: criterion
        for ident, criterion in checklist.criteria.items()
        if reserved.isdisjoint(names_of(criterion))
    }
    told = {
        ident: each
        for ident, each in checklist.recommendations.items()
        if each.when.criterion in criteria and reserved.isdisjoint(counted_by(each))
    }
    known = questions.keys() | criteria.keys()
    recommendations = {
        ident: each.model_copy(
            update={
                "requires": tuple(
                    one for one in each.requires if one.criterion in criteria
                ),
                "covers": tuple(one for one in each.covers if one in told),
                "effect": {
                    name: value
                    for name, value in each.effect.items()
                    if name in known and reserved.isdisjoint(raised_by(value))
                },
            }
        )
        for ident, each in told.items()
    }
    reduced = _reduced(checklist, questions, criteria, recommendations)
    places = tuple(
        place.model_copy(
            update={
                "named_by": tuple(one for one in place.named_by if one in questions)
            }
        )
        for place in reduced.places
    )
    return reduced.model_copy(update={"places": places})
