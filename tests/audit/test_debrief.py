"""À chaud shows what everyone may read, and the same whatever is reserved."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diag.audit import advising
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.departure import DebriefLine, debrief_of
from diag.audit.findings import found_words, strength_words
from diag.audit.follow import add_step
from diag.audit.places import add_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession, start
from diag.documents.equipe import debrief_paper
from diag.documents.formats.pdf import draw_pages
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState, Owner, PlaceKind, State
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace, next_campaign
from tests.audit.builders import OTHER


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


def lines(session: AuditSession) -> tuple[DebriefLine, ...]:
    return debrief_of(report_of(session)).lines


def test_strengths_are_the_heaviest_of_three_domains(session: AuditSession) -> None:
    report = report_of(session)
    known = session.checklist.criteria
    strong = [one for one in lines(session) if one.mark == "+"]
    ids = [one.key.removeprefix("criterion/") for one in strong]
    assert len({known[ident].domain for ident in ids}) == 3
    weights = [known[ident].weight for ident in ids]
    assert weights == sorted(weights, reverse=True) == [3, 3, 3]
    for one, ident in zip(strong, ids, strict=True):
        result = report.result(ident)
        assert result
        assert result.bounds.low >= 2 / 3
        assert one.text == strength_words(report, result)


def test_dangers_stand_before_three_broken_obligations(session: AuditSession) -> None:
    report = report_of(session).public
    seen = [one for one in lines(session) if one.mark in "!-"]
    marks = "".join(one.mark for one in seen)
    assert marks == "!" * len(report.assessment.dangers) + "---"
    for one in seen[-3:]:
        result = report.result(one.key.removeprefix("criterion/"))
        assert result
        assert result.is_law
        assert one.text == found_words(report, result)


def test_decisions_are_of_one_owner_each_and_not_taken_yet(
    session: AuditSession,
) -> None:
    decisions = [one for one in lines(session) if one.advice]
    assert [one.mark for one in decisions] == ["1", "2", "3"]
    asides = [one.aside.split(",")[0] for one in decisions]
    assert asides == ["commune", "école", "syndicat"]
    state = FollowUpState.DECIDEE
    add_step(session, FollowUp(recommendation=decisions[1].advice, state=state))
    assert decisions[1].advice not in [one.advice for one in lines(session)]


def test_what_is_reserved_changes_no_word_and_no_price_is_told(
    session: AuditSession,
) -> None:
    before = lines(session)
    reserved = [
        one
        for one in session.checklist.questions.values()
        if one.sensitive and one.place is session.about.kind
    ]
    assert reserved
    for one in reserved:
        record_answer(session, NewAnswer(one.id, state=State.UNKNOWN))
        for key, heads in session.facts.answers.items():
            assert key[1] != one.id or heads[0].state is State.UNKNOWN
    assert lines(session) == before
    title = "Payer 400 € de câbles"
    own = advising.add_own(session, title, owner=Owner.PRESTATAIRE)
    assert own.id not in [one.advice for one in lines(session)]
    assert not [one for one in before if "€" in f"{one.text}{one.aside}"]


def test_too_few_facts_say_so_and_nothing_else(desk: Workspace) -> None:
    bare = next_campaign(desk)
    told = debrief_of(report_of(bare))
    assert (told.early, told.parts) == ("Encore trop tôt : aucun fait sûr.", ())
    record_answer(bare, NewAnswer("acces_internet", True))
    told = debrief_of(report_of(bare))
    assert told.early == "Encore trop tôt : 1 fait sûr."


def test_a_danger_alone_is_never_too_early(session: AuditSession) -> None:
    report = report_of(session).public
    only = replace(
        report, assessment=replace(report.assessment, criteria={}), shown=None
    )
    told = debrief_of(only)
    assert not told.early
    assert told.parts[0].title == "Ce que nous avons vu"


def test_a_decision_names_the_room_seen_among_those_that_were_not(
    desk: Workspace,
) -> None:
    session = start(desk, OTHER)
    for name in ("Classe 1", "Classe 2"):
        add_place(session, PlaceKind.SALLE, name)
        record_answer(session, NewAnswer("type_salle", "classe", place=name))
    record_answer(session, NewAnswer("danger_electrique", True, place="Classe 1"))
    first = next(one.text for one in lines(session) if one.mark == "1")
    assert first.endswith("dans 1 à 2 salles, dont Classe 1")

    record_answer(session, NewAnswer("danger_electrique", False, place="Classe 2"))
    first = next(one.text for one in lines(session) if one.mark == "1")
    assert first.endswith(", Classe 1")
    assert "dont" not in first


def test_left_out_lines_go_and_dangers_do_not(session: AuditSession) -> None:
    told = debrief_of(report_of(session))
    bare = told.retouched(dict.fromkeys((one.key for one in told.lines), ""))
    assert [one.mark for one in bare.lines] == ["!"]
    assert [part.title for part in bare.parts] == ["Ce que nous avons vu"]


def test_the_page_is_one_a5_with_neither_price_nor_score(session: AuditSession) -> None:
    report = report_of(session)
    hostile = "](x) | <b> *_`#` [/b]"
    told = debrief_of(report)
    told = told.retouched({told.lines[0].key: hostile})
    document = debrief_paper(told, report).document
    assert document.meta.size == "a5"
    assert "€" not in document.markdown
    assert "sur 100" not in document.markdown
    (page,) = draw_pages(document, 30)
    width, height = (int.from_bytes(page[at : at + 4], "big") for at in (16, 20))
    assert (round(width / 30 * 25.4), round(height / 30 * 25.4)) == (148, 210)
