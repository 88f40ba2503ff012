"""What was judged from nothing is not judged again, whichever test asks.

Most tests open a copy of the same audit: the same facts by the same judge give the
same. What was judged since some answers is always worked out: tests compare with it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from unittest.mock import patch

from diag.assess.judge import Judge
from diag.assess.results import Assessment
from diag.model.audit import Facts

_KEPT = 24
_known: list["_Judged"] = []
_assess = Judge.assess


class _Judged(NamedTuple):
    judge: Judge
    facts: Facts
    asked: tuple[Collection[str] | None, Collection[str]]
    found: Assessment


@contextmanager
def judge_once() -> Iterator[None]:
    """Take the place of the program's own."""
    with patch.object(Judge, "assess", _assess_once):
        yield


def _assess_once(
    judge: Judge,
    facts: Facts,
    advised: Collection[str] | None = None,
    aside: Collection[str] = (),
    since: Assessment | None = None,
) -> Assessment:
    if since is not None:
        return _assess(judge, facts, advised, aside, since)
    asked = advised, aside
    for one in _known:
        if one.judge is judge and one.asked == asked and one.facts == facts:
            return one.found
    found = _assess(judge, facts, advised, aside)
    _known[:] = [_Judged(judge, facts, asked, found), *_known[: _KEPT - 1]]
    return found
