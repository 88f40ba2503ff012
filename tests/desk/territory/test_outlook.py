"""Where an audit stands is told as everywhere else."""

from fractions import Fraction

import pytest

from diag.desk.territory.outlook import Progress
from diag.model.kinds import AuditStatus
from diag.reports.figures import percent


@pytest.mark.parametrize(
    ("known", "said"),
    [(Fraction(216, 1000), 22), (Fraction(214, 1000), 21), (Fraction(999, 1000), 99)],
)
def test_a_share_is_rounded_in_the_list_as_in_reports(
    known: Fraction, said: int
) -> None:
    progress = Progress(AuditStatus.EN_COURS, known, "")

    assert progress.words == f"en cours, {percent(known)}"
    assert percent(known) == f"{said}\u00a0%"


@pytest.mark.parametrize(
    ("status", "said"),
    [(AuditStatus.EN_COURS, "à trancher"), (AuditStatus.CLOS, "à trancher, clos")],
)
def test_what_is_to_be_settled_comes_first(status: AuditStatus, said: str) -> None:
    assert Progress(status, Fraction(1, 2), "", unsettled=True).words == said


@pytest.mark.parametrize("known", [None, Fraction(0)])
def test_what_was_just_begun_is_told_alike_judged_or_not(
    known: Fraction | None,
) -> None:
    assert Progress(AuditStatus.EN_COURS, known, "").words == "en cours"
