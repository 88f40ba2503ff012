import pytest

from diag.assess.judge import assess
from diag.assess.results import CriterionResult
from diag.model.enums import Compliance, Kind, Standing
from diag.rules.expressions import Truth
from tests.assess.builders import (
    SALLE,
    SANS_OBJET,
    UNKNOWN,
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
    given: str = "",
    levels: dict[int, str] | None = None,
) -> CriterionResult:
    grid = checklist(
        [
            boolean("cantine"),
            boolean("reseau", void=True),
            number("prises", range=(0, 4), void=True, relevant="reseau"),
            number("postes"),
        ],
        [
            criterion(
                "c",
                levels or LEVELS,
                kind=kind,
                applicable=applicable,
                given=given,
                conforms_at=1 if kind is Kind.COMPLIANCE else None,
            )
        ],
    )
    return assess(facts({"reseau": True, **answers}), grid).criteria["c"]


def seen(result: CriterionResult) -> tuple[Standing, int, int]:
    (verdict,) = result.verdicts
    return verdict.standing, verdict.low, verdict.high


@pytest.mark.parametrize(
    ("prises", "levels"),
    [(0, (0, 0)), (1, (1, 1)), (2, (2, 2)), (4, (3, 3)), ([1, 2], (1, 2))],
)
def test_the_level_is_between_the_surest_and_the_highest_that_may_hold(
    prises: Said, levels: tuple[int, int]
) -> None:
    found = seen(judged({"cantine": True, "prises": prises}))
    assert found == (Standing.IN, *levels)


def test_what_may_still_be_sans_objet_is_undecided() -> None:
    assert seen(judged({"cantine": True, "prises": UNKNOWN})) == (Standing.MAYBE, 0, 3)
    assert seen(judged({"cantine": True})) == (Standing.MAYBE, 0, 3)


def test_a_missing_level_is_never_reached() -> None:
    answers: dict[str, Said] = {"cantine": True, "prises": 2}
    only = {3: "prises >= 3", 1: "prises >= 1"}
    assert seen(judged(answers, levels=only)) == (Standing.IN, 1, 1)
    unknown = seen(judged({}, levels={2: "postes >= 3"}, applicable=""))
    assert unknown == (Standing.IN, 0, 2)


def test_applicability_is_known_or_undecided() -> None:
    assert judged({"cantine": False}).standing is Standing.OUT
    assert seen(judged({"prises": 2})) == (Standing.MAYBE, 2, 2)
    assert judged({}, levels={1: "postes > 1"}, applicable="").standing is Standing.IN


@pytest.mark.parametrize(
    ("cantine", "levels", "gate"),
    [(True, (2, 2), True), (False, (0, 0), False), (None, (0, 2), None)],
)
def test_a_shut_gate_is_level_0_and_an_unknown_one_may_be(
    cantine: Truth, levels: tuple[int, int], gate: Truth
) -> None:
    answers: dict[str, Said] = {"prises": 2}
    if cantine is not None:
        answers["cantine"] = cantine
    found = judged(answers, applicable="", given="cantine")
    assert seen(found) == (Standing.IN, *levels)
    assert found.verdicts[0].given is gate


def test_an_averaged_criterion_that_reads_a_fact_sans_objet_is_out() -> None:
    result = judged({"cantine": True, "prises": SANS_OBJET})
    assert result.standing is Standing.OUT
    assert result.verdicts[0].declared_out
    gate = judged({"reseau": SANS_OBJET}, applicable="", given="reseau")
    assert gate.verdicts[0].declared_out


def test_sans_objet_is_inherited_by_what_is_asked_of_it_alone() -> None:
    result = judged({"cantine": True, "reseau": SANS_OBJET, "prises": 3})
    assert result.standing is Standing.OUT
    assert result.verdicts[0].declared_out


def test_sans_objet_where_the_question_has_none_is_unknown() -> None:
    result = judged({"postes": SANS_OBJET}, levels={3: "postes >= 3"}, applicable="")
    assert seen(result) == (Standing.IN, 0, 3)
    assert seen(judged({"cantine": SANS_OBJET, "prises": 2})) == (Standing.MAYBE, 2, 2)


def test_what_is_out_anyway_is_not_said_to_be_declared() -> None:
    result = judged({"cantine": False, "prises": SANS_OBJET})
    assert result.standing is Standing.OUT
    assert not result.verdicts[0].declared_out


def test_a_conflict_about_sans_objet_leaves_the_criterion_undecided() -> None:
    result = judged({"cantine": True, "prises": [known(2), SANS_OBJET]})
    assert seen(result) == (Standing.MAYBE, 0, 2)


def test_no_obligation_is_declared_away() -> None:
    """Only its scope may read what is sans objet, as absent."""
    law = judged({"reseau": SANS_OBJET}, kind=Kind.COMPLIANCE, applicable="reseau")
    assert law.compliance is Compliance.SANS_OBJET
    still = judged(
        {"cantine": True, "postes": SANS_OBJET},
        kind=Kind.COMPLIANCE,
        levels={1: "postes >= 1"},
    )
    assert seen(still) == (Standing.IN, 0, 1)
    assert still.compliance is Compliance.A_VERIFIER


def test_compliance_is_as_good_as_its_worst_place() -> None:
    grid = checklist(
        [number("prises", SALLE)],
        [criterion("c", LEVELS, kind=Kind.COMPLIANCE, conforms_at=1, place=SALLE)],
    )
    rooms: dict[str, dict[str, Said]] = {"CP": {"prises": 3}, "CE1": {"prises": 0}}
    one_open = assess(facts({}, rooms, closed=()), grid).criteria["c"]
    assert one_open.compliance is Compliance.NON_CONFORME
    unseen = assess(facts({}, {"CP": {"prises": 3}}, closed=()), grid).criteria["c"]
    assert unseen.compliance is Compliance.A_VERIFIER
    assert assess(facts(), grid).criteria["c"].compliance is Compliance.SANS_OBJET
