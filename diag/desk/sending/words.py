"""What is said of messages and of what was sent."""

from diag.desk.about import reader_words
from diag.desk.visit.trail import time_words
from diag.journal.outbox import MailState, Posted
from diag.model.dispatch import Dispatch, Way
from diag.words.dates import written_day

STATES = {
    MailState.WAITING: "en attente",
    MailState.SENDING: "à vérifier",
    MailState.SENT: "envoyé",
    MailState.FAILED: "refusé",
}
"""Where a message stands, in a word."""

_REMEDIES = {
    MailState.SENDING: (
        "Peut-être parti : demandez au destinataire. Arrivé : diag outbox cancel {n} "
        "--arrived. Pas arrivé : diag outbox retry {n}."
    ),
    MailState.FAILED: (
        "Corrigez, puis diag outbox retry {n} ; ou diag outbox cancel {n} et refaites "
        "l'envoi avec la bonne adresse."
    ),
}


def dispatch_words(sent: Dispatch) -> str:
    """Return what was sent to whom and when, on one line."""
    day = written_day(sent.on)
    verb = "envoyé à" if sent.way is Way.SMTP else "brouillon pour"
    state = ", provisoire" if sent.provisional else ""
    mark = f", empreinte {sent.digest[:12]}" if sent.digest else ""
    reader, to = reader_words(sent.audience), ", ".join(sent.to)
    return f"{day} {reader} : {verb} {to}{state}{mark}"


def posted_words(posted: Posted) -> str:
    """Return when a message left or will be tried again, or why it does not."""
    if posted.state is MailState.SENT:
        return time_words(posted.tried_at)
    if posted.state is MailState.WAITING and not posted.problem:
        return ""
    if posted.state is MailState.WAITING:
        return f"{posted.problem} Prochain essai : {time_words(posted.next_at)}."
    told = posted.problem or "Interrompu pendant l'envoi, ou en cours ailleurs."
    return f"{told} {_REMEDIES[posted.state].format(n=posted.number)}"
