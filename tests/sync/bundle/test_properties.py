"""A bundle is a way in as any other: same union, in any order, as often as wanted."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from diag.journal.bundles import Rules
from diag.sync.bundle import LIMITS, BundleError, Payload, write
from diag.sync.bundle.read import _Inflating, undo
from diag.sync.bundle.write import Bundle
from diag.sync.keys import DeviceKeys
from tests.examples import examples
from tests.journal.builders import NOON, quarantined
from tests.journal.worlds import content, histories
from tests.sync.bundle.colleagues import Colleague, Deaf, keys_of, meet
from tests.sync.offices import journal_in


def _nearly() -> st.SearchStrategy[bytes]:
    """Give lines that are nearly revisions."""
    return st.dictionaries(
        st.sampled_from(["v", "audit", "subject", "op", "at", "lam", "parents"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=9), st.just([])),
    ).map(lambda body: json.dumps(body, sort_keys=True).encode())


KEYS: list[DeviceKeys] = [keys_of(1), keys_of(2)]


def shown(of: Colleague) -> dict[str, object]:
    """Return what a journal holds, whatever was set aside on the way."""
    found: dict[str, object] = dict(content(of.journal.connection))
    found.pop("quarantine")
    return found


@examples(60, few=5)
@given(st.lists(histories(), min_size=2, max_size=2), st.data())
def test_a_bundle_does_what_taking_the_lines_in_does(
    drawn: list[list[bytes]], data: st.DataObject
) -> None:
    theirs, ours = drawn
    with (
        tempfile.TemporaryDirectory() as name,
        journal_in(Path(name) / "a") as first,
        journal_in(Path(name) / "b") as second,
        journal_in(Path(name) / "c") as third,
    ):
        path = Path(name) / "a.diag"
        anne, bruno = Colleague("a", first, KEYS[0]), Colleague("b", second, KEYS[1])
        direct = Colleague("c", third, KEYS[1])
        meet(anne, bruno)
        bruno.rules = Rules(NOON, hubs=("",))  # that judges what one person erases
        first.ingest(theirs)
        anne.write(path, bruno)
        for lines in (data.draw(st.permutations(ours)), theirs):
            third.ingest(lines)
        second.ingest(ours)
        before = shown(bruno)
        assert bruno.look(path).revisions >= 0
        assert shown(bruno) == before
        entered = bruno.read(path)
        after = shown(bruno)
        assert after == shown(direct)
        assert bruno.read(path).revisions == 0
        assert shown(bruno) == after
        second.rebuild()
        assert shown(bruno) == after
        undo(second, entered.name, NOON)
        undone = shown(bruno)
        second.rebuild()
        assert shown(bruno) == undone
        bruno.read(path)
        assert shown(bruno) == after


@examples(200, few=10)
@given(st.lists(st.one_of(st.binary(max_size=60), _nearly()), max_size=6))
def test_no_line_that_was_sealed_and_signed_crashes_the_reader(
    drawn: list[bytes],
) -> None:
    lines = [line.replace(b"\n", b"") for line in drawn]
    with (
        tempfile.TemporaryDirectory() as name,
        journal_in(Path(name) / "a") as first,
        journal_in(Path(name) / "b") as second,
    ):
        anne, bruno = Colleague("a", first, KEYS[0]), Colleague("b", second, KEYS[1])
        meet(anne, bruno)
        bundle = Bundle([], anne.keys, [], NOON)
        header = write._header(first, bundle)[0]
        header = header.model_copy(update={"revisions": len(lines)})
        told = [header.model_dump_json().encode(), *lines]
        parts = write._sign([part + b"\n" for part in told], header, anne.keys)
        path = Path(name) / "a.diag"
        write._seal(path, write._deflate(parts), [bruno.keys.card.age])
        before = content(second.connection)
        try:
            entered = bruno.read(path)
        except BundleError:
            assert content(second.connection) == before
        else:
            assert len(quarantined(second)) == len(set(lines))
            assert entered.revisions == 0


@examples(200)
@given(st.binary(max_size=400), st.binary(max_size=40))
def test_no_bytes_crash_the_reader(inside: bytes, raw: bytes) -> None:
    for prefix in (b"", b'{"format":"diag-bundle","version":1,'):
        with suppress(BundleError):
            Payload(Deaf(), LIMITS).feed(prefix + inside)
    inflating = _Inflating(Payload(Deaf(), LIMITS), LIMITS)
    with suppress(BundleError):
        inflating.write(raw)
        inflating.end()
