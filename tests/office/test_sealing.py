"""Seals and cards on real workspaces and a real hub: who wrote what, shown."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from diag.audit.follow import relayed_words
from diag.audit.history import changes_of
from diag.audit.session import open_session
from diag.journal import changes, seals
from diag.journal.seals import Card
from diag.model.enums import AuditStatus
from diag.office import bundles, sealing
from diag.office import sync as syncing
from diag.office.conflicts import candidate_lines, contested_of
from diag.office.sealing import move_sealed
from diag.sync.trust import read_enrolments
from diag.workspace.settings import learn_names
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, territory, workspace
from tests.cli.running import diag
from tests.journal.builders import known
from tests.office.conftest import Team
from tests.sync.serving import free_port, made_home, served


def seals_in(who: Workspace) -> int:
    return len(seals.seals_of(who.journal, open_session(who, SCHOOL).audit.id))


def test_a_line_is_shown_sealed_to_a_colleague_and_a_forged_one_relayed(
    team: Team,
) -> None:
    anne, bruno = team.anne, team.bruno
    said = team.say(anne, 3)
    first = team.sync(anne)
    before = seals_in(anne)
    assert before == 1
    assert team.sync(anne).pushed == 0
    assert seals_in(anne) == before, "the next sync writes none"

    team.sync(bruno)
    assert team.proof(bruno, said) == "scellé"
    forged = team.say(bruno, 4, origin=replace(anne.origin))
    own = team.say(bruno, 5)
    team.sync(bruno)
    team.sync(anne)

    assert first.pushed >= 1
    assert first.strangers == []
    for who in (anne, bruno):
        assert team.proof(who, own) == "scellé"
    assert team.proof(anne, forged) == "relayé par Bruno"
    team.say(anne, 6)
    team.sync(anne)
    team.sync(bruno)
    assert team.proof(bruno, forged) != "scellé", "her next seal makes it not hers"
    cards = [
        line
        for one in contested_of(team.session(anne))
        for candidate in one.candidates
        for line in candidate_lines(candidate, 80, brief=False)
    ]
    assert any("relayé par" in line for line in cards)
    assert any("scellé" in line for line in cards)


def test_commands_show_the_proof(team: Team, tmp_path: Path) -> None:
    said = team.say(team.anne, 3)
    team.sync(team.anne)
    team.anne.journal.close()

    shown = diag(tmp_path / "Anne", "audit", "history", SCHOOL, "debit_descendant")
    assert "scellé" in shown.out
    words = ("audit", "history", SCHOOL, "debit_descendant", "--json")
    lines = {one["id"]: one for one in json.loads(diag(tmp_path / "Anne", *words).out)}
    assert (lines[said]["proof"], lines[said]["relayed_by"]) == ("sealed", "")


def test_a_bundle_carries_cards_and_marks_what_it_relays(
    team: Team, tmp_path: Path
) -> None:
    anne, bruno = team.anne, team.bruno
    said = team.say(anne, 3)
    forged = team.say(anne, 4, origin=replace(bruno.origin))
    card = bundles.own_keys(anne).keys.card
    bundles.add_colleague(bruno, "Anne", str(card))
    bundles.add_colleague(anne, "Bruno", str(bundles.own_keys(bruno).keys.card))
    team.sync(anne)
    path = tmp_path / "a.diag"
    bundles.export(anne, [SCHOOL], ["Bruno"], path)
    bundles.bring_in(bruno, path)

    assert team.proof(bruno, said) == "scellé"
    assert team.proof(bruno, forged) == "relayé par Anne"
    assert seals.cards_of(bruno.journal)


@pytest.mark.parametrize("is_new", [True, False], ids=["its word", "older form"])
def test_a_bundle_gives_nothing_as_somebody_else_by_its_own_word(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_new: bool
) -> None:
    anne, bruno = team.anne, team.bruno
    team.sync(bruno)
    team.sync(anne)
    forged = team.say(anne, 4, origin=replace(bruno.origin))
    bundles.add_colleague(bruno, "Anne", str(bundles.own_keys(anne).keys.card))
    bundles.add_colleague(anne, "Bruno", str(bundles.own_keys(bruno).keys.card))
    theirs = bruno.settings.author
    author = theirs if is_new else ""
    summarize = bundles._summarize
    monkeypatch.setattr(
        bundles,
        "_summarize",
        lambda *words: summarize(*words)._replace(
            author=author, people={theirs: "Anne"}
        ),
    )
    path = tmp_path / "a.diag"
    bundles.export(anne, [SCHOOL], ["Bruno"], path)
    bundles.bring_in(bruno, path)

    assert team.proof(bruno, forged) == "relayé par Anne"


def test_an_unknown_key_under_ones_own_label_is_told(team: Team) -> None:
    anne = team.anne
    team.sync(anne)
    intruder = Card("ab" * 32, anne.settings.author, "write", ("999",), 86_400_000, 0)
    signer = team.hub.home.signer
    assert signer
    signed = intruder._replace(sig=signer.sign(intruder.content()))
    seals.keep_cards(anne.journal, signer.key, [signed])

    (told,) = team.sync(anne).strangers

    assert "abababab" in told
    assert "02/01/1970" in told or "2 janvier 1970" in told


def test_a_laptop_let_in_anew_is_no_stranger_to_itself(team: Team) -> None:
    team.say(team.anne, 3)
    team.sync(team.anne)
    for _ in range(2):
        invited = team.hub.home.invite("Anne", ("999",), "write")
        syncing.enrol(team.anne, str(invited))
        assert team.sync(team.anne).strangers == []


def test_who_works_alone_signs_nothing(tmp_path: Path) -> None:
    with workspace(tmp_path / "alone") as made:
        session = started(made)
        draft = changes.answered(
            session.audit.id, session.facts.root, "debit_descendant", known(3)
        )
        made.journal.write(draft, made.origin)

        assert sealing.seal(made) == 0
        assert {one.proof for one in changes_of(open_session(made, SCHOOL))} == {""}


def test_what_a_hub_held_before_seals_is_sealed_once_as_old(
    team: Team,
) -> None:
    said = team.say(team.anne, 3)
    audit = team.session(team.anne).audit.id
    team.sync(team.anne)
    store = team.hub.store
    with store.engine.writing() as transaction:  # as a hub that was just upgraded
        transaction.run("delete from old_sealed")
    team.say(team.bruno, 4)
    team.sync(team.bruno)
    team.sync(team.anne)
    team.sync(team.bruno)

    held = store.lines(audit, 0, 10_000, 10**7)
    assert held
    assert sum(b'"seal/hub"' in line for line in held[1]) == 1
    assert team.proof(team.anne, said) == "scellé"
    assert not team.sync(team.anne).unequal


def test_submitting_and_accepting_seal_what_they_are_about(team: Team) -> None:
    """Before any sync; a line that a colleague forged is told to who accepts."""
    anne, bruno = team.anne, team.bruno
    said = team.say(anne, 11)
    team.sync(anne)
    team.sync(bruno)
    again = team.say(anne, 12)
    move_sealed(team.session(anne), AuditStatus.SOUMIS)
    assert team.proof(anne, said) == team.proof(anne, again) == "scellé"
    statuses = [
        change.proof
        for change in changes_of(team.session(anne))
        if change.about == "audit, état"
    ]
    assert statuses[-1] == "sealed", "the act itself"
    before = relayed_words(team.session(anne))

    team.sync(anne)
    team.sync(bruno)
    team.say(bruno, 13, origin=replace(anne.origin))
    team.sync(bruno)
    team.sync(anne)
    after = relayed_words(team.session(anne))
    assert "relayée" in after
    assert after != before


def test_a_hub_changes_its_key_and_laptops_follow_what_the_old_one_vouches_for(
    tmp_path: Path,
) -> None:
    """Twice, and then without a voucher: a laptop believes no key by itself."""
    home = made_home(tmp_path / "hub", free_port())
    home.teach(territory().annuaire)
    words = ("hub", "--folder", str(home.folder), "rekey", "--yes")
    with (
        workspace(tmp_path / "Anne", author="u-a") as anne,
        workspace(tmp_path / "Bruno", author="u-b") as bruno,
    ):
        with served(home) as hub:
            team = Team(anne, bruno, hub)
            for who in (anne, bruno):
                started(who)
                syncing.enrol(who, hub.invite("999"))
            old = team.say(anne, 3)
            for who in (anne, bruno):
                team.sync(who)
        first = read_enrolments(bruno.folder)[0].key
        for _ in range(2):
            assert diag(tmp_path, *words).code == 0

        with served(home) as hub:
            team = Team(anne, bruno, hub)
            new = team.say(anne, 4)
            told = [team.sync(who).strangers for who in (anne, bruno)]
            kept = read_enrolments(bruno.folder)[0].key

        assert told == [[], []]
        assert kept == home.key != first
        assert team.proof(bruno, old) == team.proof(bruno, new) == "scellé"
        assert diag(tmp_path, *words, "--lost").code == 0
        with served(home) as hub:
            (told_lost,) = Team(anne, bruno, hub).sync(bruno).strangers
        assert "rien ne la garantit" in told_lost
        assert read_enrolments(bruno.folder)[0].key == kept

    device = Card("ab" * 32, seals.HUB, "admin", ("*",), 0, 0)
    signed = device._replace(sig=home.keys.sign_bytes(device.content()))
    assert seals.successor_of(home.keys.card.sign, [signed]) == "", "a label is no role"


def test_a_seal_is_not_counted_among_what_came(team: Team) -> None:
    """One answer was told as « 2 reçues »."""
    for who in (team.anne, team.bruno, team.anne, team.bruno):
        team.sync(who)
    team.say(team.anne, 5)
    assert team.sync(team.anne).pushed == 1

    assert team.sync(team.bruno).pulled == 1


def test_once_a_hub_requires_seals_a_bundle_s_unproven_lines_wait_until_it_has_them(
    tmp_path: Path,
) -> None:
    """They entered as relayed, and left again at the next sync."""
    home = made_home(tmp_path / "hub", free_port())
    home.teach(territory().annuaire)
    with (
        workspace(tmp_path / "Anne", author="u-a") as anne,
        workspace(tmp_path / "Bruno", author="u-b") as bruno,
        workspace(tmp_path / "Paul", author="u-p") as paul,
        served(home) as hub,
    ):
        team = Team(anne, bruno, hub)
        for who, name in ((anne, "Anne"), (bruno, "Bruno"), (paul, "Paul")):
            started(who)
            syncing.enrol(who, str(home.invite(name, ("999",), "write")))
        bundles.add_colleague(bruno, "Anne", str(bundles.own_keys(anne).keys.card))
        bundles.add_colleague(anne, "Bruno", str(bundles.own_keys(bruno).keys.card))
        team.sync(anne)
        hub.store.require_seals(1)
        team.sync(bruno)
        session = team.session(paul)
        draft = changes.answered(
            session.audit.id, session.facts.root, "debit_descendant", known(37)
        )
        said = paul.journal.write(draft, paul.origin)
        anne.journal.ingest([said.line])  # by a way that proves nothing
        bundles.export(anne, [SCHOOL], ["Bruno"], tmp_path / "a.diag")

        entered = bundles.bring_in(bruno, tmp_path / "a.diag")

        told = "\n".join(bundles.words_of(bruno, entered))
        assert "1 modification de" in told
        assert "que Anne donne sans son sceau" in told
        assert said.line not in bruno.journal.lines(session.audit.id)
        (waiting,) = team.sync(bruno).withheld
        assert "u-p" in waiting
        assert not team.sync(bruno).refused
        bundles.bring_in(bruno, tmp_path / "a.diag")
        assert len(team.sync(bruno).withheld) == 1, "read again, it waits as before"

        team.sync(paul)

        assert team.sync(bruno).withheld == []
        assert team.proof(bruno, said.id) == "scellé"


def test_who_is_unknown_here_is_named_so_with_their_label(tmp_path: Path) -> None:
    """An author whom nobody enrolled was shown as « u-collegue », as if a name."""
    with workspace(tmp_path / "Anne", author="u-a") as made:
        session = started(made)
        draft = changes.answered(
            session.audit.id, session.facts.root, "debit_descendant", known(3)
        )
        made.journal.write(draft, replace(made.origin, author="u-collegue"))
        shown = {one.who for one in changes_of(open_session(made, SCHOOL))}
        assert "quelqu'un d'inconnu ici (u-collegue)" in shown

        learn_names(made, {"u-collegue": "Inès Morel"})

        shown = {one.who for one in changes_of(open_session(made, SCHOOL))}
        assert "Inès Morel" in shown
