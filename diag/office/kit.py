"""A folder that installs diag on computers without Internet, for a system of one's own.

pip chooses the packages for the target's Python and judges their markers for it; each
is named by its hash. Only the Python itself is not in the folder: its text names it.
"""

import json
import re
import shutil
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from importlib.metadata import distribution as installed
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import diag
from diag.model.errors import DiagError
from diag.office import kit_installer
from diag.words.sentences import counted, listed, system_sentence

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Pythons that a kit is made for, unless some are named."""


@dataclass(frozen=True, slots=True)
class _System:
    """What one asks of pip to choose for another computer."""

    name: str
    machines: dict[str, tuple[str, ...]]
    """As Python names the processor → tags of wheels that it takes."""
    markers: dict[str, str]
    """What its Python would say of itself."""


_INTEL = "x86_64"
SYSTEMS = {
    "windows": _System(
        "Windows",
        {"AMD64": ("win_amd64",)},
        {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
    ),
    "linux": _System(
        "Linux",
        {
            _INTEL: (
                *(f"manylinux_2_{minor}_{_INTEL}" for minor in range(28, 4, -1)),
                *(f"manylinux{year}_{_INTEL}" for year in (2014, 2010, 1)),
                f"linux_{_INTEL}",
            )
        },
        {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    ),
    "macos": _System(
        "macOS",
        {one: (f"macosx_12_0_{one}",) for one in ("arm64", _INTEL)},
        {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    ),
}
"""System, as it is typed → what a kit for it is made of."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What was written."""

    folder: Path
    packages: int
    size: int
    """Bytes."""


Say = Callable[[str], None]


def write_kit(
    folder: Path,
    system: str,
    pythons: Sequence[str] = (),
    extras: Sequence[str] = (),
    say: Say = lambda _sentence: None,
) -> Kit:
    """Write a kit beside its folder, then give it its name; begun again, it goes on.

    Raises:
        DiagError: the folder is taken, an extra is unknown, pip is absent or failed.
    """
    if find_spec("pip") is None:
        raise DiagError(
            "Cette installation de diag n'a pas pip, qui choisit les paquets. "
            "Ajoutez-le.",
            command=f"{sys.executable} -m ensurepip",
        )
    folder = folder.absolute()
    if folder.exists():
        raise DiagError(f"{folder} existe déjà. Donnez un dossier qui n'existe pas.")
    begun = folder.with_name(f"{folder.name}.partiel")
    pythons = pythons or PYTHONS
    try:
        with TemporaryDirectory() as apart:
            own = own_wheel(Path(apart))
            wanted = f"diag{_chosen(own, extras)}"
            wheels = begun / "roues"
            wheels.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(begun / "versions", ignore_errors=True)  # of an earlier try
            (begun / "versions").mkdir()
            own = Path(shutil.copy(own, wheels))
        wanted = f"{wanted} @ {own.as_uri()}"
        kept = _gather(begun, wanted, SYSTEMS[system], pythons, say)
        for path in set(wheels.iterdir()) - kept:
            path.unlink()
        _explain(begun, system, pythons)
        size = sum(path.stat().st_size for path in kept)
        begun.rename(folder)
    except OSError as error:
        raise DiagError(f"{system_sentence(error)} {_GOES_ON}") from error
    return Kit(folder, len(kept), size)


_GOES_ON = "Relancez la même ligne : elle reprend ce qui est déjà là."


def _chosen(own: Path, extras: Sequence[str]) -> str:
    """Return `[hub,phone]`.

    Raises:
        DiagError: one of them is none.
    """
    with ZipFile(own) as wheel:
        name = next(each for each in wheel.namelist() if each.endswith("/METADATA"))
        text = wheel.read(name).decode()
    known = re.findall(r"(?m)^Provides-Extra: (\S+)", text)
    for extra in extras:
        if extra not in known or extra == "dev":
            offered = listed([one for one in known if one != "dev"])
            raise DiagError(f"Complément « {extra} » inconnu. Il y a : {offered}.")
    return f"[{','.join(extras)}]" if extras else ""


