"""The bilan, by the keys that an engineer presses."""

from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from diag.assess.words import score_words
from diag.audit import advising, remarks
from diag.audit.follow import add_step
from diag.audit.hypotheses import scenarios
from diag.audit.report import report_folder, report_of
from diag.audit.session import AuditSession, open_session
from diag.audit.suppose import SupposedAnswer
from diag.documents.drafts import DRAFTS, DraftKind
from diag.documents.formats import Format
from diag.documents.write import WrittenFile, write_reports
from diag.journal import changes
from diag.model.audit import FollowUp
from diag.model.enums import READERS, Audience, AuditStatus, FollowUpState
from diag.tui import bilan as bilan_acts
from diag.tui.app import DiagApp
from diag.tui.bilan import BilanScreen
from diag.tui.bilan.faces import BILAN_COMMANDS, DraftPaper, GoAdvice, cost_line
from diag.tui.dialogs import Ask, ChooseDialog, Confirm, Notice
from diag.tui.export import WrittenDialog
from diag.tui.outline import Outline
from diag.tui.recommendation import FollowUpDialog, OwnAdviceDialog, RewordScreen
from diag.tui.school import SchoolScreen
from diag.tui.suppose import BANNER, SupposeScreen
from diag.tui.visit import VisitScreen
from tests.audit.audited import audited_workspace, closed_workspace
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on, audited_app
from tests.tui.waiting import shows, visible, wait_for

SIZE = (80, 24)
WIDE = 100
"""From so many columns on, the footer has room for « Et si… »."""
write_pages = partial(write_reports, formats=(Format.HTML,))
HOSTILE = "[/ [a[0]] | # <b> {inconnu}"


def running(
    app: DiagApp, size: tuple[int, int]
) -> AbstractAsyncContextManager[Pilot[None]]:
    return app.run_test(size=size, notifications=True, tooltips=True)


async def opened(pilot: Pilot[None]) -> AuditSession:
    app = pilot.app
    assert isinstance(app, DiagApp)
    app.go_bilan(SCHOOL)
    await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
    await wait_for(pilot, lambda: shows(pilot, "Ce que la loi demande"), "the law")
    return app.desk.session(SCHOOL)


def on(pilot: Pilot[None], screen: type) -> bool:
    return isinstance(pilot.app.screen, screen)


def described(app: App[None], group: str) -> str:
    return "".join(one.description for one in app.workers if one.group == group)


async def to_first_advice(pilot: Pilot[None]) -> str:
    await pilot.press("2", "home", "down")
    bilan = pilot.app.screen
    assert isinstance(bilan, BilanScreen)
    await wait_for(pilot, lambda: bilan.advice, "a recommendation")
    return bilan.advice


async def test_dangers_come_first_then_facts_then_the_score_and_domains(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        text = "\n".join(visible(pilot)[5:])
        order = ("sans obturateur", "Ce que la loi demande", "À améliorer", "ensemble")
        found = [text.index(words) for words in (*order, "Accès à Internet")]
        assert found == sorted(found)
        assert visible(pilot)[0].endswith(score_words(session.assessment.overall))
        assert "1 danger · Loi : " in visible(pilot)[1]
        assert all(len(line) <= 80 for line in visible(pilot))

        await pilot.press("down", "down", "enter")
        fact = "Connu, encore sur l'ancienne ligne, déclaré"
        await wait_for(pilot, lambda: shows(pilot, fact), "a criterion unfolds")
        await pilot.press("left")
        await wait_for(pilot, lambda: not shows(pilot, fact), "folded")


async def test_three_sides_by_tab_and_digits_two_beside_each_other_in_the_room(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), (160, 50)) as pilot:
        await opened(pilot)
        await wait_for(pilot, lambda: shows(pilot, "À faire"))
        assert shows(pilot, "Ce que la loi demande")
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: not shows(pilot, "À faire"))

        await pilot.press("tab")
        await wait_for(pilot, lambda: shows(pilot, "[Préconisations]"))
        await pilot.press("quotation_mark")
        await wait_for(pilot, lambda: shows(pilot, "Premier audit de cette école"))
        await pilot.press("ampersand")
        await wait_for(pilot, lambda: shows(pilot, "[Constats]"))


