"""The round of the outbox: what waits is sent in order, each outcome kept at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from diag.desk.sending.server import Server
from diag.desk.sending.trouble import (
    DoubtError,
    LaterError,
    NeverError,
    ReachError,
)
from diag.desk.workspace import Workspace
from diag.journal.outbox import MailState, Outbox, Posted
from diag.reports.mail import as_sent

FIRST_DELAY = 60
LONGEST_DELAY = 12 * 3600
"""Seconds before a message is tried again: doubled each time, up to half a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message."""

    posted: Posted
    rank: int
    of: int
    """How many this round had to send."""
    state: MailState
    said: str
    """The server's own words, or why it did not leave, in French."""


Tell = Callable[[Outcome], None]
"""Told of each message as it starts (`sending`, nothing said yet), then as it ends."""


def delay(attempts: int) -> int:
    """Return how many seconds to wait after so many attempts."""
    doubled = FIRST_DELAY << min(max(attempts - 1, 0), 10)
    return min(doubled, LONGEST_DELAY)


def due(workspace: Workspace, *, at_once: bool = False) -> tuple[Posted, ...]:
    """Return what is to be sent now; `at_once`, whatever its next attempt."""
    now = workspace.world.clock()
    waiting = Outbox(workspace.journal).waiting()
    return tuple(one for one in waiting if at_once or one.next_at <= now)


def pause(workspace: Workspace) -> float | None:
    """Return how many seconds until something is due; None when nothing waits."""
    waiting = Outbox(workspace.journal).waiting()
    if not waiting:
        return None
    soonest = min(one.next_at for one in waiting)
    return max(0.0, (soonest - workspace.world.clock()) / 1000)


def send_all(
    workspace: Workspace,
    messages: Sequence[Posted],
    enter: Callable[[], Server],
    tell: Tell,
) -> tuple[Outcome, ...]:
    """Send messages, on one line where it holds; tell each as it starts and ends.

    Raises:
        AccountError: when the server does not let us in; what is left still waits.
    """
    outcomes: list[Outcome] = []
    server: Server | None = None
    unreachable = ""
    try:
        for rank, posted in enumerate(messages, 1):
            if not unreachable and (server is None or not server.alive):
                try:
                    server = enter()
                except ReachError as error:
                    unreachable = str(error)
            if unreachable or server is None:
                result = _put_off(workspace, posted, unreachable)
            else:
                tell(Outcome(posted, rank, len(messages), MailState.SENDING, ""))
                result = _send(workspace, posted, server)
            if result is not None:
                outcomes.append(Outcome(posted, rank, len(messages), *result))
                tell(outcomes[-1])
    finally:
        if server is not None:
            server.close()
    return tuple(outcomes)


def send_until_done(
    workspace: Workspace,
    enter: Callable[[], Server],
    tell: Tell,
    wait: Callable[[float], None],
) -> tuple[Outcome, ...]:
    """Send what waits, round after round, until nothing does; return each outcome.

    What is refused or in doubt waits for a person, not for us.

    Raises:
        AccountError: when the server does not let us in; what is left still waits.
    """
    outcomes: list[Outcome] = []
    while (seconds := pause(workspace)) is not None:
        if seconds:
            wait(seconds)
        outcomes.extend(send_all(workspace, due(workspace), enter, tell))
    return tuple(outcomes)


def _send(
    workspace: Workspace, posted: Posted, server: Server
) -> tuple[MailState, str] | None:
    """Send one message; None when another program took it before."""
    outbox, now = Outbox(workspace.journal), workspace.world.clock()
    message = as_sent(
        outbox.body(posted.number), datetime.fromtimestamp(now // 1000, UTC)
    )
    if not outbox.begin(posted.number, now):
        return None
    try:
        said = server.send(posted.sender, posted.dispatch.to, message)
    except LaterError as error:
        return _later(workspace, posted, str(error))
    except NeverError as error:
        outbox.refuse(posted.number, str(error))
        return MailState.FAILED, str(error)
    except DoubtError as error:
        outbox.doubt(posted.number, str(error))
        return MailState.SENDING, str(error)
    except BaseException:
        # Interrupted: what surely did not leave waits again, the rest is for a person.
        if not server.may_have_left:
            outbox.postpone(posted.number, now, "Envoi interrompu avant la fin.")
        raise
    today = workspace.world.today().isoformat()
    sent = posted.dispatch.model_copy(update={"on": today})
    outbox.delivered(posted, sent, workspace.origin)
    return MailState.SENT, said


def _put_off(
    workspace: Workspace, posted: Posted, problem: str
) -> tuple[MailState, str] | None:
    """Count an attempt that did not reach the server."""
    now = workspace.world.clock()
    if not Outbox(workspace.journal).begin(posted.number, now):
        return None
    return _later(workspace, posted, problem)


def _later(workspace: Workspace, posted: Posted, problem: str) -> tuple[MailState, str]:
    until = workspace.world.clock() + 1000 * delay(posted.attempts + 1)
    Outbox(workspace.journal).postpone(posted.number, until, problem)
    return MailState.WAITING, problem