def _gather(
    begun: Path, wanted: str, system: _System, pythons: Sequence[str], say: Say
) -> set[Path]:
    """Have the wheels of each Python and processor; return the paths of all.

    Raises:
        DiagError: pip did not find them, or could not bring them.
    """
    kept: set[Path] = set()
    wheels, here = begun / "roues", _versions_here()
    for python in pythons:
        for machine, tags in system.machines.items():
            target = _TargetPython(python, machine, tags, system.markers)
            found = _resolved(wanted, target)
            named = [
                (one["metadata"]["name"], one["metadata"]["version"]) for one in found
            ]
            others = [
                f"{name} {version}"
                for name, version in named
                if here.get(name, "") not in {"", version}
            ]
            differ = f" ; autres versions qu'ici : {listed(others)}" if others else ""
            packages = counted(len(found), "paquet")
            say(f"{system.name} {machine}, Python {python} : {packages}{differ}")
            lines = []
            for (name, version), one in zip(named, found, strict=True):
                download = one["download_info"]
                mark = download["archive_info"]["hashes"]["sha256"]
                lines.append(f"{name}=={version} --hash=sha256:{mark}\n")
                kept.add(wheels / download["url"].rpartition("/")[2].partition("#")[0])
            versions = begun / "versions" / f"{python}-{machine}.txt"
            versions.write_text("".join(sorted(lines)), encoding="utf-8")
            _run_pip(
                target,
                *("download", "--no-deps", "--require-hashes", "-d", str(wheels)),
                *("--find-links", str(wheels), "-r", str(versions), *target.options),
            )
    return kept


@dataclass(frozen=True, slots=True)
class _TargetPython:
    python: str
    machine: str
    tags: tuple[str, ...]
    markers: dict[str, str]

    @property
    def options(self) -> tuple[str, ...]:
        platforms = (word for tag in self.tags for word in ("--platform", tag))
        return (
            *("--only-binary=:all:", "--implementation", "cp"),
            *("--python-version", self.python, *platforms),
        )

    @property
    def environment(self) -> dict[str, str]:
        """Return what markers read of the target."""
        return self.markers | {
            "platform_machine": self.machine,
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "platform_release": "",
            "platform_version": "",
        }


def _resolved(wanted: str, target: _TargetPython) -> list[dict[str, Any]]:
    """Return what pip would install there, its own wheel included.

    The versions are those of this computer, which were tried, where all suit.
    """
    with TemporaryDirectory() as apart:
        report, here = Path(apart, "report.json"), Path(apart, "here.txt")
        lines = (f"{name}=={version}\n" for name, version in _versions_here().items())
        here.write_text("".join(lines), encoding="utf-8")
        asked = (
            *("install", "--dry-run", "--ignore-installed", "--target", apart),
            *("--report", str(report), *target.options, wanted, "pip"),
        )
        try:
            _run_pip(target, *asked, "-c", str(here))
        except _UnreachableError:
            raise
        except DiagError:  # one of them has no wheel there
            _run_pip(target, *asked)
        found = json.loads(report.read_bytes())
    if found["environment"]["sys_platform"] != target.markers["sys_platform"]:
        raise DiagError(
            "Cette version de pip ne sait pas choisir pour un autre système. "
            "Mettez pip à jour.",
            command=f"{sys.executable} -m pip install --upgrade pip",
        )
    return list(found["install"])


def _versions_here() -> dict[str, str]:
    named = ((one.metadata["Name"] or "", one.version) for one in distributions())
    return {name: version for name, version in named if name not in {"", "diag", "pip"}}


_PIP_FOR_ANOTHER = """\
import json, runpy, sys
from pip._vendor.packaging import markers
target, usual = json.loads(sys.argv.pop(1)), markers.default_environment
markers.default_environment = lambda: {**usual(), **target}
runpy.run_module("pip", run_name="__main__")
"""
"""pip chooses wheels of another system, yet judges markers for its own: told which."""


class _UnreachableError(DiagError):
    """Where packages come from does not answer."""


