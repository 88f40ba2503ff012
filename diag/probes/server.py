"""The speed server that a run measures against: its address, read from a URL."""

from typing import NamedTuple
from urllib.parse import urlsplit

from diag.model.errors import DiagError

OWN_SERVER = "diag-mire"
"""What a server of the syndicat calls itself in its `Server` header."""


class Mire(NamedTuple):
    """A server with the URLs of LibreSpeed."""

    host: str
    port: int
    is_tls: bool
    path: str
    """Begins with « / » where there is one, never ends with it."""

    @property
    def target(self) -> str:
        """Return « mire.example.fr:443 »; an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def url(self, page: str) -> str:
        """Return the URL of one of its pages: `empty.php`."""
        return f"http{'s' * self.is_tls}://{self.target}{self.path}/{page}"

    def __str__(self) -> str:
        return self.url("")


def mire_at(url: str) -> Mire:
    """Return the server of a URL; without a scheme it is plain HTTP.

    Raises:
        DiagError: that is no URL of a server.
    """
    text = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
        is_wrong = any(one in (host or "") for one in "\r\n\t ")
    except ValueError:
        host, port, is_wrong = None, None, True
    if is_wrong or not host or parts.scheme not in {"http", "https"} or port == 0:
        raise DiagError(
            f"« {url[:80]} » n'est pas l'adresse d'un serveur de mesure. Exemple : "
            "https://mire.mon-syndicat.fr."
        )
    is_tls = parts.scheme == "https"
    return Mire(host, port or (443 if is_tls else 80), is_tls, parts.path.rstrip("/"))
