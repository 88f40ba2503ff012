"""À chaud, by the keys: what is shown, what is kept, and nothing cut at any size."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.departure import Debrief, DebriefLine, DebriefPart
from diag.audit.report import report_folder
from diag.audit.session import AuditSession
from diag.model.enums import FollowUpState
from diag.tui.app import DiagApp
from diag.tui.bilan import BilanScreen
from diag.tui.departure import DebriefLayout, DebriefScreen
from diag.tui.dialogs import Ask
from diag.words.sentences import french
from tests.examples import cases
from tests.tui.builders import SCHOOL, audited_app, new_app
from tests.tui.waiting import shows, visible, wait_for

DANGER = "Classe des petits et moyens : prise sans obturateur"
FIRST = "L'école a un accès à Internet."


async def opened(pilot: Pilot[None]) -> tuple[DebriefScreen, AuditSession]:
    app = pilot.app
    assert isinstance(app, DiagApp)
    app.go_bilan(SCHOOL)
    await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
    await wait_for(
        pilot,
        lambda: shows(pilot, "· Loi"),
        "the facts",
    )
    await pilot.press("c")
    await wait_for(pilot, lambda: isinstance(app.screen, DebriefScreen), "à chaud")
    await wait_for(pilot, lambda: shows(pilot, "lundi 5 octobre"), "its title")
    screen = app.screen
    assert isinstance(screen, DebriefScreen)
    return screen, app.desk.session(SCHOOL)


def text(pilot: Pilot[None]) -> str:
    return " ".join(" ".join(visible(pilot)).split())


@pytest.mark.parametrize("size", cases([(53, 16), (80, 24), (120, 40)], (53, 16)))
async def test_every_danger_is_shown_no_price_nor_score_and_nothing_written(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with audited_app(tmp_path / "w").run_test(size=size) as pilot:
        screen, session = await opened(pilot)
        digest, read = session.digest, text(pilot)
        for _ in range(len(screen.debrief.parts)):
            await pilot.press("right")
            read += text(pilot)
        shown = read.replace("\u00a0", " ").replace("\u202f", " ")
        assert session.assessment.dangers
        for line in screen.debrief.lines:
            assert line.text in shown
        assert "€" not in shown
        assert "sur 100" not in shown
        assert "Ensemble" not in shown
        assert DANGER in shown
        assert all(len(line) <= size[0] for line in visible(pilot))
        assert session.digest == digest


async def test_prices_and_score_show_until_the_next_key(tmp_path: Path) -> None:
    async with audited_app(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert shows(pilot, "s Score")
        for key, words in (("p", "336 €"), ("s", "sur 100")):
            shown, hidden = partial(shows, pilot, words), partial(hides, pilot, words)
            await pilot.press(key)
            await wait_for(pilot, shown, words)
            await pilot.press("down")
            await wait_for(pilot, hidden, "hidden")
            await pilot.press(key)
            await wait_for(pilot, shown, words)
            await pilot.press(key)
            await wait_for(pilot, hidden, "hidden")


def hides(pilot: Pilot[None], text: str) -> bool:
    return not shows(pilot, text)


async def test_a_line_is_taken_off_or_said_otherwise_here_and_a_danger_stays(
    tmp_path: Path,
) -> None:
    async with audited_app(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        screen, session = await opened(pilot)
        digest = session.digest
        await pilot.press("space")
        await wait_for(pilot, lambda: not shows(pilot, FIRST), "taken off")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, FIRST), "back")
        await pilot.press("down", "down", "space")
        assert shows(pilot, DANGER)
        await pilot.press("e")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "asked")
        pilot.app.screen.query_one(Input).value = "Fils nus [/b]\x1b[31m ici"
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Fils nus [/b][31m ici"), "said")
        assert screen.line
        assert screen.line.is_danger
        assert session.digest == digest
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BilanScreen))
        await pilot.press("c")
        await wait_for(pilot, lambda: shows(pilot, "Fils nus"), "still said so")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: not shows(pilot, "Fils nus"), "as it was first")


async def test_a_dated_decision_is_a_step_proposed_with_its_day(
    tmp_path: Path,
) -> None:
    async with audited_app(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        screen, session = await opened(pilot)
        while not (screen.line and screen.line.advice):
            await pilot.press("down")
        ident = screen.line.advice
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "asked")
        await pilot.press(*"4/12", "enter")
        await wait_for(pilot, lambda: shows(pilot, "4 déc."), "its day")
        step = session.follow_ups[-1]
        assert (step.recommendation, step.state) == (ident, FollowUpState.PROPOSEE)
        assert (step.on, step.due) == ("2026-10-05", "2026-12-04")
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "asked again")
        await pilot.press(*"15/1/27", "enter")
        await wait_for(pilot, lambda: shows(pilot, "15 janv."), "another day")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "4 déc."), "the day before")


async def test_it_is_printed_on_one_page_beside_the_reports(tmp_path: Path) -> None:
    async with audited_app(tmp_path / "w").run_test(
        size=(80, 24), notifications=True
    ) as pilot:
        _, session = await opened(pilot)
        await pilot.press("i")
        path = report_folder(session) / "a-chaud.pdf"
        await wait_for(pilot, path.exists, "the page")
        await wait_for(pilot, lambda: shows(pilot, "La page est écrite"), "told")
        assert path.read_bytes().startswith(b"%PDF")


async def test_too_early_is_said_with_what_is_sure(tmp_path: Path) -> None:
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(53, 16)) as pilot:
        screen, session = await opened(pilot)
        assert shows(pilot, "Encore trop tôt : aucun fait sûr.")
        assert not shows(pilot, "Ce qui marche")
        await pilot.press("space", "e", "d", "down", "right")
        assert pilot.app.screen is screen
        assert not session.follow_ups


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Mn", "Me", "Zl", "Zp"]),
    min_size=1,
    max_size=90,
)
lines = st.lists(words, min_size=1, max_size=8)


@given(
    title=words,
    strong=lines,
    seen=lines,
    width=st.integers(12, 130),
    height=st.integers(1, 50),
)
def test_nothing_is_cut_whatever_the_size(
    title: str, strong: list[str], seen: list[str], width: int, height: int
) -> None:
    def part(name: str, texts: list[str]) -> DebriefPart:
        return DebriefPart(
            name,
            tuple(
                DebriefLine(f"{name}/{rank}", text, "!", text, "30 €")
                for rank, text in enumerate(texts)
            ),
        )

    told = Debrief(title, (part("A", strong), part("B", seen)), "", "Ensemble : 30")
    layout = DebriefLayout(width, height, "A/0", shows_price=True, shows_score=True)
    pages = layout.pages(told)
    rows = [row for page in pages for row in page]
    assert all(len(page) <= height for page in pages)
    assert all(row.text.cell_length <= width for row in rows)
    for one in told.lines:
        shown = "".join(row.text.plain for row in rows if row.key == one.key)
        assert "".join(french(one.text).split()) in "".join(shown.split())
        assert "30€" in "".join(shown.split())
    assert {row.key for row in rows} >= {one.key for one in told.lines}


@given(text=st.text(max_size=60), width=st.integers(1, 60), height=st.integers(1, 20))
def test_no_line_holds_what_a_terminal_would_obey(
    text: str, width: int, height: int
) -> None:
    line = DebriefLine("rec/a", text, "1", text, text)
    whole = Debrief(text, (DebriefPart(text, (line,)),), text, text)
    layout = DebriefLayout(width, height, "rec/a", shows_price=True, shows_score=True)
    for page in layout.pages(whole):
        assert len(page) <= height
        for row in page:
            plain = row.text.plain
            assert not [one for one in plain if ord(one) < 0x20 or one in "\x7f\u202e"]
