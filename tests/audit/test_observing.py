"""Observations: kept, merged, taken back, erased; they are no facts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.audit import observing
from diag.audit.answer import record_note
from diag.audit.erasing import erase
from diag.audit.follow import move
from diag.audit.history import changes_of, describe_subject
from diag.audit.observing import observe
from diag.audit.photos import PhotoSubject, join_photos, mark_photo, remove_photo
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal import attachments, subjects
from diag.journal.attachments import AttachmentStore, drop_unnamed
from diag.journal.heads import same
from diag.journal.revision import NewRevision
from diag.journal.signatures import signature_of
from diag.journal.subjects import ObservationTopic
from diag.model.enums import AuditStatus, PlaceKind
from diag.model.errors import DiagError
from diag.model.text import clean_text
from diag.office import conflicts
from diag.office.bundles import export_audit, import_audit
from tests.audit.apart import meet, two_laptops
from tests.audit.builders import started, workspace
from tests.audit.pictures import jpeg


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[AuditSession, AuditSession]]:
    with two_laptops(tmp_path) as both:
        yield both


def test_an_observation_is_no_fact_and_is_taken_back_by_undo(
    session: AuditSession,
) -> None:
    room, _ = add_place(session, PlaceKind.SALLE, "Classe CE2")
    before = session.facts

    seen = observe(session, "  fils nus\u202e sous l'évier ", place="classe ce2")

    assert session.observations == (seen,)
    assert (seen.text, seen.place) == ("fils nus sous l'évier", room.id)
    assert session.facts == before
    (change,) = changes_of(session)[-1:]
    assert change.about == "Classe CE2, observation « fils nus sous l'évier »"
    assert undo(session) == change.about
    assert not session.observations


def test_what_is_noted_is_found_reworded_marked_and_taken_away(
    session: AuditSession,
) -> None:
    root = session.facts.root
    seen = observe(session, "prise arrachée", question="nb_classes")
    record_note(session, "nb_classes", "vu au tableau")

    first, note = observing.noted_in(session)
    assert (first.seen, first.mark) == (seen, "")
    assert note.is_older
    assert (note.seen.text, note.seen.place) == ("vu au tableau", root)
    observing.mark_noted(session, seen.id[:8], shown=True)
    observing.reword_noted(session, seen.id, "prise arrachée, mairie prévenue à 10 h")
    assert session.observations[0].shown
    observing.mark_noted(session, seen.id, shown=True, reply=True)
    assert observing.noted_in(session)[0].mark == "direction"

    with pytest.raises(DiagError, match="récrivez-la"):
        observing.mark_noted(session, note.id, shown=True)
    reworded = observing.reword_noted(session, note.id, "vu au tableau de la direction")
    assert session.facts.notes == {}
    assert session.observations[-1] == reworded
    undo(session)
    assert session.facts.notes == {(root, "nb_classes"): ("vu au tableau",)}
    observing.remove_noted(session, note.id)
    observing.remove_noted(session, seen.id)
    assert observing.noted_in(session) == ()


@pytest.mark.parametrize(
    "text", ["", " \u202e\n ", "x" * (observing.LONGEST_NOTED + 1)]
)
def test_what_cannot_be_kept_is_refused_and_writes_nothing(
    session: AuditSession, text: str
) -> None:
    before = session.digest
    with pytest.raises(DiagError, match="bservation"):
        observe(session, text)
    with pytest.raises(DiagError, match="inconnu"):
        observe(session, "vu", place="Grenier")
    assert session.digest == before


def test_two_people_note_apart_and_a_text_they_both_change_is_settled(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    seen = observe(mine, "fils nus")
    observe(theirs, "store cassé")
    meet(mine, theirs)
    assert [one.text for one in mine.observations] == ["fils nus", "store cassé"]

    observing.reword_noted(mine, seen.id, "fils nus derrière l'évier")
    observing.mark_noted(theirs, seen.id, shown=True)
    meet(mine, theirs)
    (contested,) = conflicts.contested_of(mine)
    card = "\n".join(conflicts.card_lines(contested))

    assert "observation « fils nus" in contested.about
    assert "fils nus derrière l'évier" in card
    assert "fils nus, à montrer" in card
    conflicts.write(contested, "fils nus derrière l'évier, coupés à 10 h 12")
    meet(mine, theirs)
    for session in two:
        assert session.conflicts == ()
        assert session.observations[0].text.endswith("coupés à 10 h 12")


def test_what_was_noted_of_a_place_follows_it_into_the_one_it_is_read_as(
    session: AuditSession,
) -> None:
    kept, _ = add_place(session, PlaceKind.SALLE, "Classe CP")
    twin, _ = add_place(session, PlaceKind.SALLE, "CP")
    observe(session, "rideau déchiré", place=twin.id)

    session.record(same(session.audit.id, twin.id, kept.id))

    assert [one.place for one in session.observations] == [kept.id]


def test_an_observation_goes_out_and_in_again_with_its_words(
    session: AuditSession, tmp_path: Path
) -> None:
    add_place(session, PlaceKind.SALLE, "Classe CP")
    observe(session, "fils nus", place="Classe CP", question="danger_electrique")
    export_audit(session, tmp_path / "audit.json")
    undo(session)
    assert session.observations == ()

    import_audit(session.workspace, tmp_path / "audit.json")

    session.catch_up()
    texts = [one.said for one in changes_of(session) if "observation" in one.subject]
    assert texts == ["fils nus, sur « Danger électrique immédiat »", "(retiré)"]


def test_the_history_tells_which_photo_is_to_be_shown(
    session: AuditSession, tmp_path: Path
) -> None:
    (photo,) = join_photos(session, [jpeg(tmp_path / "a.jpg")], PhotoSubject()).photos
    mark_photo(session, photo.id, shown=True)
    mark_photo(session, photo.id, shown=False)
    said = [one.said for one in changes_of(session) if "photo" in one.subject]
    assert said == ["a", "a, à montrer", "a"]


def test_a_picture_that_an_observation_alone_names_is_kept_until_it_is_erased(
    session: AuditSession, tmp_path: Path
) -> None:
    joined = join_photos(session, [jpeg(tmp_path / "a.jpg")], PhotoSubject())
    (photo,) = joined.photos
    journal, blobs = (
        session.workspace.journal,
        AttachmentStore(session.workspace.folder),
    )
    observe(session, "fils nus", files=[photo.sha])
    remove_photo(session, photo.id)
    for each in journal.history(session.audit.id, subjects.photo(photo.id)):
        if each.value:
            erase(session, each.id, "essai")

    assert drop_unnamed(journal) == (0, True)
    assert photo.sha in attachments.held(journal)
    assert photo.sha in attachments.attachments_in(journal, [session.audit.id])
    blobs.drop(photo.sha)
    assert photo.sha in {one.sha for one in attachments.wanted(journal)}
    blobs.put(b"encore", "image/jpeg")

    (seen,) = session.observations
    (written,) = journal.history(session.audit.id, subjects.observation(seen.id))
    erase(session, written.id, "essai")

    assert photo.sha not in attachments.held(journal)
    assert session.observations == ()


def test_a_closing_covers_what_is_noted_and_one_of_before_is_blind_to_it(
    session: AuditSession,
) -> None:
    journal, audit = session.workspace.journal, session.audit.id
    observe(session, "avant la clôture")
    move(session, AuditStatus.CLOS)
    assert session.sealed is True
    observe(session, "après la clôture")
    since = session.signature.since if session.signature else None
    assert since is not None
    assert since.lines == 1

    older = {"status": "clos", "digest": session.digest}
    session.record(NewRevision(audit, subjects.STATUS, older))
    assert session.sealed is True
    observe(session, "après une clôture d'avant")
    assert session.sealed is True
    found = signature_of(journal, audit)
    assert found is not None
    assert found.intact


@pytest.fixture(scope="module")
def open_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    with workspace(tmp_path_factory.mktemp("noter") / "home") as made:
        yield started(made)


@given(
    text=st.text(max_size=200)
    | st.sampled_from([
        "[/x] [bold]",
        "\u202egnol\u202c",
        "a\u200bb\ufeff",
        "x" * 10_000,
    ])
)
def test_whatever_is_typed_is_kept_whole_or_refused(
    open_session: AuditSession, text: str
) -> None:
    """Markup, bidi, unseen letters: what is kept reads back as it was cleaned."""
    before = len(open_session.observations)
    kept = clean_text(text).strip()
    if not kept:
        with pytest.raises(DiagError):
            observe(open_session, text)
        return
    seen = observe(open_session, text)
    assert len(open_session.observations) == before + 1
    assert open_session.observations[-1] == seen
    assert seen.text == kept
    assert len(describe_subject(open_session, ObservationTopic(seen.id))) < 100
    undo(open_session)
