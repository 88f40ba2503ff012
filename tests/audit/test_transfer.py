import json
import os
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.erasing import erase
from diag.audit.follow import add_step, add_visit
from diag.audit.photos import PhotoSubject, join_photos, picture_of
from diag.audit.places import add_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession, open_session
from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.journal.facts import open_audit
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState, PlaceKind
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, SCHOOL, SETTINGS, started, workspace
from tests.audit.pictures import jpeg


@pytest.fixture
def exported(session: AuditSession, tmp_path: Path) -> Path:
    add_place(session, PlaceKind.SALLE, "Classe [/x] *CP*")
    record_answer(session, NewAnswer("nb_classes", 4, note="=1+1 \u202e | <script>"))
    record_answer(session, NewAnswer("nb_classes", 5))
    add_visit(session, DAY, present=("Camille Perrin",), met=("la directrice",))
    path = tmp_path / "audit.json"
    export_audit(session, path)
    return path


def test_an_audit_comes_back_the_same_history_included(
    session: AuditSession, exported: Path, tmp_path: Path
) -> None:
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        theirs, taken = import_audit(other, exported)

        assert taken.rejected == ()
        assert theirs.facts == session.facts
        assert theirs.digest == session.digest
        assert [one.line for one in theirs.revisions()] == [
            one.line for one in session.revisions()
        ]
        assert theirs.visits == session.visits
        again = tmp_path / "again.json"
        export_audit(theirs, again)
        assert again.read_bytes() == exported.read_bytes()


def test_people_and_school_come_with_the_audit(
    session: AuditSession, exported: Path, tmp_path: Path
) -> None:
    here = session.workspace
    named = here.settings.model_copy(update={"people": {"u-1": "Camille", "u-9": "Z"}})
    here.keep_settings(named)
    export_audit(session, exported)
    empty = SETTINGS.model_copy(update={"author": "u-2", "people": {"u-2": "Sacha"}})
    with Workspace.create(tmp_path / "empty", empty, fixed_world(DAY, 3)) as other:
        import_audit(other, exported)

        assert other.settings.people == {"u-1": "Camille", "u-2": "Sacha"}
        theirs = open_session(other, SCHOOL)
        assert theirs.about == session.about
        assert report_of(theirs).about == report_of(session).about
        again = tmp_path / "again.json"
        export_audit(theirs, again)
        assert again.read_bytes() == exported.read_bytes()


def test_a_person_known_here_keeps_the_name_given_here(
    session: AuditSession, exported: Path
) -> None:
    here = session.workspace
    import_audit(here, altered(exported, people={"u-1": "Autre", "u-3": "Lou"}))

    assert here.settings.people == {"u-1": "u-1", "u-2": "u-2", "u-3": "Lou"}


def test_importing_twice_changes_nothing(session: AuditSession, exported: Path) -> None:
    before = session.digest

    _, taken = import_audit(session.workspace, exported)

    assert (taken.new, session.digest) == (0, before)


def test_two_people_who_answered_apart_both_stay_visible(
    session: AuditSession, tmp_path: Path
) -> None:
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        theirs = started(other)
        record_answer(theirs, NewAnswer("nb_classes", 6))
        export_audit(theirs, tmp_path / "theirs.json")
    record_answer(session, NewAnswer("nb_classes", 4))

    import_audit(session.workspace, tmp_path / "theirs.json")
    session.catch_up()

    heads = session.facts.answers[session.facts.root, "nb_classes"]
    assert {head.value for head in heads} == {4, 6}
    assert len(session.conflicts) == 1


def test_an_erased_value_does_not_come_back_from_an_old_file(
    session: AuditSession, exported: Path
) -> None:
    (first,) = [one for one in session.revisions() if "=1+1" in one.line.decode()]
    erase(session, first.id, "demande de la personne")

    import_audit(session.workspace, exported)

    assert not any(b"=1+1" in one.line for one in session.revisions())


