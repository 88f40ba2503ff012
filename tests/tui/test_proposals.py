"""What is offered, seen and accepted by its keys; nothing is answered before."""

from pathlib import Path

from textual import events
from textual.widgets import Input

from diag.audit.places import add_place
from diag.audit.proposals import propose, waiting
from diag.audit.session import start
from diag.journal.records import evidence_of
from diag.model.enums import PlaceKind
from diag.tui.lists import Lines
from diag.tui.proposals import ProposalsScreen
from diag.tui.visit import VisitScreen
from tests.audit.test_proposals import MAIRIE, PURCHASE, filled, offered
from tests.imports import evidence_samples as samples
from tests.tui.builders import SCHOOL, new_app
from tests.tui.routes import choose
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

SIZE = (80, 24)


async def test_a_file_that_came_back_is_opened_and_accepted_by_keys(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Direction"), "the visit")
        session = app.desk.session(SCHOOL)
        path = tmp_path / "revenu.json"
        path.write_bytes(filled(session))
        await choose(pilot, "réponses proposées")
        await wait_for(
            pilot, lambda: shows(pilot, "Rien n'est proposé. o lit"), "nothing"
        )

        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Quel fichier"), "asked")
        app.screen.query_one(Input).value = f"{path}x"
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Ce n'est pas possible"), "refused")
        await pilot.press("escape", "end", "backspace", "enter")
        most = len(MAIRIE) + len(PURCHASE)
        await wait_for(
            pilot, lambda: shows(pilot, f"{most} réponses proposées"), "offered"
        )
        assert shows(pilot, "la mairie (secrétaire)")
        listed = pilot.app.screen.query_one(Lines).lines
        assert "École" in {one.cells[0] for one in listed}, "short, never cut"
        assert len(waiting(session)) == most
        before = len(session.facts.answers)

        await pilot.press("enter")
        await wait_for(pilot, lambda: len(waiting(session)) == most - 1, "one")
        await pilot.press("e")
        await wait_for(pilot, lambda: len(waiting(session)) == most - 2, "set aside")
        assert len(session.facts.answers) == before + 1
        await pilot.press("end", "s")
        await wait_for(
            pilot, lambda: session.facts.places_of(PlaceKind.LOT), "a lot of its own"
        )
        await wait_for(pilot, lambda: shows(pilot, "2 réponses acceptées"), "told")
        await pilot.press("ctrl+z")
        await wait_for(
            pilot, lambda: not session.facts.places_of(PlaceKind.LOT), "taken back"
        )
        assert len(waiting(session)) == most - 2
        await pilot.press("t")
        await wait_for(pilot, lambda: shows(pilot, "Rien n'est proposé"), "all of it")
        await pilot.press("escape")
        await wait_for(
            pilot, lambda: not isinstance(app.screen, ProposalsScreen), "the visit"
        )


async def test_what_other_tools_wrote_is_dropped_and_proposed(tmp_path: Path) -> None:
    app = new_app(tmp_path / "desk")
    line, scan = tmp_path / "débit.json", tmp_path / "cp.txt"
    line.write_bytes(samples.OOKLA)
    scan.write_bytes(samples.NETSH.encode("utf-16"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Direction"), "the visit")
        session = app.desk.session(SCHOOL)
        add_place(session, PlaceKind.SALLE, "Classe CP")
        await choose(pilot, "réponses proposées")
        await wait_for(pilot, lambda: shows(pilot, "Rien n'est proposé"), "nothing")
        app.screen.post_message(events.Paste(f"'{line}'"))
        await wait_for(pilot, lambda: shows(pilot, "4 réponses proposées"), "measured")
        await wait_to_show(pilot, "Ookla Speedtest 1.2, 4 mesures")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Quel fichier"), "asked")
        app.screen.query_one(Input).value = str(scan)
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Dans quelle salle"), "which room")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Quels réseaux sont"), "which ones")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: len(waiting(session)) > 4, "those of the room")
        await wait_to_show(pilot, "Classe CP")
        count = len(waiting(session))
        await pilot.press("end", "s")
        await wait_for(pilot, lambda: len(waiting(session)) < count, "by room")
        assert {one.where for one in waiting(session)}.isdisjoint({"Classe CP"})

        table = tmp_path / "parc.csv"
        table.write_text("Machine;Type;Qui\nPC-1;Portable;anne\nPC-2;Portable;\n")
        app.screen.post_message(events.Paste(str(table)))
        await wait_for(pilot, lambda: shows(pilot, "Ce que tiennent"), "columns")
        await wait_to_show(pilot, "Nature : ordinateur")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Que tient « Type »"), "content")
        await pilot.press(*"forme", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Forme : portable"), "told")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "Portables"), "a lot")
        lots = [one for one in waiting(session) if one.offer.question == "lot_nombre"]
        assert [one.offer.value for one in lots] == [2]


async def test_the_school_says_that_answers_wait_until_they_are_accepted(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, "Direction")
        session = app.desk.session(SCHOOL)
        await pilot.press("ctrl+y")
        await wait_to_show(pilot, "Rien n'est proposé")
        propose(session, offered(session))
        most = len(waiting(session))
        said = f"{most} réponses proposées attendent votre accord, touche p"
        app.go_school(SCHOOL)
        await wait_to_show(pilot, said, "p Proposées")
        await pilot.press("p")
        await wait_to_show(pilot, f"{most} réponses proposées · rien n'est répondu")
        await pilot.press("enter", "escape")
        said = said.replace(str(most), str(most - 1), 1)
        await wait_to_show(pilot, said)

        rank = next(
            n for n, each in enumerate(visible(pilot)) if "votre accord" in each
        )
        await pilot.click(offset=(visible(pilot)[rank].index("attendent"), rank))
        await wait_to_show(pilot, f"{most - 1} réponses proposées · rien n'est")
        await pilot.press("t")
        await wait_for(pilot, lambda: not waiting(session), "all of it")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        await wait_for(pilot, lambda: not shows(pilot, "votre accord"), "line gone")
        await pilot.press("p")
        await wait_to_show(pilot, "Rien n'est proposé")


async def test_a_visit_opens_on_how_many_answers_wait(tmp_path: Path) -> None:
    app = new_app(tmp_path / "desk")
    session = start(app.desk.workspace, SCHOOL)
    propose(session, offered(session))
    count = len(waiting(session))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, f"{count} réponses proposées", "Ctrl+Y")
        while not isinstance(app.screen, VisitScreen):
            await pilot.press("escape")
        await pilot.press("ctrl+y")
        await wait_to_show(pilot, "rien n'est répondu sans vous")


