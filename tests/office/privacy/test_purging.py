"""A campaign past its day is told, then purged, and does not come back."""

from datetime import date
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.journal.people import retired
from diag.model.errors import DiagError
from diag.office.privacy.erasing import preview, purge
from diag.office.privacy.retention import day_typed, decide, overdue, retention_of
from diag.workspace import backup as keeping
from diag.workspace.workspace import Workspace
from tests.audit.builders import OTHER, SCHOOL, started, workspace

CAMPAIGN = "2026-2027"


def test_a_day_is_proposed_from_the_school_year_then_decided(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        proposed = retention_of(made, CAMPAIGN)
        assert (proposed.until, proposed.decided) == (date(2030, 8, 31), False)
        assert overdue(made, [CAMPAIGN]) == ()

        decide(made, CAMPAIGN, day_typed("01/02/2026"))

        (late,) = overdue(made, [CAMPAIGN, CAMPAIGN])
        assert (late.until, late.decided) == (date(2026, 2, 1), True)


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(DiagError, match="date"):
        day_typed("31/02/2027")


def test_a_purge_erases_the_campaign_and_leaves_the_others(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        doomed = started(made)
        kept = audits.start(made, OTHER, "2027-2028")

        plan = preview(made, CAMPAIGN)
        done = purge(made, plan, "terme")

        assert plan.current
        assert done.revisions == plan.revisions > 0
        assert [one.audit.id for one in audits.listed(made)] == [kept.audit.id]
        assert retired(made.journal) == {doomed.audit.id}
        assert done.proof.exists()


def test_neither_a_restored_copy_nor_an_old_bundle_brings_it_back(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with workspace(home) as made:
        audit = started(made).audit.id
        lines = [*made.journal.lines(audit)]
        copied = keeping.back_up(made, tmp_path / "ailleurs")
        purge(made, preview(made, CAMPAIGN), "terme")
        assert made.journal.ingest(lines).new == 0
    (home / "diag.db").unlink()

    keeping.restore(home, copied.journal)

    with Workspace.open(home) as again:
        assert audits.listed(again) == ()
        with pytest.raises(DiagError, match="durée de conservation"):
            audits.start(again, SCHOOL)


def test_purging_again_completes_what_came_since(tmp_path: Path) -> None:
    with workspace(tmp_path / "a") as made, workspace(tmp_path / "b", seed=2) as other:
        started(made)
        late = started(other)
        purge(made, preview(made, CAMPAIGN), "terme")
        made.journal.ingest(other.journal.lines(late.audit.id))

        done = purge(made, preview(made, CAMPAIGN), "terme")

        assert done.revisions > 0
        other.journal.ingest(made.journal.lines(late.audit.id))
        assert audits.listed(other) == ()


def test_an_unknown_campaign_is_told_with_those_that_are_here(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        started(made)
        with pytest.raises(DiagError, match=CAMPAIGN):
            preview(made, "2020-2021")
