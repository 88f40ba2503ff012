"""What audits give a programme, kept from one command to the next in this process.

A command reads every audit anew, as a program that starts does; screens read again
only those in which somebody wrote, and so do tests that run many commands.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from diag.programme import assembling
from diag.programme.operations import Contenders, gathered
from diag.workspace.workspace import Workspace


@contextmanager
def read_once() -> Iterator[None]:
    """Have each workspace's audits read again only where something changed."""
    known: dict[Path, Contenders] = {}

    def gather(
        workspace: Workspace, campaigns: Iterable[str], *given: Any, **named: Any
    ) -> Contenders:
        before = named.pop("before", None) or known.get(workspace.folder)
        found = gathered(workspace, campaigns, *given, before=before, **named)
        known[workspace.folder] = found
        return found

    with patch.object(assembling, "gathered", gather):
        yield
