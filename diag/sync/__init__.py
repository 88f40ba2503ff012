"""Journals that meet; the registry of what several devices may share."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

SHARES: Mapping[str, str] = {"": "folder.open_folder"}
"""How a shared address begins, before `://` → what opens it: `module.function`, of this
package; empty: a folder that this machine sees."""


def open_share(address: str, own: Path) -> AbstractContextManager[Path]:
    """Return, to be entered, the folder where devices meet by an address.

    `own` is the workspace: what a share must keep here is kept in it.

    Raises:
        DiagError: when it cannot be reached.
    """
    scheme, found, _ = address.partition("://")
    name = SHARES.get(scheme if found else "", SHARES[""])
    module, _, function = name.partition(".")
    opener: Callable[[str, Path], AbstractContextManager[Path]]
    opener = getattr(import_module(f"{__name__}.{module}"), function)
    return opener(address, own)