async def test_a_finding_leads_to_what_cures_it_and_to_the_question_of_a_fact(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        outline = bilan.query_one("#findings", Outline)
        outline.go_to("alerte/wifi-coupe-hors-usage")
        before = dict(session.facts.answers)
        await pilot.press("enter", "right")
        await wait_for(pilot, lambda: on(pilot, VisitScreen), "the visit")
        visit = pilot.app.screen
        assert isinstance(visit, VisitScreen)
        await wait_for(pilot, lambda: shows(pilot, "coupe le Wi-Fi"), "the question")
        assert session.place_name(visit.visiting.key[0]).endswith("petits et moyens")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is bilan, "back")
        assert outline.line
        assert outline.line.key == "alerte/wifi-coupe-hors-usage"
        assert session.facts.answers == before

        await pilot.press("home", "p")
        await wait_for(pilot, lambda: bilan.advice == "mettre-hors-danger", "danger")
        offered = {command for _, command in cast("DiagApp", pilot.app).offered()}
        assert GoAdvice not in offered, "nothing cures an advice"
        await pilot.press("1", "home", "down", "p")
        await wait_for(pilot, lambda: shows(pilot, "Aucune préconisation"), "none")
        await pilot.press("down", "down", "p")
        law = "permettre-la-coupure-du-wifi"
        await wait_for(pilot, lambda: bilan.advice == law, "the law")


async def test_what_moved_since_the_last_audit_leads_to_its_question_and_its_cure(
    tmp_path: Path,
) -> None:
    with audited_workspace(tmp_path / "w") as made:
        step = FollowUp(recommendation="passer-a-la-fibre", state=FollowUpState.DECIDEE)
        add_step(open_session(made, SCHOOL), step)
        later = made.settings.model_copy(update={"campaign": "2027-2028"})
        made.keep_settings(later)
    async with running(app_on(tmp_path / "w"), SIZE) as pilot:
        await opened(pilot)
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        outline = bilan.query_one("#evolution", Outline)
        await pilot.press("3", "end", "enter", "end")
        assert outline.line
        advised = outline.line.key
        outline.go_to("detail")
        while not outline.line.key.startswith("evolution/1/"):
            await pilot.press("down")
        for key in ("decide/passer-a-la-fibre", outline.line.key, advised):
            outline.go_to(key)
            await pilot.press("right")
            await wait_for(pilot, lambda: on(pilot, VisitScreen), f"asks of {key}")
            await pilot.press("escape")
            await wait_for(pilot, lambda: pilot.app.screen is bilan, "back")
            assert outline.line.key == key
        outline.go_to("decide/passer-a-la-fibre")
        await pilot.press("p")
        await wait_for(pilot, lambda: bilan.advice == "passer-a-la-fibre", "its cure")


async def test_an_advice_moves_is_followed_step_by_step_and_set_aside_with_a_reason(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        ident = await to_first_advice(pilot)

        def order() -> list[str]:
            return [one.id for one in report_of(session).plan.actions if not one.under]

        before = order()
        await pilot.press("b")
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        await wait_for(pilot, lambda: order()[:2] == [before[1], before[0]], "moved")
        assert bilan.advice == before[0] == ident, "the cursor follows"
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: order() == before, "back")
        assert bilan.advice == ident

        await pilot.press("s")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog))
        await pilot.press("enter", *"2/10", "enter", *"Conseil", "enter", *"vote")
        await pilot.press("enter")
        await wait_for(pilot, lambda: session.follow_ups, "a step")
        step = session.follow_ups[-1]
        assert (step.recommendation, step.state) == (ident, "decidee")
        assert (step.by, step.why, step.on) == ("Conseil", "vote", "2026-10-02")
        await wait_for(pilot, lambda: shows(pilot, "décidée,"))
        await pilot.press("s")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog))
        await pilot.press("down", "f2")
        await wait_for(pilot, lambda: len(session.follow_ups) > 1, "another step")
        assert session.follow_ups[-1].state == "financee"
        assert session.follow_ups[0] == step

        steps = session.follow_ups
        await wait_for(pilot, lambda: on(pilot, BilanScreen), "the bilan")
        await pilot.press("e")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog))
        await pilot.press("tab", "tab", *"Maire", "f2")
        await wait_for(pilot, lambda: on(pilot, Notice), "a reason")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Maire"), "what was typed")
        assert session.follow_ups == steps
        await pilot.press(*"travaux", "enter")
        await wait_for(pilot, lambda: session.follow_ups != steps)
        assert session.follow_ups[-1].state == "ecartee"


