"""Copies sealed for the office: nothing in clear, and a whole hub back."""

import os
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory
from tracemalloc import get_traced_memory, start, stop

import pyrage
import pytest

from diag.journal import changes
from diag.journal.revision import now
from diag.model.errors import DiagError, Health, Inspection
from diag.sync.hub import copies
from diag.sync.hub.doctor import examine
from diag.sync.hub.files import BlobFiles
from diag.sync.hub.home import HubHome
from tests.cli.running import diag
from tests.journal.builders import person
from tests.sync.hub.test_doctor import WELL
from tests.sync.hub.test_home import SETTINGS
from tests.sync.offices import AUDITS, ROOTS, journal_in, let_in, started

VALLEY, ANNE = AUDITS[0], person("anne")

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


def test_what_a_killed_copy_left_in_clear_goes_the_next_day(
    home: HubHome, tmp_path: Path
) -> None:
    left, running = home.folder / "copie-left", home.folder / "copie-running"
    for bench in (left, running):
        bench.mkdir()
        (bench / "hub.db").write_bytes(b"Mme Zzyzx")
    os.utime(left, (0, 0))

    copies.back_up_sealed(home, [str(OFFICE.to_public())], tmp_path / "elsewhere")

    assert not left.exists()
    assert running.exists()


def test_nothing_is_in_clear_where_the_copies_go(home: HubHome, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    before = sorted(home.folder.iterdir())
    copies.back_up_sealed(home, [str(OFFICE.to_public())], there)

    contents = [path.read_bytes() for path in there.rglob("*") if path.is_file()]
    assert len(contents) == 2
    assert all(one.startswith(b"age-encryption.org/") for one in contents)
    assert [one for one in contents if b"Zzyzx" in one or PHOTO in one] == []
    made = {home.folder / name for name in ("keys.json", "last-copy.json")}
    assert sorted(home.folder.iterdir()) == sorted({*before, *made})


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


def test_a_new_key_of_the_office_opens_every_attachment(
    home: HubHome, tmp_path: Path
) -> None:
    """What was sealed before it changed asked for the former one for ever."""
    older, there = pyrage.x25519.Identity.generate(), tmp_path / "elsewhere"
    made = copies.back_up_sealed(home, [str(older.to_public())], there)
    before = made.rename(there / "avant.age")
    copied = copies.back_up_sealed(home, [str(OFFICE.to_public())], there)

    for key, path in ((OFFICE, copied), (older, before)):
        new = tmp_path / path.name
        copies.restore_sealed(new, path, key_file(tmp_path, key))
        assert BlobFiles(new / "blobs").path(SHA).read_bytes() == PHOTO

    former = sealed_for(there, older)
    month = former.stat().st_mtime - 31 * 24 * 3600
    os.utime(former, (month, month))
    copies.back_up_sealed(home, [str(OFFICE.to_public())], there)
    assert not former.exists()
    assert sealed_for(there, OFFICE).exists()


def sealed_for(there: Path, key: pyrage.x25519.Identity) -> Path:
    """Return the photo that this key opens."""
    for path in there.glob(f"blobs*/??/??/{SHA}.age"):
        with suppress(pyrage.DecryptError):
            assert pyrage.decrypt(path.read_bytes(), [key]) == PHOTO
            return path
    raise AssertionError


def test_sealing_again_goes_on_where_it_was_stopped(
    home: HubHome, tmp_path: Path
) -> None:
    blobs, there = BlobFiles(home.folder / "blobs"), tmp_path / "elsewhere"
    for number in range(4):
        content = b"%d" % number
        blobs.put(sha256(content).hexdigest(), 0, content, len(content))
    older = pyrage.x25519.Identity.generate()
    copies.back_up_sealed(home, [str(older.to_public())], there)

    def stop(done: int, total: int) -> None:
        assert total == 5
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copies.back_up_sealed(home, [str(OFFICE.to_public())], there, stop)
    found = {one.step: one for one in examine(home, WELL, now())}
    asked = list[int]()
    copies.back_up_sealed(
        home, [str(OFFICE.to_public())], there, lambda _, total: asked.append(total)
    )

    assert "3 pièces jointes à chiffrer encore" in found["clé du bureau"].sentence
    assert found["clé du bureau"].verdict is Health.REPAIRABLE
    assert asked == [3, 3, 3]
    after = {one.step: one for one in examine(home, WELL, now())}
    assert after["clé du bureau"].verdict is Health.SOUND
    assert "5 pièces jointes" in after["clé du bureau"].sentence


def test_what_an_older_key_sealed_stops_nothing_of_the_rest(
    home: HubHome, tmp_path: Path
) -> None:
    """What the hub lost before the key changed cannot be sealed again."""
    older, there = pyrage.x25519.Identity.generate(), tmp_path / "elsewhere"
    copies.back_up_sealed(home, [str(older.to_public())], there)
    BlobFiles(home.folder / "blobs").drop(SHA)
    blobs = [b"%d" % n for n in range(9)]
    for blob in blobs:
        sha = sha256(blob).hexdigest()
        BlobFiles(home.folder / "blobs").put(sha, 0, blob, len(blob))
    copied = copies.back_up_sealed(home, [str(OFFICE.to_public())], there)

    with pytest.raises(DiagError, match="1 pièce jointe") as caught:
        copies.restore_sealed(tmp_path / "new", copied, key_file(tmp_path))

    assert "Rien n'a été changé" not in str(caught.value)
    kept = BlobFiles(tmp_path / "new" / "blobs")
    assert all(kept.path(sha256(blob).hexdigest()).exists() for blob in blobs)
    assert not kept.path(SHA).exists()
    both = key_file(tmp_path, f"{OFFICE}\n{older}")
    copies.restore_sealed(tmp_path / "new", copied, both)
    assert kept.path(SHA).read_bytes() == PHOTO


@pytest.mark.parametrize("sealed", [False, True])
def test_attachments_come_back_to_another_disk(
    home: HubHome, tmp_path: Path, *, sealed: bool
) -> None:
    """They were renamed from the hub's own: nothing crosses from a disk to another."""
    here = tmp_path.stat().st_dev
    disks = filter(Path.is_dir, (Path("/dev/shm"), Path("/var/tmp")))
    elsewhere = next((one for one in disks if one.stat().st_dev != here), None)
    if elsewhere is None:
        pytest.skip("one disk only")
    with TemporaryDirectory(dir=elsewhere) as other:
        new = tmp_path / "new"
        new.mkdir()
        (new / "blobs").symlink_to(other)
        if sealed:
            copied = copies.back_up_sealed(home, [str(OFFICE.to_public())])
            copies.restore_sealed(new, copied, key_file(tmp_path))
        else:
            copies.restore(new, copies.back_up(home))

        assert BlobFiles(Path(other)).path(SHA).read_bytes() == PHOTO


def test_a_sealed_copy_is_tried_where_its_key_is(home: HubHome, tmp_path: Path) -> None:
    def look(identity: Path | None = None) -> Inspection:
        found = examine(home, WELL, now(), identity)
        return next(one for one in found if one.step == "copies")

    copied = copies.back_up_sealed(home, [str(OFFICE.to_public())])
    before = {*home.folder.rglob("*")}
    unopened, opened = look(), look(key_file(tmp_path))
    stranger = look(key_file(tmp_path, pyrage.x25519.Identity.generate()))

    left = {*home.folder.rglob("*")} - before
    assert [path for path in left if not path.name.startswith("hub.db-")] == []
    assert unopened.verdict is opened.verdict is Health.SOUND
    assert "--identity" in unopened.sentence
    assert "1 pièce jointe ouverte" in opened.sentence
    assert stranger.verdict is Health.REPAIRABLE
    assert "cette clé ne l'ouvre pas" in stranger.sentence

    sealed, whole = sealed_for(copied.parent, OFFICE), copied.read_bytes()
    sealed.write_bytes(sealed.read_bytes()[:-1])
    assert look().verdict is Health.SOUND
    assert sealed.name in look(key_file(tmp_path)).sentence

    copied.write_bytes(whole[:-1] + b"?")
    assert look().verdict is Health.REPAIRABLE
    assert "n'est plus ce qui a été écrit" in look().sentence


def test_a_sealed_copy_of_a_damaged_base_is_told(home: HubHome, tmp_path: Path) -> None:
    """It opens, every byte as written, and would not go back."""
    copied = copies.back_up_sealed(home, [str(OFFICE.to_public())])
    content = pyrage.decrypt(copied.read_bytes(), [OFFICE])
    header, _, base = content.partition(b"\n")
    wrong = header + b"\n" + base[:4096] + bytes(len(base) - 4096)
    copied.write_bytes(pyrage.encrypt(wrong, [OFFICE.to_public()]))
    last = copies.LastCopy(at=now(), path=str(copied), keys="0")

    with pytest.raises(DiagError, match="abîmé"):
        copies.try_copy(home, last, key_file(tmp_path))


def test_a_large_hub_is_sealed_and_opened_a_part_at_a_time(
    home: HubHome, tmp_path: Path
) -> None:
    """A database was read whole, twice: on a small machine no copy was made."""
    blob = bytes(_LARGE)
    sha = sha256(blob).hexdigest()
    path = BlobFiles(home.folder / "blobs").path(sha)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(blob)
    del blob
    with closing(connect(home.folder / "hub.db")) as database:
        database.execute("create table padding (content blob)")
        database.execute("insert into padding values (zeroblob(?))", [_LARGE])
        database.commit()

    start()
    try:
        copied = copies.back_up_sealed(
            home, [str(OFFICE.to_public())], tmp_path / "elsewhere"
        )
        copies.restore_sealed(tmp_path / "new", copied, key_file(tmp_path))
        most = get_traced_memory()[1]
    finally:
        stop()

    assert copied.stat().st_size > _LARGE
    assert (tmp_path / "new" / "hub.db").stat().st_size > _LARGE
    assert BlobFiles(tmp_path / "new" / "blobs").path(sha).stat().st_size == _LARGE
    assert most < _LARGE // 2


_LARGE = 6 * 2**20
"""Bytes of a database, and of an attachment, that must not stand in memory."""


def test_another_key_a_cut_copy_and_a_foreign_file_change_nothing(
    home: HubHome, tmp_path: Path
) -> None:
    copied = copies.back_up_sealed(home, [str(OFFICE.to_public())])
    before = (home.folder / "hub.db").read_bytes()
    foreign = tmp_path / "autre.age"
    foreign.write_bytes(pyrage.encrypt(b'{"form": 1}\n', [OFFICE.to_public()]))
    outside = b'{"form": "diag hub 1", "files": {"../x": ""}, "database": "y.db"}\n'
    (tmp_path / "x.age").write_bytes(pyrage.encrypt(outside, [OFFICE.to_public()]))
    unnamed = outside.replace(b"../x", rb"x\u0000")
    (tmp_path / "0.age").write_bytes(pyrage.encrypt(unnamed, [OFFICE.to_public()]))
    deep = b"[" * 200_000
    (tmp_path / "deep.age").write_bytes(pyrage.encrypt(deep, [OFFICE.to_public()]))
    cut = tmp_path / "cut.age"
    cut.write_bytes(copied.read_bytes()[:-9])
    other = pyrage.x25519.Identity.generate()

    for path, key, said in (
        (copied, other, "cette clé ne l'ouvre pas"),
        (cut, OFFICE, "abîmé"),
        (foreign, OFFICE, "pas une copie de serveur"),
        (tmp_path / "x.age", OFFICE, "pas une copie de serveur"),
        (tmp_path / "0.age", OFFICE, "pas une copie de serveur"),
        (tmp_path / "deep.age", OFFICE, "pas une copie de serveur"),
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


VALUE = b"Madame Untelle"


def held_by(folder: Path) -> list[Path]:
    """Return the files of a hub, less its copies, that hold the value."""
    copied = folder / copies.FOLDER
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [
        path
        for path in found
        if copied not in path.parents and VALUE in path.read_bytes()
    ]


@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_erased_after_a_copy_does_not_come_back_with_it(
    home: HubHome, tmp_path: Path, *, sealed: bool
) -> None:
    """Nor from what the restoration set aside, once it is let go."""
    keys = [str(OFFICE.to_public())]

    def back_up() -> Path:
        done = copies.back_up_sealed(home, keys) if sealed else copies.back_up(home)
        return done.rename(done.with_name(f"kept{done.suffix}"))

    def put_back(folder: Path, copied: Path) -> object:
        if not sealed:
            return copies.restore(folder, copied)
        return copies.restore_sealed(folder, copied, key_file(tmp_path))

    with journal_in(tmp_path / "laptop") as laptop:
        started(laptop, VALLEY, ANNE)
        said = laptop.write(
            changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", VALUE.decode()), ANNE
        )
        with closing(home.store()) as store:
            hub = home.hub(store)
            caller = hub.door.caller(let_in(hub))
            hub.push(caller, list(laptop.lines(VALLEY.id)))
            copied = back_up()
            gone = laptop.write(changes.erased(VALLEY.id, said.id, "x"), ANNE)
            hub.push(caller, [gone.line])
            last = store.manifest({"*"})
        assert not held_by(home.folder)

        assert put_back(home.folder, copied)
        with closing(home.store()) as store:
            assert store.manifest({"*"}) == last
        assert held_by(home.folder) == []

        if not sealed:  # on a new machine, from the folder of the copies alone
            copies.back_up(home)
        else:
            copies.back_up_sealed(home, keys)
        new = tmp_path / "new"
        put_back(new, copied)
        with closing(HubHome.open(new).store()) as store:
            assert store.manifest({"*"}) == last
        assert held_by(new) == []


def test_an_audit_that_comes_back_to_a_hub_finds_its_erasures_there(
    home: HubHome, tmp_path: Path
) -> None:
    """From a laptop that was restored too, and does not hold them."""
    with journal_in(tmp_path / "laptop") as laptop, closing(home.store()) as store:
        started(laptop, VALLEY, ANNE)
        said = laptop.write(
            changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", VALUE.decode()), ANNE
        )
        before = list(laptop.lines(VALLEY.id))
        ask = "ab" * 32  # which that hub lost too
        confirmed = changes.erasure_confirmed(VALLEY.id, said.id, ask, "x")
        gone = laptop.write(confirmed, ANNE)
        hub = home.hub(store)
        hub.erasures.add([gone.line, b'{"cut'])

        hub.push(hub.door.caller(let_in(hub)), before)

        assert store.manifest({"*"}) == laptop.manifest()
    assert held_by(home.folder) == []


def test_what_was_set_aside_is_let_go_at_once_when_asked(
    home: HubHome, tmp_path: Path
) -> None:
    def hub(*words: str) -> str:
        done = diag(tmp_path, "hub", "--folder", str(home.folder), *words)
        return done.out + done.err

    copied = copies.back_up(home)

    assert "Nommez la copie" in hub("restore")
    assert "gardée trente jours" in hub("restore", str(copied))
    assert len([*home.folder.glob("hub-avant-restauration-*")]) == 1
    assert "supprimé : 1" in hub("restore", "--forget")
    assert not [*home.folder.glob("hub-avant-restauration-*")]
