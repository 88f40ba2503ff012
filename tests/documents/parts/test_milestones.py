"""The dates of page 2 are rows of the tables, or facts: none is in the code."""

import re
from collections.abc import Mapping
from datetime import date

import pytest

from diag.assess.terms import next_day, year_day
from diag.audit.report import Report, report_of
from diag.documents.blocks import drawings_in
from diag.documents.drawings import FULL, WIDTH
from diag.documents.parts.budget import calendar_of, milestones, milestones_table
from diag.model.checklist import Finance
from diag.model.enums import Milestone
from diag.words.sentences import typeset
from tests.audit.audited import audited, audited_workspace
from tests.documents.builders import changed
from tests.shipped import shipped


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("dated")
    with audited_workspace(folder / "desk") as made:
        return report_of(audited(made)).public


def lines(told: Report, finances: Mapping[str, Finance] | None = None) -> list[str]:
    if finances is not None:
        checklist = told.checklist.model_copy(update={"finances": finances})
        told = changed(told, checklist=checklist)
    return [f"{one.when} | {one.what}" for one in milestones(told)]


def test_the_dates_are_in_order_each_with_where_it_was_read(told: Report) -> None:
    found = lines(told)
    assert [one.partition(" | ")[0] for one in found] == [
        "Dès réception",
        "Conseil du 11 décembre 2026",
        "Du 15 décembre 2026 au 31 janvier 2027",
        "15 avril 2027",
        "De juillet à août 2027",
        "31 janvier 2028",
        "15 avril 2028",
        "De juillet à août 2028",
    ]
    # Page 2 names the room too, and has one colon.
    assert found[0].endswith(", Classe des petits et moyens (340\u00a0€ TTC).")
    assert found[0].count(" : ") == 1
    assert "(jour déclaré, à confirmer)" in found[1]
    assert "(S325, relevé : 2021, à confirmer)" in found[2]
    assert "le budget 2027 est voté avant cette date (S320, relevé" in found[3]
    ending = "31 janvier 2028 | Vote 1 : fermeture technique du cuivre (constaté)."
    assert found[5] == ending


def test_the_dates_are_drawn_at_their_distance_and_listed_in_words(
    told: Report,
) -> None:
    days = milestones(told)
    drawn = calendar_of(days)
    assert drawn
    assert drawn.title.startswith(typeset("7 dates du 11 décembre 2026 au "))
    assert drawn.title.endswith(", dont 6 à confirmer")
    assert len(drawn.lacks) == 7
    marks = re.findall(
        r'<rect rx="5" fill="([^"]+)"[^>]* x="(\d+)" y="\d+" width="(\d+)"',
        drawn.wide.body,
    )
    assert [tone for tone, *_ in marks].count(FULL) == 1
    starts = [int(x) for _, x, _ in marks]
    assert starts == sorted(starts)
    assert all(int(x) + int(wide) <= WIDTH for _, x, wide in marks)
    # 125 days to the budget, 416 to the end of copper.
    ratio = (starts[4] - starts[0]) / (starts[2] - starts[0])
    assert abs(ratio - 416 / 125) < 0.1
    (source,) = drawings_in([milestones_table(days)])
    for day in days[1:]:
        assert typeset(day.when) in source
        assert typeset(day.when) in drawn.words
    assert calendar_of(days[:2]) is None


def test_a_date_that_no_row_gives_is_to_be_asked(told: Report) -> None:
    found = lines(told, {})
    assert not [one for one in found if "avril" in one or "janvier 2027" in one]
    assert any(
        one.startswith("Budget 2027 | Vote") and "la date du vote est à demander" in one
        for one in found
    )


@pytest.mark.parametrize(
    ("change", "doubted"),
    [
        ({"source": "S322", "as_of": "2026-09"}, False),
        ({"source": "S322", "as_of": "2024"}, True),
        ({"source": "S320", "as_of": "2026-09"}, True),
        ({"source": "metier", "as_of": "2026-09"}, True),
    ],
)
def test_what_is_old_or_second_hand_is_to_be_confirmed(
    told: Report, change: Mapping[str, str], *, doubted: bool
) -> None:
    row = told.checklist.finances["vote-du-budget"]
    row = row.model_copy(update={**change, "closes": "04-01"})
    (line,) = [
        one for one in lines(told, {row.id: row}) if one.startswith("1er avril 2027")
    ]
    assert ("à confirmer" in line) is doubted


def test_a_renewed_council_votes_its_budget_a_fortnight_later() -> None:
    days = {
        year: found.closes
        for year in (2025, 2026, 2027)
        if (found := year_day(shipped(), Milestone.BUDGET, year))
    }
    assert days == {2025: "2025-04-15", 2026: "2026-04-30", 2027: "2027-04-15"}


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-10-05", "2026-12-15", "2027-01-31"),
        ("2027-01-31", "2026-12-15", "2027-01-31"),
        ("2027-02-01", "2027-12-15", "2028-01-31"),
    ],
)
def test_a_window_over_new_year_is_the_next_that_is_not_over(
    day: str, opens: str, closes: str
) -> None:
    found = next_day(shipped(), Milestone.AIDE, date.fromisoformat(day))
    assert found is not None
    assert (found.opens, found.closes) == (opens, closes)
