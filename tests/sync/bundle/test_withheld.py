"""What a bundle brings and does not enter yet: shown, kept, in once it is proven."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diag.journal import backup, changes, people, seals
from diag.journal.asks import DELAY, SHORT_DELAY, TAKES_TWO, masked_in
from diag.journal.bundles import admit, withdraw, withheld
from diag.journal.carve import carve
from diag.journal.revision import Origin, Revision
from diag.journal.seals import UNPROVEN, Card
from diag.office.sealing import withheld_words
from diag.sync.bundle.read import Entered, undo
from diag.workspace.doctor import Gathered, take_back
from tests.journal.builders import NOON, known, person, quarantined
from tests.journal.worlds import content
from tests.sync.bundle.colleagues import Colleague, keys_of, meet
from tests.sync.offices import AUDITS, ROOTS, journal_in, started

AUDIT = AUDITS[0]
HUB, PAUL = keys_of(9), keys_of(4)
PAULS, HUBS = PAUL.signer, HUB.signer
Pair = tuple[Colleague, Colleague]


def say(
    journal_of: Colleague, value: int, origin: Origin, question: str = "q"
) -> Revision:
    draft = changes.answered(AUDIT.id, ROOTS[AUDIT.id], question, known(value))
    return journal_of.journal.write(replace(draft, parents=()), origin)


def card(key: str, label: str, right: str = "write") -> Card:
    made = Card(key, label, right, ("999",), 1, 0)
    return made._replace(sig=HUBS.sign(made.content()))


def holds(one: Colleague, line: Revision) -> bool:
    return line.line in one.journal.lines(AUDIT.id)


@pytest.fixture
def required(anne: Colleague, bruno: Colleague) -> Pair:
    """Anne, and Bruno whose hub requires seals and knows both."""
    bruno.rules = bruno.rules._replace(hubs=(HUBS.key,), required=True)
    cards = [card(anne.keys.card.sign, "anne"), card(bruno.keys.card.sign, "bruno")]
    seals.keep_cards(bruno.journal, HUBS.key, cards)
    return anne, bruno


def give(anne: Colleague, bruno: Colleague, path: Path, at: int = NOON) -> Entered:
    path = path / f"{len(list(path.iterdir()))}.diag"
    anne.write(path, bruno)
    return bruno.read(path, at=at)


def test_what_another_wrote_and_did_not_seal_waits_and_its_giver_s_own_enters(
    required: Pair, tmp_path: Path
) -> None:
    """It entered as relayed, and the hub threw it out at the next sync."""
    anne, bruno = required
    own, foreign = say(anne, 1, anne.origin), say(anne, 2, person("paul"))

    entered = give(anne, bruno, tmp_path)

    assert holds(bruno, own)
    assert not holds(bruno, foreign)
    (one,) = entered.withheld
    assert (one.revision.id, one.problem, one.sender) == (foreign.id, UNPROVEN, "anne")
    assert entered.new == {AUDIT.id: 3}
    assert not entered.refused
    before = content(bruno.journal.connection)
    bruno.journal.rebuild()
    assert content(bruno.journal.connection) == before, "heads are of what entered"


def test_it_enters_once_its_seal_comes_with_the_next_bundle(
    required: Pair, tmp_path: Path
) -> None:
    anne, bruno = required
    foreign = say(anne, 2, person("paul"))
    give(anne, bruno, tmp_path)
    seals.keep_cards(bruno.journal, HUBS.key, [card(PAULS.key, "paul")])
    assert admit(bruno.journal, bruno.rules) == 0, "a card alone proves nothing"
    seals.seal(anne.journal, AUDIT.id, PAULS, person("paul"))

    entered = give(anne, bruno, tmp_path)

    assert not entered.withheld
    assert holds(bruno, foreign)
    assert not quarantined(bruno.journal)
    assert bruno.journal.digest(AUDIT.id) == anne.journal.digest(AUDIT.id)


def test_it_enters_once_its_card_comes(required: Pair, tmp_path: Path) -> None:
    anne, bruno = required
    foreign = say(anne, 2, person("paul"))
    seals.seal(anne.journal, AUDIT.id, PAULS, person("paul"))
    give(anne, bruno, tmp_path)
    assert not holds(bruno, foreign)
    seals.keep_cards(bruno.journal, HUBS.key, [card(PAULS.key, "paul")])

    assert admit(bruno.journal, bruno.rules) == 1

    assert holds(bruno, foreign)
    assert not withheld(bruno.journal)
    shown = seals.proofs_of(bruno.journal, AUDIT.id)[foreign.key]
    assert shown.proof is seals.Proof.SEALED
    assert withdraw(bruno.journal, {foreign.id: "x"}) == 1, "a bundle brought it still"


def test_a_key_of_no_card_gives_nothing_once_seals_are_required(
    required: Pair, tmp_path: Path
) -> None:
    """Its word was enough: any label that no card had was anybody's."""
    anne, bruno = required
    bruno.journal.connection.execute("delete from card where author = 'anne'")

    entered = give(anne, bruno, tmp_path)

    assert len(entered.withheld) == 2
    assert not bruno.journal.manifest()


