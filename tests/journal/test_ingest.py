"""The one write path: properties of SYNC.md §5.2 that hold on one journal."""

import gc
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.journal.ingest import ingest
from diag.journal.proof import rebuild
from diag.journal.revision import Json, compose, loads, parse
from tests.journal.worlds import (
    AUDITS,
    SUBJECTS,
    content,
    fields_of,
    heads_by_definition,
    heads_in,
    histories,
    memory,
    take,
)

ORDERS = st.randoms(use_true_random=False)


def line(number: int, *parents: str, **fields: Json) -> bytes:
    """Return a line of the first audit, about the first subject unless said."""
    usual: dict[str, Json] = fields_of(AUDITS[0], SUBJECTS[0], "set", number)
    usual |= {"value": number, "lam": number, "at": 0, "parents": sorted(parents)}
    return compose({**usual, **fields}, number.to_bytes(8)).line


def id_of(text: bytes) -> str:
    return parse(text).id


@given(histories())
def test_p2_taking_a_set_in_twice_is_taking_it_in_once(lines: list[bytes]) -> None:
    with memory(lines) as journal:
        once = content(journal)
        again = take(journal, lines)
        assert (again.new, again.known) == (0, len(lines))
        assert content(journal) == once


@given(histories(), ORDERS, st.integers(1, 4))
def test_p3_any_order_and_any_partition_leave_the_same_journal(
    lines: list[bytes], chance: Random, size: int
) -> None:
    shuffled = chance.sample(lines, len(lines))
    parts = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    with memory(lines) as straight, memory(*parts) as scattered:
        assert content(scattered) == content(straight)


@given(histories(), ORDERS, st.integers(1, 4))
def test_p3_holds_for_an_erased_log_that_another_journal_exported(
    lines: list[bytes], chance: Random, size: int
) -> None:
    with memory(lines) as source:
        rows = source.execute("select body from rev").fetchall()
        expected = content(source)
    exported = [body.encode() for (body,) in rows]
    shuffled = chance.sample(exported, len(exported))
    parts = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    with memory(*parts) as copy:
        assert content(copy) == expected


@given(histories())
def test_p4_projections_are_what_the_log_says(lines: list[bytes]) -> None:
    with memory() as journal:
        for text in lines:
            take(journal, [text])
            kept = content(journal)
            rebuild(journal)
            assert content(journal) == kept


@given(histories(erasures=False), st.lists(st.integers(0, 2**53 - 1), min_size=9))
def test_p8_heads_do_not_depend_on_clocks(lines: list[bytes], times: list[int]) -> None:
    renamed: dict[str, str] = {}
    moved = []
    for text, at in zip(lines, times, strict=False):
        old = parse(text)
        parents = sorted(renamed[parent] for parent in old.parents)
        fields = fields_of(old.audit, old.subject, old.op, 0)
        fields |= {"lam": old.lam, "parents": parents, "at": at, "value": old.value}
        new = compose(fields, old.key[:8])
        renamed[old.id] = new.id
        moved.append(new.line)
    with memory(lines) as before, memory(moved) as after:
        expected = {(subject, renamed[head]) for subject, head in heads_in(before)}
        assert heads_in(after) == expected


@given(histories(), ORDERS)
def test_p15_a_head_is_what_no_revision_of_its_subject_names(
    lines: list[bytes], chance: Random
) -> None:
    with memory(chance.sample(lines, len(lines))) as journal:
        assert heads_in(journal) == heads_by_definition(lines)


@given(histories(), st.binary(max_size=40))
def test_p16_a_refused_batch_leaves_the_log_as_it_was(
    lines: list[bytes], noise: bytes
) -> None:
    refused = [noise, b'{"a":1.5}', line(1, lam=2**53 - 1, audit=AUDITS[1])]
    with memory(lines) as journal:
        before = content(journal)
        taken = take(journal, refused)
        after = content(journal)
        assert taken.new == 0
        assert len(taken.rejected) == len(refused)
        assert {**after, "quarantine": []} == {**before, "quarantine": []}


