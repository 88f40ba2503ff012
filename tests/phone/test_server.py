"""What a telephone sends is taken in; strangers and excesses are turned away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from ipaddress import IPv4Network
from pathlib import Path
from secrets import token_bytes
from threading import Event
from typing import Any

import httpx
import pytest

from diag.model.errors import DiagError
from diag.phone import (
    LIFE,
    MOST_ITEMS,
    PER_ADDRESS,
    TEAM_PHONES,
    PhoneLink,
    PhoneRole,
    PhoneSheet,
)
from diag.phone.server import (
    MAX_PHOTO,
    MAX_TEXT,
    PhoneRoutes,
    PhoneServer,
)
from tests.browser import opened_browser

HOST = "192.168.43.17:8137"
NEAR = "192.168.43.5"
NETWORK = IPv4Network("192.168.43.0/24")


class Taken:
    """A receiver that keeps what it is given."""

    def __init__(self) -> None:
        self.place = "Classe CE2, Image lisible"
        self.photos = list[bytes]()
        self.words = list[str]()
        self.sheets = list[tuple[PhoneRole, bytes]]()
        self.known = set[tuple[PhoneRole, str]]()
        """Telephones that sent a sheet."""
        self.asked = Event()
        """Set once a page asked where photos go."""

    def where(self) -> str:
        self.asked.set()
        return self.place

    def photo(self, raw: bytes) -> str:
        if not raw.startswith(b"\xff\xd8"):
            raise DiagError("Ce n'est pas une photo.")
        self.photos.append(raw)
        return f"Reçue : {self.place}."

    def take_words(self, text: str) -> str:
        self.words.append(text)
        return "Noté."

    def sheet(self, role: PhoneRole, phone: str, raw: bytes) -> str:
        self.sheets.append((role, raw))
        self.known.add((role, phone))
        return f"Merci, {len(phone)}."

    def knows(self, role: PhoneRole, phone: str) -> bool:
        return (role, phone) in self.known

    def page(self, role: PhoneRole) -> PhoneSheet:
        return PhoneSheet(f"Titre <{role}>", "", "", {"code": "<0>"})


class Telephone:
    """A browser of its own: its address, its headings, its cookies."""

    def __init__(self, app: Any, peer: str, headers: dict[str, str]) -> None:
        self._app, self._peer, self._headers = app, peer, headers
        self._cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            way = httpx.ASGITransport(self._app, client=(self._peer, 5))
            async with httpx.AsyncClient(
                transport=way,
                base_url=f"http://{HOST}",
                headers=self._headers,
                cookies=self._cookies,
            ) as client:
                answer = await client.request(method, path, **more)
                self._cookies = client.cookies
                return answer

        return asyncio.run(asked())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("POST", path, **more)


class Site:
    """A counter with one link of each kind, and a clock of its own."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.taken = Taken()
        self.links = {
            role: PhoneLink(role, token_bytes, lambda: self.now) for role in PhoneRole
        }
        self._served = [*self.links.values()]
        self._app = PhoneRoutes(HOST, NETWORK, self._served, self.taken).app()

    def renew(self, role: PhoneRole) -> None:
        """Make another link of a use, the one before serving no more."""
        self.links[role] = PhoneLink(role, token_bytes, lambda: self.now)
        self._served[:] = self.links.values()

    def phone(self, peer: str = NEAR, **headers: str) -> Telephone:
        return Telephone(self._app, peer, headers)

    def path(self, role: PhoneRole = PhoneRole.PHOTOS, what: str = "") -> str:
        return f"/{self.links[role].token}" + (f"/{what}" if what else "")

    def joined(self, role: PhoneRole = PhoneRole.PHOTOS) -> Telephone:
        """Return a telephone that opened a link."""
        phone = self.phone()
        assert phone.get(self.path(role)).status_code == 200
        return phone


@pytest.fixture
def site() -> Site:
    return Site()