@pytest.mark.long  # the gate refuses one in `test_form`
async def test_a_wrong_date_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await to_first_advice(pilot)
        await pilot.press("s")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog))
        await pilot.press("tab", "end", "9", "9", "f2")
        await wait_for(pilot, lambda: shows(pilot, "n'est pas une date"))
        assert not session.follow_ups


async def test_own_advice_is_added_told_and_taken_away(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("n")
        await wait_for(pilot, lambda: on(pilot, OwnAdviceDialog))
        await pilot.press("enter", *"Peindre", "enter", "enter", *"é(à", "f2")
        await wait_for(pilot, lambda: remarks.own_advice(session))
        (own,) = remarks.own_advice(session).values()
        assert (own.title, own.cents) == ("Peindre", 25_000)
        await wait_for(pilot, lambda: shows(pilot, "Peindre"))
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        assert bilan.advice == own.id
        await pilot.press("delete")
        await wait_for(pilot, lambda: on(pilot, Confirm))
        await pilot.press("o")
        await wait_for(pilot, lambda: not remarks.own_advice(session))


@pytest.mark.long  # the gate refuses one in `test_form`
async def test_a_wrong_delay_is_refused_and_the_form_stays(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("n")
        await wait_for(pilot, lambda: on(pilot, OwnAdviceDialog))
        await pilot.press("tab", *"Peindre", "tab", "tab", "tab", *"bientôt", "enter")
        await wait_for(pilot, lambda: shows(pilot, "refusé"))
        assert not remarks.own_advice(session)


@pytest.mark.long  # the gate words anew in `test_reword`, and by this key below
async def test_rewording_shows_the_result_and_keeps_each_part(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        ident = await to_first_advice(pilot)
        await pilot.press("t")
        await wait_for(pilot, lambda: on(pilot, RewordScreen))
        await wait_for(pilot, lambda: shows(pilot, "(n°\u00a01)"), "the preview")
        await pilot.press("ctrl+home", *"Vite", "question_mark", "space")
        await wait_for(pilot, lambda: shows(pilot, "Vite?"), "the live preview")
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "[l'équipe]"))
        words = remarks.current_wording(session, ident, Audience.MAIRIE)
        assert words.title.startswith("Vite? ")
        await pilot.press("f3", "f3", "f3")
        await wait_for(pilot, lambda: shows(pilot, "[la mairie]"))
        await pilot.press("f5", "o")
        await wait_for(
            pilot,
            lambda: (
                remarks.current_wording(session, ident, Audience.MAIRIE)
                == remarks.declared_wording(session, ident, Audience.MAIRIE)
            ),
        )
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen))


@pytest.mark.long  # the gate shows such words in `test_hostile`
async def test_hostile_words_are_printed_as_they_are(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        ident = await to_first_advice(pilot)
        reworded = HOSTILE.replace("{inconnu}", "{ inconnu")
        advising.reword(session, ident, Audience.MAIRIE, {"title": reworded})
        advising.add_own(session, HOSTILE, owner="ecole", why=HOSTILE)  # type: ignore[arg-type]  # a StrEnum's text
        await pilot.press("t")
        await wait_for(pilot, lambda: shows(pilot, "[a[0]]"))
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen))
        await wait_for(pilot, lambda: shows(pilot, "[/ [a[0]]"))
        await pilot.press("enter", "down", "down", "s")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog))
        assert shows(pilot, "[/ [a[0]]")


