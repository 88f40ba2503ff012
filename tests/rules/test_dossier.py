"""The checklists hold each criterion of the domain dossier, once, with its kind."""

import re
from collections import Counter
from pathlib import Path

import pytest

from diag.model.enums import Kind
from tests.shipped import shipped

DOSSIER = Path(__file__).parents[3] / "shared/domain/criteres.md"

NUMBERS = {
    "ACC": range(1, 14),
    "LAN": range(1, 12),
    "WIF": (*range(1, 7), *range(8, 14)),
    "FIL": range(1, 8),
    "SAL": range(1, 24),
    "EQP": range(1, 22),
    "MOB": range(1, 9),
    "GOV": range(1, 11),
    "USG": range(1, 10),
    "FOR": range(1, 6),
    "PER": range(1, 3),
    "ENT": range(1, 14),
    "SEC": range(1, 12),
    "RGP": range(1, 7),
    "MNT": range(1, 11),
    "VRT": range(1, 6),
    "A11": range(1, 3),
    "FIN": range(1, 11),
    "PRJ": range(1, 4),
}
"""WIF-07 is a rule of thumb of the dossier (WIF-R1), not a criterion."""

REFS = [
    f"{prefix}-{number:02}" for prefix, numbers in NUMBERS.items() for number in numbers
]

SPLIT = {"SAL-01": ("SAL-01a", "SAL-01b")}
"""Two things to see that the dossier asks in one block."""

KINDS = {"K1": Kind.COMPLIANCE, "K2": Kind.BLOCKING, "K3": Kind.IMPROVEMENT}


def test_the_dossier_has_181_criteria() -> None:
    assert len(REFS) == 181


def test_each_criterion_of_the_dossier_is_asked_exactly_once() -> None:
    held = Counter(each.ref for each in shipped().criteria.values() if each.ref)
    expected = [part for ref in REFS for part in SPLIT.get(ref, (ref,))]
    assert held == Counter(expected)


def test_a_criterion_has_the_kind_that_the_dossier_gives_it() -> None:
    if not DOSSIER.is_file():
        pytest.skip(f"{DOSSIER.name} is not beside this copy: kinds are not compared")
    text = DOSSIER.read_text(encoding="utf-8")
    blocks = re.findall(r"^#### (\w+-\d+) · .* · (K\d)$", text, re.MULTILINE)
    assert [ref for ref, _ in blocks] == REFS
    found = {each.ref: each.kind for each in shipped().criteria.values()}
    for ref, kind in blocks:
        for part in SPLIT.get(ref, (ref,)):
            assert found[part] is KINDS[kind], ref


def test_every_criterion_of_the_dossier_can_lead_to_advice() -> None:
    checklist = shipped()
    advised = {each.when.criterion for each in checklist.recommendations.values()}
    assert set(checklist.criteria) == advised
