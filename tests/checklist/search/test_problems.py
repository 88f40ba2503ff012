"""What an author is told of a criterion's levels."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.checklist.search import levels_of, problems_of
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
    assert problems_of(criterion(levels), QUESTIONS) == []
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
    assert problem.message.startswith("le critère ne s'applique jamais")
    assert levels_of(never, QUESTIONS) == frozenset()


def test_a_level_out_of_reach_where_the_criterion_applies_is_told() -> None:
    covered = criterion({2: "postes >= 5", 1: "postes < 3"}, applicable="postes > 4")
    assert len(problems_of(covered, QUESTIONS)) == 1
    assert levels_of(covered, QUESTIONS) == {2}


def test_a_level_that_only_a_missing_ancestor_reaches_is_reached() -> None:
    lot = criterion({3: "neuf and not (prises >= 0)", 1: "neuf"}, place=LOT)
    assert problems_of(lot, QUESTIONS) == []
    room = criterion({3: "not (prises >= 0)", 1: "prises > 1"}, place=SALLE)
    assert len(problems_of(room, QUESTIONS)) == 1


@pytest.mark.parametrize(
    ("levels", "directions", "words"),
    [
        ({2: "note >= 2", 1: "note < 1"}, {"up": "note"}, "tombe de 1 à 0"),
        ({2: "note >= 2"}, {"down": "note"}, "« note » décroît"),
        ({1: "not acces"}, {"up": "acces"}, "passe de non à oui"),
        ({2: "etat == 'moyen'", 1: "acces"}, {"up": "etat"}, "de moyen à bon"),
        ({2: "'ent' not in outils"}, {"up": "outils"}, "passe de rien à ent"),
        (
            {1: "postes < 5 or debit / postes >= 2"},
            {"up": "postes"},
            "« postes » passe de",
        ),
        (
            {2: "share(salle, prises < 2) >= 0.5"},
            {"up": "prises"},
            "« share(salle, …) » passe de 1",
        ),
        (
            {2: "months_between(sauvegarde, visit_date) >= 2"},
            {"up": "sauvegarde"},
            "« sauvegarde » croît",
        ),
        ({2: "offre == 'fibre'"}, {"up": "offre"}, "« ordered: true »"),
        ({1: "not (debit >= 8)"}, {"up": "acces"}, "« acces » passe de non à oui"),
    ],
)
def test_a_better_fact_that_lowers_the_level_is_told_with_a_case(
    levels: Mapping[int, str], directions: Mapping[str, str], words: str
) -> None:
    given = "postes > 0" if "/" in levels[min(levels)] else ""
    told = criterion(
        levels,
        applicable=given,
        up=directions.get("up", ""),
        down=directions.get("down", ""),
    )
    problems = problems_of(told, QUESTIONS)
    assert words in "".join(f"{each.message} {each.remedy}" for each in problems)


@pytest.mark.parametrize(
    ("levels", "directions"),
    [
        ({2: "note >= 2", 1: "note == 1"}, {"up": "note"}),
        ({2: "postes > 0 and debit / postes >= 2"}, {"up": "debit"}),
        ({2: "share(salle, prises >= 2) >= 0.5"}, {"up": "prises"}),
        ({2: "share(salle, prises < 2) <= 0.5"}, {"up": "prises"}),
        ({2: "share(salle, acces, prises >= 2) <= 0.5"}, {"up": "prises"}),
        ({2: "total(salle, prises) >= 4", 1: "note > 1"}, {"up": "prises note"}),
        ({2: "etat == 'bon'", 1: "etat == 'moyen'"}, {"up": "etat"}),
        ({2: "acces and debit >= 8", 1: "acces"}, {"up": "debit acces"}),
        ({2: "months_between(sauvegarde, visit_date) <= 2"}, {"up": "sauvegarde"}),
    ],
)
def test_a_better_fact_that_never_lowers_the_level_is_told_nothing_of(
    levels: Mapping[int, str], directions: Mapping[str, str]
) -> None:
    assert (
        problems_of(
            criterion(
                levels, up=directions.get("up", ""), down=directions.get("down", "")
            ),
            QUESTIONS,
        )
        == []
    )


def test_a_level_that_falls_where_the_criterion_stops_applying_is_no_fall() -> None:
    narrow = criterion({2: "note == 2"}, applicable="note <= 2", up="note")
    assert problems_of(narrow, QUESTIONS) == []


@pytest.mark.parametrize(
    ("levels", "applicable"),
    [({1: "debit >="}, ""), ({1: "debi > 1"}, ""), ({1: "acces"}, "note")],
)
def test_a_criterion_with_a_faulty_rule_is_left_to_the_checker(
    levels: Mapping[int, str], applicable: str
) -> None:
    faulty = criterion(levels, applicable=applicable)
    assert problems_of(faulty, QUESTIONS) == []
    assert levels_of(faulty, QUESTIONS) == {0, 1, 2, 3}


@pytest.mark.parametrize("relevant", ["tourne", "rond >", "inconnue"])
def test_a_relevance_that_turns_round_or_is_faulty_is_no_obstacle(
    relevant: str,
) -> None:
    questions = by_id(
        question("rond", QuestionType.BOOLEAN, relevant=relevant),
        question("tourne", QuestionType.BOOLEAN, relevant="rond"),
    )
    assert problems_of(criterion({1: "rond and tourne"}), questions) == []


def test_a_search_too_long_blames_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = criterion({2: "(note > 1 or postes > 1) and note <= 1 and postes <= 1"})
    assert len(problems_of(hidden, QUESTIONS)) == 1
    monkeypatch.setattr("diag.checklist.search.levels.MAX_STEPS", 2)
    assert problems_of(hidden, QUESTIONS) == []


def test_too_many_worlds_are_drawn_from_always_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    level = "note < 2 and (postes > 1 or acces or debit > 3 or etat >= 'moyen')"
    falling = criterion({2: level}, up="note")
    monkeypatch.setattr("diag.checklist.search.monotony.MAX_WORLDS", 30)
    (problem,) = problems_of(falling, QUESTIONS)
    assert problems_of(falling, QUESTIONS) == [problem]


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


@examples(300)
@given(LEVELS, CONDITIONS)
def test_a_fall_is_told_only_where_there_is_one(
    levels: Mapping[int, str], applicable: str
) -> None:
    searched = criterion(levels, applicable=applicable, up="x")
    told = any("« x » croît" in each.message for each in problems_of(searched, SPACE))
    assert told is falls(levels, applicable)


def falls(levels: Mapping[int, str], applicable: str) -> bool:
    best: dict[tuple[Fact, ...], int] = {}
    for world in worlds():
        if exact_truth(applicable, world):
            others = tuple(world.facts[name] for name in ("y", "p", "k"))
            level = level_in(levels, world)
            if level < best.get(others, 0):
                return True
            best[others] = level
    return False