async def test_each_scan_is_asked_its_room_and_the_school_has_several_networks(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path / "desk")
    scans = [tmp_path / "cp.txt", tmp_path / "ce1.txt"]
    for path, heard in zip(scans, ("École-Péda", "École-Admin"), strict=True):
        path.write_bytes(samples.NETSH.replace("École-Péda", heard).encode("utf-16"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, "Direction")
        session = app.desk.session(SCHOOL)
        rooms = [
            add_place(session, PlaceKind.SALLE, name)[0].id
            for name in ("Classe CP", "Classe CE1")
        ]
        await pilot.press("ctrl+y")
        await wait_to_show(pilot, "Rien n'est proposé")
        app.screen.post_message(events.Paste(" ".join(f"'{one}'" for one in scans)))
        await wait_to_show(pilot, "Dans quelle salle « cp.txt »")
        await pilot.press("enter")
        await wait_to_show(pilot, "Dans quelle salle « ce1.txt »")
        await pilot.press("down", "enter")
        await wait_to_show(pilot, "Quels réseaux sont", "[ ] Box du voisin")
        await pilot.press("space")
        await wait_to_show(pilot, "[x] École-Admin")
        y = next(n for n, one in enumerate(visible(pilot)) if "École-Péda" in one)
        await pilot.click(offset=(visible(pilot)[y].index("École-Péda"), y))
        await wait_to_show(pilot, "[x] École-Péda")
        await pilot.press("enter")
        await wait_for(pilot, lambda: waiting(session), "proposed")
        kept = evidence_of(session.workspace.journal, session.audit.id)
        assert {one.place for one in kept} == {*rooms}
        assert {one.ssids for one in kept} == {("École-Admin", "École-Péda")}
        assert {one.offer.place for one in waiting(session)} >= {*rooms}