@pytest.mark.long  # the gate writes a draft and finds it, below
async def test_reports_are_written_and_their_place_told_or_why_they_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(bilan_acts, "write_reports", write_pages)
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("o")
        assert on(pilot, BilanScreen)
        exports = report_folder(session).parent
        exports.write_text("", encoding="utf-8")
        await pilot.press("r")
        await wait_for(pilot, lambda: on(pilot, Notice), "it cannot be")
        assert shows(pilot, "exports")
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen), "the bilan")
        assert not shows(pilot, "documents : o")
        exports.unlink()

        await pilot.press("r")
        await wait_for(pilot, lambda: shows(pilot, "rapports sont écrits"), "told")
        assert shows(pilot, "documents : o")
        await pilot.press("2", "down", "1")  # nothing opened over what one does
        assert on(pilot, BilanScreen)
        await pilot.press("o")
        await wait_for(pilot, lambda: on(pilot, WrittenDialog), "the files")
        folder = report_folder(session)
        assert {path.stem for path in folder.glob("*.html")} == set(READERS)
        assert shows(pilot, "Provisoires")
        assert shows(pilot, "Note à l'académie")
        for key in ("o", "d"):
            await pilot.press(key)
            await wait_for(pilot, lambda: shows(pilot, "C'est là"), "nothing opens")
            await pilot.press("escape")
            await wait_for(pilot, lambda: on(pilot, WrittenDialog), "the files again")
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen))


@pytest.mark.long  # the gate has them told after one left the bilan
async def test_reports_written_while_one_does_something_else_are_told_in_passing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bilan_acts, "write_reports", write_pages)
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        folder = report_folder(session)
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        await pilot.press("n")
        await wait_for(pilot, lambda: on(pilot, OwnAdviceDialog), "the form")
        bilan.on_write_reports()
        await wait_for(pilot, lambda: shows(pilot, "rapports sont écrits"), "told")
        assert on(pilot, OwnAdviceDialog)
        assert {path.stem for path in folder.glob("*.html")} == set(READERS)


async def test_closing_says_what_is_to_be_checked_and_accepting_alone_asks_first(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("a")
        await wait_for(pilot, lambda: on(pilot, ChooseDialog))
        await pilot.press(*"clore", "enter")
        await wait_for(pilot, lambda: on(pilot, Confirm))
        assert shows(pilot, "sans décision")
        await pilot.press("enter")
        await wait_for(pilot, lambda: on(pilot, BilanScreen))
        assert session.status is AuditStatus.EN_COURS
        await pilot.press("a")
        await wait_for(pilot, lambda: on(pilot, ChooseDialog))
        await pilot.press("enter")
        await wait_for(pilot, lambda: on(pilot, Confirm))
        await pilot.press("o")
        await wait_for(pilot, lambda: session.status is AuditStatus.SOUMIS)
        await wait_for(pilot, lambda: shows(pilot, "Audit soumis"))

        question = min(session.snapshot.public.checklist.questions)
        noted = partial(changes.noted, session.audit.id, session.facts.root, question)
        await pilot.press("a")
        await wait_for(pilot, lambda: on(pilot, ChooseDialog))
        session.record(noted("Revu."))
        await pilot.press(*"accepter", "enter")
        await wait_for(pilot, lambda: on(pilot, Confirm))
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "facultatif"), "a word")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Rien n'est accepté"), "refused")
        await wait_for(pilot, lambda: session.status is AuditStatus.SOUMIS, "as it was")

        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen), "the bilan")
        await pilot.press("a")
        await wait_for(pilot, lambda: on(pilot, ChooseDialog))
        await pilot.press(*"accepter", "enter")
        await wait_for(pilot, lambda: shows(pilot, "L'accepter seul ?"), "asked")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "facultatif"), "a word")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "accepté par son auteur"), "shown")
        session.record(noted("Revu encore."))
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        bilan.show_all()
        await wait_for(pilot, lambda: shows(pilot, "Descellé (1 modif"), "unsealed")
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(pilot, "L'audit est descellé"), "the state")
        await wait_for(pilot, lambda: shows(pilot, "Accepter"), "may be accepted anew")


