"""Asking an ASGI application, one request at a time, in this process."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette


@dataclass
class Counter:
    """Where one asks; `client` is whom the application sees."""

    app: Starlette
    client: tuple[str, int] = ("192.0.2.1", 4000)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, and return the whole answer."""
        return asyncio.run(self.ask(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask to read."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Ask to take something in."""
        return self.request("POST", path, **more)

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, among others of the same loop."""
        way = httpx.ASGITransport(self.app, client=self.client)
        async with httpx.AsyncClient(transport=way, base_url="https://hub") as client:
            return await client.request(method, path, **more)