def test_what_only_a_revoked_key_sealed_comes_from_its_hub_alone(
    required: Pair, tmp_path: Path
) -> None:
    anne, bruno = required
    foreign = say(anne, 2, person("paul"))
    seals.seal(anne.journal, AUDIT.id, PAULS, person("paul"))
    gone = card(PAULS.key, "paul")._replace(revoked=2)
    gone = gone._replace(sig=HUBS.sign(gone.content()))
    seals.keep_cards(bruno.journal, HUBS.key, [gone])

    give(anne, bruno, tmp_path)

    assert not holds(bruno, foreign)


def test_an_undone_bundle_gives_nothing_later(required: Pair, tmp_path: Path) -> None:
    anne, bruno = required
    say(anne, 2, person("paul"))
    seals.seal(anne.journal, AUDIT.id, PAULS, person("paul"))
    entered = give(anne, bruno, tmp_path)
    undo(bruno.journal, entered.name, NOON)
    seals.keep_cards(bruno.journal, HUBS.key, [card(PAULS.key, "paul")])

    assert admit(bruno.journal, bruno.rules) == 0


def test_without_a_hub_nothing_is_held_but_what_one_person_erases(
    anne: Colleague, bruno: Colleague, tmp_path: Path
) -> None:
    foreign = say(anne, 2, person("paul"))

    entered = give(anne, bruno, tmp_path)

    assert not entered.withheld
    assert holds(bruno, foreign)


def ask(one: Colleague, line: Revision, origin: Origin) -> Revision:
    draft = changes.erasure_asked(AUDIT.id, line.id, "un parent")
    return one.journal.write(replace(draft, parents=()), origin)


def confirm(
    one: Colleague, line: Revision, asked: Revision, origin: Origin
) -> Revision:
    draft = changes.erasure_confirmed(AUDIT.id, line.id, asked.id, "oui")
    return one.journal.write(draft, origin)


@pytest.fixture
def paul(anne: Colleague, bruno: Colleague, tmp_path: Path) -> Iterator[Colleague]:
    with journal_in(tmp_path / "paul") as journal:
        one = Colleague("paul", journal, PAUL)
        meet(anne, bruno, one)
        yield one


def carried(
    giver: Colleague, taker: Colleague, folder: Path, at: int = NOON
) -> Entered:
    """Give a bundle, and learn whose its key is, as a workspace does."""
    entered = give(giver, taker, folder, at)
    own = Card(giver.keys.card.sign, giver.name, "", (), NOON, 0)
    seals.keep_colleague(taker.journal, own)
    seen = {
        one.id: taker.rules.seen.get(one.id, at)
        for one in taker.journal.history_inside(AUDIT.id, "erase-ask")
    }
    taker.rules = taker.rules._replace(seen=seen)
    return entered


def test_s4_without_a_hub_two_persons_and_a_week_are_counted_here(
    anne: Colleague, bruno: Colleague, paul: Colleague, tmp_path: Path
) -> None:
    """A bundle erased for ever, at once, what its reader had written."""
    folder = tmp_path / "sticks"
    folder.mkdir()
    said = say(anne, 1, anne.origin)
    carried(anne, bruno, folder)
    carried(anne, paul, folder)
    asked = ask(paul, said, paul.origin)
    for one in (anne, bruno):
        carried(paul, one, folder)
    confirm(bruno, said, asked, bruno.origin)

    entered = carried(bruno, anne, folder, NOON + DELAY - 1)

    (waiting,) = entered.withheld
    assert "trop tôt" in waiting.problem
    assert not entered.refused, "what is left of it waits with it"
    assert holds(anne, said)
    assert said.key in masked_in(anne.journal, AUDIT.id)
    late = anne.rules._replace(at=NOON + DELAY)
    assert admit(anne.journal, late) == 1
    assert not holds(anne, said)
    assert anne.journal.digest(AUDIT.id) == bruno.journal.digest(AUDIT.id)
    assert not withheld(anne.journal)


