"""The app on the invented territory, in a world that is the same each time."""

from datetime import date
from pathlib import Path

from diag.tui.app import DiagApp
from diag.workspace.workspace import fixed_world
from tests.audit.audited import audited_workspace
from tests.audit.builders import DAY, OTHER, SCHOOL, workspace
from tests.shared import copy_once_made

__all__ = ["DAY", "OTHER", "SCHOOL", "app_on", "audited_app", "new_app"]


def app_on(folder: Path, seed: int = 5, day: date = DAY) -> DiagApp:
    """Return an app on a workspace that exists, or does not yet."""
    return DiagApp(folder, fixed_world(day, seed))


def new_app(folder: Path) -> DiagApp:
    """Return an app on a workspace that knows the invented schools, no audit begun."""
    copy_once_made("new", lambda made: workspace(made).close(), folder)
    return app_on(folder)


def audited_app(folder: Path) -> DiagApp:
    """Return an app where one school was audited in full, still open."""
    audited_workspace(folder).close()
    return app_on(folder)
