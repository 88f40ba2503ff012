from dataclasses import replace

from diag.journal import changes, subjects
from diag.journal.facts import audits, closing_of, open_audit
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from diag.model.audit import FollowUp, Subject
from diag.model.enums import AuditStatus, FollowUpState, PlaceKind
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, apart, known, person


def test_an_audit_opened_is_listed_and_opened_again_without_a_word(
    journal: Journal, author: Origin
) -> None:
    assert open_audit(journal, CAMPAIGN, SUBJECT, author) == AUDIT
    before = journal.digest(AUDIT.id)
    assert open_audit(journal, CAMPAIGN, SUBJECT, author) == AUDIT
    assert journal.digest(AUDIT.id) == before
    assert audits(journal) == (AUDIT,)


def test_two_laptops_that_open_it_apart_open_the_same_one(
    journal: Journal, author: Origin
) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    draft = changes.opened(AUDIT.id, CAMPAIGN, SUBJECT)
    apart(journal, draft, person("u02"))
    assert len(journal.current(AUDIT.id, subjects.SUBJECT)) == 2
    assert audits(journal) == (AUDIT,)


def test_an_audit_that_pretends_to_be_anothers_is_not_listed(
    journal: Journal, author: Origin
) -> None:
    other = Subject(kind=PlaceKind.ECOLE, code="9990002B")
    journal.write(changes.opened(AUDIT.id, CAMPAIGN, other), author)
    assert audits(journal) == ()
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    assert audits(journal) == (AUDIT,)


def test_an_audit_without_a_readable_subject_is_not_listed(
    journal: Journal, author: Origin
) -> None:
    draft = changes.opened(AUDIT.id, CAMPAIGN, SUBJECT)
    journal.write(replace(draft, value={"kind": "jardin"}), author)
    assert audits(journal) == ()


def test_audits_come_in_the_order_in_which_they_were_opened(
    journal: Journal, author: Origin
) -> None:
    codes = ["9990009Z", "9990001A", "9990005E"]
    for code in codes:
        subject = Subject(kind=PlaceKind.ECOLE, code=code)
        open_audit(journal, CAMPAIGN, subject, author)
    assert [audit.subject.code for audit in audits(journal)] == codes


def test_a_closing_is_intact_until_something_is_added(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    assert closing_of(journal, AUDIT.id) is None
    signed = journal.digest(AUDIT.id)
    journal.write(changes.moved(AUDIT.id, AuditStatus.CLOS, signed), author)
    closing = closing_of(journal, AUDIT.id)
    assert closing is not None
    assert (closing.digest, closing.author, closing.intact) == (signed, "u01", True)
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(2)), author)
    changed = closing_of(journal, AUDIT.id)
    assert changed == closing._replace(intact=False)


def test_what_becomes_of_advice_leaves_a_closed_audit_as_it_was_signed(
    journal: Journal, author: Origin
) -> None:
    journal.write(
        changes.moved(AUDIT.id, AuditStatus.CLOS, journal.digest(AUDIT.id)), author
    )
    step = FollowUp(recommendation="cabler", state=FollowUpState.DECIDEE)
    journal.write(changes.followed(AUDIT.id, step), author)

    closing = closing_of(journal, AUDIT.id)

    assert closing is not None
    assert closing.intact
