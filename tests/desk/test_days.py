"""Days as people type them."""

from datetime import date

import pytest

from diag.desk.days import day_typed
from diag.model.errors import DiagError

DAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    "typed", ["05/10/2026", "5/10/26", " 5/10/2026", "5.10.2026", "2026-10-05"]
)
def test_a_day_is_typed_as_one_writes_it(typed: str) -> None:
    assert day_typed(typed) == DAY


@pytest.mark.parametrize("typed", ["", "demain", "31/02/2026", "5/10", "//"])
def test_what_is_no_day_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(DiagError, match="31/01/2027"):
        day_typed(typed)


@pytest.mark.parametrize("typed", ["01/01/1066", "9999-12-31"])
def test_a_day_far_from_any_audit_is_refused(typed: str) -> None:
    with pytest.raises(DiagError, match="de 1990 à 2100"):
        day_typed(typed)
