"""A kit: what pip chooses for another system, its hashes, the line that installs it."""

import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PathDistribution, distribution
from pathlib import Path
from shutil import copy, copytree
from zipfile import ZipFile

import pytest

from diag.model.errors import DiagError
from diag.office import kit as kits
from diag.office import kit_installer
from diag.office.kit import SYSTEMS, repack, write_kit

HERE = f"3.{sys.version_info.minor}"
PURE = "py3-none-any"
ONLY_WINDOWS, ONLY_LINUX = 'sys_platform == "win32"', 'sys_platform == "linux"'


def wheel(
    house: Path, name: str, tag: str = PURE, needs: tuple[str, ...] = (), more: str = ""
) -> Path:
    """Write the wheel of an invented package, version 1.0."""
    lines = [f"Requires-Dist: {need}\n" for need in needs]
    info = f"{name}-1.0.dist-info"
    code = 'def main():\n    print("version inventée")\n'
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{more}{''.join(lines)}"
        ),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    house.mkdir(exist_ok=True)
    path = house / f"{name}-1.0-{tag}.whl"
    with ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in files))
    return path


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The only place that pip looks in: packages that a diag of the test needs."""
    apart = tmp_path_factory.mktemp("paquets")
    house = apart / "maison"
    needs = ("ecran", f"trousseau; {ONLY_WINDOWS}", f"portefeuille; {ONLY_LINUX}")
    extra = "Provides-Extra: phone\nProvides-Extra: dev\n"
    phone = 'carre; extra == "phone"'
    own = wheel(apart / "own", "diag", needs=(*needs, phone), more=extra)
    for name in ("trousseau", "portefeuille", "carre"):
        wheel(house, name)
    wheel(house, "ecran", "cp39-abi3-manylinux_2_17_x86_64")
    repack(distribution("pip"), house)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kits, "own_wheel", lambda folder: Path(copy(own, folder)))
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(house))
        yield house


@pytest.fixture(scope="module")
def linux(house: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the kit of this Python and an extra, for Linux."""
    folder = tmp_path_factory.mktemp("linux") / "kit"
    return write_kit(folder, "linux", (HERE,), ("phone",)).folder


def names_in(kit: Path, python: str, machine: str) -> set[str]:
    """Return the packages that a target installs, each checked against its hash."""
    text = (kit / "versions" / f"{python}-{machine}.txt").read_text(encoding="utf-8")
    hashes = {sha256(one.read_bytes()).hexdigest() for one in (kit / "roues").iterdir()}
    found = re.findall(r"(?m)^(\S+)==\S+ --hash=sha256:(\S+)$", text)
    assert len(found) == len(text.splitlines())
    assert {mark for _, mark in found} <= hashes
    return {name for name, _ in found}


def test_a_kit_is_whole_or_is_not_and_goes_on_for_each_target(
    house: Path, linux: Path, tmp_path: Path
) -> None:
    """Markers are judged for the target, whatever the system here."""
    folder, pythons = tmp_path / "clé à copier", ("3.12", "3.13")
    with pytest.raises(DiagError, match=r"ecran.*Relancez la même ligne"):
        write_kit(folder, "windows", pythons)
    assert not folder.exists()

    wheel(house, "ecran", "cp312-abi3-win_amd64")
    wheel(house, "ecran", "cp313-abi3-win_amd64")
    (tmp_path / "clé à copier.partiel/roues/vieux-1.0-py3-none-any.whl").write_bytes(
        b""
    )
    said: list[str] = []
    kit = write_kit(folder, "windows", pythons, (), said.append)

    for python in pythons:
        assert names_in(folder, python, "AMD64") == {
            *("diag", "ecran", "pip", "trousseau"),
        }
    assert names_in(linux, HERE, "x86_64") == {
        *("carre", "diag", "ecran", "pip", "portefeuille"),
    }
    assert said == [f"Windows AMD64, Python {one} : 4 paquets" for one in pythons]
    assert {path.name for path in folder.iterdir()} == {
        *("LISEZMOI.txt", "installer.py", "roues", "versions"),
    }
    assert {path.name for path in (folder / "roues").glob("ecran-*")} == {
        *("ecran-1.0-cp312-abi3-win_amd64.whl", "ecran-1.0-cp313-abi3-win_amd64.whl"),
    }
    assert not [*(folder / "roues").glob("vieux*")]
    assert kit.packages == len([*(folder / "roues").iterdir()]) == 5
    assert not [*tmp_path.glob("*.partiel")]
    with pytest.raises(DiagError, match="existe déjà"):
        write_kit(folder, "windows", pythons)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("extra", ["phones", "dev"])
