"""What two editions do not say alike."""

from pathlib import Path

from diag.checklist.edition import Difference, Fate, FieldChange, differences
from tests.checklist.overlay.written import laid
from tests.rules.written import load_written

CHANGES = """\
criteria:
  - {id: debit-suffisant, weight: 5, levels: {2: "debit >= 50", 3: null}}
  - {id: prise-par-classe, off: true}
aids:
  - {id: rurale, title: "Dotation", state: unknown, applicant: "la commune",
     conditions: "Aucune.", ask: "la préfecture", as_of: 2022, source: metier}
recommendations:
  - {id: autre, domain: reseau, when: {criterion: debit-suffisant, below: 2},
     owner: commune, done_when: "Fait.", wording: {
       mairie: {title: "Changer d'offre", why: "Trop lent.", decision: "Voter."},
       equipe: {title: "Offre", why: "Lent.", meanwhile: "Patience."},
       academie: {title: "Offre", why: "Lent."},
       technique: {title: "Offre", how: "Fibre."}}}
"""


def found(tmp_path: Path) -> dict[tuple[str, str], Difference]:
    loaded = laid(tmp_path, {"a.yaml": CHANGES})
    (tmp_path / "alone").mkdir()
    alone = load_written(tmp_path / "alone").draft
    told = differences(alone, loaded.draft)
    return {(one.section, one.ident): one for one in told}


def test_the_same_edition_differs_in_nothing(tmp_path: Path) -> None:
    draft = load_written(tmp_path).draft
    assert differences(draft, draft) == ()


def test_changed_keys_are_told_with_what_they_said(tmp_path: Path) -> None:
    changed = found(tmp_path)["criteria", "debit-suffisant"]
    assert changed.fate is Fate.CHANGED
    assert set(changed.fields) == {
        FieldChange("weight", 2, 5),
        FieldChange("levels.2", "debit >= 30", "debit >= 50"),
        FieldChange("levels.3", "debit >= 100", None),
    }


def test_items_come_and_go_with_their_title(tmp_path: Path) -> None:
    told = found(tmp_path)
    fates = {name: (one.fate, one.label) for name, one in told.items()}
    assert fates["criteria", "prise-par-classe"] == (
        Fate.REMOVED,
        "Une prise par classe",
    )
    assert fates["questions", "prises"] == (Fate.REMOVED, "Prises RJ45")
    assert fates["aids", "rurale"] == (Fate.ADDED, "Dotation")
    assert fates["recommendations", "autre"] == (Fate.ADDED, "Changer d'offre")
