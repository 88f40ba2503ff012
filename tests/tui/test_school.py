"""The school's screen tells what became of its audits."""

from pathlib import Path

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import is_claimed, move
from diag.audit.report import report_folder
from diag.audit.session import start
from diag.journal import changes
from diag.model.audit import Answer, Dispatch, Way
from diag.model.enums import Audience, AuditStatus
from diag.tui.bilan import BilanScreen
from diag.tui.school import SchoolScreen
from diag.tui.visit import VisitScreen
from tests.audit.audited import audited_workspace
from tests.tui.builders import app_on, new_app
from tests.tui.routes import look_for
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

SCHOOL = "9990148G"
SENT = Dispatch(
    id="00000000-0000-4000-8000-00000000000a",
    audience=Audience.MAIRIE,
    to=("mairie@courvaux-sur-ombre.example",),
    on="2026-10-05",
    way=Way.SMTP,
)


async def test_what_was_sent_stands_under_its_audit(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        session = start(app.desk.workspace, SCHOOL)
        session.record(changes.dispatched(session.audit.id, SENT))
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        assert isinstance(app.screen, SchoolScreen)
        assert shows(pilot, "05/10/2026 la mairie : envoyé à")


async def test_the_bilan_opens_by_its_key_of_the_visit_or_a_capital(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    start(app.desk.workspace, SCHOOL)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        await look_for(pilot, "appel aux secours")
        await wait_for(pilot, lambda: shows(pilot, "Par où passe l'appel"), "found")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "visit")
        await wait_for(pilot, lambda: shows(pilot, "Par où passe l'appel"), "asked")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school again")
        for key in ("f9", "B"):
            await pilot.press(key)
            await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), key)
            await pilot.press("escape")
            await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "back")


async def test_the_audit_of_another_campaign_is_opened_and_says_its_state(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    old = start(app.desk.workspace, SCHOOL, "2024-2025")
    record_answer(old, NewAnswer("debit_descendant", "40"))
    move(old, AuditStatus.SOUMIS)
    move(old, AuditStatus.ACCEPTE, alone=True)
    move(old, AuditStatus.CLOS)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Quel audit ouvrir"), "asked")
        await pilot.press(*"bilan", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
        await wait_for(pilot, lambda: shows(pilot, "2024-2025, clos"), "its state")
        await pilot.press("v")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "visit")
        assert app.desk.session(SCHOOL).audit.campaign == "2024-2025"
        assert app.desk.recent is None

        await pilot.press("escape", "v")
        await wait_for(pilot, lambda: shows(pilot, "ce qui a changé"), "what changed")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "visit")
        await wait_for(pilot, lambda: app.desk.recent, "where one is")
        assert app.desk.session(SCHOOL).audit.campaign == "2026-2027"


async def test_a_closed_audit_is_written_into_once_confirmed(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    session = start(app.desk.workspace, SCHOOL)
    root = session.facts.root
    for status in (AuditStatus.SOUMIS, AuditStatus.ACCEPTE, AuditStatus.CLOS):
        move(session, status, alone=True)

    def heads() -> tuple[Answer, ...]:
        facts = app.desk.session(SCHOOL).facts
        return facts.answers.get((root, "debit_descendant"), ())

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_visit(SCHOOL, root, "debit_descendant")
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the question")
        await pilot.press(*"40", "enter")
        await wait_for(pilot, lambda: shows(pilot, "y écrire quand même"), "asked")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Rien n'est écrit"), "no")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "back")
        assert not heads()
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "y écrire quand même"), "again")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "l'audit était clos"), "written")
        assert len(heads()) == 1

        assert isinstance(app.screen, VisitScreen)
        assert app.screen.visiting.question.id != "debit_descendant"  # one went on
        app.screen.go_to((root, "debit_descendant"))
        await pilot.press(*"41", "enter")
        await wait_for(pilot, lambda: [one.value for one in heads()] == [41], "once")


async def test_an_audit_opened_by_mistake_is_not_counted_until_something_is_said(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "à commencer"), "the school")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        await pilot.press("escape")
        told = "ouvert, rien n'y est encore dit"
        await wait_for(pilot, lambda: shows(pilot, told), "only opened")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "0 audit en"), "none begun")
        assert not shows(pilot, "en cours")

        app.go_visit(SCHOOL, app.desk.session(SCHOOL).facts.root, "nb_classes")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        await pilot.press("6", "enter")
        app.go_territory()
        await wait_for(pilot, lambda: shows(pilot, "1 audit en"), "begun")
        assert shows(pilot, "en cours")


async def test_a_school_that_left_the_directory_says_since_when(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        territory = app.desk.workspace.territory
        with territory.transaction():
            territory.mark_vanished([SCHOOL], territory.today())
        app.go_school(SCHOOL)
        told = "l'import du 05/10/2026 : fermée ?"
        await wait_for(pilot, lambda: shows(pilot, told), "since when")


async def test_one_key_says_that_one_is_on_the_audit_and_no_longer(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    session = start(app.desk.workspace, SCHOOL)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        await pilot.press("y")
        await wait_for(pilot, lambda: shows(pilot, "vous y êtes jusqu'au"), "said")
        assert is_claimed(session)
        await pilot.press("y")
        await wait_for(pilot, lambda: not shows(pilot, "vous y êtes"), "left")
        assert not is_claimed(session)


async def test_questionnaires_are_written_and_come_back_before_any_visit(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_to_show(pilot, "à commencer", "q Questionnaires")
        await pilot.press("q")
        await wait_to_show(pilot, "en cours, 0 réponse")
        folder = report_folder(app.desk.session(SCHOOL))
        for whom in ("commune", "direction", "equipe", "prestataire"):
            form = folder / f"questionnaire-{whom}.html"
            await wait_for(pilot, form.exists, whom)
            assert 'data-format="diag-form"' in form.read_text("utf-8")
        await pilot.press("p")
        await wait_to_show(pilot, "o lit un formulaire revenu")
        await pilot.press("escape")
        move(app.desk.session(SCHOOL), AuditStatus.CLOS)
        await pilot.press("q")
        await wait_to_show(pilot, "est clos", "rien n'y est plus demandé")


async def test_both_audits_of_a_school_are_compared_line_by_line(
    tmp_path: Path,
) -> None:
    with audited_workspace(tmp_path / "w") as made:
        made.keep_settings(made.settings.model_copy(update={"campaign": "2027-2028"}))
        start(made, SCHOOL)
    app = app_on(tmp_path / "w")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        await pilot.press("c")
        await wait_to_show(pilot, "Comparaison")
        for row in ("Accès à Internet 27 → 0 à 100", "Ensemble 37 à 39 → 0 à 100"):
            assert row in [" ".join(one.split()) for one in visible(pilot)]
