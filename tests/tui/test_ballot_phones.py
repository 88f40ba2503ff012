"""The phones of a workshop, in a real browser: ballots come in while it is shown."""

from asyncio import to_thread as aside
from pathlib import Path

import pytest
from httpx import Client

from diag.model.enums import Participant
from diag.phone import ADDRESS
from diag.programme.container import opened
from diag.tui.programme.ballots import BallotPhonesScreen
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY
from tests.browser import opened_browser
from tests.tui.builders import app_on
from tests.tui.test_programme import at_programme, desk, workshopped
from tests.tui.waiting import shows, wait_for, wait_to_show

__all__ = ["desk"]

_FILL = """{{
const put=(name,value)=>{{
const one=document.querySelector(`[data-q="${{name}}"] input:not([type=radio])`);
one.value=value}};
document.querySelector('input[value=parent]').click();
put('theme/reseau','{0}');put('theme/usages','{1}');
document.querySelector('form button').click()
}}"""
_SAYS = "document.getElementById('etat').textContent.includes('{}')"


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "127.0.0.1")


async def test_a_phone_sends_its_ballot_and_the_last_one_counts(
    desk: Path, tmp_path: Path
) -> None:
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        workshopped(opened(made))
    app = app_on(desk)
    with opened_browser(tmp_path) as browser:
        async with at_programme(app) as (pilot, screen):
            await pilot.press("5")
            await wait_to_show(pilot, "Atelier du nord")
            await pilot.press("t")
            await wait_to_show(pilot, "mot de passe pour s'y joindre")
            await pilot.press("o")
            await wait_to_show(pilot, "Bulletins", "0 bulletin reçu")
            phones = app.screen
            assert isinstance(phones, BallotPhonesScreen)
            url = phones.url()
            tab = await aside(browser.page, tmp_path)
            await aside(tab.go, url, "document.querySelector('form')")
            await aside(tab.run, _FILL.format(9, 9))
            await aside(tab.until, _SAYS.format("10 points"))
            await aside(tab.run, _FILL.format(6, 4))
            await aside(tab.until, _SAYS.format("Merci"))
            await wait_for(pilot, lambda: shows(pilot, "1 bulletin reçu"), "told")
            await aside(tab.go, url, "document.querySelector('form')")
            await aside(tab.run, _FILL.format(3, 7))
            await aside(tab.until, _SAYS.format("Merci"))
            assert shows(pilot, "1 bulletin reçu")
            await pilot.press("n")
            await wait_to_show(pilot, "Un nouveau code. 1 bulletin reçu")
            await pilot.press("enter")
            await wait_to_show(pilot, "1 bulletin reçu, dont 1 par un code")
            assert phones.url() != url
            await aside(tab.go, phones.url(), "document.querySelector('form')")
            await aside(tab.run, _FILL.format(2, 8))
            await aside(tab.until, _SAYS.format("Merci"))
            await wait_for(pilot, lambda: not shows(pilot, "dont 1 par"), "the same")
            assert shows(pilot, "1 bulletin reçu")
            await pilot.press("x")
            await wait_for(pilot, lambda: app.screen is screen, "back")
            (ballot,) = opened(app.desk.workspace).record().ballots.values()
            assert ballot.role is Participant.PARENT
            assert ballot.points == {"reseau": 2, "usages": 8}
            asked = "fetch(location.href).then(()=>'served',()=>'gone')"
            assert await aside(tab.run, asked) == "gone"


async def test_a_new_code_may_take_back_what_came_by_the_one_before(
    desk: Path,
) -> None:
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        workshopped(opened(made))
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        await pilot.press("5")
        await wait_to_show(pilot, "Atelier du nord")
        await pilot.press("t")
        await wait_to_show(pilot, "mot de passe pour s'y joindre")
        await pilot.press("o")
        await wait_to_show(pilot, "Bulletins", "0 bulletin reçu")
        phones = app.screen
        assert isinstance(phones, BallotPhonesScreen)
        before = phones.url()
        for _ in range(2):
            with Client() as phone:
                assert (await aside(phone.get, before)).is_success
                given = await aside(phone.post, f"{before}/FICHE", json=_ballot(phones))
                assert given.is_success, given.text
        await wait_to_show(pilot, "2 bulletins reçus")
        await pilot.press("n")
        await wait_to_show(pilot, "que deviennent-ils")
        await pilot.press(*"retirer", "enter")
        await wait_to_show(pilot, "0 bulletin reçu")
        assert phones.url() != before
        assert opened(app.desk.workspace).record().ballots == {}
        await pilot.press("x")
        await wait_for(pilot, lambda: app.screen is screen, "back")
        await pilot.press("ctrl+z")
        await wait_for(
            pilot, lambda: len(opened(app.desk.workspace).record().ballots) == 2, "back"
        )


def _ballot(phones: BallotPhonesScreen) -> dict[str, object]:
    rows = [
        {"question": "role", "value": "parent"},
        {"question": "theme/reseau", "value": "4"},
    ]
    return {"format": "diag-ballot", "code": phones.workshop, "rows": rows}
