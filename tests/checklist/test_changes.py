"""What a new edition does to answers already given."""

from pathlib import Path

import pytest

from diag.checklist.edition import EditionChanges, compare, compiled
from tests.rules.written import load_written, spoilt
from tests.shipped import shipped

QUESTIONS = {"type_salle", "acces_internet", "debit", "prises"}


def changes(tmp_path: Path, file: str, right: str, wrong: str) -> EditionChanges:
    """Return what changes when the new edition says `wrong` for `right`."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = load_written(tmp_path / "old").draft
    new = load_written(tmp_path / "new", spoilt(file, right, wrong)).draft
    return compare(old, new)


def test_the_same_edition_keeps_every_question(tmp_path: Path) -> None:
    draft = load_written(tmp_path).draft
    assert compare(draft, draft) == EditionChanges(kept=tuple(draft.questions))


def test_which_day_a_short_one_is_asks_nothing_again_and_older_editions_lack_it(
    tmp_path: Path,
) -> None:
    new = shipped()
    asked = new.questions["prochain_conseil"]
    before = asked.model_copy(update={"without_year": None})
    old = new.model_copy(update={"questions": {**new.questions, asked.id: before}})
    assert asked.without_year
    assert set(compare(old, new).kept) == set(new.questions)
    assert b"without_year" not in compiled(load_written(tmp_path).draft)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "question"),
    [
        ("reseau.yaml", '"Débit descendant"', '"Débit"', "debit"),
        ("reseau.yaml", "range: [0, 50]", "range: [0, 60]", "prises"),
        (
            "lieux.yaml",
            '"Classe"}',
            '"Classe"}\n      - {id: c, label: C}',
            "type_salle",
        ),
        ("lieux.yaml", '"Autre"', '"Autre local"', "type_salle"),
        ("reseau.yaml", "[0, 50]", "[0, 50]\n    at_most: debit", "prises"),
        ("reseau.yaml", "[0, 50]", "[0, 50]\n    void: true", "prises"),
        ("reseau.yaml", "[0, 50]", "[0, 50]\n    unit: prise", "prises"),
        ("lieux.yaml", '"Autre"', '"Autre", sets: {prises: 0}', "type_salle"),
    ],
)
def test_other_words_ask_nothing_again(
    file: str, right: str, wrong: str, question: str, tmp_path: Path
) -> None:
    found = changes(tmp_path, file, right, wrong)
    assert found.reworded == (question,)
    assert set(found.kept) == QUESTIONS - {question}
    assert found.changed == found.new == found.lost == ()


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("reseau.yaml", "[0, 50]\n    better: up\n", "[0, 50]\n    better: down\n"),
        ("reseau.yaml", "type: boolean", "type: boolean\n    danger: true"),
        ("reseau.yaml", "[0, 50]", "[0, 50]\n    moment: tour\n    seconds: 8"),
        ("reseau.yaml", "[0, 50]", "[0, 50]\n    with: type_salle"),
        ("lieux.yaml", "type: choice", "type: choice\n    better: [classe, autre]"),
    ],
)
def test_an_answer_judged_otherwise_is_kept(
    file: str, right: str, wrong: str, tmp_path: Path
) -> None:
    found = changes(tmp_path, file, right, wrong)
    assert set(found.kept) == QUESTIONS
    assert found.reworded == found.changed == ()


@pytest.mark.parametrize(
    ("file", "right", "wrong", "question"),
    [
        ("reseau.yaml", "unit: Mbit/s", "unit: kbit/s", "debit"),
        ("reseau.yaml", "type: integer", "type: number", "prises"),
        ("lieux.yaml", "{id: autre,", "{id: local,", "type_salle"),
        ("lieux.yaml", "    place: salle\n", "    place: batiment\n", "type_salle"),
    ],
)
def test_another_meaning_is_asked_again(
    file: str, right: str, wrong: str, question: str, tmp_path: Path
) -> None:
    found = changes(tmp_path, file, right, wrong)
    assert found.changed == (question,)
    assert question not in (*found.kept, *found.reworded)


def test_questions_come_and_go(tmp_path: Path) -> None:
    found = changes(tmp_path, "reseau.yaml", "- id: prises\n", "- id: prises_murales\n")
    assert (found.new, found.lost) == (("prises_murales",), ("prises",))
