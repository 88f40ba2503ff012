"""Install diag from the folder of this file, without Internet; a copy is in every kit.

It runs before diag is there, on the Python of a bare computer: nothing but its library.
"""

import os
import platform
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

_KIT = Path(__file__).resolve().parent
_IS_WINDOWS = os.name == "nt"


def main() -> None:
    """Make or renew the program's own folder, and show how it is started."""
    place = Path.home() / ".local" / "lib" / "diag"
    if _IS_WINDOWS:
        local = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData/Local")
        place = Path(local) / "Programs" / "diag"
    if len(sys.argv) > 1:
        place = Path(sys.argv[1]).absolute()
    mine = "{}.{}".format(*sys.version_info)
    versions = _KIT / "versions" / f"{mine}-{platform.machine()}.txt"
    if not versions.is_file() or sys.maxsize < 2**32:
        bits = 64 if sys.maxsize > 2**32 else 32
        known = sorted(path.stem for path in (_KIT / "versions").glob("*.txt"))
        _stop(
            f"Ce dossier n'est pas fait pour Python {mine}, {bits} bits, "
            f"{platform.machine()}, mais pour {', '.join(known)}. Installez le Python "
            "que nomme LISEZMOI.txt, et recommencez avec lui."
        )
    pip = next((_KIT / "roues").glob("pip-*.whl"), None)
    if pip is None:
        _stop("La clé est incomplète : recopiez le dossier entier.")
    print(f"Installation de diag dans {place}...", flush=True)
    # Debian takes out of `venv` what would bring pip: it comes from the kit.
    venv.EnvBuilder(symlinks=not _IS_WINDOWS).create(place)
    programs = place / ("Scripts" if _IS_WINDOWS else "bin")
    python = programs / ("python.exe" if _IS_WINDOWS else "python")
    arguments = ["install", "--no-index", "--find-links", str(_KIT / "roues")]
    arguments += ["--require-hashes", "--force-reinstall", "--no-warn-script-location"]
    arguments += ["--disable-pip-version-check", "-q", "-r", str(versions)]
    command = programs / ("diag.exe" if _IS_WINDOWS else "diag")
    install = [str(python), "-I", str(pip / "pip"), *arguments]
    for line in (install, [str(command), "--version"]):
        if subprocess.run(line, check=False).returncode:  # noqa: S603 - our own lines
            _stop("diag n'est pas installé ; la raison est au-dessus.")
    typed = f'& "{command}"' if _IS_WINDOWS else f'"{command}"'
    print(f"C'est fait. Pour ouvrir diag :\n  {typed}")
    print("Pour ne taper que « diag », voir LISEZMOI.txt.")


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # a full disk, a folder that is not one's own
        _stop(f"diag n'est pas installé : {error}")
