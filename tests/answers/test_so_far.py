from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.answers.answer_type import SoFar
from diag.answers.choice import choices_words
from diag.answers.types import TYPES
from diag.model.audit import Value
from diag.model.checklist import Choice, Question
from diag.model.enums import PlaceKind, QuestionType, State, WithoutYear


def so_far(asked: Question, text: str) -> SoFar:
    return TYPES[asked.type].so_far(asked, text)


def question(kind: QuestionType, labels: str = "", **fields: object) -> Question:
    choices = tuple(
        Choice(id=f"c{rank}", label=label)
        for rank, label in enumerate(filter(None, labels.split("|")), 1)
    )
    return Question.model_validate({
        "id": "q",
        "domain": "d",
        "place": PlaceKind.SALLE,
        "type": kind,
        "label": "Question",
        "choices": choices,
        **fields,
    })


USE = question(
    QuestionType.CHOICE,
    "Classe|ULIS|Bureau de direction|Salle des maîtres|Bibliothèque (BCD)|"
    "Salle informatique|Salle de motricité|Salle polyvalente|Local|Écran",
)
VOID = question(QuestionType.BOOLEAN, void=True)
MANY = question(QuestionType.CHOICE, "|".join(f"Choix {n}" for n in range(1, 13)))
SEVERAL = question(QuestionType.CHOICES, "Poste|Projection|Prise")
YES = question(QuestionType.BOOLEAN)
SOCKETS = question(QuestionType.INTEGER, unit="prise", range=(0, 60))
FEW = question(QuestionType.INTEGER, range=(0, 9))
SIGNAL = question(QuestionType.INTEGER, unit="dBm", range=(-100, -10))
WIDTH = question(QuestionType.NUMBER, unit="m", range=("0.3", 6))
DAY = question(QuestionType.DATE)
GONE = question(QuestionType.DATE, without_year=WithoutYear.PAST)
COMING = question(QuestionType.DATE, without_year=WithoutYear.COMING)
TEXT = question(QuestionType.TEXT)


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        (USE, "c", "c1"),
        (USE, "U", "c2"),
        (USE, "1", "c1"),
        (USE, "é", "c2"),
        (USE, "0", "c10"),
        (USE, "e", "c10"),
        (USE, "bi", "c5"),
        (USE, "inf", "c6"),
        (MANY, "3", "c3"),
        (MANY, "12", "c12"),
        (YES, "o", True),
        (YES, "N", False),
        (YES, "&", True),
        (YES, "à", False),
        (FEW, "7", 7),
        (FEW, "è", 7),
    ],
)
def test_what_says_it_all_ends_by_itself(
    asked: Question, text: str, value: Value
) -> None:
    read = so_far(asked, text)
    assert (read.value, read.is_complete, read.problem) == (value, True, "")


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        (SOCKETS, "3", 3),
        (SOCKETS, '"', 3),
        (SOCKETS, "&é", 12),
        (SOCKETS, "12 prises", 12),
        (SIGNAL, "-67", -67),
        (SIGNAL, "67", -67),
        (SIGNAL, "-éè", -27),
        (WIDTH, "1,5", "1.5"),
        (WIDTH, "1.5 m", "1.5"),
        (WIDTH, "150cm", "1.5"),
        (DAY, "31/1/27", "2027-01-31"),
        (DAY, "31/01/2026", "2026-01-31"),
        (DAY, "120327", "2027-03-12"),
        (DAY, "12032027", "2027-03-12"),
        (DAY, "20270312", "2027-03-12"),
        (DAY, "mars 2027", "2027-03-01"),
        (DAY, "12 févr 27", "2027-02-12"),
        (DAY, "1er décembre 2026", "2026-12-01"),
        (TEXT, "*", "*"),
        (SEVERAL, "13", ("c1", "c3")),
        (SEVERAL, "po, pri", ("c1", "c3")),
        (SEVERAL, "0", ()),
    ],
)
def test_what_might_go_on_waits_for_enter(
    asked: Question, text: str, value: Value
) -> None:
    read = so_far(asked, text)
    assert (read.value, read.is_complete, read.problem) == (value, False, "")


@pytest.mark.parametrize("text", ["s", "sa", "salle"])
def test_letters_that_several_choices_begin_with_wait_and_name_them(text: str) -> None:
    read = so_far(USE, text)
    assert not read.is_answer
    assert read.words.startswith("4\xa0Salle des maîtres  6\xa0Salle informatique")


def test_a_number_that_begins_another_waits_for_enter() -> None:
    read = so_far(MANY, "1")

    assert (read.value, read.is_complete) == ("c1", False)
    assert so_far(MANY, "12").is_complete


@pytest.mark.parametrize(
    ("key", "state"),
    [("*", State.UNKNOWN), ("/", State.NOT_APPLICABLE), ("!", State.REFUSED)],
)
def test_a_state_is_one_key_for_every_question(key: str, state: State) -> None:
    for asked in (USE, SEVERAL, YES, SOCKETS, DAY):
        read = so_far(asked.model_copy(update={"void": True}), key)
        assert (read.state, read.is_complete) == (state, True)


def test_sans_objet_is_no_key_where_it_has_no_sense() -> None:
    for asked in (USE, SEVERAL, YES, SOCKETS, DAY):
        read = so_far(asked, "/")
        assert not read.is_answer
        assert read.problem.startswith("« sans objet » ne se dit pas ici. ")


