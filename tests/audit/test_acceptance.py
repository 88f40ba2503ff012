"""An acceptance: by whom, of what, and what unseals it."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from diag.audit.fitting import choose_minutes
from diag.audit.follow import add_step, digest_to_accept, move, standing_words, ways_on
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal import changes
from diag.journal.signatures import signable, standing_word
from diag.model.audit import FollowUp
from diag.model.enums import AuditStatus, FollowUpState
from diag.model.errors import DiagError
from diag.office import conflicts
from diag.office.supervision import accept, give_back, to_review
from diag.words.vocabulary import ACCEPTED_ALONE, STATUSES
from tests.audit.apart import meet, pull, say, two_laptops
from tests.audit.builders import DAY, SCHOOL
from tests.examples import cases

ACCEPTED = STATUSES[AuditStatus.ACCEPTE]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[AuditSession, AuditSession]]:
    with two_laptops(tmp_path) as both:
        yield both


def submitted(two: tuple[AuditSession, AuditSession]) -> None:
    """Have u-1 answer and submit, and u-2 know of it."""
    mine, theirs = two
    say(mine, "debit_descendant", 42)
    move(mine, AuditStatus.SOUMIS)
    meet(mine, theirs)


def words(session: AuditSession) -> str:
    settings = session.workspace.settings
    return standing_words(settings, session.status, session.signature)


def test_a_colleague_accepts_what_somebody_else_wrote(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    accept(theirs)
    meet(mine, theirs)

    signed = signable(mine.workspace.journal, mine.audit.id)
    for session in two:
        assert words(session) == ACCEPTED
        assert session.signature is not None
        assert session.signature.digest == signed.digest
        assert ways_on(session) == (AuditStatus.CLOS, AuditStatus.EN_COURS)


def test_one_accepts_one_s_own_audit_alone_and_it_is_told(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    with pytest.raises(DiagError, match="Vous avez écrit dans l'audit") as refused:
        accept(mine)
    assert refused.value.command == f"diag review accept {SCHOOL} --alone"
    assert mine.status is AuditStatus.SOUMIS

    accept(mine, alone=True)
    meet(mine, theirs)

    for session in two:
        assert words(session) == ACCEPTED_ALONE
        assert ACCEPTED_ALONE in report_of(session, DAY).status_words


def test_an_acceptance_that_hides_that_it_is_its_author_s_is_told_all_the_same(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    signed = signable(mine.workspace.journal, mine.audit.id)
    mine.record(changes.accepted(mine.audit.id, signed.digest, signed.lines))
    meet(mine, theirs)

    assert words(theirs) == ACCEPTED_ALONE


def test_what_was_written_meanwhile_is_not_accepted_unseen(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    seen = digest_to_accept(theirs)
    say(mine, "debit_montant", 10)
    pull(theirs, mine)

    with pytest.raises(DiagError, match="a changé depuis que vous l'avez à l'écran"):
        accept(theirs, seen=seen[:12])
    for short in (" ", seen[:7]):
        with pytest.raises(DiagError, match="est trop court : donnez au moins 8"):
            accept(theirs, seen=short)
    assert theirs.status is AuditStatus.SOUMIS
    accept(theirs, seen=digest_to_accept(theirs)[:12])
    assert words(theirs) == ACCEPTED


def test_a_conflict_is_settled_or_left_open_with_a_reason_first(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    say(mine, "debit_montant", 10)
    say(theirs, "debit_montant", 12)
    meet(mine, theirs)
    with pytest.raises(DiagError, match="1 conflit à trancher dans l'audit « É"):
        accept(theirs, alone=True)

    (shown,) = conflicts.contested_of(mine)
    conflicts.leave(shown, "à demander à la directrice")
    meet(mine, theirs)
    accept(theirs, alone=True)
    assert words(theirs) == ACCEPTED_ALONE


def test_a_note_beside_a_conflict_leaves_nothing_open(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    say(mine, "debit_montant", 10)
    say(theirs, "debit_montant", 12)
    meet(mine, theirs)
    root = mine.facts.root
    mine.record(changes.noted(mine.audit.id, root, "debit_montant", "vu à la baie"))

    with pytest.raises(DiagError, match="1 conflit à trancher"):
        accept(mine, alone=True)


def test_a_conflict_that_grew_after_it_was_left_is_open_again(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    say(theirs, "debit_montant", 12)
    say(mine, "debit_montant", 10)
    pull(mine, theirs)
    (shown,) = conflicts.contested_of(mine)
    conflicts.leave(shown, "à demander")
    say(theirs, "debit_montant", 14)
    meet(mine, theirs)

    with pytest.raises(DiagError, match="à trancher"):
        accept(mine, alone=True)


@pytest.mark.parametrize("late", [False, True], ids=["after", "apart"])
def test_a_line_written_since_unseals_and_says_by_whom(
    two: tuple[AuditSession, AuditSession], *, late: bool
) -> None:
    mine, theirs = two
    submitted(two)
    if late:  # the author's laptop was apart: its line looks older than it is
        say(mine, "debit_montant", 10)
        for minutes in (90, 30, 45):
            choose_minutes(theirs, minutes)
        accept(theirs)
    else:
        accept(theirs)
        pull(mine, theirs)
        say(mine, "debit_montant", 10)
    meet(mine, theirs)

    for session in two:
        assert words(session) == (
            "descellé (1 modification, par u-1, depuis le 05/10/2026)"
        )
        printed = report_of(session, DAY).status_words
        assert printed.startswith("provisoire (descellé, modifié depuis l'acceptation")
        assert "1 modification, par u-1, depuis le" in printed
        assert ACCEPTED not in printed


def test_only_a_new_acceptance_seals_again(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    accept(theirs)
    meet(mine, theirs)
    say(mine, "debit_montant", 10)
    undo(mine)
    meet(mine, theirs)

    assert words(theirs).startswith("descellé (2 modifications, par u-1")
    assert [one.session.about.ref for one in to_review(theirs.workspace)] == [SCHOOL]
    assert AuditStatus.ACCEPTE in ways_on(theirs)
    accept(theirs)
    meet(mine, theirs)
    assert words(mine) == ACCEPTED
    assert to_review(mine.workspace) == ()


def test_following_and_sending_unseal_nothing(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    step = min(mine.checklist.recommendations)
    add_step(mine, FollowUp(recommendation=step, state=FollowUpState.DECIDEE))
    accept(theirs)
    meet(mine, theirs)

    assert words(mine) == ACCEPTED


def test_a_laptop_that_lacks_signed_lines_does_not_say_accepted(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    submitted(two)
    say(mine, "debit_montant", 10)
    pull(theirs, mine)
    accept(theirs)
    with two_laptops(mine.workspace.folder.parent / "again") as (other, _):
        held = [
            line
            for line in theirs.workspace.journal.lines(theirs.audit.id)
            if b"debit_montant" not in line
        ]
        other.workspace.journal.ingest(held)
        assert words(other) == (
            "descellé (1 modification signée manque ici : synchronisez)"
        )


def test_an_audit_is_given_back_with_a_reason_by_every_road(
    two: tuple[AuditSession, AuditSession],
) -> None:
    _, theirs = two
    submitted(two)
    with pytest.raises(DiagError, match="avec un motif"):
        move(theirs, AuditStatus.RETOURNE)
    give_back(theirs, "voir la baie")
    assert theirs.status is AuditStatus.RETOURNE


ACTS = ("say", "undo", "submit", "accept", "alone", "forge", "hide", "follow", "meet")


@pytest.mark.parametrize("seed", cases(range(12), *range(5)))
def test_accepted_is_printed_of_what_another_accepted_and_of_nothing_else(
    tmp_path: Path, seed: int
) -> None:
    """Whatever two people do, in whatever order it reaches the other."""
    chance = Random(seed)
    with two_laptops(tmp_path, seed) as both:
        for turn in range(30):
            act(chance, both, turn)
            for session in both:
                check_printed(session)
        meet(*both)
        assert words(both[0]) == words(both[1])


def act(chance: Random, both: tuple[AuditSession, AuditSession], turn: int) -> None:
    here, there = chance.sample(both, 2)
    signed = signable(here.workspace.journal, here.audit.id)
    try:
        match chance.choice(ACTS):
            case "say":
                say(here, chance.choice(["debit_montant", "debit_descendant"]), turn)
            case "undo":
                undo(here)
            case "submit":
                move(here, AuditStatus.SOUMIS)
            case "accept":
                accept(here)
            case "alone":
                accept(here, alone=True)
            case "forge":  # another digest, or as if it were another's
                digest = chance.choice([signed.digest, "0" * 64])
                here.record(changes.accepted(here.audit.id, digest, signed.lines))
            case "hide":  # a line that says that it is older than the acceptance
                say(there, "debit_montant", turn)
            case "follow":
                step = min(here.checklist.recommendations)
                state = FollowUpState.DECIDEE
                add_step(here, FollowUp(recommendation=step, state=state))
            case _:
                pull(here, there)
    except DiagError:
        pass


def check_printed(session: AuditSession) -> None:
    if session.status is not AuditStatus.ACCEPTE:
        return
    word = standing_word(session.status, session.signature)
    if word not in {ACCEPTED, ACCEPTED_ALONE}:
        return
    # Written again from the lines: none of what is under test.
    lines = [
        revision
        for revision in session.revisions()
        if not revision.subject.startswith(("audit/s", "audit/minutes"))
        and not revision.subject.endswith("/follow")
    ]
    heads = session.workspace.journal.current(session.audit.id, "audit/status")
    accepted = [head for head in heads if '"accepte"' in (head.text or "")][-1]
    keys = sorted(bytes.fromhex(one.id) for one in lines)
    assert sha256(b"".join(keys)).hexdigest() in (accepted.text or "")
    wrote = {
        revision.author
        for revision in lines
        if not revision.subject.startswith("audit/")
        and b'"provenance":"imported"' not in revision.line
    }
    assert (accepted.author in wrote) == (word == ACCEPTED_ALONE)
