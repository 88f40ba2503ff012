import pytest

from diag.assess.judge import profiles_of
from diag.model.checklist import PlaceLabel, Question
from diag.model.enums import Kind, Profile
from tests.assess.builders import SALLE, boolean, checklist, choice, criterion, number

SHORT, STANDARD, FULL = Profile


def profile(*questions: Question, **rules: str) -> dict[str, Profile]:
    """Return the profiles of questions read by one criterion of each kind named."""
    criteria = [
        criterion(kind, {1: rule}, kind=Kind(kind)) for kind, rule in rules.items()
    ]
    return dict(profiles_of(checklist(questions, criteria)))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("compliance", SHORT), ("blocking", SHORT), ("improvement", STANDARD)],
)
def test_the_short_visit_asks_what_the_law_and_the_socle_read(
    kind: str, expected: Profile
) -> None:
    assert profile(boolean("acces"), **{kind: "acces"}) == {"acces": expected}


def test_what_decides_that_a_short_question_is_asked_is_short_however_far() -> None:
    found = profile(
        boolean("acces"),
        boolean("box", relevant="acces"),
        number("debit", relevant="box"),
        boolean("autre"),
        blocking="debit >= 8",
    )
    assert found == {
        "acces": SHORT,
        "box": SHORT,
        "debit": SHORT,
        "autre": STANDARD,
    }


def test_what_is_read_inside_an_aggregate_is_read() -> None:
    found = profile(
        choice("type_salle", "classe", "bureau", place=SALLE),
        number("prises", SALLE, relevant="type_salle == 'classe'"),
        blocking="count(salle, prises >= 2) >= 1",
    )
    assert set(found.values()) == {SHORT}


def test_applicability_is_read_too() -> None:
    grid = checklist(
        [boolean("acces"), boolean("filtre")],
        [criterion("c", {1: "filtre"}, kind=Kind.COMPLIANCE, applicable="acces")],
    )
    assert set(profiles_of(grid).values()) == {SHORT}


def test_what_names_a_place_is_short() -> None:
    grid = checklist([boolean("vu"), boolean("autre")], []).model_copy(
        update={"places": (PlaceLabel(id=SALLE, label="salle", named_by=("vu",)),)}
    )
    assert profiles_of(grid) == {"vu": SHORT, "autre": STANDARD}


def test_what_is_required_is_short() -> None:
    asked = boolean("vu").model_copy(update={"required": True})
    assert profile(asked) == {"vu": SHORT}


def test_the_author_has_the_last_word() -> None:
    found = profile(
        boolean("acces").model_copy(update={"profile": FULL}),
        boolean("essai").model_copy(update={"profile": SHORT}),
        blocking="acces",
    )
    assert found == {"acces": FULL, "essai": SHORT}


def test_a_longer_visit_asks_what_a_shorter_one_asks() -> None:
    asked = {each: [other for other in Profile if each.asks(other)] for each in Profile}
    assert asked == {
        SHORT: [SHORT],
        STANDARD: [SHORT, STANDARD],
        FULL: [SHORT, STANDARD, FULL],
    }
