"""Ballots weigh within bounds, only once adopted, and every weight traces to them."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.journal import subjects
from diag.model.base import Noun
from diag.model.enums import Outcome, Participant
from diag.model.programme import (
    BodyDecision,
    ProgrammeTheme,
    WeightRule,
    Workshop,
    WorkshopBallot,
)
from diag.programme.assembling import weights_in_force
from diag.programme.container import Container, Record, create, record_of
from diag.programme.gathering import points_by_role, rule_adopting, theme_weights
from diag.programme.placing import schedule_of, unweighted
from diag.programme.terms import (
    INVESTMENT,
    Article,
    Envelope,
    Operation,
    Programme,
    Purse,
)
from diag.workspace.workspace import Workspace
from tests.audit.builders import workspace
from tests.programme.test_container import FRAME, PAYER, SIREN

THEMES = ("usages", "reseau", "salles")


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "anne", author="anne") as made:
        yield made


def record_with(
    made: Container, ballots: dict[str, list[dict[str, int]]], **rule: str
) -> Record:
    """Return what stands once workshops voted."""
    put = made.draft
    drafts = [
        put(subjects.programme(subjects.THEMES, name), ProgrammeTheme(title=name))
        for name in THEMES
    ]
    for workshop, votes in ballots.items():
        subject = subjects.programme(subjects.WORKSHOPS, workshop)
        drafts.append(put(subject, Workshop(title=workshop, on="2026-11-03")))
        for at, points in enumerate(votes):
            ballot = subjects.programme(subjects.WORKSHOPS, workshop, "ballot", str(at))
            value: Noun = WorkshopBallot(role=Participant.PARENT, points=points)
            drafts.append(put(ballot, value))
    weights = subjects.programme(subjects.PROGRAMME, "weights")
    drafts.append(
        put(weights, WeightRule.model_validate({"workshops": tuple(ballots), **rule}))
    )
    made.write(*drafts)
    return made.reopened().record()


def test_a_weight_is_a_mean_share_times_the_number_of_themes_within_bounds(
    anne: Workspace,
) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    votes = {"a": [{"usages": 10}, {"usages": 4, "reseau": 6}], "b": [{"reseau": 5}]}
    found = {one.theme: one for one in theme_weights(record_with(made, votes))}
    # usages (1 + 0.4 + 0)/3, reseau (0 + 0.6 + 1)/3: × 3 is 1.4 and 1.6, above 1.25.
    assert found["usages"].share == Fraction(7, 15)
    assert {name: one.weight for name, one in found.items()} == {
        "usages": Fraction("1.25"),
        "reseau": Fraction("1.25"),
        "salles": Fraction("0.8"),
    }
    assert (found["usages"].points, found["reseau"].points) == (14, 11)
    by_workshop = theme_weights(record_with(made, votes, per="workshop", bound="2"))
    # Half of 0.7 to usages, half of 1.3 to reseau.
    assert {one.theme: one.weight for one in by_workshop} == {
        "usages": Fraction("1.05"),
        "reseau": Fraction("1.95"),
        "salles": Fraction("0.5"),
    }


@given(
    votes=st.dictionaries(
        st.sampled_from(("a", "b", "c")),
        st.lists(
            st.dictionaries(st.sampled_from(THEMES), st.integers(0, 3)), max_size=4
        ),
    ),
    per=st.sampled_from(("ballot", "workshop")),
    bound=st.sampled_from(("1", "1.25", "2")),
)
def test_shares_make_a_whole_and_weights_stay_within_bounds(
    votes: dict[str, list[dict[str, int]]], per: str, bound: str
) -> None:
    rule = WeightRule.model_validate({
        "workshops": tuple(votes) or ("a",),
        "per": per,
        "bound": bound,
    })
    record = replace(
        record_of({}),
        themes={name: ProgrammeTheme(title=name) for name in THEMES},
        workshops={name: Workshop(title=name, on="2026-11-03") for name in votes},
        cards={},
        ballots={
            (name, str(at)): WorkshopBallot(role=Participant.ELU, points=points)
            for name, own in votes.items()
            for at, points in enumerate(own)
        },
        weighing=rule,
    )
    found = theme_weights(record)
    least, most = round(1 / Fraction(bound), 2), Fraction(bound)
    assert all(least <= one.weight <= most for one in found)
    voted = any(any(one.values()) for own in votes.values() for one in own)
    assert sum(one.share for one in found) == (1 if voted else 0)
    assert bool(found) == voted


def test_weights_count_once_adopted_and_later_ballots_do_not_move_them(
    anne: Workspace,
) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    votes = {"a": [{"usages": 10}] * 3}
    record = record_with(made, votes)
    assert weights_in_force(record) == {}
    decision = subjects.programme(subjects.DECISIONS, "d")
    assert record.weighing is not None
    rule = rule_adopting(record, record.weighing, "d")
    word = BodyDecision(body=PAYER, on="2026-11-20", outcome=Outcome.REJETE)
    weights = subjects.programme(subjects.PROGRAMME, "weights")
    made.write(made.draft(decision, word), made.draft(weights, rule))
    assert weights_in_force(made.reopened().record()) == {}
    made.write(
        made.draft(decision, word.model_copy(update={"outcome": Outcome.ADOPTE}))
    )
    adopted = weights_in_force(made.reopened().record())
    assert adopted == {
        "usages": Fraction("1.25"),
        "reseau": Fraction("0.8"),
        "salles": Fraction("0.8"),
    }
    late = subjects.programme(subjects.WORKSHOPS, "a", "ballot", "late")
    ballot = WorkshopBallot(role=Participant.ELU, points={"salles": 10})
    made.write(made.draft(late, ballot))
    after = made.reopened().record()
    assert weights_in_force(after) == adopted
    assert theme_weights(after) != theme_weights(record)


def test_fewer_than_five_ballots_of_a_role_are_never_shown_apart(
    anne: Workspace,
) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    record = record_with(made, {"a": [{"usages": 10}] * 4})
    assert points_by_role(record) == {}
    record = record_with(made, {"a": [{"usages": 10}] * 5})
    assert points_by_role(record) == {Participant.PARENT: {"usages": 50}}


def operation(name: str, points: int, weight: str = "1") -> Operation:
    return Operation(
        id=name,
        commune="commune:80001",
        lines=(Article(INVESTMENT, 100),),
        rate=Fraction(1),
        points=Fraction(points),
        weight=Fraction(weight),
    )


def test_a_theme_that_weighs_more_comes_first_and_without_it_later() -> None:
    terms = Programme(
        years=(2027, 2028),
        syndicat=PAYER,
        operations=(operation("a", 10), operation("b", 9, "1.25")),
        envelopes={Purse(PAYER, INVESTMENT): Envelope((100, 100))},
        weights={"commune:80001": Fraction(1)},
    )
    assert schedule_of(terms).years == {"b": 2027, "a": 2028}
    assert schedule_of(unweighted(terms, {"b"})).years == {"a": 2027, "b": 2028}
