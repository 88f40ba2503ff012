"""Connections: one function opens them, durable; what SQLite reports; keys of files."""

import json
import os
import shutil
import sqlite3
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from hashlib import scrypt, sha256
from pathlib import Path
from stat import S_ISVTX
from time import monotonic, sleep
from typing import Any, cast

from diag.journal.errors import (
    EXAMINE,
    DamagedError,
    DiskFullError,
    JournalError,
    LockedError,
    NotAJournalError,
    ReadOnlyError,
    UnreachableError,
    UnsafeError,
)
from diag.model.errors import install_command

_ALWAYS = {
    "busy_timeout": 10_000,
    "foreign_keys": 1,
    "temp_store": 2,  # memory: nothing leaks to temporary files, and it is faster
    "trusted_schema": 0,
}

_READING = {"query_only": 1}

_WRITING: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,  # full: a commit survives a power cut
    "secure_delete": 1,  # an erased value leaves no bytes behind
    "journal_size_limit": 67_108_864,
}

_MACOS = {"fullfsync": 1, "checkpoint_fullfsync": 1}
_STATEMENTS = 256
_PATIENCE = 5.0

_PAUSE = 0.02
"""Seconds: how long two programs that make the same file wait for each other."""


def connect(
    path: Path, *, readonly: bool = False, shared: bool = False
) -> sqlite3.Connection:
    """Open the journal's file, or refuse when a guarantee does not hold.

    Transactions are explicit: the caller writes `begin immediate`. A file to read, on a
    medium where nothing can be written, is read as one that nobody changes. `shared`:
    several threads use it, one at a time.

    Raises:
        JournalError: when the file cannot be opened safely.
    """
    try:
        return _connect(path, "ro" if readonly else "rwc", shared=shared)
    except (DiskFullError, ReadOnlyError, UnreachableError):
        log = path.with_name(f"{path.name}-wal")
        if not (readonly and path.is_file()) or (log.is_file() and log.stat().st_size):
            raise
        return _connect(path, "ro&immutable=1", shared=shared)


