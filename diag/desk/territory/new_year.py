"""A new school year: whether one has begun since the campaign in which one works."""

from diag.desk.workspace import Workspace
from diag.model.campaign import school_year


def year_begun(workspace: Workspace) -> str:
    """Return the school year of today when the campaign is an older one; else nothing.

    Campaigns are named after school years: their names are in order.
    """
    year = school_year(workspace.world.today())
    return year if year > workspace.campaign else ""


def year_sentence(year: str, how: str) -> str:
    """Return what is said of a year that has begun, and how one goes on to it."""
    return f"Une nouvelle année scolaire a commencé : {year} ({how})."
