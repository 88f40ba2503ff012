"""The server of one screen: what telephones send, taken in or turned away; its pages.

It listens on one address of this computer, for the time of a screen, in a thread of its
own. A stranger (another network, name or page) learns nothing. Pages are small, theirs
alone, and fetch nothing elsewhere.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from html import escape
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from secrets import compare_digest, token_urlsafe
from threading import Thread
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from diag.answers.types import fields_script, fields_style
from diag.model.errors import DiagError
from diag.phone import (
    LIFE,
    PhoneLink,
    PhoneReceiver,
    PhoneRole,
    TurnedAway,
)
from diag.words.sentences import french

_HERE = Path(__file__).parent


_PHOTOS = """<h1>Photos de l'audit</h1>
<p>Vont à&nbsp;: <b id="ici">…</b></p>
<input type="file" id="p" accept="image/*" capture="environment">
<label class="b" for="p">Prendre une photo</label>
<input type="file" id="g" accept="image/*" multiple>
<label class="b s" for="g">Choisir dans le téléphone</label>
<form id="f"><label>Dire un mot<textarea id="m" rows="2" maxlength="2000"></textarea>
</label><button class="s">Envoyer ce mot</button></form>
<p id="etat" role="status"></p>
<p><small>Ni élèves, ni noms, ni mots de passe affichés. Le lieu et l'heure exacte sont
ôtés des photos.</small></p>"""

_CODE = """<h1>Le code à six chiffres</h1>
<form method="post"><p><label>Il est sur l'écran de l'ordinateur
<input type="text" name="c" inputmode="numeric" autocomplete="off" maxlength="6">
</label></p><button>Entrer</button></form>"""


def _page(title: str, body: str, js: str, allowed: str, more: str = "") -> Response:
    """Return a page that may run its own script, and reach this computer alone."""
    nonce = token_urlsafe(12)
    run = f'<script nonce="{nonce}">{js}</script>' if js else ""
    html = (
        '<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f'<style nonce="{nonce}">{more}{_own("page.css")}</style>'
        f"<main>{body}</main>{run}</html>"
    )
    closed = "" if "form-action" in allowed else "form-action 'none'; "
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        f"img-src blob:; base-uri 'none'; frame-ancestors 'none'; {closed}{allowed}"
    )
    return Response(html, headers={"Content-Security-Policy": policy, **ALWAYS})


ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "same-origin",  # by « no-referrer » a form comes from « null »
    "X-Content-Type-Options": "nosniff",
}
"""Headings of every page."""


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


MAX_PHOTO = 12 * 2**20
"""Bytes of the largest photo taken in."""

MAX_TEXT = 64 * 1024
"""Bytes of the longest word or sheet."""

PORTS = range(8137, 8147)
"""Ports tried, in order: the first is what a firewall is asked to let through."""

_PATIENCE = 60
"""Seconds that a telephone has to send one thing."""

_COOKIE = "t"
"""Where a telephone keeps its secret; with the use, where several may open a link."""


class PhoneRoutes:
    """The routes: each checks the peer, the link and the telephone first."""

    def __init__(
        self,
        host: str,
        network: IPv4Network,
        links: Sequence[PhoneLink],
        receiver: PhoneReceiver,
    ) -> None:
        self._host = host
        self._network = network
        self._links = links
        self._receiver = receiver
        self._one_at_a_time = asyncio.Lock()
        # A page sends words again, under one number, when the reply was lost.
        self._noted: dict[tuple[str, str], Response] = {}

    def app(self) -> Starlette:
        """Return it as an application."""
        routes = [
            Route("/", self._front, methods=["GET", "POST"]),
            Route("/{token}", self._open, methods=["GET"]),
            Route("/{token}/ICI", self._where, methods=["GET"]),
            Route("/{token}/PHOTO", self._take_photo, methods=["POST"]),
            Route("/{token}/MOT", self._take_words, methods=["POST"]),
            Route("/{token}/FICHE", self._take_sheet, methods=["POST"]),
        ]
        handlers = {TurnedAway: _refuse, HTTPException: _refuse}
        return Starlette(routes=routes, exception_handlers=handlers)

    def _check_peer(self, request: Request) -> None:
        """Let in who is on this network and asks for this very address.

        Raises:
            TurnedAway: a stranger.
        """
        if request.method == "HEAD":  # what only looks ahead claims nothing
            raise TurnedAway(404)
        peer = request.client.host if request.client else ""
        own = request.headers.get("host", "").lower() == self._host
        origin = request.headers.get("origin")
        with suppress(ValueError):
            near = IPv4Address(peer) in self._network
            if near and own and origin in {None, f"http://{self._host}"}:
                return
        raise TurnedAway(404)

    def _link(self, request: Request, *roles: PhoneRole) -> PhoneLink:
        """Return the link that a request names, for one of these uses.

        Raises:
            TurnedAway: a stranger, or there is none.
        """
        self._check_peer(request)
        token = request.path_params["token"].upper().encode("utf-8", "replace")
        for link in self._links:
            if compare_digest(link.token.encode(), token):
                if roles and link.role not in roles:
                    break
                return link
        raise TurnedAway(404)

    def _claimed(self, request: Request, *roles: PhoneRole) -> PhoneLink:
        link = self._link(request, *roles)
        link.check(request.cookies.get(_cookie_of(link), ""))
        return link

    async def _front(self, request: Request) -> Response:
        """Ask for the digits; the right ones lead to the link."""
        self._check_peer(request)
        if request.method == "GET":
            return _page("Code", _CODE, "", "form-action 'self'", fields_style())
        given = parse_qs((await _body(request, 1024)).decode("ascii", "replace"))
        typed = "".join(filter(str.isdecimal, given.get("c", [""])[0]))
        for link in self._links:
            with suppress(TurnedAway):
                if link.opens_with(typed):
                    return RedirectResponse(f"/{link.token}", 303, ALWAYS)
        raise TurnedAway(403, "Ce code n'est pas le bon. Visez plutôt le carré.")

    async def _open(self, request: Request) -> Response:
        """Show the page of a link to the telephone that claims it."""
        link = self._link(request)
        address = request.client.host if request.client else ""
        phone = request.cookies.get(_cookie_of(link), "")
        is_known, is_shared = False, link.most > 1
        if phone and is_shared:
            is_known = await asyncio.to_thread(self._receiver.knows, link.role, phone)
        secret = link.claim(phone, address, is_known=is_known)
        if link.role is PhoneRole.PHOTOS:
            js, title = _own("photos.js"), "Photos de l'audit"
            page = _page(title, _PHOTOS, js, "connect-src 'self'")
        else:
            sheet = await asyncio.to_thread(self._receiver.page, link.role)
            marks = (
                f'data-{name}="{escape(one)}"' for name, one in sheet.marks.items()
            )
            body = (
                f"<h1>{escape(sheet.title)}</h1>"
                f"<p><small>{escape(sheet.intro)}</small></p>"
                f'<p id="etat" role="status"></p><form id="form" {" ".join(marks)}>'
                f"{sheet.fields}<button>Envoyer</button></form>"
            )
            js = fields_script() + _own("sheet.js")
            page = _page(sheet.title, body, js, "connect-src 'self'", fields_style())
        page.set_cookie(
            _cookie_of(link),
            secret,
            max_age=LIFE,
            httponly=True,
            samesite="strict",
            path="/" if is_shared else f"/{link.token}",
        )
        return page

    async def _where(self, request: Request) -> Response:
        self._claimed(request, PhoneRole.PHOTOS)
        return _reply(await asyncio.to_thread(self._receiver.where))

    async def _take_photo(self, request: Request) -> Response:
        link = self._claimed(request, PhoneRole.PHOTOS)
        raw = await _counted(link, request, MAX_PHOTO)
        # A picture decoded takes a hundred megabytes: one at a time.
        async with self._one_at_a_time:
            return await _kept(lambda: self._receiver.photo(raw), 415)

    async def _take_words(self, request: Request) -> Response:
        link = self._claimed(request, PhoneRole.PHOTOS)
        raw = await _counted(link, request, MAX_TEXT)
        text = raw.decode("utf-8", "replace")
        sent = request.url.query, text
        async with self._one_at_a_time:
            if sent in self._noted:
                return self._noted[sent]
            reply = await _kept(lambda: self._receiver.take_words(text))
            if request.url.query and reply.status_code == 200:  # noqa: PLR2004
                self._noted[sent] = reply
            return reply

    async def _take_sheet(self, request: Request) -> Response:
        link = self._claimed(
            request, PhoneRole.TEAM, PhoneRole.DIRECTION, PhoneRole.WORKSHOP
        )
        raw = await _counted(link, request, MAX_TEXT)
        phone = request.cookies[_cookie_of(link)]
        return await _kept(lambda: self._receiver.sheet(link.role, phone, raw))


def _cookie_of(link: PhoneLink) -> str:
    """Return the name of the cookie: the next link of a team knows its phones again."""
    return f"{_COOKIE}-{link.role}" if link.most > 1 else _COOKIE


async def _counted(link: PhoneLink, request: Request, limit: int) -> bytes:
    link.count_one()
    return await _body(request, limit)


async def _body(request: Request, limit: int) -> bytes:
    """Return what is sent, no more than `limit` bytes, within a minute.

    Raises:
        TurnedAway: too much, or too slow.
    """
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > limit:
        raise TurnedAway(413, f"Trop lourd : {limit // 1024} ko au plus.")
    taken = bytearray()
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            async for part in request.stream():
                taken += part
                if len(taken) > limit:
                    raise TurnedAway(413, f"Trop lourd : {limit // 1024} ko au plus.")
            return bytes(taken)
    raise TurnedAway(408, "Envoi trop lent. Recommencez plus près de l'ordinateur.")


async def _kept(keep: Callable[[], str], refused: int = 400) -> Response:
    try:
        return _reply(await asyncio.to_thread(keep))
    except DiagError as error:
        return _reply(str(error), refused)


def _reply(sentence: str, status: int = 200) -> Response:
    headers = {**ALWAYS, "Content-Type": "text/plain; charset=utf-8"}
    return PlainTextResponse(french(sentence), status, headers)


async def _refuse(_request: Request, error: Exception) -> Response:
    """Say what turns a telephone away; of what no route takes, nothing."""
    if isinstance(error, TurnedAway):
        return _reply(str(error), error.status)
    return _reply("", 404)


class PhoneServer:
    """The counter, served in a thread that ends with whoever opened it."""

    def __init__(
        self,
        address: str,
        network: IPv4Network,
        links: Sequence[PhoneLink],
        receiver: PhoneReceiver,
    ) -> None:
        self._socket = _listening(address)
        port: int = self._socket.getsockname()[1]
        self.host = f"{address}:{port}"
        """What is typed by hand."""
        counter = PhoneRoutes(self.host, network, links, receiver)
        config = uvicorn.Config(
            counter.app(),
            log_config=None,
            # What a stranger sends is no news: nothing is written over the screen.
            log_level="critical",
            access_log=False,
            server_header=False,
            # An address that a telephone claims to come from is not believed.
            proxy_headers=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            limit_concurrency=64,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        served = {"sockets": [self._socket]}
        self._thread = Thread(
            target=self._server.run, kwargs=served, name="téléphone", daemon=True
        )

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more; what is being received is lost."""
        self._server.should_exit = True
        self._server.force_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=3)
        self._socket.close()

    def url(self, link: PhoneLink) -> str:
        """Return what the square encodes: in capitals, so that it stays small."""
        return f"HTTP://{self.host}/{link.token}"


def _listening(address: str) -> socket.socket:
    """Return a socket bound to one address of this computer, on the first free port.

    Raises:
        DiagError: the address is gone, or no port is free.
    """
    problem: OSError | None = None
    for port in PORTS:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            made.bind((address, port))
            made.listen(16)
        except OSError as error:
            made.close()
            problem = error
        else:
            return made
    raise DiagError(
        f"L'adresse {address} ne se laisse pas ouvrir. Le réseau a peut-être changé : "
        "fermez cet écran et rouvrez-le."
    ) from problem
