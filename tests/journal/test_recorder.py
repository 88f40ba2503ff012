"""The recorder: what was committed and nothing else, private, erased with the rest."""

import json
import os
import sys
from pathlib import Path

import pytest

from diag.journal import changes, encryption, file
from diag.journal import connection as keys
from diag.journal.backup import FOLDER as COPIES
from diag.journal.bundles import intake, undo
from diag.journal.errors import RefusedError
from diag.journal.exchange import held_by_hubs, keep_equal, proven_sum, take_page
from diag.journal.file import Recorder, recorded_lines, release_segments, segments
from diag.journal.journal import Journal
from diag.journal.people import retire
from diag.journal.revision import NewRevision, Origin, Revision
from tests.journal.builders import AUDIT, ROOT, forget_keys, person

MARCH = 1_772_366_400
"""The first of March 2026, at noon."""

KEY = b"k" * keys.KEY_BYTES
SECRET = "Madame Untelle, au 06"


def noted(text: str, question: str = "q") -> NewRevision:
    return changes.noted(AUDIT.id, ROOT, question, text)


def erasure(revision: Revision) -> NewRevision:
    return NewRevision(
        revision.audit, f"erase/{revision.id}", {"reason": "demande"}, op="erase"
    )


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in segments(folder))


def test_what_is_committed_is_recorded_and_what_is_not_is_not(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        one = journal.write(noted("un"), author)
        with pytest.raises(RefusedError):
            journal.write_many([noted("deux"), noted("deux", "q" * 500)], author)
        more = journal.write_many([noted("trois"), noted("quatre", "r")], author)

    found = [*recorded_lines(tmp_path, keys.key_of(tmp_path / "diag.db"))]
    assert found == [each.line for each in (one, *more)]


def test_what_others_gave_in_a_file_is_recorded_and_a_hubs_page_is_told(
    tmp_path: Path, author: Origin
) -> None:
    key = keys.key_of(tmp_path / "diag.db")
    here = tmp_path / "here"
    here.mkdir()
    with Journal.open(tmp_path) as far:
        lines = [far.write(noted(str(n), f"q{n}"), author).line for n in range(4)]
    with Journal.open(here) as journal:
        journal.ingest(lines[:2])
        take_page(journal, "hub", AUDIT.id, lines[2:], 4)

    assert [*recorded_lines(here, key)] == lines[:2]
    events = [
        line
        for path in segments(here)
        for line in file._read_segment(path, key)
        if b'"event"' in line[:10]
    ]
    assert [json.loads(line)["event"] for line in events] == ["pull"]


def test_what_is_erased_leaves_it_even_under_a_window_that_writes_there(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as one, Journal.open(tmp_path) as other:
        doomed = one.write(noted(SECRET), author)
        other.write(noted("autre chose", "r"), person("u02"))
        segment = segments(tmp_path)[0].open("rb")
        one.write(erasure(doomed), author)
        last = other.write(noted("ensuite", "s"), person("u02"))

    key = keys.key_of(tmp_path / "diag.db")
    found = [*recorded_lines(tmp_path, key)]
    assert doomed.line not in found
    assert last.line in found
    assert len(found) == 3
    with segment:
        left = segment.read()
    if sys.platform != "win32":
        assert left.strip(b"\0") == b"", "the former bytes are overwritten"


def test_nothing_of_a_retired_audit_stays(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(noted(SECRET), author)
        retire(journal, AUDIT.id, "terme", author)

    key = keys.key_of(tmp_path / "diag.db")
    assert all(b'"op":"erase"' in line for line in recorded_lines(tmp_path, key))


def test_what_a_bundle_brought_leaves_it_when_that_is_undone(
    tmp_path: Path, author: Origin
) -> None:
    key = keys.key_of(tmp_path / "diag.db")
    (tmp_path / "far").mkdir()
    with Journal.open(tmp_path / "far") as far:
        line = far.write(noted(SECRET), author).line
    with Journal.open(tmp_path) as journal:
        own = journal.write(noted("un", "r"), author)
        with intake(journal) as bundle:
            bundle.begin("paquet", "ab" * 32)
            bundle.take([line])
            bundle.record("ab" * 32, 0, {})
        assert [*recorded_lines(tmp_path, key)] == [own.line, line]

        undo(journal, "paquet", 1)

    assert [*recorded_lines(tmp_path, key)] == [own.line]


def test_an_erasure_that_the_recorder_cannot_carry_out_is_not_recorded(
    tmp_path: Path, author: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_words: object) -> None:
        raise OSError(28, "full")

    with Journal.open(tmp_path) as journal:
        doomed = journal.write(noted(SECRET), author)
        monkeypatch.setattr(file, "_write_again", full)
        with pytest.raises(OSError, match="full"):
            journal.write(erasure(doomed), author)
        assert journal.current(AUDIT.id, doomed.subject)[0].has_value


def test_a_recorder_that_cannot_write_stops_no_answer(
    tmp_path: Path, author: Origin
) -> None:
    (tmp_path / file.RECORDER).write_text("a file where its folder would be")

    with Journal.open(tmp_path) as journal:
        journal.write(noted("un"), author)
        assert journal.current(AUDIT.id, noted("").subject)


def test_a_repair_is_noted(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(noted("un"), author)
        journal.connection.execute("update head set device = 'x'")
        journal.prove(AUDIT.id)

    key = keys.key_of(tmp_path / "diag.db")
    (segment,) = segments(tmp_path)
    assert json.loads([*file._read_segment(segment, key)][-1])["event"] == "repair"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
def test_it_is_for_its_owner_alone(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(noted("un"), author)

    (segment,) = segments(tmp_path)
    assert segment.stat().st_mode & 0o777 == 0o600
    assert segment.parent.stat().st_mode & 0o777 == 0o700


def test_a_line_that_was_cut_or_damaged_hides_no_other(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        lines = [journal.write(noted(str(n)), author).line for n in range(3)]
    (segment,) = segments(tmp_path)
    segment.write_bytes(segment.read_bytes()[:-40])
    with Journal.open(tmp_path) as journal:
        last = journal.write(noted("ensuite"), author).line

    found = [*recorded_lines(tmp_path, keys.key_of(tmp_path / "diag.db"))]

    assert found[:2] == lines[:2]
    assert lines[2] not in found
    assert found[-1] == last


@pytest.mark.plain
def test_an_encrypted_one_tells_nothing_without_its_key(tmp_path: Path) -> None:
    for key in (KEY, b"x" * keys.KEY_BYTES):
        own = Recorder(tmp_path, key)
        own.add([f"{{{SECRET} {key[:1]!r}}}".encode()])
        own.close()

    assert SECRET.encode() not in content(tmp_path)
    assert [*recorded_lines(tmp_path, KEY)] == [f"{{{SECRET} b'k'}}".encode()]
    assert [*recorded_lines(tmp_path, None)] == []


@pytest.mark.plain
def test_it_is_encrypted_and_put_in_clear_with_the_journal(
    tmp_path: Path, author: Origin
) -> None:
    pytest.importorskip("sqlcipher3")
    with Journal.open(tmp_path) as journal:
        line = journal.write(noted(SECRET), author).line

    for _ in range(2):  # cut short, it is done again
        encryption.encrypt(tmp_path, KEY, keys.held_by_passphrase(KEY, "phrase"))
        assert SECRET.encode() not in content(tmp_path)
        assert [*recorded_lines(tmp_path, KEY)] == [line]
    encryption.decrypt(tmp_path, KEY)

    assert [*recorded_lines(tmp_path, None)] == [line]
    forget_keys()


def test_a_segment_goes_once_a_hub_and_three_later_copies_have_it(
    tmp_path: Path, author: Origin
) -> None:
    key = keys.key_of(tmp_path / "diag.db")
    copies = tmp_path / COPIES
    copies.mkdir()
    with Journal.open(tmp_path) as journal:
        journal.write(noted("un"), author)
        (segment,) = segments(tmp_path)
        segment = segment.rename(segment.with_name("2026-03-01-1.jsonl"))
        os.utime(segment, (MARCH, MARCH))
        for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
            (copies / f"diag-{day}.db").touch()
        keep_equal(journal, "hub", proven_sum(journal, AUDIT.id))
        assert release_segments(tmp_path, key, held_by_hubs(journal)) == 0
        (copies / "diag-2026-03-04.db").touch()
        assert release_segments(tmp_path, key, {}) == 0
        assert segment.exists()
        assert release_segments(tmp_path, key, held_by_hubs(journal)) == 1

    assert not segment.exists()


def test_a_segment_that_is_full_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_LARGEST", 100)
    for number in range(3):
        own = Recorder(tmp_path, None)
        own.add([b'{"n":%d,"%s":1}' % (number, b"x" * 100)])
        own.close()

    assert len(segments(tmp_path)) == 3
    assert [json.loads(line)["n"] for line in recorded_lines(tmp_path, None)] == [
        0,
        1,
        2,
    ]
