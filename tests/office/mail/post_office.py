"""Real mail servers on the loopback, each with a temper; never a mock."""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from diag.office.mail_server import Account, Security

HOST = "127.0.0.1"
ABRUPT = "(hangs up)"
"""An answer that is none: the line is cut."""
SILENT = "(says nothing)"
"""An answer that never comes."""


@dataclass
class Office:
    """What a server answers, in order, and what it took."""

    rcpt: list[str] = field(default_factory=list)
    """Answers to RCPT, then « 250 OK »."""
    data: list[str] = field(default_factory=list)
    """Answers once the message is whole, then « 250 OK »."""
    taken: list[bytes] = field(default_factory=list)
    """Whole messages that reached it, whatever it answered."""
    readers: list[tuple[str, ...]] = field(default_factory=list)
    """To whom each of them was."""
    arrived: Event = field(default_factory=Event)
    """Set when a message has come whole."""
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    password: str = ""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's names
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return await self._answered(server, answer)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.readers.append(tuple(envelope.rcpt_tos))
        self.arrived.set()
        return await self._answered(
            server, self.data.pop(0) if self.data else "250 Message accepted"
        )

    async def _answered(self, server: SMTP, answer: str) -> str:
        if answer == ABRUPT:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if answer == SILENT:
            await asyncio.Event().wait()
        return answer

    def login(
        self, server: Any, session: Any, envelope: Any, mechanism: str, told: Any
    ) -> AuthResult:
        self.logins.append((told.login, told.password))
        right = told.password.decode("utf-8") == self.password
        return AuthResult(success=right, handled=right)

    def account(self, **told: Any) -> Account:
        plain = {"host": HOST, "port": self.port, "security": Security.NONE}
        return Account(**{**plain, "sender": "camille@vallombre.example", **told})


@dataclass(frozen=True)
class Certificate:
    """A certificate of the server, and the authority that signed it."""

    context: ssl.SSLContext
    authority: str


def certificate(name: str = HOST) -> Certificate:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return Certificate(context, authority.cert_pem.bytes().decode())


@contextmanager
def opened(
    office: Office | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    largest: int = 30_000_000,
    without: Sequence[str] = (),
) -> Iterator[Office]:
    """Serve until the end of the test; ask for a password where there is one.

    `without`: ways of saying the password that it does not know.
    """
    served = office or Office()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(
            served,
            hostname="smtp.vallombre.example",
            ident="essai",
            loop=loop,
            tls_context=starttls,
            require_starttls=bool(starttls),
            data_size_limit=largest,
            auth_exclude_mechanism=without,
            authenticator=served.login if served.password else None,
            auth_required=bool(served.password and starttls),
            auth_require_tls=bool(starttls) or not served.password,
        )

    server = loop.run_until_complete(loop.create_server(protocol, HOST, 0, ssl=tls))
    served.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield served
    finally:
        asyncio.run_coroutine_threadsafe(_shut(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _shut(server: asyncio.Server) -> None:
    server.close()
    rest = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
