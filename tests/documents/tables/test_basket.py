from collections import Counter
from fractions import Fraction

from diag.audit.report import Report
from diag.documents.tables import Table
from diag.documents.tables.basket import (
    AuditBasket,
    basket_of,
    by_article,
    by_school,
    in_order,
    lots_of,
)
from diag.model.audit import Answer, FollowUp, Value
from diag.model.checklist import Checklist, Need
from diag.model.enums import FollowUpState, State
from tests.documents.builders import CHECKLIST, ORDINARY, facts, known, report


def records(table: Table) -> list[dict[str, object]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def articles(basket: AuditBasket) -> list[str]:
    return [line.price.id for line in in_order(basket.lines)]


def followed(recommendation: str, state: FollowUpState) -> Report:
    return report(follow_ups=(FollowUp(recommendation=recommendation, state=state),))


def test_the_basket_holds_what_surely_fires_and_its_exact_amounts() -> None:
    table = records(by_school(in_order(basket_of(report()).lines)))

    told = [
        (one["article"], one["quantity_low"], one["total_ht"], one["total_ttc"])
        for one in table
    ]
    assert told == [
        ("acces", 1, 250, 300),
        ("abonnement", 12, 720, 864),
        ("prise", 4, 382, Fraction("458.4")),
        ("ecran", 2, 4201, Fraction("4432.06")),  # 5.5 %: 4,432.055 rounds up
    ]
    assert {one["sure"] for one in table} == {"sûre"}
    assert table[2]["places"] == "CP ; CE1"
    assert table[3]["condition"] == "À engager après n°\u00a02 (Câbler les classes)."


def test_each_row_says_its_year_its_rhythm_and_that_the_audit_is_provisional() -> None:
    table = records(by_school(in_order(basket_of(report()).lines)[:2]))

    assert [(one["rhythm"], one["price_year"]) for one in table] == [
        ("une fois", 2025),
        ("par an", 2025),
    ]
    assert "provisoire" in str(table[0]["status"])


def test_what_is_set_aside_done_or_ordered_stays_out_and_is_counted() -> None:
    for state, why in (
        (FollowUpState.ECARTEE, "écartées"),
        (FollowUpState.FAITE, "déjà faites"),
        (FollowUpState.COMMANDEE, "déjà commandées"),
    ):
        basket = basket_of(followed("fibre", state))

        assert articles(basket) == ["prise", "ecran"]
        assert basket.left_out == Counter({why: 2})


def test_what_is_decided_or_financed_is_still_to_be_ordered() -> None:
    basket = basket_of(followed("fibre", FollowUpState.FINANCEE))

    assert "acces" in articles(basket)


def test_what_is_to_be_confirmed_comes_only_when_asked() -> None:
    unsure = report(facts({("ecole", "debit"): Answer(State.UNKNOWN)}))

    assert basket_of(unsure).left_out["à confirmer"] >= 2
    assert "acces" not in articles(basket_of(unsure))
    asked = records(by_school(basket_of(unsure, to_confirm=True).lines))
    row = next(one for one in asked if one["article"] == "acces")
    assert row["sure"] == "à confirmer"


def test_an_unknown_quantity_goes_from_the_least_to_the_most() -> None:
    answers: dict[tuple[str, str], Value | tuple[Answer, ...]] = {
        ("CP", "type_salle"): "classe",
        ("CP", "prises"): 0,
        ("CE1", "type_salle"): "classe",
        ("CE1", "prises"): (known(0), known(5)),
    }
    told = facts(answers, ("CP", "CE1"))

    table = records(by_article(basket_of(report(told)).lines))

    row = next(one for one in table if one["article"] == "prise")
    assert (row["quantity_low"], row["quantity_high"]) == (2, 4)
    assert (row["total_ht"], row["total_most_ht"]) == (191, 382)
    assert (row["total_low_ht"], row["total_high_ht"]) == (134, 500)
    assert "à préciser" in str(row["remark"])


def test_a_list_still_open_says_that_more_may_be_needed() -> None:
    rooms: dict[tuple[str, str], Value] = {
        ("CP", "type_salle"): "classe",
        ("CP", "prises"): 0,
    }
    told = facts(rooms, ("CP",), closed=False)

    table = records(by_article(basket_of(report(told), to_confirm=True).lines))

    row = next(one for one in table if one["article"] == "prise")
    assert (row["quantity_low"], row["quantity_high"]) == (2, 2)
    assert "n'est pas close" in str(row["remark"])


def test_what_nothing_bounds_is_to_be_priced() -> None:
    cabler = CHECKLIST.recommendations["cabler"]
    boxes = cabler.model_copy(
        update={"buys": (Need(item="prise", count="mots_de_passe_affiches"),)}
    )
    checklist = CHECKLIST.model_copy(
        update={"recommendations": {**CHECKLIST.recommendations, "cabler": boxes}}
    )
    told = facts({("CP", "type_salle"): "classe", ("CP", "prises"): 0}, ("CP",))

    table = records(by_article(basket_of(report(told, checklist)).lines))

    row = next(one for one in table if one["article"] == "prise")
    assert (row["quantity_low"], row["quantity_high"]) == (0, None)
    assert row["total_most_ht"] is row["total_high_ht"] is None
    assert "à chiffrer" in str(row["remark"])


def test_a_need_of_two_actions_is_bought_once() -> None:
    ecrire = CHECKLIST.recommendations["ecrire"]
    twin = ecrire.model_copy(update={"buys": (Need(item="acces"), Need(item="prise"))})
    checklist = CHECKLIST.model_copy(
        update={"recommendations": {**CHECKLIST.recommendations, "ecrire": twin}}
    )

    table = records(by_article(basket_of(report(ORDINARY, checklist)).lines))

    bought = {one["article"]: one["quantity_low"] for one in table}
    assert bought["acces"] == 1
    assert bought["prise"] == 4 + 1


def test_articles_add_up_what_their_rows_show() -> None:
    lines = in_order(basket_of(report()).lines + basket_of(report()).lines)
    schools, table = records(by_school(lines)), records(by_article(lines))

    for row in table:
        own = [one for one in schools if one["article"] == row["article"]]
        for key in ("quantity_low", "total_ht", "total_ttc", "total_high_ttc"):
            assert row[key] == sum(Fraction(str(one[key])) for one in own)
    assert {one["subjects"] for one in table} == {1}


def test_a_lot_is_the_domain_that_buys_an_article_most_often() -> None:
    def moved(checklist: Checklist, domains: dict[str, str]) -> Checklist:
        advice = {
            name: one.model_copy(
                update={
                    "domain": domains.get(name, one.domain),
                    "buys": (Need(item="prise"),) if name in domains else one.buys,
                }
            )
            for name, one in checklist.recommendations.items()
        }
        return checklist.model_copy(update={"recommendations": advice})

    lots = lots_of(moved(CHECKLIST, {"filtrer": "projet", "ecrire": "projet"}))

    assert lots["prise"] == "Projet"
    assert lots["acces"] == "Accès et réseau"
    assert list(lots)[-1] == "prise"


def test_what_a_sensitive_fact_calls_for_is_bought_apart() -> None:
    ranger = CHECKLIST.recommendations["ranger"]
    priced = ranger.model_copy(update={"buys": (Need(item="ecran"),)})
    checklist = CHECKLIST.model_copy(
        update={"recommendations": {**CHECKLIST.recommendations, "ranger": priced}}
    )

    def bought(told: Report) -> list[object]:
        return [one["title"] for one in records(by_school(basket_of(told).lines))]

    whole = report(ORDINARY, checklist)
    assert "Ranger les mots de passe" in bought(whole)
    assert "Ranger les mots de passe" not in bought(whole.public)
