from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.assess.judge import assess
from diag.audit import hypotheses
from diag.audit.session import AuditSession
from diag.audit.suppose import (
    Closed,
    SupposedAnswer,
    Supposition,
    outcome,
    supposed,
)
from diag.model.audit import Facts
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.examples import examples


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("supposed") / "desk"
    with audited_workspace(folder) as made:
        yield made


@pytest.fixture(scope="module")
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


def rooms(facts: Facts) -> list[str]:
    return [place.name for place in facts.places_of(PlaceKind.SALLE)]


def test_supposing_nothing_is_the_base(session: AuditSession) -> None:
    found = outcome(session.facts, session.checklist, ())

    assert supposed(session.facts, ()) is session.facts
    assert found.after == session.assessment
    assert found.changes_nothing
    assert not (found.shifts)
    assert not (found.resolved)
    assert not (found.new)
    assert not (found.recosted)


def test_fibre_raises_access_and_settles_its_recommendation(
    session: AuditSession,
) -> None:
    found = outcome(session.facts, session.checklist, hypotheses.fibre(session))

    title, before, after = found.scores[0]
    assert title == "Accès à Internet"
    assert before.bounds
    assert after.bounds
    assert after.bounds.low > before.bounds.low
    assert "passer-a-la-fibre" in [one.recommendation.id for one in found.resolved]


def test_it_begins_with_its_own_price_and_says_when_nobody_knows_it(
    session: AuditSession,
) -> None:
    facts, grid = session.facts, session.checklist
    fibre = outcome(facts, grid, hypotheses.fibre(session))
    covered = {ident for one in fibre.resolved for ident in one.covers}
    paid = {one.recommendation.id for one in fibre.own}
    assert paid == {one.recommendation.id for one in fibre.resolved} - covered
    assert "passer-a-la-fibre" in paid
    assert fibre.head.replace("\u00a0", " ").startswith("+ ")
    assert "/an · " in fibre.head
    assert " → " in fibre.head
    nothing = outcome(facts, grid, ())
    assert nothing.price == "prix inconnu"


def test_what_is_left_to_pay_is_the_plan_without_what_fibre_settles(
    session: AuditSession,
) -> None:
    found = outcome(session.facts, session.checklist, hypotheses.fibre(session))

    before, after = found.costs
    settled = [one.cost for one in found.resolved]
    assert all(one.cost.free for one in found.new)
    assert not found.recosted
    for now, then, parts in (
        (before.once_ttc, after.once_ttc, [one.once_ttc for one in settled]),
        (before.yearly_ttc, after.yearly_ttc, [one.yearly_ttc for one in settled]),
    ):
        assert now.minimum - then.minimum == sum(one.minimum for one in parts)
        assert now.low - then.low == sum(one.low for one in parts) > 0


def test_a_room_that_closes_leaves_with_its_answers(session: AuditSession) -> None:
    facts = session.facts
    room = facts.places_of(PlaceKind.SALLE)[0]

    then = supposed(facts, (Closed(room.id),))

    assert room.name not in rooms(then)
    assert not [key for key in then.answers if key[0] == room.id]
    assert facts.places[room.id] == room


def test_the_school_itself_cannot_close(session: AuditSession) -> None:
    facts = session.facts

    assert supposed(facts, (Closed(facts.root),)) is facts


def test_a_room_added_like_another_one_is_judged_like_it(session: AuditSession) -> None:
    facts = session.facts
    twin = hypotheses.added(facts, "Classe neuve", "Classe CP")

    then = supposed(facts, (twin,))

    assessment = assess(then, session.checklist)
    levels = {
        then.places[one.place].name: (one.low, one.high)
        for one in assessment.criteria["prise-par-classe"].verdicts
    }
    assert levels["Classe neuve"] == levels["Classe CP"]


