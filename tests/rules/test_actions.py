from pathlib import Path

import pytest

from diag.checklist.lint import action_problems
from tests.rules.written import FILES, load_written, spoilt


def told(folder: Path, files: dict[str, str] | None = None) -> list[str]:
    return [str(each) for each in action_problems(load_written(folder, files))]


def test_a_recommendation_that_one_can_act_on_is_let_be(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    delay: P6M\n", "elle ne dit pas pour quand. Ajoutez « delay »"),
        ('    effort: {days: "quantite / 4"}\n', ""),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, line: str, said: str) -> None:
    found = told(tmp_path, spoilt("reseau.yaml", line, ""))
    assert [said in each for each in found] == ([True] if said else [])


def test_an_action_costs_something_or_takes_time(tmp_path: Path) -> None:
    files = spoilt("reseau.yaml", '    effort: {days: "quantite / 4"}\n', "")
    price = '    buys: [{item: prise_rj45, use: poste, count: "quantite"}]\n'
    text = files["reseau.yaml"].replace(price, "")
    (found,) = told(tmp_path, {**files, "reseau.yaml": text})
    assert "ni prix ni temps de travail" in found


def test_two_recommendations_never_bear_the_same_title(tmp_path: Path) -> None:
    text = FILES["reseau.yaml"]
    begin = text.index("  - id: cabler-les-classes")
    one = text[begin : text.index("  - id: monter-en-debit")]
    other = one.replace("cabler-les-classes", "recabler").replace(
        'title: "Des prises dans vos salles"', 'title: "Autre chose"'
    )
    files = {**FILES, "reseau.yaml": text.replace("examples:", f"{other}examples:")}
    found = told(tmp_path, files)
    assert len(found) == 3
    assert (
        "« wording.mairie.title » : le même titre que « cabler-les-classes »"
        in (found[0])
    )
