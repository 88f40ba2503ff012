"""The page: one sheet whatever the words, each of them letter for letter."""

import io
from datetime import date
from typing import Any

import pypdf
from hypothesis import example, given
from hypothesis import strategies as st

from diag.documents.blocks import one_line
from diag.documents.document import Document, Meta
from diag.documents.formats.html import write_html
from diag.documents.formats.odt import write_odt
from diag.documents.formats.pdf import write_pdf
from diag.documents.questionnaire import (
    QuestionnairePage,
    fitting,
    questionnaire,
)
from diag.model.checklist import Choice, Question
from diag.model.enums import PlaceKind, QuestionType
from tests.documents.formats.test_literals import HOSTILE
from tests.documents.formats.validation import failures
from tests.examples import examples

DAY = date(2026, 3, 12)
PAGE = QuestionnairePage(
    title="Questionnaire à la direction",
    school="École élémentaire du Moulin, Aubeterre (9990001W)",
    campaign="2025-2026",
    back_to="Camille Perrin, Syndicat mixte Vallombre Numérique",
    reach="01 99 00 12 34",
    advice="Laissez vide ce que vous ne savez pas.",
    code="0123abcd",
)
WORDS = st.one_of(
    HOSTILE.filter(one_line),
    st
    .lists(st.sampled_from(["mot", "anticonstitutionnellement", "😀", "W" * 30]))
    .filter(bool)
    .map(" ".join),
)


def question(number: int, **fields: Any) -> Question:
    """Return a question of the page: a choice unless said otherwise."""
    known = {"type": QuestionType.CHOICE, "label": f"Libellé {number}"} | fields
    return Question(id=f"q{number}", domain="d", place=PlaceKind.ECOLE, **known)


META = Meta(title="Questionnaire", author="Camille Perrin", day=DAY)


def composed(questions: list[Question], page: QuestionnairePage = PAGE) -> Document:
    order = [one.id for one in questions]
    asked = fitting(page, questions, order)
    left = [one for one in questions if one not in asked]
    return questionnaire(META, page, asked, left)


def pdf_pages(made: Document) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(made)[0]))
    return [each.extract_text() for each in reader.pages]


def test_each_type_has_its_own_blank_and_what_is_vague_is_named() -> None:
    kinds = QuestionType
    text = composed([
        question(1, ask="Lequel ?", choices=(Choice(id="a", label="Le fil rouge"),)),
        question(2, type=kinds.BOOLEAN, ask="Qui a la clé ?"),
        question(3, type=kinds.INTEGER, ask="Combien ?", unit="classe"),
        question(4, type=kinds.NUMBER, label="Part des familles", unit="%"),
        question(5, type=kinds.DATE),
        question(6, type=kinds.TEXT),
        question(7, type=kinds.CHOICES, choices=(Choice(id="a", label="Un"),)),
    ]).markdown
    assert "1. **Lequel\u202f?**\\\n   ☐\u00a0Le\u00a0fil\u00a0rouge\n" in text
    assert "Libellé 2\u00a0: ☐\u00a0oui\u00a0\u00a0 ☐\u00a0non" in text
    assert "Libellé 3\u00a0: ……………… classe(s)" in text
    assert "4. **Part des familles**\\\n   ……………… %" in text.replace("\u00a0%", " %")
    assert "……\u00a0/\u00a0……" in text
    assert (
        "Plusieurs possibles\u00a0: ☐\u00a0Un\u00a0\u00a0 ☐\u00a0Rien\u00a0de\u00a0cela"
        in text
    )


def test_a_choice_that_says_none_is_not_printed_twice() -> None:
    choices = (
        Choice(id="pannes", label="Les pannes"),
        Choice(id="aucun", label="Rien"),
    )
    asked = question(1, type=QuestionType.CHOICES, choices=choices)
    text = composed([asked]).markdown
    assert "☐\u00a0Rien" in text
    assert "Rien\u00a0de\u00a0cela" not in text


def test_what_matters_most_has_room_first_and_is_printed_in_order() -> None:
    many = [question(n, label=f"Libellé {n}, un peu plus long") for n in range(60)]
    order = [one.id for one in many]
    asked = fitting(PAGE, many[::-1], order)
    assert 10 < len(asked) < 40
    assert list(asked) == many[-len(asked) :]
    text = questionnaire(META, PAGE, asked, many[: -len(asked)]).markdown
    assert "À voir ensemble\u00a0: Libellé 0, un peu plus long, Libellé 1" in text
    assert f"et {60 - len(asked) - text.count('un peu plus long, ')} autres." in text


def test_the_page_passes_validation_and_takes_every_form() -> None:
    made = composed([question(n, label="Un [libellé] *à* vérifier") for n in range(30)])
    file, warning = write_pdf(made)
    assert not warning
    for profile in ("ua1", "3a"):
        assert failures(file, profile) == []
    assert "Un [libellé] *à* vérifier" in write_html(made)[0].decode()
    assert write_odt(made)[0]


@examples(40, few=3)
@example(["<b>[x](javascript:1)</b> ☐ \n\n# Titre " * 9] * 4)
@given(st.lists(WORDS, min_size=1, max_size=30))
def test_any_words_make_one_page(words: list[str]) -> None:
    questions = [
        question(
            number,
            label=label,
            ask=label * (number % 2),
            unit=label[:20],
            type=(QuestionType.CHOICE, QuestionType.INTEGER)[number % 3 == 0],
            choices=(Choice(id="a", label=label), Choice(id="b", label="Non")),
        )
        for number, label in enumerate(words * 3)
    ]
    assert len(pdf_pages(composed(questions))) == 1
