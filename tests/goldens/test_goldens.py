"""Six whole schools: what the desk finds is what the oracle and the files say."""

import json
import re
from pathlib import Path

import pytest

from diag.assess.questions import relevant_questions
from diag.assess.results import Assessment, Score
from diag.audit import session as audits
from diag.demo.stories import play
from diag.model.audit import PARENT_KINDS, Facts
from diag.model.enums import AuditStatus, Provenance, State, Trigger
from diag.office.imports import import_file
from diag.words.sentences import displayed, out_of_100
from tests.audit.builders import territory, workspace
from tests.goldens.golden import FOLDER, NAMES, facts_told, golden
from tests.goldens.pin import laid_out
from tests.goldens.recomputed import recomputed
from tests.shipped import shipped

QUICK = ("gironde",)
PIN = "lisez la différence, puis : python -m tests.goldens.pin"


def as_expected(assessment: Assessment) -> dict[str, object]:
    """Return an assessment as the files of schools tell it."""
    statuses: dict[str, list[str]] = {}
    for ident, result in sorted(assessment.criteria.items()):
        if result.compliance is not None:
            statuses.setdefault(str(result.compliance), []).append(ident)
    return {
        "overall": shown(assessment.overall),
        "socle": str(assessment.socle),
        "domains": {
            each.domain.id: {
                "score": shown(each.score),
                "completeness": out_of_100(each.score.completeness),
            }
            for each in assessment.domains
        },
        "compliance": {status: statuses[status] for status in sorted(statuses)},
        "fires": advised(assessment, Trigger.FIRES),
        "to_confirm": advised(assessment, Trigger.TO_CONFIRM),
    }


def shown(score: Score) -> list[int] | str:
    return list(displayed(score.bounds)) if score.bounds else "sans_objet"


def advised(assessment: Assessment, trigger: Trigger) -> list[str]:
    return sorted(
        each.recommendation.id for each in assessment.advice if each.trigger is trigger
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_oracle_finds_what_is_pinned(name: str) -> None:
    told = golden(name)
    assert recomputed(facts_told(told, shipped()), shipped()) == told.expect, PIN


@pytest.mark.parametrize(
    "name",
    [
        # Seven hundred answers take seconds: one school plays every time.
        pytest.param(name, marks=() if name in QUICK else pytest.mark.long)
        for name in NAMES
    ],
)
def test_a_school_played_through_the_desk_gets_its_figures(
    name: str, tmp_path: Path
) -> None:
    told = golden(name)
    with workspace(tmp_path / "w") as made:
        import_file(made, "effectifs", territory().effectifs)
        session = audits.start(made, told.audit.uai)
        play(session, told.audit)
        facts = session.facts
        assert as_expected(session.assessment) == told.expect, PIN
        assert said(facts) == said(facts_told(told, shipped()))
        assert imported(facts) == told.imported
        assert session.status is AuditStatus.CLOS


def said(facts: Facts) -> dict[tuple[str, str], object]:
    """Return what was said, by the name of the place."""
    names = {place.id: place.name for place in facts.places.values()}
    names[facts.root] = ""
    return {
        (names[place], question): (head.state, head.value)
        for (place, question), (head,) in facts.answers.items()
    }


def imported(facts: Facts) -> dict[str, object]:
    return {
        question: head.value
        for (_, question), (head,) in facts.answers.items()
        if head.provenance is Provenance.IMPORTED
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_question_that_applies_was_answered_or_said_unknown(name: str) -> None:
    facts = facts_told(golden(name), shipped())
    assert facts.closed == frozenset(PARENT_KINDS)
    asked = {
        (place, each.question.id)
        for place in facts.places
        for each in relevant_questions(facts, shipped(), place)
    }
    assert asked == set(facts.answers)


def test_schools_leave_things_unknown_refused_or_out_as_real_ones_do() -> None:
    states = {
        name: {
            heads[0].state
            for heads in facts_told(golden(name), shipped()).answers.values()
        }
        for name in NAMES
    }
    assert all(
        State.UNKNOWN in found or State.REFUSED in found for found in states.values()
    )
    assert set().union(*states.values()) == set(State)


@pytest.mark.parametrize("name", NAMES)
def test_a_school_reads_well_and_is_invented(name: str) -> None:
    told = golden(name)
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert text == laid_out(json.loads(text)), PIN
    assert told.audit.uai in {school.uai for school in territory().schools}
    assert told.territory not in " ".join((told.title, *told.story))
    assert len(told.story) >= 3
    assert any('"note"' in line for line in text.splitlines())
    assert re.search(r"/ \d+ = 0,\d+ : \d+|= 0,\d+ : \d+|: \d+", told.arithmetic[-1])
