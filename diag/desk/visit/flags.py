"""« À revoir »: a question to come back to before leaving."""

from diag.desk.session import Session
from diag.desk.visit.walk import Key
from diag.journal import changes


def turn_flag(session: Session, key: Key) -> bool:
    """Raise the flag of a question, or lower it; return whether it is raised now."""
    raised = key not in session.facts.flags
    session.say(changes.flagged(session.audit.id, *key, to_review=raised))
    return raised
