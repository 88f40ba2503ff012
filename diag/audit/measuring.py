"""On what terms one measured here last: who allowed it, against which server."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from diag.audit.session import AuditSession
from diag.imports.evidence.measures import read_run
from diag.imports.evidence.reading import EvidenceRefusedError
from diag.journal.attachments import AttachmentStore
from diag.journal.records import evidence_of
from diag.model.errors import DiagError
from diag.model.measure import FORMAT, Authorisation, MeasureRun
from diag.model.text import clean_line


class MeasureTerms(NamedTuple):
    """Who let the line be filled, and the server that fills it."""

    authorisation: Authorisation | None = None
    mire: str = ""
    """URL of the speed server; empty for none."""


def kept_runs(session: AuditSession) -> Iterator[MeasureRun]:
    """Give the runs of our own that an audit keeps, the last one first."""
    store = AttachmentStore(session.workspace.folder)
    kept = evidence_of(session.workspace.journal, session.audit.id)
    runs = []
    for file in kept:
        raw = store.get(file.files[0])
        if raw is None or FORMAT.encode() not in raw[:200]:
            continue
        try:
            runs.append(read_run(raw))
        except EvidenceRefusedError:
            continue
    yield from sorted(runs, key=lambda one: one.started_at, reverse=True)


def last_terms(session: AuditSession) -> MeasureTerms:
    """Return the terms of the last run that filled the line, else of a visit."""
    for run in kept_runs(session):
        if run.authorisation:
            return MeasureTerms(run.authorisation, run.server)
    noted = [one.measuring for one in session.visits if one.measuring]
    return MeasureTerms(noted[-1] if noted else None)


def allowed_on(session: AuditSession, day: date) -> Authorisation | None:
    """Return who let the line be filled on a day; None: it was not."""
    return next(
        (
            one.authorisation
            for one in kept_runs(session)
            if one.authorisation and one.started_at.date() == day
        ),
        None,
    )


_ASKED = {
    "by": "Qui a signé l'autorisation",
    "role": "Quelle est sa fonction",
    "scope": "Qu'est-ce qu'elle permet",
    "told": "Qui a prévenu la direction",
}
"""What must be written → the question that it answers."""


def terms_from(mire: str, given: Mapping[str, str]) -> tuple[str, Authorisation]:
    """Return the server and the authorisation, once all of it is written.

    Raises:
        DiagError: what is missing, at its field.
    """
    cleaned = {name: clean_line(words)[:200] for name, words in given.items()}
    if not mire.strip():
        raise DiagError(
            "Dites l'adresse de la mire, le serveur de mesure du syndicat.",
            about="mire",
        )
    for name, question in _ASKED.items():
        if not cleaned.get(name):
            raise DiagError(
                f"{question} ? Sans cela, la ligne n'est pas remplie.", about=name
            )
    try:
        date.fromisoformat(cleaned["on"])
    except ValueError as error:
        raise DiagError(
            "Quel jour a-t-elle été signée ? Écrivez 2026-09-02.", about="on"
        ) from error
    return mire.strip(), Authorisation(**cleaned)
