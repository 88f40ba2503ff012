"""What was noted: the technician reads all, the others what is to be shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diag.assess.facts import with_answers
from diag.audit.departure import debrief_of
from diag.audit.observing import mark_noted, observe, remove_noted
from diag.audit.photos import PhotoSubject, join_photos, mark_photo
from diag.audit.remarks import public_digest, remarks_of
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.documents.parts.places import reply_words, shown_lines
from diag.documents.sheet import pages_of, proofs, sheet_of
from diag.documents.technique import attachments
from diag.model.enums import READERS, Audience
from tests.audit.audited import audited, audited_workspace
from tests.audit.pictures import jpeg
from tests.documents.reading import markdown

HIDDEN = "Prise cachée derrière l'armoire"
SHOWN = "Le store est déchiré *[/x](y)*"
NAKED = "Fils nus derrière l'évier, courant coupé à 10 h 12, mairie prévenue"
SECRET = "Mot de passe collé sous le clavier"
REPLY = "Nous attendons le devis <b>avant</b> Noël"
OPEN = (Audience.MAIRIE, Audience.EQUIPE, Audience.ACADEMIE)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    """Give an audit in which everything was noted, some of it to be shown."""
    with audited_workspace(tmp_path_factory.mktemp("noted") / "home") as made:
        session = audited(made)
        remove_noted(session, session.observations[0].id)
        danger = session.assessment.dangers[0]
        room = next(one.id for one in session.facts.places.values() if one.parent)
        public = session.public().checklist.questions
        secret = next(
            (place, name)
            for place, name in session.facts.answers
            if name not in public and name in session.checklist.questions
        )
        observe(session, HIDDEN, place=room)
        for text, place, question in (
            (SHOWN, room, ""),
            (NAKED, danger.place, danger.question.id),
            (SECRET, *secret),
        ):
            seen = observe(session, text, place=place, question=question)
            mark_noted(session, seen.id, shown=True)
        observe(session, REPLY, reply=True)
        yield session


@pytest.fixture(scope="module")
def told(session: AuditSession) -> Report:
    return report_of(session)


def _read(told: Report, audience: Audience) -> str:
    """Return a document as it is read: no escapes, plain spaces."""
    return _plain(markdown(told, audience).replace("\\", ""))


def _plain(text: str) -> str:
    """Return a text before it was typeset."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def test_who_reads_what_was_noted(told: Report) -> None:
    read = {one: _read(told, one) for one in READERS}
    for text, readers in (
        (HIDDEN, {Audience.TECHNIQUE}),
        (SHOWN, {*OPEN, Audience.TECHNIQUE}),
        (NAKED[5:], {*OPEN, Audience.TECHNIQUE}),
        (SECRET, {Audience.RESERVE}),
    ):
        found = {one for one, whole in read.items() if text in whole}
        assert found - {Audience.RESERVE} == readers - {Audience.RESERVE}, text
    assert SECRET in _read(told, Audience.RESERVE)
    for reader in OPEN:
        assert "Réponse de la direction" in read[reader]


def test_words_of_a_danger_replace_those_of_the_checklist(told: Report) -> None:
    sheet = sheet_of(told.public)
    assert sheet is not None
    assert "Fils nus derrière" in str(sheet["dangers"])
    assert "anger électrique immédiat" not in str(sheet["dangers"])
    (line,) = [one for one in debrief_of(told).lines if one.is_danger]
    assert "fils nus derrière l'évier, courant coupé" in line.text
    # It is told once: not again among what was seen.
    assert [NAKED in one for one in shown_lines(told.public)] == [False]


def test_page_one_says_as_many_classes_as_a_person_counted(told: Report) -> None:
    """The official file is of another year: votes count the classes that are there."""
    public = told.public
    counted = {(public.facts.root, "nb_classes"): 9}
    sheet = sheet_of(replace(public, facts=with_answers(public.facts, counted)))
    assert sheet is not None
    assert "9 classes" in _plain(str(sheet["line"]))


def test_the_head_teacher_s_answer_is_on_the_last_page(told: Report) -> None:
    assert reply_words(told.public) == f"{REPLY}."
    known = pages_of(told.public, ())["known"]
    assert isinstance(known, dict)
    assert "devis <b>avant</b>" in _plain(str(known["reply"]))
    assert "store est déchiré" in _plain(str(known["noted"]))


def test_the_ten_pages_carry_all_that_was_noted(told: Report) -> None:
    shown = told.read_by(Audience.TECHNIQUE)
    table = next(one for one in attachments(shown) if one.name == "observations.csv")
    for text in (HIDDEN, SHOWN, NAKED, REPLY):
        assert text in table.text
    assert SECRET not in table.text


def test_what_is_not_to_be_shown_changes_no_mark_of_public_documents(
    session: AuditSession, tmp_path: Path
) -> None:
    def mark() -> str:
        read = session.public()
        return public_digest(read, remarks_of(read))

    before = mark()
    seen = observe(session, "à voir avec le technicien")
    assert mark() == before
    mark_noted(session, seen.id, shown=True)
    assert mark() != before
    mark_noted(session, seen.id, shown=False)
    assert mark() == before
    # A photo of a vote's place is printed once it is to be shown.
    named = " ".join(one.where for one in proofs(report_of(session).public))
    places = session.facts.places.values()
    where = next(one.id for one in places if one.parent and one.name in named)
    shown = PhotoSubject(where)
    (photo,) = join_photos(session, [jpeg(tmp_path / "a.jpg")], shown, "Coffret").photos
    assert photo.sha not in markdown(report_of(session), Audience.MAIRIE)
    mark_photo(session, photo.id, shown=True)
    assert photo.sha in markdown(report_of(session), Audience.MAIRIE)
