import pytest

from diag.assess.judge import assess
from diag.assess.results import CriterionResult
from diag.model.enums import Compliance, Kind, Standing
from tests.assess.builders import (
    SALLE,
    SANS_OBJET,
    UNKNOWN,
    WORST,
    Said,
    boolean,
    checklist,
    criterion,
    facts,
    known,
    number,
)

LEVELS = {3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"}


def judged(
    answers: dict[str, Said],
    *,
    kind: Kind = Kind.IMPROVEMENT,
    applicable: str = "cantine",
    levels: dict[int, str] | None = None,
) -> CriterionResult:
    grid = checklist(
        [boolean("cantine"), number("prises", range=(0, 4)), number("postes")],
        [criterion("c", levels or LEVELS, kind=kind, applicable=applicable)],
    )
    return assess(facts(answers), grid).criteria["c"]


def seen(result: CriterionResult) -> tuple[Standing, int, int]:
    return result.standing, result.low, result.high


@pytest.mark.parametrize(
    ("prises", "levels"),
    [
        (0, (0, 0)),
        (1, (1, 1)),
        (2, (2, 2)),
        (4, (3, 3)),
        ([1, 2], (1, 2)),
        (UNKNOWN, (0, 3)),
    ],
)
def test_the_level_is_between_the_surest_and_the_highest_that_may_hold(
    prises: Said, levels: tuple[int, int]
) -> None:
    found = seen(judged({"cantine": True, "prises": prises}))
    assert found == (Standing.IN, *levels)


def test_a_missing_level_is_never_reached() -> None:
    answers: dict[str, Said] = {"cantine": True, "prises": 2}
    assert judged(answers, levels={3: "prises >= 3", 1: "prises >= 1"}).high == 1
    assert seen(judged({}, levels={2: "prises >= 3"}, applicable="")) == (
        Standing.IN,
        0,
        2,
    )


def test_applicability_is_known_or_undecided() -> None:
    assert judged({"cantine": False}).standing is Standing.OUT
    assert seen(judged({"prises": 2})) == (Standing.MAYBE, 2, 2)
    assert judged({}, applicable="").standing is Standing.IN


def test_an_averaged_criterion_that_names_a_fact_declared_sans_objet_is_out() -> None:
    result = judged({"cantine": True, "prises": SANS_OBJET})
    assert result.standing is Standing.OUT
    assert result.verdicts[0].declared_out
    assert judged({"cantine": SANS_OBJET}).verdicts[0].declared_out


def test_what_is_out_anyway_is_not_said_to_be_declared() -> None:
    result = judged({"cantine": False, "prises": SANS_OBJET})
    assert result.standing is Standing.OUT
    assert not result.verdicts[0].declared_out


def test_a_conflict_about_sans_objet_leaves_the_criterion_undecided() -> None:
    result = judged({"cantine": True, "prises": [known(2), SANS_OBJET]})
    assert seen(result) == (Standing.MAYBE, 0, 2)
    out = judged({"cantine": [known(False), SANS_OBJET], "prises": 2})
    assert out.standing is Standing.OUT
    assert not out.verdicts[0].declared_out


@pytest.mark.parametrize("prises", [SANS_OBJET, [known(0), SANS_OBJET]])
def test_a_compliance_criterion_declared_sans_objet_stays_to_be_checked(
    prises: Said,
) -> None:
    result = judged({"cantine": True, "prises": prises}, kind=Kind.COMPLIANCE)
    assert seen(result) == (Standing.IN, 0, 3)
    assert result.compliance is Compliance.A_VERIFIER
    out = judged({"cantine": False, "prises": prises}, kind=Kind.COMPLIANCE)
    assert out.compliance is Compliance.SANS_OBJET


@pytest.mark.parametrize("cantine", [SANS_OBJET, [known(False), SANS_OBJET]])
def test_declaring_its_scope_sans_objet_does_not_clear_a_compliance_criterion(
    cantine: Said,
) -> None:
    result = judged({"cantine": cantine, "prises": 3}, kind=Kind.COMPLIANCE)
    assert seen(result) == (Standing.MAYBE, 0, 3)
    assert result.compliance is Compliance.A_VERIFIER


def test_compliance_is_as_good_as_its_worst_place_whatever_is_declared() -> None:
    grid = checklist(
        [number("prises", SALLE)],
        [criterion("c", LEVELS, kind=Kind.COMPLIANCE, place=SALLE, roll_up=WORST)],
    )
    rooms: dict[str, dict[str, Said]] = {"CP": {"prises": 3}, "CE1": {"prises": 0}}
    one_open = assess(facts({}, rooms, closed=()), grid).criteria["c"]
    assert one_open.compliance is Compliance.NON_CONFORME
    unseen = assess(facts({}, {"CP": {"prises": 3}}, closed=()), grid).criteria["c"]
    assert unseen.compliance is Compliance.A_VERIFIER
    assert assess(facts(), grid).criteria["c"].compliance is Compliance.SANS_OBJET
