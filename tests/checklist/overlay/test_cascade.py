"""Switching off: what goes along, what is kept for those who still need it."""

from pathlib import Path

import pytest

from diag.checklist import shipped_checklists
from diag.checklist.lint import coherence_problems, trigger_problems
from diag.checklist.lint.references import reference_problems
from diag.checklist.lint.rules import rule_problems
from diag.checklist.load import load_checklists
from diag.model.checklist import Retired
from tests.checklist.overlay.written import laid, told
from tests.rules.written import FILES
from tests.shipped import shipped

BORNES = """\
  - id: bornes
    place: salle
    type: integer
    label: "Bornes"
    range: [0, 5]
    look: "Les compter."
  - id: prises
"""


def test_a_criterion_takes_along_what_it_alone_made_useful(tmp_path: Path) -> None:
    off = "criteria:\n  - {id: prise-par-classe, off: true}\n"
    loaded = laid(tmp_path, {"a.yaml": off})
    assert told(loaded) == []
    assert set(loaded.draft.criteria) == {"debit-suffisant"}
    assert set(loaded.draft.recommendations) == {"monter-en-debit"}
    assert "prises" not in loaded.draft.questions
    assert "type_salle" in loaded.draft.questions, "it still names rooms"
    assert "prise_rj45" in loaded.draft.prices
    assert loaded.overlaid["questions", "prises"].line == 2


def test_a_question_read_by_another_criterion_stays(tmp_path: Path) -> None:
    off = "criteria:\n  - {id: debit-suffisant, off: true}\n"
    loaded = laid(tmp_path, {"a.yaml": off})
    assert told(loaded) == []
    draft = loaded.draft
    assert set(draft.criteria) == {"prise-par-classe"}
    assert "debit" not in draft.questions
    assert "acces_internet" not in draft.questions, "it decided of « debit » alone"
    assert set(draft.recommendations) == {"cabler-les-classes"}
    assert draft.recommendations["cabler-les-classes"].requires == ()


def test_what_no_longer_exists_is_no_longer_named(tmp_path: Path) -> None:
    shipped = {
        "reseau.yaml": FILES["reseau.yaml"]
        .replace(
            "    delay: P3M\n", "    delay: P3M\n    covers: [cabler-les-classes]\n"
        )
        .replace("effect: {debit: 100}", "effect: {debit: 100, prise-par-classe: 1}"),
        "edition.yaml": FILES["edition.yaml"].replace(
            "vieux-critere", "{id: vieux-critere, by: prise-par-classe}"
        ),
    }
    off = "criteria:\n  - {id: prise-par-classe, off: true}\n"
    loaded = laid(tmp_path, {"a.yaml": off}, FILES | shipped)
    assert told(loaded) == []
    action = loaded.draft.recommendations["monter-en-debit"]
    assert (action.covers, action.effect) == ((), {"debit": 100})
    assert loaded.draft.retired == (Retired(id="vieux-critere"),)


def test_an_effect_on_a_question_that_goes_is_forgotten(tmp_path: Path) -> None:
    files = FILES | {
        "reseau.yaml": FILES["reseau.yaml"].replace(
            "effect: {prises: 2}", "effect: {prises: 2, debit: 30}"
        )
    }
    off = "criteria:\n  - {id: debit-suffisant, off: true}\n"
    loaded = laid(tmp_path, {"a.yaml": off}, files)
    assert told(loaded) == []
    assert "debit" not in loaded.draft.questions
    assert loaded.draft.recommendations["cabler-les-classes"].effect == {"prises": 2}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("[0, 50]\n", "[0, 50]\n    at_most: bornes\n"),
        ("kind: improvement\n", 'kind: improvement\n    given: "bornes > 0"\n'),
        ("kind: improvement\n", "kind: improvement\n    weigh_by: bornes\n"),
        ("par-classe, below: 2}", 'par-classe, below: 2, where: "bornes > 0"}'),
        ('count: "quantite"', 'count: "bornes"'),
        ('quantity: "2 - prises"', 'quantity: "2 - prises"\n    at_most: bornes'),
        ("effect: {prises: 2}", "effect: {prises: bornes}"),
    ],
)
def test_a_question_that_a_rule_reads_cannot_go(
    right: str, wrong: str, tmp_path: Path
) -> None:
    text = FILES["reseau.yaml"]
    assert text.count(right) == 1
    text = text.replace(right, wrong).replace("  - id: prises\n", BORNES)
    off = "questions:\n  - {id: bornes, off: true}\n"
    lines = told(laid(tmp_path, {"a.yaml": off}, FILES | {"reseau.yaml": text}))
    assert any("« bornes » : désactivé, mais" in line for line in lines), lines


def test_a_choice_called_as_a_question_does_not_keep_it(tmp_path: Path) -> None:
    cables = """\
  - id: cables
    place: salle
    type: choice
    label: "Câbles"
    better: [rien, prises]
    choices: [{id: rien, label: "Rien"}, {id: prises, label: "Des prises"}]
    look: "Regarder."
  - id: prises
"""
    text = FILES["reseau.yaml"].replace("  - id: prises\n", cables)
    text = text.replace("effect: {debit: 100}", "effect: {debit: 100, cables: prises}")
    off = "criteria:\n  - {id: prise-par-classe, off: true}\n"
    loaded = laid(tmp_path, {"a.yaml": off}, FILES | {"reseau.yaml": text})
    assert "prises" not in loaded.draft.questions


def test_a_price_that_is_bought_cannot_go(tmp_path: Path) -> None:
    off = "prices:\n  - {id: prise_rj45, off: true}\n"
    lines = told(laid(tmp_path, {"a.yaml": off}))
    assert any("« cabler-les-classes » (préconisation) en a besoin" in x for x in lines)


def test_a_recommendation_goes_alone(tmp_path: Path) -> None:
    off = "recommendations:\n  - {id: cabler-les-classes, off: true}\n"
    loaded = laid(tmp_path, {"a.yaml": off})
    assert told(loaded) == []
    assert set(loaded.draft.recommendations) == {"monter-en-debit"}
    assert "prises" in loaded.draft.questions


def test_a_domain_goes_with_all_that_it_judges(tmp_path: Path) -> None:
    loaded = laid(tmp_path, {"a.yaml": "domain: {id: reseau, off: true}\n"})
    assert told(loaded) == []
    assert loaded.draft.domains == ()
    assert not loaded.draft.criteria
    assert not loaded.draft.recommendations
    assert set(loaded.draft.questions) == {"type_salle"}


def test_off_false_is_as_nothing_said(tmp_path: Path) -> None:
    on = "criteria:\n  - {id: debit-suffisant, off: false, weight: 4}\n"
    loaded = laid(tmp_path, {"a.yaml": on})
    assert told(loaded) == []
    assert loaded.draft.criteria["debit-suffisant"].weight == 4


@pytest.mark.long
def test_whatever_is_switched_off_alone_the_rest_of_what_is_shipped_holds(
    tmp_path: Path,
) -> None:
    draft = shipped()
    written = [
        *(f"criteria: [{{id: {one}, off: true}}]\n" for one in draft.criteria),
        *(f"domain: {{id: {one.id}, off: true}}\n" for one in draft.domains),
        *(
            f"recommendations: [{{id: {i}, off: true}}]\n"
            for i in draft.recommendations
        ),
    ]
    for text in written:
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        loaded = load_checklists(shipped_checklists(), tmp_path)
        problems = (
            *loaded.problems,
            *reference_problems(loaded),
            *rule_problems(loaded),
            *coherence_problems(loaded),
            *trigger_problems(loaded),
        )
        assert [str(problem) for problem in problems] == [], text
