"""What audits give a programme, kept from one command to the next in this process.

A command reads every audit anew, as a program that starts does; screens read again
only those in which somebody wrote, and so do tests that run many commands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from diag.audit.session import AuditSession
from diag.programme import operations
from diag.programme.operations import AuditRead

_read = operations._read


@contextmanager
def read_once() -> Iterator[None]:
    """Have each workspace's audits read again only where something changed."""
    known: dict[tuple[Path, str], AuditRead] = {}

    def read(session: AuditSession, mark: tuple[object, ...]) -> AuditRead:
        key = session.workspace.folder, session.audit.id
        if key not in known or known[key].mark != mark:
            known[key] = _read(session, mark)
        return known[key]

    with patch.object(operations, "_read", read):
        yield
