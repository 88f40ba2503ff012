"""How long the engineer has been answering today: read from the answers themselves.

Nothing runs and nothing is kept: the first answer of the day started the clock, so an
interruption or another start of the program changes nothing.
"""

from diag.desk.session import Session
from diag.words.dates import day_of


def minutes_on_site(session: Session) -> int | None:
    """Return the minutes since this laptop's first answer of the day; None before."""
    world, device = session.workspace.world, session.workspace.settings.device
    now = world.clock()
    given = [
        head.at
        for heads in session.facts.answers.values()
        for head in heads
        if head.device == device and day_of(head.at) == day_of(now)
    ]
    return max(0, now - min(given)) // 60_000 if given else None


def duration_words(minutes: int) -> str:
    """Return a duration: « 45 min », « 1 h 05 »."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"
