"""`diag report` for every audit at once."""

from pathlib import Path

from tests.audit.builders import OTHER, SCHOOL, started, workspace
from tests.cli.running import diag


def test_every_audit_is_written_then_left_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with workspace(home) as made:
        started(made)
        started(made, OTHER)
    asked = ("report", "--all", "--audience", "mairie", "--format", "md")
    first = diag(home, *asked).out
    again = diag(home, *asked).out

    assert "1/2" in first
    assert "Marronniers" in first
    assert again.count("1 déjà à jour") == 2
    assert len(list((home / "exports").glob("*/mairie.md"))) == 2


def test_the_reserved_sheet_is_written_only_when_asked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with workspace(home) as made:
        started(made)
    diag(home, "report", SCHOOL, "--format", "md")
    assert len(list((home / "exports").glob("*/*.md"))) == 4
    assert not list((home / "exports").glob("*/reserve.md"))
    diag(home, "report", SCHOOL, "--audience", "reserve", "--format", "md")
    assert len(list((home / "exports").glob("*/reserve.md"))) == 1


def test_one_audit_or_all_is_named(tmp_path: Path) -> None:
    workspace(tmp_path / "home").close()
    for asked in (("report",), ("report", SCHOOL, "--all")):
        refused = diag(tmp_path / "home", *asked)
        assert refused.code != 0
        assert "diag report --all" in refused.err
