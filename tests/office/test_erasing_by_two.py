"""S4: nobody erases a colleague's answer alone, at once, nor in silence."""

from dataclasses import replace
from pathlib import Path

import pytest

from diag.answers.types import answer_words
from diag.audit import erasing
from diag.audit.erasing import ErasureStep
from diag.audit.history import describe_revision
from diag.journal import asks, changes
from diag.model.errors import DiagError
from diag.office import sync as syncing
from diag.sync.hub import intake
from diag.words.vocabulary import MASKED
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, territory, workspace
from tests.cli.running import diag
from tests.office.conftest import Team
from tests.sync.serving import free_port, made_home, served

WEEK = asks.DELAY


def later(who: Workspace, milliseconds: int) -> None:
    """Have a laptop's clock go on."""
    now = who.world.clock() + milliseconds
    who.world = replace(who.world, clock=lambda: now)


def asked(team: Team) -> str:
    """Have Bruno ask to erase what Anne answered; return its id, masked for both."""
    said = team.say(team.anne, 37)
    team.sync(team.anne)
    team.sync(team.bruno)
    step = erasing.erase(team.session(team.bruno), said, "demande d'un parent")
    assert step is ErasureStep.ASKED
    team.sync(team.bruno)
    return said


def test_a_masked_answer_is_in_no_document(team: Team, tmp_path: Path) -> None:
    said = asked(team)  # before other tests have others answer it too
    team.bruno.journal.close()
    folder = tmp_path / "papers"
    words = ("report", SCHOOL, "--audience", "technique", "--format", "md")

    done = diag(team.bruno.folder, *words, "--out", str(folder))

    assert done.code == 0, done.err
    text = "".join(path.read_text("utf-8") for path in folder.rglob("*.md"))
    assert said
    assert MASKED in text.replace("\xa0", " ")
    assert "37 Mbit" not in text.replace("\xa0", " ")


def test_a_colleague_s_answer_is_asked_for_masked_and_its_author_told(
    team: Team,
) -> None:
    said = asked(team)
    news = team.sync(team.anne).erasures

    (line,) = [one for one in news if said[:12] in one]
    assert "Bruno" in line
    assert "demande d'un parent" in line
    assert "--stop" in line
    for who in (team.anne, team.bruno):
        session = team.session(who)
        assert team.said(who, said) == MASKED
        (answer,) = session.facts.answers[session.facts.root, "debit_descendant"]
        question = session.checklist.questions["debit_descendant"]
        assert answer_words(question, answer) == MASKED
        assert answer.value == 37, "it is judged still"