def keep_private(path: Path, mode: int = 0o600) -> None:
    """Take a file or a folder of the user's from everybody else, where modes exist."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        found = path.stat()
        is_common = found.st_mode & S_ISVTX  # such as /tmp
        if found.st_uid == os.geteuid() and found.st_mode & 0o077 and not is_common:
            path.chmod(mode)


def _connect(path: Path, mode: str, *, shared: bool) -> sqlite3.Connection:
    readonly = mode.startswith("ro")
    settings = {**_ALWAYS, **(_READING if readonly else _WRITING)}
    if not readonly:
        settings |= _MACOS if sys.platform == "darwin" else {}
        with suppress(OSError):
            path.touch(0o600, exist_ok=False)  # SQLite fills an empty file
        for suffix in ("", "-wal", "-shm"):
            keep_private(path.with_name(path.name + suffix))
    uri, key = f"{path.absolute().as_uri()}?mode={mode}", key_of(path)
    options: dict[str, Any] = {
        "cached_statements": _STATEMENTS,
        "check_same_thread": not shared,
    }
    try:
        with in_french(path):
            if key is None:
                connection: sqlite3.Connection = sqlite3.connect(
                    uri, uri=True, isolation_level=None, **options
                )
            else:
                connection = _connect_encrypted(uri, key, **options)
            try:
                _settle(connection, settings)
                connection.execute("select count(*) from sqlite_schema").fetchone()
            except BaseException:
                connection.close()
                raise
    except NotAJournalError as error:
        if key is None:
            raise
        raise NotAJournalError(
            f"{path} : la clé {key_id(key)} n'ouvre pas ce fichier, ou il est "
            "abîmé. Vérifiez que son fichier « -chiffrement.json » est bien le sien ; "
            "sinon, faites examiner l'espace de travail.",
            command=EXAMINE,
        ) from error
    return connection


def _settle(connection: sqlite3.Connection, settings: Mapping[str, int | str]) -> None:
    """Set each guarantee, and read it back."""
    for name, value in settings.items():
        end = monotonic() + _PATIENCE
        while True:
            try:
                connection.execute(f"pragma {name} = {value}").fetchall()
            except Exception as error:
                if code_of(error) != sqlite3.SQLITE_BUSY or monotonic() > end:
                    raise
                sleep(_PAUSE)
            else:
                break
        (taken,) = connection.execute(f"pragma {name}").fetchone()
        if taken != value:
            raise UnsafeError(
                f"SQLite {sqlite3.sqlite_version} n'a pas pris le réglage "
                f"{name} = {value} (il garde {taken}) : diag ne peut pas garantir "
                "vos saisies sur cet ordinateur ou dans ce dossier"
            )


# `sqlcipher3` is an extra, imported for an encrypted file only.
def _connect_encrypted(uri: str, key: bytes, **options: Any) -> sqlite3.Connection:
    """Connect with a key; the settings that must come first are read back.

    Raises:
        JournalError: when SQLCipher is not installed, or is not what it should be.
    """
    connection = driver().connect(uri, uri=True, isolation_level=None, **options)
    try:
        # First: SQLCipher writes its errors to stderr, across the screens.
        level = connection.execute("pragma cipher_log_level = NONE").fetchone()
        connection.execute(f"pragma key = \"x'{key.hex()}'\"")
        version = connection.execute("pragma cipher_version").fetchone()
        if level == ("NONE",) and version:
            return cast(sqlite3.Connection, connection)
    except BaseException:
        connection.close()
        raise
    connection.close()
    raise UnsafeError(
        "SQLCipher n'est pas celui que diag attend : vos saisies ne seraient pas "
        "chiffrées. Réinstallez-le.",
        command=install_command("encrypted"),
    )


def driver() -> Any:
    """Return SQLCipher's module, whose interface is that of sqlite3.

    Raises:
        JournalError: when the extra is not installed.
    """
    try:
        from sqlcipher3 import dbapi2  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise JournalError(
            "Cet espace de travail est chiffré, et ce diag ne sait pas l'ouvrir. "
            "Installez ce qui lui manque.",
            command=install_command("encrypted"),
        ) from error
    return dbapi2


def convert(
    path: Path, part: Path, *, before: bytes | None, after: bytes | None
) -> None:
    """Write at `part` what `path` holds, under another key; None is plain.

    Raises:
        JournalError: when the two do not hold the same.
    """
    part.unlink(missing_ok=True)
    part.touch(0o600, exist_ok=False)
    uri = f"{path.absolute().as_uri()}?mode=rw"
    opened = driver().connect(uri, uri=True, isolation_level=None)
    with closing(opened) as connection, in_french(path):
        connection.execute("pragma cipher_log_level = NONE").fetchall()
        if before is not None:
            connection.execute(f"pragma key = \"x'{before.hex()}'\"")
        connection.execute("pragma temp_store = 2")
        word = f"x'{after.hex()}'" if after is not None else ""
        connection.execute("attach ? as other key ?", [str(part), word])
        connection.execute("begin immediate")
        connection.execute("select sqlcipher_export('other')").fetchall()
        for name in ("user_version", "application_id"):
            (kept,) = connection.execute(f"pragma main.{name}").fetchone()
            connection.execute(f"pragma other.{name} = {kept}")
        same = _contents(connection, "main") == _contents(connection, "other")
        connection.execute("commit")
    if not same:
        raise DamagedError(f"{path} : la copie ne contient pas la même chose.")


def _contents(connection: Any, schema: str) -> list[Any]:
    rows = connection.execute(
        f"select type, name, sql from {schema}.sqlite_schema "  # noqa: S608 - our own names
        "where name not like 'sqlite_autoindex%' order by type, name"
    ).fetchall()
    counts = [
        connection.execute(f'select count(*) from {schema}."{name}"').fetchone()  # noqa: S608 - names that the file itself gives
        for kind, name, _ in rows
        if kind == "table"
    ]
    return [rows, counts]


# What SQLite reports, and SQLCipher, whose classes and words are its own.

_MEANINGS: dict[int, type[JournalError]] = {
    sqlite3.SQLITE_BUSY: LockedError,
    sqlite3.SQLITE_LOCKED: LockedError,
    sqlite3.SQLITE_FULL: DiskFullError,
    sqlite3.SQLITE_CORRUPT: DamagedError,
    sqlite3.SQLITE_IOERR: DamagedError,
    sqlite3.SQLITE_NOTADB: NotAJournalError,
    sqlite3.SQLITE_READONLY: ReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: UnreachableError,
    sqlite3.SQLITE_PERM: UnreachableError,
}

_OUT_OF_SPACE = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}
"""The codes of SQLite when it cannot lengthen a file: nothing written is damaged."""

_CIPHER = "sqlcipher3"

_WORDS = {
    "database is locked": sqlite3.SQLITE_BUSY,
    "database table is locked": sqlite3.SQLITE_LOCKED,
    "database or disk is full": sqlite3.SQLITE_FULL,
    "database disk image is malformed": sqlite3.SQLITE_CORRUPT,
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "file is not a database": sqlite3.SQLITE_NOTADB,
    "readonly database": sqlite3.SQLITE_READONLY,
    "unable to open database file": sqlite3.SQLITE_CANTOPEN,
    "access permission denied": sqlite3.SQLITE_PERM,
}
"""SQLite's words for its codes, where the driver gives no code."""

