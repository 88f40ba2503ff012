"""The mayor's first page suffices: decisions, findings, score; and it holds."""

import re
from dataclasses import replace

import pytest

from diag.audit.report import Report
from diag.documents.blocks import PAGE_BREAK
from diag.documents.document import parser
from diag.documents.mairie import (
    DECISIONS,
    UNVOTED,
    dangers,
    deadline,
    decisions,
    decisions_box,
    describe_decision,
    duties,
    duties_box,
    findings_table,
    is_voted,
)
from diag.model.audit import FollowUp
from diag.model.checklist import Wording
from diag.model.enums import Audience, FollowUpState, Owner
from diag.model.fact import Facts
from diag.words.figures import NBSP, NNBSP
from diag.words.vocabulary import LEVELS_EXPLAINED
from tests.documents.builders import (
    CHECKLIST,
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
        *("Examiné à", "À vérifier"),
    ):
        assert expected in page
    assert ("Score d'ensemble" in page) == (told is not UNKNOWN)


@pytest.mark.parametrize("told", [ORDINARY, GOOD, UNKNOWN])
def test_page_one_holds(told: Facts) -> None:
    assert words(first_page(report(told))) <= MAX_WORDS


def test_page_two_is_the_calendar_and_the_budget_alone() -> None:
    pages = markdown(report(), Audience.MAIRIE).split(f"\n{PAGE_BREAK}\n")
    assert len(pages) == 3
    assert re.findall(r"^## (.*)", pages[1], re.MULTILINE) == [
        "Calendrier et budget sur trois ans"
    ]
    assert "Reste à charge TTC" in pages[1]
    assert "si aucune aide n'était accordée" in pages[1]


def test_each_decision_has_a_verb_an_amount_and_a_date() -> None:
    told = report()
    voted = [describe_decision(told, one) for one in decisions(told)]
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
    one = describe_decision(told, fibre)
    assert one.count("avant le") == 1
    assert one.count("par an") == 1
    assert ")(" not in one.replace(" ", "")


def test_a_decision_for_the_next_budget_has_no_second_date() -> None:
    words = Wording(title="Équiper", decision="Équiper la salle au prochain budget.")
    told = report(reworded={("fibre", Audience.MAIRIE): words})
    fibre = told.plan.action("fibre")
    assert fibre is not None
    one = describe_decision(told, fibre)
    assert "au prochain budget (environ" in one
    assert "avant le" not in one


def test_what_is_to_pay_is_voted_and_what_is_not_is_seen_to() -> None:
    told = report()
    assert [one.id for one in decisions(told)] == ["cabler", "fibre"]
    assert [one.id for one in duties(told)] == ["filtrer"]
    page = first_page(told)
    votes, rest = page.split("À faire sans vote ni dépense")
    assert "Souscrire un abonnement à la fibre" in votes
    assert "Mettre en place un filtrage avant le 19 mars 2026 (R1)." in rest


def test_an_act_of_the_council_is_voted_without_money_after_what_is_to_pay() -> None:
    words = Wording(title="Filtrer", decision="Délibérer sur une convention.")
    told = report(reworded={("filtrer", Audience.MAIRIE): words})
    filtrer = told.plan.action("filtrer")
    assert filtrer is not None
    assert is_voted(told, filtrer)
    assert [one.id for one in decisions(told)] == ["cabler", "fibre", "filtrer"]
    assert not duties(told)


def test_the_money_of_the_decisions_is_said_in_full() -> None:
    box = plain(decisions_box(report()))
    assert "environ 458 € TTC" in box  # what is habitual
    assert "de 322 à 600 € TTC" in box  # from the least to the most
    assert (
        "Ensemble : 758 € TTC (632 € HT), puis 864 € TTC (720 € HT) par an. Reste à "
        "charge : la totalité, tant qu'aucune aide n'est accordée."
    ) in box


def test_a_lone_decision_tells_its_money_too() -> None:
    box = plain(decisions_box(many_duties()))
    assert "En tout : 300 € TTC (250 € HT), puis 864 € TTC (720 € HT) par an." in box


def test_what_is_far_off_is_no_urgent_duty() -> None:
    filtrer = CHECKLIST.recommendations["filtrer"].model_copy(update={"delay": "P1Y"})
    every = {**CHECKLIST.recommendations, "filtrer": filtrer}
    told = report(checklist=CHECKLIST.model_copy(update={"recommendations": every}))
    assert not duties(told)
    assert not duties_box(told)
    assert "sans vote" not in first_page(told)


