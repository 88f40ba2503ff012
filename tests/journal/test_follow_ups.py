from dataclasses import replace

from diag.journal import changes
from diag.journal.journal import Journal
from diag.journal.records import follow_ups_of, wordings_of
from diag.journal.revision import Origin
from diag.model.audit import FollowUp
from diag.model.enums import Audience, FollowUpState
from tests.journal.builders import AUDIT, apart, person, room

DECIDED = FollowUp(
    recommendation="cabler",
    state=FollowUpState.DECIDEE,
    on="2026-12-01",
    by="conseil municipal",
    why="voté à l'unanimité",
)


def test_every_step_is_kept_in_order_with_who_wrote_it(
    journal: Journal, author: Origin
) -> None:
    done = FollowUp(
        recommendation="cabler", place=room(1).id, state=FollowUpState.FAITE
    )
    said = [
        journal.write(changes.followed(AUDIT.id, step), author)
        for step in (DECIDED, done, DECIDED)
    ]
    found = follow_ups_of(journal, AUDIT.id)
    assert [step.state for step in found] == ["decidee", "faite", "decidee"]
    assert [step.revision for step in found] == [revision.id for revision in said]
    blank = {"author": "", "revision": ""}
    assert [step.model_copy(update=blank) for step in found] == [DECIDED, done, DECIDED]


def test_steps_written_apart_are_all_kept(journal: Journal, author: Origin) -> None:
    apart(journal, changes.followed(AUDIT.id, DECIDED), author)
    apart(journal, changes.followed(AUDIT.id, DECIDED), person("u02"))
    found = follow_ups_of(journal, AUDIT.id)
    assert {step.author for step in found} == {"u01", "u02"}


def test_a_step_that_cannot_be_read_or_was_erased_is_not_shown(
    journal: Journal, author: Origin
) -> None:
    draft = changes.followed(AUDIT.id, DECIDED)
    journal.write(replace(draft, value={"state": "rêvée"}), author)
    journal.write(replace(draft, value="fait"), author)
    said = journal.write(draft, author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    assert follow_ups_of(journal, AUDIT.id) == ()


def test_a_rewording_replaces_the_last_and_none_takes_it_away(
    journal: Journal, author: Origin
) -> None:
    def reword(**words: str) -> None:
        draft = changes.reworded(AUDIT.id, "cabler", Audience.MAIRIE, words)
        journal.write(draft, author)

    reword(title="Tirer des câbles")
    reword(title="Câbler trois salles", decision="Voter 4 000 €")
    assert wordings_of(journal, AUDIT.id) == {
        ("cabler", None, Audience.MAIRIE): {
            "title": "Câbler trois salles",
            "decision": "Voter 4 000 €",
        }
    }
    reword()
    assert not any(wordings_of(journal, AUDIT.id).values())