_ALMOST_FULL = 256 * 1024
"""Free bytes under which an input-output error is one of space."""

_UNREADABLE = "Could not decode to UTF-8"
"""How Python begins to report that a text has changed on disk; it gives no code."""


@contextmanager
def in_french(path: Path) -> Iterator[None]:
    """Turn what SQLite reports of `path` into a sentence; a bug stays a bug.

    Raises:
        JournalError: one of its subclasses, with the file and what to do.
    """
    try:
        yield
    except Exception as error:
        if is_of_sqlite(error) and (sentence := explain(error, path)):
            raise sentence from error
        raise


def is_of_sqlite(error: BaseException) -> bool:
    """Say whether the error is of SQLite, or SQLCipher, whose classes are its own.

    Python cannot read SQLite's message where it quotes a schema that is damaged.
    """
    own = (sqlite3.Error, UnicodeDecodeError)
    return isinstance(error, own) or type(error).__module__.startswith(_CIPHER)


def code_of(error: BaseException) -> int:
    """Return SQLite's own code of an error; SQLCipher gives its words only."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    if code or not type(error).__module__.startswith(_CIPHER):
        return code
    return next((_WORDS[each] for each in _WORDS if each in str(error)), 0)


def explain(error: BaseException, path: Path) -> JournalError | None:
    """Return what SQLite reports of `path`, in French; None for what is a bug."""
    code = code_of(error)
    meaning = _MEANINGS.get(code & 0xFF)
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_UNREADABLE):
        meaning = DamagedError
    elif code in _OUT_OF_SPACE:
        meaning = DiskFullError
    elif code & 0xFF == sqlite3.SQLITE_IOERR:
        with suppress(OSError):
            if shutil.disk_usage(path.parent).free < _ALMOST_FULL:
                meaning = DiskFullError
    if meaning is None:
        return None
    return meaning(f"{path} : {meaning.sentence}", command=meaning.remedy)


# The mark of `diag.db` is `diag-chiffrement.json`, beside it: the key's id and who
# holds the key (the system's keyring, or a passphrase that wraps it). Copies have
# their own. Where there is a mark, or a key, its first bytes show a plain file.
PASSPHRASE_FILE = "DIAG_PASSPHRASE_FILE"  # noqa: S105 - a variable's name
"""The variable that names a file holding the passphrase, for scripts."""

KEY_BYTES = 32

SERVICE = "diag-journal"
"""Under which name the system's keyring keeps keys."""

_SUFFIX = "-chiffrement.json"
_JOURNAL = "diag"
_PLAIN = b"SQLite format 3\x00"

_N, _R, _P = 2**15, 8, 1
"""scrypt: 32 MiB and a tenth of a second for each guess."""

_known: dict[str, bytes] = {}

_held: dict[tuple[int, int], int] = {}
"""Descriptors of the files whose first bytes were read, by device and inode."""


class LockedAwayError(JournalError):
    """The key cannot be had; the message gives the remedy."""


def mark_path(path: Path) -> Path:
    """Return where the mark of a file is, whatever its extension."""
    return path.with_name(f"{path.stem}{_SUFFIX}")


def mark_for(path: Path) -> Path | None:
    """Return the mark that names the key of a file, if there is one."""
    journal = f"{_JOURNAL}{_SUFFIX}"
    places = (mark_path(path), path.parent / journal, path.parent.parent / journal)
    return next((each for each in places if each.is_file()), None)


def is_plain(path: Path) -> bool:
    """Say whether a file holds a plain database, by its first bytes.

    The descriptor that reads them stays open: closing one would drop every lock that
    this program holds on the file (POSIX), and another program that leaves would
    believe that it is alone, and delete the log.
    """
    try:
        if sys.platform == "win32":
            with path.open("rb") as file:
                return file.read(len(_PLAIN)) == _PLAIN
        found = path.stat()
        name = (found.st_dev, found.st_ino)
        if name not in _held:
            gone = [each for each, at in _held.items() if not os.fstat(at).st_nlink]
            for each in gone:
                os.close(_held.pop(each))
            _held[name] = os.open(path, os.O_RDONLY)
        return os.pread(_held[name], len(_PLAIN), 0) == _PLAIN
    except OSError:
        return False