@pytest.mark.parametrize("trick", ["alone", "forged", "asked by the same", "no ask"])
def test_s4_without_a_hub_no_bundle_erases_for_one_person(
    trick: str, anne: Colleague, bruno: Colleague, paul: Colleague, tmp_path: Path
) -> None:
    folder = tmp_path / "sticks"
    folder.mkdir()
    said = say(anne, 1, anne.origin)
    carried(anne, bruno, folder)
    asked = ask(bruno, said, paul.origin if trick == "alone" else bruno.origin)
    carried(bruno, anne, folder)
    if trick == "no ask":
        bruno.journal.write(changes.erased(AUDIT.id, said.id, "x"), bruno.origin)
    else:
        forged = paul.origin if trick == "forged" else bruno.origin
        confirm(bruno, said, asked, forged)

    entered = carried(bruno, anne, folder, NOON + 2 * DELAY)

    assert len(entered.withheld) == 1
    assert holds(anne, said)
    late = anne.rules._replace(at=NOON + 3 * DELAY)
    assert admit(anne.journal, late) == 0


def test_what_one_has_just_given_one_takes_back_alone_and_no_more_the_next_day(
    anne: Colleague, bruno: Colleague, tmp_path: Path
) -> None:
    folder = tmp_path / "sticks"
    folder.mkdir()
    first, second = say(anne, 1, anne.origin), say(anne, 2, anne.origin, "r")
    carried(anne, bruno, folder)
    anne.journal.write(changes.erased(AUDIT.id, first.id, "x"), anne.origin)
    assert not carried(anne, bruno, folder, NOON + SHORT_DELAY - 1).withheld
    assert not holds(bruno, first)
    anne.journal.write(changes.erased(AUDIT.id, second.id, "x"), anne.origin)

    entered = carried(anne, bruno, folder, NOON + SHORT_DELAY)

    (waiting,) = entered.withheld
    assert waiting.problem == TAKES_TWO
    assert holds(bruno, second)


def test_once_required_an_older_laptop_s_bundle_erases_nothing_here(
    required: Pair, tmp_path: Path
) -> None:
    anne, bruno = required
    started(bruno.journal, AUDIT, bruno.origin)
    said = say(bruno, 1, bruno.origin)
    anne.journal.ingest(bruno.journal.lines(AUDIT.id))
    anne.journal.write(changes.erased(AUDIT.id, said.id, "x"), anne.origin)

    entered = give(anne, bruno, tmp_path, NOON + DELAY)

    assert TAKES_TWO in {one.problem for one in entered.withheld}
    assert holds(bruno, said)


def test_before_a_hub_requires_seals_an_older_laptop_s_bundle_still_erases(
    anne: Colleague, bruno: Colleague, tmp_path: Path
) -> None:
    bruno.rules = bruno.rules._replace(hubs=(HUBS.key,))
    started(bruno.journal, AUDIT, bruno.origin)
    said = say(bruno, 1, bruno.origin)
    anne.journal.ingest(bruno.journal.lines(AUDIT.id))
    anne.journal.write(changes.erased(AUDIT.id, said.id, "x"), anne.origin)

    assert not give(anne, bruno, tmp_path, NOON + DELAY).withheld
    assert not holds(bruno, said)


