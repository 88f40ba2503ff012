"""An audit of an older method: kept, upgraded after a preview, never judged."""

from pathlib import Path

import pytest

from diag.audit.advising import add_own, as_computed, find_advice, reword
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.compare import (
    compared_with,
    keep_judged,
    older_before,
    progress_of,
    since_last,
)
from diag.audit.follow import add_step, move
from diag.audit.history import changes_of
from diag.audit.memory import own_here, own_standing, whole_story
from diag.audit.places import add_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession, start
from diag.audit.snapshot import OLDER, OlderMethodError
from diag.audit.undo import undo
from diag.audit.upgrade import (
    preview,
    reopen_and_upgrade,
    upgrade,
    upgrade_json,
    upgrade_lines,
    upgrade_summary,
)
from diag.audit.visit import VisitSession
from diag.audit.walk import left_to_ask
from diag.journal import changes
from diag.journal.school_lines import older_audits
from diag.model.audit import Answer, FollowUp
from diag.model.enums import (
    Audience,
    AuditStatus,
    FollowUpState,
    Owner,
    PlaceKind,
    State,
)
from diag.model.errors import DiagError
from diag.office.outlook import progress_by_school
from diag.office.supervision import list_audits_of
from diag.programme.operations import gathered
from diag.words.sentences import euros
from diag.workspace.workspace import Workspace
from tests.audit.older_edition import newer_came, older_audited


