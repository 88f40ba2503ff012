from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.journal import changes
from diag.journal.asks import asks_of
from diag.journal.errors import LockedError, RefusedError
from diag.journal.journal import Journal
from diag.journal.revision import Json, NewRevision, Origin, compose
from tests.journal.builders import (
    AUDIT,
    NOON,
    ROOT,
    apart,
    known,
    person,
    quarantined,
    room,
)
from tests.journal.worlds import content

SUBJECT = "place/x/q/y"


def draft(value: int, **changed: object) -> NewRevision:
    return replace(NewRevision(AUDIT.id, SUBJECT, value), **changed)  # type: ignore[arg-type]  # any field


def test_what_is_written_is_numbered_signed_and_dated(journal: Journal) -> None:
    author = person("u01")
    first = journal.write(draft(1), author)
    second = journal.write(draft(2), author)
    assert (first.lam, second.lam) == (1, 2)
    assert (first.at, second.at) == (NOON, NOON + 1000)
    assert (first.author, first.device) == ("u01", "laptop-u01")
    assert second.parents == (first.id,)


def test_what_is_read_of_what_came_in_commands_no_terminal(
    journal: Journal, author: Origin
) -> None:
    text = "rouge\x1b[31m\u202e"
    said: tuple[tuple[str, Json], ...] = (
        ("place/x/name", text),
        (f"erase-ask/{'a' * 64}", {"reason": text}),
    )
    for number, (subject, value) in enumerate(said, 1):
        fields: dict[str, Json] = {"audit": AUDIT.id, "subject": subject, "op": "set"}
        fields |= {"parents": [], "lam": number, "at": NOON, "value": value}
        fields |= {"author": author.author, "device": author.device}
        journal.ingest([compose(fields, bytes(8)).line])

    (head,) = journal.current(AUDIT.id, "place/x/name")
    assert head.value == "rouge[31m"
    (ask,) = asks_of(journal, AUDIT.id)
    assert ask.reason == "rouge[31m"
    journal.check_all()


def test_order_numbers_follow_the_whole_audit_and_no_other(
    journal: Journal, author: Origin
) -> None:
    journal.write(draft(1), author)
    elsewhere = journal.write(draft(1, subject="visit/x"), author)
    other = journal.write(draft(1, audit=room(1).id), author)
    assert (elsewhere.lam, other.lam) == (2, 1)


def test_p14_a_write_supersedes_exactly_the_heads_its_author_saw(
    journal: Journal, author: Origin
) -> None:
    first = apart(journal, draft(1), author)
    second = apart(journal, draft(2), author)
    third = apart(journal, draft(3), author, first.id)
    ids = {head.id for head in journal.current(AUDIT.id, SUBJECT)}
    assert ids == {second.id, third.id}
    journal.write(draft(4), author)
    (alone,) = journal.current(AUDIT.id, SUBJECT)
    assert alone.value == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_p14_holds_whatever_was_seen(journal: Journal, data: st.DataObject) -> None:
    author = person("u01")
    audit = str(uuid4())
    expected: set[str] = set()
    for value in range(5):
        seen = [head for head in sorted(expected) if data.draw(st.booleans())]
        said = apart(journal, draft(value, audit=audit), author, *seen)
        expected = expected - set(seen) | {said.id}
        assert {head.id for head in journal.current(audit, SUBJECT)} == expected


def test_more_heads_than_a_revision_may_name_are_settled_in_one_go(
    journal: Journal, author: Origin
) -> None:
    for value in range(20):
        apart(journal, draft(value), author)
    journal.write(draft(99), author)
    assert len(journal.current(AUDIT.id, SUBJECT)) == 1


def test_a_batch_is_written_whole_in_order(journal: Journal, author: Origin) -> None:
    said = journal.write_many([draft(1), draft(2), draft(3)], author)
    assert [revision.lam for revision in said] == [1, 2, 3]
    assert said[2].parents == (said[1].id,)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (1.5, "ni un entier"),
        (float("nan"), "ni un entier"),
        pytest.param("x" * 70_000, "octets", id="long"),
        pytest.param(["x" * 15_000] * 5, "octets", id="long in all"),
        ("\ud800", "illisible"),
    ],
)
def test_a_batch_with_one_refusal_writes_nothing(
    journal: Journal, author: Origin, wrong: object, problem: str
) -> None:
    before = content(journal.connection)
    bad = replace(draft(0), value=wrong)  # type: ignore[arg-type]  # what is refused
    with pytest.raises(RefusedError, match=problem):
        journal.write_many([draft(1), bad], author)
    assert content(journal.connection) == before
    assert quarantined(journal) == ()


