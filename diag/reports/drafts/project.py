"""A pedagogical project that the team finishes: one page of its own words, mostly."""

from diag.model.enums import Audience
from diag.reports.drafts.school import (
    action_table,
    criteria_table,
    draft,
    first_actions,
)
from diag.reports.layout import table
from diag.reports.report import Report

READER = Audience.EQUIPE
USES = 3
"""So many uses to choose: a page that promises more is not kept."""

_BLANK = "à compléter"


def project(report: Report) -> str:
    """Return the Markdown of a draft pedagogical project."""
    told: dict[str, object] = {
        "project": criteria_table(
            report, "Projet et usages", ("GOV", "USG", "PER"), READER
        ),
        "training": criteria_table(report, "Formation", ("FOR",), READER),
        "uses": table(
            "Trois usages, pas davantage",
            ("Usage", "Classes", "Quand", "Avec quoi", "Ce que l'élève apprend"),
            [(f"Usage {rank}", *(_BLANK,) * 4) for rank in range(1, USES + 1)],
        ),
        "first": action_table(
            report, first_actions(report), READER, "Ce qui doit venir d'abord"
        ),
        "follow_up": table(
            "Ce que l'on regardera",
            ("Indicateur", "Aujourd'hui", "Dans un an"),
            [
                ("Classes qui pratiquent l'usage chaque semaine", _BLANK, _BLANK),
                ("Élèves qui manipulent eux-mêmes", _BLANK, _BLANK),
                ("Maîtres formés à cet usage", _BLANK, _BLANK),
            ],
        ),
    }
    return draft("projet-pedagogique", report, READER, told, "l'équipe de l'école")
