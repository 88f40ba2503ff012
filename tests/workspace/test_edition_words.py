"""What differs between two editions, as one reads it."""

from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.workspace.editions import NamedEdition, difference_lines, edition_in
from tests.audit.two_editions import FIRST, SECOND


def edition(folder: Path, files: dict[str, str]) -> NamedEdition:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return edition_in(folder)


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    old, new = edition(tmp_path / "a", FIRST), edition(tmp_path / "b", SECOND)
    return [line.strip() for line in difference_lines(old, new)]


@pytest.mark.parametrize(
    "line",
    [
        "a, 1 → b, 2",
        "~ mots : Nouveau libellé",
        "libellé : Ancien libellé → Nouveau libellé",
        "~ duree : Durée (autre sens : à redemander)",
        "unité : mois → jour",
        "~ choix : Filtrage (autre sens : à redemander)",
        "- acces : Accès",
        "+ acces_support : Support",
        "niveau 2 : seuil >= 30 → seuil >= 50",
        "poids : 1 → 4",
        "s'applique quand : rien → nb_classes > 1",
        "- renouveler : Renouveler",
    ],
)
def test_every_sort_of_change_is_told(line: str, lines: list[str]) -> None:
    assert line in lines


def test_a_choice_is_told_with_its_label(lines: list[str]) -> None:
    at = lines.index("choix :")
    assert lines[at + 1 : at + 3] == [
        "avant : aucun « Choix aucun », local « Choix local »",
        "après : aucun « Choix aucun », academie « Choix academie »",
    ]


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DiagError, match=r"essai\.yaml:1"):
        edition(tmp_path / "a", FIRST | {"essai.yaml": "domaine: 3\n"})


def test_what_a_criterion_rests_on_is_told_in_words(tmp_path: Path) -> None:
    usage = "    nature: usage\n"
    rests = "    nature: recommandation\n    law: {text: Arrêté, article: '7'}\n"
    text = FIRST["essai.yaml"].replace(usage, rests, 1)
    old = edition(tmp_path / "a", FIRST)
    new = edition(tmp_path / "b", FIRST | {"essai.yaml": text})
    lines = [line.strip() for line in difference_lines(old, new)]
    assert "nature : rien → recommandation" in lines  # « usage » is what goes unsaid
    assert "texte, intitulé : rien → Arrêté" in lines
    assert "texte, article : rien → 7" in lines
