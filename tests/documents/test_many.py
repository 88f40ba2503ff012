"""The documents of many audits: resumed, and never stopped by one of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer
from diag.documents.formats import Format
from diag.documents.write import (
    MANIFEST,
    AuditWritten,
    DocumentsWanted,
    audits_in,
    beside,
    tally,
    write_many,
)
from diag.journal import connection as keys
from diag.journal import encryption
from diag.model.enums import Audience
from diag.workspace.workspace import Workspace
from tests.audit.builders import OTHER, SCHOOL, started, workspace
from tests.journal.builders import forget_keys

LEAST = DocumentsWanted((Audience.MAIRIE, Audience.EQUIPE), (Format.MARKDOWN,))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "desk") as made:
        started(made)
        started(made, OTHER)
        yield made


def written(desk: Workspace, wanted: DocumentsWanted = LEAST) -> list[AuditWritten]:
    return list(write_many(desk, audits_in(desk), wanted))


def test_each_audit_has_its_folder_and_is_told(desk: Workspace) -> None:
    done = written(desk)

    assert len({one.folder for one in done}) == len(done) == 2
    assert [one.words for one in done] == ["2 écrits", "2 écrits"]
    assert all(path.exists() for one in done for path in one.files)
    assert tally(done) == "2 audits, 4 documents écrits."


def test_what_is_up_to_date_is_left_as_it_is_and_said(desk: Workspace) -> None:
    first = next(write_many(desk, audits_in(desk), LEAST))
    before = {path: path.stat().st_mtime_ns for path in first.written}
    again = written(desk)

    assert [one.words for one in again] == ["2 déjà à jour", "2 écrits"]
    assert before == {path: path.stat().st_mtime_ns for path in again[0].kept}
    assert tally(again) == "2 audits, 2 documents écrits, 2 déjà à jour."


def test_what_was_answered_since_or_is_gone_is_written_again(desk: Workspace) -> None:
    written(desk)
    record_answer(
        audits.open_session(desk, SCHOOL), NewAnswer("debit_descendant", "40")
    )
    other = audits.open_session(desk, OTHER)
    for one in written(desk):
        if one.name != other.about.title:
            assert one.words == "2 écrits"
            (one.folder / "mairie.md").unlink()
    assert {one.words for one in written(desk)} == {
        "1 écrit, 1 déjà à jour",
        "2 déjà à jour",
    }


def test_a_document_that_something_else_wrote_since_is_written_again(
    desk: Workspace,
) -> None:
    (written(desk)[0].folder / "mairie.md").write_text("autre", encoding="utf-8")

    told = written(desk)[0].words
    assert told.startswith("1 écrit, 1 déjà à jour, mairie.md avait changé")


def test_one_may_ask_that_everything_is_written_again(desk: Workspace) -> None:
    written(desk)
    again = DocumentsWanted(LEAST.audiences, LEAST.forms, again=True)

    assert {one.words for one in written(desk, again)} == {"2 écrits"}


def test_one_that_fails_is_told_and_the_next_goes_on(
    desk: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    blocked = next(write_many(desk, audits_in(desk), LEAST)).folder.name
    out.mkdir()
    (out / blocked).write_text("un fichier", encoding="utf-8")
    done = written(desk, DocumentsWanted(LEAST.audiences, LEAST.forms, out))

    assert done[0].problem
    assert not done[0].files
    assert done[1].words == "2 écrits"
    assert tally(done).endswith("1 en échec.")


def test_a_manifest_that_cannot_be_read_is_as_none(desk: Workspace) -> None:
    for one in written(desk):
        (one.folder / MANIFEST).write_text("[", encoding="utf-8")

    assert {one.words for one in written(desk)} == {"2 écrits"}


def test_only_the_audits_named_in_the_campaign_asked(desk: Workspace) -> None:
    assert len(audits_in(desk)) == 2
    assert len(audits_in(desk, refs=[SCHOOL, "9990000A"])) == 1
    assert not audits_in(desk, "2019-2020")


def test_another_thread_reads_the_workspace_by_itself(desk: Workspace) -> None:
    def elsewhere() -> list[AuditWritten]:
        with beside(desk) as again:
            return written(again)

    with ThreadPoolExecutor(1) as pool:
        assert {one.words for one in pool.submit(elsewhere).result()} == {"2 écrits"}


def test_another_thread_reads_an_encrypted_workspace(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3")
    desk.close()
    key, phrase = b"k" * keys.KEY_BYTES, tmp_path / "phrase.txt"
    phrase.write_text("cheval agrafe", encoding="utf-8")
    monkeypatch.setenv(keys.PASSPHRASE_FILE, str(phrase))
    encryption.encrypt(desk.folder, key, keys.held_by_passphrase(key, "cheval agrafe"))
    forget_keys()

    with Workspace.open(desk.folder, desk.world) as locked:
        monkeypatch.delenv(keys.PASSPHRASE_FILE)  # nobody is asked again

        def elsewhere() -> list[AuditWritten]:
            with beside(locked) as again:
                return written(again)

        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(elsewhere).result()
    forget_keys()
    assert {one.words for one in told} == {"2 écrits"}


def test_a_charter_or_a_template_changed_writes_the_documents_again(
    desk: Workspace,
) -> None:
    written(desk)
    overlay = desk.folder / "overlay"
    (overlay / "modeles").mkdir(parents=True)
    (overlay / "charte.yaml").write_text('closing: "Merci"\n', encoding="utf-8")
    assert {one.words for one in written(desk)} == {"2 écrits"}
    assert {one.words for one in written(desk)} == {"2 déjà à jour"}
    own = overlay / "modeles" / "equipe.md.jinja"
    own.write_text("# Bonjour\n\n{{ rien }}\n", encoding="utf-8")
    again = written(desk)
    assert {one.words.partition(",")[0] for one in again} == {"2 écrits"}
    assert all("equipe.md.jinja, ligne 3" in one.warnings[0] for one in again)
