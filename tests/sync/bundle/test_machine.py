"""Laptops and hubs as in `tests.sync.machine`, with real bundles carried between them.

Read, read again long after, undone: everybody agrees at the end all the same.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from diag.journal.bundles import BuiltUponError, brought, withheld
from diag.journal.journal import Journal
from diag.sync.bundle.read import undo
from tests.sync.bundle.colleagues import Colleague, keys_of
from tests.sync.machine import LAPTOPS, WAITING, Meetings, ids_of
from tests.sync.test_properties import DEEP, QUICK

KEYS = keys_of(1)

SKELETONS = "select id from opaque where json_extract(body, '$.erased')"
"""Of lines that this version cannot read: they come back with the hub's erasure."""


class Carrying(Meetings):
    """The same world, where bundles travel too."""

    def __init__(self) -> None:
        super().__init__()
        self.home = tempfile.TemporaryDirectory()
        self.carried: list[tuple[Path, set[bytes]]] = []

    def colleague(self, number: int) -> Colleague:
        journal = self.laptop(number)
        journal.path = Path(self.home.name) / "diag.db"
        return Colleague("x", journal, KEYS, {"x": KEYS.card})

    @rule(giver=LAPTOPS, taker=LAPTOPS)
    def carry(self, giver: int, taker: int) -> None:
        path = Path(self.home.name) / f"{len(self.carried)}.diag"
        whole = self.colleague(giver)
        whole.write(path, whole)
        left = {key for (key,) in whole.journal.select(SKELETONS)}
        self.carried.append((path, ids_of(whole.journal) - left))
        self.read(len(self.carried) - 1, taker)

    @rule(which=st.integers(0, 9), taker=LAPTOPS)
    def read(self, which: int, taker: int) -> None:
        """Read a bundle, new or old: the union, but for erasures that nothing proves.

        Those wait, and what they erased with them: no hub is known here, and who
        carries them did not decide them.
        """
        if not self.carried:
            return
        path, held = self.carried[which % len(self.carried)]
        reader = self.colleague(taker)
        before = ids_of(reader.journal)
        entered = reader.read(path)
        after = ids_of(reader.journal)
        waiting = {one.revision.key for one in withheld(reader.journal)}
        assert not waiting & after, "what is here waits for nothing"
        waiting |= {key for (key,) in reader.journal.select(WAITING)}
        assert after | waiting >= before | held
        assert entered.revisions == len(after - before)
        assert reader.read(path).revisions == 0

    @rule(number=LAPTOPS)
    def take_back(self, number: int) -> None:
        """Undo the last bundle, if nothing was built upon it."""
        journal = self.colleague(number).journal
        done = [one.name for one in brought(journal) if one.undone_at is None]
        before = ids_of(journal)
        try:
            count = undo(journal, done[-1], 0) if done else 0
        except BuiltUponError:
            count = 0
        assert len(before - ids_of(journal)) == count
        self.forget(before)

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.home.cleanup()

    def check_same(self) -> None:
        for journal in self.laptops:
            _forget_what_was_set_aside(journal)
        super().check_same()


def _forget_what_was_set_aside(journal: Journal) -> None:
    """Drop from quarantine what was undone and nobody brought back."""
    sql = "delete from quarantine where problem like 'mise de côté%'"
    journal.connection.execute(sql)


def test_bundles_change_nothing_to_what_holds() -> None:
    run_state_machine_as_test(Carrying, settings=QUICK)


@pytest.mark.long
def test_bundles_change_nothing_to_what_holds_for_longer() -> None:
    run_state_machine_as_test(Carrying, settings=DEEP)
