"""Programme on the screen: what, when, whose money; typed, undone, worked out aside."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.answer import NewAnswer, record_answer
from diag.cli.programme import board_json
from diag.documents.programme import programme_folder, programme_paper
from diag.journal import subjects
from diag.model.enums import FollowUpState, Outcome, Participant
from diag.model.errors import DiagError
from diag.model.programme import (
    CostSplit,
    EnvelopeState,
    ProgrammeFrame,
    Variant,
    YearEnvelope,
)
from diag.programme import adopting, gathering, setting
from diag.programme.assembling import Board, board_of, contenders_of
from diag.programme.container import EVERY, FRAME, Container, Record, create, opened
from diag.programme.figures import budgets
from diag.programme.operations import Contenders
from diag.programme.terms import INVESTMENT, Purse
from diag.programme.words import exact_words, planned_words
from diag.tui.app import DiagApp
from diag.tui.programme import ProgrammeScreen, replaying
from diag.tui.programme.grid import CellGrid
from diag.tui.programme.settings import change_words
from diag.tui.programme.workshops import slug_of
from diag.words.sentences import number
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY, workspace
from tests.shared import copy_once_made
from tests.tui.builders import app_on
from tests.tui.routes import choose
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

SIZE, WIDE = (80, 24), (120, 40)
SIREN = "200000172"
SYNDICAT = f"syndicat:{SIREN}"
COMMUNE = "commune:99903"
OWN = Purse(SYNDICAT, INVESTMENT)


def programmed(made: Workspace, euros: dict[str, int]) -> Container:
    """Open a programme, its envelopes the same each year: payer → euros."""
    record_answer(audited(made), NewAnswer("nb_eleves", 120))
    frame = ProgrammeFrame(first=2027, campaigns=("2026-2027",))
    container = create(made, "2027-2031", frame, SIREN)
    split = subjects.programme(subjects.SPLITS, EVERY)
    container.write(
        container.draft(split, CostSplit(syndicat="0.4")),
        *(
            container.draft(
                setting.envelope_subject(Purse(payer, INVESTMENT), year),
                YearEnvelope(cents=amount * 100, carry=True),
            )
            for payer, amount in euros.items()
            for year in frame.budgets
        ),
    )
    return container.reopened()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A workspace whose programme is short of money: some wait, some are out."""
    copy_once_made("programmed", short_of_money, tmp_path / "desk")
    return tmp_path / "desk"


def short_of_money(folder: Path) -> None:
    with audited_workspace(folder) as made:
        programmed(made, {SYNDICAT: 2_000, COMMUNE: 3_000})


@asynccontextmanager
async def at_programme(
    app: DiagApp, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[Pilot[None], ProgrammeScreen]]:
    """Open the programme by its key, worked out."""
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("f9")
        await wait_for(
            pilot, lambda: isinstance(app.screen, ProgrammeScreen), "the screen"
        )
        screen = app.screen
        assert isinstance(screen, ProgrammeScreen)
        await wait_for(pilot, lambda: rested(screen), "worked out")
        yield pilot, screen


def rested(screen: ProgrammeScreen) -> bool:
    return not screen.busy and (screen.container is None or screen.board is not None)


def board_in(app: DiagApp) -> Board:
    """Return the programme as the commands work it out."""
    return board_of(opened(app.desk.workspace), afresh=False)


