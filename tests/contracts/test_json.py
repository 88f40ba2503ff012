"""What programs read keeps its shape: `docs/json.md`, key by key."""

from pathlib import Path

from tests.contracts.pin_json import SHAPES, shapes


def test_json_keeps_its_shape(tmp_path: Path) -> None:
    """Refresh it: python -m tests.contracts.pin_json."""
    assert shapes(tmp_path).splitlines() == SHAPES.read_text("utf-8").splitlines()
