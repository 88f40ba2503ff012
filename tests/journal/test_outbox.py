from pathlib import Path

import pytest

from diag.journal import backup, proof
from diag.journal.errors import RefusedError
from diag.journal.facts import open_audit
from diag.journal.journal import FILE, Journal
from diag.journal.outbox import MailState, Outbox, Posted
from diag.journal.people import retire
from diag.journal.records import dispatches_of
from diag.journal.revision import Origin
from diag.model.audit import Dispatch
from tests.journal.builders import AUDIT, CAMPAIGN, NOON, SUBJECT
from tests.journal.test_dispatches import SENT

BODY = b"Subject: Rapport\r\n\r\nun texte que l'on reconnait\r\n"


@pytest.fixture
def outbox(journal: Journal) -> Outbox:
    return Outbox(journal)


def add(outbox: Outbox, sent: Dispatch = SENT) -> Posted | None:
    return outbox.add(
        AUDIT.id, sent, BODY, sender="moi@example.org", title="Rapport", at=NOON
    )


def test_a_message_waits_whole_until_it_is_sent(outbox: Outbox) -> None:
    posted = add(outbox)
    assert posted is not None
    assert outbox.waiting() == outbox.all() == (posted,)
    assert (posted.state, posted.attempts, posted.next_at) == ("waiting", 0, NOON)
    assert posted.dispatch == SENT
    assert outbox.body(posted.number) == BODY


def test_the_very_same_message_is_kept_once(outbox: Outbox) -> None:
    assert add(outbox) is not None
    assert add(outbox) is None
    assert len(outbox.all()) == 1


def test_only_one_program_takes_a_message(outbox: Outbox, tmp_path: Path) -> None:
    posted = add(outbox)
    assert posted is not None
    with Journal.open(tmp_path) as other:
        assert Outbox(other).begin(posted.number, NOON + 5)
        assert not outbox.begin(posted.number, NOON + 6)
    (taken,) = outbox.all()
    assert (taken.state, taken.attempts, taken.tried_at) == ("sending", 1, NOON + 5)
    assert outbox.waiting() == ()


def test_what_has_left_is_told_in_its_audit_and_leaves_no_body_behind(
    journal: Journal, outbox: Outbox, author: Origin
) -> None:
    posted = add(outbox)
    assert posted is not None
    outbox.begin(posted.number, NOON)
    outbox.delivered(posted, SENT.model_copy(update={"on": "2026-10-07"}), author)
    (told,) = dispatches_of(journal, AUDIT.id)
    assert told.on == "2026-10-07"
    (left,) = outbox.all()
    assert left.state is MailState.SENT
    assert outbox.body(posted.number) == b""
    journal.connection.execute("pragma wal_checkpoint(truncate)")
    assert b"que l'on reconnait" not in (journal.path.parent / FILE).read_bytes()


def test_a_message_is_sent_and_told_or_neither(
    journal: Journal, outbox: Outbox, author: Origin
) -> None:
    posted = add(outbox)
    assert posted is not None
    outbox.begin(posted.number, NOON)
    too_long = SENT.model_copy(update={"edition": "x" * 70_000})
    with pytest.raises(RefusedError):
        outbox.delivered(posted, too_long, author)
    assert outbox.all()[0].state is MailState.SENDING
    assert outbox.body(posted.number) == BODY
    assert dispatches_of(journal, AUDIT.id) == ()


def test_a_message_put_back_waits_for_its_time(outbox: Outbox) -> None:
    posted = add(outbox)
    assert posted is not None
    outbox.postpone(posted.number, NOON + 60, "pas en cours : sans effet")
    assert outbox.all() == (posted,)
    outbox.begin(posted.number, NOON)
    outbox.postpone(posted.number, NOON + 60_000, "injoignable")
    (back,) = outbox.waiting()
    assert (back.next_at, back.problem) == (NOON + 60_000, "injoignable")


def test_what_is_refused_or_in_doubt_waits_for_a_person(outbox: Outbox) -> None:
    posted = add(outbox)
    assert posted is not None
    number = posted.number
    outbox.begin(number, NOON)
    outbox.doubt(number, "réponse perdue")
    assert (outbox.all()[0].state, outbox.waiting()) == ("sending", ())
    outbox.refuse(number, "550 inconnu")
    assert (outbox.all()[0].state, outbox.waiting()) == ("failed", ())
    assert outbox.again(number, NOON + 1)
    (again,) = outbox.waiting()
    assert (again.next_at, again.problem) == (NOON + 1, "")


def test_a_message_that_left_is_neither_sent_again_nor_dropped(
    outbox: Outbox, author: Origin
) -> None:
    posted = add(outbox)
    assert posted is not None
    outbox.begin(posted.number, NOON)
    outbox.delivered(posted, SENT, author)
    assert not outbox.again(posted.number, NOON)
    assert not outbox.cancel(posted.number)
    assert add(outbox) is None


def test_a_message_dropped_is_gone_and_its_number_with_it(outbox: Outbox) -> None:
    posted = add(outbox)
    assert posted is not None
    assert outbox.cancel(posted.number)
    assert outbox.all() == ()
    assert outbox.by_number(posted.number) is None
    again = add(outbox)
    assert again is not None
    assert again.number > posted.number


def test_an_unknown_message_is_nobodys(outbox: Outbox) -> None:
    assert outbox.body(9) == b""
    assert not outbox.begin(9, NOON)
    assert not outbox.cancel(9)