def test_a_photo_erased_elsewhere_leaves_with_the_file_that_says_so(
    session: AuditSession, tmp_path: Path
) -> None:
    """It stayed here until the next sync."""
    file, photo = tmp_path / "audit.json", jpeg(tmp_path / "photo.jpg")
    (joined,) = join_photos(session, [photo], PhotoSubject()).photos
    export_audit(session, file)
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        import_audit(other, file)
        held = AttachmentStore(other.folder)
        picture = picture_of(session, joined)
        assert picture is not None
        assert held.put(picture, "image/jpeg") == joined.sha
        (line,) = [
            one for one in session.revisions() if one.subject == f"photo/{joined.id}"
        ]
        session.record(changes.erased(session.audit.id, line.id, "Un visage"))
        export_audit(session, file)

        import_audit(other, file)

        assert joined.sha not in held.all()


def test_follow_up_steps_are_kept_in_order(session: AuditSession) -> None:
    (recommendation, *_) = session.checklist.recommendations
    for state in (FollowUpState.DECIDEE, FollowUpState.ECARTEE):
        step = FollowUp(
            recommendation=recommendation, state=state, by="le conseil", why="voté"
        )
        add_step(session, step)

    assert [step.state for step in session.follow_ups] == ["decidee", "ecartee"]


def altered(path: Path, **changes: object) -> Path:
    body = json.loads(path.read_text(encoding="utf-8"))
    body.update(changes)
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"digest": "0" * 64}, "il manque des modifications"),
        ({"revisions": []}, "il manque des modifications"),
        ({"revisions": ["{}"]}, "modification 1"),
        ({"edition": "{}"}, "grilles jointes sont illisibles"),
        ({"version": 2}, "mettez diag à jour"),
        ({"format": "autre"}, "n'est pas un audit exporté"),
    ],
)
def test_an_altered_file_is_refused_whole(
    session: AuditSession, exported: Path, change: dict[str, object], said: str
) -> None:
    before = session.digest

    with pytest.raises(DiagError, match=said):
        import_audit(session.workspace, altered(exported, **change))

    assert session.digest == before


def test_a_file_whose_campaign_is_a_path_is_refused_whole(
    session: AuditSession, tmp_path: Path
) -> None:
    here, subject = session.workspace, session.audit.subject
    bad = open_audit(here.journal, "../x", subject, here.origin)
    said = AuditSession(here, bad, session.about)
    said.record(changes.pinned(bad.id, session.edition))
    export_audit(said, tmp_path / "bad.json")

    with (
        workspace(tmp_path / "other", author="u-2", seed=2) as other,
        pytest.raises(DiagError, match="n'est pas un nom de campagne"),
    ):
        import_audit(other, tmp_path / "bad.json")


def test_a_file_cut_at_any_byte_is_refused(
    session: AuditSession, exported: Path
) -> None:
    whole = exported.read_bytes()
    for size in range(0, len(whole) - 2, max(1, len(whole) // 50)):
        exported.write_bytes(whole[:size])
        with pytest.raises(
            DiagError, match=r"Rien n'a été lu.*diag audit export UAI FICHIER"
        ):
            import_audit(session.workspace, exported)


def test_a_line_that_is_wrong_is_told_by_its_rank(
    session: AuditSession, exported: Path
) -> None:
    told = json.loads(exported.read_bytes())
    told["revisions"][1] = told["revisions"][1].replace('"op":"set"', '"op":"zz"')
    exported.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(DiagError, match=r"modification 2 : .* mal formé\. Rien n'a"):
        import_audit(session.workspace, exported)


def test_a_byte_order_mark_is_read_over(
    session: AuditSession, exported: Path, tmp_path: Path
) -> None:
    exported.write_bytes(b"\xef\xbb\xbf" + exported.read_bytes())

    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        theirs, _ = import_audit(other, exported)

        assert theirs.digest == session.digest


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_an_exported_audit_is_its_owner_s_alone(exported: Path) -> None:
    assert exported.stat().st_mode & 0o077 == 0
