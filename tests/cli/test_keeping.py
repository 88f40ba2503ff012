"""`diag hub setup`: from nothing to a hub, by questions or by options."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.sync.hub import service
from diag.sync.hub.home import HubHome
from diag.sync.hub.service import Service
from tests.audit.builders import territory
from tests.cli.running import diag

URL = "https://hub.vallombre.example:8443"


def test_questions_make_a_hub_that_knows_its_schools_and_lets_one_in(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "mon serveur"
    words = ("hub", "--folder", str(folder), "setup")
    typed = ["Vallombre Numérique", URL, "own", "", str(territory().annuaire), "Anne"]

    done = diag(tmp_path, *words, stdin="\n".join([*typed, ""]))

    assert done.code == 0, done.err
    home = HubHome.open(folder)
    assert (home.settings.name, home.settings.url) == ("Vallombre Numérique", URL)
    assert f"diag sync enrol '{URL}#" in done.out
    assert f"diag hub --folder '{folder}' serve" in done.out
    store = home.store()
    try:
        assert store.places({"*"}) > 10
    finally:
        store.close()
    assert "directory" not in done.out

    again = diag(tmp_path, *words)
    other = diag(tmp_path, *words, "--url", "https://ailleurs:8443")

    assert again.code == 0
    assert "Serveur déjà là, gardé" in again.out
    assert other.code == 1
    assert "réglé autrement (url)" in other.err
    assert HubHome.open(folder).settings == home.settings


def test_nobody_to_answer_is_told_which_options_to_give(tmp_path: Path) -> None:
    done = diag(tmp_path, "hub", "--folder", str(tmp_path / "hub"), "setup")

    assert done.code == 2
    assert "--name et --url" in done.err
    assert not (tmp_path / "hub").exists()


def test_a_service_is_set_up_by_root_from_where_it_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("hub", "--folder", str(tmp_path / "hub"), "setup", "--service")
    options = ("--name", "Vallombre", "--url", URL)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    refused = diag(tmp_path, *words, *options)

    assert refused.code == 1
    assert "root" in refused.err
    assert not (tmp_path / "hub").exists()
    monkeypatch.setattr(sys, "executable", "/root/diag/.venv/bin/python")
    with pytest.raises(DiagError, match="/opt/diag"):
        service.check_program()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setattr(service, "_HIDDEN", (Path("/root"),))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "diag").touch()
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    service.check_program()
    monkeypatch.setattr(sys, "base_prefix", "/root/.pyenv/versions/3.11.7")
    with pytest.raises(DiagError, match=r"pyenv.*python3 du système"):
        service.check_program()


@pytest.mark.parametrize("port", [443, 8443])
def test_the_units_say_where_the_hub_is_and_change_once(
    tmp_path: Path, port: int
) -> None:
    unit = Service(Path("/srv/hub"), port, Path("/mnt/nas"), ("age1xyz",))

    assert len(service.install(unit, tmp_path)) == 3
    assert service.install(unit, tmp_path) == []

    hub, copy = (
        (tmp_path / f"diag-hub{each}.service").read_text("utf-8")
        for each in ("", "-backup")
    )
    assert "diag hub --folder /srv/hub serve\n" in hub
    assert "hub --folder /srv/hub backup --to /mnt/nas --seal age1xyz\n" in copy
    assert "ReadWritePaths=/srv/hub /mnt/nas\n" in copy
    assert ("AmbientCapabilities=CAP_NET_BIND_SERVICE" in hub) == (port == 443)
    with pytest.raises(DiagError, match="systemd lirait mal"):
        Service(Path("/srv/mon hub"), port).units()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_to_tell_of_the_units(tmp_path: Path) -> None:
    service.install(Service(Path("/srv/hub"), 443, account="root"), tmp_path)
    units = sorted(map(str, tmp_path.iterdir()))

    done = subprocess.run(
        ["systemd-analyze", "verify", *units], check=False, capture_output=True
    )

    told = [line for line in done.stderr.decode().splitlines() if "diag-hub" in line]
    assert (done.returncode, told) == (0, [])


def test_a_hub_is_handed_over_without_what_its_links_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root hands it over: the account may have put a link there meanwhile."""
    folder, elsewhere = tmp_path / "hub", tmp_path / "shadow"
    folder.mkdir()
    elsewhere.write_text("secret")
    (folder / "keys.json").symlink_to(elsewhere)
    given: list[tuple[Path, bool]] = []

    def chown(path: Path, _user: int, _group: int, *, follow_symlinks: bool) -> None:
        given.append((path, follow_symlinks))

    monkeypatch.setattr(os, "chown", chown)
    monkeypatch.setattr(service, "_is_of_root", lambda _path: True)

    service.hand_over(folder, pwd.getpwuid(os.getuid()).pw_name)

    assert given == [(folder / "keys.json", False), (folder, False)]


def test_a_password_that_its_file_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DiagError, match="retour à la ligne"):
        service.keep_password(tmp_path, "postgresql://base/suivi", "un\ndeux")
    assert not list(tmp_path.iterdir())


def test_a_password_is_kept_as_postgresql_reads_it(tmp_path: Path) -> None:
    address = "postgresql://diag@base.example:6000/suivi"

    path = service.keep_password(tmp_path, address, "a:b\\c")

    assert path.read_text("utf-8") == "base.example:6000:suivi:diag:a\\:b\\\\c\n"
    assert path.stat().st_mode & 0o077 == 0
