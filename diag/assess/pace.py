"""How long a question takes: what its author says, else what such a question takes."""

from diag.model.checklist import Question
from diag.model.enums import Moment, Provenance

_ASKED, _AGAIN, _MEASURED = 10, 4, 60
"""Seconds that a question takes, that it takes again in another room, that a measure
takes: trade knowledge."""

_BEFORE = frozenset({
    Moment.IMPORT,
    Moment.BUREAU,
    Moment.MAIRIE,
    Moment.PRESTATAIRE,
    Moment.DIRECTION,
    Moment.EQUIPE,
})
"""Moments that take nobody's time on the spot."""


def seconds_of(question: Question, *, again: bool = False) -> int:
    """Return the seconds that a question takes, or takes `again` at another place."""
    if question.seconds is None:
        if question.provenance[0] is Provenance.MEASURED:
            return _MEASURED
        return _AGAIN if again else _ASKED
    if again and question.seconds_again is not None:
        return question.seconds_again
    return question.seconds


def is_on_site(question: Question) -> bool:
    """Say whether it is collected on the spot, not before on a form or at a desk."""
    return question.moment not in _BEFORE
