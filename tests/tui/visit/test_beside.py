"""What was said beside the question: read to its end by what its last line names."""

from pathlib import Path

from textual.events import MouseScrollDown

from diag.tui.visit.faces import KnownHere
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.waiting import wait_to_show


def wheel(known: KnownHere) -> MouseScrollDown:
    at, off = 0, False
    return MouseScrollDown(known, at, at, 0, 0, 0, shift=off, meta=off, ctrl=off)


async def test_the_wheel_reads_what_was_said_here_as_its_last_line_says(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "w")
    async with app.run_test(size=(120, 30)) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, "déjà dit", "à la molette")
        known = app.screen.query_one(KnownHere)
        for _ in range(100):
            known.on_mouse_scroll_down(wheel(known))
        await wait_to_show(pilot, "Tout est lu.")
