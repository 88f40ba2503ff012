"""Erasure is final, in either order of arrival, and leaves digests valid."""

from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from diag.journal import changes
from diag.journal.journal import Journal
from diag.journal.revision import Origin, parse
from tests.journal.builders import AUDIT, ROOT, known, person
from tests.journal.worlds import bodies, content, histories, memory, take

SECRET = "Madame Untelle, au 06"


@given(histories(), st.randoms(use_true_random=False))
def test_p10_neither_value_nor_nonce_survives_in_any_order(
    lines: list[bytes], chance: Random
) -> None:
    revisions = [parse(line) for line in lines]
    doomed = {revision.erases for revision in revisions} - {None}
    spared = {revision.id for revision in revisions if revision.op == "erase"}
    with memory(chance.sample(lines, len(lines))) as journal:
        found = {
            key.hex(): erased
            for key, erased in journal.execute("select id, erased from rev")
        }
        assert {id_ for id_, erased in found.items() if erased} == doomed - spared
        for body in bodies(journal):
            assert ("nonce" in body) == ("erased" not in body)
            assert not ("erased" in body and "value" in body)


@given(histories())
def test_the_digest_is_the_same_with_and_without_what_was_erased(
    lines: list[bytes],
) -> None:
    with memory(lines) as journal:
        digests = dict(
            journal.execute(
                "select a.id, digest from tally join audit a on a.n = audit"
            )
        )
    for audit, digest in digests.items():
        total = 0
        for line in lines:
            if parse(line).audit == audit:
                total ^= int.from_bytes(parse(line).key)
        assert digest == total.to_bytes(32)


def test_an_erased_body_that_comes_back_does_not_come_in(
    journal: Journal, author: Origin
) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande du 3 mars"), author)
    assert journal.ingest([said.line]).new == 0
    (head,) = journal.current(AUDIT.id, said.subject)
    assert (head.id, head.value) == (said.id, None)
    assert all(SECRET.encode() not in line for line in journal.lines(AUDIT.id))


def test_an_erasure_that_comes_first_keeps_the_body_out(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    erasure = journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    (tmp_path / "autre").mkdir()
    with Journal.open(tmp_path / "autre") as other:
        other.ingest([erasure.line])
        assert other.ingest([said.line]).new == 1
        assert list(other.lines(AUDIT.id)) == list(journal.lines(AUDIT.id))
        assert other.digest(AUDIT.id) == journal.digest(AUDIT.id)


def test_no_byte_of_what_was_erased_stays_on_disk(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    for number in range(30):
        journal.write(changes.answered(AUDIT.id, ROOT, f"q{number}", known(1)), author)
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    journal.write(changes.noted(AUDIT.id, ROOT, "q", "remplacée"), author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    journal.connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    for path in tmp_path.glob("diag.db*"):
        assert SECRET.encode() not in path.read_bytes(), path


def test_an_erasure_is_not_erased_itself(journal: Journal, author: Origin) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    erasure = journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    journal.write(changes.erased(AUDIT.id, erasure.id, "pour voir"), person("u02"))
    (kept,) = journal.history(AUDIT.id, erasure.subject)
    assert kept.value == {"reason": "demande"}


def test_a_skeleton_alone_waits_for_its_erasure(
    journal: Journal, author: Origin
) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    erasure = journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    skeleton, *_ = journal.lines(AUDIT.id)
    with memory() as other:
        (refusal,) = take(other, [skeleton]).rejected
        assert "squelette" in refusal.problem
        assert take(other, [erasure.line]).new == 2
        assert content(other) == content(journal.connection)


def test_what_is_erased_leaves_the_quarantine_too(
    journal: Journal, author: Origin
) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    erasure = journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    with memory() as other:
        other.execute(
            "insert into quarantine values (?, ?, 'à voir', null)",
            (said.key, said.line.decode()),
        )
        take(other, [erasure.line])
        assert content(other)["quarantine"] == []
