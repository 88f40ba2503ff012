"""The folder of a hub: settings, certificates, database, attachments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import ValidationError

from diag.model.errors import DiagError
from diag.model.text import clean_line
from diag.sync.bundle.keys import DeviceKeys, file_keys
from diag.sync.hub import authority
from diag.sync.hub.hub import Hub
from diag.sync.hub.scopes import scope_of
from diag.sync.hub.sqlite import SqliteEngine
from diag.sync.hub.store import Store, check_address
from diag.sync.private import write_private
from diag.sync.protocol import RIGHTS, Limits, Right, Wire
from diag.sync.trust import Invited, certificates_in, fingerprint_of, is_address

SETTINGS = "hub.json"


DATABASE = "hub.db"


BLOBS = "blobs"


TLS = "tls"
"""Names inside the folder."""


class HubSettings(Wire):
    """What an administrator said once."""

    name: str
    """Whose hub it is, for people."""
    url: str
    """Where laptops find it."""
    tls: Literal["own", "files", "proxy"] = "own"
    """Own authority; the office's certificate; or a proxy before the hub does it."""
    certificate: str = ""
    key: str = ""
    """The office's certificate and key, PEM files."""
    authority: str = ""
    """The office's authority, PEM file, when laptops do not know it already."""
    database: str = ""
    """Address of a PostgreSQL, without its password; empty: a file of the folder."""
    limits: Limits = Limits()

    def keep(self, path: Path) -> None:
        """Write them, for their owner alone."""
        write_private(path, self.model_dump_json(indent=1).encode("utf-8"))


class HubHome:
    """Where a hub lives."""

    def __init__(self, folder: Path, settings: HubSettings) -> None:
        self.folder = folder
        self.settings = settings

    @classmethod
    def create(cls, folder: Path, settings: HubSettings) -> Self:
        """Make the folder of a hub.

        Raises:
            DiagError: when there is one already, or the settings cannot be.
        """
        if (folder / SETTINGS).exists():
            raise DiagError(
                f"{folder} contient déjà un serveur. Pour le lancer : diag hub serve."
            )
        _check(settings)
        settings = settings.model_copy(update={"name": _name(settings.name)})
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if settings.tls == "own":
            authority.make_authority(folder / TLS, settings.name, datetime.now(UTC))
        made = cls(folder, settings)
        made.store().close()
        settings.keep(folder / SETTINGS)
        return made

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the hub that lives in a folder.

        Raises:
            DiagError: when none does.
        """
        path = folder / SETTINGS
        if not path.exists():
            raise DiagError(
                f"Aucun serveur dans {folder}. Créez-le : diag hub init --url "
                'https://serveur:8443 --name "Nom du syndicat".'
            )
        try:
            return cls(folder, HubSettings.model_validate_json(path.read_bytes()))
        except ValidationError as error:
            where = {str(problem["loc"][0]) for problem in error.errors()}
            raise DiagError(
                f"{path} : réglages illisibles ({', '.join(sorted(where))}). "
                "Corrigez-les."
            ) from error

    def on(self, database: str) -> Self:
        """Return the same hub on another database.

        Raises:
            DiagError: when its address cannot be.
        """
        moved = self.settings.model_copy(update={"database": check_address(database)})
        return type(self)(self.folder, moved)

    def store(self) -> Store:
        """Open the database: a file of the folder, or a PostgreSQL.

        Raises:
            DiagError: when it cannot be opened.
        """
        if not self.settings.database:
            return Store(SqliteEngine(self.folder / DATABASE))
        # The extra `hub`; it costs 40 ms, and most hubs are one file.
        try:
            from diag.sync.hub.postgres import PostgresEngine  # noqa: PLC0415
        except ImportError as error:
            raise DiagError(
                "Il manque psycopg : installez diag avec son serveur, "
                'pip install "diag[hub]".'
            ) from error
        return Store(PostgresEngine(self.settings.database))

    def hub(self, store: Store) -> Hub:
        """Return the hub over an open database."""
        limits, name = self.settings.limits, self.settings.name
        blobs, key = self.folder / BLOBS, self.key
        return Hub(store, blobs, name=name, limits=limits, key=key)

    @property
    def keys(self) -> DeviceKeys:
        """Return the keys that open bundles sealed for this hub, and sign its own.

        Raises:
            DiagError: when they cannot be read, or this system seals nothing.
        """
        return file_keys(self.folder)

    @property
    def key(self) -> str:
        """Return the public ones, as laptops keep them; empty where nothing seals."""
        try:
            return str(self.keys.card)
        except DiagError:
            return ""

    @property
    def authority(self) -> str:
        """Return the authority that laptops pin, PEM; empty for a public one."""
        if self.settings.tls == "own":
            return (self.folder / TLS / authority.AUTHORITY).read_text("ascii")
        chosen = self.settings.authority
        return Path(chosen).read_text("ascii", "replace") if chosen else ""

    @property
    def host(self) -> str:
        """Return the name that laptops call."""
        return urlsplit(self.settings.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the port that laptops call."""
        return urlsplit(self.settings.url).port or 443

    def certificate(self) -> tuple[Path, Path]:
        """Return the certificate and its key, renewed when theirs is near its end."""
        if self.settings.tls == "files":
            return Path(self.settings.certificate), Path(self.settings.key)
        folder, day = self.folder / TLS, datetime.now(UTC)
        if authority.is_due(folder, day):
            authority.certify(folder, self.host, day)
        return folder / authority.CERTIFICATE, folder / authority.KEY

    def invite(
        self, person: str, territories: tuple[str, ...], right: Right
    ) -> Invited:
        """Return what to give to the person whose laptop is let in.

        Raises:
            DiagError: when a territory or the right cannot be.
        """
        if right not in RIGHTS:
            raise DiagError(f"Droit « {right} » inconnu : {', '.join(RIGHTS)}.")
        scopes, whom = tuple(map(scope_of, territories)), _name(person)
        store = self.store()
        try:
            code = self.hub(store).door.invite(whom, scopes, right)
        finally:
            store.close()
        mark = fingerprint_of(self.authority) if self.authority else ""
        return Invited(self.settings.url, mark, code)


def _name(typed: str) -> str:
    """Return a name as it is shown: one line, nothing that moves a terminal.

    Raises:
        DiagError: when nothing is left, or it cannot be read.
    """
    try:
        name = clean_line(typed)
    except ValueError as error:
        raise DiagError(f"Nom refusé : {error}.") from error
    if not name:
        raise DiagError("Il manque un nom : donnez celui que les collègues liront.")
    return name


def _check(settings: HubSettings) -> None:
    if not is_address(settings.url):
        raise DiagError(
            f"« {settings.url} » n'est pas une adresse. Écrivez-la comme les postes "
            "l'appelleront : https://serveur:8443."
        )
    if settings.database:
        check_address(settings.database)
    files = [settings.certificate, settings.key] if settings.tls == "files" else []
    for path in filter(None, [*files, settings.authority]):
        if not Path(path).is_file():
            raise DiagError(f"{path} : fichier introuvable. Vérifiez le chemin.")
    if settings.authority:
        _check_authority(Path(settings.authority))


def _check_authority(path: Path) -> None:
    """Refuse what laptops could not pin: one fingerprint is one certificate."""
    number = certificates_in(path.read_text("ascii", errors="replace"))
    if number != 1:
        raise DiagError(
            f"{path} contient {number or 'aucun'} certificat{'s' if number else ''}, "
            "il en faut un : celui de l'autorité racine du bureau, seule, en PEM."
        )
