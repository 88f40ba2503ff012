"""Where the checklists that come with diag are."""

from pathlib import Path

import diag

FOLDER = "checklists"
"""Name of the folder, in a wheel as in the source tree."""


def shipped_checklists() -> Path:
    """Return the shipped folder: inside the package, else beside it."""
    package = Path(diag.__file__).parent
    inside = package / FOLDER
    return inside if inside.is_dir() else package.parent / FOLDER
