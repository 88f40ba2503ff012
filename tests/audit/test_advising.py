from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.audit import advising, remarks
from diag.audit.follow import add_step
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.model.audit import FollowUp
from diag.model.enums import READERS, Audience, FollowUpState, Owner
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.documents.reading import markdown
from tests.examples import examples

HOSTILE = ["[/", "[a[0]]", "| a | b", "<script>", "# titre", "{inconnu}", "*gras*"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


def tops(session: AuditSession) -> list[str]:
    return [one.id for one in report_of(session).plan.actions if not one.under]


def test_moving_up_swaps_with_the_one_before(session: AuditSession) -> None:
    before = tops(session)

    assert advising.move(session, before[4], -1)

    assert tops(session) == [*before[:3], before[4], before[3], *before[5:]]


def test_moving_writes_one_revision_of_its_own_subject(session: AuditSession) -> None:
    before = len(session.revisions())
    moved = tops(session)[4]

    advising.move(session, moved, -1)

    (added,) = session.revisions()[before:]
    assert added.subject == f"rec/{moved}/rank"


def test_the_first_cannot_go_up_nor_the_last_down(session: AuditSession) -> None:
    order = tops(session)

    assert not advising.move(session, order[0], -1)
    assert not advising.move(session, order[-1], +1)


@settings(
    examples(12, few=2),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moves=st.lists(st.tuples(st.integers(0, 7), st.sampled_from([-1, 1])), max_size=5)
)
def test_moves_do_what_they_say_whatever_came_before(
    session: AuditSession, moves: list[tuple[int, int]]
) -> None:
    for at, by in moves:
        order = tops(session)
        if advising.move(session, order[at], by):
            order.insert(at + by, order.pop(at))
        assert tops(session) == order


def test_an_order_by_hand_can_be_forgotten(session: AuditSession) -> None:
    before = tops(session)
    advising.move(session, before[4], -1)
    advising.move(session, before[0], +1)

    assert advising.as_computed(session) == 2
    assert tops(session) == before


def test_what_waits_follows_what_it_waits_for(session: AuditSession) -> None:
    plan = report_of(session).plan
    waiting = next(one for one in plan.actions if one.under)

    with pytest.raises(DiagError, match="Déplacez celle"):
        advising.move(session, waiting.id, -1)
    advising.move(session, waiting.under, +1)

    ids = [one.id for one in report_of(session).plan.actions]
    assert ids.index(waiting.id) > ids.index(waiting.under)


def test_a_rewording_is_told_in_its_document_only(session: AuditSession) -> None:
    title = "Faire venir la fibre, enfin"

    advising.reword(session, "passer-a-la-fibre", Audience.MAIRIE, {"title": title})

    report = report_of(session)
    assert title in markdown(report, Audience.MAIRIE)
    assert title not in markdown(report, Audience.TECHNIQUE)


def test_a_rewording_keeps_the_parts_it_does_not_name(session: AuditSession) -> None:
    declared = remarks.declared_wording(session, "passer-a-la-fibre", Audience.MAIRIE)

    said = advising.reword(
        session, "passer-a-la-fibre", Audience.MAIRIE, {"title": "La fibre"}
    )

    assert said.decision == declared.decision


def test_no_words_give_the_declared_ones_back(session: AuditSession) -> None:
    ident = "passer-a-la-fibre"
    declared = remarks.current_wording(session, ident, Audience.MAIRIE)
    advising.reword(session, ident, Audience.MAIRIE, {"title": "La fibre"})

    advising.reword(session, ident, Audience.MAIRIE, {})

    assert remarks.current_wording(session, ident, Audience.MAIRIE) == declared


def test_a_rewording_may_be_undone(session: AuditSession) -> None:
    ident = "passer-a-la-fibre"
    declared = remarks.current_wording(session, ident, Audience.EQUIPE)
    advising.reword(session, ident, Audience.EQUIPE, {"title": "La fibre"})

    undo(session)

    assert remarks.current_wording(session, ident, Audience.EQUIPE) == declared


@pytest.mark.parametrize("words", [{"decision": "Voter"}, {"title": "  "}])
def test_words_that_a_reader_is_not_told_are_refused(
    session: AuditSession, words: dict[str, str]
) -> None:
    before = session.digest

    with pytest.raises(DiagError):
        advising.reword(session, "passer-a-la-fibre", Audience.ACADEMIE, words)

    assert session.digest == before


def test_every_document_tells_own_advice_with_its_cost(session: AuditSession) -> None:
    own = advising.add_own(
        session,
        "Repeindre la classe des grands en clair",
        owner=Owner.COMMUNE,
        why="L'image se lit mal sur un mur sombre.",
        euros="250,50",
        delay="P6M",
    )

    report = report_of(session)

    action = report.plan.action(own.id)
    assert action is not None
    assert action in report.plan.actions
    assert own.cents == 25_050
    for audience in READERS:
        assert "Repeindre la classe" in markdown(report, audience)


def test_hostile_own_advice_breaks_no_document(session: AuditSession) -> None:
    for text in HOSTILE:
        advising.add_own(session, text, owner=Owner.ECOLE, why=text, euros="10")

    report = report_of(session)

    assert all(markdown(report, audience) for audience in READERS)


def test_own_advice_is_never_filled_in(session: AuditSession) -> None:
    typed = "Écrire {cout} et {quantite|salle|salles} dans {lieux}, {inconnu} compris"
    own = advising.add_own(session, typed, owner=Owner.COMMUNE, why=typed, euros="10")
    advising.reword(session, own.id, Audience.EQUIPE, {"title": f"{typed} ?"})

    report = report_of(session)
    action = report.plan.action(own.id)

    assert action is not None
    assert report.title(action, Audience.EQUIPE) == f"{typed} ?"
    for audience in set(READERS) - {Audience.EQUIPE}:
        assert report.title(action, audience) == typed
    assert "{cout}" in markdown(report, Audience.MAIRIE)


def test_a_rewording_fills_what_is_known_and_refuses_the_rest(
    session: AuditSession,
) -> None:
    ident, before = "passer-a-la-fibre", session.digest
    with pytest.raises(DiagError, match=r"Titre : « \{couts\} » ne se remplit pas"):
        advising.reword(session, ident, Audience.MAIRIE, {"title": "Voter {couts}"})
    assert session.digest == before

    advising.reword(session, ident, Audience.MAIRIE, {"title": "La fibre : {cout}"})

    assert "{" not in markdown(report_of(session), Audience.MAIRIE)


@pytest.mark.parametrize(
    ("title", "euros"),
    [("", ""), ("Peindre", "beaucoup"), ("Peindre", "-3"), ("Peindre", "1.200 €")],
)
def test_own_advice_without_title_or_with_a_wrong_amount_is_refused(
    session: AuditSession, title: str, euros: str
) -> None:
    with pytest.raises(DiagError):
        advising.add_own(session, title, owner=Owner.ECOLE, euros=euros)


def test_own_advice_can_be_taken_away_but_not_the_checklist_s(
    session: AuditSession,
) -> None:
    own = advising.add_own(session, "Peindre", owner=Owner.ECOLE)

    advising.remove_own(session, own.id)

    assert report_of(session).plan.action(own.id) is None
    with pytest.raises(DiagError, match="écarte"):
        advising.remove_own(session, "passer-a-la-fibre")


def test_own_advice_is_followed_up_like_any_other(session: AuditSession) -> None:
    own = advising.add_own(session, "Peindre", owner=Owner.ECOLE)

    add_step(session, FollowUp(recommendation=own.id, state=FollowUpState.DECIDEE))

    action = report_of(session).plan.action(own.id)
    assert action is not None
    assert action.state is FollowUpState.DECIDEE


def test_nothing_is_set_aside_without_a_reason(session: AuditSession) -> None:
    step = FollowUp(recommendation="passer-a-la-fibre", state=FollowUpState.ECARTEE)

    with pytest.raises(DiagError, match="motif"):
        add_step(session, step)
    add_step(session, step.model_copy(update={"why": "Travaux en 2028"}))

    assert "passer-a-la-fibre" in [one.id for one in report_of(session).plan.closed]


def test_a_number_of_the_documents_names_its_recommendation(
    session: AuditSession,
) -> None:
    first = report_of(session).plan.actions[0]

    assert advising.find_advice(session, "1") == first.id
    with pytest.raises(DiagError, match="passer-a-la-fibre"):
        advising.find_advice(session, "passer-a-la-fibr")
