"""Words that cannot be kept: Escape always finds the way out, and nothing is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from diag.audit import advising, remarks
from diag.model.checklist import Wording
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.tui.app import DiagApp
from diag.tui.bilan import BilanScreen
from diag.tui.dialogs import Confirm, Notice
from diag.tui.recommendation import Faulty, RewordScreen
from tests.examples import cases
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.waiting import shows, visible, wait_for

ADVICE = "permettre-la-coupure-du-wifi"
FAULTY = "{inconnu}"


@asynccontextmanager
async def rewording(folder: Path) -> AsyncIterator[Pilot[None]]:
    """Open a recommendation's words over the bilan."""
    app = audited_app(folder / "w")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
        app.push_screen(RewordScreen(app.desk.session(SCHOOL), ADVICE))
        await wait_for(pilot, lambda: title(pilot).text, "the words")
        yield pilot


def title(pilot: Pilot[None]) -> TextArea:
    return pilot.app.screen.query_one("#title", TextArea)


def kept(pilot: Pilot[None]) -> Wording:
    app = pilot.app
    assert isinstance(app, DiagApp)
    session = app.desk.session(SCHOOL)
    return remarks.current_wording(session, ADVICE, Audience.MAIRIE)


async def refused(pilot: Pilot[None], *keys: str) -> None:
    """Type a blank that nothing fills, then keys that are refused."""
    await pilot.press("home", *FAULTY, *keys)
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, Faulty), "refused")


async def back_to_words(pilot: Pilot[None]) -> None:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, RewordScreen), "words")


async def test_a_faulty_text_is_told_shown_and_mended_and_the_next_reader_waits(
    tmp_path: Path,
) -> None:
    async with rewording(tmp_path) as pilot:
        await pilot.press("home", *FAULTY, "tab")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "told")
        await pilot.press("escape")
        await back_to_words(pilot)
        await pilot.press("!")
        await wait_for(pilot, lambda: title(pilot).text.startswith(FAULTY + "!"), "in")

        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Faulty), "refused")
        assert shows(pilot, "Titre : « {inconnu} » ne se remplit pas")
        assert shows(pilot, f"Titre : {FAULTY}!")
        await pilot.press("escape")
        await back_to_words(pilot)
        assert title(pilot).text.startswith(FAULTY)

        await refused(pilot, "f3")
        await pilot.press("delete")
        await wait_for(pilot, lambda: shows(pilot, "[l'équipe]"), "the next reader")
        await pilot.press("f3", "f3", "f3")
        await wait_for(pilot, lambda: shows(pilot, "[la mairie]"), "the first again")
        assert "inconnu" not in title(pilot).text
        await pilot.press("home", *FAULTY, "home", *["delete"] * len(FAULTY), "O")
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "[l'équipe]"), "the next reader")
        assert kept(pilot).title.startswith("O")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BilanScreen), "out")


@pytest.mark.parametrize(
    "way", cases([("delete",), ("shift+tab", "enter")], ("shift+tab", "enter"))
)
async def test_a_faulty_text_is_dropped_the_rest_kept_and_what_came_not_written_over(
    tmp_path: Path, way: tuple[str, ...]
) -> None:
    async with rewording(tmp_path) as pilot:
        await pilot.press("tab", *"Ainsi ", "shift+tab")
        await refused(pilot, "escape")
        app = pilot.app
        assert isinstance(app, DiagApp)
        session, came = app.desk.session(SCHOOL), {"title": "Ce qu'un collègue écrit"}
        advising.reword(session, ADVICE, Audience.MAIRIE, came)
        await pilot.press(*way)
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "out")
        assert kept(pilot).title == came["title"]
        assert "Ainsi" in kept(pilot).why


async def test_declared_words_are_put_back_once_asked_and_a_full_disk_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_said: object) -> None:
        raise DiagError("Le disque est plein.")

    async with rewording(tmp_path) as pilot:
        before = kept(pilot)
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "déjà les mots des grilles"), "told")
        await pilot.press("home", *"Vite ")
        # Where it is typed, and as it will be read.
        await wait_for(pilot, lambda: "".join(visible(pilot)).count("Vite ") == 2, "it")
        await pilot.press("f5")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Confirm), "asked")
        assert shows(pilot, "Titre : Vite ")
        await pilot.press("enter")
        await back_to_words(pilot)
        assert title(pilot).text.startswith("Vite ")
        await pilot.press("f5", "o")
        await wait_for(pilot, lambda: title(pilot).text == before.title, "declared")
        assert kept(pilot) == before

        monkeypatch.setattr(advising, "reword", full)
        await pilot.press("home", *"Vite ", "escape")
        await wait_for(pilot, lambda: shows(pilot, "Le disque est plein."), "refused")
        assert shows(pilot, "Titre : Vite ")
        await pilot.press("delete")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BilanScreen), "out")
        assert kept(pilot) == before
