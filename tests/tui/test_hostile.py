"""Names that are markup, control codes or too wide, on every place that shows any."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from diag.audit import session as audits
from diag.audit.places import add_place
from diag.model.enums import PlaceKind
from diag.tui.app import DiagApp
from diag.tui.dialogs import Ask, Confirm, Notice
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, SCHOOL, workspace
from tests.examples import cases, examples
from tests.tui.builders import app_on
from tests.tui.waiting import shows, wait_for

HOSTILE = ("[", "[/", "[/x]", "[type=x, v={'a[0]'}]", "[b]gras", "\x1b[31m", "a\u202eb")

WORST = ("[/x]", "[type=x, v={'a[0]'}]")
"""A tag that closes nothing, and values: the first of them all to be misread."""

names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
)


def renamed(folder: Path, name: str) -> None:
    with workspace(folder) as made:
        territory = made.territory
        with territory.transaction():
            territory.put_schools([
                {
                    "uai": SCHOOL,
                    "name": name,
                    "commune": name,
                    "address": name,
                    "phone": name,
                }
            ])


async def test_markup_and_control_codes_are_shown_on_every_place() -> None:
    await is_shown_on_every_place("[/x]\x1b[31m")


@pytest.mark.long  # the gate shows one that is both markup and a control code, above
@settings(examples(2), phases=[Phase.generate])
@given(name=names)
async def test_any_name_is_shown_on_every_place(name: str) -> None:
    await is_shown_on_every_place(name)


async def is_shown_on_every_place(name: str) -> None:
    with TemporaryDirectory() as folder:
        desk = Path(folder)
        renamed(desk, name)
        with Workspace.open(desk, fixed_world(DAY, 3)) as made:
            add_place(audits.start(made, SCHOOL), PlaceKind.SALLE, f"Salle {name}")
        app = app_on(desk)
        async with app.run_test(
            size=(100, 30), notifications=True, tooltips=True
        ) as pilot:
            await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
            await pilot.press("end", "space")
            ways: list[Callable[[], object]] = [
                partial(app.go_school, SCHOOL),
                app.go_tour,
                partial(app.go_visit, SCHOOL),
                partial(app.go_bilan, SCHOOL),
                app.on_open_palette,
            ]
            for go in ways:
                go()
                await pilot.pause()
            app.inform(name)
            await pilot.pause()
            app.notify("fin", title="x", markup=False)
            await wait_for(pilot, lambda: shows(pilot, "fin"), "the toast")


@pytest.mark.parametrize("texts", cases([WORST, HOSTILE], WORST))
async def test_dialogs_show_any_text(tmp_path: Path, texts: tuple[str, ...]) -> None:
    app = app_on(tmp_path)
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        for text in texts:
            for dialog in (
                Notice(text, text),
                Ask(text, text, text),
                Confirm(text, yes=text),
            ):
                app.push_screen(dialog)
                await wait_for(pilot, partial(_stands, app, dialog), repr(text))
                await pilot.press("escape")


def _stands(app: DiagApp, screen: object) -> bool:
    return app.screen is screen
