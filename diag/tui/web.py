"""The screens in a browser of this computer, and from nowhere else.

The address that the command shows holds a key that opens one browser, once: another
user of the computer, or a program that guesses the port, obtains no screen.
"""

import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEY = "cle"
"""The parameter of the address that opens the screens."""

_COOKIE = "diag"
_OTHER_PAGE = "Cette page n'est pas celle de diag."
_NOT_OPENED = (
    "Ce navigateur n'est pas celui qui a ouvert diag, ou l'adresse a déjà servi. "
    "Arrêtez « diag web » par Ctrl+C, relancez-le et ouvrez la nouvelle adresse."
)


class LocalServer(Server):
    """Serves one browser of this computer: no page of the Internet drives it."""

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host="localhost", port=port, title="diag")
        self._key: str | None = secrets.token_urlsafe(16)
        self._pass = secrets.token_urlsafe(16)

    @property
    def address(self) -> str:
        """The page to open, with its key; it serves once."""
        return f"{self.public_url}/?{KEY}={self._key}"

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._only_here)
        return app

    @web.middleware
    async def _only_here(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Refuse what another page or browser asks; let the page fetch nothing else."""
        origin = request.headers.get("Origin", self.public_url)
        if origin != self.public_url or request.host != f"localhost:{self.port}":
            raise web.HTTPForbidden(text=_OTHER_PAGE)
        shown = request.cookies.get(_COOKIE, "").encode()
        if secrets.compare_digest(shown, self._pass.encode()):
            response = await handler(request)
        else:
            response = self._open(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = (
                f"default-src 'self'; connect-src ws://localhost:{self.port}; "
                "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
                "img-src 'self' data:; frame-ancestors 'none'"
            )
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _open(self, request: web.Request) -> web.Response:
        """Give the browser that shows the key its pass, once for all."""
        shown = request.query.get(KEY, "").encode()
        if self._key is None or not secrets.compare_digest(shown, self._key.encode()):
            return web.Response(status=403, text=_NOT_OPENED)
        self._key = None
        opened = web.Response(status=303, headers={"Location": "/"})
        opened.set_cookie(_COOKIE, self._pass, httponly=True, samesite="Lax")
        return opened

    async def on_startup(self, _app: web.Application) -> None:
        """Show nothing in English: the command has shown where to go."""

    def initialize_logging(self) -> None:
        """Log nothing on the terminal."""