def test_one_bad_line_is_refused_alone() -> None:
    lines = [line(number) for number in range(1, 400)]
    lines.insert(200, b'{"poison":true}')
    with memory() as journal:
        taken = take(journal, lines)
        assert (taken.new, len(taken.rejected)) == (399, 1)
        assert taken.rejected[0].line == 201
        assert "champ" in taken.rejected[0].problem


def test_an_order_number_far_ahead_waits_until_others_caught_up() -> None:
    far = line(1_000_002)
    with memory() as journal:
        (refusal,) = take(journal, [far, line(1)]).rejected
        assert "trop grand" in refusal.problem
        take(journal, [line(2)])
        assert take(journal, [far]).new == 1
        assert content(journal)["quarantine"] == []


def test_what_is_not_even_text_waits_in_quarantine_in_a_readable_form() -> None:
    with memory() as journal:
        take(journal, [b"\xff{"])
        ((_, body, problem, _),) = content(journal)["quarantine"]
        assert (body, problem) == (
            "\\xff{",
            "la ligne n'est pas un texte UTF-8 lisible",
        )


def test_a_revision_supersedes_nothing_in_another_subject() -> None:
    answer = line(1)
    attack = line(2, id_of(answer), subject=SUBJECTS[1])
    with memory([answer, attack]) as journal, memory([attack], [answer]) as other:
        assert (SUBJECTS[0], id_of(answer)) in heads_in(journal)
        assert content(other) == content(journal)


def test_a_revision_supersedes_nothing_in_another_audit() -> None:
    answer = line(1)
    attack = line(1, id_of(answer), audit=AUDITS[1])
    with memory([answer, attack]) as journal:
        assert (SUBJECTS[0], id_of(answer)) in heads_in(journal)


def test_a_parent_that_has_not_arrived_is_no_obstacle() -> None:
    first, second = line(1), line(2, id_of(line(1)))
    with memory([second]) as journal:
        assert take(journal, [first]).new == 1
        assert heads_in(journal) == {(SUBJECTS[0], id_of(second))}


def test_p11_unknown_fields_and_subjects_are_kept_byte_for_byte() -> None:
    newer = line(1, subject="capteur/7", mood="gai", extra={"z": [1, "é"], "a": None})
    with memory([newer]) as journal:
        ((body,),) = journal.execute("select body from rev").fetchall()
        assert body.encode() == newer


def test_what_stands_is_kept_as_its_line_holds_it() -> None:
    """Kept as it is shown, it was no longer what an earlier version had kept of it:
    its journal, opened, was told damaged.
    """
    value: Json = {"name": "Salle\ufffe \x1b[31mbleue"}
    with memory([line(1, value=value)]) as journal:
        ((text,),) = journal.execute("select value from head").fetchall()
    assert loads(text) == value


def test_an_empty_batch_changes_nothing() -> None:
    with memory([line(1)]) as journal:
        before = content(journal)
        assert take(journal, []).new == 0
        assert content(journal) == before


@pytest.mark.parametrize("is_on", [True, False])
def test_a_batch_is_taken_in_without_the_collector(*, is_on: bool) -> None:
    """It walked through all lines again and again: a fifth of a first sync."""
    seen = list[bool]()

    def watched(*, cut: bool = False) -> Iterator[bytes]:
        seen.append(gc.isenabled())
        yield line(1)
        if cut:
            raise ZeroDivisionError

    if not is_on:
        gc.disable()
    try:
        with memory([]) as journal:
            assert ingest(journal, watched()).new == 1
            with pytest.raises(ZeroDivisionError):
                ingest(journal, watched(cut=True))
        assert seen == [False, False]
        assert gc.isenabled() is is_on
    finally:
        gc.enable()