async def test_every_figure_is_that_of_the_commands_and_of_the_document(
    desk: Path,
) -> None:
    app = app_on(desk)
    async with at_programme(app, WIDE) as (pilot, screen):
        board = board_in(app)
        told = board_json(board)
        assert screen.board is not None
        assert board_json(screen.board) == told
        theirs = [one[OWN].own if OWN in one else 0 for one in budgets(board).values()]
        figures = "".join(number(-(-cents // 100)).rjust(8) for cents in theirs)
        await wait_to_show(pilot, f"Syndicat €   {figures}")
        may = number(board.programme.planned(OWN)[0] // 100)
        await wait_to_show(pilot, f"  sur{may.rjust(16)}")
        totals = {one["payer"]: one["placed"] for one in told["payers"]}
        assert totals[SYNDICAT] == sum(theirs) > 0
        printed = programme_paper(board, DAY).document.markdown
        assert all(exact_words(cents) in printed for cents in theirs if cents)
        assert f"| {may}\u00a0€ |" in printed
        placed = {one["id"]: one["year"] for one in told["operations"]}
        listed = {one.key: one.cells[0] for one in screen.lines.lines}
        assert (
            listed.items()
            >= {name: str(year or "hors") for name, year in placed.items()}.items()
        )
        assert f" Ni inscrites ni comptées : {len(told['left_out'])}" in listed.values()
        (right,) = board.schedule.rights.values()
        await pilot.press("2")
        await wait_to_show(pilot, planned_words(right))


async def test_an_operation_says_why_and_what_it_would_take(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        # A date is no law: copper that ends is why a fibre stands there.
        await wait_to_show(pilot, "date/loi en retard : 2", "hors  Date/loi")
        assert screen.board is not None
        last = screen.board.programme.years[-1]
        late = next(
            name
            for name, year in screen.board.schedule.years.items()
            if screen.board.programme.years[0] < year <= last
        )
        screen.go_to(late)
        await wait_to_show(pilot, "il manquait", "de son droit")
        await pilot.press("enter")
        await wait_to_show(pilot, "Qui paie", "syndicat (investissement)")
        await pilot.press("escape", "q")
        await wait_to_show(pilot, "budget 2027")
        await pilot.press("enter")
        await wait_to_show(pilot, "Que faudrait-il pour 2027", "Vérifié")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is screen, "closed, nothing kept")
        assert not opened(app.desk.workspace).record().earmarks
        await pilot.press("q", "enter")
        await wait_to_show(pilot, "en plus des enveloppes")
        await pilot.press("o")
        await wait_for(pilot, lambda: opened(app.desk.workspace).record().earmarks)
        await wait_for(pilot, lambda: rested(screen), "worked out")
        assert screen.board.schedule.years[late] == 2027
        await choose(pilot, "liberer la somme")
        await wait_for(pilot, lambda: not opened(app.desk.workspace).record().earmarks)


async def test_a_lock_is_priced_written_worked_out_while_keys_answer_then_undone(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_on(desk)
    free = threading.Event()
    free.set()

    def slow(*given: object, **named: object) -> Board:
        assert free.wait(60)
        return board_of(*given, **named)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(replaying, "board_of", slow)
    async with at_programme(app) as (pilot, screen):
        before, name = screen.board, screen.operation
        await pilot.press("v")
        await wait_to_show(pilot, "imposer 2028", "ne change d'année")
        await pilot.press("end")
        await wait_to_show(pilot, "> laisser hors programme")
        await pilot.press("f2")
        await wait_to_show(pilot, "un nom et un motif")
        free.clear()
        await pilot.press("escape", *"trop tôt", "shift+tab", *"le maire", "f2")
        await wait_to_show(pilot, "recalcul", "Faire tenir l'appel")
        assert screen.board is before, "the old figures stay"
        await pilot.press("2")
        await wait_to_show(pilot, "la moins couverte d'abord")
        await pilot.press("1", "r")
        await wait_to_show(pilot, "recalcul")
        free.set()
        await wait_for(pilot, lambda: app.screen is screen and rested(screen), "kept")
        assert not shows(pilot, "recalcul")
        lock = opened(app.desk.workspace).record().locks[name]
        assert (lock.year, lock.by, lock.why) == ("hors", "le maire", "trop tôt")
        assert screen.board is not None
        assert name not in screen.board.schedule.years
        screen.go_to(name)
        await wait_to_show(pilot, "Imposée hors programme par le maire")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: not opened(app.desk.workspace).record().locks)
        await wait_for(pilot, lambda: rested(screen), "worked out")
        assert name in screen.board.schedule.years
        assert opened(app.desk.workspace).record().envelopes


async def test_envelopes_are_typed_pasted_voted_and_taken_back(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, _):
        await pilot.press("e")
        await wait_to_show(pilot, "Enveloppes", "[2 000]", "hypothèse")

        def kept(purse: Purse, year: int) -> YearEnvelope | None:
            return opened(app.desk.workspace).record().envelopes.get((purse, year))

        await pilot.press(*"4500,5", "enter")
        await wait_for(pilot, lambda: kept(OWN, 2027).cents == 4_500_50)  # type: ignore[union-attr]
        assert kept(OWN, 2027) == YearEnvelope(cents=4_500_50, carry=True)
        await pilot.press("up", "v")
        await wait_to_show(pilot, "[4 500,50v]", "votée, reportable")
        app.post_message(events.Paste("1 000\t2 000 €\n\t500"))
        await wait_for(pilot, lambda: kept(OWN, 2028).cents == 2_000_00)  # type: ignore[union-attr]
        running = Purse(SYNDICAT, setting.section_named("fonctionnement"))
        assert kept(OWN, 2027) == YearEnvelope(
            cents=1_000_00, carry=True, state=EnvelopeState.VOTE
        )
        assert kept(running, 2027) is None
        assert kept(running, 2028) == YearEnvelope(cents=500_00)
        await wait_to_show(pilot, "Enveloppes notées : 2")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: kept(running, 2028) is None, "all at once")
        assert kept(OWN, 2027).cents == 4_500_50  # type: ignore[union-attr]
        app.post_message(events.Paste("10;beaucoup"))
        await wait_to_show(pilot, "Ce n'est pas un montant")
        await pilot.press("escape")
        app.post_message(events.Paste(";".join("123456")))
        await wait_to_show(pilot, "6 colonnes")
        assert kept(OWN, 2027).cents == 4_500_50  # type: ignore[union-attr]
        await pilot.press("escape", "delete")
        await wait_for(pilot, lambda: kept(OWN, 2027) is None, "cleared")


async def test_a_variant_is_opened_retained_written_in_and_dropped(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        await pilot.press("3", "n")
        await wait_to_show(pilot, "Une variante")
        await pilot.press(*"Prudente", "enter", "enter", *"2028", "enter", *"50", "f2")
        await wait_to_show(pilot, "Prudente", "Le programme")
        await wait_for(pilot, lambda: len(screen.figures) == 2, "compared")
        moved = list(screen.figures.values())[-1].worth.moved
        assert moved > 0
        await wait_for(
            pilot, lambda: screen.lines.lines[-1].cells[-1] == str(moved), "counted"
        )
        await pilot.press("down", "d")
        await wait_to_show(pilot, "l'enveloppe 2028, syndicat", "1\u202f000\u00a0€")
        await pilot.press("escape", "enter")
        await wait_to_show(pilot, "variante Prudente")
        await wait_for(pilot, lambda: rested(screen), "worked out")
        assert screen.board is not None
        assert screen.board.programme.envelopes[OWN].cents[1] == 1_000_00
        await pilot.press("e", *"900", "enter")

        def record(variant: str = "") -> Record:
            return opened(app.desk.workspace).record(variant)

        (ident,) = record().variants
        await wait_for(
            pilot, lambda: record(ident).envelopes[OWN, 2027].cents == 900_00
        )
        assert record().envelopes[OWN, 2027].cents == 2_000_00
        await pilot.press("escape", "3", "down", "delete")
        await wait_to_show(pilot, "Écarter la variante")
        await pilot.press("o")
        await wait_for(pilot, lambda: not record().variants, "dropped")
        await wait_for(pilot, lambda: not screen.variant, "the programme again")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: ident in record().variants, "given back")


def test_a_variant_says_the_order_that_it_takes(desk: Path) -> None:
    with Workspace.open(desk) as made:
        container = opened(made)
        sets = {FRAME: {"socle_first": False}}
        ident = container.fresh()
        subject = subjects.programme(subjects.VARIANTS, ident)
        container.write(container.draft(subject, Variant(name="Euro", sets=sets)))
        board = board_of(container.reopened())
        (told,) = change_words(board, ident)
    assert told.endswith("2027-2031, réserve 15 %, la loi, les points par euro")


async def test_a_decision_is_noted_and_the_programme_adopted(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        await pilot.press("4")
        await wait_to_show(pilot, "Aucune décision notée")
        await pilot.press("n")
        await wait_to_show(pilot, "Quelle instance")
        await pilot.press("enter")
        await wait_to_show(pilot, "Délibération n°")
        await pilot.press("tab", "tab", *"D-12", "tab", *"le programme", "f2")
        await wait_to_show(pilot, "Comité syndical", "D-12", "adopté")
        await wait_for(pilot, lambda: rested(screen), "worked out")
        await pilot.press("a")
        await wait_to_show(pilot, "opérations inscrites", "N'a pas encore délibéré")
        await wait_to_show(pilot, "D-12, le programme")
        await pilot.press("n")
        assert opened(app.desk.workspace).record().adoption is None
        await pilot.press("a")
        await wait_to_show(pilot, "Arrêter ?")
        await pilot.press("o")
        await wait_for(
            pilot, lambda: opened(app.desk.workspace).record().adoption, "adopted"
        )
        app.clear_notifications()
        await wait_to_show(
            pilot, "Arrête le programme : 5 opérations entrent", "révision de l'arrêté"
        )
        await pilot.press("ctrl+z")
        await wait_to_show(pilot, "un programme arrêté le reste")
        await pilot.press("escape", "enter")
        await wait_to_show(pilot, "Comité syndical, 5 octobre 2026 : adopté")


async def test_where_there_is_no_programme_one_is_opened(tmp_path: Path) -> None:
    audited_workspace(tmp_path).close()
    app = app_on(tmp_path)
    async with at_programme(app) as (pilot, screen):
        await wait_to_show(pilot, "Aucun programme pluriannuel ici", "n Nouveau")
        await pilot.press("n")
        await wait_to_show(pilot, "Premier budget", "2027", "SIREN")
        await pilot.press("tab", *"9", "f2")
        await wait_to_show(pilot, "Ce n'est pas possible")
        await pilot.press("escape", "backspace", "backspace", *"3")
        await pilot.press("tab", "tab", *SIREN, "enter")
        await wait_for(pilot, lambda: screen.board is not None, "worked out")
        made = opened(app.desk.workspace)
        assert made.record().frame == ProgrammeFrame(
            first=2027, years=3, campaigns=("2026-2027",)
        )
        await wait_to_show(pilot, "Aucune enveloppe : rien n'a d'année")
        await pilot.press("g", "tab", *"20", "tab", *"40", "f2")
        await wait_for(pilot, lambda: opened(app.desk.workspace).record().splits)
        record = opened(app.desk.workspace).record()
        assert record.frame is not None
        assert (record.frame.reserve, record.splits[EVERY].syndicat) == (20, "0.4")
        assert record.rights == made.record().rights


async def test_what_two_wrote_apart_is_settled_where_it_is_shown(
    desk: Path, tmp_path: Path
) -> None:
    subject = setting.envelope_subject(OWN, 2027)
    with (
        workspace(tmp_path / "bruno", author="bruno", seed=2) as his,
        Workspace.open(desk, his.world) as hers,
    ):
        for one in hers.journal.manifest():
            his.journal.ingest(hers.journal.lines(one.audit))
        mine, yours = opened(hers), opened(his)
        mine.write(mine.draft(subject, YearEnvelope(cents=9_000_00)))
        yours.write(yours.draft(subject, YearEnvelope(cents=7_000_00)))
        for one in his.journal.manifest():
            hers.journal.ingest(his.journal.lines(one.audit))
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        await wait_to_show(pilot, "à trancher : 1")
        assert screen.board is not None
        assert screen.board.programme.envelopes[OWN].cents[0] == 7_000_00
        await pilot.press("e")
        await wait_to_show(pilot, "[7 000!]", "À trancher : u-1 : 9 000 €")
        await pilot.press("escape", "k")
        await wait_to_show(pilot, "L'enveloppe 2027, syndicat", "7 000 €", "9 000 €")
        await pilot.press(*"9", "enter")
        await wait_for(pilot, lambda: not opened(app.desk.workspace).contested)
        record = opened(app.desk.workspace).record()
        assert record.envelopes[OWN, 2027].cents == 9_000_00


async def test_one_goes_to_a_line_by_words_a_commune_or_the_mouse(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        await pilot.click("#years", offset=(3, 2))
        assert screen.lines.cursor == 2
        await pilot.click("#tabs", offset=(16, 0))
        await wait_to_show(pilot, "la moins couverte d'abord")
        await pilot.press("e")
        await wait_to_show(pilot, "[2 000]")
        await pilot.click(CellGrid, offset=(40, 3))
        await wait_to_show(pilot, "[3 000]", "Courvaux-sur-Ombre (investissement)")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "back")

        await pilot.press("slash", *"salle commune")
        await wait_to_show(pilot, "Équiper une salle commune")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is screen, "back")
        await wait_for(pilot, lambda: "equiper-la-salle-commune" in screen.operation)

        await pilot.press("2", "i")
        await wait_to_show(pilot, "il faut 10 communes")
        await pilot.press("i", "enter")
        await wait_to_show(pilot, "Courvaux-sur-Ombre seulement")
        assert screen.operation
        await pilot.press("escape")
        await wait_for(pilot, lambda: not screen.commune, "no commune is pointed at")
        assert app.screen is screen


async def test_an_operation_leads_to_its_audit_and_its_name_to_the_programme(
    desk: Path,
) -> None:
    app = app_on(desk)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await choose(pilot, "programme")
        await wait_to_show(pilot, "Programme 2027-2031")
        screen = app.screen
        assert isinstance(screen, ProgrammeScreen)
        await wait_for(pilot, lambda: rested(screen), "worked out")
        await pilot.press("b")
        await wait_to_show(pilot, "[Préconisations]", "Bilan : ")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is screen, "back")


def workshopped(container: Container) -> str:
    """Give a programme two themes and a workshop; return the id of the workshop."""
    gathering.put_theme(container, "usages", "Usages")
    gathering.put_theme(container, "reseau", "Réseau", ["reseau"])
    return gathering.new_workshop(
        container, title="Atelier du nord", on="2026-09-30", present={"parent": 12}
    )


async def test_cards_are_typed_one_after_the_other_under_a_role(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, _):
        await pilot.press("5")
        await wait_to_show(pilot, "Aucun atelier", "Aucun thème encore")
        await pilot.press("n")
        await wait_to_show(pilot, "Animé par")
        await pilot.press(*"Nord", "tab", "ctrl+u", *"28/9", "tab", "tab", "tab")
        await pilot.press(*"parents", "f2")
        await wait_to_show(pilot, "un rôle et un nombre")
        await pilot.press("escape", *" 12, élus 3", "f2")
        await wait_to_show(pilot, "Nord", "15", "28/09/2026")
        await pilot.press("h")
        await wait_to_show(pilot, "Comment s'appelle ce thème")
        await pilot.press(*"Usages", "enter")
        await wait_to_show(pilot, "quels domaines")
        await pilot.press("enter")
        await wait_to_show(pilot, "choisi")
        await pilot.press("escape")

        def record() -> Record:
            return opened(app.desk.workspace).record()

        await wait_for(pilot, lambda: record().themes, "the theme")
        assert len(record().themes["usages"].domains) == 1
        await pilot.press("enter")
        await wait_to_show(pilot, "Rôle : parent d'élève · Thème : aucun")
        await pilot.press(*"Le Wi-Fi coupe", "enter", "tab")
        await wait_to_show(pilot, "1 carte", "Thème : Usages")
        await pilot.press(*"On ne sait pas à qui écrire", "enter")
        await wait_to_show(pilot, "2 cartes")
        said = {one.text: one.theme for one in record().cards.values()}
        assert said == {"Le Wi-Fi coupe": "", "On ne sait pas à qui écrire": "usages"}
        await pilot.press("ctrl+z")
        await wait_to_show(pilot, "1 carte")
        await pilot.press("f8")
        await wait_for(pilot, lambda: not record().cards, "taken away")


async def test_ballots_are_typed_in_a_grid_pasted_and_bounded(desk: Path) -> None:
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        workshop = workshopped(opened(made))
    app = app_on(desk)
    async with at_programme(app) as (pilot, _):
        await pilot.press("5", "b")
        await wait_to_show(pilot, "Bulletins", "+ parent d'élève", "Usages")

        def points() -> list[dict[str, int]]:
            ballots = opened(app.desk.workspace).record().ballots
            return [
                one.points for (where, _), one in ballots.items() if where == workshop
            ]

        await pilot.press(*"6", "enter")
        await wait_for(pilot, lambda: len(points()) == 1, "a ballot")
        await pilot.press(*"5", "enter")
        await wait_to_show(pilot, "10 points au plus")
        await pilot.press("escape")
        await wait_to_show(pilot, "[5_]")
        await pilot.press("backspace", *"4", "enter")
        await wait_for(pilot, lambda: points() == [{"reseau": 6, "usages": 4}])
        app.post_message(events.Paste("1\n10\n"))
        await wait_for(pilot, lambda: len(points()) == 3, "pasted")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: len(points()) == 1, "taken back together")
        await pilot.press("escape", "space")
        await wait_to_show(pilot, "Un atelier au moins")


async def test_a_table_of_cards_is_read_once_and_no_theme_takes_the_place_of_another(
    desk: Path, tmp_path: Path
) -> None:
    first = "Du temps pour apprendre, et que chacun dépanne"
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        workshopped(opened(made))
        gathering.put_theme(opened(made), slug_of(first), first)
    table = tmp_path / "cartes.csv"
    table.write_text(
        "texte;role;theme\nWi-Fi;parents;usages\nSon;elfes;\n", encoding="utf-8"
    )
    app = app_on(desk)
    async with at_programme(app) as (pilot, _):
        for told in ("1 ligne nouvelle, 0 déjà là", "0 ligne nouvelle, 1 déjà là"):
            await pilot.press("5", "i")
            await wait_to_show(pilot, "Quel tableau")
            app.post_message(events.Paste(str(table)))
            await wait_for(pilot, lambda: app.screen.query_one(Input).value, "pasted")
            await pilot.press("enter")
            await wait_to_show(pilot, told, "Refusée, ligne 3")
            await pilot.press("enter")
            await wait_to_show(pilot, "[5 Ateliers]")
            cards = opened(app.desk.workspace).record().cards.values()
            assert [one.text for one in cards] == ["Wi-Fi"]
        themes = opened(app.desk.workspace).record().themes
        await pilot.press("h")
        await wait_to_show(pilot, "Comment s'appelle ce thème")
        await pilot.press(*"Du temps pour apprendre, et que rien ne presse", "enter")
        await wait_to_show(pilot, "commence de même")
        assert opened(app.desk.workspace).record().themes == themes
        assert themes[slug_of(first)].title == first


async def test_weights_count_once_a_decision_adopts_them(desk: Path) -> None:
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        container = opened(made)
        workshop = workshopped(container)
        gathering.put_ballot(container, workshop, Participant.PARENT, {"reseau": 10})
        adopting.decide(container, "syndicat", Outcome.ADOPTE, DAY, ref="D-1")
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        await pilot.press("5", "p")
        await wait_to_show(pilot, "chaque bulletin compte autant")
        await pilot.press("f2")
        await wait_to_show(pilot, "sans effet tant", "Réseau 1,25")
        await pilot.press("4", "p")
        await wait_for(pilot, lambda: rested(screen), "written")
        app.clear_notifications()
        await wait_to_show(pilot, "Adopte le poids des thèmes")
        await wait_for(pilot, lambda: rested(screen), "worked out")
        rule = opened(app.desk.workspace).record().weighing
        assert rule is not None
        assert rule.adopted == {"reseau": "1.25", "usages": "0.8"}


async def test_what_was_typed_another_day_is_named_before_it_is_taken_back(
    desk: Path,
) -> None:
    app = app_on(desk, day=DAY + timedelta(days=30))
    async with at_programme(app) as (pilot, _):
        await pilot.press("e", "ctrl+z")
        await wait_to_show(pilot, "est d'un autre jour")
        await pilot.press("escape", "escape", "ctrl+z")
        await wait_to_show(pilot, "Annuler l'enveloppe", "C'est du 05/10/2026")
        await pilot.press("n")
        assert opened(app.desk.workspace).record().envelopes
        await pilot.press("ctrl+z")
        await wait_to_show(pilot, "C'est du 05/10/2026")
        await pilot.press("o")
        await wait_to_show(pilot, "Annulé : l'enveloppe")


async def test_documents_are_written_from_the_screen(desk: Path) -> None:
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        folder = programme_folder(board_in(app))
        await pilot.press("2", "x")
        await wait_to_show(pilot, "La page de Courvaux-sur-Ombre", "Le classeur")
        await pilot.press(*"agenda", "enter")
        await wait_for(pilot, (folder / "programme.ics").exists, "written")
        await wait_for(pilot, lambda: app.screen is screen, "back")
        await pilot.press("x", "enter")
        await wait_to_show(pilot, "Le document est écrit")
        page = (folder / "programme-99903.md").read_text(encoding="utf-8")
        assert "Courvaux-sur-Ombre" in page


async def test_without_envelopes_rights_are_parts_and_nothing_has_a_year(
    tmp_path: Path,
) -> None:
    with audited_workspace(tmp_path) as made:
        programmed(made, {})
    app = app_on(tmp_path)
    async with at_programme(app) as (pilot, screen):
        await wait_to_show(pilot, "Aucune enveloppe : rien n'a d'année")
        assert not screen.board or not screen.board.schedule.years
        await pilot.press("2")
        await wait_to_show(pilot, "100 %")


async def test_a_reading_that_failed_says_so_and_the_next_is_told_and_holds_no_key(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()

    def failing(*_given: object) -> Contenders:
        raise DiagError("Le disque a lâché.")

    def slow(
        container: Container,
        frame: ProgrammeFrame,
        before: Contenders | None,
        progress: Callable[[int, int], None],
    ) -> Contenders:
        progress(3, 12)
        assert free.wait(60)
        return contenders_of(container, frame, before, progress)

    monkeypatch.setattr(replaying, "contenders_of", failing)
    app = app_on(desk)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("f9")
        await wait_to_show(pilot, "Le disque a lâché", "pas pu être calculé")
        monkeypatch.setattr(replaying, "contenders_of", slow)
        await pilot.press("escape", "r")
        await wait_to_show(pilot, "audits lus : 3 sur 12", "Lecture des audits")
        await pilot.press("4")
        await wait_to_show(pilot, "Aucune décision notée")
        await pilot.press("1")
        free.set()
        await wait_to_show(pilot, "Faire tenir l'appel")


async def test_eight_years_stand_in_columns_that_do_not_touch(desk: Path) -> None:
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        container = opened(made)
        frame = ProgrammeFrame(first=2027, years=8, campaigns=("2026-2027",))
        setting.put(container, FRAME, frame)
    app = app_on(desk)
    async with at_programme(app) as (pilot, _):
        years = "".join(str(year).rjust(7) for year in range(2027, 2035))
        await wait_to_show(pilot, f"{years}    hors", "Date/loi en retard : 2")
        assert all(len(line) <= SIZE[0] for line in visible(pilot))


async def test_what_follows_a_decision_is_noted_in_the_audit(desk: Path) -> None:
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        container = opened(made)
        for body in ("syndicat", COMMUNE):
            adopting.decide(container, body, Outcome.ADOPTE, DAY, ref=f"D-{body}")
        board = board_of(container.reopened(), afresh=False)
        found = adopting.adopting(board, "D-syndicat")
        container.write(*found.drafts)
        name = found.ready[0].candidate.operation.id
    app = app_on(desk)
    async with at_programme(app) as (pilot, screen):
        screen.go_to(name)
        await wait_to_show(pilot, "Décidée le 5 octobre 2026")
        await pilot.press("s")
        await wait_to_show(pilot, "> financée")
        await pilot.press("down", "tab", *"0510", "f2")
        await wait_to_show(pilot, "avec son prix réel")
        await pilot.press("escape", *"1234,50", "f2")
        await wait_for(pilot, lambda: app.screen is screen, "noted")
        app.clear_notifications()
        await wait_to_show(pilot, "Commandée le 5 octobre 2026", "1 235 €")
        assert screen.board is not None
        step = screen.board.gathered.candidates[name].step
        assert step is not None
        assert (step.state, step.cents) == (FollowUpState.COMMANDEE, 1_234_50)


async def test_what_people_type_is_shown_as_they_typed_it(desk: Path) -> None:
    odd = "[bold]deux[/] \u202eclasses {n} %s « : »"
    with Workspace.open(desk, fixed_world(DAY, 3)) as made:
        container = opened(made)
        name = next(iter(board_of(container, afresh=False).schedule.placements))
        lock = setting.lock_of(2028, "[red]le maire", odd)
        setting.put(container, setting.lock_subject(name), lock)
        decided = {"ref": "[1]", "about": odd, "why": odd}
        adopting.decide(container, "syndicat", Outcome.ADOPTE, DAY, **decided)
        workshop = gathering.new_workshop(container, title=odd, on="2026-09-30")
        gathering.put_card(container, workshop, odd, Participant.ELU)
    app = app_on(desk)
    async with at_programme(app, WIDE) as (pilot, screen):
        screen.go_to(name)
        await wait_to_show(pilot, "[red]le maire", "[bold]deux[/]")
        for face, key in (("4", "enter"), ("5", "enter")):
            await pilot.press(face)
            await wait_to_show(pilot, "[bold]deux[/]")
            await pilot.press(key)
            await wait_for(pilot, lambda: app.screen is not screen, "open")
            await wait_to_show(pilot, "[bold]deux[/]")
            assert not any("\u202e" in line for line in visible(pilot))
            await pilot.press("escape")
