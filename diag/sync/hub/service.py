"""The hub as a service of its machine: its account, its systemd units, their state.

Where root sets it up, an account of its own runs it. A command that root gives later
acts as that account: a file of root's in the folder would stop the service.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from diag.model.errors import DiagError
from diag.sync.trust import write_private

if sys.platform != "win32":
    import pwd

ACCOUNT: Final = "diag-hub"
"""The account that runs the service."""

FOLDER: Final = Path("/var/lib/diag-hub/hub")
"""Where the service lives, unless it is told otherwise."""

UNITS: Final = Path("/etc/systemd/system")
"""Where an administrator's units go."""

UNIT: Final = "diag-hub.service"
TIMER: Final = "diag-hub-backup.timer"
"""What is enabled: the hub, and the copy of each hour."""

PASSWORD: Final = "pgpass"  # noqa: S105 -- the name of a file
"""The password of its PostgreSQL, in libpq's own form, in the folder of a hub."""

_NAMES = (UNIT, "diag-hub-backup.service", TIMER)
_PLAIN = re.compile(r"[\w./@+-]+", re.ASCII)
_LOW_PORT = 1024
_HIDDEN = (Path("/home"), Path("/root"), Path("/run/user"), Path("/tmp"))  # noqa: S108 -- named, never written
_SHELL = "/usr/sbin/nologin"


class Service(NamedTuple):
    """What the units of a hub hold."""

    folder: Path
    port: int
    copies: Path | None = None
    """Where copies go; None: in the folder."""
    seal: tuple[str, ...] = ()
    """The age keys that open them; none: they are in clear."""
    account: str = ACCOUNT

    def units(self) -> dict[str, str]:
        """Return the units, by name.

        Raises:
            DiagError: when systemd would read a path otherwise than it is.
        """
        words = {
            "account": self.account,
            "folder": _plain(self.folder),
            "program": _plain(_find_program()),
            "copies": f" --to {_plain(self.copies)}" if self.copies else "",
            "place": f" {_plain(self.copies)}" if self.copies else "",
            "capabilities": "CapabilityBoundingSet=",
        }
        if self.port < _LOW_PORT:  # what it may do beyond its account
            right = "CAP_NET_BIND_SERVICE"
            words["capabilities"] += f"{right}\nAmbientCapabilities={right}"
        words["copies"] += "".join(f" --seal {key}" for key in self.seal)
        folder = files("diag.sync.hub").joinpath("units")
        texts = {name: folder.joinpath(name).read_text("utf-8") for name in _NAMES}
        return {name: text.format(**words) for name, text in texts.items()}


def _plain(path: Path) -> str:
    if not _PLAIN.fullmatch(str(path)):
        raise DiagError(
            f"{path} : systemd lirait mal ce chemin. Choisissez-en un sans espace ni "
            "accent."
        )
    return str(path)


def _find_program() -> Path:
    """Return the program that runs now, as a unit names it."""
    return Path(sys.executable).with_name("diag")


def check_program() -> None:
    """Refuse to run a service from a program that it could not read.

    Raises:
        DiagError: when it, or its Python, is in somebody's own folder; not installed.
    """
    program, python = _find_program(), Path(sys.base_prefix)
    if _is_hidden(program) or not program.exists():
        raise DiagError(
            f"Le service ne pourrait pas lire {program}. Installez diag dans /opt/diag "
            "(docs/hub.md, « Installer »), puis : /opt/diag/bin/diag hub setup."
        )
    if _is_hidden(python):
        raise DiagError(
            f"Le service ne pourrait pas lire {python}, le Python de {program}. "
            "Refaites /opt/diag avec le python3 du système (docs/hub.md, "
            "« Installer ») : /usr/bin/python3 -m venv --clear /opt/diag."
        )


def _is_hidden(path: Path) -> bool:
    return any(path.is_relative_to(each) for each in _HIDDEN)


def default_folder() -> Path:
    """Return where a hub is when nobody names it: here, or where the service is."""
    here = Path("diag-hub")
    return FOLDER if FOLDER.parent.is_dir() and not here.is_dir() else here


