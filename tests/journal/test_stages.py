from dataclasses import replace
from fractions import Fraction

from diag.journal import changes, subjects
from diag.journal.facts import audits, open_audit, status_of
from diag.journal.journal import Journal
from diag.journal.revision import Json, NewRevision, Origin
from diag.journal.school_lines import completeness, is_begun, settled, stages
from diag.model.audit import Subject
from diag.model.enums import AuditStatus, PlaceKind, Provenance
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, apart, known, person


def status(said: str) -> NewRevision:
    return NewRevision(AUDIT.id, subjects.STATUS, {"status": said})


def test_a_stage_says_what_the_nouns_say(journal: Journal, author: Origin) -> None:
    for code in ("9990009Z", "9990001A"):
        subject = Subject(kind=PlaceKind.ECOLE, code=code)
        audit = open_audit(journal, CAMPAIGN, subject, author)
        journal.write(
            NewRevision(audit.id, subjects.STATUS, {"status": "soumis"}), author
        )

    assert [
        (each.audit, each.campaign, f"{each.kind}:{each.code}", each.status)
        for each in stages(journal)
    ] == [
        (each.id, each.campaign, str(each.subject), status_of(journal, each.id))
        for each in audits(journal)
    ]


def test_an_audit_of_which_nothing_is_said_is_under_way(
    journal: Journal, author: Origin
) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)

    assert [each.status for each in stages(journal)] == [AuditStatus.EN_COURS]


def test_an_audit_is_begun_once_somebody_says_something_that_stands(
    journal: Journal, author: Origin
) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    journal.write(changes.pinned(AUDIT.id, "0" * 64), author)
    imported = known("primaire", Provenance.IMPORTED)
    journal.write(changes.answered(AUDIT.id, ROOT, "type_ecole", imported), author)
    assert told_begun(journal) is False

    answer, note = known(value=True), "À revoir"
    for said, taken_back in (
        (
            changes.answered(AUDIT.id, ROOT, "wifi_present", answer),
            changes.unanswered(AUDIT.id, ROOT, "wifi_present"),
        ),
        (
            changes.noted(AUDIT.id, ROOT, "wifi_present", note),
            changes.noted(AUDIT.id, ROOT, "wifi_present", ""),
        ),
    ):
        journal.write(said, author)
        assert told_begun(journal) is True
        journal.write(taken_back, author)
        assert told_begun(journal) is False

    journal.write(status("soumis"), author)
    assert told_begun(journal) is True


def told_begun(journal: Journal) -> bool:
    (stage,) = stages(journal)
    assert is_begun(journal, AUDIT.id) == stage.begun
    return stage.begun


def test_what_is_no_status_says_nothing(journal: Journal, author: Origin) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    journal.write(status("soumis"), author)
    apart(journal, status("perdu"), person("u02"))

    assert [each.status for each in stages(journal)] == [AuditStatus.SOUMIS]


def test_it_is_closed_only_when_nobody_says_otherwise() -> None:
    clos, soumis = AuditStatus.CLOS, AuditStatus.SOUMIS

    assert settled([clos]) is clos
    assert settled([soumis, clos]) is soumis
    assert settled([]) is AuditStatus.EN_COURS


def test_a_subject_that_is_not_its_own_or_unreadable_is_left_out(
    journal: Journal, author: Origin
) -> None:
    opened = changes.opened(AUDIT.id, CAMPAIGN, SUBJECT)
    other = Subject(kind=PlaceKind.ECOLE, code="9990002B")
    values: tuple[Json, ...] = (
        "rien",
        {"kind": "jardin"},
        {"campaign": CAMPAIGN, "kind": "ecole", "code": 7},
        {"campaign": "..", "kind": "ecole", "code": SUBJECT.code},
        changes.opened(AUDIT.id, CAMPAIGN, other).value,
    )
    for value in values:
        journal.write(replace(opened, value=value), author)

        assert stages(journal) == []


def test_what_was_never_judged_has_no_completeness(
    journal: Journal, author: Origin
) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    expected: dict[str, Fraction] = {}

    assert completeness(journal, engine="1") == expected
