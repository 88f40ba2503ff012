"""Answers in bulk: one JSON object a line, each acknowledged once it is on disk."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydantic import Field, ValidationError

from diag.desk.session import Session
from diag.desk.visit.answers import Entry, record_answer
from diag.journal.errors import JournalError, RefusedError
from diag.model.base import Noun
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError

MAX_LINE = 64 * 1024
"""Longest line read, in bytes."""


class Line(Noun):
    """One line of the input; unknown keys are refused."""

    question: str
    value: Any = None
    place: str = ""
    state: State = State.KNOWN
    provenance: Provenance | None = None
    reason: str = ""
    note: str | None = None
    sure: bool = Field(default=False)


def acknowledgements(session: Session, stream: BinaryIO) -> Iterator[dict[str, object]]:
    """Record each line; give its acknowledgement, or its refusal, as soon as done.

    An acknowledgement is `{"line", "revision", "place", "question"}` and is given only
    after a durable commit; a refusal is `{"line", "error"}` and the next line goes on.

    Raises:
        JournalError: when nothing can be written any more (disk full, locked).
    """
    for number, raw in enumerate(iter(lambda: _next_line(stream), b""), 1):
        if not raw.strip():
            continue
        try:
            recorded = record_answer(session, _entry(raw))
        except DiagError as error:
            if isinstance(error, JournalError) and not isinstance(error, RefusedError):
                raise
            yield {"line": number, "error": error.at_prompt()}
        else:
            yield {
                "line": number,
                "revision": recorded.revision,
                "place": recorded.place.id,
                "question": recorded.question.id,
            }


def _next_line(stream: BinaryIO) -> bytes:
    """Return the next line; of one that is too long, its start only."""
    line = stream.readline(MAX_LINE + 2)
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(MAX_LINE)
    return line


def _entry(raw: bytes) -> Entry:
    if len(raw) > MAX_LINE:
        raise DiagError(f"ligne de plus de {MAX_LINE} octets : rien n'en est lu.")
    try:
        line = Line.model_validate(json.loads(raw, parse_float=str))
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise DiagError(_problem(error)) from error
    return Entry(
        question=line.question,
        raw=line.value,
        place=line.place,
        state=line.state,
        provenance=line.provenance,
        reason=line.reason,
        note=line.note,
        sure=line.sure,
    )


def _problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        keys = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        return (
            f"clé manquante, inconnue ou mal formée : {keys or 'la ligne entière'}. "
            f"Clés admises : {', '.join(Line.model_fields)}."
        )
    return "la ligne n'est pas un objet JSON en UTF-8."