@pytest.mark.parametrize(
    "change",
    [
        "delete from outbox",
        "update outbox set title = 'x'",
        "update outbox set body = x'00'",
    ],
)
def test_what_the_disk_changed_is_told_when_it_is_listed_or_sent(
    journal: Journal, outbox: Outbox, change: str
) -> None:
    told: list[str] = []
    journal.on_change = told.append
    add(outbox)
    outbox.all()
    assert not told

    with journal.transaction() as connection:
        connection.execute(change)

    for read in (outbox.all, outbox.waiting):
        read()
        assert "boîte d'envoi a changé sur le disque" in told.pop()


def test_what_the_disk_changed_is_told_before_it_is_written_over(
    journal: Journal, outbox: Outbox
) -> None:
    told: list[str] = []
    journal.on_change = told.append
    posted = add(outbox)
    assert posted is not None
    with journal.transaction() as connection:
        connection.execute("update outbox set body = x'00'")

    assert not outbox.begin(posted.number, NOON)

    assert "boîte d'envoi a changé sur le disque" in told[0]
    assert outbox.waiting() == ()


def test_what_the_disk_changed_is_told_after_a_repair_too(
    journal: Journal, outbox: Outbox, tmp_path: Path
) -> None:
    add(outbox)
    with journal.transaction() as connection:
        connection.execute("update outbox set body = x'00'")
    told: list[str] = []
    (tmp_path / "new").mkdir()

    with Journal.open(tmp_path / "new") as mended:
        mended.on_change = told.append
        with mended.transaction() as connection:
            backup.carry_over(journal.path, connection, last=True)
        with mended.transaction() as connection:
            backup.carry_over(journal.path, connection, last=False)
        (kept,) = Outbox(mended).all()

    assert kept.title == "Rapport"
    assert "boîte d'envoi a changé sur le disque" in told[0]


@pytest.mark.parametrize("change", ["dispatch = 'x'", "dispatch = '{}'"])
def test_a_message_that_the_disk_made_unreadable_hides_no_other(
    journal: Journal, outbox: Outbox, change: str
) -> None:
    told: list[str] = []
    journal.on_change = told.append
    first = add(outbox)
    other = add(outbox, SENT.model_copy(update={"message": "<autre@example.org>"}))
    assert first is not None
    with journal.transaction() as connection:
        connection.execute(f"update outbox set {change} where number = 1")

    assert outbox.all() == (other,)
    assert outbox.by_number(first.number) is None
    assert "boîte d'envoi a changé sur le disque" in told[0]


@pytest.mark.parametrize(
    "change",
    [
        "delete from outbox where number = 1",
        "update outbox set dispatch = 'x'",
        "update outbox set state = 'sent', body = x'00'",
    ],
)
def test_a_message_that_the_disk_changed_is_taken_out_by_its_number(
    journal: Journal, outbox: Outbox, change: str
) -> None:
    """It was told at each listing, for ever, and no command knew its number."""
    told: list[str] = []
    journal.on_change = told.append
    add(outbox)
    with journal.transaction() as connection:
        connection.execute(change)
    other = add(outbox, SENT.model_copy(update={"message": "<autre@example.org>"}))
    assert other is not None
    assert outbox.changed() == {1}
    assert outbox.is_changed(1)
    assert not outbox.is_changed(other.number)
    assert outbox.begin(other.number, NOON)  # what leaves meanwhile hides nothing
    assert outbox.changed() == {1}

    outbox.cancel_changed(1, NOON)
    told.clear()

    assert [one.number for one in outbox.all()] == [other.number]
    assert told == []
    assert outbox.taken_out() == ((1, NOON),)


def test_the_messages_of_an_older_diag_are_summed_each_once_checked(
    journal: Journal, outbox: Outbox
) -> None:
    told: list[str] = []
    journal.on_change = told.append
    posted = add(outbox)
    assert posted is not None
    with journal.transaction() as connection:
        connection.execute("delete from proof where name glob 'outbox/*'")
        proof.seal(connection, "outbox")

    assert outbox.waiting() == (posted,)
    assert outbox.begin(posted.number, NOON)
    assert outbox.changed() == frozenset()
    assert told == []
    with journal.transaction() as connection:
        connection.execute("update outbox set title = 'x'")
    assert outbox.changed() == {posted.number}


def test_a_purge_of_an_older_file_is_no_change_of_the_disk(
    journal: Journal, outbox: Outbox, author: Origin
) -> None:
    told: list[str] = []
    journal.on_change = told.append
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    assert add(outbox) is not None
    with journal.transaction() as connection:
        connection.execute("delete from proof where name glob 'outbox/*'")
        proof.seal(connection, "outbox")

    retire(journal, AUDIT.id, "terme", author)

    assert outbox.all() == ()
    assert told == []


def test_what_an_older_diag_dropped_meanwhile_is_not_told_as_lost(
    journal: Journal, outbox: Outbox
) -> None:
    """It keeps the one sum of all, and knows nothing of those of each."""
    told: list[str] = []
    journal.on_change = told.append
    first = add(outbox)
    assert first is not None
    with journal.transaction() as connection:
        connection.execute("delete from outbox")
        proof.seal(connection, "outbox")

    second = add(outbox, SENT.model_copy(update={"message": "<2@example.org>"}))

    assert outbox.changed() == frozenset()
    assert outbox.waiting() == (second,)
    assert told == []


def test_a_write_sums_one_message_alone(journal: Journal, outbox: Outbox) -> None:
    """All bodies were read and written as text at each: 5.7 s for a hundred of 2 MB."""
    asked: list[str] = []
    for number in range(9):
        add(outbox, SENT.model_copy(update={"message": f"<{number}@example.org>"}))
    journal.connection.set_trace_callback(asked.append)
    outbox.begin(1, NOON)
    journal.connection.set_trace_callback(None)

    read = [sql for sql in asked if "from outbox" in sql]
    assert read
    assert all("number = 1" in sql for sql in read)