def test_the_proofs_of_an_audit_are_read_once_for_all_its_erasures(
    anne: Colleague, bruno: Colleague, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were for each line of an audit erased whole: a campaign never ended."""
    started(anne.journal, AUDITS[1], anne.origin)
    for audit in AUDITS[:2]:
        people.retire(anne.journal, audit.id, "x", anne.origin)
    read, authored_in = list[object](), seals.authored_in

    def counted(*asked: Any) -> Any:
        read.append(asked)
        return authored_in(*asked)

    monkeypatch.setattr(seals, "authored_in", counted)

    entered = give(anne, bruno, tmp_path)

    assert entered.revisions > len(read) == 2
    assert not entered.withheld


def test_what_waits_still_waits_after_a_repair(required: Pair, tmp_path: Path) -> None:
    """It stayed in the quarantine for ever: nothing said that it waits."""
    anne, bruno = required
    foreign = say(anne, 2, person("paul"))
    seals.seal(anne.journal, AUDIT.id, PAULS, person("paul"))
    entered = give(anne, bruno, tmp_path)
    found = carve(bruno.journal.path)
    evidence = Gathered(of_file=found)
    evidence.add("fichier", found)

    with journal_in(tmp_path / "repaired") as made:
        take_back(made, evidence)
        with made.transaction() as connection:
            backup.carry_over(bruno.journal.path, connection, last=True)

        assert foreign.line not in made.lines(AUDIT.id)
        (one,) = withheld(made)
        assert (one.revision.id, one.sender) == (foreign.id, entered.name)
        cards = [card(PAULS.key, "paul"), card(bruno.keys.card.sign, "bruno")]
        seals.keep_cards(made, HUBS.key, cards)
        assert admit(made, bruno.rules) == 1
        assert foreign.line in made.lines(AUDIT.id)


def test_the_erasures_of_an_audit_that_wait_are_told_at_once(
    required: Pair, tmp_path: Path
) -> None:
    """Each line of an audit erased whole had its sentence, at each sync."""
    anne, bruno = required
    started(bruno.journal, AUDIT, bruno.origin)
    lines = [say(bruno, value, bruno.origin, f"q{value}") for value in (1, 2, 3)]
    anne.journal.ingest(bruno.journal.lines(AUDIT.id))
    for line in lines[:2]:
        anne.journal.write(changes.erased(AUDIT.id, line.id, "x"), anne.origin)

    def told(entered: Entered) -> list[str]:
        return [*withheld_words(entered.withheld, lambda _audit: "École", str)]

    (some,) = told(give(anne, bruno, tmp_path, NOON + DELAY))
    people.retire(anne.journal, AUDIT.id, "x", anne.origin)
    (whole,) = told(give(anne, bruno, tmp_path, NOON + DELAY))

    assert "2 effacements mis de côté, École, d'anne, donnés par anne" in some
    assert "Effacement mis de côté, École, d'anne, donné par anne" in whole
    assert all(holds(bruno, line) for line in lines)


def stop(one: Colleague, line: Revision, asked: str, origin: Origin) -> None:
    draft = changes.erasure_stopped(AUDIT.id, line.id, asked, "non")
    one.journal.write(draft, origin)


@pytest.mark.parametrize("trick", ["none", "written over"])
def test_s4_without_a_hub_what_its_author_is_opposed_to_stays(
    trick: str, anne: Colleague, bruno: Colleague, paul: Colleague, tmp_path: Path
) -> None:
    """Another stop, of some other ask, was all that was left of the author's."""
    folder = tmp_path / "sticks"
    folder.mkdir()
    said = say(anne, 1, anne.origin)
    asked = ask(anne, said, paul.origin)
    stop(anne, said, asked.id, anne.origin)
    carried(anne, bruno, folder)
    carried(anne, paul, folder)
    seals.seal(anne.journal, AUDIT.id, PAULS, paul.origin)
    if trick == "written over":
        other = changes.erasure_stopped(AUDIT.id, said.id, "f" * 64, "non")
        bruno.journal.write(replace(other, parents=None), bruno.origin)
    confirm(bruno, said, asked, bruno.origin)

    entered = carried(bruno, anne, folder, NOON + 2 * DELAY)

    (waiting,) = entered.withheld
    assert "opposé" in waiting.problem
    assert admit(anne.journal, anne.rules._replace(at=NOON + 3 * DELAY)) == 0
    assert holds(anne, said)


def test_s4_without_a_hub_another_ask_counts_once_one_was_stopped(
    anne: Colleague, bruno: Colleague, paul: Colleague, tmp_path: Path
) -> None:
    """It was confirmed where one could, and waited for ever for an administrator."""
    folder = tmp_path / "sticks"
    folder.mkdir()
    said = say(anne, 1, anne.origin)
    carried(anne, bruno, folder)
    carried(anne, paul, folder)
    stop(paul, said, ask(paul, said, paul.origin).id, anne.origin)
    again = ask(paul, said, paul.origin)
    for one in (anne, bruno):
        carried(paul, one, folder)
    confirm(bruno, said, again, bruno.origin)

    entered = carried(bruno, anne, folder, NOON + DELAY)

    assert not entered.withheld
    assert not holds(anne, said)