def _run_pip(target: _TargetPython | None, *arguments: str) -> None:
    """Run pip, for a target or for here.

    Raises:
        DiagError: it failed; its own last words are given.
    """
    environment = json.dumps(target.environment if target else {})
    quiet = ("--disable-pip-version-check", "--no-input", "-q", "--retries", "2")
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-c", _PIP_FOR_ANOTHER, environment, *arguments, *quiet],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode == 0:
        return
    told = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
    why = told[0].removeprefix("ERROR:").strip() if told else "sans dire pourquoi"
    if "Retrying" in done.stderr:
        raise _UnreachableError(
            "L'index des paquets ne répond pas : ce dossier se prépare avec Internet. "
            f"Vérifiez la connexion, ou le proxy. {_GOES_ON}"
        )
    raise DiagError(f"pip a échoué : {why.rstrip('.')}. {_GOES_ON}")


def own_wheel(folder: Path) -> Path:
    """Write diag's own wheel in a folder: built from its sources, else as installed.

    Raises:
        DiagError: neither its sources nor its installation are here, or they changed.
    """
    sources = Path(diag.__file__).parents[1]
    if (sources / "pyproject.toml").is_file():
        _run_pip(None, "wheel", "--no-deps", "-w", str(folder), str(sources))
        return next(folder.glob("diag-*.whl"))
    try:
        return repack(installed("diag"), folder)
    except PackageNotFoundError as error:
        raise DiagError(
            "diag n'est ni dans ses sources, ni installé par pip : rien n'est à copier."
        ) from error


_OF_HERE = frozenset({"INSTALLER", "REQUESTED", "RECORD", "direct_url.json"})
"""What an installation adds to a wheel."""


def repack(one: Distribution, folder: Path) -> Path:
    """Write the wheel that a package was installed from, its scripts left to pip.

    Raises:
        DiagError: a file is not what was installed.
    """
    info = f"{re.sub(r'[-_.]+', '_', one.metadata['Name'])}-{one.version}"
    tags = re.findall(r"(?m)^Tag: (.+?)-(.+?)-(.+)$", one.read_text("WHEEL") or "")
    parts = (".".join(sorted(set(each))) for each in zip(*tags, strict=True))
    path = folder / f"{info}-{'-'.join(parts)}.whl"
    record = []
    with ZipFile(path, "w", ZIP_DEFLATED) as wheel:
        for file in sorted(one.files or ()):
            inside = file.parts[0] != ".." and file.suffix != ".pyc"
            if not inside or (
                file.name in _OF_HERE and file.parent.suffix == ".dist-info"
            ):
                continue
            raw = file.read_binary()
            mark = urlsafe_b64encode(sha256(raw).digest()).rstrip(b"=").decode()
            if file.hash and (file.hash.mode, file.hash.value) != ("sha256", mark):
                raise DiagError(
                    f"{file} a changé depuis l'installation de diag : une copie ne "
                    "serait pas ce qui a été essayé. Réinstallez diag d'abord."
                )
            record.append(f"{file.as_posix()},sha256={mark},{len(raw)}\n")
            wheel.writestr(ZipInfo(file.as_posix()), raw, ZIP_DEFLATED)
        name = f"{info}.dist-info/RECORD"
        wheel.writestr(ZipInfo(name), "".join((*record, f"{name},,\n")))
    return path


def _explain(begun: Path, system: str, pythons: Sequence[str]) -> None:
    """Write the installer, and what one reads before running it."""
    source = Path(kit_installer.__file__)
    shutil.copyfile(source, begun / "installer.py")
    text = (source.parent / "kit_texts" / f"{system}.txt").read_text(encoding="utf-8")
    newest = max(pythons, key=lambda one: [int(part) for part in one.split(".")])
    text = text.format(pythons=listed(pythons), newest=newest)
    if system == "windows":  # where its notepad may be old
        raw = text.replace("\n", "\r\n").encode("utf-8-sig")
    else:
        raw = text.encode()
    (begun / "LISEZMOI.txt").write_bytes(raw)
