"""What would follow, in the words of whom the audit is about."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from diag.audit.session import start
from diag.audit.suppose import SupposedAnswer, outcome, outcome_lines, title_of
from diag.model.audit import Value
from diag.model.checklist import Wording
from diag.model.enums import Audience, PlaceKind
from diag.words.sentences import NBSP
from diag.workspace.subjects import school_of
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import SCHOOL
from tests.documents.builders import CHECKLIST, ROOT, facts


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
    assert title_of(advice._replace(recommendation=told), kind) == said


def test_an_outcome_knows_what_it_is_about(made: Workspace) -> None:
    session = start(made, f"commune:{school_of(made, SCHOOL).insee}")
    found = outcome(session.facts, session.checklist, ())
    assert found.kind is PlaceKind.COMMUNE


def reasons(
    answers: Mapping[tuple[str, str], Value], better: SupposedAnswer, **changed: object
) -> list[tuple[str, str]]:
    """Return what a better fact newly brings, and why."""
    kinds: dict[str, dict[str, object]] = {"criteria": {}, "recommendations": {}}
    for name, update in changed.items():
        kind, ident = name.split("__")
        declared = getattr(CHECKLIST, kind)[ident]
        kinds[kind][ident] = declared.model_copy(update=update)
    every = {kind: {**getattr(CHECKLIST, kind), **new} for kind, new in kinds.items()}
    found = outcome(facts(answers), CHECKLIST.model_copy(update=every), (better,))
    return [(one.recommendation.id, found.why_new(one)) for one in found.new]


def test_a_better_fact_that_opens_a_gate_says_that_it_makes_possible() -> None:
    assert reasons(
        {("ecole", "projet_ecrit"): False, ("ecole", "debit"): 1},
        SupposedAnswer(ROOT, "projet_ecrit", value=True),
        **{"criteria__debit-suffisant": {"given": "projet_ecrit"}},
    ) == [("fibre", "rendue possible")]


def test_an_action_that_another_one_replaced_says_that_it_no_longer_does() -> None:
    assert reasons(
        {("ecole", "filtrage"): False, ("ecole", "debit"): 1},
        SupposedAnswer(ROOT, "debit", 200),
        recommendations__fibre={"covers": ("filtrer",)},
    ) == [("filtrer", "n'est plus couverte par une autre")]


def test_a_duty_that_did_not_apply_says_that_it_is_born() -> None:
    assert reasons(
        {("ecole", "projet_ecrit"): False, ("ecole", "filtrage"): False},
        SupposedAnswer(ROOT, "projet_ecrit", value=True),
        **{"criteria__filtrage-en-service": {"applicable": "projet_ecrit"}},
    ) == [("filtrer", "obligation née")]


def test_a_worse_fact_needs_no_reason() -> None:
    assert reasons({("ecole", "debit"): 200}, SupposedAnswer(ROOT, "debit", 1)) == [
        ("fibre", "")
    ]


def test_what_is_left_to_pay_shows_what_it_would_save() -> None:
    told = outcome(
        facts({("ecole", "debit"): 1}),
        CHECKLIST,
        (SupposedAnswer(ROOT, "debit", 200),),
    )
    rows = dict(outcome_lines(told))["Dépense encore à décider, TTC"]
    assert [(row[0], row[-1].replace(NBSP, " ")) for row in rows] == [
        ("une fois", "300 € de moins"),
        ("par an", "864 € de moins"),
    ]
