import re
from dataclasses import replace

import pytest

from diag.assess.questions import Timed
from diag.journal import asks, changes, facts, subjects
from diag.journal.facts import (
    LAST_CLOSED,
    audits,
    open_audit,
    timed_answers,
)
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from diag.journal.signatures import signature_of
from diag.model.audit import FollowUp, Subject
from diag.model.enums import AuditStatus, FollowUpState, PlaceKind, Provenance
from tests.journal.builders import (
    AUDIT,
    CAMPAIGN,
    NOON,
    ROOT,
    SUBJECT,
    apart,
    known,
    person,
    room,
)


def test_an_audit_opened_is_listed_and_opened_again_without_a_word(
    journal: Journal, author: Origin
) -> None:
    assert open_audit(journal, CAMPAIGN, SUBJECT, author) == AUDIT
    before = journal.digest(AUDIT.id)
    assert open_audit(journal, CAMPAIGN, SUBJECT, author) == AUDIT
    assert journal.digest(AUDIT.id) == before
    assert audits(journal) == (AUDIT,)


@pytest.mark.parametrize("query", [facts._NAMED, asks._ASKS], ids=("audits", "asks"))
def test_what_each_reading_asks_goes_through_no_audit(
    journal: Journal, query: str
) -> None:
    """The audits of a territory, and asked erasures: all that is known was read."""
    empty = [""] * query.count("?")
    plan = [step for *_, step in journal.select(f"explain query plan {query}", empty)]
    read = [step for step in plan if re.search(r"\b(?:h|head)\b", step)]
    assert read
    assert all("subject" in step for step in read), plan


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
    assert signature_of(journal, AUDIT.id) is None
    signed = journal.digest(AUDIT.id)
    journal.write(changes.moved(AUDIT.id, AuditStatus.CLOS, signed), author)
    closing = signature_of(journal, AUDIT.id)
    assert closing is not None
    assert (closing.digest, closing.author, closing.intact) == (signed, "u01", True)
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(2)), author)
    changed = signature_of(journal, AUDIT.id)
    assert changed is not None
    assert changed._replace(since=None) == closing
    assert changed.since is not None
    assert (changed.since.lines, changed.since.authors) == (1, ("u01",))


def test_what_becomes_of_advice_leaves_a_closed_audit_as_it_was_signed(
    journal: Journal, author: Origin
) -> None:
    journal.write(
        changes.moved(AUDIT.id, AuditStatus.CLOS, journal.digest(AUDIT.id)), author
    )
    step = FollowUp(recommendation="cabler", state=FollowUpState.DECIDEE)
    journal.write(changes.followed(AUDIT.id, step), author)

    closing = signature_of(journal, AUDIT.id)

    assert closing is not None
    assert closing.intact


def spoken(
    journal: Journal,
    *said: tuple[float, str, str],
    who: str = "u01",
    audit: str = AUDIT.id,
    provenance: Provenance = Provenance.OBSERVED,
) -> None:
    """Write answers, each so many seconds after noon, at a place."""
    for seconds, place, question in said:
        at = NOON + round(seconds * 1000)
        draft = changes.answered(audit, place, question, known(True, provenance))
        journal.write(draft, person(who, at=at))


def close(journal: Journal, audit: str = AUDIT.id, after: int = 9_000) -> None:
    draft = changes.moved(audit, AuditStatus.CLOS)
    journal.write(draft, person("u01", at=NOON + after * 1000))


ROOMS = [room(number).id for number in range(1, 4)]


def test_answers_of_a_closed_audit_are_timed(journal: Journal, author: Origin) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    one, two, three = ROOMS
    spoken(
        journal,
        *((0, ROOT, "a"), (12, ROOT, "b"), (400, ROOT, "c"), (400.2, ROOT, "d")),
        *((430, one, "usage"), (439, one, "prises")),
        *((480, two, "usage"), (487, two, "prises"), (492, three, "prises")),
    )
    assert list(timed_answers(journal)) == [], "it is still open"
    close(journal)

    assert list(timed_answers(journal)) == [
        Timed("b", False, 12_000),
        # c after a pause, d written with it, then one walked to another room.
        Timed("prises", False, 9_000),
        Timed("prises", True, 7_000),
        Timed("prises", True, 5_000),
    ]


def test_each_person_is_timed_by_their_own_answers(
    journal: Journal, author: Origin
) -> None:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    spoken(journal, (0, ROOT, "a"), (30, ROOT, "b"), who="u01")
    spoken(journal, (25, ROOT, "c"), (31, ROOT, "d"), who="u02")
    imported = {"who": "u01", "provenance": Provenance.IMPORTED}
    spoken(journal, (28, ROOT, "e"), **imported)  # type: ignore[arg-type]  # by name
    close(journal)

    assert sorted(timed_answers(journal)) == [
        Timed("b", False, 30_000),
        Timed("d", False, 6_000),
    ]


def test_only_the_last_audits_closed_are_timed(
    journal: Journal, author: Origin
) -> None:
    for number in range(LAST_CLOSED + 3):
        subject = Subject(kind=PlaceKind.ECOLE, code=f"{9_990_000 + number}A")
        audit = open_audit(journal, CAMPAIGN, subject, author).id
        spoken(journal, (0, "p", "a"), (5, "p", f"q{number}"), audit=audit)
        close(journal, audit, after=number + 10)
    reopened = changes.moved(audit, AuditStatus.EN_COURS)
    journal.write(reopened, author)

    found = {one.question for one in timed_answers(journal)}
    assert found == {f"q{number}" for number in range(2, LAST_CLOSED + 2)}
