"""The school's screen tells what became of its audits."""

from pathlib import Path

from diag.desk.audits import start
from diag.journal import changes
from diag.model.checklist import Audience
from diag.model.dispatch import Dispatch, Way
from diag.tui.screens.school import SchoolScreen
from tests.tui.builders import new_app
from tests.tui.waiting import shows, wait_for

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
        session.say(changes.dispatched(session.audit.id, SENT))
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
        assert isinstance(app.screen, SchoolScreen)
        assert shows(pilot, "05/10/2026 mairie : envoyé à")
