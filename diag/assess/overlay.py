"""Facts as they would be, were a few answers different: nothing is recorded."""

from collections.abc import Mapping
from dataclasses import replace

from diag.model.enums import State
from diag.model.fact import Answer, Facts, Value

Overlay = Mapping[tuple[str, str], Answer | Value]
"""(Place id, question id) → an answer, a known value, or None: not known."""


def with_answers(facts: Facts, overlay: Overlay) -> Facts:
    """Return facts with some answers replaced; a plain value is a known answer."""
    answers = dict(facts.answers)
    for key, said in overlay.items():
        answers[key] = (said if isinstance(said, Answer) else _answer(said),)
    return replace(facts, answers=answers)


def _answer(value: Value) -> Answer:
    return Answer(State.UNKNOWN if value is None else State.KNOWN, value)
