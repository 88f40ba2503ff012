from fractions import Fraction

import pytest

from diag.assess.criteria import compliance_of
from diag.assess.judge import assess
from diag.assess.results import Assessment, DomainResult, Verdict
from diag.model.enums import Compliance, Kind, PlaceKind, Socle, Standing
from diag.model.text import Bounds
from tests.assess.builders import (
    SALLE,
    Said,
    boolean,
    checklist,
    criterion,
    facts,
    number,
)

IN, MAYBE, OUT = Standing.IN, Standing.MAYBE, Standing.OUT


@pytest.mark.parametrize(
    ("standing", "low", "high", "status"),
    [
        (IN, 2, 3, Compliance.CONFORME),
        (IN, 1, 1, Compliance.NON_CONFORME),
        (IN, 0, 0, Compliance.NON_CONFORME),
        (IN, 1, 2, Compliance.A_VERIFIER),
        (MAYBE, 2, 3, Compliance.A_VERIFIER),
        (MAYBE, 0, 0, Compliance.A_VERIFIER),
        (OUT, 0, 0, Compliance.SANS_OBJET),
    ],
)
def test_compliance_is_claimed_only_when_sure(
    standing: Standing, low: int, high: int, status: Compliance
) -> None:
    """The rule is met from level 2: below it, nothing conforms."""
    verdict = Verdict("loi", "ecole", standing, low, high)
    assert compliance_of([verdict], 2, is_open=False) is status


def test_one_place_below_the_rule_is_enough_and_an_open_list_proves_nothing() -> None:
    good, bad = (
        Verdict("loi", place, IN, lv, lv) for place, lv in (("a", 3), ("b", 1))
    )
    out = Verdict("loi", "c", OUT, 0, 0)
    assert compliance_of([good, bad], 2, is_open=True) is Compliance.NON_CONFORME
    assert compliance_of([good, out], 2, is_open=False) is Compliance.CONFORME
    assert compliance_of([good], 2, is_open=True) is Compliance.A_VERIFIER
    assert compliance_of([out], 2, is_open=False) is Compliance.SANS_OBJET
    assert compliance_of([], 2, is_open=False) is Compliance.SANS_OBJET


def judged(answers: dict[str, Said]) -> Assessment:
    grid = checklist(
        [boolean("wifi"), number("prises"), number("postes"), boolean("cantine")],
        [
            criterion(
                "loi", {1: "wifi"}, kind=Kind.COMPLIANCE, conforms_at=1, weight=9
            ),
            criterion(
                "socle",
                {3: "prises >= 3", 1: "prises >= 1"},
                kind=Kind.BLOCKING,
                applicable="cantine",
                weight=3,
            ),
            criterion("mieux", {3: "postes >= 3"}, weight=1),
            criterion("ailleurs", {3: "postes >= 3"}, applicable="wifi", domain="e"),
        ],
        domains={"d": 2, "e": 1, "vide": 4},
    )
    return assess(facts(answers), grid)


def domain_of(assessment: Assessment, ident: str) -> DomainResult:
    return next(each for each in assessment.domains if each.domain.id == ident)


def test_compliance_is_never_averaged() -> None:
    answers: dict[str, Said] = {"cantine": True, "prises": 3, "postes": 3}
    for wifi in (True, False):
        domain = domain_of(judged({**answers, "wifi": wifi}), "d")
        assert domain.score.bounds == Bounds(Fraction(1), Fraction(1))


def test_the_alerts_are_what_fails_or_is_to_be_checked() -> None:
    assert [each.criterion.id for each in judged({}).alerts] == ["loi"]
    assert [each.criterion.id for each in judged({"wifi": False}).alerts] == ["loi"]
    assert judged({"wifi": True}).alerts == ()


def test_a_domain_is_undecided_or_empty_as_its_members_are() -> None:
    assert domain_of(judged({}), "e").score.standing is MAYBE
    assert domain_of(judged({"wifi": False}), "e").score.bounds is None
    assert domain_of(judged({"wifi": False}), "e").score.standing is OUT
    assert domain_of(judged({}), "vide").score.completeness == 1


@pytest.mark.parametrize(
    ("answers", "socle"),
    [
        ({"cantine": False}, Socle.SANS_OBJET),
        ({"cantine": True, "prises": 0}, Socle.NON_ATTEINT),
        ({"prises": 0}, Socle.INDETERMINE),
        ({"cantine": True}, Socle.INDETERMINE),
        ({"prises": 1}, Socle.ATTEINT),
    ],
)
def test_the_socle_holds_when_everything_blocking_does(
    answers: dict[str, Said], socle: Socle
) -> None:
    assert judged(answers).socle is socle


ROOMS = checklist(
    [number("prises", SALLE)],
    [
        criterion(
            "salles",
            {3: "prises >= 3", 1: "prises >= 1"},
            place=SALLE,
            kind=Kind.BLOCKING,
            socle_share="1/2",
        )
    ],
)


@pytest.mark.parametrize(
    ("rooms", "closed", "socle"),
    [
        ([1, 1], (SALLE,), Socle.ATTEINT),
        ([1, 0], (SALLE,), Socle.ATTEINT_SAUF),
        ([1, 0, 0], (SALLE,), Socle.NON_ATTEINT),
        ([], (SALLE,), Socle.SANS_OBJET),
        ([1, None], (SALLE,), Socle.INDETERMINE),
        ([1, 1], (), Socle.INDETERMINE),
    ],
)
def test_the_socle_names_what_fails_where_enough_places_hold(
    rooms: list[int | None], closed: tuple[PlaceKind, ...], socle: Socle
) -> None:
    told: dict[str, dict[str, Said]] = {
        f"salle {rank}": {} if prises is None else {"prises": prises}
        for rank, prises in enumerate(rooms)
    }
    assert assess(facts({}, told, closed=closed), ROOMS).socle is socle


def test_all_rooms_at_one_level_make_that_level() -> None:
    """« base » in each room rolled up to « insuffisant »."""
    rooms = {name: {"prises": 1} for name in ("CP", "CE1", "CE2")}
    found = assess(facts({}, rooms), ROOMS).criteria["salles"]
    assert found.bounds == Bounds(Fraction(1, 3), Fraction(1, 3))


def test_completeness_weighs_what_is_settled_without_compliance() -> None:
    assert judged({}).overall.completeness == 0
    known = judged({"cantine": True, "prises": 2, "wifi": True})
    assert domain_of(known, "d").score.completeness == Fraction(3, 4)
    assert known.overall.completeness == Fraction(3, 5)
    assert judged({"postes": 2, "cantine": False}).overall.completeness == Fraction(
        1, 2
    )


def test_completeness_counts_the_settled_share_of_places() -> None:
    grid = checklist(
        [number("prises", SALLE), number("postes")],
        [
            criterion("salles", {1: "prises >= 1"}, place=SALLE, weight=2),
            criterion("postes", {1: "postes >= 1"}),
        ],
    )
    rooms = {"CP": {"prises": 1}, "CE1": {}}
    closed = assess(facts({}, rooms), grid).overall
    assert closed.completeness == Fraction(1, 3)
    still_open = assess(facts({}, rooms, closed=()), grid).overall
    assert still_open.completeness == Fraction(2, 9)
