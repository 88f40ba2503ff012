"""What authors write of gestures and forms: read, refused, switched off."""

from pathlib import Path

import pytest

from diag.checklist.edition import compiled, open_edition
from diag.checklist.lint import lint
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded
from diag.model.enums import Moment
from tests.checklist.overlay.written import laid, told
from tests.rules.written import FILES

GESTURES = {
    "reseau.yaml": FILES["reseau.yaml"]
    .replace(
        "    range: [0, 50]\n",
        "    range: [0, 50]\n    whom: salle\n    moment: tour\n    seconds: 9\n"
        "    seconds_again: 8\n    with: type_salle\n",
    )
    .replace(
        '    ask: "Avez-vous Internet ?"\n',
        '    ask: "Avez-vous Internet ?"\n    whom: commune\n',
    )
    .replace(
        "    relevant: acces_internet\n",
        "    relevant: acces_internet\n    whom: commune\n    with: acces_internet\n"
        '    ask: "Quel débit ?"\n',
    ),
    "lieux.yaml": FILES["lieux.yaml"].replace(
        'label: "Autre"}', 'label: "Autre", sets: {prises: 0}}'
    ),
    "formulaires.yaml": """\
forms:
  - id: mairie
    whom: commune
    title: "Formulaire"
    intro: "Cochez."
    lines:
      - [acces_internet, debit]
""",
    "controles.yaml": """\
checks:
  - id: beaucoup-de-prises
    when: "prises > 9"
    says: "{prises} prises"
    ask: prises
  - id: classes
    when: "count(salle, type_salle == 'classe') > annuaire_nb_classes"
    says: "{valeur} classes, {annuaire_nb_classes} au fichier"
    ask: acces_internet
    value: "count(salle, type_salle == 'classe')"
""",
}
SMALL = FILES | GESTURES


def loaded(folder: Path, file: str = "", right: str = "", wrong: str = "") -> Loaded:
    """Write the small checklist, spoilt once, and load it."""
    for name, text in SMALL.items():
        assert name != file or right in text
        spoilt = text.replace(right, wrong, 1) if name == file else text
        (folder / name).write_text(spoilt, encoding="utf-8")
    return load_checklists(folder)


def errors(read: Loaded) -> list[str]:
    problems = (*read.problems, *lint(read))
    return [str(one) for one in problems if one.severity == "error"]


def test_they_are_read_and_outlive_an_edition(tmp_path: Path) -> None:
    read = loaded(tmp_path)
    assert errors(read) == []
    opened = open_edition(compiled(read.draft))
    sockets = opened.questions["prises"]
    assert (sockets.moment, sockets.seconds, sockets.seconds_again) == (
        Moment.TOUR,
        9,
        8,
    )
    assert sockets.same_gesture == "type_salle"
    assert opened.questions["type_salle"].choices[1].sets == {"prises": 0}
    assert opened.forms["mairie"].lines == (("acces_internet", "debit"),)
    assert opened.forms["mairie"].questions == ("acces_internet", "debit")
    assert opened.checks == read.draft.checks
    assert opened.checks["classes"].ask == "acces_internet"


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("reseau.yaml", "with: type_salle", "with: type_sale", "« type_salle » ?"),
        ("reseau.yaml", "with: type_salle", "with: debit", "même lieu"),
        ("reseau.yaml", "with: type_salle", "with: prises", "avec elle-même"),
        ("reseau.yaml", "    seconds: 9\n", "", "sans « seconds »"),
        ("reseau.yaml", "seconds: 9", "seconds: -1", "de 0 à 3600"),
        ("reseau.yaml", "moment: tour", "moment: tours", "« tour »"),
        ("reseau.yaml", "moment: tour", "moments: tour", "« moment »"),
        ("lieux.yaml", "{prises: 0}", "{prise: 0}", "« prises » ?"),
        ("lieux.yaml", "{prises: 0}", "{prises: 99}", "« sets »"),
        ("lieux.yaml", "{prises: 0}", "{debit: 3}", "même lieu"),
        ("lieux.yaml", "{prises: 0}", "{type_salle: autre}", "d'autres faits"),
        ("lieux.yaml", "type: choice", "type: choices", "un seul choix"),
        (
            "reseau.yaml",
            "moment: tour",
            "moment: tour\n    words: [{id: rien, label: Rien}]",
            "sans « sets »",
        ),
        (
            "reseau.yaml",
            "moment: tour",
            "moment: tour\n    words: [{id: r, label: R, sets: {debits: 1}}]",
            "« debit » ?",
        ),
        (
            "lieux.yaml",
            "type: choice",
            "type: choice\n    words: [{id: r, label: R, sets: {prises: 1}}]",
            "sous « choices »",
        ),
        ("formulaires.yaml", "debit]", "debits]", "« debit » ?"),
        ("controles.yaml", "ask: prises", "ask: prise", "« prises » ?"),
        ("controles.yaml", "prises > 9", "prise > 9", "« prises »"),
        ("controles.yaml", "prises > 9", "prises > 'b'", "« when »"),
        ("controles.yaml", "{prises}", "{debit}", "n'est rien que la règle lise"),
        ("controles.yaml", "    value:", "    valeur:", "« value »"),
        ("reseau.yaml", "debit >= 8", "debit >= annuaire_nb_classes", "existe"),
        ("formulaires.yaml", "debit]", "debit, debit]", "deux fois"),
        ("formulaires.yaml", "debit]", "debit]\n    columns: [debit]", "deux fois"),
        ("formulaires.yaml", "whom: commune", "whom: direction", "pas à « direction »"),
        ("formulaires.yaml", "debit]", "debit]\n      - [prises]", "par salle"),
        ("reseau.yaml", "    with: acces_internet\n", "", "du même geste"),
        (
            "reseau.yaml",
            "    with: acces_internet\n",
            "    with: acces_internet\n    provenance: [measured]\n",
            "ne peut pas être déclarée",
        ),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    tmp_path: Path, file: str, right: str, wrong: str, said: str
) -> None:
    assert any(said in each for each in errors(loaded(tmp_path, file, right, wrong)))


def test_a_gesture_has_one_leader(tmp_path: Path) -> None:
    chain = '    ask: "Avez-vous Internet ?"\n'
    told_twice = loaded(tmp_path, "reseau.yaml", chain, f"{chain}    with: debit\n")
    assert any("va elle-même avec" in each for each in errors(told_twice))


def test_what_is_switched_off_leaves_gestures_and_forms(tmp_path: Path) -> None:
    off = (
        "criteria:\n  - {id: debit-suffisant, off: true}\n"
        "  - {id: prise-par-classe, off: true}\n"
    )
    read = laid(tmp_path, {"a.yaml": off}, SMALL)
    assert not [each for each in told(read) if "form" in each or "with" in each]
    assert "prises" not in read.draft.questions
    assert read.draft.questions["type_salle"].choices[1].sets == {}
    assert read.draft.forms["mairie"].lines == ()
    assert not read.draft.checks
