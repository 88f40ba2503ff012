"""Author's sentences filled in: numbers, agreement, elision."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.text import Quantity
from diag.words.sentences import (
    NNBSP,
    Blanks,
    count_range,
    counted,
    filled,
    first_sentence,
    listed,
    of,
    phone_number,
    sentence,
    short_school,
    to,
    uncapitalised,
    unknown_blanks,
)
from tests.words.blanks import blanks_in


def quantity(low: int | str, high: int | str | None) -> Quantity:
    return Quantity(Fraction(low), None if high is None else Fraction(high))


def blanks(low: int = 2, high: int | None = 2) -> Blanks:
    return Blanks(quantity(low, high), "environ 300 € TTC", "CP et CE1", "12 mars 2027")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 0, "0 salle"),
        (1, 1, "1 salle"),
        (2, 2, "2 salles"),
        (1240, 1240, f"1{NNBSP}240 salles"),
        ("3/2", "3/2", "1,5 salle"),
        (3, 5, "entre 3 et 5 salles"),
        (0, 1, "au plus 1 salle"),
        (0, 5, "au plus 5 salles"),
        (1, None, "au moins 1 salle"),
        (3, None, "au moins 3 salles"),
        (0, None, "un nombre de salles à préciser"),
    ],
)
def test_a_quantity_is_said_with_the_word_that_agrees(
    low: int | str, high: int | str | None, said: str
) -> None:
    assert count_range(quantity(low, high), "salle", "salles") == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 0, "0 salle"),
        (1, 1, "une salle"),
        (2, 2, "2 salles"),
        ("3/2", "3/2", "1,5 salle"),
        (1, 3, "entre 1 et 3 salles"),
        (0, 1, "au plus une salle"),
        (1, None, "au moins une salle"),
        (0, None, "un nombre de salles à préciser"),
    ],
)
def test_one_is_spelled_when_the_author_gives_its_article(
    low: int | str, high: int | str | None, said: str
) -> None:
    assert count_range(quantity(low, high), "une salle", "salles") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Un danger dans {quantite|une salle|salles}", "Un danger dans une salle"),
        ("Le sort de {quantite|un poste|postes}", "Le sort d'un poste"),
        ("{quantite|une classe|classes} sans image", "Une classe sans image"),
    ],
)
def test_one_reads_as_part_of_its_sentence(text: str, said: str) -> None:
    assert filled(text, blanks(1, 1)) == said


def test_a_quantity_that_opens_a_sentence_has_its_capital() -> None:
    text = "{quantite|une classe|classes} sans image"
    assert filled(text, blanks(3, 5)) == "Entre 3 et 5 classes sans image"


def test_a_quantity_may_stand_alone() -> None:
    assert count_range(quantity(3, 5)) == "entre 3 et 5"
    assert count_range(quantity(0, None)) == "un nombre à préciser"


def test_an_untold_quantity_is_told_in_general() -> None:
    assert count_range(None, "salle", "salles") == "des salles"
    assert count_range(None) == "plusieurs"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Câbler {quantite|salle|salles}.", "Câbler entre 3 et 5 salles."),
        ("Un câble dans {quantite|salle|salles}.", "Un câble dans 3 à 5 salles."),
        ("Le coût de {quantite|salle|salles}.", "Le coût de 3 à 5 salles."),
        ("Voter {cout}.", "Voter environ 300 € TTC."),
        ("Agir avant le {echeance}.", "Agir avant le 12 mars 2027."),
        ("Un budget de {cout}.", "Un budget d'environ 300 € TTC."),
        ("Lieux : {lieux}.", "Lieux : CP et CE1."),
        ("{inconnu} et {", "{inconnu} et {"),
    ],
)  # fmt: skip
def test_placeholders_are_filled(text: str, said: str) -> None:
    assert filled(text, blanks(3, 5)) == said


def test_de_loses_its_vowel_before_another() -> None:
    text = "La résonance de {quantite|classe|classes}."
    assert filled(text, blanks(0, 1)) == "La résonance d'au plus 1 classe."
    assert (
        filled(text, blanks(0, None))
        == "La résonance d'un nombre de classes à préciser."
    )


def test_de_takes_the_place_of_des() -> None:
    withheld = replace(blanks(), quantity=None)
    text = "Les câbles de {quantite|une classe|classes}"
    assert filled(text, withheld) == "Les câbles de classes"
    text = "L'achat de {quantite|un écran|écrans}"
    assert filled(text, withheld) == "L'achat d'écrans"


def test_de_agrees_with_a_place_whose_own_words_stay() -> None:
    named = replace(blanks(), places="école et salle de des et de un")
    text = "Le réseau de {lieux}."
    assert filled(text, named) == "Le réseau d'école et salle de des et de un."


@given(st.text(alphabet="ab {}|quantiecouhl", max_size=30))
def test_no_known_placeholder_is_left(text: str) -> None:
    assert not blanks_in(filled(text, blanks()))


def test_names_are_listed_with_et() -> None:
    assert listed([]) == ""
    assert listed(["CP"]) == "CP"
    assert listed(["CP", "CE1"]) == "CP et CE1"
    assert listed(["a", "b", "c"]) == "a, b et c"
    assert listed(["a", "b", "c", "d"], 3) == "a, b et 2 autres"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Vallombre", "de Vallombre"),
        ("Aubeterre", "d'Aubeterre"),
        ("Étampes", "d'Étampes"),
        ("Yvetot", "d'Yvetot"),
        ("Yoncourt", "de Yoncourt"),
        ("Le Vivier", "du Vivier"),
        ("Les Ormes", "des Ormes"),
        ("La Roche", "de La Roche"),
        ("", "de "),
    ],
)
def test_de_agrees_with_the_name_that_follows(name: str, said: str) -> None:
    assert of(name) == said


def test_a_contracts_with_the_article_of_the_name_that_follows() -> None:
    names = ("Le Vivier", "Les Essarts", "La Roche", "Lesquin")
    assert [*map(to, names)] == ["au Vivier", "aux Essarts", "à La Roche", "à Lesquin"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ecole maternelle La Farandole", "Mat. La Farandole"),
        ("ECOLE ÉLÉMENTAIRE JEAN MACÉ", "Élém. JEAN MACÉ"),
        ("École primaire Les Marronniers", "Les Marronniers"),
        ("École maternelle", "École maternelle"),
        ("École maternelle ", "École maternelle "),
        ("École Jean Macé", "École Jean Macé"),
    ],
)
def test_a_school_is_short_by_its_own_name(name: str, short: str) -> None:
    assert short_school(name) == short


def test_a_short_sentence_is_chosen_and_none_is_ever_cut() -> None:
    assert first_sentence("Un. Deux.", 10) == "Un."
    assert (
        first_sentence("L'art. L. 212-4 le dit. Deux.", 10) == "L'art. L. 212-4 le dit."
    )
    assert first_sentence("un deux trois quatre", 3) == "un deux trois quatre"
    assert first_sentence("Un deux trois quatre. Cinq six.", 3) == "Cinq six."
    assert first_sentence("Un deux trois quatre. Un deux trois.", 2) == "Un deux trois."


def test_ten_digits_read_as_a_telephone_number() -> None:
    assert phone_number("0199001234") == "01 99 00 12 34"
    assert phone_number("01 99 00 12 34") == "01 99 00 12 34"
    assert phone_number("+33 1 99") == "+33 1 99"


def test_a_sentence_has_a_capital_and_a_stop() -> None:
    assert [sentence(one) for one in ("la commune", "Fait !", "")] == [
        "La commune.",
        "Fait !",
        "",
    ]


def test_an_acronym_keeps_its_capital() -> None:
    assert uncapitalised("Fibre") == "fibre"
    assert uncapitalised("FTTH") == "FTTH"
    assert uncapitalised("Wi-Fi des salles") == "Wi-Fi des salles"
    assert uncapitalised("À la main") == "à la main"
    assert uncapitalised("A4") == "A4"
    assert uncapitalised("À la main") == "à la main"


def test_a_range_after_de_says_de_once() -> None:
    told = Blanks(None, "de 100 à 200 € TTC", "", "")
    assert filled("Un budget de {cout}.", told) == "Un budget de 100 à 200 € TTC."


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Voter {cout} pour {quantite|salle|salles}.", ()),
        ("Voter {couts}.", ("{couts}",)),
        ("Équiper {quantite|salle}.", ("{quantite|salle}",)),
        ("Un tableau { blanc }, une accolade { seule.", ()),
    ],
)
def test_what_no_placeholder_fills_is_found(
    text: str, unknown: tuple[str, ...]
) -> None:
    assert unknown_blanks(text) == unknown


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 école"), (1, "1 école"), (2, "2 écoles")]
)
def test_plurals_start_at_two(number: int, said: str) -> None:
    assert counted(number, "école") == said


def test_a_plural_that_takes_more_than_an_s_is_given() -> None:
    assert counted(3, "lieu", "lieux") == "3 lieux"
    assert counted(1, "pièce jointe", "pièces jointes") == "1 pièce jointe"
