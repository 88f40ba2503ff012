"""One line of JSON a request, without secrets: no token, no code, no query, no body."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("diag.hub")
"""Where the hub tells what it does."""


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, for whatever collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1]:
            told["error"] = _where(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def _where(error: BaseException) -> list[str]:
    """Return what was raised and where, the first cause first; never what it says.

    A message may quote what was sent: a database does, and so does a validator.
    """
    before = error.__cause__ or error.__context__
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [*(_where(before) if before else []), *lines, type(error).__qualname__]


def log_to_stderr() -> None:
    """Have the hub's words, and uvicorn's, written on the error stream."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("diag.hub", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def tell(event: str, **told: object) -> None:
    """Log what happened."""
    LOGGER.info(event, extra={"told": told})