async def test_supposing_is_marked_writes_nothing_and_is_kept_as_a_scenario(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        digest = session.digest
        now = score_words(session.assessment.overall)
        await pilot.press("i")
        await wait_for(pilot, lambda: on(pilot, SupposeScreen))
        await wait_for(pilot, lambda: shows(pilot, BANNER))
        await pilot.press("f")
        await wait_for(pilot, lambda: " → " in visible(pilot)[2])
        assert "/an · 37 à 39 → " in visible(pilot)[2]
        await pilot.press("n")
        await wait_for(pilot, lambda: on(pilot, ChooseDialog))
        await pilot.press(*"classe ce2 prises reseau", "enter")
        await wait_for(pilot, lambda: shows(pilot, "nombre entier"))
        await pilot.press(*"abc", "enter")
        refused = "Prises réseau vues : « abc » n'est pas un nombre"
        await wait_for(pilot, lambda: shows(pilot, refused), "refused")
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, Ask), "still typed")
        assert pilot.app.screen.query_one(Input).value == "abc"
        await pilot.press("ctrl+u", "3", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Classe CE2, Prises réseau"))
        screen = pilot.app.screen
        assert isinstance(screen, SupposeScreen)
        assert isinstance(screen.suppositions[-1], SupposedAnswer)
        await pilot.press("delete")
        await wait_for(pilot, lambda: not shows(pilot, "Classe CE2, Prises réseau"))
        assert session.digest == digest

        await pilot.press("g")
        await wait_for(pilot, lambda: shows(pilot, "Nom du scénario"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "porte un nom"), "refused")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Nom du scénario"), "still asked")
        await pilot.press(*"La fibre", "enter")
        await wait_for(pilot, lambda: len(scenarios(session)) == 1)
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen))
        assert visible(pilot)[0].endswith(now)
        await pilot.press("i")
        await wait_for(pilot, lambda: shows(pilot, "Rien n'est supposé"))
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Reprendre quel scénario"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "et si… Accès à Internet"))
        await pilot.press("x")
        await wait_for(pilot, lambda: shows(pilot, "Oublier quel scénario"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: scenarios(session) == ())


async def test_choices_rooms_and_classes_are_supposed_by_their_keys(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        await opened(pilot)
        await pilot.press("i")
        await wait_for(pilot, lambda: on(pilot, SupposeScreen))
        await pilot.press("n")
        await wait_for(pilot, lambda: shows(pilot, "Quelle question"))
        await pilot.press(*"freins", "enter")
        await wait_for(pilot, lambda: shows(pilot, "« ? » : pas connu"))
        assert shows(pilot, "1\u00a0Le débit")
        assert not shows(pilot, "appareils (")
        await pilot.press(*"12", "enter")
        await wait_for(pilot, lambda: shows(pilot, "et si… Freins déclarés"))
        assert shows(pilot, "Le débit, les pannes")
        await pilot.press("d")
        await wait_for(pilot, lambda: shows(pilot, "Dédoubler quelle classe"))
        assert shows(pilot, "Classe CE1")
        assert not shows(pilot, "Bibliothèque")
        await pilot.press(*"ce1", "enter")
        await wait_for(pilot, lambda: shows(pilot, "donne son équipement"))
        await pilot.press(*"bibli", "enter")
        await wait_for(pilot, lambda: shows(pilot, "l'équipement de Bibliothèque"))
        await pilot.press("p")
        await wait_for(pilot, lambda: shows(pilot, "Nom de la salle de plus"))
        await pilot.press(*"Annexe", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Équipée comme laquelle"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "une salle de plus : Annexe, vide"))
        await pilot.press("c")
        await wait_for(pilot, lambda: shows(pilot, "Quelle salle ferme"))
        await pilot.press(*"cm1", "enter")
        await wait_for(pilot, lambda: shows(pilot, "salle fermée : Classe CM1-CM2"))


@pytest.mark.parametrize("size", cases([SIZE, (100, 30), (160, 50)], (100, 30)))
async def test_the_footer_holds_and_escape_goes_back(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(audited_app(tmp_path / "w"), size) as pilot:
        await opened(pilot)
        footer = visible(pilot)[-1]
        words = ("Question", "À chaud", "Suite", "Rapports", "Et si…")
        for word in words if size[0] >= WIDE else words[:-1]:
            assert word in footer
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, SchoolScreen))


def test_every_command_says_what_it_does_in_french() -> None:
    for command in BILAN_COMMANDS:
        assert command.help_text()
        assert command.TITLE
        assert hasattr(BilanScreen, command.handler_name)


def test_the_price_stays_on_one_line_of_eighty_columns() -> None:
    socle, costs = "non atteint", "37 950 € + entre 1 000 et 3 475 € par an"
    whole = "Indispensable : non atteint · 600 €, TTC"

    assert cost_line(socle, "600 €") == whole
    assert cost_line(socle, costs) == f"Indispensable : non atteint · {costs}, TTC"
    wide = "entre 111 714 et 112 164 € + au moins 3 071 € par an"
    assert cost_line(socle, wide) == "Indispensable : non atteint"
    assert cost_line(socle, "") == "Indispensable : non atteint"


async def test_reports_written_after_one_left_the_bilan_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Event()

    def written_late(*args: Any) -> list[WrittenFile]:
        assert left.wait(30)
        return list(write_pages(*args))

    monkeypatch.setattr(bilan_acts, "write_reports", written_late)
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("r")
        writing = partial(described, pilot.app, "reports")
        await wait_for(pilot, writing, "reports are written")
        assert "Report" not in writing()
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, SchoolScreen), "the school")
        left.set()
        await wait_for(pilot, lambda: shows(pilot, "rapports sont écrits"), "told")
        assert on(pilot, SchoolScreen)
        folder = report_folder(session)
        assert {path.stem for path in folder.glob("*.html")} == set(READERS)


