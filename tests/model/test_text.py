import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.text import accented, cents_typed, clean_text, exact, fold, readings


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("École élémentaire", "ecole elementaire"),
        ("MONTFORT L AMAURY", fold("Montfort-l’Amaury")),
        ("STE SUZANNE", fold("Sainte-Suzanne")),
        ("St-Gilles", "saint gilles"),
        ("Œuvremont", "oeuvremont"),
        ("Curriculum vitæ", "curriculum vitae"),
        ("Rentrée_scolaire", "rentree scolaire"),
        ("  Double   espace ", "double espace"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("—", ""),
    ],
)
def test_accents_apostrophes_ligatures_and_saints_do_not_count(
    written: str, compared: str
) -> None:
    assert fold(written) == compared


def test_a_word_that_only_starts_like_saint_is_left_alone() -> None:
    assert fold("Stade Stella") == "stade stella"


def test_a_typed_st_may_be_saint_or_the_start_of_another_word() -> None:
    assert readings("st Jean") == (("st", "saint"), ("jean",))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_composed_and_a_decomposed_text_fold_alike(text: str) -> None:
    import unicodedata  # noqa: PLC0415 - of this property only

    composed = unicodedata.normalize("NFC", text)
    assert fold(unicodedata.normalize("NFD", composed)) == fold(composed)


@pytest.mark.parametrize(
    "sign", ["\x1b", "\x9b", "\u202e", "\ufeff", "\ufffe", "\uffff"]
)
def test_what_no_document_can_print_does_not_enter(sign: str) -> None:
    assert clean_text(f"sa{sign}lle") == "salle"


@pytest.mark.parametrize("text", ["1e99999999", "1/3", "0x10", "", "NaN", "1_0"])
def test_a_text_that_is_no_canonical_number_is_not_computed(text: str) -> None:
    """Twelve letters made an integer of a hundred million digits."""
    with pytest.raises(ValueError, match="pas un nombre"):
        exact(text)


def test_an_official_name_gets_its_accent_back() -> None:
    assert accented("Ecole primaire Ecollet") == "École primaire Ecollet"
    assert accented("ECOLE DU MOULIN") == "ÉCOLE DU MOULIN"
    assert accented("École du Moulin") == "École du Moulin"


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,50 €", 1_234_50),
        ("1200", 1_200_00),
        ("12.5", 12_50),
        ("40 000 HT", 40_000_00),
        ("1,20 € ht", 1_20),
    ],
)
def test_an_amount_is_typed_in_euros(typed: str, cents: int) -> None:
    assert cents_typed(typed) == cents


@pytest.mark.parametrize("typed", ["1.200", "1,200 €", "12.000.000", "1.2345", "€", ""])
def test_an_amount_that_may_be_two_is_refused(typed: str) -> None:
    """« 1.200 » was 1,20 € for who parts thousands with a dot."""
    with pytest.raises(ValueError, match="«"):
        cents_typed(typed)
