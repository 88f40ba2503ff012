"""A round of the outbox against real servers; the clock is ours."""

from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from diag.audit.history import dispatch_words
from diag.audit.session import AuditSession
from diag.documents.mail import Mail, composed
from diag.journal.outbox import MailState, Outbox, Posted
from diag.journal.records import dispatches_of
from diag.model.audit import Dispatch, Way
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.office.mail import (
    Delivery,
    confirm_arrival,
    delay,
    due,
    message_numbered,
    pause,
    posted_words,
    send_all,
    send_until_done,
)
from diag.office.mail_server import AccountError, Patience, Server
from diag.workspace.workspace import Workspace, World
from tests.audit.builders import DAY, started
from tests.office.mail.post_office import ABRUPT, SILENT, Office, opened

SENDER = "camille@vallombre.example"
AT = datetime(2026, 9, 20, 8, 1, tzinfo=UTC)
SHORT = Patience(answer=0.3, end=0.3)


class Clock:
    """A wall clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(desk: Workspace) -> Clock:
    ours = Clock()
    desk.world = World(clock=ours, nonce=desk.world.nonce, today=lambda: DAY)
    return ours


@pytest.fixture
def queued(clock: Clock, session: AuditSession) -> AuditSession:
    """An audit whose report waits for the town hall."""
    put(session, Audience.MAIRIE)
    return session


def put(session: AuditSession, audience: Audience) -> Posted:
    """Queue a message too short to be a report: its bytes are not the point here."""
    ident, to = f"<{audience}@vallombre.example>", f"{audience}@courvaux.example"
    mail = Mail(ident, AT, (to,), "Rapport", "Bonjour", "<p>Bonjour</p>", sender=SENDER)
    posted = Outbox(session.workspace.journal).add(
        session.audit.id,
        Dispatch(
            id=str(uuid5(UUID(session.audit.id), ident)),
            audience=audience,
            to=(to,),
            on="2026-09-20",
            way=Way.SMTP,
            message=ident,
        ),
        composed(mail),
        sender=SENDER,
        title="Rapport",
        at=session.workspace.world.clock(),
    )
    assert posted is not None
    return posted


def go(desk: Workspace, office: Office, *, at_once: bool = False) -> list[Delivery]:
    told: list[Delivery] = []

    def enter() -> Server:
        return Server.enter(office.account(), None, SHORT)

    outcomes = send_all(desk, due(desk, at_once=at_once), enter, told.append)
    assert tuple(one for one in told if one.said) == outcomes
    assert all(one.state is MailState.SENDING for one in told if not one.said)
    return list(outcomes)


def only(desk: Workspace) -> Posted:
    (posted,) = Outbox(desk.journal).all()
    return posted


def test_delays_double_up_to_half_a_day() -> None:
    assert [delay(n) // 60 for n in (1, 2, 3, 10, 11, 40)] == [1, 2, 4, 512, 720, 720]


def test_what_waits_is_sent_once_and_told_in_the_audit(
    desk: Workspace, queued: AuditSession
) -> None:
    with opened() as office:
        (outcome,) = go(desk, office)
        assert (outcome.state, outcome.rank, outcome.of) == (MailState.SENT, 1, 1)
        assert go(desk, office, at_once=True) == []
        (taken,) = office.taken
    message = message_from_bytes(taken)
    assert "X-Unsent" not in message
    assert message["Message-ID"] == only(desk).ident
    assert message["Date"] == "Mon, 21 Sep 2026 14:13:20 +0000"
    (told,) = dispatches_of(desk.journal, queued.audit.id)
    assert (told.way, told.message) == ("smtp", only(desk).ident)
    assert dispatch_words(told).startswith("05/10/2026 la mairie : envoyé à mairie@")
    assert Outbox(desk.journal).body(only(desk).number) == b""


def test_a_server_that_is_down_is_tried_again_later(
    desk: Workspace, queued: AuditSession, clock: Clock
) -> None:
    put(queued, Audience.EQUIPE)
    with opened() as office:
        pass
    first, second = go(desk, office)
    assert first.state is second.state is MailState.WAITING
    assert (first.rank, second.rank) == (1, 2)
    assert due(desk) == ()
    assert pause(desk) == 60
    clock.now += 60_000
    assert [one.attempts for one in due(desk)] == [1, 1]
    go(desk, office)
    assert pause(desk) == 120
    assert "Prochain essai" in posted_words(due(desk, at_once=True)[0])


def test_greylisting_is_waited_for(
    desk: Workspace, queued: AuditSession, clock: Clock
) -> None:
    with opened(Office(rcpt=["451 Greylisted, come back"])) as office:
        (later,) = go(desk, office)
        assert (later.state, office.taken) == (MailState.WAITING, [])
        assert "451 Greylisted" in only(desk).problem
        assert go(desk, office) == []
        clock.now += 60_000
        (sent,) = go(desk, office)
        assert sent.state is MailState.SENT
        assert len(office.taken) == 1
    assert pause(desk) is None


def test_one_may_wait_until_all_is_sent(
    desk: Workspace, queued: AuditSession, clock: Clock
) -> None:
    put(queued, Audience.EQUIPE)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        clock.now += int(seconds * 1000)

    busy = ["451 Later", "550 No such user", "451 Later"]
    with opened(Office(rcpt=busy)) as office:
        account = office.account()
        outcomes = send_until_done(
            desk, lambda: Server.enter(account, None, SHORT), lambda _: None, wait
        )
        assert len(office.taken) == 1
    states = [one.state for one in outcomes]
    assert states == ["waiting", "failed", "waiting", "sent"]
    assert waited == [60, 120]


def test_a_refusal_stops_and_says_why(desk: Workspace, queued: AuditSession) -> None:
    with opened(Office(rcpt=["550 No such user"])) as office:
        (refused,) = go(desk, office)
        assert refused.state is MailState.FAILED
        assert "« 550 No such user »" in posted_words(only(desk))
        assert go(desk, office, at_once=True) == []
        again = message_numbered(desk, only(desk).number)
        Outbox(desk.journal).again(again.number, desk.world.clock())
        (sent,) = go(desk, office)
        assert sent.state is MailState.SENT


def test_a_refusal_does_not_stop_the_others(
    desk: Workspace, queued: AuditSession
) -> None:
    put(queued, Audience.EQUIPE)
    with opened(Office(rcpt=["550 No such user"])) as office:
        assert [one.state for one in go(desk, office)] == ["failed", "sent"]


@pytest.mark.parametrize("end", [ABRUPT, SILENT])
def test_a_doubt_waits_for_a_person_and_is_never_sent_again_alone(
    desk: Workspace, queued: AuditSession, clock: Clock, end: str
) -> None:
    with opened(Office(data=[end])) as office:
        (doubt,) = go(desk, office)
        assert doubt.state is MailState.SENDING
        clock.now += 10**9
        assert go(desk, office, at_once=True) == []
        assert len(office.taken) == 1
    assert "peut-être parti" in posted_words(only(desk))
    assert dispatches_of(desk.journal, queued.audit.id) == ()
    confirm_arrival(desk, only(desk))
    assert only(desk).state is MailState.SENT
    (told,) = dispatches_of(desk.journal, queued.audit.id)
    assert told.on == "2026-09-21"


def test_after_a_doubt_the_others_go_on_a_new_line(
    desk: Workspace, queued: AuditSession
) -> None:
    put(queued, Audience.EQUIPE)
    with opened(Office(data=[ABRUPT])) as office:
        assert [one.state for one in go(desk, office)] == ["sending", "sent"]


def test_an_interruption_before_the_end_leaves_the_message_waiting(
    desk: Workspace, queued: AuditSession
) -> None:
    class Interrupted(Server):
        def _announce(self, *_: object) -> None:
            raise KeyboardInterrupt

    with opened() as office:
        account = office.account()
        with pytest.raises(KeyboardInterrupt):
            send_all(
                desk,
                due(desk),
                lambda: Interrupted.enter(account, None, SHORT),
                lambda _: None,
            )
    assert (only(desk).state, only(desk).problem) == (
        MailState.WAITING,
        "Envoi interrompu avant la fin.",
    )


def test_an_interruption_at_the_end_is_a_doubt(
    desk: Workspace, queued: AuditSession
) -> None:
    class Interrupted(Server):
        def _send_bytes(self, data: bytes) -> None:
            super()._send_bytes(data)
            if data == b".\r\n":
                raise KeyboardInterrupt

    with opened() as office:
        account = office.account()
        with pytest.raises(KeyboardInterrupt):
            send_all(
                desk,
                due(desk),
                lambda: Interrupted.enter(account, None, SHORT),
                lambda _: None,
            )
    assert only(desk).state is MailState.SENDING
    assert "en cours ailleurs" in posted_words(only(desk))


def test_a_server_that_does_not_let_us_in_costs_no_attempt(
    desk: Workspace, queued: AuditSession
) -> None:
    def enter() -> Server:
        raise AccountError("refusé")

    with pytest.raises(AccountError):
        send_all(desk, due(desk), enter, lambda _: None)
    assert (only(desk).state, only(desk).attempts) == (MailState.WAITING, 0)


def test_what_another_window_sends_is_left_to_it(
    desk: Workspace, queued: AuditSession
) -> None:
    taken = due(desk)
    Outbox(desk.journal).begin(taken[0].number, 0)
    with opened() as office:
        account = office.account()
        enter = lambda: Server.enter(account, None, SHORT)  # noqa: E731 - one line
        assert send_all(desk, taken, enter, lambda _: None) == ()
        assert office.taken == []


def test_only_what_was_interrupted_may_be_said_to_have_arrived(
    desk: Workspace, queued: AuditSession
) -> None:
    with pytest.raises(DiagError, match="n'a pas pu arriver"):
        confirm_arrival(desk, only(desk))
    Outbox(desk.journal).cancel(only(desk).number)
    with pytest.raises(DiagError, match="diag outbox list"):
        message_numbered(desk, 1)


def test_messages_of_an_audit_are_known_until_they_leave(
    desk: Workspace, queued: AuditSession, tmp_path: Path
) -> None:
    other = started(desk, "9990211A")
    outbox = Outbox(desk.journal)
    assert outbox.keeps(queued.audit.id)
    assert not outbox.keeps(other.audit.id)
    with opened() as office:
        go(desk, office)
    assert not outbox.keeps(queued.audit.id)
    with pytest.raises(DiagError, match="est parti"):
        message_numbered(desk, only(desk).number)
