"""What forms refuse: told, and the focus on what is to be corrected, which stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.events import Paste
from textual.widgets import Input

from diag.audit.session import AuditSession
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState
from diag.tui.beginning import DayOnSite
from diag.tui.dialogs import FormDialog, Notice
from diag.tui.recommendation import FollowUpDialog, OwnAdviceDialog
from diag.tui.setup import SettingsForm
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on, new_app
from tests.tui.waiting import shows, wait_for


def follow_up(session: AuditSession) -> FormDialog:
    from diag.audit.follow import add_step  # noqa: PLC0415

    step = FollowUp(
        recommendation=next(iter(session.checklist.recommendations)),
        state=FollowUpState.ECARTEE,
        on="2026-10-05",
    )
    return FollowUpDialog("x", step, lambda said: add_step(session, said))


def settings(session: AuditSession) -> FormDialog:
    return SettingsForm(session.workspace)


Case = tuple[Callable[[AuditSession], FormDialog], str, tuple[str, ...]]
"""A form, its field that is refused, the keys that fill it."""

GATE: list[Case] = [
    (DayOnSite, "on", ("3", "2", "slash", "1", "3", "tab", "A")),
    (follow_up, "on", ("tab", "3", "2", "tab", "M")),
    (OwnAdviceDialog, "delay", ("tab", "A", "tab", "tab", "tab", "x", "tab")),
    (settings, "campaign", ("tab", "tab", *"2027-2029", "tab")),
]
CASES: list[Case] = [
    *GATE,
    (DayOnSite, "on", ("backspace", "tab", "A")),
    (follow_up, "why", ("tab", "tab", "M")),
    (OwnAdviceDialog, "title", ("tab", "tab", "tab", "2")),
    (OwnAdviceDialog, "euros", ("tab", "A", "tab", "tab", "x", "tab", "2")),
    (settings, "author", ("backspace", "tab")),
]


@pytest.mark.parametrize("forms", cases([GATE, CASES], GATE))
async def test_after_a_refusal_one_is_at_the_end_of_what_is_refused(
    tmp_path: Path, forms: list[Case]
) -> None:
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        for form, faulty, keys in forms:
            shown = form(app.desk.session(SCHOOL))
            app.push_screen(shown)
            await wait_for(pilot, lambda: app.screen is shown, "the form")  # noqa: B023 - awaited here
            await pilot.press(*keys, "f2")
            await wait_for(pilot, lambda: isinstance(app.screen, Notice), "the refusal")
            await pilot.press("escape")
            await wait_for(pilot, lambda: app.screen is shown, "back")  # noqa: B023
            before = typed(shown)
            await pilot.press("z")
            after = before | {faulty: before[faulty] + "z"}
            await wait_for(pilot, lambda: typed(shown) == after, "one more letter")  # noqa: B023
            await pilot.press("escape")
            await wait_for(pilot, lambda: app.screen is not shown, "left")  # noqa: B023


def typed(form: FormDialog) -> dict[str | None, str]:
    """Return what stands in each field."""
    return {field.id: field.value for field in form.query(Input)}


async def test_on_the_first_run_one_is_back_where_a_name_is_missing(
    tmp_path: Path,
) -> None:
    app = app_on(tmp_path / "neuf")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Bienvenue"), "the form")
        assert shows(pilot, "votre nom suit vos saisies")
        await pilot.press("enter", *"SIVU", "enter")
        await wait_for(pilot, lambda: shows(pilot, "donnez votre prénom"), "refused")
        await pilot.press("escape", *"Ana")
        await wait_for(pilot, lambda: shows(pilot, "Ana"), "the name")
        author, syndicat = (field.value for field in app.screen.query(Input))
        assert (author, syndicat) == ("Ana", "SIVU")


async def test_lines_pasted_in_a_field_are_all_kept(tmp_path: Path) -> None:
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.push_screen(OwnAdviceDialog(app.desk.session(SCHOOL)))
        await wait_for(pilot, lambda: isinstance(app.screen, FormDialog), "the form")
        await pilot.press("tab", "tab")
        app.screen.post_message(Paste("Trop sombre\r\npour lire\n"))
        await wait_for(pilot, lambda: shows(pilot, "Trop sombre pour lire"), "both")


async def test_a_notice_over_the_field_where_one_types_goes_and_no_other_does(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        form = OwnAdviceDialog(app.desk.session(SCHOOL))
        app.push_screen(form)
        await wait_for(pilot, lambda: app.screen is form, "the form")
        lowest = list(form.query(Input))[-1]
        app.notify("court", timeout=600)
        await wait_for(pilot, lambda: shows(pilot, "court"), "a notice")
        await pilot.press("tab", "A")
        await wait_for(pilot, lambda: shows(pilot, "█ A"), "typed above it")
        assert list(app.screen.query("Toast")), "it covers no field"
        for rank in range(3):
            told = f"Avis {rank}. " + "Il tient sur plusieurs lignes. " * 6
            app.notify(told, timeout=600)
        await wait_for(pilot, lambda: shows(pilot, "Avis 2"), "three notices")
        assert not shows(pilot, "Délai en mois   █"), "they lie over the field"
        lowest.focus()
        await wait_for(pilot, lambda: not shows(pilot, "Avis"), "it is seen")
