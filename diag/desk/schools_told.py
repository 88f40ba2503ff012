"""Schools that the territory does not hold, as the audits that came here told them."""

from typing import Any

from pydantic import ValidationError

from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.territory import School

_KEY = "schools_told"


def remember_school(workspace: Workspace, told: School) -> School:
    """Keep a school that came with an audit; return it as this workspace knows it."""
    known = workspace.territory.school(told.uai)
    if known is not None:
        return known
    kept = _kept(workspace)
    body = told.model_dump(mode="json")
    if kept.get(told.uai) != body:
        put_setting(workspace.journal, _KEY, {**kept, told.uai: body})
    return told


def school_told(workspace: Workspace, uai: str) -> School | None:
    """Return a school as the last audit that came with it told it."""
    try:
        return School.model_validate(_kept(workspace)[uai])
    except (KeyError, ValidationError):
        return None


def _kept(workspace: Workspace) -> dict[str, Any]:
    found = get_setting(workspace.journal, _KEY)
    return found if isinstance(found, dict) else {}
