"""The mayor's first page suffices: decisions, findings, score; and it holds."""

import re

import pytest

from diag.model.audit import FollowUp, FollowUpState
from diag.model.checklist import Audience
from diag.model.fact import Facts
from diag.reports import advice
from diag.reports.first_page import DECISIONS, deadline, decisions, findings_table
from diag.reports.layout import PAGE_BREAK
from diag.reports.markdown import markdown
from diag.reports.parser import document_parser, text_of
from diag.reports.report import Report
from diag.reports.typography import NBSP, NNBSP
from tests.reports.builders import ORDINARY, facts, known, report

MAX_WORDS = 450
GOOD = facts({
    ("ecole", "debit"): "200",
    ("ecole", "filtrage"): True,
    ("ecole", "projet_ecrit"): True,
})


def first_page(told: Report) -> str:
    """Return what a reader sees before the end of page 1, with ordinary spaces."""
    page = markdown(told, Audience.MAIRIE).split(f"\n{PAGE_BREAK}\n")[0]
    text = text_of(document_parser().parse(page))
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def words(text: str) -> int:
    return len(re.findall(r"\w[\w'’.-]*", text))


@pytest.mark.parametrize("told", [ORDINARY, GOOD, facts(closed=False)])
def test_page_one_says_everything_that_decides(told: Facts) -> None:
    page = first_page(report(told))
    for expected in (
        *("École élémentaire du Moulin", "Aubeterre", "9990001W", "12 mars 2026"),
        *("Ana Martin", "2026.1", "provisoire", "Vous recevez ce document"),
        *("Score d'ensemble", "Complétude", "À vérifier", "sur 100"),
    ):
        assert expected in page


@pytest.mark.parametrize("told", [ORDINARY, GOOD, facts(closed=False)])
def test_page_one_holds(told: Facts) -> None:
    assert words(first_page(report(told))) <= MAX_WORDS


def test_there_is_one_end_of_page_one() -> None:
    document = markdown(report(), Audience.MAIRIE)
    assert document.split("\n").count(PAGE_BREAK) == 1


def test_each_decision_has_a_verb_an_amount_and_a_date() -> None:
    told = report()
    voted = [advice.decision(told, one) for one in decisions(told)]
    assert 0 < len(voted) <= DECISIONS
    for one in voted:
        assert re.search(r"€ TTC|sans dépense", one)
        assert re.search(r"avant le (?:\d|prochain budget)", one)
        assert re.match(r"[A-ZÉ]\w+re?\b", one)
        assert re.search(r"R\d+\)\.$", one)


def test_a_decision_says_nothing_twice() -> None:
    told = report()
    fibre = told.plan.action("fibre")
    assert fibre is not None
    one = advice.decision(told, fibre)
    assert one.count("avant le") == 1
    assert one.count("par an") == 1
    assert ")(" not in one.replace(" ", "")


def test_what_waits_is_no_decision_yet() -> None:
    told = report()
    assert "equiper" not in {one.id for one in decisions(told)}


def test_what_was_decided_is_no_longer_proposed() -> None:
    done = FollowUp(recommendation="filtrer", state=FollowUpState.DECIDEE)
    told = report(follow_ups=(done,))
    assert "filtrer" not in {one.id for one in decisions(told)}


def test_the_first_deadline_is_told() -> None:
    assert deadline(report()) == "Une décision est attendue avant le 19 mars 2026."
    assert deadline(report(GOOD)).startswith("Aucune décision")


def test_five_findings_at_most_hold_a_strength_when_there_is_one() -> None:
    mixed = facts(
        {
            ("ecole", "debit"): known("200"),
            ("ecole", "filtrage"): False,
            ("ecole", "projet_ecrit"): False,
            ("CP", "type_salle"): "classe",
            ("CP", "prises"): 0,
        },
        ("CP",),
    )
    rows = findings_table(report(mixed)).split("\n")[4:]
    assert 2 <= len(rows) <= 5
    assert sum("point fort" in row for row in rows) == 1
    assert "200 Mbit/s" in rows[-1].replace(NBSP, " ")


def test_what_the_alert_box_says_is_not_said_again() -> None:
    page = first_page(report())
    assert page.count("Un filtrage protège les élèves : non conforme") == 1


def test_the_total_names_its_tax_and_what_waits() -> None:
    page = first_page(report())
    assert "7 782 € TTC (soit 6 993 € HT), dont 4 432 € sous condition." in page
