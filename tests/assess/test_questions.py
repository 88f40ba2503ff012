from fractions import Fraction

from diag.assess.questions import next_questions, relevant_questions
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import Kind
from tests.assess.builders import (
    REFUSED,
    ROOT,
    SALLE,
    UNKNOWN,
    Said,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    known,
    number,
    text,
)

GRID = checklist(
    [
        boolean("acces"),
        number("debit", relevant="acces", range=(0, 100)),
        number("postes"),
        boolean("filtre"),
        text("remarque"),
        choice("type_salle", "classe", "bureau", place=SALLE),
        number("prises", SALLE, relevant="type_salle == 'classe'"),
    ],
    [
        criterion("debit", {3: "debit >= 30", 1: "debit >= 8"}, weight=3),
        criterion("postes", {3: "postes >= 5"}),
        criterion("filtre", {1: "filtre"}, kind=Kind.COMPLIANCE, conforms_at=1),
        criterion(
            "prises",
            {3: "prises >= 3", 1: "prises >= 1"},
            place=SALLE,
            applicable="type_salle == 'classe'",
        ),
    ],
)


def left(school: Facts, grid: Checklist = GRID, limit: int = 20) -> list[str]:
    return [each.question.id for each in next_questions(school, grid, limit)]


def test_the_law_comes_first_then_what_settles_most() -> None:
    found = next_questions(facts({"acces": True}), GRID, 20)
    assert [(each.question.id, each.urgency, each.stake) for each in found] == [
        ("filtre", 1, 0),
        ("debit", 4, Fraction(3, 4)),
        ("postes", 4, Fraction(1, 4)),
    ]


def test_the_list_is_cut_at_the_limit() -> None:
    assert left(facts({"acces": True}), limit=1) == ["filtre"]
    assert left(facts({"acces": True}), limit=2) == ["filtre", "debit"]


def test_those_asked_for_keep_their_order_and_stakes() -> None:
    school = facts({"acces": True})
    every = next_questions(school, GRID, 20)
    some = next_questions(school, GRID, 20, among={"postes", "debit"})
    assert some == tuple(one for one in every if one.question.id != "filtre")


def test_what_decides_relevance_is_a_gate_and_carries_what_is_behind() -> None:
    found = next_questions(facts({"filtre": True}), GRID, 1)
    assert [(each.question.id, each.urgency) for each in found] == [("acces", 2)]
    assert found[0].stake == Fraction(3, 4)


def test_questions_answered_or_refused_or_irrelevant_leave_the_list() -> None:
    answers: dict[str, Said] = {
        "acces": False,
        "debit": 8,
        "postes": REFUSED,
        "filtre": REFUSED,
    }
    assert left(facts(answers)) == []


def test_questions_unknown_or_in_conflict_stay() -> None:
    answers: dict[str, Said] = {
        "acces": True,
        "debit": UNKNOWN,
        "postes": [known(0), known(9)],
    }
    assert left(facts({**answers, "filtre": True})) == ["debit", "postes"]


def test_each_place_has_its_own_questions() -> None:
    answers = {"acces": False, "postes": 9, "filtre": True}
    rooms = {"CP": {"type_salle": "classe"}, "CE1": {"type_salle": "bureau"}, "CE2": {}}
    found = next_questions(facts(answers, rooms), GRID, 20)
    asked = [(each.place, each.question.id, each.relevant) for each in found]
    assert set(asked) == {
        ("CP", "prises", True),
        ("CE2", "type_salle", True),
        ("CE2", "prises", None),
    }


def test_nothing_is_at_stake_in_what_is_already_a_point() -> None:
    answers = {"acces": False, "postes": 9}
    (only,) = next_questions(facts(answers), GRID, 20)
    assert (only.question.id, only.stake) == ("filtre", Fraction())


def test_the_questions_of_a_walk_are_those_that_apply_or_may() -> None:
    school = facts({"acces": False}, {"CP": {}, "CE1": {"type_salle": "bureau"}})
    asked = relevant_questions(school, GRID)
    assert [(each.place, each.question.id, each.relevant) for each in asked] == [
        (ROOT, "acces", True),
        (ROOT, "postes", True),
        (ROOT, "filtre", True),
        (ROOT, "remarque", True),
        ("CP", "type_salle", True),
        ("CP", "prises", None),
        ("CE1", "type_salle", True),
    ]
    assert relevant_questions(school, GRID, "CE1") == asked[-1:]


def test_a_question_is_settled_by_one_answer_that_is_not_unknown() -> None:
    school = facts({
        "acces": True,
        "debit": UNKNOWN,
        "postes": [known(1), known(2)],
        "filtre": REFUSED,
    })
    settled = {
        each.question.id: each.is_settled for each in relevant_questions(school, GRID)
    }
    assert settled == {
        "acces": True,
        "debit": False,
        "postes": False,
        "filtre": True,
        "remarque": False,
    }


def test_an_answer_that_makes_a_school_question_relevant_moves_other_rooms() -> None:
    grid = checklist(
        [
            boolean("tni", SALLE),
            number("eleves", relevant="count(salle, tni) > 0", range=(0, 3)),
        ],
        [criterion("c", {3: "eleves >= 2"}, place=SALLE)],
    )
    rooms = {"CP": {"tni": False}, "CE1": {}}
    (first,) = next_questions(facts({"eleves": 3}, rooms), grid, 2)
    assert (first.place, first.question.id) == ("CE1", "tni")
    assert first.stake == 1