def test_the_page_of_photos_is_small_closed_and_follows_the_terminal(
    site: Site,
) -> None:
    phone = site.phone()
    page = phone.get(site.path())
    assert len(page.content) <= 4096
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert f'<script nonce="{nonce}">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "server" not in page.headers
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"path={site.path()}".lower() in cookie
    assert phone.get(site.path(what="ICI")).text == "Classe CE2, Image lisible"
    site.taken.place = "Classe CE1"
    assert phone.get(site.path(what="ICI")).text == "Classe CE1"
    assert site.phone().get(site.path()).headers != page.headers


def test_words_sent_again_when_a_reply_is_lost_are_noted_once(site: Site) -> None:
    phone = site.joined()
    for sent, words in (("?1", "un"), ("?1", "un"), ("?1", "une"), ("?2", "un")):
        told = phone.post(site.path(what="MOT") + sent, content=words)
        assert told.text == "Noté."
    assert site.taken.words == ["un", "une", "un"]


def test_what_one_telephone_sends_is_taken_in_and_said(site: Site) -> None:
    phone = site.joined()
    sent = phone.post(site.path(what="PHOTO"), content=b"\xff\xd8photo")
    assert (sent.status_code, sent.text) == (
        200,
        "Reçue\u00a0: Classe CE2, Image lisible.",
    )
    assert phone.post(site.path(what="MOT"), content="fils nus é").text == "Noté."
    assert site.taken.words == ["fils nus é"]
    no = phone.post(site.path(what="PHOTO"), content=b"<svg onload=alert(1)>")
    assert (no.status_code, no.text) == (415, "Ce n'est pas une photo.")
    head = site.joined(PhoneRole.DIRECTION)
    told = head.post(site.path(PhoneRole.DIRECTION, "FICHE"), content=b"{}")
    assert told.text.startswith("Merci")
    assert site.taken.sheets == [(PhoneRole.DIRECTION, b"{}")]
    shown = site.phone().get(site.path(PhoneRole.TEAM)).text
    assert "Titre &lt;equipe&gt;" in shown
    assert '<form id="form" data-code="&lt;0&gt;">' in shown


def test_the_second_telephone_is_told_and_whoever_did_not_open_sends_nothing(
    site: Site,
) -> None:
    site.joined()
    second = site.phone().get(site.path())
    assert second.status_code == 403
    assert "Nouveau code" in second.text
    for what in ("PHOTO", "MOT"):
        assert site.phone().post(site.path(what=what), content=b"x").status_code == 403
    forged = site.phone(cookie="t=" + "0" * 32)
    assert forged.post(site.path(what="PHOTO"), content=b"x").status_code == 403
    assert site.phone().get(site.path(what="ICI")).status_code == 403
    assert site.taken.photos == []


@pytest.mark.parametrize(
    "stranger",
    [
        lambda site: site.phone("10.9.9.9"),
        lambda site: site.phone("::1"),
        lambda site: site.phone("testclient"),
        lambda site: site.phone(host="evil.example"),
        lambda site: site.phone(host="192.168.43.17"),
        lambda site: site.phone(origin="http://evil.example"),
        lambda site: site.phone(origin="null"),
    ],
)
def test_a_stranger_is_told_nothing(
    site: Site, stranger: Callable[[Site], Telephone]
) -> None:
    phone = stranger(site)
    paths = ["/", "/x", site.path(), site.path(what="ICI"), "/../../etc/passwd"]
    for path in paths:
        answer = phone.get(path)
        assert (answer.status_code, answer.text) == (404, "")
    for what in ("PHOTO", "MOT", "FICHE"):
        assert phone.post(site.path(what=what), content=b"x").status_code == 404
    assert not site.links[PhoneRole.PHOTOS].phones


def test_what_only_looks_ahead_claims_nothing(site: Site) -> None:
    assert site.phone().ask("HEAD", site.path()).status_code == 404
    site.joined()


