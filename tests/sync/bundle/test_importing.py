"""A bundle goes from one laptop to another: shown, read in, undone."""

import json
import os
import tempfile
import time
from pathlib import Path
from threading import Thread
from unittest.mock import Mock

import pytest

from diag.journal import bundles, changes
from diag.journal.attachments import AttachmentStore
from diag.journal.bundles import BuiltUponError
from diag.journal.errors import DiskFullError, JournalError
from diag.journal.journal import Journal
from diag.journal.seals import seal
from diag.model.audit import Photo
from diag.sync.bundle.read import Entered, bring_in, undo
from tests.journal.builders import NOON, quarantined
from tests.journal.newer import newer
from tests.journal.worlds import content
from tests.sync.bundle.colleagues import Colleague
from tests.sync.offices import AUDITS, ROOTS, say, started

AUDIT, OTHER, _ = AUDITS
ID = "00000000-0000-4000-8000-000000000001"


def same(one: Colleague, other: Colleague) -> bool:
    return content(one.journal.connection) == content(other.journal.connection)


def photographed(by: Colleague, data: bytes = b"une image") -> str:
    sha = AttachmentStore(by.folder).put(data, "image/jpeg")
    photo = Photo(
        id=ID,
        sha=sha,
        place=ROOTS[AUDIT.id],
        caption="la baie",
        original=sha,
        mime="image/jpeg",
        size=len(data),
    )
    by.journal.write(changes.photographed(AUDIT.id, photo), by.origin)
    return sha


