"""The real public files, when they lie beside the project: `../shared/data`.

They are never copied into the project; where they are absent, what needs them is
skipped, and pytest prints the reason.
"""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "shared" / "data"


def real_file(name: str) -> Path:
    """Return a real file, by its path in that folder, or skip."""
    path = _FOLDER / name
    if not path.is_file():
        pytest.skip(f"real file {name} absent: no ../shared/data beside the project")
    return path
