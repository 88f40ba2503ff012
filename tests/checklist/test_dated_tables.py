"""Aids and dates to watch: read, checked, compiled, never promised."""

import re
from pathlib import Path

import pytest

from diag.checklist.edition import compiled, open_edition
from diag.model.checklist import Aid, AidState, Finance, Price
from diag.model.enums import BudgetSection, FinanceTopic, Nature
from tests.rules.written import FILES, all_problems, load_written
from tests.shipped import shipped

INVESTISSEMENT = BudgetSection.INVESTISSEMENT

AIDS = """\
aids:
  - id: rurale
    title: "Dotation rurale"
    state: unknown
    applicant: "la commune"
    conditions: "Moins de 2 000 habitants."
    rate: "30 % constatés en 2017"
    ask: "la préfecture"
    departments: ["033", "02A"]
    max_population: 20000
    as_of: 2022
    source: S31
    valid_until: 2017-12
"""

DEADLINES = """\
deadlines:
  - id: fin-du-cuivre
    title: "Fin du cuivre"
    due: 2030
    what: "Pas de ligne fixe sur cuivre."
    ask: "le syndicat"
    as_of: 2024-10-17
    source: metier
    verify_before_quoting: true
"""

FINANCES = """\
finances:
  - id: taux-du-fctva
    topic: fctva
    title: "Taux du fonds de compensation"
    says: "Sur le montant TTC de l'investissement."
    section: investissement
    percent: "16.404"
    euros: "60000"
    since: 2015
    until: 2027-12
    as_of: 2026-11-27
    source: S31
"""

DATED = FILES | {
    "aides.yaml": AIDS,
    "echeances.yaml": DEADLINES,
    "finances.yaml": FINANCES,
}


def test_they_load_with_nothing_to_mend_and_survive_compiling(tmp_path: Path) -> None:
    loaded = load_written(tmp_path, DATED)
    assert [str(problem) for problem in all_problems(loaded)] == []
    assert loaded.checklist is not None
    again = open_edition(compiled(loaded.checklist))
    assert again.aids == loaded.checklist.aids
    assert again.deadlines == loaded.checklist.deadlines
    assert again.aids["rurale"].state is AidState.UNKNOWN
    assert again.aids["rurale"].departments == ("033", "02A")
    assert again.deadlines["fin-du-cuivre"].due == "2030"
    assert again.finances == loaded.checklist.finances
    assert again.prices == loaded.checklist.prices
    rule = again.finances["taux-du-fctva"]
    assert (rule.topic, rule.section) == (FinanceTopic.FCTVA, INVESTISSEMENT)
    assert (rule.percent, rule.euros) == ("16.404", 6_000_000)


def test_an_edition_without_them_has_the_digest_it_always_had(tmp_path: Path) -> None:
    body = compiled(load_written(tmp_path).draft)
    assert b'"aids"' not in body
    assert b'"deadlines"' not in body
    assert b'"finances"' not in body


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("aides.yaml", "source: S31", "source: S99", "aucun élément « S99 »"),
        ("aides.yaml", "unknown", "maybe", "« maybe » n'est pas admis"),
        ("aides.yaml", '"033"', '"33"', "un département sur trois caractères"),
        ("aides.yaml", "    as_of: 2022\n", "", "il manque la clé « as_of »"),
        (
            "aides.yaml",
            "30 % constatés en 2017",
            "30 %, garantis",
            "« garantis » promet une aide",
        ),
        ("echeances.yaml", "due: 2030", "due: bientôt", "il faut une date"),
        ("echeances.yaml", "    ask:", "    aks:", "« aks » inconnue"),
        ("finances.yaml", "source: S31", "source: S99", "aucun élément « S99 »"),
        ("finances.yaml", "    source: S31\n", "", "il manque la clé « source »"),
        ("finances.yaml", "topic: fctva", "topic: tva", "« tva » n'est pas admis"),
        ("finances.yaml", "since: 2015", "since: 2028", "elle finirait (2027-12)"),
        ("finances.yaml", "as_of: 2026", "as_of: 2999", "une date à venir"),
        ("aides.yaml", "    valid_until: 2017-12\n", "", "ne s'imprimera pas"),
        ("prix.yaml", '    where: "Valbrise"\n', "", "ne dit pas où"),
        ("prix.yaml", "section: investissement", "section: caisse", "« caisse »"),
    ],
)
def test_what_is_wrong_is_said(
    file: str, right: str, wrong: str, said: str, tmp_path: Path
) -> None:
    spoilt = DATED | {file: DATED[file].replace(right, wrong)}
    told = [str(one) for one in all_problems(load_written(tmp_path, spoilt))]
    assert any(said in line and line.startswith(f"{file}:") for line in told), told