@pytest.mark.parametrize(
    ("asked", "text"),
    [(USE, "zz"), (USE, "12"), (YES, "x"), (YES, "[/]"), (SOCKETS, "3x"), (DAY, "lu")],
)
def test_a_key_that_nothing_would_mend_is_dropped(asked: Question, text: str) -> None:
    read = so_far(asked, text)
    assert read.problem
    assert TYPES[asked.type].drops_last_key(asked, read)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (SOCKETS, "99"),
        (SOCKETS, "9 pr"),
        (WIDTH, "150c"),
        (WIDTH, "0"),
        (DAY, "31"),
        (SEVERAL, "9"),
    ],
)
def test_a_number_may_still_be_mended(asked: Question, text: str) -> None:
    read = so_far(asked, text)
    assert read.problem
    assert not TYPES[asked.type].drops_last_key(asked, read)


@pytest.mark.parametrize(
    ("asked", "text", "state", "value"),
    [
        (USE, "Salle des Maitres", State.KNOWN, "c4"),
        (YES, "Oui", State.KNOWN, True),
        (SOCKETS, "4 prises", State.KNOWN, 4),
        (VOID, "sans objet", State.NOT_APPLICABLE, None),
        (SIGNAL, "Inconnu", State.UNKNOWN, None),
        (SOCKETS, "NSP", State.UNKNOWN, None),
        (TEXT, "inconnu", State.KNOWN, "inconnu"),
    ],
)
def test_a_spreadsheet_says_it_in_words(
    asked: Question, text: str, state: State, value: Value
) -> None:
    read = TYPES[asked.type].parse_cell(asked, text)
    assert (read.state, read.value, read.problem) == (state, value, "")


TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("asked", "typed", "day"),
    [
        (GONE, "28/11", "2026-11-28"),
        (GONE, "29.11", "2026-11-29"),
        (GONE, "30-11", "2025-11-30"),
        (GONE, "2811", "2026-11-28"),
        (GONE, "éç/&&", "2026-11-29"),
        (GONE, "28 nov", "2026-11-28"),
        (COMING, "28/11", "2027-11-28"),
        (COMING, "12 déc.", "2026-12-12"),
        (COMING, "12/12/24", "2024-12-12"),
        (DAY, "hier", "2026-11-28"),
        (GONE, "Aujourd’hui", "2026-11-29"),
        (DAY, "avant-hier", "2026-11-27"),
        (COMING, "demain", "2026-11-30"),
        (GONE, "28/11/26", "2026-11-28"),
    ],
)
def test_a_day_said_in_short_is_shown_in_full_before_it_is_recorded(
    asked: Question, typed: str, day: str
) -> None:
    kind = TYPES[asked.type]
    read = kind.so_far(asked, typed, TODAY)
    assert (read.value, read.text) == (day, typed)
    assert read.words == kind.words(asked, day) == kind.preview(asked, typed, TODAY)
    assert kind.parse_cell(asked, typed, TODAY).value == day
    assert kind.parse_keys(asked, f" {typed} ", TODAY).value == day


@pytest.mark.parametrize("typed", ["28/11", "2811", "09/12", "28 nov"])
def test_a_day_that_may_be_misread_asks_for_its_year(typed: str) -> None:
    asked = f"« {typed} » ne dit pas l'année. Ajoutez-la."
    assert TYPES[DAY.type].so_far(DAY, typed, TODAY).problem == asked
    assert TYPES[GONE.type].so_far(GONE, typed).problem == asked


@pytest.mark.parametrize("typed", ["11/26", "31/02", "28", "hie", "2026", "mars"])
def test_what_is_no_day_in_short_says_what_to_type(typed: str) -> None:
    problem = TYPES[GONE.type].so_far(GONE, typed, TODAY).problem
    assert problem.startswith(f"« {typed} » n'est pas une date. Écrivez par exemple")


@pytest.mark.parametrize(
    "typed", ["avant-hier", "Aujourd'hui", "aujourd’hui", "demain"]
)
def test_no_key_of_a_day_said_in_a_word_is_dropped(typed: str) -> None:
    for end in range(1, len(typed) + 1):
        read = TYPES[DAY.type].so_far(DAY, typed[:end], TODAY)
        assert not TYPES[DAY.type].drops_last_key(DAY, read)


def test_choices_are_listed_with_the_key_of_each() -> None:
    assert choices_words(SEVERAL) == "1\xa0Poste  2\xa0Projection  3\xa0Prise"
    assert choices_words(USE).endswith("9\xa0Local  0\xa0Écran")
    assert choices_words(SEVERAL, 6) == "1\xa0Poste  2\xa0Proje…  3\xa0Prise"


@given(st.sampled_from([USE, MANY, SEVERAL, YES, SOCKETS, SIGNAL, DAY]), st.text())
def test_no_text_makes_it_crash_nor_answer_and_refuse_at_once(
    asked: Question, text: str
) -> None:
    for read in (so_far(asked, text), TYPES[asked.type].parse_cell(asked, text)):
        assert not (read.problem and read.is_answer)
        assert not (read.is_complete and not read.is_answer)


@pytest.mark.parametrize(
    ("asked", "typed", "rest"),
    [
        (YES, "o", "ui"),
        (YES, "n", "on"),
        (YES, "1", ""),
        (USE, "U", "lis"),
        (USE, "inf", "ormatique"),
        (USE, "é", ""),
        (USE, "2", ""),
    ],
)
def test_letters_that_say_it_all_leave_the_rest_of_their_word(
    asked: Question, typed: str, rest: str
) -> None:
    assert TYPES[asked.type].rest_of_word(asked, so_far(asked, typed)) == rest
