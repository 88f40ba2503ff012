"""What `diag score` prints: doubts said, long lists cut, all of it on request."""

import json
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.transfer import export_audit, import_audit
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
