"""What the documents print adds up: read back from the printed tables."""

import re

from hypothesis import given
from hypothesis import strategies as st

from diag.audit.report import Report
from diag.documents.parts.budget import UNDEDUCTED
from diag.model.enums import Audience
from tests.documents.builders import CHECKLIST, PRICES, facts, report
from tests.documents.reading import markdown
from tests.examples import examples

CENTS = re.compile(r"(\d[\d\u202f]*),(\d\d)\u00a0€")
EUROS = re.compile(r"(\d[\d\u202f]*)\u00a0€")


def rows(told: Report, audience: Audience, caption: str) -> list[list[str]]:
    """Return the cells of the rows of a table, found by its caption."""
    lines = markdown(told, audience).split("\n")
    if f"*{caption}*" not in lines:
        return []
    start = lines.index(f"*{caption}*") + 4
    table = lines[start : lines.index("", start)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def euros(cell: str) -> int:
    found = EUROS.search(cell)
    return int(found[1].replace("\u202f", "")) if found else 0


def cents(cell: str) -> int:
    found = CENTS.search(cell)
    assert found
    return int(found[1].replace("\u202f", "") + found[2])


@st.composite
def reports(draw: st.DrawFn) -> Report:
    prices = {
        price.id: price.model_copy(
            update=dict(
                zip(
                    ("minimum", "typical", "maximum"),
                    sorted(draw(st.tuples(*[st.integers(0, 500_000)] * 3))),
                    strict=True,
                )
            )
        )
        for price in PRICES
    }
    rooms = tuple(f"s{rank}" for rank in range(draw(st.integers(0, 5))))
    told = facts(
        {
            ("ecole", "debit"): draw(st.integers(0, 200)),
            ("ecole", "projet_ecrit"): False,
            **{(room, "type_salle"): "classe" for room in rooms},
            **{(room, "prises"): draw(st.integers(0, 3)) for room in rooms},
        },
        rooms,
        closed=draw(st.booleans()),
    )
    return report(told, CHECKLIST.model_copy(update={"prices": prices}))


@examples(40)
@given(reports())
def test_the_mayor_s_budget_adds_up_in_both_directions(told: Report) -> None:
    by_domain = "Dépenses estimées, en euros TTC"
    by_action = "Dépenses de chaque action, en euros TTC"
    tables = (
        rows(told, Audience.MAIRIE, by_domain),
        rows(told, Audience.TECHNIQUE, by_action),
    )
    totals = []
    for table in tables:
        if not table:
            assert not told.budget.rows
            return
        at = next(rank for rank, row in enumerate(table) if UNDEDUCTED in row[0])
        lines, total = table[:at], table[at]
        for row in lines:
            assert euros(row[4]) == sum(map(euros, row[1:4]))
        for column in range(1, 5):
            assert euros(total[column]) == sum(euros(row[column]) for row in lines)
        assert table[at + 1][0] == "soit hors taxes (HT)"
        assert euros(table[at + 1][4]) == euros(f"{told.budget.ht}")
        totals.append(total)
    assert totals[0] == totals[1]


@examples(40)
@given(reports())
def test_the_technician_s_rows_add_up_to_the_cent(told: Report) -> None:
    table = rows(told, Audience.TECHNIQUE, "Détail des coûts, en euros HT")
    lines = [row for row in table if row[0].isdecimal()]
    once = [cents(row[4]) for row in lines if "par an" not in row[4]]
    yearly = [cents(row[4]) for row in lines if "par an" in row[4]]
    for caption, expected in (("payé une fois", once), ("par an", yearly)):
        total = [row for row in table if "Total" in row[0] and caption in row[1]]
        assert [cents(row[4]) for row in total] == ([sum(expected)] if expected else [])


def test_no_table_mixes_taxes() -> None:
    table = rows(report(), Audience.TECHNIQUE, "Détail des coûts, en euros HT")
    assert table
    assert "TTC" not in str(table)
