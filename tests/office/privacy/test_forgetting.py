"""A person is forgotten: here, in old bundles, in restored copies, byte for byte."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from diag.audit import erasing, follow
from diag.audit.evidence import keep_run, kept_evidence
from diag.audit.photos import join_photos, photos_of, shown_by
from diag.audit.session import AuditSession
from diag.journal import changes
from diag.journal.asks import asks_of
from diag.journal.attachments import AttachmentStore
from diag.journal.exchange import unread_lines
from diag.journal.people import GONE
from diag.model.audit import Audit
from diag.model.errors import DiagError
from diag.office.erasing import find_person, forget, kind_of, prove
from diag.office.privacy import copies, drop_copies
from diag.workspace import backup
from diag.workspace.settings import learn_names
from diag.workspace.workspace import Workspace
from tests.audit.builders import started, workspace
from tests.audit.pictures import jpeg
from tests.journal.newer import newer
from tests.probes.builders import AUTHORISED, measured, run_of

NAME = "Hélène Mortier"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with workspace(tmp_path / "home") as made:
        session = started(made)
        follow.add_visit(
            session, date(2026, 10, 5), present=("Camille",), met=(f"Mme {NAME}",)
        )
        root = session.facts.root
        session.record(changes.noted(session.audit.id, root, "q", f"vu avec {NAME}"))
        yield session


def everything(session: AuditSession) -> Workspace:
    made = session.workspace
    found = find_person(made, NAME)
    forget(made, found, found.mentions, "demande du 3 mars")
    return made


def holding(folder: Path, *words: str) -> list[str]:
    """Return the files, copies left aside, that hold one of these words."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file()
        if any(word.encode() in path.read_bytes() for word in words)
    ]


def test_other_words_stay_and_the_visit_keeps_its_day(session: AuditSession) -> None:
    everything(session)

    (visit,) = session.visits
    assert (visit.date, visit.met) == ("2026-10-05", (f"Mme {GONE}",))
    assert not find_person(session.workspace, NAME)


def test_what_another_asked_to_erase_still_stands(tmp_path: Path) -> None:
    """Who confirms theirs elsewhere names it: it was no ask of anybody any more."""
    with workspace(tmp_path / "home") as made:
        session = started(made)
        audit, journal = session.audit.id, made.journal
        draft = changes.noted(audit, session.facts.root, "q", f"vu avec {NAME}")
        said = journal.write(draft, replace(made.origin, author="u-2"))
        asked = changes.erasure_asked(audit, said.id, "un parent")
        first = journal.write(asked, replace(made.origin, author="u-3"))

        everything(session)
        everything(session)

        found = asks_of(journal, audit)
        assert first.id in {one.id for one in found}
        assert [one.author for one in found].count(made.settings.author) == 1


def test_no_byte_of_the_value_nor_of_its_nonce_stays(session: AuditSession) -> None:
    made = session.workspace
    found = find_person(made, NAME)
    nonces = [str(json.loads(one.revision.line)["nonce"]) for one in found.mentions]
    assert holding(made.folder, "Mortier", nonces[0])

    done = forget(made, found, found.mentions, "demande")

    assert done.clean
    assert holding(made.folder, "Mortier", *nonces) == []


def test_nothing_stays_in_what_a_newer_version_wrote(session: AuditSession) -> None:
    journal = session.workspace.journal
    for revision in journal.history_inside(session.audit.id, "visit"):
        journal.ingest([newer(revision)])
    assert len(unread_lines(journal)) == 1

    made = everything(session)

    assert len(unread_lines(made.journal)) == 1
    assert holding(made.folder, "Mortier") == []


def test_a_pull_or_an_old_bundle_does_not_bring_it_back(session: AuditSession) -> None:
    lines = [*session.workspace.journal.lines(session.audit.id)]
    made = everything(session)

    assert made.journal.ingest(lines).new == 0
    assert holding(made.folder, "Mortier") == []


def test_a_restored_copy_loses_it_again(session: AuditSession, tmp_path: Path) -> None:
    copied = backup.back_up(session.workspace, tmp_path / "ailleurs")
    made = everything(session)
    made.close()

    backup.restore(made.folder, copied.journal)

    assert holding(made.folder, "Mortier") == []
    with Workspace.open(made.folder) as again:
        assert not find_person(again, NAME)


def test_a_copy_restored_after_the_journal_was_lost_loses_it_again(
    session: AuditSession, tmp_path: Path
) -> None:
    copied = backup.back_up(session.workspace, tmp_path / "ailleurs")
    made = everything(session)
    made.close()
    (made.folder / "diag.db").write_bytes(b"x" * 5000)

    backup.restore(made.folder, copied.journal)

    assert holding(made.folder, "Mortier") == []


def test_an_erasure_that_was_cut_while_it_was_remembered_takes_no_other_with_it(
    session: AuditSession, tmp_path: Path
) -> None:
    """Killed in the middle of a line: the next one stands apart, and is carried out."""
    copied = backup.back_up(session.workspace, tmp_path / "ailleurs")
    kept = session.workspace.folder / "effacements" / "effacements.jsonl"
    kept.parent.mkdir()
    kept.write_bytes(b'{"at":1,"audit":"')
    made = everything(session)
    made.close()
    (made.folder / "diag.db").unlink()

    backup.restore(made.folder, copied.journal)

    assert holding(made.folder, "Mortier") == []


def test_a_list_of_what_was_forgotten_that_cannot_be_read_is_told(
    session: AuditSession, tmp_path: Path
) -> None:
    copied = backup.back_up(session.workspace, tmp_path / "ailleurs")
    made = everything(session)
    made.close()
    (made.folder / "effacements" / "oublis.json").write_bytes(b'{"labels": [')

    with pytest.raises(DiagError, match=r"oublis.json"):
        backup.restore(made.folder, copied.journal)


