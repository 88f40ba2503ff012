"""What a person decides of a message: again, dropped, or arrived after all."""

from datetime import UTC, datetime

from diag.desk.session import Session
from diag.desk.workspace import Workspace
from diag.journal.outbox import MailState, Outbox, Posted
from diag.model.errors import DiagError


def message_numbered(workspace: Workspace, number: int) -> Posted:
    """Return a message of the outbox that has not left yet.

    Raises:
        DiagError: when there is none of this number, or it has left.
    """
    found = Outbox(workspace.journal).by_number(number)
    if found is None:
        raise DiagError(
            f"Pas de message n° {number} dans la boîte d'envoi. "
            "Voyez la liste : diag outbox list."
        )
    if found.state is MailState.SENT:
        raise DiagError(
            f"Le message n° {number} est parti : on ne peut plus y toucher."
        )
    return found


def has_messages(session: Session) -> bool:
    """Say whether messages of an audit are kept here, bodies included."""
    found = Outbox(session.workspace.journal).all()
    return any(
        one.audit == session.audit.id and one.state is not MailState.SENT
        for one in found
    )


def send_again(workspace: Workspace, posted: Posted) -> None:
    """Have a message sent at the next round, whatever happened to it."""
    Outbox(workspace.journal).again(posted.number, workspace.world.clock())


def drop(workspace: Workspace, posted: Posted) -> None:
    """Take a message out of the outbox."""
    Outbox(workspace.journal).cancel(posted.number)


def say_arrived(workspace: Workspace, posted: Posted) -> None:
    """Say that an interrupted message arrived: it is told as sent.

    Raises:
        DiagError: when it was not interrupted.
    """
    if posted.state is not MailState.SENDING:
        raise DiagError(
            f"Le message n° {posted.number} n'a pas été interrompu pendant un envoi : "
            "il n'a pas pu arriver. Rien n'a été changé."
        )
    day = datetime.fromtimestamp(posted.tried_at / 1000, UTC).date().isoformat()
    sent = posted.dispatch.model_copy(update={"on": day})
    Outbox(workspace.journal).delivered(posted, sent, workspace.origin)