def act_as_owner(folder: Path) -> None:
    """Have root act, from now on, as the account that a hub's folder belongs to."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    where = folder if folder.exists() else folder.parent
    owner = where.stat() if where.exists() else None
    if owner and owner.st_uid:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)


@contextmanager
def acting_as(account: str) -> Iterator[None]:
    """Have what root makes meanwhile belong to an account; empty: as one is."""
    if sys.platform == "win32" or not account:
        yield
        return
    owner, groups = pwd.getpwnam(account), os.getgroups()
    os.setgroups([])
    os.setegid(owner.pw_gid)
    os.seteuid(owner.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def make_account(home: Path) -> bool:
    """Make the account of a service and its home; return whether it was made.

    Raises:
        DiagError: when the system refuses.
    """
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        words = ["useradd", "--system", "--user-group", "--shell", _SHELL]
        run([*words, "--home-dir", str(home), "--create-home", ACCOUNT])
        shutil.chown(home, ACCOUNT, ACCOUNT)
        home.chmod(0o700)
        return True
    return False


def hand_over(folder: Path, account: str = ACCOUNT) -> None:
    """Have a hub that root restored belong to the account of the service.

    The folder last, and no link followed: what the account could put there meanwhile
    would name a file of root's.
    """
    if folder.exists() and _is_of_root(folder):
        owner = pwd.getpwnam(account)
        for path in (*folder.rglob("*"), folder):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _is_of_root(path: Path) -> bool:
    return path.stat().st_uid == 0


def install(service: Service, where: Path) -> list[Path]:
    """Write the units of a service; return those that changed."""
    changed = []
    for name, text in service.units().items():
        path = where / name
        if not path.exists() or path.read_text("utf-8") != text:
            where.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            path.chmod(0o644)
            changed.append(path)
    return changed


def has_systemd() -> bool:
    """Whether systemd runs this machine: a container has its files at most."""
    return Path("/run/systemd/system").is_dir() and bool(shutil.which("systemctl"))


def start() -> None:
    """Have systemd start the hub and its copies, now and with the machine.

    Raises:
        DiagError: when it refuses.
    """
    run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", UNIT, TIMER])
    run(["systemctl", "restart", UNIT, TIMER])


def state_of(unit: str) -> str:
    """Return what systemd reports of a unit: « active », « failed », « inactive »."""
    done = subprocess.run(  # noqa: S603 -- our own words
        ["systemctl", "is-active", unit],  # noqa: S607 -- the system's own
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def run(words: list[str]) -> None:
    """Run a program of the system.

    Raises:
        DiagError: when it is not there, or refuses; with its own words.
    """
    try:
        done = subprocess.run(words, check=False, capture_output=True, text=True)  # noqa: S603 -- our own words
    except FileNotFoundError as error:
        raise DiagError(
            f"{words[0]} est introuvable sur cette machine. Rien d'autre n'a été fait."
        ) from error
    if done.returncode:
        reason = " ".join(done.stderr.split())
        raise DiagError(f"{' '.join(words)} a échoué : {reason}")


def keep_password(folder: Path, address: str, password: str) -> Path:
    """Keep the password of a hub's PostgreSQL in its folder; return the file.

    Raises:
        DiagError: when that file cannot hold it.
    """
    if set(password) & {"\n", "\r", "\0"}:
        raise DiagError(
            "Le mot de passe de la base contient un retour à la ligne : PostgreSQL ne "
            "le relirait pas. Choisissez-en un autre."
        )
    parts = urlsplit(address)
    fields = (
        parts.hostname or "*",
        str(parts.port or 5432),
        unquote(parts.path.strip("/")) or "*",
        unquote(parts.username or "*"),
        password,
    )
    escaped = (re.sub(r"([:\\])", r"\\\1", each) for each in fields)
    path = folder / PASSWORD
    write_private(path, f"{':'.join(escaped)}\n".encode())
    return path