@pytest.fixture
def older(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AuditSession:
    """An audit answered and judged by the older method, once the new one has come."""
    session = older_audited(desk, tmp_path / "livrees", monkeypatch)
    newer_came(tmp_path / "livrees", monkeypatch)
    return session.reopen()


def close(session: AuditSession) -> None:
    """Close an audit as its version did."""
    draft = changes.moved(session.audit.id, AuditStatus.CLOS, digest=session.digest)
    session.record(draft)


def test_it_is_neither_judged_nor_visited_nor_answered(older: AuditSession) -> None:
    assert older.is_older
    with pytest.raises(OlderMethodError, match=OLDER) as refused:
        _ = older.assessment
    assert refused.value.command.startswith(f"diag audit upgrade {older.about.ref}")
    for ask in (
        lambda: older.judged,
        lambda: older.judge,
        lambda: VisitSession(older),
        lambda: left_to_ask(older),
        lambda: report_of(older),
        lambda: record_answer(older, NewAnswer("wifi", True)),
        lambda: add_place(older, PlaceKind.SALLE, "Classe 1"),
        lambda: move(older, AuditStatus.CLOS),
    ):
        with pytest.raises(OlderMethodError):
            ask()


def test_its_history_and_its_answers_are_still_read(older: AuditSession) -> None:
    told = {change.about: change.said for change in changes_of(older)}
    assert told["Support"] == "Choix fibre"
    assert told["Wi-Fi voulu"].startswith("sans objet")
    assert "suite de « Renouveler »" in told


def test_the_preview_changes_nothing_and_says_what_each_thing_becomes(
    older: AuditSession,
) -> None:
    before = older.digest
    found = preview(older)
    lines = list(upgrade_lines(older, found))
    assert older.digest == before
    assert lines[:2] == [
        "Édition 2026.1 → 2027.1",
        f"L'édition 2026.1 est d'une {OLDER} : elle ne juge plus.",
    ]
    assert f"  Couvrir : {euros(240)} → n'est plus préconisée" in lines
    assert {question for _, question in found.reviewed} == {"formes"}
    assert {question for _, question in found.lost} == {"support"}
    becoming = {one.ident: (one.before, one.after) for one in found.advice}
    assert becoming == {
        "remplacer": (
            f"« Renouveler », {euros(240)}",
            euros(240),
        ),
        "tenir": (euros(240), euros(240)),
        "couvrir": (euros(240), "n'est plus préconisée"),
    }
    assert [one.words for one in found.alerts] == ["Registre : non respecté"]
    assert f"Budget : {euros(720)} → {euros(480)}" in lines
    assert any(line.startswith("  Ensemble : ") for line in lines)


def test_without_a_kept_judgement_only_what_will_be_is_told(
    older: AuditSession,
) -> None:
    older.record(changes.ranked(older.audit.id, "couvrir", 2))
    found = preview(older)
    assert found.before is None
    words = list(upgrade_summary(older, found))
    assert "Préconisations : 2" in words
    assert f"Budget : {euros(480)}" in words
    assert all(one.before == "" for one in found.advice)
    assert upgrade_json(found)["budget"] == {
        "before": None,
        "after": {
            "once": {"low_cents": 48000, "high_cents": 48000},
            "yearly": {"low_cents": 0, "high_cents": 0},
        },
    }


def test_sans_objet_out_of_place_is_to_be_said_again(
    older: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    void = Answer(State.NOT_APPLICABLE, reason="pas ici")
    # A colleague who has not upgraded diag says so, and it comes by a sync.
    draft = changes.answered(older.audit.id, older.facts.root, "wifi", void)
    older.workspace.journal.write_many((draft,), older.workspace.origin)
    session = older.reopen()
    found = preview(session)
    assert {question for _, question in found.restated} == {"wifi"}
    upgrade(session, found)
    (asked,) = [one for one in left_to_ask(session) if one.id == "wifi"]
    assert asked.current == "sans objet (pas ici)"
    verdict = session.assessment.criteria["sans-fil"].alone
    assert verdict is not None
    assert (verdict.low, verdict.high) == (0, 2)


def test_once_upgraded_it_is_judged_answered_and_closed(older: AuditSession) -> None:
    upgrade(older, preview(older))
    assert not older.is_older
    record_answer(older, NewAnswer("formes", 5))
    assert older.assessment.alerts
    move(older, AuditStatus.CLOS)
    assert older.sealed


def test_history_passes_to_the_successor_and_the_journal_is_not_rewritten(
    older: AuditSession,
) -> None:
    before = older.revisions()
    upgrade(older, preview(older))
    assert older.revisions()[:-1] == before
    assert [one.recommendation for one in older.follow_ups] == ["remplacer", "couvrir"]
    assert older.ranks == {"remplacer": 1}
    report = report_of(older)
    (action,) = [one for one in report.plan.actions if one.id == "remplacer"]
    assert report.title(action, Audience.MAIRIE) == "Rajeunir"


def test_own_advice_passes_to_the_criterion_that_takes_the_place(
    older: AuditSession,
) -> None:
    added = add_own(older, "Nettoyer", owner=Owner.ECOLE, criterion="retire")
    upgrade(older, preview(older))
    assert own_here(older) == (added.model_copy(update={"criterion": "neuf"}),)
    later = start(older.workspace, older.about.ref, "2027-2028")
    assert [one.criterion for one in own_standing(later)] == ["neuf"]


def test_the_engineer_s_order_of_what_was_retired_can_be_forgotten(
    older: AuditSession,
) -> None:
    upgrade(older, preview(older))
    assert as_computed(older) == 1
    assert older.ranks == {}


def test_words_given_to_the_successor_win_over_those_it_inherits(
    older: AuditSession,
) -> None:
    upgrade(older, preview(older))
    reword(older, "remplacer", Audience.MAIRIE, {})
    assert older.wordings == {}
    assert find_advice(older, "renouveler") == "remplacer"


def test_answers_pass_where_place_and_type_are_the_same_only(
    older: AuditSession,
) -> None:
    upgrade(older, preview(older))
    root = older.facts.root
    inherited = older.facts.answer(root, "recent")
    assert inherited is not None
    assert inherited.value is False
    assert older.facts.answer(root, "debit") is None, "a choice is no speed"
    record_answer(older, NewAnswer("recent", True))
    again = older.reopen().facts.answer(root, "recent")
    assert again is not None
    assert again.value is True, "what is said of the successor wins"


def test_undoing_the_passage_makes_it_one_of_the_older_method_again(
    older: AuditSession,
) -> None:
    facts = older.facts
    upgrade(older, preview(older))
    undo(older)
    assert older.is_older
    assert older.facts.answers == facts.answers
    assert [one.recommendation for one in older.follow_ups] == ["renouveler", "couvrir"]


def test_a_closed_one_keeps_its_seal_and_says_what_to_do(older: AuditSession) -> None:
    close(older)
    with pytest.raises(OlderMethodError, match="rouvrez-le") as refused:
        _ = older.assessment
    assert "--set en_cours" in refused.value.command
    assert older.sealed
    add_step(older, FollowUp(recommendation="tenir", state=FollowUpState.FAITE))
    with pytest.raises(DiagError, match="clos"):
        upgrade(older, preview(older))
    reopen_and_upgrade(older, preview(older))
    assert older.status is AuditStatus.EN_COURS
    assert not older.is_older


def test_lists_say_so_and_give_no_score(older: AuditSession) -> None:
    close(older)
    workspace, ref = older.workspace, older.about.ref
    assert older_audits(workspace.journal, engine="2") == {older.audit.id}
    progress = progress_by_school(workspace)[ref]
    assert progress.words == f"clos, {OLDER}"
    assert progress.known is None
    (told,) = list_audits_of(workspace, older.about)
    assert told.words.startswith(f"clos, {OLDER}")
    reopen_and_upgrade(older, preview(older))
    assert not older_audits(workspace.journal, engine="2")
    assert progress_by_school(workspace)[ref].words == "en cours"


def test_a_programme_leaves_it_out_and_names_its_school_once(
    older: AuditSession,
) -> None:
    found = gathered(older.workspace, [older.audit.campaign])
    (left,) = found.left_out
    assert left.where == older.about.title
    assert older.about.name not in left.why
    assert f"diag audit upgrade {older.about.ref}" in left.why


def test_what_the_older_method_found_is_not_judged_over(older: AuditSession) -> None:
    keep_judged(older)
    assert preview(older).before is not None


def test_two_methods_are_never_compared(older: AuditSession) -> None:
    later = start(older.workspace, older.about.ref, "2027-2028")
    assert since_last(later) is None
    assert progress_of(later) is None
    assert OLDER in older_before(later)
    with pytest.raises(DiagError, match="deux méthodes ne se comparent pas"):
        compared_with(later, "")
    upgrade(older, preview(older))
    assert since_last(later) is not None
    assert not older_before(later)


def test_follow_up_of_the_audit_before_passes_to_the_successor(
    older: AuditSession,
) -> None:
    later = start(older.workspace, older.about.ref, "2027-2028")
    told = [one.recommendation for one in whole_story(later)]
    assert told == ["remplacer", "couvrir"]


def test_no_audit_passes_to_an_edition_of_the_older_method(older: AuditSession) -> None:
    first = older.edition
    upgrade(older, preview(older))
    with pytest.raises(DiagError, match=OLDER):
        preview(older, first)