def test_what_one_wrote_the_other_reads(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    entered = bruno.read(tmp_path / "a.diag")
    assert (entered.revisions, entered.known, entered.sender) == (2, 0, "anne")
    assert same(anne, bruno)


def test_lines_that_neither_reads_are_counted_once(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    opening = anne.journal.history(AUDIT.id, "audit/subject")[0]
    anne.journal.ingest([newer(opening)])
    anne.write(tmp_path / "a.diag", bruno)

    assert bruno.read(tmp_path / "a.diag").new == {AUDIT.id: 3}
    assert bruno.read(tmp_path / "a.diag").new == {}


def test_the_writer_can_read_it_again(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    anne.known["moi"] = anne.keys.card
    assert anne.read(tmp_path / "a.diag").known == 2


def test_a_preview_tells_all_and_leaves_nothing(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    started(bruno.journal, AUDIT, bruno.origin)
    say(bruno.journal, AUDIT, 4, bruno.origin)
    photographed(anne)
    anne.write(tmp_path / "a.diag", bruno)
    before = content(bruno.journal.connection)
    seen = bruno.look(tmp_path / "a.diag")
    assert (seen.new, seen.photos) == ({AUDIT.id: 3}, 1)
    assert [topic.question for _, topic in seen.conflicts] == ["nb_classes"]  # type: ignore[union-attr] # an answer's
    assert seen.audits == {AUDIT.id: AUDIT}
    assert content(bruno.journal.connection) == before
    assert not bundles.brought(bruno.journal)
    assert not AttachmentStore(bruno.folder).sizes()


def test_photos_come_after_answers(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    sha = photographed(anne)
    anne.write(tmp_path / "a.diag", bruno)
    assert bruno.read(tmp_path / "a.diag").photos == 1
    assert AttachmentStore(bruno.folder).get(sha) == b"une image"


def test_the_same_bundle_twice_changes_nothing(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    first = bruno.read(tmp_path / "a.diag")
    again = bruno.read(tmp_path / "a.diag")
    assert (again.revisions, again.known, again.name) == (0, 2, first.name)
    assert again.before is not None
    assert len(bundles.brought(bruno.journal)) == 1


def test_an_old_bundle_does_not_bring_back_what_was_erased(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "old.diag", bruno)
    (head,) = anne.journal.current(AUDIT.id, _answer())
    anne.journal.write(changes.erased(AUDIT.id, head.id, "demande"), anne.origin)
    anne.write(tmp_path / "new.diag", bruno)
    bruno.read(tmp_path / "new.diag")
    bruno.read(tmp_path / "old.diag")
    assert same(anne, bruno)
    assert not bruno.journal.current(AUDIT.id, _answer())[0].has_value


def test_fields_that_nobody_knows_survive(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    (line,) = (rev.line for rev in anne.journal.history(AUDIT.id, _answer()))
    body = json.loads(line) | {"later": {"é": [1]}, "subject": "thing/of/tomorrow"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    anne.journal.ingest([text.encode()])
    anne.write(tmp_path / "a.diag", bruno)
    bruno.read(tmp_path / "a.diag")
    assert text.encode() in bruno.journal.lines(AUDIT.id)


def test_an_undo_leaves_what_was_there_before(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    started(bruno.journal, AUDIT, bruno.origin)
    before = content(bruno.journal.connection)
    sha = photographed(anne)
    anne.write(tmp_path / "a.diag", bruno)
    entered = bruno.read(tmp_path / "a.diag")
    assert undo(bruno.journal, entered.name, NOON) == 3
    after = content(bruno.journal.connection)
    assert len(after.pop("quarantine")) == 3
    assert not before.pop("quarantine")
    assert after == before
    assert AttachmentStore(bruno.folder).get(sha) is None


def test_what_was_undone_comes_back_when_read_again(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    photographed(anne)
    anne.write(tmp_path / "a.diag", bruno)
    entered = bruno.read(tmp_path / "a.diag")
    undo(bruno.journal, entered.name, NOON)
    again = bruno.read(tmp_path / "a.diag")
    assert (again.revisions, again.photos, again.name) == (3, 1, entered.name)
    assert same(anne, bruno)
    assert not quarantined(bruno.journal)
    undo(bruno.journal, entered.name, NOON)


def test_an_audit_that_a_bundle_brought_leaves_with_it(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    undo(bruno.journal, bruno.read(tmp_path / "a.diag").name, NOON)
    assert not bruno.journal.manifest()


def test_an_audit_where_an_erasure_stays_is_still_opened(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    """A hub takes no line of an audit that nothing opens: both told different."""
    (answer,) = anne.journal.history(AUDIT.id, _answer())
    anne.journal.write(changes.erased(AUDIT.id, answer.id, "demande"), anne.origin)
    anne.write(tmp_path / "a.diag", bruno)

    undo(bruno.journal, bruno.read(tmp_path / "a.diag").name, NOON)

    assert bruno.journal.current(AUDIT.id, "audit/subject")
    assert len(list(bruno.journal.lines(AUDIT.id))) == 3


def test_an_erasure_that_is_here_does_not_wait_when_it_comes_again(
    tmp_path: Path, anne: Colleague
) -> None:
    """That of a line that this version cannot read, above all."""
    anne.known = {"anne": anne.keys.card}
    (answer,) = anne.journal.history(AUDIT.id, _answer())
    (unread,) = anne.journal.ingest([newer(answer)]).unread
    erasure = changes.erased(AUDIT.id, unread.key.hex(), "demande")
    anne.journal.write(erasure, anne.origin)
    anne.write(tmp_path / "a.diag", anne)

    assert not anne.read(tmp_path / "a.diag").withheld


def test_nothing_is_undone_once_someone_built_upon_it(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    entered = bruno.read(tmp_path / "a.diag")
    say(bruno.journal, AUDIT, 5, bruno.origin)
    before = content(bruno.journal.connection)
    with pytest.raises(BuiltUponError, match="un audit a changé depuis") as refused:
        undo(bruno.journal, entered.name, NOON)
    assert refused.value.audits == (AUDIT.id,)
    assert content(bruno.journal.connection) == before


def test_a_seal_written_since_holds_back_no_undo(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    def said() -> list[bytes]:
        return [line for line in bruno.journal.lines(AUDIT.id) if b'"seal/' not in line]

    say(bruno.journal, AUDIT, 2, bruno.origin)
    before = said()
    anne.write(tmp_path / "a.diag", bruno)
    entered = bruno.read(tmp_path / "a.diag")
    signer = bruno.keys.signer
    assert seal(bruno.journal, AUDIT.id, signer, bruno.origin) == 1

    assert undo(bruno.journal, entered.name, NOON) == entered.revisions
    assert said() == before


def test_bundles_are_undone_last_first(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    first = bruno.read(tmp_path / "a.diag")
    say(anne.journal, AUDIT, 5, anne.origin)
    anne.write(tmp_path / "b.diag", bruno)
    second = bruno.read(tmp_path / "b.diag")
    with pytest.raises(BuiltUponError):
        undo(bruno.journal, first.name, NOON)
    assert undo(bruno.journal, second.name, NOON) == 1
    assert undo(bruno.journal, first.name, NOON) == 2


def test_an_undo_does_not_undo_an_erasure(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    bruno.read(tmp_path / "a.diag")
    (head,) = anne.journal.current(AUDIT.id, _answer())
    anne.journal.write(changes.erased(AUDIT.id, head.id, "demande"), anne.origin)
    anne.write(tmp_path / "b.diag", bruno)
    entered = bruno.read(tmp_path / "b.diag")
    assert undo(bruno.journal, entered.name, NOON) == 0
    assert same(anne, bruno)


def test_what_was_set_aside_is_erased_too(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    entered = bruno.read(tmp_path / "a.diag")
    undo(bruno.journal, entered.name, NOON)
    (head,) = anne.journal.current(AUDIT.id, _answer())
    started(bruno.journal, AUDIT, bruno.origin)
    bruno.journal.write(changes.erased(AUDIT.id, head.id, "demande"), bruno.origin)
    assert head.id not in {one.id for one in quarantined(bruno.journal)}


def test_a_name_that_is_no_bundle_undoes_nothing(bruno: Colleague) -> None:
    with pytest.raises(JournalError, match="Aucun paquet « hier »"):
        undo(bruno.journal, "hier", NOON)


def test_a_full_disk_leaves_the_journal_as_it_was(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    for number in range(400):
        say(anne.journal, AUDIT, number, anne.origin)
    anne.write(tmp_path / "a.diag", bruno)
    before = content(bruno.journal.connection)
    (pages,) = bruno.journal.connection.execute("pragma page_count").fetchone()
    bruno.journal.connection.execute(f"pragma max_page_count = {pages + 4}")
    with pytest.raises(DiskFullError):
        bruno.read(tmp_path / "a.diag")
    assert content(bruno.journal.connection) == before
    bruno.journal.connection.execute("pragma max_page_count = 1000000")
    assert bruno.read(tmp_path / "a.diag").revisions == 402
    assert same(anne, bruno)


def test_two_imports_at_once_bring_it_once(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    done: list[Entered] = []

    def read() -> None:
        with Journal.open(bruno.folder) as journal:
            reader = bruno.reader()._replace(journal=journal)
            done.append(bring_in(reader, tmp_path / "a.diag", NOON))

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.revisions for one in done) == [0, 0, 2]
    assert same(anne, bruno)
    assert not list(bruno.folder.glob("staging"))


def test_a_folder_that_goes_while_it_is_made_is_made_again(
    tmp_path: Path, anne: Colleague, bruno: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    make = os.mkdir

    def made_late(path: Path, mode: int = 0o777) -> None:
        monkeypatch.setattr(os, "mkdir", make)
        raise FileExistsError(path)  # of the other import, which ends here

    monkeypatch.setattr(os, "mkdir", made_late)

    assert bruno.read(tmp_path / "a.diag").revisions == 2


def test_a_folder_that_leads_nowhere_is_not_tried_for_ever(
    tmp_path: Path, anne: Colleague, bruno: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    (bruno.folder / "staging").symlink_to(tmp_path / "gone")
    once = Mock(side_effect=[FileNotFoundError])
    monkeypatch.setattr(tempfile, "mkstemp", once)

    with pytest.raises(FileNotFoundError):
        bruno.read(tmp_path / "a.diag")


def test_an_import_that_ends_takes_no_folder_from_the_next(
    tmp_path: Path, anne: Colleague, bruno: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne.write(tmp_path / "a.diag", bruno)
    make = tempfile.mkstemp

    def made_late(**where: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(tempfile, "mkstemp", make)
        Path(where["dir"]).rmdir()  # the other import ends here
        return make(suffix=".diag", dir=where["dir"])

    monkeypatch.setattr(tempfile, "mkstemp", made_late)

    assert bruno.read(tmp_path / "a.diag").revisions == 2


def test_a_photo_that_cannot_be_kept_does_not_hold_back_answers(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    sha = photographed(anne)
    anne.write(tmp_path / "a.diag", bruno)
    (bruno.folder / "photos.db").write_bytes(b"pas une base" * 1000)
    entered = bruno.read(tmp_path / "a.diag")
    assert (entered.revisions, entered.photos) == (3, 0)
    assert "photos.db" in entered.refused[0]
    (bruno.folder / "photos.db").unlink()
    assert bruno.read(tmp_path / "a.diag").photos == 1
    assert AttachmentStore(bruno.folder).get(sha) == b"une image"


def test_a_copy_left_by_a_program_that_died_goes_the_next_day(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    staging = bruno.folder / "staging"
    staging.mkdir()
    for name, age in (("old.diag", 90_000), ("running.diag", 60)):
        (staging / name).write_bytes(b"?")
        then = time.time() - age
        os.utime(staging / name, (then, then))
    anne.write(tmp_path / "a.diag", bruno)
    bruno.read(tmp_path / "a.diag")
    assert [one.name for one in staging.iterdir()] == ["running.diag"]


def test_only_the_audits_that_were_chosen_travel(
    tmp_path: Path, anne: Colleague, bruno: Colleague
) -> None:
    started(anne.journal, OTHER, anne.origin)
    anne.write(tmp_path / "a.diag", bruno, [OTHER.id])
    assert bruno.read(tmp_path / "a.diag").new == {OTHER.id: 1}


def _answer() -> str:
    return f"place/{ROOTS[AUDIT.id]}/q/nb_classes"
