"""An audit judges its own subject alone: a school, a commune or a syndicat."""

import pytest

from diag.assess.examples import check_examples
from diag.assess.judge import assess, rooted
from diag.assess.questions import next_questions, relevant_questions
from diag.model.audit import Answer, Facts, Place
from diag.model.checklist import Checklist
from diag.model.enums import Kind, PlaceKind, State
from tests.assess.agreement import disagreements
from tests.assess.builders import (
    ECOLE,
    SALLE,
    boolean,
    checklist,
    criterion,
    number,
    recommendation,
)
from tests.assess.test_examples import Written

COMMUNE, SYNDICAT = PlaceKind.COMMUNE, PlaceKind.SYNDICAT


def in_domain(ident: str) -> dict[str, str]:
    return {"domain": ident}


GRID = checklist(
    [
        boolean("acces"),
        number("prises", SALLE),
        boolean("projet", COMMUNE).model_copy(update=in_domain("mairie")),
        boolean("marche", SYNDICAT).model_copy(update=in_domain("ent")),
    ],
    [
        criterion("acces", {3: "acces"}, kind=Kind.BLOCKING),
        criterion("prises", {3: "prises >= 2"}, place=SALLE),
        criterion("projet", {3: "projet"}, place=COMMUNE, domain="mairie"),
        criterion(
            "loi",
            {1: "projet"},
            place=COMMUNE,
            kind=Kind.COMPLIANCE,
            conforms_at=1,
            domain="mairie",
        ),
        criterion("marche", {3: "marche"}, place=SYNDICAT, domain="ent"),
    ],
    [
        recommendation("raccorder", "acces", 1),
        recommendation("ecrire", "projet", 3).model_copy(update=in_domain("mairie")),
    ],
    domains={"d": 1, "mairie": 2, "ent": 1},
)


def about(kind: PlaceKind, **answers: bool) -> Facts:
    """Return the facts of a subject of a kind."""
    return Facts(
        root="sujet",
        places={"sujet": Place(id="sujet", kind=kind, parent=None, name="sujet")},
        answers={
            ("sujet", name): (Answer(State.KNOWN, value),)
            for name, value in answers.items()
        },
    )


@pytest.mark.parametrize(
    ("kind", "criteria", "domains", "questions"),
    [
        (ECOLE, ["acces", "prises"], ["d"], ["acces"]),
        (COMMUNE, ["projet", "loi"], ["mairie"], ["projet"]),
        (SYNDICAT, ["marche"], ["ent"], ["marche"]),
    ],
)
def test_an_audit_sees_the_criteria_domains_and_questions_of_its_subject(
    kind: PlaceKind, criteria: list[str], domains: list[str], questions: list[str]
) -> None:
    found = assess(about(kind), GRID)
    assert list(found.criteria) == criteria
    assert [each.domain.id for each in found.domains] == domains
    asked = relevant_questions(about(kind), GRID)
    assert [each.question.id for each in asked] == questions
    left = next_questions(about(kind), GRID, 9)
    assert [each.question.id for each in left] == questions


def test_a_commune_s_score_its_alerts_and_its_advice_are_its_own() -> None:
    found = assess(about(COMMUNE, projet=False), GRID)
    assert found.overall.bounds is not None
    assert found.overall.bounds.high == 0
    assert [each.criterion.id for each in found.alerts] == ["loi"]
    assert [each.recommendation.id for each in found.advice] == ["ecrire"]


@pytest.mark.parametrize("kind", [ECOLE, COMMUNE, SYNDICAT])
def test_the_oracle_agrees_on_every_kind_of_subject(kind: PlaceKind) -> None:
    assert disagreements(about(kind), GRID) == []
    known = {"projet": True} if kind is COMMUNE else {}
    assert disagreements(about(kind, **known), GRID) == []


def test_what_concerns_all_is_the_checklist_itself_and_is_made_once() -> None:
    school = rooted(GRID, ECOLE)
    assert rooted(GRID, ECOLE) is school
    assert rooted(school, ECOLE) is school


def test_places_of_a_school_are_no_commune_s_business() -> None:
    assert set(rooted(GRID, COMMUNE).questions) == {"projet"}
    assert rooted(GRID, COMMUNE).domain("mairie").weight == 2


def found_wrong(grid: Checklist, file: str, **raw: object) -> list[str]:
    written = Written({"name": "essai", **raw}, file)
    return [str(problem) for problem in check_examples(grid, [written])]


def test_an_example_is_of_the_kind_of_subject_that_its_file_judges() -> None:
    expect = {"domain": 100, "levels": {"projet": 3}, "fires": []}
    answers = {"projet": True}
    assert found_wrong(GRID, "mairie.yaml", answers=answers, expect=expect) == []
    (wrong,) = found_wrong(GRID, "mairie.yaml", answers={"acces": True}, expect={})
    assert "« acces » se demande pour le lieu ecole" in wrong


def test_a_file_that_judges_several_kinds_leaves_it_to_the_answers() -> None:
    mixed = checklist(
        [boolean("acces"), boolean("projet", COMMUNE)],
        [
            criterion("acces", {3: "acces"}),
            criterion("projet", {3: "projet"}, place=COMMUNE),
        ],
    )
    expect = {"levels": {"projet": 3}}
    answers = {"projet": True}
    assert found_wrong(mixed, "d.yaml", answers=answers, expect=expect) == []
    assert found_wrong(mixed, "d.yaml", expect={"levels": {"acces": [0, 3]}}) == []
