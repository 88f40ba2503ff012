import pytest

from diag.answers.answer_type import Refused
from diag.answers.choice import named
from diag.answers.types import TYPES
from diag.model.audit import Value
from diag.model.checklist import Choice, Question
from diag.model.enums import QuestionType
from tests.answers.test_parse import CHOICES, SPEED, question


def parsed(asked: Question, typed: str) -> Value:
    return TYPES[asked.type].parse_keys(asked, typed).value


def preview(asked: Question, typed: str) -> str:
    return TYPES[asked.type].preview(asked, typed)


ONE = question(QuestionType.CHOICE, choices=CHOICES)
MANY = question(QuestionType.CHOICES, choices=CHOICES)
YES_NO = question(QuestionType.BOOLEAN)
LENGTH = question(QuestionType.NUMBER, unit="m", range=(1, 2000))
DELAY = question(QuestionType.INTEGER, unit="jour", range=(0, 1500))
YEAR = question(QuestionType.INTEGER, range=(2000, 2100))
DAY = question(QuestionType.DATE)
ECOLES = question(
    QuestionType.CHOICE,
    choices=(
        Choice(id="ecole", label="École"),
        Choice(id="ecran", label="Écran seul"),
        Choice(id="autre", label="Autre"),
    ),
)


@pytest.mark.parametrize(
    ("asked", "typed", "expected"),
    [
        (ONE, "f", "fibre"),
        (ONE, "2", "cuivre"),
        (ONE, "é", "cuivre"),
        (ONE, '"', "fibre"),
        (ONE, " cu ", "cuivre"),
        (ONE, "dediee", "fibre"),
        (ECOLES, "ecr", "ecran"),
        (MANY, "1,3", ("aucun", "fibre")),
        (MANY, "1 f", ("aucun", "fibre")),
        (YES_NO, "o", True),
        (YES_NO, "N", False),
        (SPEED, "&é", 12),
        (SPEED, "42,5", "42.5"),
        (SPEED, "1Gbit/s", 1000),
        (SPEED, "&Gbit/s", 1000),
        (SPEED, "100Mbps", 100),
        (SPEED, "1 giga", 1000),
        (SPEED, "800 kbit/s", "0.8"),
        (LENGTH, "0,12 km", 120),
        (LENGTH, "120 mètres", 120),
        (DELAY, "3 j", 3),
        (DELAY, "2 semaines", 14),
        (MANY, "13", ("aucun", "fibre")),
        (MANY, "0", ()),
        (DAY, "31/1/27", "2027-01-31"),
        (DAY, "31/1/98", "1998-01-31"),
        (DAY, "31/1/2026", "2026-01-31"),
        (DAY, "03/2024", "2024-03-01"),
    ],
)
def test_a_few_keys_are_enough(asked: Question, typed: str, expected: Value) -> None:
    assert parsed(asked, typed) == expected


@pytest.mark.parametrize(
    ("asked", "typed", "said"),
    [
        (SPEED, "2-3", "« 2-3 » n'est pas un nombre"),
        (SPEED, "2 6", "« 2 6 » n'est pas un nombre"),
        (SPEED, "06 12 34 56 78", "« 06 12 34 56 78 » n'est pas un nombre"),
        (SPEED, "2'500", "« 2'500 » n'est pas un nombre"),
        (SPEED, "-3", "−3 est hors limites"),
        (SPEED, "à peu près 5", "« à peu près 5 » n'est pas un nombre"),
        (YEAR, "19", "19 est hors limites. Admis : de 2000 à 2100"),
    ],
)
def test_what_is_typed_with_digits_is_read_as_it_is_seen(
    asked: Question, typed: str, said: str
) -> None:
    with pytest.raises(Refused) as told:
        parsed(asked, typed)
    assert said in str(told.value)
    assert preview(asked, typed) in {"", told.value.plain}


def test_letters_that_name_several_choices_are_refused_with_their_names() -> None:
    with pytest.raises(Refused, match=r"École.*Écran"):
        parsed(ECOLES, "e")
    assert [one.id for one in named(ECOLES, "e")] == ["ecole", "ecran"]
    assert preview(ECOLES, "e") == "École ou Écran seul"


def test_a_letter_inside_a_label_answers_nothing() -> None:
    """« o », typed for « oui » beside another question, is not « RASED ou ULIS »."""
    room = ECOLES.model_copy(
        update={
            "choices": (
                Choice(id="classe", label="Classe"),
                Choice(id="ulis", label="ULIS, RASED ou UPE2A"),
            )
        }
    )
    with pytest.raises(Refused, match="n'est pas un choix"):
        parsed(room, "o")
    assert parsed(room, "ras") == "ulis"


@pytest.mark.parametrize("typed", ["0", "9", "zzz"])
def test_what_names_no_choice_is_refused_and_said_at_once(typed: str) -> None:
    """A key pressed by mistake is no answer, nor is the right one pressed after it."""
    with pytest.raises(Refused, match="n'est pas un choix"):
        parsed(ONE, typed)
    assert preview(ONE, typed) == f"Aucun choix ne commence par « {typed} »."


def test_a_minus_is_a_six_where_nothing_is_negative() -> None:
    signal = question(QuestionType.INTEGER, unit="dBm", range=(-100, -10))

    assert parsed(SPEED, "-(") == 65
    assert [parsed(signal, typed) for typed in ("-65", "65", "-((")] == [-65, -65, -55]


def test_a_preview_says_how_a_text_will_be_read() -> None:
    assert preview(SPEED, "1200").replace("\u202f", " ").startswith("1 200")
    assert preview(YES_NO, "o") == "oui"
    assert preview(SPEED, "") == ""


def test_a_refusal_beside_its_question_does_not_name_it_again() -> None:
    with pytest.raises(Refused) as refused:
        parsed(SPEED, "vite")
    assert refused.value.plain.startswith("« vite » n'est pas un nombre")


def test_a_year_is_written_as_one() -> None:
    year = question(QuestionType.INTEGER, range=(2000, 2100), likely=(2010, 2030))
    kind = TYPES[year.type]
    assert kind.words(year, 2019) == kind.cell_words(year, 2019) == "2019"
    assert kind.expected(year) == "nombre entier, de 2000 à 2100"
    assert kind.parse(year, 2005).doubt.startswith("2005, cela paraît bas")
    many = question(QuestionType.INTEGER, range=(0, 5000))
    assert kind.words(many, 2019) == "2\u202f019"
