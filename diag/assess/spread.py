"""How a criterion stands, in French: at a place by its level, over places by each.

The mean of its places is a score; no level stands for several places: they are counted
by level, and named.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

from diag.assess.results import TOP, Assessment, CriterionResult, Danger, Verdict
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, Socle, Standing, State
from diag.model.fact import Facts
from diag.model.number import Bounds
from diag.words.sentences import in_cell, listed, uncapitalised
from diag.words.vocabulary import COMPLIANCES, FEMININE, LEVELS, PLACES, SOCLES

EXPECTED = 2
"""The level that a criterion should reach: « recommandé »."""

NAMED = 4
"""At most so many places are named in a line."""

Name = Callable[[str], str]
"""Gives the name of a place, by its id."""


def level_words(result: CriterionResult) -> str:
    """Return a result: « base », « base à recommandé », « respecté ».

    Over places there is no level: the mean is a score, « 75 » or « 47 à 61 ».
    """
    if result.compliance is not None:
        return COMPLIANCES[result.compliance]
    if result.standing is Standing.OUT:
        return "sans objet"
    if result.alone:
        return verdict_words(result.alone)
    known = result.bounds != Bounds(Fraction(0), Fraction(1))
    words = in_cell(result.bounds) if known else "à vérifier"
    return _maybe(words, result.standing)


def verdict_words(verdict: Verdict) -> str:
    """Return the levels that a place can reach: « base », « base à recommandé »."""
    low, high = verdict.low, verdict.high
    if verdict.standing is Standing.OUT:
        return "sans objet"
    if (low, high) == (0, TOP):
        words = "à vérifier"
    elif low == high:
        words = LEVELS[low]
    else:
        words = f"{LEVELS[low]} à {LEVELS[high]}"
    return _maybe(words, verdict.standing)


def _maybe(words: str, standing: Standing) -> str:
    return f"{words}, ou sans objet" if standing is Standing.MAYBE else words


def level_pair(before: CriterionResult, after: CriterionResult) -> tuple[str, str]:
    """Return a criterion before and after; finer when the words are the same."""
    old, new = level_words(before), level_words(after)
    if old != new:
        return old, new
    return f"{old} ({in_cell(before.bounds)})", f"{new} ({in_cell(after.bounds)})"


def expected_level(result: CriterionResult) -> int:
    """Return the level expected at each place: what the law asks, or « recommandé »."""
    asked = result.criterion.conforms_at
    return EXPECTED if asked is None else asked


def kind_words(checklist: Checklist, kind: PlaceKind) -> tuple[str, str]:
    """Return how one place of a kind is called, and several."""
    for one in checklist.places:
        if one.id is kind:
            return one.label, one.plural or f"{one.label}s"
    return PLACES[kind]


def concerned(result: CriterionResult) -> tuple[Verdict, ...]:
    """Return the verdicts of the places that it concerns, or may."""
    return tuple(one for one in result.verdicts if one.standing is not Standing.OUT)


def short_places(result: CriterionResult) -> tuple[Verdict, ...]:
    """Return the places that surely fall short of what is expected there."""
    expected = expected_level(result)
    return tuple(
        one
        for one in result.verdicts
        if one.standing is Standing.IN and one.high < expected
    )


def spread_words(result: CriterionResult, name: Name, kind: tuple[str, str]) -> str:
    """Return « 3 salles exemplaires, 1 insuffisante : CM2 ».

    `kind` is how one of its places is called, and several. The places that fall short
    are named.
    """
    groups = list(_groups(result, name, kind))
    named = sum(bool(at) for _, at in groups)
    parts = [f"{what} : {listed(at, NAMED)}" if at else what for what, at in groups]
    if result.open:
        parts.append("liste à compléter")
    return (" ; " if named > 1 else ", ").join(parts)


def _groups(
    result: CriterionResult, name: Name, kind: tuple[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """Give how many places are at each level, and names of those that fall short."""
    short = short_places(result)
    found: dict[str, list[Verdict]] = {}
    for verdict in sorted(concerned(result), key=_order):
        settled = verdict.standing is Standing.IN and verdict.low == verdict.high
        level = str(verdict.low) if settled else _SHORT if verdict in short else _OPEN
        found.setdefault(level, []).append(verdict)
    for rank, (level, here) in enumerate(found.items()):
        many = len(here) > 1
        what = f"{len(here)} {kind[many]}" if not rank else str(len(here))
        said = _agreeing(level, result.criterion.place, many=many)
        yield f"{what} {said}", [name(one.place) for one in here if one in short]


_SHORT, _OPEN = "sous le niveau attendu", "à vérifier"


def _order(verdict: Verdict) -> tuple[bool, int]:
    """Return what puts the best places first, those that are not settled last."""
    settled = verdict.standing is Standing.IN and verdict.low == verdict.high
    return not settled, -verdict.low if settled else verdict.high


def _agreeing(level: str, kind: PlaceKind, *, many: bool) -> str:
    match level:
        case "0":
            return "insuffisant" + "e" * (kind in FEMININE) + "s" * many
        case "1":
            return f"au niveau de {LEVELS[1]}"
        case "2":
            return f"au niveau {LEVELS[2]}"
        case "3":
            return LEVELS[3] + "s" * many
    return level


def lasting_failures(assessment: Assessment) -> tuple[Verdict, ...]:
    """Return the places that fail where enough of them hold: « sauf CM2 »."""
    return tuple(
        verdict
        for result in assessment.criteria.values()
        if result.socle and Socle.ATTEINT_SAUF in (result.socle.low, result.socle.high)
        for verdict in result.verdicts
        if verdict.standing is Standing.IN and verdict.high < 1
    )


def socle_words(assessment: Assessment, name: Name) -> str:
    """Return « atteint », or « atteint sauf CM2 (une prise par classe) »."""
    if assessment.socle is not Socle.ATTEINT_SAUF:
        return SOCLES[assessment.socle]
    missing: dict[str, list[str]] = {}
    for one in lasting_failures(assessment):
        title = assessment.criteria[one.criterion].criterion.title
        missing.setdefault(one.place, []).append(uncapitalised(title))
    told = [f"{name(place)} ({', '.join(what)})" for place, what in missing.items()]
    return f"atteint sauf {listed(told, NAMED)}"


def danger_words(danger: Danger) -> str:
    """Return what the danger is: « Danger immédiat », « Danger : câble arraché »."""
    label = danger.question.label
    return label if "danger" in label.casefold() else f"Danger : {label}"


def standing_words(verdict: Verdict) -> str:
    """Return what is found at one place: « base », « déclaré sans objet »."""
    if verdict.declared_out:
        return "déclaré sans objet"
    return verdict_words(verdict)


def declined(facts: Facts, checklist: Checklist) -> dict[str, list[str]]:
    """Return what was declared sans objet in each domain, each with its reason.

    A choice not to have takes its criteria out of the score: it is printed beside it.
    """
    askable = [asked for asked in checklist.questions.values() if asked.void]
    found: dict[str, list[str]] = {}
    for place in facts.places:
        for asked in askable:
            heads = facts.answers.get((place, asked.id), ())
            if [head.state for head in heads] == [State.NOT_APPLICABLE]:
                words = _declined_words(facts, place, asked, heads[0].reason)
                found.setdefault(asked.domain, []).append(words)
    return found


def _declined_words(facts: Facts, place: str, asked: Question, reason: str) -> str:
    where = "" if place == facts.root else f", {facts.places[place].name}"
    return f"{asked.label}{where} : sans objet" + (f", {reason}" if reason else "")
