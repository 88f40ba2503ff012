"""A workspace that a disk damaged: what is told, what comes back, what is left."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, rmtree
from typing import NamedTuple

import pytest

from diag.audit.answer import record_note
from diag.journal import connection as keys
from diag.journal import encryption
from diag.journal.attachments import FILE as PHOTOS
from diag.journal.attachments import AttachmentStore
from diag.journal.backup import verify
from diag.journal.carve import carve
from diag.journal.journal import FILE, Journal
from diag.model.errors import DiagError, Health
from diag.office.privacy import copies
from diag.workspace import backup
from diag.workspace.doctor import examine, repair, take_from
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, SETTINGS, started, workspace
from tests.cli.running import diag
from tests.fixtures.make_landed import unpack
from tests.journal.builders import forget_keys
from tests.journal.two_programs import opened_elsewhere

pytestmark = pytest.mark.durable

KEY = b"k" * keys.KEY_BYTES
PAGE = 4096
NOTES = 120
LEAF = 0x0A
"""How a page of rows begins, in a table without rowid."""

LIST = ("audit", "list")
NOTE = ("audit", "note", SCHOOL, "nb_classes", "vu")

LATER = 1_900_000_000_000


def lines(desk: Workspace, audit: str) -> set[bytes]:
    return set(desk.journal.lines(audit))


class Written(NamedTuple):
    """A workspace that was copied early, and what it says since."""

    audit: str
    copied: Path
    whole: set[bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    """Make the workspace once; each test has its own copy of the folder."""
    folder = tmp_path_factory.mktemp("made") / "home"
    with workspace(folder) as desk:
        session = started(desk)
        copied = backup.back_up(desk, folder.parent / "copies").journal
        questions = [
            ident
            for ident, one in session.checklist.questions.items()
            if one.place is session.facts.places[session.facts.root].kind
        ]
        for number in range(NOTES):
            asked = questions[number % len(questions)]
            record_note(session, asked, f"{number} {'abc' * 80}")
        desk.journal.compact()
        audit = session.audit.id
        return folder, Written(audit, copied, lines(desk, audit))


@pytest.fixture
def home(tmp_path: Path, made: tuple[Path, Written]) -> Path:
    return Path(copytree(made[0], tmp_path / "home"))


@pytest.fixture(autouse=True)
def _unlocked() -> Iterator[None]:
    yield
    forget_keys()


@pytest.fixture
def past(made: tuple[Path, Written]) -> Written:
    return made[1]


def damage(path: Path, whole: set[bytes]) -> None:
    """Blot one page of rows out of the middle of the log, and none that leads there."""
    content = bytearray(path.read_bytes())
    middle = sorted(whole)[len(whole) // 2 :]
    pages = (content.index(body[:200]) // PAGE * PAGE for body in middle)
    at = next(page for page in pages if content[page] == LEAF)
    content[at : at + PAGE] = bytes(PAGE)
    path.write_bytes(content)


def test_what_a_damaged_journal_still_tells_comes_back(
    home: Path, past: Written
) -> None:
    audit, copied, whole = past
    damage(home / FILE, whole)

    aside = backup.restore(home, copied)[0]
    with Workspace.open(home) as desk:
        before = lines(desk, audit)
    said = diag(home, "salvage", str(aside))

    assert said.code == 0, said.err
    with Workspace.open(home) as desk:
        after = lines(desk, audit)
        assert len(before) < 10
        assert len(whole) - 20 <= len(after) < len(whole)
        assert after <= whole
        assert take_from(desk.journal, aside).new == 0
    assert "reprises ici" in said.out
    assert diag(home, "doctor", str(aside)).out == said.out.replace(
        f"{len(after) - len(before)} reprises", "0 reprises"
    )


def test_a_line_that_is_not_what_was_written_is_left(home: Path, past: Written) -> None:
    audit, copied, whole = past
    content = (home / FILE).read_bytes()
    content = content.replace(b"abcabc", b"abdabc")
    (home / FILE).write_bytes(content)

    aside = backup.restore(home, copied)[0]

    with Workspace.open(home) as desk:
        before = lines(desk, audit)
        take_from(desk.journal, aside)
        assert lines(desk, audit) == before
    assert len(whole) > len(before)


def test_a_base_that_comes_from_elsewhere_is_not_opened(
    home: Path, past: Written
) -> None:
    with Workspace.open(home) as desk:
        for other in (past.copied, home / FILE):
            with pytest.raises(DiagError, match="mis de côté"):
                take_from(desk.journal, other)
        (home / "autre.db").write_bytes(b"ce n'est pas une base" * 500)
        assert take_from(desk.journal, home / "autre.db").new == 0


def test_a_sound_workspace_is_told_sound_and_left_alone(home: Path) -> None:
    before = {path: path.read_bytes() for path in home.glob("*.db*")}

    said = diag(home, "doctor", "--json")

    told = json.loads(said.out)
    assert said.code == 0, said.out
    assert told["verdict"] == "sound"
    assert not told["lost"]
    for path, content in before.items():
        assert path.read_bytes() == content


def test_a_damaged_file_is_examined_without_a_byte_written(
    home: Path, past: Written
) -> None:
    damage(home / FILE, past.whole)
    rmtree(home / "recorder")
    before = {path: path.read_bytes() for path in home.iterdir() if path.is_file()}

    said = diag(home, "doctor")
    after = {path: path.read_bytes() for path in before}

    assert said.code == Health.LOST, said.out
    assert "perdues, dont " in said.out
    assert "abc" not in said.out, "no content in a report"
    assert after == before


def test_a_cut_workspace_is_whole_again_from_its_copies(
    home: Path, past: Written
) -> None:
    audit, _, whole = past
    with Workspace.open(home) as desk:
        backup.back_up(desk)
        settings = desk.settings
    path = home / FILE
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    cut = path.read_bytes()
    assert diag(home, "doctor").code == Health.REPAIRABLE

    said = diag(home, "doctor", "--repair")

    assert said.code == 0, said.out + said.err
    (aside,) = home.glob("diag-avant-reparation-*.db")
    assert aside.read_bytes() == cut
    with Workspace.open(home) as desk:
        assert lines(desk, audit) == whole
        assert desk.settings.author == settings.author
        assert desk.settings.device != settings.device
        assert started(desk).audit.id == audit
    assert aside in [one.path for one in copies(home)], "it expires as a copy does"
    assert diag(home, "doctor").code == 0
    assert not (home / "reparation").exists()


def test_what_an_old_copy_lacks_comes_back_from_the_recorder(
    home: Path, past: Written
) -> None:
    backup.restore(home, past.copied)
    (home / "recorder").rename(home / "ailleurs")
    assert diag(home, "doctor").code == 0
    (home / "ailleurs").rename(home / "recorder")
    assert diag(home, "doctor").code == Health.REPAIRABLE
    told = [diag(home, *words).err for words in (LIST, NOTE, LIST)]
    with Workspace.open(home) as desk:
        renamed = desk.settings.device

    said = diag(home, "doctor", "--repair")

    assert all("plus ancien" in one for one in told), "until it is repaired"
    assert renamed not in {"d-u-1", SETTINGS.device}
    assert said.code == 0, said.err
    with Workspace.open(home) as desk:
        assert lines(desk, past.audit) > past.whole
    assert diag(home, "doctor").code == 0
    assert diag(home, *LIST).err == ""


def test_a_journal_that_is_gone_comes_back_from_recorder_and_copies(
    home: Path, past: Written
) -> None:
    with Workspace.open(home) as desk:
        backup.back_up(desk)
        author = desk.settings.author
    for path in home.glob(f"{FILE}*"):
        path.unlink()
    assert diag(home, "doctor").code == Health.REPAIRABLE

    assert diag(home, "doctor", "--repair").code == 0

    with Workspace.open(home) as desk:
        assert lines(desk, past.audit) == past.whole
        assert desk.settings.author == author


def test_what_the_recorder_has_of_an_audit_that_the_file_forgot_is_not_lost(
    home: Path, past: Written
) -> None:
    content = (home / FILE).read_bytes().replace(past.audit.encode(), bytes(36))
    (home / FILE).write_bytes(content)

    seen = examine(home, LATER)

    assert carve(home / FILE).counts == {1: len(past.whole)}
    assert past.audit not in carve(home / FILE).audits.values()
    assert seen.lost == []
    assert seen.verdict is Health.REPAIRABLE


def test_without_settings_anywhere_one_says_again_who_one_is(
    home: Path, past: Written
) -> None:
    (home / FILE).write_bytes(b"")

    said = diag(home, "doctor", "--repair")

    assert "diag init" in said.out
    assert "diag import annuaire" in said.out
    assert diag(home, "init", "--author", "Lou Garnier").code == 0
    assert "existe déjà" in diag(home, "init", "--author", "Lou Garnier").err
    with Workspace.open(home) as desk:
        assert lines(desk, past.audit) == past.whole


def test_the_settings_of_a_file_whose_header_is_gone_come_back(
    home: Path, past: Written
) -> None:
    audit, _, whole = past
    with Workspace.open(home) as desk:
        settings = desk.settings
    content = bytearray((home / FILE).read_bytes())
    content[:PAGE] = bytes(PAGE)
    (home / FILE).write_bytes(content)

    done = repair(home)

    assert not done.lost
    with Workspace.open(home) as desk:
        assert lines(desk, audit) == whole
        assert desk.settings.people == settings.people


def test_a_cut_workspace_comes_back_from_a_copy_of_the_landed_version(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    (home / "backups").mkdir(parents=True)
    unpack("backup.db", home / "backups" / "diag-2026-09-01.db")
    whole = carve(home / "backups" / "diag-2026-09-01.db").lines.values()
    (home / FILE).write_bytes(b"")
    assert "depuis la dernière copie" in diag(home, "doctor").out

    assert diag(home, "doctor", "--repair").code == 0

    with Workspace.open(home) as desk:
        told = {line for one in desk.journal.manifest() for line in lines(desk, one[0])}
        assert told == {*whole}
        assert desk.settings.people
        assert desk.territory.schools()


@pytest.mark.plain
def test_an_encrypted_workspace_is_repaired_with_its_key_and_stays_encrypted(
    home: Path, past: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3", reason="SQLCipher n'est pas installé")
    (tmp_path / "phrase").write_text("cheval agrafe")
    monkeypatch.setenv(keys.PASSPHRASE_FILE, str(tmp_path / "phrase"))
    encryption.encrypt(home, KEY, keys.held_by_passphrase(KEY, "cheval agrafe"))
    forget_keys()
    content = bytearray((home / FILE).read_bytes())
    content[:PAGE] = bytes(PAGE)  # the salt too
    for at in range(5 * PAGE, len(content), 8 * PAGE):
        content[at] ^= 1
    (home / FILE).write_bytes(content)

    done = repair(home)

    assert not done.lost
    assert done.found["fichier"]
    assert done.found["enregistreur"]
    with Workspace.open(home) as desk:
        assert lines(desk, past.audit) == past.whole
    assert not keys.is_plain(home / FILE)
    for path in home.rglob("*"):
        assert not path.is_file() or b"abcabcabc" not in path.read_bytes()


def test_answers_that_changed_on_the_disk_are_found_again(
    home: Path, past: Written
) -> None:
    audit, _, whole = past
    with Workspace.open(home) as desk:
        desk.journal.connection.execute("update head set lam = lam + 1")
    assert examine(home, LATER).verdict is Health.REPAIRABLE

    done = repair(home)

    assert not done.lost
    with Workspace.open(home) as desk:
        assert lines(desk, audit) == whole
    verify(home / FILE)


def test_another_window_is_not_repaired_under_its_feet(
    home: Path, past: Written
) -> None:
    with opened_elsewhere(home), pytest.raises(DiagError, match="autre fenêtre"):
        repair(home)
    damage(home / FILE, past.whole)
    done = repair(home)
    assert not done.lost
    assert done.found["enregistreur"]


def test_a_repair_that_lacks_room_leaves_the_file_as_it_was(
    home: Path, past: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its log still held would not have been in what took its place."""
    damage(home / FILE, past.whole)
    before = (home / FILE).read_bytes()
    monkeypatch.setattr(Journal, "compact", lambda _journal: False)  # as on a full disk

    with pytest.raises(DiagError, match="disque est plein"):
        repair(home)

    assert (home / FILE).read_bytes() == before
    assert not list(home.glob("*reparation*"))


def test_photos_of_a_damaged_file_come_back(home: Path) -> None:
    store = AttachmentStore(home)
    store.put(b"une photo" * 9_000, "image/jpeg")
    content = bytearray(store.path.read_bytes())
    content[:100] = bytes(100)
    (home / PHOTOS).write_bytes(content)
    assert examine(home, LATER).verdict is Health.REPAIRABLE

    repair(home)

    assert [*AttachmentStore(home).sizes().values()] == [81_000]
    assert examine(home, LATER).verdict is Health.SOUND


def test_a_clock_behind_the_last_answer_is_told(home: Path) -> None:

    seen = examine(home, 1_000)

    assert [one.step for one in seen.findings if one.verdict] == ["horloge"]


def test_without_a_workspace_nothing_is_made(tmp_path: Path) -> None:
    assert diag(tmp_path, "doctor").code == 1
    assert not (tmp_path / FILE).exists()
