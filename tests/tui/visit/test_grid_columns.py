"""What the table shows of its columns."""

from pathlib import Path

import pytest

from diag.tui.visit.grid_table import GridLayout
from tests.audit.builders import started, workspace
from tests.tui.visit.grid_host import Host, twelve_rooms
from tests.tui.waiting import visible, wait_for


@pytest.mark.parametrize("width", [80, 100, 160])
async def test_columns_are_shown_whole_or_not_at_all(
    tmp_path: Path, width: int
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        twelve_rooms(session)
        app = Host(session)
        async with app.run_test(size=(width, 24)) as pilot:
            table = app.grid.table
            await wait_for(pilot, lambda: table.size.width == width, "its columns")
            layout = GridLayout(table.sheet, width)
            ends = [
                layout.names + start + each
                for start, each in zip(layout.starts, layout.widths, strict=True)
            ]
            edge = max(end for end in ends if end <= width)
            assert all(len(line) <= edge for line in visible(pilot)[:16])
            assert len(visible(pilot)[layout.height - 1].rstrip()) > edge - 18
