"""What each payer pays, is paid, and gets back: it adds up, and nothing is netted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import move
from diag.journal import subjects
from diag.model.enums import AuditStatus
from diag.model.programme import CostSplit, ProgrammeFrame, SharedWork, YearEnvelope
from diag.model.votes import AidRange, AidShare
from diag.programme.assembling import Board, board_of
from diag.programme.container import Container, create, opened
from diag.programme.figures import (
    aids,
    budgets,
    checklist_of,
    fctva,
    invested,
    under_floor,
)
from diag.programme.setting import envelope_subject
from diag.programme.terms import INVESTMENT, RUNNING, Earmark, Purse
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace

SYNDICAT, COMMUNE = "syndicat:200000172", "commune:99903"
DAY = date(2026, 10, 5)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with audited_workspace(tmp_path_factory.mktemp("money") / "home") as workspace:
        record_answer(audited(workspace), NewAnswer("nb_eleves", "66"))
        record_answer(audited(workspace), NewAnswer("regime_fctva", "deux_ans"))
        move(audited(workspace), AuditStatus.CLOS)
        frame = ProgrammeFrame(first=2027, campaigns=("2026-2027",))
        container = create(workspace, "plan", frame, SYNDICAT.partition(":")[2])
        put(container)
        yield workspace


def put(container: Container) -> None:
    rich = YearEnvelope(cents=20_000_00, carry=True)
    purses = (
        Purse(SYNDICAT, INVESTMENT),
        Purse(COMMUNE, INVESTMENT),
        Purse(COMMUNE, RUNNING),
    )
    container.write(
        *(
            container.draft(envelope_subject(purse, year), rich)
            for purse in purses
            for year in (2027, 2028)
        ),
        container.draft(
            subjects.programme(subjects.SPLITS, "*"), CostSplit(syndicat="0.4")
        ),
        container.draft(
            subjects.programme(subjects.SPLITS, "cabler-les-classes"),
            CostSplit(syndicat="0.5", buyer="syndicat"),
        ),
        container.draft(
            subjects.programme(subjects.SHARED, container.fresh()),
            SharedWork(
                title="Valises", once=(1, 900_00, 2_000_00), communes=("99903",)
            ),
        ),
    )


@pytest.fixture
def board(made: Workspace) -> Board:
    return board_of(opened(made))


def of(board: Board, action: str) -> str:
    return next(one for one in board.names if one.endswith(f"/{action}"))


def first_bought(board: Board) -> str:
    """Return an operation that the commune buys, and the syndicat pays a part of."""
    drawn = Purse(SYNDICAT, INVESTMENT)
    placements = board.schedule.placements
    return next(
        name
        for name in board.gathered.candidates
        if board.buyer(name) == COMMUNE and drawn in placements[name].paid
    )


def test_what_is_bought_is_paid_and_what_one_pays_another_receives(
    board: Board,
) -> None:
    paid: dict[tuple[int, Purse], int] = {}
    for name, one in board.schedule.placements.items():
        for year in board.programme.years:
            if one.year == year:
                for purse, cents in one.paid.items():
                    paid[year, purse] = paid.get((year, purse), 0) + cents
            if one.yearly and one.year and one.year <= year:
                running = Purse(board.payers[name], RUNNING)
                paid[year, running] = paid.get((year, running), 0) + one.yearly
    found = {
        (year, purse): one
        for year, purses in budgets(board).items()
        for purse, one in purses.items()
    }
    assert {key: one.own for key, one in found.items() if one.own} == paid
    assert sum(one.participation for one in found.values()) == 0
    bought = sum(invested(board, name) for name in board.schedule.years)
    gross = [
        one.gross for (_, purse), one in found.items() if purse.section is INVESTMENT
    ]
    assert sum(gross) == bought > 0
    wiring = of(board, "cabler-les-classes")
    assert board.buyer(wiring) == SYNDICAT
    year = board.schedule.years[wiring]
    assert found[year, Purse(SYNDICAT, INVESTMENT)].gross >= invested(board, wiring)


def test_the_fctva_comes_back_to_the_buyer_on_all_it_invests_years_later(
    board: Board,
) -> None:
    checklist = checklist_of(board)
    back = fctva(board, checklist, DAY)
    assert back is not None
    assert back.rule.percent == "16.404"
    bought = {
        year: purses[Purse(COMMUNE, INVESTMENT)].gross
        for year, purses in budgets(board).items()
        if Purse(COMMUNE, INVESTMENT) in purses
    }
    assert back.years == {
        COMMUNE: {
            year + 2: cents * 16404 // 10_000_000 * 100
            for year, cents in bought.items()
        }
    }
    # Nobody said when it comes back to the syndicat, which buys the rest.
    assert list(back.undated) == [SYNDICAT]
    assert fctva(board, checklist, date(2031, 1, 1)) is None
    assert board.record.frame
    frame = board.record.frame.model_copy(update={"fctva_delay": 1})
    told = replace(board, record=replace(board.record, frame=frame))
    found = fctva(told, checklist, DAY)
    assert found is not None
    assert found.undated == {}
    first = min(found.years[SYNDICAT]) - 1
    assert budgets(board)[first][Purse(SYNDICAT, INVESTMENT)].gross > 0


def test_aids_leave_who_buys_its_floor_and_are_no_promise(
    board: Board,
) -> None:
    checklist = checklist_of(board)
    asked = aids(board, checklist, DAY)
    assert {(one.low, one.high) for one in asked.values()} == {(0, 0)}
    assert asked[COMMUNE].unknown > 0
    assert under_floor(board, checklist, DAY) == []
    name = first_bought(board)
    helped = aided(board, name, 10**6)
    bare = helped.gathered.candidates[name].bare
    others = helped.schedule.placements[name].paid[Purse(SYNDICAT, INVESTMENT)]
    found = aids(helped, checklist, DAY)[COMMUNE]
    assert found.high == bare * 8 // 10 - others
    assert found.unknown == asked[COMMUNE].unknown - 1
    # What is notified is no longer hoped for.
    year = helped.schedule.years[name]
    own = Purse(COMMUNE, INVESTMENT)
    notified = Earmark(name, own, year, 10_00)
    terms = replace(helped.programme, earmarks=(notified,))
    kept = replace(helped, schedule=replace(helped.schedule, terms=terms))
    assert aids(kept, checklist, DAY)[COMMUNE].high == found.high - 10_00
    assert budgets(kept)[year][own].kept == 10_00
    assert budgets(kept)[year][own].left == budgets(board)[year][own].own - 10_00


def test_a_part_that_leaves_less_than_the_floor_is_told(
    board: Board,
) -> None:
    container = board.container
    ident = container.fresh()
    split = subjects.programme(subjects.SPLITS, "*")
    much = {"name": "Tout", "sets": {split: {"syndicat": "0.9"}}}
    container.write(container.draft(subjects.programme(subjects.VARIANTS, ident), much))
    checklist = checklist_of(board)
    varied = board_of(container.reopened(), ident)
    assert first_bought(varied) in under_floor(varied, checklist, DAY)


def aided(board: Board, name: str, euros: int) -> Board:
    """Return a programme in which a scheme may pay so much of an operation."""
    share = AidShare(
        scheme="detr",
        title="DETR",
        section="investissement",
        base=1,
        percent=20,
        at_most=40,
        low=0,
        high=euros,
        source="S1",
        read_on="2026",
        until="2030-12-31",
    )
    candidates = dict(board.gathered.candidates)
    aid = AidRange(shares=(share,))
    candidates[name] = replace(candidates[name], aid=aid)
    return replace(board, gathered=replace(board.gathered, candidates=candidates))
