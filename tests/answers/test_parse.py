import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.model.audit import Value
from diag.model.checklist import Choice, Question
from diag.model.enums import PlaceKind, QuestionType


def value_of(asked: Question, raw: object) -> Value:
    return TYPES[asked.type].parse(asked, raw).value


def doubt_about(asked: Question, raw: object) -> str:
    return TYPES[asked.type].parse(asked, raw).doubt


def question(type_: QuestionType, **fields: object) -> Question:
    return Question.model_validate({
        "id": "q",
        "domain": "d",
        "place": PlaceKind.ECOLE,
        "type": type_,
        "label": "La question",
        **fields,
    })


CHOICES = (
    Choice(id="aucun", label="Aucun"),
    Choice(id="cuivre", label="Cuivre (ADSL ou VDSL)"),
    Choice(id="fibre", label="Fibre dédiée"),
)
PERHAPS = "« cuivr » n'est pas un choix, peut-être « Cuivre (ADSL ou VDSL) »"
POSSIBLE = (
    "« 9 » n'est pas un choix. Possibles : 1\u00a0Aucun, 2\u00a0Cuivre (ADSL ou VDSL), "
    "3\u00a0Fibre dédiée"
)
SPEED = question(
    QuestionType.NUMBER, unit="Mbit/s", range=(0, 10000), likely=("0.5", 2000)
)
UP = question(QuestionType.NUMBER, range=(4, None))
SINCE = question(QuestionType.DATE, date_range=("2019-12-31", None))
UNTIL = question(QuestionType.DATE, date_range=(None, "2019-12-31"))


@pytest.mark.parametrize(
    ("asked", "typed", "expected"),
    [
        (question(QuestionType.BOOLEAN), "o", True),
        (question(QuestionType.BOOLEAN), "Non", False),
        (question(QuestionType.BOOLEAN), False, False),
        (SPEED, "42,50 Mbit/s", "42.5"),
        (SPEED, "1 000", 1000),
        (SPEED, 12, 12),
        (SPEED, "0.5", "0.5"),
        (question(QuestionType.INTEGER, unit="salle"), "3 salle", 3),
        (question(QuestionType.CHOICE, choices=CHOICES), "2", "cuivre"),
        (question(QuestionType.CHOICE, choices=CHOICES), "fibre dediee", "fibre"),
        (question(QuestionType.CHOICES, choices=CHOICES), "3, 2", ("cuivre", "fibre")),
        (question(QuestionType.CHOICES, choices=CHOICES), [], ()),
        (question(QuestionType.DATE), "31/1/2026", "2026-01-31"),
        (question(QuestionType.TEXT), "  vu\x00 au tableau\r\n", "vu au tableau"),
    ],
)
def test_what_is_typed_is_read_as_the_canonical_value(
    asked: Question, typed: object, expected: Value
) -> None:
    assert value_of(asked, typed) == expected


@pytest.mark.parametrize(
    ("asked", "typed", "said"),
    [
        (question(QuestionType.BOOLEAN), "peut-être", "ni oui ni non"),
        (SPEED, "vite", "n'est pas un nombre. Donnez un nombre (Mbit/s)"),
        (SPEED, "10001", "10\u202f001 est hors limites. Admis : de 0 à 10\u202f000"),
        (UP, "3,5", "3,5 est hors limites. Admis : à partir de 4"),
        (
            SINCE,
            "1/1/09",
            "01/01/2009 est hors limites. Admis : à partir de 31/12/2019",
        ),
        (UNTIL, "1/1/21", "01/01/2021 est hors limites. Admis : jusqu'à 31/12/2019"),
        (SPEED, float("nan"), "n'est pas un nombre"),
        (SPEED, None, "aucune valeur. Donnez-en une, ou dites pourquoi"),
        (question(QuestionType.TEXT), None, "aucune valeur"),
        (question(QuestionType.INTEGER), "2,5", "n'est pas entier"),
        (question(QuestionType.CHOICE, choices=CHOICES), "cuivr", PERHAPS),
        (question(QuestionType.CHOICE, choices=CHOICES), "9", POSSIBLE),
        (question(QuestionType.CHOICES, choices=CHOICES), "1, 9", POSSIBLE),
        (question(QuestionType.DATE), "31/02/2026", "n'est pas une date"),
        (question(QuestionType.PHOTO), "photo.jpg", "ne se tape pas"),
        (question(QuestionType.TEXT), "\ud800", "illisible"),
        (question(QuestionType.TEXT), "a" * 20_001, "texte trop long"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_that_names_the_question(
    asked: Question, typed: object, said: str
) -> None:
    with pytest.raises(Refused, match="q \\(La question\\)") as refusal:
        value_of(asked, typed)

    assert said in str(refusal.value)


def test_a_value_outside_the_likely_ones_is_doubted_on_both_sides() -> None:
    assert doubt_about(SPEED, "0.1") == (
        "0,1\u00a0Mbit/s, cela paraît bas (d'habitude à partir de 0,5)"
    )
    assert doubt_about(SPEED, 5000) == (
        "5\u202f000\u00a0Mbit/s, cela paraît élevé (d'habitude jusqu'à 2\u202f000)"
    )
    assert doubt_about(SPEED, 2000) == doubt_about(SPEED, "0.5") == ""


@given(st.sampled_from(list(QuestionType)), st.text() | st.integers() | st.booleans())
def test_whatever_is_typed_gives_a_value_or_a_refusal(
    type_: QuestionType, typed: object
) -> None:
    asked = question(type_, choices=CHOICES)
    try:
        value = value_of(asked, typed)
    except Refused:
        return
    # What was read once is read again as itself.
    assert value_of(asked, list(value) if isinstance(value, tuple) else value) == value


def test_a_choice_that_is_cut_ends_the_sentence() -> None:
    """« recto-verso par défa…. »"""
    long = (*CHOICES[:1], Choice(id="long", label="Un copieur en réseau " * 5))
    with pytest.raises(Refused, match=r"réseau[^.]*…$"):
        TYPES[QuestionType.CHOICE].parse(
            question(QuestionType.CHOICE, choices=long), "9"
        )