def many_needs() -> Report:
    """Return a school that lacks one thing: three cheap actions cure it a little."""
    recommendations = CHECKLIST.recommendations
    fibre, screen = recommendations["fibre"], recommendations["equiper"]
    little = {"effect": {"debit-suffisant": 1}, "prices": {"acces": "1"}}
    more = {
        f"a{rank}": fibre.model_copy(update={"id": f"a{rank}", **little})
        for rank in range(DECISIONS)
    }
    free = {"requires": (), "owner": Owner.COMMUNE}
    every = {**more, **recommendations, "equiper": screen.model_copy(update=free)}
    told = facts({
        ("ecole", "debit"): 1,
        ("ecole", "filtrage"): True,
        ("ecole", "projet_ecrit"): False,
    })
    return report(told, CHECKLIST.model_copy(update={"recommendations": every}))


def test_among_what_is_indispensable_the_greatest_gain_is_voted_first() -> None:
    assert "fibre" in {one.id for one in decisions(many_needs())}
    assert "equiper" not in {one.id for one in decisions(many_needs())}


def test_what_the_engineer_puts_first_is_voted() -> None:
    told = many_needs()
    screen = told.plan.action("equiper")
    assert screen is not None
    others = [one for one in told.plan.actions if one is not screen]
    first = replace(told.plan, actions=(replace(screen, by_hand=True), *others))
    assert decisions(replace(told, plan=first))[0].id == "equiper"


def many_duties() -> Report:
    """Return a school where four duties come before what nothing works without."""
    filtrer = CHECKLIST.recommendations["filtrer"]
    more = {
        f"devoir{rank}": filtrer.model_copy(update={"id": f"devoir{rank}"})
        for rank in range(4)
    }
    every = {**CHECKLIST.recommendations, **more}
    slow = {("ecole", "debit"): 1, ("ecole", "filtrage"): False}
    checklist = CHECKLIST.model_copy(update={"recommendations": every})
    return report(facts(slow), checklist)


def test_small_duties_do_not_hide_what_is_missing() -> None:
    told = many_duties()
    assert [one.id for one in decisions(told)] == ["fibre"]
    assert len(duties(told)) == UNVOTED
    assert "Un débit qui suffit à la classe" in findings_table(told)


def test_what_waits_is_no_decision_yet() -> None:
    told = report()
    assert "equiper" not in {one.id for one in decisions(told)}


def test_what_was_decided_is_no_longer_proposed() -> None:
    done = FollowUp(recommendation="filtrer", state=FollowUpState.DECIDEE)
    told = report(follow_ups=(done,))
    assert "filtrer" not in {one.id for one in decisions(told)}


def test_the_first_deadline_is_told() -> None:
    assert deadline(report()) == (
        "Deux décisions sont attendues, la première avant le 12 septembre 2026."
    )
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
    assert page.count("« Un filtrage protège les élèves »") == 1
    assert "Un filtrage protège les élèves\nnon conforme" not in page


def with_a_danger() -> Report:
    """Return the ordinary school where the law must be kept from tomorrow on."""
    filtrer = CHECKLIST.recommendations["filtrer"].model_copy(update={"delay": "P1D"})
    known_ones = {**CHECKLIST.recommendations, "filtrer": filtrer}
    checklist = CHECKLIST.model_copy(update={"recommendations": known_ones})
    return report(checklist=checklist)


def test_a_danger_is_no_vote() -> None:
    told = with_a_danger()
    assert [one.id for one in dangers(told)] == ["filtrer"]
    assert "filtrer" not in {one.id for one in decisions(told)}
    assert len(decisions(told)) <= DECISIONS
    page = first_page(told)
    assert "Un danger est à faire cesser dès réception ; deux décisions" in page
    assert page.index("sans attendre un vote") < page.index("Décisions proposées")
    assert not dangers(report())


def test_titles_of_criteria_are_told_as_what_is_expected() -> None:
    page = first_page(report())
    assert "Ce que la loi demande et qui n'est pas encore respecté" in page
    assert "Ce qui est attendu\nCe que nous avons constaté" in page


def test_the_four_levels_are_explained_before_the_first_is_told() -> None:
    page = first_page(report())
    first = re.search("niveau (?:insuffisant|de base|recommandé|exemplaire)", page)
    assert first
    assert page.index(LEVELS_EXPLAINED) < first.start()


def test_the_socle_names_what_is_missing() -> None:
    page = first_page(report(facts({("ecole", "debit"): "1"})))
    assert "Le socle n'est pas atteint : au moins une condition indispensable" in page
    assert "manque (« Un débit qui suffit à la classe »)." in page


def test_the_author_and_the_office_are_not_two_persons() -> None:
    assert "Ana Martin, Syndicat mixte Vallombre Numérique" in first_page(report())


def test_an_official_name_is_printed_with_its_accent() -> None:
    bare = SCHOOL.model_copy(update={"name": "Ecole primaire du Moulin"})
    told = report(school=bare)
    for audience in Audience:
        document = markdown(told, audience)
        assert "École primaire du Moulin" in document
        assert "Ecole" not in document
    assert bare.name.startswith("Ecole")


def test_the_total_names_its_tax_and_what_waits() -> None:
    page = first_page(report())
    assert "7 782 € TTC (soit 6 993 € HT), dont 3 350 € à engager." in page
