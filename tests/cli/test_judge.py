"""What `diag score` prints: doubts said, long lists cut, all of it on request."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.office.bundles import export_audit, import_audit
from tests.audit.builders import SCHOOL, started, workspace
from tests.audit.small_edition import ship
from tests.cli.running import diag
from tests.rules.written import DOMAIN, FILES


def unconfirmed(printed: str) -> list[str]:
    """Return the lines below « À confirmer », without what follows them."""
    told = printed.split("À confirmer", 1)[1].split("Tout ensemble", 1)[0]
    return told.splitlines()[1:]


def test_ten_points_to_confirm_are_printed_and_the_others_counted(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        started(made)
    short = unconfirmed(diag(tmp_path, "score", SCHOOL).out)
    whole = unconfirmed(diag(tmp_path, "score", SCHOOL, "--all").out)
    assert len(short) == 11
    assert f"{len(whole) - 10} autres" in short[-1]
    assert "--all" in short[-1]
    assert "--all" not in "".join(whole)


def test_contradictory_answers_are_said_and_counted(tmp_path: Path) -> None:
    with (
        workspace(tmp_path / "a") as one,
        workspace(tmp_path / "b", author="u-2", seed=2) as two,
    ):
        here, bundle = started(one), tmp_path / "audit.json"
        export_audit(here, bundle)
        import_audit(two, bundle)
        there = started(two)
        record_answer(here, NewAnswer("nb_batiments", "2"))
        record_answer(there, NewAnswer("nb_batiments", "3"))
        export_audit(there, bundle)
        quiet = diag(tmp_path / "a", "score", SCHOOL)
        import_audit(one, bundle)
    told = diag(tmp_path / "a", "score", SCHOOL)
    exact = diag(tmp_path / "a", "score", SCHOOL, "--json")
    assert "contradictoire" not in quiet.out
    assert f"1 réponse contradictoire, à trancher : diag conflicts {SCHOOL}" in (
        told.out
    )
    assert json.loads(exact.out)["conflicts"] == 1


def test_a_domain_that_is_never_averaged_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = (
        DOMAIN
        .replace("    weight: 2\n", "    weight: 0\n")
        .replace("    given: acces_internet\n", "")
        .replace("    kind: improvement\n", "    kind: improvement\n    weight: 0\n")
    )
    ship(tmp_path / "livrees", monkeypatch, FILES | {"reseau.yaml": alone})
    with workspace(tmp_path / "desk") as made:
        started(made)
    told = diag(tmp_path / "desk", "score", SCHOOL).out
    assert [line.split() for line in told.splitlines() if "loi seule" in line] == [
        ["Accès", "à", "Internet", "loi", "seule"]
    ]


def test_a_program_finds_the_order_of_questions_again(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        record_answer(session, NewAnswer("nb_batiments", "2"))
        sensitive = {
            one.id for one in session.checklist.questions.values() if one.sensitive
        }
    human = diag(tmp_path, "audit", "questions", SCHOOL, "--limit", "400").out
    asked = json.loads(diag(tmp_path, "audit", "questions", SCHOOL, "--json").out)
    left = [one for one in asked if one["urgency"] is not None]

    def rank(one: dict[str, Any]) -> tuple[object, ...]:
        per_second = Fraction(one["stake"]) / one["seconds"]
        cents = one["cents"]
        return one["urgency"], -per_second, cents is not None, -Fraction(cents or 0)

    assert left == sorted(left, key=rank) == asked[: len(left)]
    assert {one["urgency"] for one in left} == {1, 2, 3, 4}  # no room, so no danger
    assert len({one["stake"] for one in left}) > 20
    assert [line.split()[0] for line in human.splitlines() if line[0] != " "] == [
        one["id"] for one in asked
    ]
    hidden = {one["id"] for one in asked if not one["public"]}
    assert hidden
    assert hidden >= sensitive & {one["id"] for one in asked}
    whole = json.loads(
        diag(tmp_path, "audit", "questions", SCHOOL, "--all", "--json").out
    )
    (settled,) = [one for one in whole if one["id"] == "nb_batiments"]
    assert [settled[key] for key in ("urgency", "stake", "cents", "seconds")] == (
        [None] * 4
    )


def test_a_program_is_told_what_is_public(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        shown = session.public().checklist
    told = json.loads(diag(tmp_path, "score", SCHOOL, "--json").out)
    criteria = told["criteria"]
    assert {ident for ident, one in criteria.items() if one["public"]} == {
        *shown.criteria
    }
    assert not all(one["public"] for one in criteria.values())
    for one in told["advice"]:
        assert one["public"] == (one["recommendation"] in shown.recommendations)
    assert not all(one["public"] for one in told["advice"])
    reserved = next(ident for ident, one in criteria.items() if not one["public"])
    why = json.loads(diag(tmp_path, "why", SCHOOL, reserved, "--json").out)
    assert why["result"]["public"] is False
