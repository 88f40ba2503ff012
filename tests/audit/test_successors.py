"""Who takes the place of a retired id, followed to the last."""

import pytest

from diag.audit.snapshot import asks_the_same, heirs_of, passed_on
from diag.model.checklist import Checklist, Choice, Question, Retired
from diag.model.enums import PlaceKind, QuestionType


def retiring(*pairs: tuple[str, str]) -> Checklist:
    retired = tuple(Retired(id=ident, by=by) for ident, by in pairs)
    return Checklist(
        title="Grille",
        version="1",
        domains=(),
        questions={},
        criteria={},
        recommendations={},
        prices={},
        sources={},
        retired=retired,
    )


def test_a_successor_that_was_retired_too_is_followed() -> None:
    assert heirs_of(retiring(("a", "b"), ("b", "c"), ("d", ""))) == {
        "a": "c",
        "b": "c",
    }


def test_what_runs_in_a_circle_has_no_successor() -> None:
    assert heirs_of(retiring(("a", "b"), ("b", "a"), ("c", "a"))) == {}


def test_what_was_said_of_the_successor_itself_wins() -> None:
    heirs = {"old": "new"}
    assert passed_on({"old": 1, "other": 2}, heirs) == {"new": 1, "other": 2}
    assert passed_on({"new": 3, "old": 1}, heirs) == {"new": 3}


def asked(*choices: str, **fields: object) -> Question:
    return Question.model_validate({
        "id": "q",
        "domain": "d",
        "place": PlaceKind.SALLE,
        "type": QuestionType.CHOICE if choices else QuestionType.INTEGER,
        "label": "Question",
        "choices": tuple(Choice(id=one, label=one) for one in choices),
        **fields,
    })


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (asked(), asked(label="Autrement dite"), True),
        (asked(), asked(place=PlaceKind.ECOLE), False),
        (asked(unit="mois"), asked(unit="jour"), False),
        (asked(), asked("un"), False),
        (asked("un"), asked("un", "deux"), True),
        (asked("un", "deux"), asked("un"), False),
    ],
)
def test_an_answer_passes_where_place_type_and_choices_are_the_same(
    old: Question, new: Question, *, same: bool
) -> None:
    assert asks_the_same(old, new) is same
