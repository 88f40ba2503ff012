"""The keys of a device: made once, kept where they can be, copied without a mistake."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import keyring
import pytest
from keyring.backends.fail import Keyring as Nothing

from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.keys import (
    FILE,
    DeviceKeys,
    KeptKeys,
    KeyCard,
    Ring,
    read_device_keys,
    read_file_keys,
)
from tests.sync.bundle.colleagues import keys_of
from tests.sync.conftest import Memory


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Nothing()  # type: ignore[no-untyped-call] # keyring's own
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


def test_the_keyring_keeps_them(tmp_path: Path, memory: Memory) -> None:
    kept = read_device_keys(tmp_path, "d-1")
    assert kept.path is None
    assert read_device_keys(tmp_path, "d-1") == kept
    assert not (tmp_path / FILE).exists()
    assert len(memory.kept) == 1


@pytest.mark.usefixtures("nothing")
def test_without_a_keyring_a_file_keeps_them_for_its_owner(tmp_path: Path) -> None:
    kept = read_device_keys(tmp_path, "d-1")
    assert kept.path == tmp_path / FILE
    assert read_device_keys(tmp_path, "d-1") == kept
    if sys.platform != "win32":
        assert kept.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("nothing")
def test_programs_that_first_want_them_at_once_get_the_same(tmp_path: Path) -> None:
    """Else one signs, or is given what is sealed, by keys that nobody has any more."""
    together = Barrier(8)

    def read(folder: Path) -> set[DeviceKeys | KeptKeys]:
        together.wait()
        laptop = read_device_keys(folder / "laptop", "d-1")
        return {laptop, read_file_keys(folder / "hub")}

    with ThreadPoolExecutor(8) as programs:
        for number in range(5):
            found = programs.map(read, [tmp_path / str(number)] * 8)
            assert len(set.union(*found)) == 2


def test_programs_that_share_a_keyring_get_the_same(
    tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_looked = Barrier(2)

    def look(service: str, owner: str) -> str | None:
        found = Memory.get_password(memory, service, owner)
        with suppress(BrokenBarrierError):  # the other waits for its turn
            both_looked.wait(0.2)
        return found

    monkeypatch.setattr(memory, "get_password", look)
    with ThreadPoolExecutor(2) as programs:
        one, other = programs.map(lambda _: read_device_keys(tmp_path, "d-1"), "ab")

    assert one == other


def test_a_locked_keyring_makes_no_other_keys(tmp_path: Path, memory: Memory) -> None:
    before = read_device_keys(tmp_path, "d-1")
    memory.locked = True
    with pytest.raises(DiagError, match="verrouillé"):
        read_device_keys(tmp_path, "d-1")
    memory.locked = False
    assert read_device_keys(tmp_path, "d-1") == before


@pytest.mark.usefixtures("nothing")
def test_a_damaged_file_makes_no_other_keys(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(DiagError, match="illisibles"):
        read_device_keys(tmp_path, "d-1")
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "{}"


def test_a_key_is_read_as_it_was_given() -> None:
    card = keys_of(1).card
    assert KeyCard.read(f"  {str(card)[:40]}\n{str(card)[40:]} ") == card


def test_a_key_copied_wrong_is_refused() -> None:
    text = str(keys_of(1).card)
    for at in range(0, len(text), 7):
        wrong = text[:at] + ("2" if text[at] != "2" else "3") + text[at + 1 :]
        with pytest.raises(DiagError, match="pas une clé"):
            KeyCard.read(wrong)
    for short in ("", "diag1", text[:-1], text.replace("-", "")):
        with pytest.raises(DiagError, match="pas une clé"):
            KeyCard.read(short)


def test_private_keys_are_not_in_what_is_handed_out() -> None:
    keys = keys_of(7)
    assert keys.sign not in str(keys.card)
    assert keys.age.lower() not in str(keys.card)


def test_a_name_has_one_key_and_a_key_one_name(tmp_path: Path) -> None:
    one, other = keys_of(1).card, keys_of(2).card
    with Journal.open(tmp_path) as journal:
        ring = Ring(journal)
        assert ring.add("Bruno Martin", one) == "Bruno Martin"
        assert ring.add("bruno  MARTIN", one) == "Bruno Martin"
        with pytest.raises(DiagError, match="a déjà une autre clé"):
            ring.add("Bruno Martin", other)
        with pytest.raises(DiagError, match="déjà celle de « Bruno Martin »"):
            ring.add("Zoé", one)
        with pytest.raises(DiagError, match="Donnez le nom"):
            ring.add("  ", other)
        with pytest.raises(DiagError, match="Vouliez-vous dire « Bruno Martin »"):
            ring.find("bruno martn")
        assert ring.remove("BRUNO MARTIN") == "Bruno Martin"
        assert not ring.cards
