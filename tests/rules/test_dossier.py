"""The checklists hold each criterion of the domain dossier that still stands, once."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from diag.model.checklist import Criterion
from tests.shipped import shipped

DOSSIER = Path(__file__).parents[3] / "shared/domain/migration/criteria.tsv"
GONE = ("drop", "merge into")


def test_no_reference_stands_twice() -> None:
    held = Counter(each.ref for each in shipped().criteria.values() if each.ref)
    assert set(held.values()) == {1}


def test_a_criterion_is_what_the_dossier_says_that_it_became() -> None:
    if not DOSSIER.is_file():
        pytest.skip(f"{DOSSIER.name} is not beside this copy: it is not compared")
    with DOSSIER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    standing = [row for row in rows if not row["fate"].startswith(GONE)]
    assert (len(rows), len(standing)) == (207, 188)

    told = {row["id"]: (row["ref"], row["kind"], row["nature"]) for row in standing}
    found = {ident: _told(each) for ident, each in shipped().criteria.items()}

    assert {ident: found.get(ident) for ident in told} == told
    gone = {row["id"] for row in rows} - told.keys()
    assert not gone & found.keys()


def _told(criterion: Criterion) -> tuple[str, str, str]:
    return criterion.ref, str(criterion.kind), str(criterion.nature)


def test_every_criterion_can_lead_to_advice() -> None:
    checklist = shipped()
    advised = {each.when.criterion for each in checklist.recommendations.values()}
    assert set(checklist.criteria) == advised