async def asked(pilot: Pilot[None]) -> BilanScreen:
    """Open the bilan and ask what to draft."""
    app = pilot.app
    assert isinstance(app, DiagApp)
    app.go_bilan(SCHOOL)
    await wait_for(pilot, lambda: shows(pilot, "Ce que la loi demande"), "the law")
    bilan = app.screen
    assert isinstance(bilan, BilanScreen)
    bilan.post_message(DraftPaper())
    await wait_for(pilot, lambda: isinstance(app.screen, ChooseDialog), "the list")
    return bilan


async def test_a_draft_is_written_beside_the_reports_unless_one_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with audited_app(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        bilan = await asked(pilot)
        assert shows(pilot, DRAFTS[DraftKind.NOTE].title)
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is bilan, "the bilan")
        assert not report_folder(bilan.session).exists(), "nothing is written"
        exports = report_folder(bilan.session).parent
        exports.write_text("", encoding="utf-8")
        bilan = await asked(pilot)
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: on(pilot, Notice), "it cannot be")
        assert shows(pilot, "exports")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is bilan, "the bilan")
        exports.unlink()
        bilan = await asked(pilot)
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: shows(pilot, "documents : o"), "told")
        assert pilot.app.screen is bilan
        await pilot.press("o")
        await wait_for(
            pilot, lambda: isinstance(pilot.app.screen, WrittenDialog), "the files"
        )
        await wait_for(pilot, lambda: shows(pilot, "prêt à compléter"), "the title")
        folder = report_folder(bilan.session)
        assert (folder / "deliberation.odt").stat().st_size
        assert shows(pilot, "Provisoire : l'audit n'est pas clos")
        monkeypatch.setenv("PATH", "")  # nothing opens: it is said where it is
        for key, there in (("o", folder / "deliberation.html"), ("d", folder)):
            await pilot.press(key)
            await wait_for(pilot, lambda: on(pilot, Notice), "told")
            assert isinstance(told := pilot.app.screen, Notice)
            assert told.text.endswith(f"C'est là : {there}")
            await pilot.press("escape")
            await wait_for(pilot, lambda: on(pilot, WrittenDialog), "the files again")


async def test_a_closed_audit_is_not_reopened_by_enter_alone(tmp_path: Path) -> None:
    closed_workspace(tmp_path / "w").close()
    async with running(app_on(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        for answer in ("enter", "o"):
            await pilot.press("a")
            await wait_for(pilot, lambda: on(pilot, ChooseDialog), "the moves")
            await pilot.press("enter")
            await wait_for(pilot, lambda: on(pilot, Confirm), "asked first")
            assert shows(pilot, "gèlera une autre liste")
            assert session.status is AuditStatus.CLOS
            await pilot.press(answer)
            await wait_for(pilot, lambda: on(pilot, BilanScreen), "answered")
        await wait_for(pilot, lambda: session.status is AuditStatus.EN_COURS, "open")
