"""The screens in a browser of this computer, and from nowhere else."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalServer(Server):
    """Serves this computer alone: a page of the Internet cannot drive the screens."""

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host="localhost", port=port, title="diag")

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._only_here)
        return app

    @web.middleware
    async def _only_here(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Refuse what another page asks, and let the page fetch nothing elsewhere."""
        origin = request.headers.get("Origin", self.public_url)
        if origin != self.public_url or request.host != f"localhost:{self.port}":
            raise web.HTTPForbidden(text="Cette page n'est pas celle de diag.")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = self._policy
        return response

    @property
    def _policy(self) -> str:
        return (
            f"default-src 'self'; connect-src ws://localhost:{self.port}; "
            "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
            "img-src 'self' data:"
        )

    async def on_startup(self, _app: web.Application) -> None:
        """Show nothing in English: the command has shown where to go."""

    def initialize_logging(self) -> None:
        """Log nothing on the terminal."""