def test_an_unknown_extra_is_named_with_those_there_are(
    tmp_path: Path, extra: str
) -> None:
    with pytest.raises(DiagError, match=rf"« {extra} » inconnu. Il y a : phone\."):
        write_kit(tmp_path / "kit", "linux", (HERE,), (extra,))


def test_a_kit_for_other_pythons_installs_nothing_and_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions/3.2-vax.txt").touch()
    monkeypatch.setattr(kit_installer, "_KIT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["installer.py", str(tmp_path / "diag")])

    with pytest.raises(SystemExit):
        kit_installer.main()

    said = capsys.readouterr().err
    assert f"n'est pas fait pour Python {HERE}, " in said
    assert "mais pour 3.2-vax. Installez" in said
    assert not (tmp_path / "diag").exists()


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_text_names_its_python_and_lines_that_its_shell_takes(
    tmp_path: Path, system: str
) -> None:
    kits._explain(tmp_path, system, ("3.9", "3.13"))

    text = (tmp_path / "LISEZMOI.txt").read_text(encoding="utf-8-sig")
    assert "Python 3.9 et 3.13" in text
    assert "installer.py" in text
    assert "&&" not in text  # PowerShell 5.1 has none
    assert system == "linux" or "de Python 3.13" in text


def ran(line: list[str]) -> tuple[int, str, str]:
    """Run a line where pip looks nowhere; return its code and what it printed."""
    kept = {key for key in os.environ if key[:4] != "PIP_" and key != "PYTHONPATH"}
    usual = {key: os.environ[key] for key in kept} | {"PIP_NO_COMPILE": "1"}
    done = subprocess.run(
        line, capture_output=True, check=False, encoding="utf-8", env=usual
    )
    return done.returncode, done.stdout, done.stderr


def test_its_line_installs_without_index_what_its_hashes_name(
    linux: Path, tmp_path: Path
) -> None:
    kit = copytree(linux, tmp_path / "kit")
    place = tmp_path / "programme"
    line = [sys.executable, str(kit / "installer.py"), str(place)]

    code, out, err = ran(line)
    assert code == 0, err[-900:]
    assert "version inventée" in out
    assert str(place / "bin/diag") in out

    next((kit / "roues").glob("pip-*")).write_bytes(b"PK changed")
    code, _, err = ran(line)
    assert code == 1
    assert "n'est pas installé" in err

    versions = kit / "versions"
    (versions / f"{HERE}-x86_64.txt").rename(versions / "3.99-x86_64.txt")
    code, _, err = ran(line)
    assert code == 1
    assert f"Python {HERE}, 64 bits" in err
    assert "3.99-x86_64" in err


@pytest.mark.long  # the gate reads that every line has its hash, which pip checks
def test_a_wheel_that_changed_is_refused(linux: Path, tmp_path: Path) -> None:
    kit = copytree(linux, tmp_path / "kit")
    next((kit / "roues").glob("ecran-*")).write_bytes(b"PK changed")

    code, _, err = ran([sys.executable, str(kit / "installer.py"), str(tmp_path / "p")])

    assert code == 1
    assert "DO NOT MATCH THE HASHES" in err
    assert "n'est pas installé" in err


def test_what_was_installed_makes_its_wheel_again(tmp_path: Path) -> None:
    package = tmp_path / "site/exemple.py"
    info = tmp_path / "site/exemple-1.0.dist-info"
    info.mkdir(parents=True)
    package.write_text("VALUE = 1\n")
    mark = urlsafe_b64encode(sha256(package.read_bytes()).digest()).rstrip(b"=")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: exemple\nVersion: 1.0")
    (info / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {PURE}\n")
    (info / "RECORD").write_text(
        f"exemple.py,sha256={mark.decode()},10\n../../bin/exemple,,\n"
        "exemple-1.0.dist-info/METADATA,,\nexemple-1.0.dist-info/WHEEL,,\n"
        "exemple-1.0.dist-info/INSTALLER,,\nexemple-1.0.dist-info/RECORD,,\n"
    )
    found = PathDistribution(info)

    path = repack(found, tmp_path)

    assert path.name == f"exemple-1.0-{PURE}.whl"
    with ZipFile(path) as archive:
        assert {name.rpartition("/")[2] for name in archive.namelist()} == {
            *("exemple.py", "METADATA", "WHEEL", "RECORD"),
        }
        assert archive.read("exemple.py") == package.read_bytes()
    package.write_text("VALUE = 2\n")
    with pytest.raises(DiagError, match=r"exemple.py a changé"):
        repack(found, tmp_path)
