"""What a council votes is frozen when an audit is closed, and is never shifted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import add_step, add_visit, move
from diag.audit.history import changes_of
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.votes import decisions_of, votes_of
from diag.journal import changes, subjects
from diag.journal.journal import Journal
from diag.journal.records import decision_list_of
from diag.journal.revision import NewRevision
from diag.journal.subjects import BallotTopic
from diag.model.audit import FollowUp
from diag.model.enums import USUAL_READER, AuditStatus, FollowUpState, Nature, PlaceKind
from diag.model.errors import DiagError
from diag.model.votes import TITLE, DecisionList
from diag.words.dates import describe_day
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audit_again, audited, audited_workspace
from tests.audit.builders import DAY, started, workspace

FIBRE = "passer-a-la-fibre"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


def frozen(session: AuditSession) -> DecisionList:
    found = decision_list_of(session.workspace.journal, session.audit.id)
    assert found is not None
    return found


def later_on(made: Workspace, days: int) -> Workspace:
    """Open the same folder another day."""
    return Workspace.open(made.folder, fixed_world(DAY + timedelta(days=days), seed=9))


def test_closing_freezes_what_was_shown_and_signs_it(session: AuditSession) -> None:
    shown = decisions_of(report_of(session))
    move(session, AuditStatus.CLOS)

    assert frozen(session) == shown
    assert session.sealed
    last = [one.subject for one in session.revisions()][-2:]
    assert last == [subjects.VOTES, subjects.STATUS]
    parts = [
        topic.part
        for one in session.revisions()
        if isinstance(topic := subjects.parse(one.subject), BallotTopic)
    ]
    assert parts == [
        *(str(one.number) for one in shown.votes),
        *("aside", "pending", "numbers", "reserved", "list"),
    ]


def test_a_frozen_list_changed_by_a_byte_breaks_the_seal(
    session: AuditSession,
) -> None:
    """What was signed holds the votes: an older version checks them unknowing."""
    move(session, AuditStatus.CLOS)
    ballot = next(
        one.subject for one in session.revisions() if one.subject.startswith("votes/")
    )
    session.record(NewRevision(session.audit.id, ballot, {"title": "autre chose"}))

    assert session.sealed is False


def test_the_history_names_the_votes_that_a_closing_froze_and_counts_the_rest(
    session: AuditSession,
) -> None:
    shown = decisions_of(report_of(session))
    move(session, AuditStatus.CLOS)

    frozen = [
        one.said for one in changes_of(session) if one.about.startswith("liste des")
    ]
    assert len(frozen) == len(shown.votes) + 5
    assert frozen[0] == shown.votes[0].title
    assert f"{len(shown.aside)} lignes sans vote" in frozen
    assert f"{len(shown.numbers)} numéros d'action" in frozen


def test_votes_are_numbered_from_one_and_fit_their_page(session: AuditSession) -> None:
    votes = decisions_of(report_of(session)).votes

    assert [one.number for one in votes] == list(range(1, len(votes) + 1))
    assert all(one.title and len(one.title) <= TITLE for one in votes)
    assert all(len(one.otherwise.long) <= 110 for one in votes)
    assert all(one.where for one in votes)


def test_no_obligation_without_an_article_and_the_day_it_was_read(
    session: AuditSession,
) -> None:
    votes = decisions_of(report_of(session)).votes

    obliged = [one for one in votes if one.nature.words.startswith("Obligation")]
    assert obliged
    for one in obliged:
        assert one.nature.kind is Nature.LOI
        assert one.nature.article
        assert date.fromisoformat(one.nature.read_on)
    for one in votes:
        if one.tier == 2:
            assert one.nature.read_on or one.nature.deadline


def test_a_year_later_the_same_votes_are_read(session: AuditSession) -> None:
    move(session, AuditStatus.CLOS)
    before = votes_of(report_of(session))
    refs = {one.id: (one.ref, one.due) for one in report_of(session).plan}

    with later_on(session.workspace, 365) as made:
        after = report_of(audited(made))
        assert votes_of(after) == before
        assert {one.id: (one.ref, one.due) for one in after.plan} == refs
        assert after.date == DAY


def test_a_step_after_the_closing_moves_no_vote(session: AuditSession) -> None:
    move(session, AuditStatus.CLOS)
    before = votes_of(report_of(session))
    refs = {one.id: one.ref for one in report_of(session).plan}

    add_step(session, FollowUp(recommendation=FIBRE, state=FollowUpState.FAITE))

    assert votes_of(report_of(session)) == before
    assert {one.id: one.ref for one in report_of(session).plan} == refs
    assert session.sealed


def test_closing_again_is_version_two_and_keeps_the_first(
    session: AuditSession,
) -> None:
    move(session, AuditStatus.CLOS)
    first = frozen(session)
    move(session, AuditStatus.EN_COURS)
    record_answer(session, NewAnswer("debit_descendant", 300))
    move(session, AuditStatus.CLOS)

    second = frozen(session)
    assert (first.version, second.version) == (1, 2)
    numbers = {ident: one.number for ident, one in first.numbers.items()}
    assert (
        numbers.items()
        <= {ident: one.number for ident, one in second.numbers.items()}.items()
    )
    kept = session.workspace.journal.history(session.audit.id, subjects.VOTES)
    assert [one.value["version"] for one in kept] == [1, 2]  # type: ignore[index, call-overload]
    assert session.sealed


def test_numbers_are_dense_and_a_reserved_action_has_its_own(
    session: AuditSession,
) -> None:
    move(session, AuditStatus.CLOS)
    found = frozen(session)

    for series in (found.numbers, found.reserved):
        assert sorted(one.number for one in series.values()) == list(
            range(1, len(series) + 1)
        )
    assert found.reserved
    assert not found.reserved.keys() & found.numbers.keys()
    public = report_of(session).public
    assert {one.ref[0] for one in public.plan} == {"A"}
    assert {one.ref[0] for one in report_of(session).plan} == {"A", "R"}


def test_an_open_audit_has_no_list_and_closing_is_not_undone(
    session: AuditSession,
) -> None:
    assert decision_list_of(session.workspace.journal, session.audit.id) is None
    move(session, AuditStatus.CLOS)

    with pytest.raises(DiagError, match="L'état de l'audit se change dans le bilan"):
        undo(session)
    assert session.status is AuditStatus.CLOS


def visited_again(made: Workspace) -> AuditSession:
    """Audit the same school in the next campaign: the fibre came, the rest stands."""
    again = audit_again(made)
    for ident, value in (
        ("technologie_acces", "ftth_pro"),
        ("debit_descendant", 300),
        ("debit_montant", 300),
        ("fibre_commandee", True),
    ):
        record_answer(again, NewAnswer(ident, value, sure=True))
    return again


def test_a_new_audit_keeps_the_numbers_and_says_what_became(
    desk: Workspace, session: AuditSession
) -> None:
    move(session, AuditStatus.CLOS)
    first = frozen(session)
    cabled = FollowUp(
        recommendation="cabler-les-classes",
        state=FollowUpState.DECIDEE,
        on="2027-01-12",
    )
    add_step(session, cabled)
    fetched = FollowUp(
        recommendation="montrer-l-equipement-a-l-inspection",
        state=FollowUpState.FAITE,
        on="2027-03-02",
    )
    with later_on(desk, 570) as made:
        add_step(audited(made), fetched)
        again = visited_again(made)
        move(again, AuditStatus.CLOS)
        second = frozen(again)

    for ident, one in first.numbers.items():
        assert second.numbers[ident].number == one.number
        assert second.numbers[ident].first == DAY.isoformat()
    became = {ident: one.became for ident, one in second.numbers.items()}
    assert became[FIBRE] == "fait, vérifié le 28 septembre 2026"
    assert became["relier-les-batiments"] == (
        "signalé le 5 octobre 2026, non traité depuis 570 jours"
    )
    assert became["cabler-les-classes"] == "voté le 12 janvier 2027, pas encore fait"
    assert became["montrer-l-equipement-a-l-inspection"] == (
        "noté fait le 2 mars 2027, encore à vérifier"
    )
    assert all(became.values())
    new = second.numbers.keys() - first.numbers.keys()
    assert {became[ident] for ident in new} <= {"nouveau"}
    # What was voted is asked no more, and is not dropped.
    assert "cabler-les-classes" not in {
        ident for one in second.votes for ident in one.actions
    }
    assert "cabler-les-classes" in {
        ident for one in second.aside for ident in one.actions
    }


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_was_noted_done_is_found_lacking_again_only_where_somebody_looked(
    desk: Workspace, session: AuditSession, *, is_seen: bool
) -> None:
    """« Noté fait, encore à vérifier » stood beside a vote that asks for it again."""
    move(session, AuditStatus.CLOS)
    with later_on(desk, 570) as made:
        done = FollowUp(
            recommendation="cabler-les-classes",
            state=FollowUpState.FAITE,
            on="2027-03-02",
        )
        add_step(audited(made), done)
        again = visited_again(made)
        add_visit(again, made.world.today())
        if not is_seen:
            rooms = again.facts.places_of(PlaceKind.SALLE)
            again.record(
                *(
                    changes.unanswered(again.audit.id, one.id, "prises_rj45")
                    for one in rooms
                    if again.facts.answer(one.id, "prises_rj45")
                )
            )
        move(again, AuditStatus.CLOS)
        found = frozen(again)
    seen = describe_day(made.world.today().isoformat())
    how = f"manque constaté de nouveau le {seen}" if is_seen else "encore à vérifier"
    became = found.numbers["cabler-les-classes"].became
    assert became == f"noté fait le 2 mars 2027, {how}"
    asked = {ident for one in found.votes for ident in one.actions}
    assert ("cabler-les-classes" in asked) is is_seen


def test_under_the_floor_five_questions_come_instead_of_votes(tmp_path: Path) -> None:
    with audited_workspace(tmp_path / "desk") as made:
        session = audited(made)
        room = next(
            place.id
            for place in session.facts.places.values()
            if place.kind is PlaceKind.SALLE
        )
        session.record(changes.closed(session.audit.id, PlaceKind.LOT, complete=False))
        session.record(changes.unanswered(session.audit.id, room, "danger_electrique"))
        found = decisions_of(report_of(session))

    assert found.votes == ()
    assert found.missing[0] == "la liste des lots de matériel n'est pas complète"
    assert any("danger" in one for one in found.missing)
    assert {one.tier for one in found.aside} <= {1}


def test_an_audit_hardly_begun_asks_what_would_open_a_vote(tmp_path: Path) -> None:
    with workspace(tmp_path / "desk") as made:
        found = decisions_of(report_of(started(made)))

    assert found.votes == ()
    assert len(found.questions) == 5
    assert all(one.opens and one.whom and one.minutes for one in found.questions)


def test_another_journal_keeps_and_relays_the_list(
    session: AuditSession, tmp_path: Path
) -> None:
    move(session, AuditStatus.CLOS)
    lines = [*session.workspace.journal.lines(session.audit.id)]

    with Journal.open(tmp_path) as other:
        other.ingest(reversed(lines))
        assert decision_list_of(other, session.audit.id) == frozen(session)
        assert other.digest(session.audit.id) == session.digest


def test_a_part_that_has_not_come_yet_makes_no_list(
    session: AuditSession, tmp_path: Path
) -> None:
    move(session, AuditStatus.CLOS)
    lines = [
        line
        for line in session.workspace.journal.lines(session.audit.id)
        if b"/numbers" not in line
    ]

    with Journal.open(tmp_path) as other:
        other.ingest(lines)
        assert decision_list_of(other, session.audit.id) is None


def test_a_title_reworded_at_length_is_voted_whole(session: AuditSession) -> None:
    report = report_of(session)
    lead = decisions_of(report).votes[0].actions[0]
    long = "Passer à la fibre avant la rentrée, pour les deux écoles et pour la mairie"
    words = report.checklist.recommendations[lead].wording[USUAL_READER]
    reworded = {(lead, USUAL_READER): words.model_copy(update={"title": long})}

    (vote, *_) = decisions_of(replace(report, shown=None, wordings=reworded)).votes

    assert len(long) > TITLE
    assert vote.title == long
