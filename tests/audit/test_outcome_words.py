"""What would follow, in the words of whom the audit is about."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diag.audit.session import start
from diag.audit.suppose import outcome, title_of
from diag.model.checklist import Wording
from diag.model.enums import Audience, PlaceKind
from diag.workspace.subjects import school_of
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import SCHOOL


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as desk:
        yield desk


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (PlaceKind.ECOLE, "Réunir l'école"),
        (PlaceKind.COMMUNE, "Réunir la commune"),
        (PlaceKind.SYNDICAT, "Réunir le syndicat"),
    ],
)
def test_a_title_names_whom_the_audit_is_about(
    made: Workspace, kind: PlaceKind, said: str
) -> None:
    advice = audited(made).assessment.advice[0]
    wording = {Audience.MAIRIE: Wording(title="Réunir {lieux}")}
    told = advice.recommendation.model_copy(update={"wording": wording})
    assert title_of(replace(advice, recommendation=told), kind) == said


def test_an_outcome_knows_what_it_is_about(made: Workspace) -> None:
    session = start(made, f"commune:{school_of(made, SCHOOL).insee}")
    found = outcome(session.facts, session.checklist, ())
    assert found.kind is PlaceKind.COMMUNE
