"""The kit of this very diag, resolved by the real index of packages.

Apart from invented packages: pip looks nowhere else where those are.
"""

import sys
from pathlib import Path

import pytest

from diag.office import kit as kits
from diag.office.kit import PYTHONS, SYSTEMS, write_kit
from tests.office.test_kit import HERE, names_in, ran


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_real_kit_is_resolved_and_linux_installs_it(
    tmp_path: Path, system: str
) -> None:
    try:
        kit = write_kit(tmp_path / "kit", system, (HERE,) if system == "linux" else ())
    except kits._UnreachableError:
        pytest.skip("no package index answers: the real kit was not made")

    machines = SYSTEMS[system].machines
    pythons = (HERE,) if system == "linux" else PYTHONS
    for python in pythons:
        for machine in machines:
            names = names_in(kit.folder, python, machine)
            assert ("pywin32-ctypes" in names) is (system == "windows")
            assert ("SecretStorage" in names) is (system == "linux")
    if system == "linux":
        place = tmp_path / "programme"
        line = [sys.executable, str(kit.folder / "installer.py"), str(place)]
        assert [ran(line)[0] for _ in range(2)] == [0, 0]  # renewed
        assert ran([str(place / "bin/diag"), "check"])[0] == 0
