"""A campaign past its day is told, then purged, and does not come back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.journal import asks
from diag.journal.asks import DELAY
from diag.journal.people import retired
from diag.model.errors import DiagError
from diag.office import erasing
from diag.office import sync as syncing
from diag.office.erasing import PurgeWay, preview_purge, purge
from diag.office.retention import decide, overdue, retention_of
from diag.workspace import backup
from diag.workspace.workspace import Workspace
from tests.audit.builders import OTHER, SCHOOL, started, territory, workspace
from tests.cli.running import diag
from tests.office.conftest import Team
from tests.sync.serving import Served, free_port, made_home, served

CAMPAIGN = "2026-2027"


def test_a_day_is_proposed_from_the_school_year_then_decided(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        proposed = retention_of(made, CAMPAIGN)
        assert (proposed.until, proposed.decided) == (date(2030, 8, 31), False)
        assert overdue(made, [CAMPAIGN]) == ()

        decide(made, CAMPAIGN, date(2026, 2, 1))

        (late,) = overdue(made, [CAMPAIGN, CAMPAIGN])
        assert (late.until, late.decided) == (date(2026, 2, 1), True)


def test_a_purge_erases_the_campaign_and_leaves_the_others(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        doomed = started(made)
        kept = audits.start(made, OTHER, "2027-2028")

        plan = preview_purge(made, CAMPAIGN)
        done = purge(made, plan, "terme")

        assert plan.current
        assert done.revisions == plan.revisions > 0
        assert [one.audit.id for one in audits.listed(made)] == [kept.audit.id]
        assert retired(made.journal) == {doomed.audit.id}
        assert done.proof.exists()


def test_neither_a_restored_copy_nor_an_old_bundle_brings_it_back(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with workspace(home) as made:
        audit = started(made).audit.id
        lines = [*made.journal.lines(audit)]
        copied = backup.back_up(made, tmp_path / "ailleurs")
        purge(made, preview_purge(made, CAMPAIGN), "terme")
        assert made.journal.ingest(lines).new == 0
    (home / "diag.db").unlink()

    backup.restore(home, copied.journal)

    with Workspace.open(home) as again:
        assert audits.listed(again) == ()
        with pytest.raises(DiagError, match="durée de conservation"):
            audits.start(again, SCHOOL)


def test_purging_again_completes_what_came_since(tmp_path: Path) -> None:
    with workspace(tmp_path / "a") as made, workspace(tmp_path / "b", seed=2) as other:
        started(made)
        late = started(other)
        purge(made, preview_purge(made, CAMPAIGN), "terme")
        made.journal.ingest(other.journal.lines(late.audit.id))

        done = purge(made, preview_purge(made, CAMPAIGN), "terme")

        assert done.revisions > 0
        other.journal.ingest(made.journal.lines(late.audit.id))
        assert audits.listed(other) == ()


def test_an_unknown_campaign_is_told_with_those_that_are_here(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        started(made)
        with pytest.raises(DiagError, match=CAMPAIGN):
            preview_purge(made, "2020-2021")


@pytest.fixture
def team_hub(tmp_path: Path) -> Iterator[Served]:
    """Give a hub for each test: what it retires is so for ever."""
    home = made_home(tmp_path / "hub", free_port())
    home.teach(territory().annuaire)
    with served(home) as running:
        yield running


def admins(team: Team) -> None:
    """Have Anne and Bruno administer, and hold the same audit, with their hub."""
    for who, name in ((team.anne, "Anne"), (team.bruno, "Bruno")):
        invited = team.hub.home.invite(name, ("999",), "admin")
        syncing.enrol(who, str(invited))
    for who in (team.anne, team.bruno, team.anne):
        team.sync(who)


def later(who: Workspace) -> None:
    now = who.world.clock() + DELAY
    who.world = replace(who.world, clock=lambda: now)


def test_before_its_term_one_asks_for_a_purge_and_another_confirms(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person alone erased for ever what a whole team had recorded."""
    admins(team)
    audit = team.session(team.anne).audit.id
    plan = preview_purge(team.anne, CAMPAIGN)
    assert (plan.way, plan.due, plan.to_ask) == (PurgeWay.BY_TWO, [], (audit,))
    assert erasing.ask_for_purge(team.anne, plan, "commune fusionnée") == 1
    team.sync(team.anne)

    (told,) = team.sync(team.bruno).erasures

    assert "Anne" in told
    assert "commune fusionnée" in told
    assert "diag rgpd purge 2026-2027" in told
    for who in (team.anne, team.bruno):
        assert not preview_purge(who, CAMPAIGN).due, "too early"
    later(team.anne)
    assert not preview_purge(team.anne, CAMPAIGN).due, "who asked does not confirm"
    later(team.bruno)
    monkeypatch.setattr(asks, "DELAY", 0)  # the hub's own clock has not moved

    purge(team.bruno, preview_purge(team.bruno, CAMPAIGN), "oui")

    assert not team.sync(team.bruno).refused
    team.sync(team.anne)
    for who in (team.anne, team.bruno):
        assert retired(who.journal) == {audit}
        assert audits.listed(who) == ()


