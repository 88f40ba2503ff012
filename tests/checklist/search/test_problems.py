"""What an author is told of a criterion's levels."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.checklist.search.subject import levels_of, problems_of
from diag.model.enums import QuestionType
from tests.checklist.search.criteria import (
    LOT,
    QUESTIONS,
    SALLE,
    by_id,
    criterion,
    question,
)
from tests.examples import examples
from tests.rules.exact import Fact, Known, exact_truth


@pytest.mark.parametrize(
    "levels",
    [
        {3: "debit >= 100", 2: "debit >= 30", 1: "debit >= 8"},
        {3: "share(salle, prises >= 2) >= 0.75", 1: "share(salle, prises >= 1) > 0"},
        {3: "count(salle) > 3 * postes", 2: "count(salle) >= postes"},
        {2: "etat == 'bon'", 1: "etat >= 'moyen'"},
        {3: "'ent' in outils and 'mail' in outils", 2: "'ent' in outils"},
        {
            3: "months_between(sauvegarde, visit_date) <= 1",
            1: "not (sauvegarde > visit_date)",
        },
        {1: "note >= 1 or not acces"},
        {2: "debit / 2 >= 30", 1: "2 * debit >= 10"},
    ],
)
def test_levels_that_can_all_be_given_are_told_nothing_of(
    levels: Mapping[int, str],
) -> None:
    assert list(problems_of(criterion(levels), QUESTIONS)) == []
    assert levels_of(criterion(levels), QUESTIONS) == {0, *levels}


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ({3: "note > 3", 1: "note >= 1"}, 3),
        ({3: "note >= 2.5 and note < 3"}, 3),
        ({2: "postes > 3 and postes < 4"}, 2),
        ({2: "acces and not acces"}, 2),
        ({2: "etat < 'mauvais'"}, 2),
        ({2: "offre == 'adsl' and offre == 'fibre'"}, 2),
        ({2: "'ent' in outils and 'ent' not in outils"}, 2),
        ({2: "share(salle, prises >= 2) > 1"}, 2),
        ({2: "count(salle) < 0"}, 2),
        ({2: "count(salle) > 3 and count(salle) < 4"}, 2),
        ({2: "2 * count(salle) > 6 and count(salle) <= 3"}, 2),
        ({2: "debit >= 30 and not acces"}, 2),
        ({2: "postes > note and note > postes"}, 2),
    ],
)
def test_a_rule_that_no_answer_makes_true_is_told(
    levels: Mapping[int, str], level: int
) -> None:
    (problem,) = problems_of(criterion(levels), QUESTIONS)
    assert problem.message.startswith(
        f"niveau {level} inatteignable : sa règle n'est vraie"
    )
    assert level not in levels_of(criterion(levels), QUESTIONS)


@pytest.mark.parametrize(
    ("levels", "cover"),
    [
        ({3: "note >= 1", 2: "note >= 2", 1: "acces"}, "le niveau 3"),
        (
            {3: "note >= 2", 2: "note < 2", 1: "acces"},
            "les niveaux supérieurs",
        ),
        ({3: "count(salle) >= 3", 1: "count(salle) >= 4"}, "le niveau 3"),
        ({3: "debit >= 0", 1: "debit >= 8 and acces"}, "le niveau 3"),
    ],
)
def test_a_level_covered_by_those_above_is_told(
    levels: Mapping[int, str], cover: str
) -> None:
    (problem,) = problems_of(criterion(levels), QUESTIONS)
    assert problem.message.endswith(f"inatteignable : couvert par {cover}")


def test_a_criterion_that_never_applies_is_told_once() -> None:
    never = criterion({1: "acces"}, applicable="note > 2 and note < 2")
    (problem,) = problems_of(never, QUESTIONS)
    assert problem.message.startswith("le critère n'est jamais jugé")
    assert levels_of(never, QUESTIONS) == frozenset()


def test_a_level_out_of_reach_behind_its_gate_is_told() -> None:
    gated = criterion({2: "acces", 1: "not acces"}, given="acces")
    (problem,) = problems_of(gated, QUESTIONS)
    assert problem.message.startswith("niveau 1 inatteignable")
    assert levels_of(gated, QUESTIONS) == {0, 2}


def test_a_level_out_of_reach_where_the_criterion_applies_is_told() -> None:
    covered = criterion({2: "postes >= 5", 1: "postes < 3"}, applicable="postes > 4")
    assert len(list(problems_of(covered, QUESTIONS))) == 1
    assert levels_of(covered, QUESTIONS) == {2}


def test_a_level_that_only_a_missing_ancestor_reaches_is_reached() -> None:
    lot = criterion({3: "neuf and not (prises >= 0)", 1: "neuf"}, place=LOT)
    assert list(problems_of(lot, QUESTIONS)) == []
    room = criterion({3: "not (prises >= 0)", 1: "prises > 1"}, place=SALLE)
    assert len(list(problems_of(room, QUESTIONS))) == 1


def test_a_search_too_long_blames_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = criterion({2: "(note > 1 or postes > 1) and note <= 1 and postes <= 1"})
    assert len(list(problems_of(hidden, QUESTIONS))) == 1
    monkeypatch.setattr("diag.checklist.search.subject.MAX_STEPS", 2)
    assert list(problems_of(hidden, QUESTIONS)) == []


FACTS: dict[str, list[Fact]] = {
    "x": [Fraction(number) for number in range(4)],
    "y": [Fraction(number) for number in range(4)],
    "p": [False, True],
    "k": ["a", "b", "c"],
}
SPACE = by_id(
    question("x", QuestionType.INTEGER, range_=(0, 3)),
    question("y", QuestionType.INTEGER, range_=(0, 3)),
    question("p", QuestionType.BOOLEAN),
    question("k", QuestionType.CHOICE, choices="a b c", ordered=True),
)
CONDITIONS = st.recursive(
    st.one_of(
        st.sampled_from(["p", "k == 'b'", "k >= 'b'", "k in ('a', 'c')"]),
        st.builds(
            "{} {} {}".format,
            st.sampled_from(["x", "y", "2 * x", "x + y", "y - x"]),
            st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
            st.sampled_from(["0", "1", "2", "y"]),
        ),
    ),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
    ),
    max_leaves=4,
)
LEVELS = st.dictionaries(st.integers(1, 3), CONDITIONS, min_size=1)


def worlds() -> Iterator[Known]:
    for values in product(*FACTS.values()):
        yield Known(dict(zip(FACTS, values, strict=True)))


def level_in(levels: Mapping[int, str], world: Known) -> int:
    fired = [level for level, rule in levels.items() if exact_truth(rule, world)]
    return max(fired, default=0)


@examples(300)
@given(LEVELS, CONDITIONS)
def test_no_level_that_some_answers_give_is_called_out_of_reach(
    levels: Mapping[int, str], applicable: str
) -> None:
    searched = criterion(levels, applicable=applicable)
    given = {
        level_in(levels, world) for world in worlds() if exact_truth(applicable, world)
    }
    assert given <= levels_of(searched, SPACE)
