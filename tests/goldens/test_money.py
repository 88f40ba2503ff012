"""Money on whole schools: nothing is bought twice, shares add up to the basket."""

from collections import defaultdict
from fractions import Fraction
from functools import cache
from math import ceil

import pytest

from diag.assess.judge import assess
from diag.assess.results import NOTHING, Assessment, Cost
from diag.model.text import Quantity
from tests.goldens.golden import NAMES, facts_told, golden
from tests.oracle import Judged
from tests.oracle_actions import Actions
from tests.oracle_money import Accounts, NeedKey, everything
from tests.shipped import shipped


@cache
def judged(name: str) -> Assessment:
    return assess(facts_told(golden(name), shipped()), shipped())


@cache
def demands(name: str) -> dict[NeedKey, dict[str, Quantity]]:
    """Return who needs each thing at each place, by the oracle, before merging."""
    facts = facts_told(golden(name), shipped())
    actions = Actions(Judged(facts, shipped()))
    accounts = Accounts(actions)
    told: dict[NeedKey, dict[str, Quantity]] = defaultdict(dict)
    for ident in actions.targets:
        for _, key, wanted in accounts.needs(ident, everything):
            told[key].setdefault(ident, wanted)
    return told


@pytest.mark.parametrize("name", NAMES)
def test_what_two_actions_need_at_a_place_is_bought_once(name: str) -> None:
    """By the greatest need of each place, in packs, row by row."""
    wanted: dict[str, Fraction] = defaultdict(Fraction)
    for (item, _use, _place), who in demands(name).items():
        wanted[item] += max(Fraction(one.low) for one in who.values())
    prices = shipped().prices
    bought = {one.price.id: one.quantity.low for one in judged(name).basket.lines}
    assert bought == {
        item: ceil(many / prices[item].pack) if prices[item].pack > 1 else many
        for item, many in wanted.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_one_action_pays_and_the_others_say_which(name: str) -> None:
    advice = {one.recommendation.id: one for one in judged(name).advice}
    for (item, _use, _place), who in demands(name).items():
        told = [
            ident
            for ident in who
            if any(one.need.item == item for one in advice[ident].shared)
        ]
        assert len(set(who) - set(told)) <= 1, (item, who)
        for ident in told:
            payers = {
                one.payer for one in advice[ident].shared if one.need.item == item
            }
            assert ident not in payers


def test_some_needs_meet_on_these_schools() -> None:
    """Or the two tests above would prove nothing."""
    meet = {
        (name, key)
        for name in NAMES
        for key, who in demands(name).items()
        if len(who) > 1
    }
    assert len(meet) > len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_shares_add_up_to_the_basket(name: str) -> None:
    found = judged(name)
    whole = Cost(tuple(line for one in found.advice for line in one.cost.lines))
    for kind in ("once_ht", "once_ttc", "yearly_ht", "yearly_ttc"):
        assert getattr(whole, kind) == getattr(found.basket, kind), kind


@pytest.mark.parametrize("name", NAMES)
def test_the_digital_budget_and_the_works_are_the_basket(name: str) -> None:
    basket = judged(name).basket
    digital, works = basket.digital, basket.works
    assert digital.once_ttc + works.once_ttc == basket.once_ttc
    assert digital.yearly_ttc == basket.yearly_ttc
    assert works.yearly_ttc == NOTHING
    assert not {one.price.id for one in digital.lines} & {
        "eclairage_classe",
        "traitement_acoustique",
    }


def test_works_weigh_on_these_schools() -> None:
    assert any(judged(name).basket.works.once_ttc.low for name in NAMES)


def test_what_covers_another_is_declared() -> None:
    """The pairs that would bill one thing twice, by two rows of the price table."""
    covers = {each.id: set(each.covers) for each in shipped().recommendations.values()}
    for ident, covered in (
        ("remplacer-le-commutateur", "alimenter-les-bornes-par-le-reseau"),
        ("mettre-hors-danger", "ranger-cables-et-prises"),
        ("equiper-la-bibliotheque", "completer-les-prises"),
        ("cabler-les-classes", "ajouter-la-prise-de-la-borne"),
        ("renouveler-le-parc-par-tranches", "sortir-les-systemes-perimes"),
        ("renouveler-le-parc-par-tranches", "rajeunir-les-ordinateurs"),
        ("confier-la-maintenance", "afficher-un-numero-unique"),
        ("passer-a-la-fibre", "revoir-l-offre-internet"),
        ("adopter-la-charte", "informer-du-filtrage"),
        ("signer-des-conventions-de-pret", "prevoir-le-filtrage-a-la-maison"),
    ):
        assert covered in covers[ident], ident


def test_what_is_one_thing_has_one_use() -> None:
    """Two actions that ask for it at a place merge: same item, same use."""
    bought = {
        each.id: {(one.item, one.use or one.item) for one in each.buys}
        for each in shipped().recommendations.values()
    }
    for thing, buyers in (
        (("onduleur", "baie"), ("recenser-les-lignes-d-alerte", "poser-un-onduleur")),
        (("coffret_mural", "baie"), ("tirer-le-reseau", "fermer-la-baie")),
        (
            ("prise_rj45", "borne"),
            ("cabler-les-classes", "ameliorer-la-couverture-wifi"),
        ),
        (
            ("entretien_projection", "entretien_projection"),
            ("equiper-en-projection-fixe", "entretenir-les-projecteurs"),
        ),
        (("mise_en_service_fibre", "acces"), ("ouvrir-un-acces", "passer-a-la-fibre")),
    ):
        for buyer in buyers:
            assert thing in bought[buyer], (thing, buyer)
