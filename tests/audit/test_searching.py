"""A question is found by the words that people type, not by its author's alone."""

import pytest

from diag.audit.visit import also_called
from tests.shipped import shipped


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("livebox", "arrivee_operateur"),
        ("adsl", "technologie_acces"),
        ("lent", "debit_descendant"),
        ("deee", "filiere_fin_de_vie"),
        ("dys", "accueil_materiel_adapte"),
    ],
)
def test_a_word_that_no_label_has_finds_its_question(typed: str, question: str) -> None:
    checklist = shipped()
    assert typed in also_called(checklist)[question].split()
    assert typed not in checklist.questions[question].label.lower()


def test_a_question_that_nobody_calls_otherwise_has_no_other_word() -> None:
    called = also_called(shipped())
    assert called.keys() == shipped().questions.keys()
    assert "" in called.values()
