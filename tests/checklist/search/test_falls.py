"""A better fact that lowers a level is found, with a case; nothing else is."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.checklist.search import (
    SmallSchool,
    marks_in,
    moves,
    raised,
    read,
    seen_apart,
)
from diag.checklist.search.effects import CriterionRules, falls_of
from diag.model.checklist import Question
from diag.model.enums import Kind, QuestionType
from diag.rules.expressions import ABSENT, Flag, RuleValue, point, walk
from diag.rules.language import parse_rule
from tests.checklist.search.criteria import (
    DOWN,
    ECOLE,
    QUESTIONS,
    SALLE,
    UP,
    by_id,
    criterion,
    question,
)
from tests.checklist.search.test_trends import CONDITIONS
from tests.examples import examples
from tests.rules.exact import Fact, Known, exact_truth
from tests.rules.places import NO, YES, one_of, several, span


@pytest.mark.parametrize(
    ("levels", "fallen"),
    [
        ({2: "note >= 2", 1: "note < 1"}, "note"),
        ({1: "not acces"}, "acces"),
        ({2: "etat == 'moyen'", 1: "acces"}, "etat"),
        ({2: "'ent' not in outils"}, "outils"),
        ({2: "pannes >= 3"}, "pannes"),
        ({2: "3 * pannes != 711"}, "pannes"),
        ({2: "pannes - 5 * postes != 7"}, "pannes"),
        ({2: "image == 'rien'"}, "image"),
        ({2: "share(salle, prises < 2) >= 0.5"}, "prises"),
        ({2: "share(salle, type_salle == 'classe', prises >= 1) >= 1"}, "prises"),
        ({2: "postes > 0 and postes / (note + 1) >= 2"}, "note"),
        ({2: "months_between(sauvegarde, visit_date) >= 2"}, "sauvegarde"),
        ({1: "not (debit >= 8)"}, "debit acces"),
    ],
)
def test_a_better_fact_that_lowers_the_level_is_found(
    levels: Mapping[int, str], fallen: str
) -> None:
    found = falls_of(CriterionRules.of(criterion(levels)), QUESTIONS)
    assert {fall.move.fact.name for fall in found} == set(fallen.split())


@pytest.mark.parametrize(
    "levels",
    [
        {2: "note >= 2", 1: "note == 1"},
        {2: "postes > 0 and debit / postes >= 2"},
        {2: "share(salle, prises >= 2) >= 0.5"},
        {2: "share(salle, acces, type_salle == 'classe') <= 0.5 or acces"},
        {2: "total(salle, prises) >= 4", 1: "note > 1"},
        {2: "etat == 'bon'", 1: "etat == 'moyen'"},
        {2: "acces and debit >= 8", 1: "acces"},
        {2: "months_between(sauvegarde, visit_date) <= 2"},
        {2: "pannes <= 1 or pannes == 2"},
        {2: "image == 'tbi'", 1: "image == 'ecran'"},
        {2: "offre == 'cable'"},
    ],
)
def test_a_better_fact_that_never_lowers_the_level_is_let_be(
    levels: Mapping[int, str],
) -> None:
    assert list(falls_of(CriterionRules.of(criterion(levels)), QUESTIONS)) == []


def test_a_fall_tells_its_case() -> None:
    dip = criterion({2: "note >= 2 and (note <= 2 or acces)", 1: "note >= 1"})
    (fall,) = falls_of(CriterionRules.of(dip), QUESTIONS)
    assert (fall.move.worse, fall.move.better) == (point(2), point(3))
    assert fall.levels == (2, 1)
    assert [(fact.name, fact.current) for fact in fall.case] == [("acces", NO)]


def test_a_gate_that_shuts_is_told_whatever_the_level() -> None:
    shut = criterion({3: "postes > 3"}, given="pannes > 0")
    (fall,) = falls_of(CriterionRules.of(shut), QUESTIONS)
    assert fall.move.fact.name == "pannes"
    assert fall.levels is None


def test_a_gate_that_opens_lowers_nothing() -> None:
    gated = criterion({3: "debit >= 30"}, given="acces")
    assert list(falls_of(CriterionRules.of(gated), QUESTIONS)) == []


def test_what_leaves_the_scope_of_a_rule_is_no_fall() -> None:
    narrow = criterion({2: "note == 2"}, applicable="note <= 2", kind=Kind.COMPLIANCE)
    assert list(falls_of(CriterionRules.of(narrow), QUESTIONS)) == []


def test_a_part_never_exceeds_its_whole_in_a_case() -> None:
    maitres = question("maitres", QuestionType.INTEGER, range_=(1, 50), better=UP)
    questions = {**QUESTIONS, "maitres": maitres}
    absurd = criterion({2: "formes <= maitres or maitres >= 40"})
    assert list(falls_of(CriterionRules.of(absurd), questions)) == []
    falling = criterion({2: "formes >= maitres"})
    (fall,) = falls_of(CriterionRules.of(falling), questions)
    (formes,) = fall.case
    assert formes.current == fall.move.worse


@pytest.mark.parametrize("steps", [0, 5])
def test_a_search_too_long_draws_cases_always_alike(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    level = "note < 2 and (postes > 1 or acces or etat >= 'moyen')"
    monkeypatch.setattr("diag.checklist.search.MAX_STEPS", steps)
    judged = CriterionRules.of(criterion({2: level}))
    (fall,) = falls_of(judged, QUESTIONS)
    (again,) = falls_of(judged, QUESTIONS)
    assert fall.move.fact.name == "note"
    assert [fact.current for fact in fall.case] == [fact.current for fact in again.case]


def test_a_search_asks_only_for_what_decides() -> None:
    rule = read("acces or postes > 3")
    school = SmallSchool(QUESTIONS, ECOLE, [rule, read("note > 1 and pannes > 800")])
    found = school.find([lambda: school.here.value("acces") == YES or None])
    assert found is not None
    assert [fact.name for fact in found] == ["acces"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("3 * pannes != 711", {236, 237, 238}),
        ("2 * pannes + 4 < pannes - 1", {-6, -5, -4}),
        ("pannes / 2 >= 5", {9, 10, 11}),
        ("10 - pannes > 4", {5, 6, 7}),
    ],
)
def test_a_rule_changes_its_mind_where_its_equation_says(
    text: str, marks: set[int]
) -> None:
    assert marks_in([*walk(parse_rule(text).root)])["pannes"] == marks


def test_a_count_changes_its_mind_where_it_reaches_one() -> None:
    assert marks_in([], [parse_rule("7 - prises").root]) == {"prises": {5, 6, 7}}


@pytest.mark.parametrize(
    ("name", "tried", "expected"),
    [
        ("acces", [NO, YES], [(NO, YES)]),
        ("pannes", [point(0), point(2)], [(point(2), point(0))]),
        (
            "image",
            [one_of("rien"), one_of("ecran"), one_of("tbi")],
            [(one_of("rien"), one_of("ecran")), (one_of("rien"), one_of("tbi"))],
        ),
        (
            "outils",
            [several("", ""), several("ent", "ent"), several("ent mail", "ent mail")],
            [
                (several("", ""), several("ent", "ent")),
                (several("ent", "ent"), several("ent mail", "ent mail")),
            ],
        ),
        ("offre", [one_of("adsl"), one_of("fibre")], []),
    ],
)
def test_a_fact_gets_better_step_by_step(
    name: str, tried: list[RuleValue], expected: list[tuple[RuleValue, RuleValue]]
) -> None:
    assert list(moves(QUESTIONS[name], [ABSENT, *tried])) == expected


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        (["offre == 'fibre'"], "adsl fibre"),
        (["offre in ('adsl', 'cable')"], "adsl fibre"),
        (["offre != 'adsl'", "count(lot, offre == 'fibre') > 1"], "adsl cable fibre"),
        (["acces"], "adsl"),
        (["offre == secours"], "adsl cable fibre"),
        (["etat == 'bon'"], "adsl"),
    ],
)
def test_choices_that_no_rule_tells_apart_are_tried_once(
    rules: list[str], kept: str
) -> None:
    parts = [part for rule in rules for part in walk(parse_rule(rule).root)]
    tried = [one_of(each) for each in ("adsl", "cable", "fibre")]
    expected = tuple(one_of(each) for each in kept.split())
    assert seen_apart(QUESTIONS["offre"], tried, parts) == expected
    better = QUESTIONS["offre"].model_copy(update={"better": (("adsl",), ("fibre",))})
    assert seen_apart(better, tried, parts) == tuple(tried)


@pytest.mark.parametrize(
    ("name", "value", "target", "becomes"),
    [
        ("note", point(1), point(2), point(2)),
        ("note", point(3), point(2), point(3)),
        ("note", span(0, 3), point(2), span(2, 3)),
        ("pannes", span(0, 9), point(2), span(0, 2)),
        ("acces", Flag(True, True), YES, YES),
        ("acces", YES, NO, YES),
        ("etat", one_of("mauvais", "bon"), one_of("moyen"), one_of("moyen", "bon")),
        ("image", one_of("tbi"), one_of("ecran"), one_of("tbi")),
        (
            "outils",
            several("mail", "mail"),
            several("ent", "ent"),
            several("ent mail", "ent mail"),
        ),
        ("offre", one_of("adsl"), one_of("fibre"), one_of("fibre")),
        ("note", ABSENT, point(2), ABSENT),
    ],
)
def test_an_effect_raises_and_never_lowers(
    name: str, value: RuleValue, target: RuleValue, becomes: RuleValue
) -> None:
    assert raised(value, target, QUESTIONS[name]) == becomes


def test_two_places_stand_inside_and_one_moves() -> None:
    school = SmallSchool(QUESTIONS, ECOLE, [read("share(salle, prises >= 2) > 0")])
    rooms, is_open = school.here.inside(SALLE)
    assert (len(rooms), is_open) == (2, False)
    assert [fact.rank for _, fact in school.movable] == [1]


SPACE: Mapping[str, Question] = by_id(
    question("x", QuestionType.INTEGER, range_=(0, 3), better=DOWN),
    question("y", QuestionType.INTEGER, range_=(0, 2)),
    question("k", QuestionType.CHOICE, choices="a b c", ordered=True, better="b|a c"),
)
VALUES: dict[str, list[Fact]] = {
    "x": [Fraction(number) for number in (3, 2, 1, 0)],
    "y": [Fraction(number) for number in range(3)],
    "k": ["a", "b", "c"],
}
LEVELS = st.dictionaries(st.integers(1, 3), CONDITIONS, min_size=1)


@examples(300)
@given(LEVELS, st.just("") | CONDITIONS)
def test_a_fall_is_told_where_there_is_one_and_only_there(
    levels: Mapping[int, str], gate: str
) -> None:
    found = falls_of(CriterionRules.of(criterion(levels, given=gate)), SPACE)
    assert {fall.move.fact.name for fall in found} == set(fallen(levels, gate))


def fallen(levels: Mapping[int, str], gate: str) -> Iterator[str]:
    ways = {"x": list(zip(VALUES["x"], VALUES["x"][1:], strict=False))}
    ways["k"] = [("b", "a"), ("b", "c")]
    for name, steps in ways.items():
        others = {other: each for other, each in VALUES.items() if other != name}
        for values in product(*others.values()):
            rest = dict(zip(others, values, strict=True))
            for worse, better in steps:
                before = level_in(levels, gate, Known({**rest, name: worse}))
                after = level_in(levels, gate, Known({**rest, name: better}))
                if after < before:
                    yield name


def level_in(levels: Mapping[int, str], gate: str, world: Known) -> int:
    """Return the level; -1 behind a shut gate, which no better fact may shut."""
    if gate and not exact_truth(gate, world):
        return -1
    return max(
        (each for each, rule in levels.items() if exact_truth(rule, world)), default=0
    )
