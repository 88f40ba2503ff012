"""The checklists that come with diag are found, in a wheel and in the source tree."""

import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

import diag
from diag.checklist import LAST_READ, shipped_checklists
from diag.checklist.edition import compiled
from diag.checklist.lint import _law_problems, _sense_problems, lint
from diag.checklist.load import load_checklists
from diag.model.enums import READERS, PlaceKind, QuestionType
from tests.shipped import shipped, shipped_edition


def test_the_source_tree_has_them_beside_the_package() -> None:
    assert (shipped_checklists() / "edition.yaml").is_file()


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diag" / "checklists").mkdir(parents=True)
    monkeypatch.setattr(diag, "__file__", str(tmp_path / "diag" / "__init__.py"))
    assert shipped_checklists() == tmp_path / "diag" / "checklists"


def test_they_hold_no_error_and_tests_read_what_the_program_compiles() -> None:
    loaded = load_checklists(shipped_checklists())
    found = (*loaded.problems, *lint(loaded))
    assert [str(each) for each in found if each.severity == "error"] == []
    assert loaded.checklist is not None
    assert compiled(loaded.checklist) == shipped_edition()


class Late(datetime):
    """A clock that is weeks behind."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 10, 6, tzinfo=tz)


def test_a_clock_that_is_weeks_behind_refuses_no_shipped_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The texts were « read on a day to come »: no school opened on that laptop."""
    monkeypatch.setattr("diag.checklist.lint.datetime", Late)
    loaded = load_checklists(shipped_checklists())

    found = [*_sense_problems(loaded), *_law_problems(loaded)]  # who look at a clock

    assert [str(each) for each in found if "à venir" in each.message] == []
    assert [str(each) for each in found if each.severity == "error"] == []


def test_the_latest_day_that_they_name_is_known_without_reading_them() -> None:
    draft = shipped()
    days = [one.law.read_on for one in draft.criteria.values() if one.law]
    days += [one.as_of for one in draft.prices.values()]
    days += [one.as_of for one in draft.aids.values()]
    days += [one.as_of for one in draft.deadlines.values()]
    days += [one.as_of for one in draft.finances.values()]
    assert max(days) == LAST_READ.isoformat()


_NOT_KNOWN = re.compile(
    r"nous (?:les )?avons|(?:jour|date) de la visite|pendant la visite"
    r"|(?:est|a été|ont été) (?:prévenu|signalé)",
    re.IGNORECASE,
)
"""Words that claim a visit or a warning, which an audit may lack."""


def test_no_advice_claims_a_visit_or_a_warning_that_nothing_notes() -> None:
    claims = [
        f"{one.id}, {reader} : {text}"
        for one in shipped().recommendations.values()
        for reader in READERS
        for text in str(one.wording.get(reader) or "").splitlines()
        if _NOT_KNOWN.search(text)
    ]
    assert claims == []


_OTHER_NAMES = re.compile(
    r"\bchaque pièce\b|\b(?:hors|sort|entre|entrent)(?: alors)? (?:de|dans) la note\b"
)
"""A room is a « salle », what an audit is given is a « score », everywhere else."""


def test_a_room_and_a_score_have_the_names_of_the_screens() -> None:
    files = sorted(shipped_checklists().glob("*.yaml"))
    called = [
        f"{path.name}, ligne {number} : {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _OTHER_NAMES.search(line)
    ]
    assert files
    assert called == []


def test_what_is_asked_room_by_room_has_the_head_of_a_column() -> None:
    kinds = {PlaceKind.SALLE, PlaceKind.LOT}
    asked = [one for one in shipped().questions.values() if one.place in kinds]
    assert asked
    photos = QuestionType.PHOTO
    assert [one.id for one in asked if not one.short and one.type is not photos] == []
