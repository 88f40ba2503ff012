"""Copies sealed for the office: nothing in clear, and a whole hub back."""

from hashlib import sha256
from pathlib import Path

import pyrage
import pytest

from diag.model.errors import DiagError
from diag.sync.hub import copies
from diag.sync.hub.home import HubHome
from diag.sync.hub.hub import BlobFiles
from tests.cli.running import diag
from tests.sync.hub.test_home import SETTINGS

PHOTO = b"une photo"
SHA = sha256(PHOTO).hexdigest()
OFFICE = pyrage.x25519.Identity.generate()


@pytest.fixture
def home(tmp_path: Path) -> HubHome:
    home = HubHome.create(tmp_path / "hub", SETTINGS)
    BlobFiles(home.folder / "blobs").put(SHA, 0, PHOTO, len(PHOTO))
    home.invite("Mme Zzyzx", ("95",), "write")
    return home


def key_file(folder: Path, key: object = OFFICE) -> Path:
    path = folder / "office.txt"
    path.write_text(f"# created: 2026\n{key}\n", encoding="utf-8")
    return path


def test_nothing_is_in_clear_where_the_copies_go(home: HubHome, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    before = sorted(home.folder.iterdir())
    copies.back_up_sealed(home, [str(OFFICE.to_public())], there)

    contents = [path.read_bytes() for path in there.rglob("*") if path.is_file()]
    assert len(contents) == 2
    assert all(one.startswith(b"age-encryption.org/") for one in contents)
    assert [one for one in contents if b"Zzyzx" in one or PHOTO in one] == []
    assert sorted(home.folder.iterdir()) == sorted({*before, home.folder / "keys.json"})


def test_a_whole_hub_comes_back_with_the_key(home: HubHome, tmp_path: Path) -> None:
    copied = copies.back_up_sealed(
        home, [str(OFFICE.to_public())], tmp_path / "elsewhere"
    )
    new = tmp_path / "new"

    assert copies.restore_sealed(new, copied, key_file(tmp_path)) is None
    again = HubHome.open(new)

    assert again.authority == home.authority
    assert again.keys == home.keys
    assert BlobFiles(new / "blobs").read(SHA, 0, 99) == (PHOTO, len(PHOTO))
    assert not [path for path in new.iterdir() if path.name.startswith("copie-")]
    assert copies.restore_sealed(new, copied, key_file(tmp_path)) is not None


def test_another_key_a_cut_copy_and_a_foreign_file_change_nothing(
    home: HubHome, tmp_path: Path
) -> None:
    copied = copies.back_up_sealed(home, [str(OFFICE.to_public())])
    before = (home.folder / "hub.db").read_bytes()
    foreign = tmp_path / "autre.age"
    foreign.write_bytes(pyrage.encrypt(b'{"form": 1}\n', [OFFICE.to_public()]))
    outside = b'{"form": "diag hub 1", "files": {"../x": ""}, "database": "y.db"}\n'
    (tmp_path / "x.age").write_bytes(pyrage.encrypt(outside, [OFFICE.to_public()]))
    cut = tmp_path / "cut.age"
    cut.write_bytes(copied.read_bytes()[:-9])
    other = pyrage.x25519.Identity.generate()

    for path, key, said in (
        (copied, other, "cette clé ne l'ouvre pas"),
        (cut, OFFICE, "abîmé"),
        (foreign, OFFICE, "pas une copie de serveur"),
        (tmp_path / "x.age", OFFICE, "pas une copie de serveur"),
        (tmp_path / "rien.age", OFFICE, "illisible"),
        (copied, "rien", "pas une clé privée age"),
    ):
        with pytest.raises(DiagError, match=said):
            copies.restore_sealed(home.folder, path, key_file(tmp_path, key))
    assert (home.folder / "hub.db").read_bytes() == before
    with pytest.raises(DiagError, match="age1"):
        copies.back_up_sealed(home, ["diag1-abcd"])


def test_sealed_copies_are_dropped_as_the_plain_ones_are(
    home: HubHome, tmp_path: Path
) -> None:
    there = tmp_path / "elsewhere"
    there.mkdir()
    old, note = there / "hub-2001-01-01-000000.age", there / "hub-notes.age"
    for path in (old, note):
        path.write_bytes(b"")

    copies.back_up_sealed(home, [str(OFFICE.to_public())], there)

    assert not old.exists()
    assert note.exists()
    assert copies.FOLDER not in {path.name for path in there.iterdir()}


def test_the_commands_seal_and_open(home: HubHome, tmp_path: Path) -> None:
    def hub(*words: str, folder: Path = home.folder) -> str:
        done = diag(tmp_path, "hub", "--folder", str(folder), *words)
        return done.out + done.err

    made = hub("backup", "--seal", str(OFFICE.to_public()))
    assert "Copie vérifiée, chiffrée : " in made
    copied = made.split(" : ")[1].strip()
    new = tmp_path / "new"

    assert "donnez --identity" in hub("restore", copied, folder=new)
    key = str(key_file(tmp_path))
    assert "Restauré depuis" in hub("restore", copied, "--identity", key, folder=new)
    assert HubHome.open(new).settings == SETTINGS
