"""A file that a disk damaged: how much of its lines comes back, and nothing false."""

from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from diag.journal import changes
from diag.journal import connection as keys
from diag.journal.attachments import AttachmentStore
from diag.journal.carve import carve, carved_photos
from diag.journal.connection import connect
from diag.journal.journal import FILE, Journal
from diag.journal.people import retire
from diag.journal.revision import Origin
from tests.examples import cases
from tests.journal import damaged
from tests.journal.builders import AUDIT, person

KEY = b"k" * keys.KEY_BYTES


GATE = (
    *("cut at 30 %", "first 16 pages zeroed"),
    *("a tenth of the pages random", "a bit of 28 kB flipped"),
)


class Year(NamedTuple):
    """What was written, and the file that holds it."""

    lines: dict[bytes, bytes]
    content: bytes


@pytest.fixture(scope="module", params=[120, pytest.param(600, marks=pytest.mark.long)])
def year(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Year:
    folder = tmp_path_factory.mktemp("year")
    with Journal.open(folder) as journal:
        lines = damaged.write_year(journal, person("u01"), request.param)
    return Year(lines, (folder / FILE).read_bytes())


def test_the_year_is_as_large_as_it_was_measured_with(year: Year) -> None:
    size = len(year.lines)
    assert size in {2_400, 12_000}
    assert 6 * sum(len(line) > 1_000 for line in year.lines.values()) == size
    assert len(year.content) > 28_000_000 * size // 12_000


@pytest.mark.plain
@pytest.mark.parametrize("name", cases(damaged.DAMAGES, *GATE))
def test_what_comes_back_of_a_damaged_file(
    year: Year, tmp_path: Path, name: str
) -> None:
    damage, least = damaged.DAMAGES[name]
    path = damaged.damaged(year.content, damage, tmp_path, FILE)
    before = path.read_bytes()

    found = carve(path)

    assert found.lines.items() <= year.lines.items()
    assert len(found.lines) >= least * len(year.lines)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.plain
def test_what_only_the_log_holds_is_found_and_the_file_may_be_gone(
    tmp_path: Path, author: Origin
) -> None:
    home, copied = tmp_path / "home", tmp_path / "copied"
    home.mkdir()
    copied.mkdir()
    with Journal.open(home) as journal:
        written = noted(journal, author, "x" * 9_000, "y" * 50)
        log = home / f"{FILE}-wal"
        (copied / log.name).write_bytes(log.read_bytes())
        (copied / FILE).write_bytes(b"")

    assert carve(copied / FILE).lines == written


@pytest.mark.plain
def test_an_erased_value_does_not_come_back_from_an_older_state(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        written = noted(journal, author, "Madame Untelle")
        retire(journal, AUDIT.id, "terme", author)
        old = (tmp_path / f"{FILE}-wal").read_bytes()
        assert b"Madame Untelle" in old

        found = carve(tmp_path / FILE)

    assert not written.keys() & found.lines.keys()
    assert found.skeletons.keys() == written.keys()


@pytest.mark.plain
def test_what_was_set_aside_stays_aside(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        (line,) = noted(journal, author, "x").values()
        poison = line.replace(b'"v":1', b'"v":[]')
        journal.ingest([poison])

        found = carve(tmp_path / FILE)

    assert [one.line for one in found.aside.values()] == [poison]
    assert [*found.lines.values()] == [line]


@pytest.mark.plain
def test_a_file_cut_in_its_header_gives_nothing(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.compact()
    path = tmp_path / FILE
    header = path.read_bytes()[:100]
    for size in range(len(header)):
        path.write_bytes(header[:size])
        assert carve(path).lines == {}, size


@pytest.mark.plain
def test_a_letter_that_changed_is_not_believed(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        written = noted(journal, author, "un portail", "un préau")
        journal.compact()
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes().replace(b"portail", b"postail"))

    found = carve(path)

    assert len(found.lines) == 1
    assert found.lines.items() <= written.items()
    assert len(found.named.keys() - found.lines.keys()) == 1


@pytest.mark.plain
def test_an_encrypted_file_is_read_page_by_page_with_its_key(
    tmp_path: Path, author: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3", reason="SQLCipher n'est pas installé")
    monkeypatch.setattr(keys, "key_of", lambda _path: KEY)
    with Journal.open(tmp_path) as journal:
        written = noted(journal, author, *(f"{n} {'abc' * 900}" for n in range(60)))
        journal.compact()
    path = tmp_path / FILE
    content = bytearray(path.read_bytes())
    assert not keys.is_plain(path)
    assert carve(path).lines == written

    content[: 16 * damaged.PAGE] = bytes(16 * damaged.PAGE)  # the salt too
    path.write_bytes(content)
    found = carve(path).lines

    assert found.items() <= written.items()
    assert len(found) > len(written) // 2


@pytest.mark.plain
def test_photos_that_are_whole_come_back(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    pictures = [bytes([number]) * 20_000 for number in range(8)]
    for picture in pictures:
        store.put(picture, "image/jpeg")
    with closing(connect(store.path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    assert {*carved_photos(store.path)} == {("image/jpeg", one) for one in pictures}

    content = bytearray(store.path.read_bytes())
    content[: damaged.PAGE] = bytes(damaged.PAGE)
    content[len(content) // 2] ^= 1
    store.path.write_bytes(content)
    found = {content for _, content in carved_photos(store.path)}

    assert found < {*pictures}
    assert len(found) == len(pictures) - 1


def noted(journal: Journal, author: Origin, *notes: str) -> dict[bytes, bytes]:
    """Write notes; return their lines, by id."""
    written = [
        journal.write(
            changes.noted(AUDIT.id, damaged.PLACES[0], f"q{at}", note), author
        )
        for at, note in enumerate(notes)
    ]
    return {revision.key: revision.line for revision in written}