def test_another_programs_writing_changes_the_version_and_ones_own_does_not(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    before = journal.version
    journal.write(draft(1), author)
    assert journal.version == before
    with Journal.open(tmp_path) as other:
        other.write(draft(2), author)
    assert journal.version != before


def test_what_is_checked_first_is_checked_when_nobody_else_can_write(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    def check() -> None:
        with Journal.open(tmp_path) as other:
            other.connection.execute("pragma busy_timeout = 0")
            with pytest.raises(LockedError):
                other.write(draft(2), author)
        raise LookupError

    with pytest.raises(LookupError):
        journal.write_many([draft(1)], author, check)
    assert not journal.manifest()


def test_audits_are_checked_a_few_at_a_time_and_each_damage_is_found(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    for audit in (AUDIT.id, str(uuid5(UUID(AUDIT.id), "other"))):
        journal.write(changes.noted(audit, ROOT, "q", "vu"), author)
    journal.connection.execute("update head set value = '\"autre\"'")
    with Journal.open(tmp_path) as again:
        found: list[str] = []
        again.on_change = found.append
        assert not again.check_some(1)
        assert len(found) == 1
        assert again.check_some(1)
        assert len(found) == 2
        assert again.is_checked
        again.check_all()
        assert len(found) == 2, "once each"


def test_texts_enter_normalised(journal: Journal, author: Origin) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", "e\u0301te\r\n"), author)
    assert said.value == "éte\n"


def test_the_history_of_a_subject_is_kept(journal: Journal, author: Origin) -> None:
    for value in (1, 2, 3):
        journal.write(draft(value), author)
    history = journal.history(AUDIT.id, SUBJECT)
    assert [revision.value for revision in history] == [1, 2, 3]
    assert journal.history_inside(AUDIT.id, "place") == history
    assert journal.history_inside(AUDIT.id, "plac") == ()


def test_an_audit_nobody_knows_is_empty(journal: Journal) -> None:
    nobody = room(1).id
    assert journal.heads(nobody) == ()
    assert journal.history(nobody, SUBJECT) == ()
    assert list(journal.lines(nobody)) == []
    assert journal.digest(nobody) == "0" * 64


def test_two_journals_that_exchange_their_lines_are_the_same(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    with Journal.open(tmp_path / "b") as other:
        journal.write(changes.answered(AUDIT.id, ROOT, "a", known(1)), author)
        other.write(changes.answered(AUDIT.id, ROOT, "b", known(2)), person("u02"))
        assert other.digest(AUDIT.id) != journal.digest(AUDIT.id)
        other.ingest(journal.lines(AUDIT.id))
        taken = journal.ingest(other.lines(AUDIT.id))
        assert (taken.new, taken.known, set(taken.audits)) == (1, 1, {AUDIT.id})
        assert other.manifest() == journal.manifest()
        assert list(other.lines(AUDIT.id)) == list(journal.lines(AUDIT.id))
        assert other.heads(AUDIT.id) == journal.heads(AUDIT.id)


def test_the_manifest_says_how_many_and_which(journal: Journal, author: Origin) -> None:
    first = journal.write(draft(1), author)
    second = journal.write(draft(2), author)
    (line,) = journal.manifest()
    both = int(first.id, 16) ^ int(second.id, 16)
    assert line == (AUDIT.id, 2, f"{both:064x}")
    assert journal.digest(AUDIT.id) == line.digest


def test_lines_come_out_in_the_order_of_the_log(
    journal: Journal, author: Origin
) -> None:
    said = [journal.write(draft(1, subject=name), author) for name in ("z/1", "a/1")]
    assert list(journal.lines(AUDIT.id)) == [revision.line for revision in said]


def test_refused_lines_can_be_looked_at(journal: Journal) -> None:
    taken = journal.ingest([b'{"a":1}'])
    (waiting,) = quarantined(journal)
    assert (waiting.id, waiting.line) == (taken.rejected[0].id, '{"a":1}')
    assert waiting.problem == taken.rejected[0].problem


def test_heads_know_whether_they_say_something(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    (head,) = journal.heads(AUDIT.id)
    assert (head.has_value, head.withdrawn) == (True, False)
    journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)
    (head,) = journal.heads(AUDIT.id)
    assert (head.has_value, head.withdrawn) == (False, True)
