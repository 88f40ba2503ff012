from pathlib import Path

import pytest

from diag.checklist.lint.french import allowed_words, spelling_problems, words_of
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded

DOMAIN = """\
domain: {id: reseau, title: "Une classe", weight: 1}
questions:
  - id: prises
    place: ecole
    type: integer
    label: "Une prise par classse"
    look: "La prise de la classse, {quantite|salle|salles}."
"""

KNOWN = {"une", "prise", "par", "classe", "la", "de", "salle", "salles"}


def knows(word: str) -> bool:
    return word.casefold() in KNOWN


def spoilt(folder: Path) -> Loaded:
    (folder / "reseau.yaml").write_text(DOMAIN, encoding="utf-8")
    return load_checklists(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'école d'aujourd'hui", "école aujourd'hui"),
        ("Quelqu’un débranche", "Quelqu'un débranche"),
        (
            "{quantite|une salle|salles} avant le {echeance}",
            "une salle salles avant le",
        ),
        ("Voyez https://exemple.fr/pages ou ecoles@vallombre.example", "Voyez ou"),
        ("Le DNS, une prise RJ45, IPv6 et fr.aff", "Le une prise et"),
        ("Le rez-de-chaussée d'en bas", "Le rez-de-chaussée en bas"),
    ],
)
def test_what_is_looked_up(text: str, words: str) -> None:
    assert list(words_of(text)) == words.split()


def test_an_allow_list_holds_a_word_a_line_whatever_the_case() -> None:
    text = "# des mots\nPrimTux\n\nPoE  # alimentation\n"
    assert allowed_words(text) == {"primtux", "poe"}


def test_an_unknown_word_is_told_once_with_where_and_what_to_do(tmp_path: Path) -> None:
    (found,) = spelling_problems(spoilt(tmp_path), knows)
    assert str(found) == (
        "reseau.yaml:6 : avertissement : question « prises » : « label » : « classse » "
        "n'est pas au dictionnaire. Corrigez-le, ou ajoutez-le à mots.txt."
    )


def test_the_words_of_the_trade_are_not_told(tmp_path: Path) -> None:
    loaded = spoilt(tmp_path)
    assert not [*spelling_problems(loaded, knows, frozenset({"classse"}))]
