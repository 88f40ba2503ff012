"""How many examples and cases are tried: a few each time, all in the long run."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings

_FEW = 8


def load_profile(*, is_long: bool) -> None:
    """Choose how many; no test judges by the clock: others may use the machine."""
    settings.register_profile("long", deadline=None)
    settings.register_profile("few", deadline=None, max_examples=_FEW)
    settings.load_profile("long" if is_long else "few")


def examples(count: int, few: int = _FEW) -> settings:
    """Try a property on that many examples in the long run, on a few otherwise."""
    is_long = settings.get_current_profile_name() == "long"
    return settings(max_examples=count if is_long else min(count, few))


def cases(every: Iterable[object], *gate: object) -> list[ParameterSet]:
    """Return the cases of a test: those of the gate, and others for the long run.

    Raises:
        ValueError: the gate tries none, or one that is no case.
    """
    known = [*every]
    if not gate or any(each not in known for each in gate):
        raise ValueError(f"The gate tries {gate}, of {known}.")
    return [
        pytest.param(each, marks=() if each in gate else pytest.mark.long)
        for each in known
    ]