def test_a_link_serves_one_use_only(site: Site) -> None:
    phone, team = site.joined(), site.joined(PhoneRole.TEAM)
    assert phone.post(site.path(what="FICHE"), content=b"{}").status_code == 404
    for what in ("PHOTO", "MOT"):
        wrong = team.post(site.path(PhoneRole.TEAM, what), content=b"x")
        assert wrong.status_code == 404
    # Nobody reads a sheet from outside.
    for what in ("FICHE", "ICI", ""):
        answer = site.phone().get(site.path(PhoneRole.DIRECTION, what or "FICHE"))
        assert answer.status_code == 404
    assert phone.get("/" + "A" * 26).status_code == 404
    assert phone.get("/é").status_code == 404
    assert phone.ask("PUT", site.path()).status_code == 404


def test_a_link_ends_after_two_hours(site: Site) -> None:
    phone = site.joined()
    site.now += LIFE - 1
    assert phone.get(site.path(what="ICI")).status_code == 200
    site.now += 2
    for answer in (
        phone.get(site.path(what="ICI")),
        phone.post(site.path(what="PHOTO"), content=b"\xff\xd8"),
        site.phone().get(site.path(PhoneRole.TEAM)),
    ):
        assert answer.status_code == 410
        assert "Nouveau code" in answer.text
    assert site.taken.photos == []


