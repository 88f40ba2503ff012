"""What a colleague's changed program may have written stops nothing that is read."""

import pytest

from diag.answers.types import TYPES
from diag.assess.spread import deadline_of
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.history import describe_revision, describe_subject
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import NEXT_COUNCIL, council_day
from diag.documents.formats import Format
from diag.documents.write import DocumentsWanted, audits_in, write_many
from diag.journal import subjects
from diag.journal.revision import Json, NewRevision
from diag.model.enums import Audience, AuditStatus
from tests.audit.builders import DAY


def answered(session: AuditSession, question: str, value: Json) -> None:
    told: Json = {"state": "known", "provenance": "measured", "value": value}
    subject = subjects.answer(session.facts.root, question)
    session.record(NewRevision(session.audit.id, subject, told))


@pytest.mark.parametrize("value", [True, "2099-99-99", ["2099-01-01"]])
def test_a_council_on_a_day_that_is_none_has_no_day(
    session: AuditSession, value: Json
) -> None:
    answered(session, NEXT_COUNCIL, value)
    report = report_of(session, day=DAY)
    assert council_day(report) == ""


@pytest.mark.parametrize("value", [True, "2099-99-99"])
def test_a_rule_due_on_a_day_that_is_none_has_no_day(
    session: AuditSession, value: Json
) -> None:
    answered(session, "fermeture_cuivre", value)
    due = (
        deadline_of(one, session.checklist, session.facts)
        for one in session.checklist.criteria.values()
        if one.deadline == "fermeture_cuivre"
    )
    assert [*due] == [""]


@pytest.mark.parametrize(
    "value", [10**4000, "9" * 4000, "1e99999999"], ids=["int", "text", "exponent"]
)
def test_a_number_that_nobody_types_is_not_known(
    session: AuditSession, value: int | str
) -> None:
    nothing = session.assessment.overall
    for question in ("nb_classes", "nb_eleves"):
        answered(session, question, value)
        asked = session.checklist.questions[question]
        kind = TYPES[asked.type]
        assert (kind.doubt(asked, value), kind.total(asked, [value])) == ("", "")
    assert session.assessment.overall == nothing
    wanted = DocumentsWanted((Audience.TECHNIQUE,), (Format.MARKDOWN,))
    (done,) = write_many(session.workspace, audits_in(session.workspace), wanted)
    assert done.written


@pytest.mark.parametrize("kind", [["salle"], {"a": 1}])
def test_the_history_reads_a_place_of_any_kind(
    session: AuditSession, kind: Json
) -> None:
    place: Json = {"kind": kind, "name": "Salle 1", "parent": session.facts.root}
    subject = subjects.place("3b8f2a52-6f0d-5f5c-9d0e-6a1f7c1d2b90")
    session.record(NewRevision(session.audit.id, subject, place))
    *_, last = session.workspace.journal.history(session.audit.id, subject)
    named = describe_subject(session, subjects.parse(subject), last.value)
    assert named == "lieu « Salle 1 »"
    assert "Salle 1" in describe_revision(session, last)


@pytest.mark.parametrize("value", [[["a"]], [1, None, {}]])
def test_the_history_reads_choices_that_are_none(
    session: AuditSession, value: Json
) -> None:
    answered(session, "nb_classes", value)
    subject = subjects.answer(session.facts.root, "nb_classes")
    *_, last = session.workspace.journal.history(session.audit.id, subject)
    assert describe_revision(session, last)


@pytest.mark.parametrize("digest", ["é" * 64, ["ab" * 32]])
def test_a_closing_that_signs_nothing_does_not_stand(
    session: AuditSession, digest: Json
) -> None:
    record_answer(session, NewAnswer("nb_batiments", "1"))
    closed: Json = {"status": str(AuditStatus.CLOS), "digest": digest}
    session.record(NewRevision(session.audit.id, subjects.STATUS, closed))
    assert session.status is AuditStatus.CLOS
    assert session.signature is not None
    assert session.signature.since is not None
