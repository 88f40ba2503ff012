"""The team's sheets: anonymous, read together from three on, then forgotten."""

import json
from collections.abc import Sequence

import pytest

from diag.answers.types import TYPES
from diag.audit.forms import (
    LEAST,
    TEAM,
    read_sheets,
    sheet_of,
    sheets_kept,
    take_sheet,
    together,
)
from diag.audit.proposals import waiting
from diag.audit.session import AuditSession
from diag.documents.questionnaire import compose, keep
from diag.model.audit import Questionnaire, Value
from diag.model.enums import ProposalSource
from diag.model.errors import DiagError


def printed(session: AuditSession, whom: str = TEAM) -> Questionnaire:
    _, page = compose(session, whom)
    keep(session, page)
    return page


def sheet(session: AuditSession, page: Questionnaire, **given: object) -> bytes:
    rows = [{"question": name, "value": value} for name, value in given.items()]
    data = {
        "format": "diag-form",
        "version": 1,
        "subject": session.about.ref,
        "code": page.id,
        "rows": rows,
    }
    return json.dumps(data).encode()


def send(session: AuditSession, page: Questionnaire, sheets: Sequence[bytes]) -> None:
    for rank, raw in enumerate(sheets):
        assert "Merci" in take_sheet(session, page, f"phone-{rank}", raw)


def one_choice(session: AuditSession, page: Questionnaire) -> tuple[str, list[str]]:
    """Return a question of the page with one choice to make, and its choices."""
    for name in page.questions:
        question = session.checklist.questions[name]
        kind = TYPES[question.type]
        if kind.has_choices and not kind.is_several:
            return name, [choice.id for choice in question.choices]
    raise AssertionError


def test_fewer_than_three_sheets_are_never_read(session: AuditSession) -> None:
    page = printed(session)
    name, choices = one_choice(session, page)
    told = session.digest
    send(session, page, [sheet(session, page, **{name: choices[0]})] * (LEAST - 1))
    assert sheets_kept(session) == LEAST - 1
    with pytest.raises(DiagError, match="à partir de 3"):
        read_sheets(session, page)
    assert waiting(session) == ()
    assert session.digest == told  # nothing of a sheet enters the journal


def test_sheets_become_what_most_say_and_are_forgotten(session: AuditSession) -> None:
    page = printed(session)
    name, choices = one_choice(session, page)
    most = [sheet(session, page, **{name: choices[0]})] * 7
    rest = [sheet(session, page, **{name: choices[1]})] * 2
    send(session, page, [*most, *rest])
    assert sheets_kept(session) == 9
    says = read_sheets(session, page)
    assert says.undecided == ()
    (one,) = waiting(session)
    assert one.offer.source is ProposalSource.PHONE
    assert one.offer.value == choices[0]
    assert one.offer.why.startswith("7 fiches sur 9")
    assert one.source.startswith("l'équipe, 7 fiches sur 9")
    assert sheets_kept(session) == 0


def test_one_phone_counts_once_and_its_last_sheet_counts(session: AuditSession) -> None:
    page = printed(session)
    name, choices = one_choice(session, page)
    for choice in (choices[0], choices[1]):
        raw = sheet(session, page, **{name: choice})
        for phone in ("a", "b", "c"):
            take_sheet(session, page, phone, raw)
    assert sheets_kept(session) == 3
    read_sheets(session, page)
    assert [one.offer.value for one in waiting(session)] == [choices[1]]


def test_what_is_answered_by_two_or_undecided_is_not_proposed(
    session: AuditSession,
) -> None:
    page = printed(session)
    name, choices = one_choice(session, page)
    two = [{name: choices[0]}] * 2 + [{}] * 5
    assert together(session, page, two).offers == ()
    tie = [{name: choices[0]}] * 2 + [{name: choices[1]}] * 2
    says = together(session, page, tie)
    assert says.offers == ()
    assert says.undecided == (session.checklist.questions[name].label,)


def test_a_number_is_the_middle_one_and_boxes_are_those_of_most(
    session: AuditSession,
) -> None:
    page = printed(session)
    known = session.checklist.questions
    whole = next(one for one in page.questions if TYPES[known[one].type].is_whole)
    several = next(one for one in page.questions if TYPES[known[one].type].is_several)
    first, second, *_ = (choice.id for choice in known[several].choices)
    sheets: list[dict[str, Value]] = [
        {whole: 1, several: (first,)},
        {whole: 2, several: (first, second)},
        {whole: 90, several: (first,)},
    ]
    says = {
        one.question: (one.value, one.why)
        for one in together(session, page, sheets).offers
    }
    assert says[whole] == (2, "médiane de 3 fiches")
    assert says[several][0] == (first,)


def test_nothing_is_written_by_hand_on_a_teams_sheet(session: AuditSession) -> None:
    page = printed(session)
    shown = sheet_of(session, page, "À l'équipe")
    assert "<textarea" not in shown.fields
    assert shown.marks["code"] == page.id
    assert "Sans nom" in shown.intro


def test_the_head_teachers_sheet_is_proposed_at_once(session: AuditSession) -> None:
    page = printed(session, "direction")
    name, choices = one_choice(session, page)
    raw = sheet(session, page, **{name: choices[0]})
    take_sheet(session, page, "d", raw)
    (one,) = waiting(session)
    assert one.offer.by == "la direction"
    old = Questionnaire(id="0" * 8, whom="direction", questions=(name,), on=page.on)
    with pytest.raises(DiagError, match="rouvrez"):
        take_sheet(session, old, "d", raw)
