"""The names of colleagues, learnt where their words come from."""

from collections.abc import Mapping

from diag.desk.privacy.erasures_kept import FORGOTTEN
from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting
from diag.model.text import clean_line


def meet(workspace: Workspace, told: Mapping[str, str]) -> None:
    """Learn the names of people unknown here; those known keep theirs.

    Who was forgotten is not learnt again.
    """
    if not workspace.knows_author:
        return
    settings = workspace.settings
    gone = get_setting(workspace.journal, FORGOTTEN, ())
    unknown = {
        label: clean_line(name) for label, name in told.items() if label not in gone
    }
    people = {**unknown, **settings.people}
    if people != settings.people:
        workspace.keep_settings(settings.model_copy(update={"people": people}))
