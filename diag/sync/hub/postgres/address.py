"""The address of a database, which never carries its password."""

from urllib.parse import parse_qsl, urlsplit

from diag.model.errors import DiagError

SCHEMES = ("postgresql", "postgres")
"""What the addresses of PostgreSQL begin with."""


def checked(address: str) -> str:
    """Return an address that may be kept in a file and shown.

    Raises:
        DiagError: when it carries a password, or is not PostgreSQL's.
    """
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES:
        raise DiagError(
            "--database attend une adresse comme "
            "postgresql://diag@serveur/diag : vérifiez son début."
        )
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        raise DiagError(
            "L'adresse de la base porte un mot de passe, que d'autres pourraient lire. "
            "Retirez-le, et donnez-le par la variable PGPASSWORD, ou par un fichier "
            "que nomme PGPASSFILE (une ligne : serveur:port:base:utilisateur:mot)."
        )
    return address


def shown(address: str) -> str:
    """Return where a database is, for people: no user, no option."""
    parts = urlsplit(address)
    host = parts.hostname or "local"
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{host}{port}{parts.path}"
