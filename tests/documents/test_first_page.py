"""The mayor's first page suffices: decisions, findings, score; and it holds."""

import re

import pytest

from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.blocks import PAGE_BREAK
from diag.documents.document import parser
from diag.documents.mairie import findings_table
from diag.documents.parts.votes import KNOW_FIRST, NOTHING, awaited, votes_shown
from diag.model.audit import Facts, FollowUp
from diag.model.enums import READERS, Aside, Audience, FollowUpState
from diag.words.sentences import NBSP, NNBSP, typeset
from tests.documents.builders import (
    ORDINARY,
    SCHOOL,
    facts,
    known,
    report,
)
from tests.documents.reading import markdown, text_of

MAX_WORDS = 550
"""Three minutes, amounts included; the six whole schools show that it holds."""

GOOD = facts({
    ("ecole", "debit"): "200",
    ("ecole", "filtrage"): True,
    ("ecole", "projet_ecrit"): True,
})


def first_page(told: Report) -> str:
    """Return what a reader sees before the end of page 1, with ordinary spaces."""
    page = markdown(told, Audience.MAIRIE).split(f"\n{PAGE_BREAK}\n")[0]
    text = text_of(parser().parse(page))
    return plain(text)


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def words(text: str) -> int:
    return len(re.findall(r"\w[\w'’.-]*", text))


UNKNOWN = facts(closed=False)
"""Nothing: its score is too wide to be printed."""


@pytest.mark.parametrize("told", [ORDINARY, GOOD, UNKNOWN])
def test_page_one_says_everything_that_decides(told: Facts) -> None:
    page = first_page(report(told))
    for expected in (
        *("École élémentaire du Moulin", "Aubeterre", "9990001W", "12 mars 2026"),
        *("Ana Martin", "2026.1", "provisoire", "Vous recevez ce document"),
    ):
        assert expected in page
    # No score, no scale, no list of breaches: what is to be decided, and nothing else.
    for absent in ("Score d’ensemble", "Examiné à", "sur 100", "pas encore respecté"):
        assert absent not in page


@pytest.mark.parametrize("told", [ORDINARY, GOOD, UNKNOWN])
def test_page_one_holds(told: Facts) -> None:
    assert words(first_page(report(told))) <= MAX_WORDS


def test_page_two_is_the_calendar_and_the_budget_alone() -> None:
    pages = markdown(report(), Audience.MAIRIE).split(f"\n{PAGE_BREAK}\n")
    assert len(pages) == 3
    assert re.findall(r"^## (.*)", pages[1], re.MULTILINE) == [
        "Calendrier et budget sur trois ans"
    ]
    # « Reste » never names a gross amount.
    assert "Total TTC, avant FCTVA et aides" in plain(pages[1])
    assert "Reste" not in pages[1]
    assert "ni FCTVA ni aide" in pages[1]


def voted(told: Report) -> list[str]:
    return [one.actions[0] for one in votes_of(told).votes]


def test_each_vote_has_its_place_its_reason_its_money_and_its_year() -> None:
    rows = re.findall(r"^\| \d+ \| (.*) \|$", first_markdown(report()), re.MULTILINE)
    assert rows
    for row in rows:
        what, gross, aid, fctva, net, section, when = plain(row).split(" | ")
        assert re.match(r"\*\*[A-ZÉ][^*]{1,60}\*\* ", what)
        assert all(re.fullmatch(r"[\d ]+|–", one) for one in (gross, fctva, net))
        assert aid == "à demander"
        assert re.match(r"inv|fonct", section)
        assert re.fullmatch(r"\w+ \w+", when)


def first_markdown(told: Report) -> str:
    return markdown(told, Audience.MAIRIE).split(f"\n{PAGE_BREAK}\n")[0]


def test_there_is_nothing_to_tick_before_the_audit_is_closed() -> None:
    assert "☐" not in first_markdown(report())


def test_what_is_to_pay_is_voted_and_what_is_free_or_small_is_not() -> None:
    told = report()
    assert voted(told) == ["fibre"]
    aside = {one.actions[0]: one.why for one in votes_of(told).aside}
    assert aside["filtrer"] is Aside.FREE
    assert aside["cabler"] is Aside.SMALL
    assert aside["ecrire"] is Aside.OTHERS


def test_the_sums_of_page_one_add_up() -> None:
    votes = votes_of(report())
    (fibre,) = votes.votes
    assert fibre.spent.gross == 300 + 3 * 860  # 864 a year, to ten
    (wires,) = [one for one in votes.aside if one.spent.gross]
    assert wires.spent.gross == 460
    assert votes.gross == fibre.spent.gross + wires.spent.gross
    page = first_page(report())
    assert "Reste à la commune, sans aucune aide : 3 340 €." in page
    assert "petites dépenses" in page


def test_what_was_decided_is_no_longer_proposed() -> None:
    done = FollowUp(recommendation="fibre", state=FollowUpState.DECIDEE)
    told = report(follow_ups=(done,))
    assert voted(told) == []
    assert NOTHING in first_page(told)
    assert "Déjà décidé" in first_page(told)


def test_where_nothing_is_voted_page_one_says_what_is_done_without_a_vote() -> None:
    """« Rien à voter » stood alone on it, and what the law asks two pages further."""
    open_net = facts({
        ("ecole", "debit"): "200",
        ("ecole", "filtrage"): False,
        ("ecole", "projet_ecrit"): True,
    })
    free = report(open_net)
    assert not voted(free)
    first, _, later = markdown(free, Audience.MAIRIE).partition(f"\n{PAGE_BREAK}\n")
    assert NOTHING in plain(first)
    assert "**Sans vote**" in first
    assert "**Sans vote**" not in later


def test_what_is_awaited_is_a_sentence_whatever_there_is() -> None:
    assert awaited(votes_shown(report())) == (
        "1 vote est proposé, le premier avant le 12 septembre 2026."
    )
    assert awaited(votes_shown(report(GOOD))) == "Aucun vote n'est proposé."
    unknown = report(facts(closed=False))
    assert awaited(votes_shown(unknown)) == (
        "Rien n'est proposé au vote, il manque de quoi décider."
    )


def test_without_enough_known_five_questions_come_instead() -> None:
    page = first_page(report(facts(closed=False)))
    assert typeset(KNOW_FIRST) in page
    assert "la liste des salles n’est pas complète" in page.lower()
    assert NOTHING not in page


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


def test_the_socle_names_what_is_missing() -> None:
    page = plain(markdown(report(facts({("ecole", "debit"): "1"})), Audience.MAIRIE))
    assert "Le socle n’est pas atteint : au moins une condition indispensable" in page
    assert "manque (« Un débit qui suffit à la classe »)." in page


def test_the_author_and_the_office_are_not_two_persons() -> None:
    assert "Ana Martin, Syndicat mixte Vallombre Numérique" in first_page(report())


def test_an_official_name_is_printed_with_its_accent() -> None:
    bare = SCHOOL.model_copy(update={"name": "Ecole primaire du Moulin"})
    told = report(school=bare)
    for audience in READERS:
        document = markdown(told, audience)
        assert "École primaire du Moulin" in document
        assert "Ecole" not in document
    assert bare.name.startswith("Ecole")


def test_the_total_names_its_tax_and_what_waits() -> None:
    page = plain(markdown(report(), Audience.MAIRIE))
    assert "7 782 € TTC (soit 6 993 € HT), dont 3 350 € à engager." in page