def test_a_split_class_is_bare_unless_a_room_gives_what_it_has(
    session: AuditSession,
) -> None:
    facts = session.facts
    bare = hypotheses.split(session, facts, "Classe CE1")
    equipped = hypotheses.split(session, facts, "Classe CE1", "Classe CP")

    first, second = supposed(facts, (bare,)), supposed(facts, (equipped,))

    ident = next(one.id for one in first.places.values() if "second" in one.name)
    assert first.answer(ident, "type_salle") is not None
    assert first.answer(ident, "prises_rj45") is None
    assert second.answer(ident, "prises_rj45") is not None
    assert "Classe CP" not in rooms(second)


def test_only_what_is_or_may_be_a_classroom_is_split(session: AuditSession) -> None:
    facts = session.facts
    offered = [one.name for one in hypotheses.classrooms(facts)]
    library = next(
        one for one in facts.places_of(PlaceKind.SALLE) if one.name == "Bibliothèque"
    )
    unknown = SupposedAnswer(library.id, "type_salle", None)

    assert "Classe CE1" in offered
    assert not {"Bibliothèque", "Direction", "Salle de motricité"} & {*offered}
    assert "Bibliothèque" in [
        one.name for one in hypotheses.classrooms(supposed(facts, (unknown,)))
    ]
    with pytest.raises(DiagError, match="n'est pas une classe"):
        hypotheses.split(session, facts, "Bibliothèque")


def test_an_answer_may_be_supposed_unknown_again(session: AuditSession) -> None:
    facts = session.facts
    unknown = hypotheses.suppose_answer(session, facts, "debit_descendant", "?", "")

    found = outcome(facts, session.checklist, (unknown,))

    before, after = found.before.overall.bounds, found.after.overall.bounds
    assert before
    assert after
    assert after.low <= before.low <= before.high <= after.high


@pytest.mark.parametrize(
    ("question", "raw", "at"),
    [
        ("debit_descendan", "3", ""),
        ("debit_descendant", "beaucoup", ""),
        ("prises_rj45", "3", "Clase CP"),
        ("prises_rj45", "3", "[/"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    session: AuditSession, question: str, raw: str, at: str
) -> None:
    with pytest.raises(DiagError):
        hypotheses.suppose_answer(session, session.facts, question, raw, at)


def test_suppositions_are_told_in_words(session: AuditSession) -> None:
    facts = session.facts
    every: tuple[Supposition, ...] = (
        *hypotheses.fibre(session),
        hypotheses.added(facts, "Classe neuve"),
        hypotheses.split(session, facts, "Classe CE1", "Bibliothèque"),
        hypotheses.closed(facts, "Classe CP"),
        hypotheses.suppose_answer(session, facts, "prises_rj45", "?", "Classe CE2"),
    )

    said = list(hypotheses.describe_hypotheses(session, every))

    assert "Débit descendant, en filaire, une mesure : 300 Mbit/s" in " ".join(
        said
    ).replace("\u00a0", " ")
    assert "une salle de plus : Classe neuve, vide" in said
    assert "salle fermée : Classe CP" in said
    assert "Classe CE2, Prises réseau vues : pas connu" in said
    assert any("avec l'équipement de Bibliothèque, qui ferme" in one for one in said)


def suppositions(facts: Facts) -> st.SearchStrategy[tuple[Supposition, ...]]:
    salles = [place.id for place in facts.places_of(PlaceKind.SALLE)]
    one = st.one_of(
        st.builds(Closed, st.sampled_from([*salles, facts.root, "inconnu"])),
        st.builds(
            SupposedAnswer,
            st.sampled_from(salles),
            st.just("prises_rj45"),
            st.one_of(st.none(), st.integers(0, 5)),
        ),
        st.builds(
            SupposedAnswer,
            st.just(facts.root),
            st.just("acces_internet"),
            st.booleans(),
        ),
    )
    return st.lists(one, max_size=3).map(tuple)


@settings(
    examples(15, few=6),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_supposing_never_writes_nor_touches_the_facts(
    session: AuditSession, data: st.DataObject
) -> None:
    facts, digest = session.facts, session.digest
    answers, places = dict(facts.answers), dict(facts.places)

    found = outcome(facts, session.checklist, data.draw(suppositions(facts)))

    assert session.digest == digest
    assert (facts.answers, facts.places) == (answers, places)
    assert found.before == session.assessment