def test_the_shipped_ones_are_dated_and_none_is_said_open() -> None:
    """Nobody checked a counter this year: a scheme is to be verified, or closed."""
    draft = shipped()
    assert {aid.state for aid in draft.aids.values()} <= {
        AidState.CLOSED,
        AidState.UNKNOWN,
    }
    assert "detr" in draft.aids
    assert draft.deadlines["fin-windows-10"].due == "2025-10-14"


def test_no_shipped_aid_has_a_rate_that_runs() -> None:
    """What was seen in 2017 is a note of the annex, with its year and its place."""
    runs = [one for one in shipped().aids.values() if one.state is not AidState.CLOSED]
    assert {one.id for one in runs} >= {"detr", "dsil", "departement"}
    assert [one.id for one in runs if one.rate or one.ceiling] == []


def test_no_reason_tells_a_rate_of_another_year() -> None:
    criteria = [one for one in shipped().criteria.values() if one.nature is Nature.AIDE]
    assert "droits-a-la-dotation" in {one.id for one in criteria}
    assert [one.id for one in criteria if re.search(r"\d\s?%", one.why)] == []


def test_the_rural_grant_has_its_two_ways() -> None:
    grant = shipped().aids["detr"]
    assert grant.may_serve("021", 20_000)
    assert not grant.may_serve("021", 20_001)
    for said in ("2 000 habitants au plus", "de 2 001 à 20 000", "1,3 fois"):
        assert said in grant.conditions
    assert "75 000 habitants" in grant.note


@pytest.mark.parametrize(
    ("until", "today", "holds"),
    [
        ("", "2026-11-28", False),
        ("2026", "2026-12-31", True),
        ("2026", "2027-01-01", False),
        ("2026-11", "2026-11-30", True),
        ("2026-11-27", "2026-11-28", False),
    ],
)
def test_a_rate_holds_until_the_end_of_its_date(
    until: str, today: str, *, holds: bool
) -> None:
    aid = shipped().aids["detr"].model_copy(update={"valid_until": until})
    assert isinstance(aid, Aid)
    assert aid.is_current(today) is holds


@pytest.mark.parametrize(
    ("as_of", "today", "old"),
    [
        ("2016", "2026-11-28", True),
        ("2023", "2026-11-28", False),
        ("2022", "2026-01-01", True),
        ("2023-11-28", "2026-11-28", False),
        ("2023-11-27", "2026-11-28", True),
        ("2023-10", "2026-11-28", True),
    ],
)
def test_a_price_is_old_after_three_years(as_of: str, today: str, *, old: bool) -> None:
    price = shipped().prices["prise_rj45"].model_copy(update={"as_of": as_of})
    assert isinstance(price, Price)
    assert price.is_old(today) is old


def test_each_shipped_price_says_where_it_was_seen() -> None:
    """A place with its source, or the trade: nothing in between."""
    for price in shipped().prices.values():
        assert (price.where == "métier") is (price.source == "metier"), price.id
        assert price.where, price.id


def test_sections_follow_what_was_read() -> None:
    """Where two sections are possible, or none was read, the accountant says."""
    prices = shipped().prices
    told: dict[BudgetSection, set[str]] = {}
    for price in prices.values():
        told.setdefault(price.section, set()).add(price.id)
    assert told[BudgetSection.TRAVAUX] == {"eclairage_classe", "traitement_acoustique"}
    assert told[BudgetSection.A_CONFIRMER] == {
        "mise_en_service_fibre",
        "intervention_electricien",
        "ssd_et_memoire",
        "reserve_remplacement",
        "controle_electrique",
        "complement_direction",
    }
    yearly = {one.id for one in prices.values() if one.yearly}
    assert (
        yearly <= told[BudgetSection.FONCTIONNEMENT] | told[BudgetSection.A_CONFIRMER]
    )


def test_windows_10_costs_schools_what_its_editor_asks_of_schools() -> None:
    note = shipped().prices["migration_poste"].note
    assert "1, 2 puis 4 dollars" in note
    assert "244" not in note


def test_the_finances_of_the_plan_are_there() -> None:
    rules = shipped().finances
    assert {one.topic for one in rules.values()} == set(FinanceTopic)
    assert rules["fctva-investissement"].percent == "16.404"
    assert rules["part-de-la-commune"].percent == 20
    assert rules["aides-cumulees"].percent == 80
    assert rules["seuil-fournitures"].euros == 6_000_000
    assert rules["seuil-travaux"].euros == 10_000_000
    assert "140" not in " ".join(one.says + one.note for one in rules.values())


def test_each_section_is_told() -> None:
    told = {
        one.section
        for one in shipped().finances.values()
        if one.topic is FinanceTopic.SECTION
    }
    assert told >= set(BudgetSection)


@pytest.mark.parametrize(
    ("today", "holds"),
    [("2026-03-31", False), ("2026-04-01", True), ("2027-12-31", True)],
)
def test_a_rule_holds_from_its_first_day(today: str, *, holds: bool) -> None:
    rule = shipped().finances["seuil-fournitures"]
    assert isinstance(rule, Finance)
    assert rule.holds(today) is holds