def key_of(path: Path) -> bytes | None:
    """Return the key of a file; None when it is plain, or nothing names one.

    Raises:
        LockedAwayError: when the key cannot be had.
    """
    mark = mark_for(path)
    if (mark is None and not _known) or is_plain(path):
        return None
    if mark is None:
        is_new = not path.exists() or not path.stat().st_size
        return None if is_new else next(iter(_known.values()), None)
    try:
        detail = json.loads(mark.read_text(encoding="utf-8"))
        name, held = str(detail["key"]), detail["held"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LockedAwayError(
            f"{mark} : ce fichier, qui dit comment ouvrir le journal, est abîmé. "
            "Remettez celui d'une copie de la même époque."
        ) from error
    if name not in _known:
        key = _from_keyring(name) if held == "keyring" else _unwrapped(detail, mark)
        _known[name] = key
    return _known[name]


def key_id(key: bytes) -> str:
    """Return the name of a key, which reveals nothing of it."""
    return sha256(b"diag key" + key).hexdigest()[:16]


def remember(key: bytes) -> None:
    """Keep a key for as long as the program runs."""
    _known[key_id(key)] = key


def held_by_keyring(key: bytes) -> dict[str, Any]:
    """Hand a key to the system's keyring; return its mark.

    Raises:
        LockedAwayError: when this computer has none.
    """
    import keyring  # noqa: PLC0415 - an encrypted workspace only
    from keyring.errors import KeyringError  # noqa: PLC0415 - rare

    try:
        keyring.set_password(SERVICE, key_id(key), key.hex())
        kept = keyring.get_password(SERVICE, key_id(key))
    except KeyringError:
        kept = None
    if kept != key.hex():
        raise LockedAwayError(
            "Ce système n'a pas de trousseau où garder la clé. Choisissez une phrase "
            "de passe : --key passphrase."
        )
    return {"v": 1, "key": key_id(key), "held": "keyring"}


def held_by_passphrase(key: bytes, passphrase: str) -> dict[str, Any]:
    """Wrap a key with a passphrase; return its mark."""
    from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - 20 ms
        AESGCM,
    )

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, None)
    return {
        "v": 1,
        "key": key_id(key),
        "held": "passphrase",
        "salt": b64encode(salt).decode(),
        "sealed": b64encode(nonce + sealed).decode(),
    }


def passphrase_given(question: str) -> str:
    """Return the passphrase: from the file that scripts name, else asked.

    Raises:
        LockedAwayError: when nobody can give it.
    """
    named = os.environ.get(PASSPHRASE_FILE)
    if named:
        try:
            return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise LockedAwayError(
                f"{named} : le fichier de la phrase de passe ne se lit pas "
                f"({error.strerror}). Corrigez {PASSPHRASE_FILE}."
            ) from error
        except UnicodeDecodeError as error:
            raise LockedAwayError(
                f"{named} : le fichier de la phrase de passe n'est pas un texte UTF-8. "
                "Rien n'a été changé. Enregistrez-le en UTF-8, puis recommencez."
            ) from error
    if sys.stdin is None or not sys.stdin.isatty():
        raise LockedAwayError(
            "Cet espace de travail est chiffré. Donnez sa phrase de passe sur un "
            f"terminal, ou dans un fichier que nomme {PASSPHRASE_FILE}."
        )
    from getpass import getpass  # noqa: PLC0415 - an encrypted workspace only

    try:
        typed = getpass(f"{question} : ")
        typed.encode("utf-8")
    except UnicodeError as error:
        raise LockedAwayError(
            "La phrase de passe tapée contient un caractère illisible. Rien n'a été "
            "changé. Réglez le terminal sur UTF-8, puis tapez-la à nouveau."
        ) from error
    return typed


def _from_keyring(name: str) -> bytes:
    import keyring  # noqa: PLC0415 - an encrypted workspace only
    from keyring.errors import KeyringError  # noqa: PLC0415 - rare

    try:
        kept = keyring.get_password(SERVICE, name)
    except KeyringError:
        kept = None
    if not kept:
        raise LockedAwayError(
            f"La clé {name} de cet espace de travail n'est pas dans le trousseau de "
            "cette session. Ouvrez-le avec le compte qui l'a chiffré, ou demandez au "
            "bureau de l'ouvrir : diag decrypt --identity CLE."
        )
    return bytes.fromhex(kept)


def _unwrapped(detail: dict[str, Any], mark: Path) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - 20 ms
    from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - 20 ms
        AESGCM,
    )

    passphrase = passphrase_given("Phrase de passe de l'espace de travail")
    sealed = b64decode(detail["sealed"])
    stretched = _stretched(passphrase, b64decode(detail["salt"]))
    try:
        return AESGCM(stretched).decrypt(sealed[:12], sealed[12:], None)
    except InvalidTag as error:
        raise LockedAwayError(
            f"Cette phrase de passe n'ouvre pas {mark.parent}. Rien n'a été changé. "
            "Réessayez ; si elle est perdue, le bureau peut l'ouvrir avec la clé mise "
            "sous séquestre : diag decrypt --identity CLE."
        ) from error


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return scrypt(
        passphrase.encode("utf-8"),
        salt=salt,
        n=_N,
        r=_R,
        p=_P,
        maxmem=2**26,
        dklen=KEY_BYTES,
    )
