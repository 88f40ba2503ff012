"""Subjects that the territory does not hold, as the audits that came here told them."""

from typing import Any

from pydantic import ValidationError

from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.auditee import Auditee, school_auditee
from diag.model.territory import School

_SCHOOLS = "schools_told"
_OTHERS = "subjects_told"


def remember(workspace: Workspace, told: Auditee) -> None:
    """Keep who came with an audit; what the territory knows needs no keeping."""
    school = told.school
    if school is None:
        _keep(workspace, _OTHERS, told.ref, told.model_dump(mode="json"))
    elif workspace.territory.school(school.uai) is None:
        _keep(workspace, _SCHOOLS, school.uai, school.model_dump(mode="json"))


def told_here(workspace: Workspace, ref: str) -> Auditee | None:
    """Return a subject as the last audit that came with it told it."""
    try:
        school = _kept(workspace, _SCHOOLS).get(ref)
        if school is not None:
            return school_auditee(School.model_validate(school))
        return Auditee.model_validate(_kept(workspace, _OTHERS)[ref])
    except (KeyError, ValidationError):
        return None


def _keep(workspace: Workspace, key: str, ref: str, body: dict[str, Any]) -> None:
    kept = _kept(workspace, key)
    if kept.get(ref) != body:
        put_setting(workspace.journal, key, {**kept, ref: body})


def _kept(workspace: Workspace, key: str) -> dict[str, Any]:
    found = get_setting(workspace.journal, key)
    return found if isinstance(found, dict) else {}
