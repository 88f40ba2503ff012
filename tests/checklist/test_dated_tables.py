"""Aids and dates to watch: read, checked, compiled, never promised."""

from pathlib import Path

import pytest

from diag.checklist.edition import compiled, open_edition
from diag.model.checklist import AidState
from tests.rules.written import FILES, all_problems, load_written
from tests.shipped import shipped

AIDS = """\
aids:
  - id: rurale
    title: "Dotation rurale"
    state: unknown
    applicant: "la commune"
    conditions: "Moins de 2 000 habitants."
    rate: "30 % constatés en 2017"
    ask: "la préfecture"
    departments: ["033", "02A"]
    max_population: 20000
    as_of: 2022
    source: S31
"""

DEADLINES = """\
deadlines:
  - id: fin-du-cuivre
    title: "Fin du cuivre"
    due: 2030
    what: "Plus de ligne fixe sur cuivre."
    ask: "le syndicat"
    as_of: 2024-10-17
    source: metier
    verify_before_quoting: true
"""

DATED = FILES | {"aides.yaml": AIDS, "echeances.yaml": DEADLINES}


def test_they_load_with_nothing_to_mend_and_survive_compiling(tmp_path: Path) -> None:
    loaded = load_written(tmp_path, DATED)
    assert [str(problem) for problem in all_problems(loaded)] == []
    assert loaded.checklist is not None
    again = open_edition(compiled(loaded.checklist))
    assert again.aids == loaded.checklist.aids
    assert again.deadlines == loaded.checklist.deadlines
    assert again.aids["rurale"].state is AidState.UNKNOWN
    assert again.aids["rurale"].departments == ("033", "02A")
    assert again.deadlines["fin-du-cuivre"].due == "2030"


def test_an_edition_without_them_has_the_digest_it_always_had(tmp_path: Path) -> None:
    body = compiled(load_written(tmp_path).draft)
    assert b'"aids"' not in body
    assert b'"deadlines"' not in body


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("aides.yaml", "source: S31", "source: S99", "aucun élément « S99 »"),
        ("aides.yaml", "unknown", "maybe", "« maybe » n'est pas admis"),
        ("aides.yaml", '"033"', '"33"', "un département sur trois caractères"),
        ("aides.yaml", "    as_of: 2022\n", "", "il manque la clé « as_of »"),
        (
            "aides.yaml",
            "30 % constatés en 2017",
            "30 %, garantis",
            "« garantis » promet une aide",
        ),
        ("echeances.yaml", "due: 2030", "due: bientôt", "il faut une date"),
        ("echeances.yaml", "    ask:", "    aks:", "« aks » inconnue"),
    ],
)
def test_what_is_wrong_is_said(
    file: str, right: str, wrong: str, said: str, tmp_path: Path
) -> None:
    spoilt = DATED | {file: DATED[file].replace(right, wrong)}
    told = [str(one) for one in all_problems(load_written(tmp_path, spoilt))]
    assert any(said in line and line.startswith(f"{file}:") for line in told), told


def test_the_shipped_ones_are_dated_and_none_is_said_open() -> None:
    """Nobody checked a counter this year: a scheme is to be verified, or closed."""
    draft = shipped()
    assert {aid.state for aid in draft.aids.values()} <= {
        AidState.CLOSED,
        AidState.UNKNOWN,
    }
    assert "detr" in draft.aids
    assert draft.deadlines["fin-windows-10"].due == "2025-10-14"
