"""What the bilan shows: every line unfolds, says French words, keeps its key."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest.mock import patch

import pytest

from diag.assess.results import Score
from diag.audit import advising, hypotheses
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.bilan import OutlineLine, Tone, danger_counts, findings
from diag.audit.counsel import consequences, counsel, evolution
from diag.audit.follow import add_step
from diag.audit.places import add_places
from diag.audit.session import AuditSession
from diag.audit.snapshot import read_snapshot
from diag.audit.suppose import outcome
from diag.model.audit import FollowUp
from diag.model.enums import Audience, FollowUpState, Owner, PlaceKind, Standing, State
from diag.words.sentences import NBSP
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace, next_campaign


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    """Give an audit that is only read: judged once."""
    with audited_workspace(tmp_path_factory.mktemp("reading") / "desk") as made:
        yield audited(made)


def unfolded(lines: Iterable[OutlineLine]) -> Iterator[OutlineLine]:
    for line in lines:
        yield line
        if line.inner is not None:
            yield from unfolded(line.inner())


def texts(lines: Iterable[OutlineLine]) -> str:
    return said(unfolded(lines))


def said(lines: Iterable[OutlineLine]) -> str:
    return "\n".join(f"{one.text} {one.aside} {one.note}" for one in lines)


def keys(lines: Iterable[OutlineLine]) -> list[str]:
    return [one.key for one in unfolded(lines)]


@pytest.fixture(scope="module")
def found(reading: AuditSession) -> list[OutlineLine]:
    """Give every line of its findings, unfolded once."""
    return [*unfolded(findings(reading))]


def test_dangers_come_first_then_the_law_and_every_domain_has_its_score(
    reading: AuditSession,
) -> None:
    danger, *lines = findings(reading)

    seen = "prise sans obturateur au coin regroupement, rallonge au sol."
    where = f"Classe des petits et moyens : {seen}"
    assert (danger.lead, danger.text, danger.tone) == ("! ", where, Tone.ALERT)
    assert danger.aside == "constaté"
    assert lines[0].text == "Ce que la loi demande"
    assert "non respecté" in lines[0].aside
    domains = [line for line in lines if line.key.startswith("domaine/")]
    assert lines[-len(domains) - 1].aside.startswith("ensemble ")
    assert [line.text for line in domains] == [
        each.title for each in reading.checklist.domains
    ]
    assert all(
        line.bounds or line.aside in {"sans objet", "loi seule"} for line in domains
    )
    assert any(line.bounds for line in domains)


def test_a_criterion_unfolds_to_facts_rules_and_sources(
    found: list[OutlineLine],
) -> None:
    told = said(found)

    assert "Prises réseau vues" in told
    assert "2 prises, constaté" in told.replace("\u00a0", " ")
    assert "donne le niveau" in told
    assert "Source S36 (A)" in told
    assert "prises_rj45" not in told


def test_a_finding_is_what_was_seen_and_unfolds_to_its_criterion(
    reading: AuditSession, found: list[OutlineLine]
) -> None:
    lines = {line.key: line for line in found}
    law = lines["alerte/wifi-coupe-hors-usage"]
    seen = "Classe des petits et moyens : le maître ne peut pas couper le Wi-Fi."
    assert (law.text, law.aside) == (seen, "non respecté")
    assert law.inner
    title = reading.checklist.criteria["wifi-coupe-hors-usage"].title
    assert any(f"« {title} »" in line.text for line in law.inner())
    strong = lines["critere/projection-fixe"]
    assert strong.text == "4 classes sur 4 ont une projection fixe."
    counted = lines["critere/prise-par-classe"]
    assert counted.text == "3 classes ont moins de deux prises réseau."
    assert " : Classe" in counted.aside


def test_a_fact_leads_to_its_question_where_it_was_answered(
    reading: AuditSession, found: list[OutlineLine]
) -> None:
    lines = {line.key: line for line in found}
    danger, law = lines["faits"], lines["alerte/wifi-coupe-hors-usage"]
    assert danger.asks is None
    assert law.asks
    place, question = law.asks() or ("", "")
    assert question == "coupure_wifi"
    assert reading.place_name(place) == "Classe des petits et moyens"
    strong = lines["forces/projection-fixe"]
    assert strong.text == lines["critere/projection-fixe"].text
    for line in lines.values():
        if line.asks and (key := line.asks()):
            assert key[0] in reading.facts.places
            assert key[1] in reading.checklist.questions


def test_every_line_has_a_key_of_its_own(
    reading: AuditSession, found: list[OutlineLine]
) -> None:
    own = [one.key for one in found]
    for every in (own, keys(counsel(reading)), keys(evolution(reading))):
        assert len(every) == len(set(every))


def test_keys_stay_the_same_from_one_reading_to_the_next(
    reading: AuditSession, found: list[OutlineLine]
) -> None:
    assert keys(findings(reading)) == [one.key for one in found]


def test_a_recommendation_unfolds_to_cost_effect_words_and_follow_up(
    session: AuditSession,
) -> None:
    advising.reword(
        session, "passer-a-la-fibre", Audience.EQUIPE, {"title": "Enfin la fibre"}
    )
    step = FollowUp(
        recommendation="passer-a-la-fibre",
        state=FollowUpState.DECIDEE,
        on="2026-11-12",
        by="Conseil municipal",
        why="voté à l'unanimité",
    )
    add_step(session, step)

    (line,) = [one for one in counsel(session) if one.key == "rec/passer-a-la-fibre"]
    told = texts([line])

    assert "décidée" in line.aside
    assert "Coût : environ 300" in told.replace("\u00a0", " ")
    fibre = f"1 × 250{NBSP}€ HT (TVA 20{NBSP}% ; de 0{NBSP}€ à 500{NBSP}€)"
    assert fibre in told
    assert "Effet si fait" in told
    assert "Enfin la fibre reformulé" in told
    assert "décidée le 12 novembre 2026, Conseil municipal : voté" in told


def test_a_step_of_the_audit_before_says_so(
    desk: Workspace, session: AuditSession
) -> None:
    own = advising.add_own(session, "Peindre", owner=Owner.ECOLE)
    assert own.title in texts(counsel(session))
    step = FollowUp(recommendation="passer-a-la-fibre", state=FollowUpState.DECIDEE)
    add_step(session, step)

    again = next_campaign(desk)

    assert "(audit précédent)" in texts(counsel(again))
    told = texts(evolution(again))
    assert "Suites données" in told
    assert "Suite : décidée" in told


def test_what_was_settled_what_arose_and_what_was_decided_are_told_in_three_lines(
    desk: Workspace, session: AuditSession
) -> None:
    step = FollowUp(
        recommendation="passer-a-la-fibre",
        state=FollowUpState.DECIDEE,
        on="2026-11-12",
    )
    add_step(session, step)
    again = next_campaign(desk)
    for question, value in (("categorie_erp", "5"), ("lignes_alerte", "5")):
        record_answer(again, NewAnswer(question, value))

    lines = evolution(again)
    at = [line.key for line in lines]
    shown = {line.key: line for line in lines}

    assert lines[0].text == "De 2026-2027 à 2027-2028"
    assert at.index("regle/titre") < at.index("apparu/titre") < at.index("decide/titre")
    for key in ("regle", "apparu", "decide"):
        assert sum(one.startswith(f"{key}/") for one in at) <= 1 + 3
    (settled,) = [one for one in at if one.startswith("regle/") and "titre" not in one]
    assert shown[settled].aside.startswith("non respecté")
    asked = shown[settled].asks
    assert asked
    assert asked() == (again.facts.root, "lignes_alerte")
    assert shown["decide/titre"].text == "Décidé, pas encore fait  1"
    decided = shown["decide/passer-a-la-fibre"]
    assert decided.aside.startswith("décidée le 12 novembre 2026")
    assert shown["grille"].text == "Les grilles ont changé, pas l'école  0"


def test_no_danger_is_said_only_once_every_room_was_looked_at(desk: Workspace) -> None:
    session = next_campaign(desk)
    assert danger_counts(session) == "Danger : aucune salle vue"
    one, other = add_places(session, PlaceKind.SALLE, ("CP", "CE1"))
    looked = partial(NewAnswer, "danger_electrique")
    assert danger_counts(session) == "Danger : pas encore regardé dans 2 salles"
    record_answer(session, looked("non", one.id))
    assert danger_counts(session) == "Danger : pas encore regardé dans 1 salle"
    record_answer(session, looked("non", other.id))
    assert danger_counts(session) == "0 danger"
    record_answer(session, looked("oui", other.id))
    (third,) = add_places(session, PlaceKind.SALLE, ("CM2",))
    left = "1 danger, 1 salle pas encore regardée"
    assert danger_counts(session) == left
    record_answer(session, looked("non", third.id))
    assert danger_counts(session) == "1 danger"


def test_an_empty_audit_is_told_too(desk: Workspace) -> None:
    again = next_campaign(desk)

    shown = findings(again)
    assert shown[0].aside == "pas encore vérifié"
    assert "points à vérifier" in shown[1].text
    assert len(shown) == 4 + len(again.checklist.domains)
    assert "Aucun danger électrique" in texts(shown)
    assert "Peut-être sans objet" in texts(shown)
    assert "À confirmer" in texts(counsel(again))
    assert "De 2026-2027 à 2027-2028" in texts(evolution(again))


def test_the_audit_before_is_read_once_and_again_when_it_changes(
    desk: Workspace, session: AuditSession
) -> None:
    again = next_campaign(desk)
    assert again.snapshot
    with patch("diag.audit.session.read_snapshot", wraps=read_snapshot) as reading:
        texts(counsel(again))
        texts(evolution(again))
        assert {call.args[1] for call in reading.mock_calls} == {session.audit}
        assert len(reading.mock_calls) <= 2, "whole, and as everyone may read it"

    own = advising.add_own(session, "Peindre", owner=Owner.ECOLE)

    assert own.title in texts(counsel(again))


def test_what_stays_without_object_is_no_change(desk: Workspace) -> None:
    again = next_campaign(desk)

    assert not re.search("sans objet.* → +sans objet", texts(evolution(again)))


def test_what_is_verified_in_part_says_how_much(desk: Workspace) -> None:
    again = next_campaign(desk)
    record_answer(again, NewAnswer("outils_comptes_eleves", "inscrits"))

    (first, *_) = findings(again)
    assert first.aside.startswith("1 point vérifié sur ")


def test_a_first_audit_says_what_will_come(reading: AuditSession) -> None:
    assert "Premier audit" in texts(evolution(reading))


def test_consequences_tell_before_and_after(reading: AuditSession) -> None:
    fibre = hypotheses.fibre(reading)
    told = consequences(outcome(reading.facts, reading.checklist, fibre))
    nothing = consequences(outcome(reading.facts, reading.checklist, ()))

    assert "→" in texts(told)
    assert re.search(r"→ \S.* · mieux", texts(told))
    assert texts(nothing).startswith("Rien ne changerait")


def test_a_domain_of_compliance_alone_says_so(session: AuditSession) -> None:
    whole = session.assessment
    first = whole.domains[0]
    law = tuple(one for one in first.criteria if one.compliance)
    score = Score(Standing.OUT, None, Fraction(1))
    alone = replace(first, score=score, criteria=law)
    told = SimpleNamespace(
        assessment=replace(whole, domains=(alone,)),
        facts=session.facts,
        checklist=session.checklist,
        observations=(),
        place_name=session.place_name,
    )
    (line,) = (
        line
        for line in findings(cast("AuditSession", told))
        if line.key.startswith("domaine/")
    )
    assert (line.text, line.aside) == (first.domain.title, "loi seule")


def test_a_choice_not_to_have_stands_beside_the_score(session: AuditSession) -> None:
    given = NewAnswer(
        "wifi_classes", state=State.NOT_APPLICABLE, reason="pas de Wi-Fi, voté"
    )
    record_answer(session, given)

    lines = findings(session)
    at = next(rank for rank, line in enumerate(lines) if line.key == "domaine/wifi")
    assert lines[at + 1].text.endswith(" : sans objet, pas de Wi-Fi, voté")
    assert lines[at + 1].tone is Tone.QUIET