def test_no_line_is_read_while_nobody_asks_for_a_purge(tmp_path: Path) -> None:
    read: list[str] = []
    with workspace(tmp_path) as made:
        started(made)
        made.journal.connection.set_trace_callback(read.append)
        news = [*erasing.purge_news(made), *syncing.waiting_words(made)]

    assert news == []
    assert not [sql for sql in read if "from rev" in sql or "audit/subject" in sql]


def test_a_purge_that_is_asked_for_is_stopped(team: Team) -> None:
    admins(team)
    erasing.ask_for_purge(team.anne, preview_purge(team.anne, CAMPAIGN), "x")
    team.sync(team.anne)
    team.sync(team.bruno)
    erasing.stop_purge(team.bruno, preview_purge(team.bruno, CAMPAIGN), "on s'en sert")
    later(team.bruno)

    assert not preview_purge(team.bruno, CAMPAIGN).due
    assert erasing.purge_news(team.bruno) == []
    with pytest.raises(DiagError, match="Personne ne demande"):
        erasing.stop_purge(team.bruno, preview_purge(team.bruno, CAMPAIGN), "x")


def test_who_has_just_shortened_a_term_does_not_purge_alone(team: Team) -> None:
    admins(team)
    decide(team.anne, CAMPAIGN, date(2026, 1, 1))

    assert preview_purge(team.anne, CAMPAIGN).way is PurgeWay.BY_TWO
    later(team.anne)
    known = preview_purge(team.anne, CAMPAIGN)
    assert known.way is PurgeWay.BY_TWO, "as the hub counts"
    for hub in (team.anne.folder / "hubs").glob("*.json"):
        hub.unlink()
    assert preview_purge(team.anne, CAMPAIGN).way is PurgeWay.AT_TERM


def test_a_campaign_is_purged_by_who_administers(team: Team) -> None:
    for who in (team.anne, team.bruno):
        team.sync(who)

    with pytest.raises(DiagError, match="admin"):
        erasing.check_right(team.anne, preview_purge(team.anne, CAMPAIGN))


def test_who_writes_alone_asks_then_confirms(team: Team) -> None:
    team.sync(team.anne)
    plan = preview_purge(team.anne, CAMPAIGN)
    assert plan.way is PurgeWay.BY_TWO, "it left this laptop"
    erasing.ask_for_purge(team.anne, plan, "essai")
    assert not preview_purge(team.anne, CAMPAIGN).due

    later(team.anne)

    assert preview_purge(team.anne, CAMPAIGN).due


def test_the_command_asks_before_the_term(team: Team) -> None:
    admins(team)
    folder = team.anne.folder
    team.anne.journal.close()

    asked = diag(folder, "rgpd", "purge", CAMPAIGN, "--reason", "x", "--yes")
    again = diag(folder, "rgpd", "purge", CAMPAIGN, "--reason", "x", "--yes")
    stopped = diag(folder, "rgpd", "purge", CAMPAIGN, "--stop", "--reason", "x")

    assert "Demandé pour 1 audit" in asked.out
    assert "une autre personne confirme" in asked.out
    assert again.code == 1
    assert "une autre personne confirme" in again.err
    assert "Effacement arrêté : 1 audit" in stopped.out