def test_a_proof_takes_the_place_of_no_other(session: AuditSession) -> None:
    made = session.workspace
    first, second = (prove(made, {"what": str(n)}) for n in (1, 2))
    first.unlink()

    third = prove(made, {"what": "3"})

    assert third != second
    assert json.loads(second.read_bytes())["what"] == "2"


def test_a_colleague_leaves_the_directory_and_is_not_learnt_again(
    session: AuditSession, tmp_path: Path
) -> None:
    made = session.workspace
    learn_names(made, {"u-9": NAME})
    copied = backup.back_up(made, tmp_path / "ailleurs")
    found = find_person(made, "u-9")
    assert found.forgotten.labels == ["u-9"]

    forget(made, found, (), "départ")
    learn_names(made, {"u-9": NAME})
    assert made.settings.name_of("u-9") == "quelqu'un d'inconnu ici (u-9)"

    made.close()
    backup.restore(made.folder, copied.journal)
    with Workspace.open(made.folder) as again:
        assert again.settings.name_of("u-9") == "quelqu'un d'inconnu ici (u-9)"


def test_a_conflict_stays_one(session: AuditSession) -> None:
    made, audit = session.workspace, session.audit.id
    root = session.facts.root
    draft = changes.noted(audit, root, "r", f"selon {NAME}")
    made.journal.write(draft, made.origin)
    apart = changes.noted(audit, root, "r", "selon la mairie")
    made.journal.write(
        type(apart)(audit, apart.subject, apart.value, parents=()), made.origin
    )

    everything(session)

    assert len(made.journal.current(audit, draft.subject)) == 2


def test_a_photo_whose_caption_names_the_person_leaves_whole(
    session: AuditSession, tmp_path: Path
) -> None:
    shown = shown_by(session)
    join_photos(session, [jpeg(tmp_path / "p.jpg")], shown, f"{NAME} devant la baie")
    assert len(photos_of(session)) == 1

    found = find_person(session.workspace, NAME)
    done = forget(session.workspace, found, found.mentions, "demande")

    assert done.photos == 1
    assert photos_of(session) == ()


def test_a_restored_copy_loses_an_erased_photo_again_and_its_thumbnail(
    session: AuditSession, tmp_path: Path
) -> None:
    pictures = [jpeg(tmp_path / f"{wide}.jpg", (wide, 480)) for wide in (500, 640)]
    kept, gone = join_photos(session, pictures, shown_by(session)).photos
    made = session.workspace
    copied = backup.back_up(made, tmp_path / "ailleurs")
    (line,) = [one for one in session.revisions() if gone.id in one.subject]
    erasing.erase(session, line.id, "un visage")
    made.close()

    backup.restore(made.folder, copied.journal)

    assert AttachmentStore(made.folder).all() == {kept.sha, kept.thumbnail}


def test_a_file_of_measures_that_the_person_allowed_leaves_whole(
    session: AuditSession,
) -> None:
    allowed = AUTHORISED.model_copy(update={"told": f"{NAME}, par téléphone"})
    taken = keep_run(session, run_of(measured(), authorisation=allowed))
    store = AttachmentStore(session.workspace.folder)
    (digest,) = taken.read[0].file.files
    assert store.get(digest) is not None

    found = find_person(session.workspace, NAME)
    assert "fichier d'un autre outil" in [*map(kind_of, found.mentions)]
    forget(session.workspace, found, found.mentions, "demande")

    assert store.get(digest) is None
    assert kept_evidence(session) == ()


def test_the_proof_says_what_was_done_and_no_value(session: AuditSession) -> None:
    made = session.workspace
    found = find_person(made, NAME)
    done = forget(made, found, found.mentions, "demande du 3 mars")

    told = json.loads(done.proof.read_text(encoding="utf-8"))
    assert told["counts"] == {"visite": 1, "note": 1}
    assert told["by"] == "u-1"
    assert sorted(told["revisions"]) == sorted(
        one.revision.id for one in found.mentions
    )
    assert "Mortier" not in done.proof.read_text(encoding="utf-8")


def test_copies_have_an_expiry_and_leave_once_a_fresh_one_is_made(
    session: AuditSession,
) -> None:
    made = session.workspace
    old = made.folder / "backups" / "diag-2026-09-01.db"
    backup.back_up(made)
    (kept,) = copies(made.folder)
    kept.path.rename(old)

    everything(session)

    assert holding(made.folder, "Mortier") == [old.name]
    assert drop_copies(made) == (old,)
    assert holding(made.folder, "Mortier") == []
    assert len(copies(made.folder)) == 1


def test_too_short_a_name_is_refused(session: AuditSession) -> None:
    with pytest.raises(DiagError, match="trop court"):
        find_person(session.workspace, "Li")


def test_erasing_one_value_is_remembered_as_well(
    session: AuditSession, tmp_path: Path
) -> None:
    copied = backup.back_up(session.workspace, tmp_path / "ailleurs")
    made, audit = session.workspace, session.audit
    (said,) = (one for one in session.revisions() if one.subject.endswith("/note"))
    erasing.erase(session, said.id, "demande")
    made.close()
    (made.folder / "diag.db").unlink()

    backup.restore(made.folder, copied.journal)

    with Workspace.open(made.folder) as again:
        assert _erased(again, audit) == {said.id}


def _erased(made: Workspace, audit: Audit) -> set[str]:
    lines = map(json.loads, made.journal.lines(audit.id))
    return {one["id"] for one in lines if one.get("erased")}
