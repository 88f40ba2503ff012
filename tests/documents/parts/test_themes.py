"""The long tail of actions: counted by theme, priced, found again by their numbers."""

import re

from diag.assess.words import Money, added
from diag.documents.parts.advice import ELSEWHERE, themes, themes_table
from diag.model.enums import Audience
from tests.documents.builders import CHECKLIST, recommendation, report


def test_every_action_is_in_one_theme_in_the_order_of_the_checklists() -> None:
    extra = recommendation("sans-domaine", "projet", 2, "Ailleurs")
    every = {
        **CHECKLIST.recommendations,
        "ranger": CHECKLIST.recommendations["ranger"].model_copy(
            update={"domain": "securite"}
        ),
        "sans-domaine": extra.model_copy(update={"domain": ""}),
    }
    told = report(checklist=CHECKLIST.model_copy(update={"recommendations": every}))
    found = themes(told, told.plan.actions)
    assert [one.title for one in found] == ["Accès et réseau", "Sécurité", ELSEWHERE]
    refs = [action.ref for theme in found for action in theme.actions]
    assert sorted(refs) == sorted(one.ref for one in told.plan.actions)


def test_a_theme_is_counted_and_priced_and_names_its_first() -> None:
    told = report()
    table = themes_table(told, told.plan.actions, Audience.MAIRIE, "Reste", priced=True)
    (row,) = table.split("\n")[4:]
    paid = added(row.total for row in told.budget.rows)
    assert paid != Money()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:2] == ["Accès et réseau", str(len(told.plan.actions))]
    assert cells[2] == str(paid)
    assert cells[3] == "Mettre en place un filtrage"
    assert re.findall(r"\d+", cells[4]) == [one.number for one in told.plan.actions]


def test_a_theme_that_costs_nothing_says_so() -> None:
    told = report()
    free = [one for one in told.plan.actions if one.advice.cost.free]
    assert "sans dépense" in themes_table(
        told, free, Audience.MAIRIE, "Reste", priced=True
    )
