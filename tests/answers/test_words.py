"""How one answer reads, whatever its type and its state."""

import pytest

from diag.answers.types import answer_words, evidence, heads_words, value_words
from diag.model.audit import Answer, Value
from diag.model.checklist import Choice
from diag.model.enums import Provenance, QuestionType, State
from diag.words.sentences import NBSP
from tests.documents.builders import known, question

CHOICES = (
    Choice(id="fibre", label="Fibre (FTTH)"),
    Choice(id="cuivre", label="Cuivre"),
)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (QuestionType.BOOLEAN, True, "oui"),
        (QuestionType.BOOLEAN, False, "non"),
        (QuestionType.CHOICE, "fibre", "Fibre (FTTH)"),
        (QuestionType.CHOICE, "disparu", "disparu"),
        (QuestionType.CHOICES, ("cuivre", "fibre"), "Fibre (FTTH), cuivre"),
        (QuestionType.CHOICES, (), "aucun"),
        (QuestionType.INTEGER, 3, "3 prises"),
        (QuestionType.NUMBER, "12.5", "12,5 prises"),
        (QuestionType.DATE, "2026-03-01", "1er mars 2026"),
        (QuestionType.TEXT, "Rien à dire", "Rien à dire"),
        (QuestionType.PHOTO, "ab12", "photo jointe"),
        (QuestionType.TEXT, None, ""),
    ],
)
def test_a_value_reads_in_french(kind: QuestionType, value: Value, said: str) -> None:
    asked = question("q", kind, "Q", unit="prise", choices=CHOICES)
    assert value_words(asked, value).replace(NBSP, " ") == said


def test_a_state_is_said_with_its_reason() -> None:
    asked = question("q", QuestionType.BOOLEAN, "Q")
    unknown = Answer(State.UNKNOWN, reason="baie fermée à clé")
    assert answer_words(asked, unknown) == "inconnu (baie fermée à clé)"
    assert answer_words(asked, Answer(State.REFUSED)) == "non communiqué"
    assert answer_words(asked, Answer(State.NOT_APPLICABLE)) == "sans objet"
    assert evidence(asked, (unknown,)) == "inconnu (baie fermée à clé)"


def test_a_fact_says_how_it_became_known_or_that_it_is_disputed() -> None:
    asked = question("q", QuestionType.INTEGER, "Q")
    measured = known(12, Provenance.MEASURED)
    assert evidence(asked, (measured,)) == "12, mesuré"
    assert (
        heads_words(asked, (measured, known(45)))
        == "12 ou 45 (réponses contradictoires)"
    )
