"""Sensitive facts that would have to be told: by the socle, or by a danger."""

from collections.abc import Iterator

from diag.checklist.loaded import Loaded
from diag.checklist.reserved import names_of, reserved_questions
from diag.model.enums import Kind
from diag.rules.problem import Problem


def withheld_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the blocking criteria and the dangers that read a sensitive fact.

    Both are told to everyone: what is read behind them would be guessed.
    """
    draft = loaded.draft
    reserved = reserved_questions(draft.questions)
    for criterion in draft.criteria.values():
        read = sorted(names_of(criterion) & reserved)
        if criterion.kind is Kind.BLOCKING and read:
            yield loaded.item("criteria", criterion.id).problem(
                ("kind",),
                f"le socle se dit à tous, et ce critère lit « {read[0]} », un fait "
                "sensible ou que l'un d'eux décide",
                "Séparez ce qui est public, ou écrivez « kind: improvement ».",
                about=read,
            )
    for question in draft.questions.values():
        if question.danger and question.id in reserved:
            yield loaded.item("questions", question.id).problem(
                ("danger",),
                "un danger se dit à tous, et celui-ci est un fait sensible, ou que "
                "l'un d'eux décide",
                "Retirez « sensitive » ou « danger », ou la condition qui le lit.",
            )