def test_who_asked_does_not_confirm_and_nobody_does_before_a_week(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = asked(team)
    team.sync(team.anne)
    bruno, anne = team.session(team.bruno), team.session(team.anne)

    with pytest.raises(DiagError, match="un autre que vous"):
        erasing.erase(bruno, said, "x")
    later(team.bruno, 2 * WEEK)
    with pytest.raises(DiagError, match="un autre que vous"):
        erasing.erase(team.session(team.bruno), said, "x")
    with pytest.raises(DiagError, match="à partir du"):
        erasing.erase(anne, said, "x")
    later(team.anne, 2 * WEEK)  # a clock that was moved: the hub's decides
    assert erasing.erase(team.session(team.anne), said, "oui") is ErasureStep.ERASED
    assert any("trop tôt" in one for one in team.sync(team.anne).refused)
    team.sync(team.bruno)
    assert team.said(team.bruno, said) == MASKED

    monkeypatch.setattr(asks, "DELAY", 0)
    assert not team.sync(team.anne).refused
    team.sync(team.bruno)
    assert team.said(team.bruno, said) == "(effacé)"


def test_two_administrators_who_ask_wait_a_day(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one was told to wait for the week, and could not ask."""
    for who, name in ((team.anne, "Anne"), (team.bruno, "Bruno")):
        invited = team.hub.home.invite(name, ("999",), "admin")
        syncing.enrol(who, str(invited))
    said = asked(team)
    team.sync(team.anne)
    anne = team.session(team.anne)

    foreseen = erasing.foresee(anne, said)
    assert foreseen.step is ErasureStep.ASKED
    assert "dès demain" in "\n".join(erasing.foreseen_words(anne, foreseen))
    assert erasing.erase(anne, said, "un parent") is ErasureStep.ASKED
    for who in (team.anne, team.bruno, team.anne):
        team.sync(who)
    with pytest.raises(DiagError, match="à partir du"):
        erasing.erase(team.session(team.anne), said, "x")
    later(team.anne, asks.SHORT_DELAY)
    monkeypatch.setattr(asks, "SHORT_DELAY", 0)  # the hub's own clock did not move
    done = erasing.erase(team.session(team.anne), said, "oui")

    assert done is ErasureStep.ERASED
    assert not team.sync(team.anne).refused
    team.sync(team.bruno)
    assert team.said(team.bruno, said) == "(effacé)"


def test_its_author_stops_it_and_reads_it_again(team: Team) -> None:
    said = asked(team)
    team.sync(team.anne)
    with pytest.raises(DiagError, match="Seul l'auteur"):
        erasing.stop(team.session(team.bruno), said, "x")
    erasing.stop(team.session(team.anne), said, "c'est exact")
    team.sync(team.anne)
    news = team.sync(team.bruno)

    assert team.said(team.bruno, said) != MASKED
    assert not news.refused
    with pytest.raises(DiagError, match="Personne"):
        erasing.stop(team.session(team.anne), said, "x")


def test_what_is_written_over_an_objection_takes_it_away_nowhere(team: Team) -> None:
    said = asked(team)
    team.sync(team.anne)
    erasing.stop(team.session(team.anne), said, "c'est exact")
    for who in (team.anne, team.bruno):
        team.sync(who)
    audit, journal = team.session(team.bruno).audit.id, team.bruno.journal
    other = changes.erasure_stopped(audit, said, "f" * 64, "autre")
    journal.write(replace(other, parents=None), team.bruno.origin)

    found = asks.asks_of(journal, audit)  # other tests ask in it too
    (ask,) = [one for one in found if one.target == said]
    assert ask.stopped_by == team.anne.settings.author
    assert team.said(team.bruno, said) != MASKED


def test_once_stopped_an_administrator_alone_asks_again(team: Team) -> None:
    """Each week anyone could ask again, until its author missed one."""
    invited = team.hub.home.invite("Anne", ("999",), "admin")
    syncing.enrol(team.anne, str(invited))
    said = asked(team)
    team.sync(team.anne)
    erasing.stop(team.session(team.anne), said, "c'est exact")
    team.sync(team.anne)
    team.sync(team.bruno)

    with pytest.raises(DiagError, match="s'y est opposé"):
        erasing.erase(team.session(team.bruno), said, "encore")
    later(team.anne, asks.SHORT_DELAY)
    assert erasing.erase(team.session(team.anne), said, "bon") is ErasureStep.ASKED


def test_every_ask_that_its_author_stops_is_stopped(team: Team) -> None:
    said = asked(team)
    team.sync(team.anne)
    session = team.session(team.anne)
    session.record(
        replace(changes.erasure_asked(session.audit.id, said, "y"), parents=())
    )

    erasing.stop(session, said, "c'est exact")

    found = asks.asks_of(team.anne.journal, session.audit.id)
    assert len([one for one in found if one.target == said]) == 2
    assert all(one.stopped_by for one in found if one.target == said)
    assert team.said(team.anne, said) != MASKED


def test_an_author_is_told_of_an_erasure_that_nobody_asked_for(team: Team) -> None:
    """An older laptop erases alone until seals are required: not in silence."""
    said = team.say(team.anne, 41)
    team.sync(team.anne)
    team.sync(team.bruno)
    session = team.session(team.bruno)
    session.record(changes.erased(session.audit.id, said, "essai"))
    team.sync(team.bruno)

    (news,) = [one for one in team.sync(team.anne).erasures if "sans demande" in one]

    assert "1 modification" in news
    assert "par Bruno (essai)" in news


def test_an_author_is_told_once_who_erased_what_they_wrote(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asks, "DELAY", 0)
    said = asked(team)
    team.sync(team.anne)
    session = team.session(team.bruno)
    ask = asks.asks_of(team.bruno.journal, session.audit.id)[-1]
    dupre = replace(team.bruno.origin, author="u-dupre", device="d-dupre")
    draft = changes.erasure_confirmed(session.audit.id, said, ask.id, "oui")
    team.bruno.journal.write(draft, dupre)
    team.sync(team.bruno)

    news = team.sync(team.anne).erasures
    again = team.sync(team.anne).erasures

    assert [one for one in news if one.startswith("Effacé pour toujours")]
    assert not [one for one in again if one.startswith("Effacé pour toujours")]
    told = [
        describe_revision(team.session(team.anne), one)
        for one in team.session(team.anne).revisions()
        if one.erases == said
    ]
    assert told == [f"modification {said[:12]}, oui, demandé par Bruno"]


def test_what_is_ones_own_goes_at_once_while_it_is_unsent_or_of_this_very_day(
    team: Team,
) -> None:
    """Sent the minute before, a name typed by mistake waited a week for a colleague."""
    unsent = team.say(team.anne, 1)
    step = erasing.erase(team.session(team.anne), unsent, "faute de frappe")
    assert step is ErasureStep.ERASED
    sent, older = team.say(team.anne, 2), team.say(team.anne, 3)
    team.sync(team.anne)
    team.sync(team.bruno)

    foreseen = erasing.foresee(team.session(team.anne), sent)
    assert "moins d'un jour" in "\n".join(
        erasing.foreseen_words(team.session(team.anne), foreseen)
    )
    step = erasing.erase(team.session(team.anne), sent, "x")
    assert step is ErasureStep.ERASED
    assert not team.sync(team.anne).refused
    team.sync(team.bruno)
    assert team.said(team.bruno, sent) == "(effacé)"
    later(team.anne, asks.SHORT_DELAY)
    assert erasing.erase(team.session(team.anne), older, "x") is ErasureStep.ASKED


def test_what_came_to_the_hub_a_day_before_its_erasure_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub refused it for ever, and the two were never the same again."""
    home = made_home(tmp_path / "hub", free_port())
    home.teach(territory().annuaire)
    with (
        workspace(tmp_path / "Anne", author="u-a") as anne,
        served(home) as hub,
    ):
        team = Team(anne, anne, hub)
        started(anne)
        syncing.enrol(anne, str(home.invite("Anne", ("999",), "write")))
        said = team.say(anne, 2)
        team.sync(anne)
        hub.store.require_seals(1)
        monkeypatch.setattr(intake, "SHORT_DELAY", 0)
        erasing.erase(team.session(anne), said, "x")

        first = team.sync(anne)

        assert first.given_back == 1
        assert "revient" in "\n".join(syncing.words_of(first))
        again = team.sync(anne)
        assert not again.unequal
        assert team.said(anne, said) != "(effacé)"


def test_the_command_asks_then_confirms(team: Team) -> None:
    said = team.say(team.anne, 3)
    team.sync(team.anne)
    folder = team.anne.folder
    team.anne.journal.close()
    words = ("audit", "erase", SCHOOL, said[:12], "--reason", "x")

    first = diag(folder, *words, "--yes")
    stopped = diag(folder, *words, "--stop")

    assert "masquée dès maintenant" in first.out
    assert "se lit à nouveau" in stopped.out