def test_too_much_is_refused_by_weight_and_by_number(site: Site) -> None:
    phone = site.joined()
    told = phone.post(
        site.path(what="PHOTO"), content=b"x", headers={"content-length": "99999999"}
    )
    assert told.status_code == 413

    async def long() -> AsyncIterator[bytes]:
        for _ in range(MAX_PHOTO // 2**16 + 2):
            yield b"\xff\xd8" * 2**15

    assert phone.post(site.path(what="PHOTO"), content=long()).status_code == 413
    heavy = phone.post(site.path(what="MOT"), content=b"x" * (MAX_TEXT + 1))
    assert heavy.status_code == 413
    link = site.links[PhoneRole.PHOTOS]
    link.items = MOST_ITEMS - 1
    assert phone.post(site.path(what="MOT"), content=b"un").status_code == 200
    last = phone.post(site.path(what="MOT"), content=b"deux")
    assert last.status_code == 429
    assert site.taken.words == ["un"]


def test_the_digits_open_once_typed_right_and_die_after_five_tries(site: Site) -> None:
    link = site.links[PhoneRole.PHOTOS]
    phone = site.phone()
    asked = phone.get("/")
    assert "six chiffres" in asked.text
    assert "form-action 'self'" in asked.headers["content-security-policy"]
    spaced = f"{link.digits[:3]} {link.digits[3:]}"
    led = phone.post("/", data={"c": spaced})
    assert (led.status_code, led.headers["location"]) == (303, site.path())
    for wrong in ("", "abc", "١٢٣٤٥٦", "000", "0000000"):
        assert phone.post("/", data={"c": wrong}).status_code == 403
    assert phone.post("/", data={"c": link.digits}).status_code == 403
    assert phone.get(site.path()).status_code == 200


def test_the_form_of_the_digits_is_taken_as_a_browser_sends_it(site: Site) -> None:
    """A page that asks for no referrer has its form sent from « null »."""
    phone = site.phone()
    is_hidden = phone.get("/").headers["referrer-policy"] == "no-referrer"
    sent = phone.post(
        "/",
        data={"c": site.links[PhoneRole.PHOTOS].digits},
        headers={"origin": "null" if is_hidden else f"http://{HOST}"},
    )
    assert sent.status_code == 303


@pytest.mark.long
def test_a_browser_types_the_digits_and_is_told_of_each_photo_not_taken(
    tmp_path: Path,
) -> None:
    """Of several photos at once, what the last one was answered hid the others'."""
    link = PhoneLink(PhoneRole.PHOTOS, token_bytes, lambda: 0.0)
    loopback = IPv4Network("127.0.0.0/8")
    server = PhoneServer("127.0.0.1", loopback, [link], taken := Taken())
    photos = [tmp_path / f"{name}.jpg" for name in ("une", "deux", "trois")]
    for photo, raw in zip(photos, (b"\xff\xd81", b"broken", b"\xff\xd83"), strict=True):
        photo.write_bytes(raw)
    server.start()
    try:
        with opened_browser(tmp_path) as browser:
            page = browser.page(tmp_path)
            page.go(f"http://{server.host}/", "document.forms[0]")
            page.run(f"document.forms[0].c.value='{link.digits}'")
            page.run("document.forms[0].requestSubmit()")
            assert taken.asked.wait(20)  # by the page of photos, once it is open
            page.go(
                f"http://{server.host}/{link.token}",
                "document.querySelector('#ici').textContent.includes('CE2')",
            )
            page.give_files("#g", *photos)
            page.until("document.querySelector('#g').value==''")
            told = page.run("document.querySelector('#etat').textContent")
    finally:
        server.stop()
    assert taken.photos == [b"\xff\xd81", b"\xff\xd83"]
    assert told.startswith("1 sur 3 pas reçue")
    assert "deux.jpg" in told
    assert "Ce n'est pas une photo." in told


def test_a_team_may_open_its_link_from_twenty_five_telephones(site: Site) -> None:
    answers = [
        site.phone(f"192.168.43.{20 + at}").get(site.path(PhoneRole.TEAM)).status_code
        for at in range(TEAM_PHONES + 2)
    ]
    assert answers == [200] * TEAM_PHONES + [403] * 2


def test_one_telephone_does_not_vote_as_a_room(site: Site) -> None:
    path = site.path(PhoneRole.WORKSHOP)
    answers = [site.phone().get(path).status_code for _ in range(PER_ADDRESS + 2)]
    assert answers == [200] * PER_ADDRESS + [403] * 2
    assert "plusieurs fois" in site.phone().get(path).text
    assert site.phone("192.168.43.6").get(path).status_code == 200


async def test_it_listens_on_one_address_and_ends_when_it_is_told(site: Site) -> None:
    loopback = IPv4Network("127.0.0.0/8")
    link = PhoneLink(PhoneRole.PHOTOS, token_bytes, lambda: 0.0)
    server = PhoneServer("127.0.0.1", loopback, [link], site.taken)
    server.start()
    try:
        assert server.url(link) == server.url(link).upper()
        port = int(server.host.rpartition(":")[2])
        asked = f"GET /{link.token} HTTP/1.1\r\nHost: {server.host}\r\n"
        forwarded = "X-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((asked + forwarded).encode())
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200")
        writer.close()
    finally:
        server.stop()
    with pytest.raises(OSError):  # noqa: PT011 - refused, as the system says it
        await asyncio.open_connection("127.0.0.1", port)


def test_a_telephone_that_sent_is_the_same_by_a_new_link(site: Site) -> None:
    """As many come back as have sent; who sent nothing counts for a new one."""
    first, silent = (site.joined(PhoneRole.WORKSHOP) for _ in range(2))
    assert first.post(site.path(PhoneRole.WORKSHOP, "FICHE"), content=b"x").is_success
    ((_, secret),) = site.taken.known
    site.renew(PhoneRole.WORKSHOP)

    for phone in (first, silent):
        assert phone.get(site.path(PhoneRole.WORKSHOP)).is_success
        sent = phone.post(site.path(PhoneRole.WORKSHOP, "FICHE"), content=b"y")
        assert sent.is_success

    assert len(site.taken.known) == 2
    assert secret in site.links[PhoneRole.WORKSHOP].phones
    assert first.get(site.path(PhoneRole.PHOTOS)).is_success
    assert secret not in site.links[PhoneRole.PHOTOS].phones


def test_a_secret_that_nobody_was_given_is_a_new_telephone(site: Site) -> None:
    stranger = site.phone(cookie="t-atelier=" + "0" * 32)

    assert stranger.get(site.path(PhoneRole.WORKSHOP)).is_success

    assert "0" * 32 not in site.links[PhoneRole.WORKSHOP].phones
