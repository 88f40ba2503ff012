from pathlib import Path

import pytest

from diag.checklist.lint.rules import withheld_problems
from tests.rules.written import FILES, load_written, spoilt

SENSITIVE = '    label: "Accès à Internet"\n    sensitive: true\n'


def told(folder: Path, files: dict[str, str]) -> list[str]:
    return [str(each) for each in withheld_problems(load_written(folder, files))]


def test_what_is_told_to_everyone_reads_nothing_sensitive(tmp_path: Path) -> None:
    assert told(tmp_path, FILES) == []


def test_the_socle_reads_no_fact_that_a_sensitive_one_decides(tmp_path: Path) -> None:
    files = spoilt("reseau.yaml", '    label: "Accès à Internet"\n', SENSITIVE)
    (found,) = told(tmp_path, files)
    assert "« debit-suffisant » : le socle se dit à tous" in found
    assert "« acces_internet »" in found
    text = files["reseau.yaml"].replace("    applicable: acces_internet\n", "")
    (found,) = told(tmp_path, {**files, "reseau.yaml": text})
    assert "lit « debit »" in found


@pytest.mark.parametrize("sensitive", ["acces_internet", "alerte"])
def test_a_danger_is_no_sensitive_fact(tmp_path: Path, sensitive: str) -> None:
    said = "    sensitive: true\n"
    alert = (
        "  - id: alerte\n    place: ecole\n    type: boolean\n"
        '    label: "Fils à nu"\n    look: "Les fils."\n    danger: true\n'
        "    better: down\n    relevant: acces_internet\n"
    ) + said * (sensitive == "alerte")
    begin = "  - id: debit\n    place: ecole\n"
    files = spoilt("reseau.yaml", begin, alert + begin)
    if sensitive == "acces_internet":
        text = files["reseau.yaml"]
        label = '    label: "Accès à Internet"\n'
        files["reseau.yaml"] = text.replace(label, label + said)
    assert any(
        "« alerte » : un danger se dit à tous" in one for one in told(tmp_path, files)
    )
