"""Phones in a real browser: beside the visit, and those of a workshop."""

import io
from asyncio import to_thread as aside
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import segno
from httpx import Client
from PIL import Image
from textual.pilot import Pilot

from diag.audit.photos import photos_of, picture_of
from diag.audit.proposals import waiting
from diag.audit.session import AuditSession
from diag.model.enums import Participant
from diag.phone import ADDRESS, QUIET, PhoneRole, wifi_text
from diag.programme.container import opened
from diag.tui.app import DiagApp
from diag.tui.phone import PhoneDesk, PhoneScreen
from diag.tui.programme import ProgrammeScreen
from diag.tui.programme.ballots import BallotPhonesScreen
from diag.tui.proposals import ProposalsScreen
from diag.tui.visit import VisitScreen
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY
from tests.audit.pictures import png_claiming
from tests.browser import Browser, BrowserPage, opened_browser
from tests.tui.builders import SCHOOL, app_on, new_app
from tests.tui.test_programme import at_programme, desk, workshopped
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

__all__ = ["desk"]

SIZE = (80, 24)
_SENT = "document.getElementById('etat').textContent.startsWith('{}')"
_ICI = "document.getElementById('ici').textContent"


_FILL = """{{
const put=(name,value)=>{{
const one=document.querySelector(`[data-q="${{name}}"] input:not([type=radio])`);
one.value=value}};
document.querySelector('input[value=parent]').click();
put('theme/reseau','{0}');put('theme/usages','{1}');
document.querySelector('form button').click()
}}"""
_SAYS = "document.getElementById('etat').textContent.includes('{}')"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give one browser to all phones: each has its own cookies."""
    with opened_browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "127.0.0.1")


def from_a_camera(path: Path) -> Path:
    """Write a photo that lies on its side and tells who took it, and where."""
    image = Image.new("RGB", (1200, 2400), "#aa3333")
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Marque", 6
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0)}
    image.save(path, "JPEG", exif=exif)
    assert b"Marque" in path.read_bytes()
    return path


async def phone_open(
    app: DiagApp, pilot: Pilot[None]
) -> tuple[AuditSession, VisitScreen, PhoneDesk]:
    """Open the phone as one does: the visit, Photos, t."""
    app.go_visit(SCHOOL)
    await wait_for(pilot, lambda: shows(pilot, "Direction"), "the visit")
    visit = app.screen
    assert isinstance(visit, VisitScreen)
    await pilot.press("f7")
    await wait_for(pilot, lambda: shows(pilot, "Photos : "), "the photos")
    await pilot.press("t")
    await wait_for(pilot, lambda: app.desk.phone, "the phone")
    await wait_for(pilot, lambda: shows(pilot, "Personne encore"), "the square")
    assert app.desk.phone
    return visit.session, visit, app.desk.phone


_HANGS = (
    "[...document.querySelectorAll('[type=radio],[type=checkbox]')].every(one=>"
    "Math.abs(one.offsetWidth+parseFloat(getComputedStyle(one).marginRight)"
    "-parseFloat(getComputedStyle(one.closest('label')).paddingLeft))<1.5)"
)
"""Every line of a choice begins under its first word, beside its mark."""


def fill(page: BrowserPage, url: str) -> str:
    """Fill a sheet as one of the team: the first box of the first question.

    Returns what the page sent.
    """
    page.go(url, "document.querySelector('form')")
    assert page.run(_HANGS)
    page.run(
        "const ask=fetch;fetch=(at,what)=>{window.sent=what.body;return ask(at,what)};"
        "document.querySelector('input[type=radio]').click();"
        "document.querySelector('form button').click()"
    )
    page.until(_SENT.format("Merci"))
    return str(page.run("sent"))


def send_alike(url: str, sheet: str) -> None:
    """Send a sheet as the page of another phone does: a tab each costs a second."""
    with Client() as phone:
        assert phone.get(url).is_success
        given = phone.post(f"{url}/FICHE", content=sheet)
        assert given.is_success, given.text


async def test_a_phone_sends_photos_words_and_sheets_while_the_visit_goes_on(
    browser: Browser, tmp_path: Path
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        _, visit, phone = await phone_open(app, pilot)
        url, first = phone.url(PhoneRole.PHOTOS), visit.visiting
        key, label = first.key, first.question.label
        tab = await aside(browser.page, tmp_path)
        await aside(tab.go, url, f"{_ICI}.includes({label!r})")
        await sends_a_photo_and_a_word(visit, tab, tmp_path)
        await wait_for(pilot, lambda: shows(pilot, "2 reçus"), "told")
        assert shows(pilot, "Téléphone joint depuis")

        second = await aside(browser.page, tmp_path)
        await aside(second.go, url, "document.body.innerText.includes('autre')")

        await pilot.press("escape", "escape", "down")
        await wait_for(pilot, lambda: visit.visiting.key != key, "next question")
        await aside(tab.run, "ici()")
        label = visit.visiting.question.label
        await aside(tab.until, f"{_ICI}.includes({label!r})")

        await pilot.press("f7")
        await wait_for(pilot, lambda: shows(pilot, "Photos : "), "the photos")
        await pilot.press("t")
        await wait_for(pilot, lambda: shows(pilot, "2 reçus"), "still there")
        await team_fills_three_sheets(pilot, phone, browser, tmp_path)
        await the_sheets_are_read_together(pilot, visit.session)

        await pilot.press("escape", "x")
        await wait_for(pilot, lambda: app.desk.phone is None, "cut off")
        asked = "fetch(location.href).then(()=>'served',()=>'gone')"
        assert await aside(tab.run, asked) == "gone"


async def sends_a_photo_and_a_word(
    visit: VisitScreen, tab: BrowserPage, folder: Path
) -> None:
    photo = from_a_camera(folder / "IMG_0042.jpg")
    await aside(tab.give_files, "#p", photo)
    await aside(tab.until, _SENT.format("Reçue"))
    (kept,) = photos_of(visit.session)
    assert (kept.place, kept.question, kept.taken_at) == (*visit.visiting.key, "")
    data = picture_of(visit.session, kept)
    assert data
    assert b"Marque" not in data
    image = Image.open(io.BytesIO(data))
    assert not image.getexif()
    assert image.width > image.height  # upright
    bomb = png_claiming(folder / "bombe.png", 30_000, 30_000)
    await aside(tab.give_files, "#g", bomb)
    await aside(tab.until, _SENT.format("Photo"))
    assert photos_of(visit.session) == (kept,)
    # The first reply is lost, and the next words are typed meanwhile.
    typed = (
        "const ask=fetch;let lost=0;"
        "fetch=async(at,what)=>{const told=await ask(at,what);"
        "if(at.includes('MOT')&&!lost++){M.value='prise';throw 0}return told};"
        "M.value='fils nus <b>';document.querySelector('form button').click()"
    )
    await aside(tab.run, typed)
    await aside(tab.until, _SENT.format("Noté"))
    assert await aside(tab.run, "M.value") == "prise"
    (seen,) = visit.session.observations
    assert (seen.text, seen.place, seen.question) == (
        "fils nus <b>",
        *visit.visiting.key,
    )


async def team_fills_three_sheets(
    pilot: Pilot[None], phone: PhoneDesk, browser: Browser, folder: Path
) -> None:
    await pilot.press("é")
    await wait_for(pilot, lambda: shows(pilot, "mot de passe"), "asked")
    await pilot.press("o")
    await wait_for(pilot, lambda: shows(pilot, "0 fiche reçue"), "the team")
    url = phone.url(PhoneRole.TEAM)
    tab = await aside(browser.page, folder)
    sheet = await aside(fill, tab, url)
    for _ in range(2):
        await aside(send_alike, url, sheet)
    await wait_for(pilot, lambda: shows(pilot, "3 fiches reçues"), "counted")


async def the_sheets_are_read_together(
    pilot: Pilot[None], session: AuditSession
) -> None:
    assert waiting(session) == ()
    await pilot.press("l")
    await wait_for(
        pilot, lambda: isinstance(pilot.app.screen, ProposalsScreen), "offered"
    )
    await wait_for(pilot, lambda: shows(pilot, "3 fiches sur 3"), "together")
    (offer,) = (one.offer for one in waiting(session))
    assert session.facts.answer(offer.place, offer.question) is None
    await pilot.press("t")
    await wait_for(pilot, lambda: shows(pilot, "1 réponse acceptée"), "kept")
    answer = session.facts.answer(offer.place, offer.question)
    assert answer
    assert answer.value == offer.value
    await pilot.press("ctrl+z")
    await wait_for(pilot, lambda: waiting(session), "waits again")


def modules(pilot: Pilot[None]) -> list[str]:
    """Return the rows of modules that the cells draw, « 1 » for a black one."""
    rows = list[str]()
    for strip in pilot.app.screen._compositor.render_strips():
        cells = [one.style for one in strip for each in one.text if each == "▀"]
        for half in ("color", "bgcolor"):
            names = [getattr(one, half).name for one in cells]
            assert {*names} <= {"#000000", "#ffffff"}
            if names:
                rows.append("".join(str(int(name == "#000000")) for name in names))
    return rows


def framed(words: str) -> list[str]:
    """Return the rows of the code of these words, its margin included."""
    code = segno.make(words, error="m", boost_error=False, micro=False)
    blank, margin = ["0" * (len(code.matrix) + 2 * QUIET)] * QUIET, "0" * QUIET
    rows = (f"{margin}{''.join(map(str, row))}{margin}" for row in code.matrix)
    return [*blank, *rows, *blank]


async def test_the_phone_ends_with_the_visit_and_says_what_to_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # a square keeps its two
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        _, _, phone = await phone_open(app, pilot)
        before = phone.url(PhoneRole.PHOTOS)
        await pilot.press("n")
        await wait_for(
            pilot, lambda: phone.url(PhoneRole.PHOTOS) != before, "another one"
        )
        await wait_for(pilot, lambda: "Ça ne marche pas" in visible(pilot)[-1], "how")
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(pilot, "ne trouve pas"), "help")
        await wait_to_show(pilot, "de plus : Page suiv.")
        await pilot.press("pagedown")
        await wait_to_show(pilot, "Tout est lu")
        await pilot.press("home")
        await wait_to_show(pilot, "ne trouve pas")
        await pilot.press("a", "w")
        await wait_for(pilot, lambda: shows(pilot, "doit joindre"), "asked")
        await pilot.press(*"PARTAGE", "enter", *"secret12", "f2")
        await wait_for(pilot, lambda: shows(pilot, "vise ce carré et joint"), "it")
        code = framed(wifi_text("PARTAGE", "secret12"))
        await wait_for(pilot, lambda: modules(pilot)[: len(code)] == code, "its code")

        monkeypatch.setattr(
            phone, "network", phone.network._replace(is_encrypted=False)
        )
        await pilot.press("1")
        await wait_for(pilot, lambda: shows(pilot, "Wi-Fi est ouvert"), "warned")
        for key in ("2", "3"):
            await pilot.press(key)
            await wait_for(pilot, lambda: shows(pilot, "s'y lirait"), "refused")
            await pilot.press("escape")
            await wait_for(pilot, lambda: isinstance(app.screen, PhoneScreen), "back")
        app.go_territory()
        await wait_for(pilot, lambda: app.desk.phone is None, "the end")
        assert not phone._server._thread.is_alive()
        _, _, again = await phone_open(app, pilot)
    assert not again._server._thread.is_alive()


async def test_without_the_extra_one_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.phone.find_spec", lambda _name: None)
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(PhoneScreen(app.desk.session(SCHOOL)))
        await wait_for(pilot, lambda: shows(pilot, "il manque segno"), "told")
        assert app.desk.phone is None


@asynccontextmanager
async def collecting(
    app: DiagApp, desk: Path
) -> AsyncIterator[tuple[Pilot[None], ProgrammeScreen, BallotPhonesScreen]]:
    """Collect by phone the ballots of a workshop, over its programme."""
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        workshopped(opened(made))
    async with at_programme(app) as (pilot, screen):
        await pilot.press("5")
        await wait_to_show(pilot, "Atelier du nord")
        await pilot.press("t")
        await wait_to_show(pilot, "mot de passe pour s'y joindre")
        await pilot.press("o")
        await wait_to_show(pilot, "Bulletins", "0 bulletin reçu")
        phones = app.screen
        assert isinstance(phones, BallotPhonesScreen)
        yield pilot, screen, phones


async def test_a_phone_sends_its_ballot_and_the_last_one_counts(
    browser: Browser, desk: Path, tmp_path: Path
) -> None:
    app = app_on(desk)
    async with collecting(app, desk) as (pilot, screen, phones):
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
    app = app_on(desk)
    async with collecting(app, desk) as (pilot, screen, phones):
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
