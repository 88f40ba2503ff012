"""Sensitive facts are told to the technician alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.assess.judge import assess
from diag.audit.report import build_report, discretion_of, names_judged, names_read
from diag.model.audit import FollowUp, school_auditee
from diag.model.checklist import Checklist
from diag.model.enums import Audience, FollowUpState, Provenance, State
from diag.model.fact import Answer, Facts, Value
from tests.documents.builders import (
    AUDIT,
    CHECKLIST,
    OFFICE,
    ORDINARY,
    SCHOOL,
    TODAY,
    facts,
    known,
    recommendation,
    report,
)
from tests.documents.reading import markdown
from tests.examples import examples

DISCREET = [one for one in Audience if one is not Audience.TECHNIQUE]
SECRET = "mots_de_passe_affiches"
ROOMS = ("Zanzibar", "Ouessant", "Mandalay")

COUNTING = CHECKLIST.model_copy(
    update={
        "recommendations": {
            "ranger": recommendation(
                "ranger", "mots-de-passe-ranges", 2, "Ranger {quantite|mot|mots}",
                decision="Changer {quantite|mot|mots} dans {lieux}.",
                quantity=f"total(salle, {SECRET})", effort="quantite", delay="P1M",
            )
        }
    }
)  # fmt: skip


def test_a_criterion_speaks_of_every_fact_that_its_rules_name() -> None:
    criterion = CHECKLIST.criteria["prise-par-classe"]
    assert names_judged(criterion) == ("prises",)
    assert names_read(criterion) == ("prises", "type_salle", "classe")


def test_what_counts_a_sensitive_fact_is_discreet_too() -> None:
    discretion = discretion_of(CHECKLIST)
    assert discretion.questions == {SECRET}
    assert discretion.criteria == {"mots-de-passe-ranges"}
    assert discretion.recommendations == {"ranger"}


def secret_answers() -> st.SearchStrategy[Answer]:
    words = st.sampled_from(["Xylophone", "Quetsche"])
    return st.builds(
        Answer,
        state=st.sampled_from(State),
        value=st.integers(811, 899),
        provenance=st.sampled_from(Provenance),
        reason=words,
        author=st.just("Léonie"),
    ).map(_sound)


def _sound(answer: Answer) -> Answer:
    if answer.state is State.KNOWN:
        return answer
    return Answer(answer.state, None, answer.provenance, answer.reason, author="Léonie")


@examples(40)
@given(
    st.lists(secret_answers(), min_size=3, max_size=6), st.sampled_from(["Quasar", ""])
)
def test_three_documents_never_tell_a_sensitive_fact(
    told: list[Answer], note: str
) -> None:
    answers: dict[tuple[str, str], Value | Answer | tuple[Answer, ...]] = {
        (room, SECRET): tuple(told[rank::3]) for rank, room in enumerate(ROOMS)
    }
    notes = {(room, SECRET): (note,) for room in ROOMS if note}
    follow_up = FollowUp(
        recommendation="ranger", state=FollowUpState.DECIDEE, why="Quetsche"
    )
    audit = report(
        facts(answers, ROOMS, notes=notes), COUNTING, follow_ups=(follow_up,)
    )
    values = {str(one.value) for one in told if one.state is State.KNOWN}
    for audience in DISCREET:
        document = markdown(audit, audience)
        for secret in {*ROOMS, "Quasar", "Xylophone", "Quetsche", "Léonie", *values}:
            assert secret not in document
    assert set(ROOMS) <= set(markdown(audit, Audience.TECHNIQUE).split())


@settings(max_examples=25, deadline=None)
@given(st.lists(secret_answers(), min_size=3, max_size=3))
def test_another_sensitive_fact_changes_no_other_document(told: list[Answer]) -> None:
    """The judgement held equal, three documents cannot tell the facts apart."""
    judged = assess(ORDINARY, CHECKLIST)

    def documents(seen: Facts) -> list[str]:
        audit = build_report(
            about=school_auditee(SCHOOL), audit=AUDIT, facts=seen, checklist=CHECKLIST,
            assessment=judged, author="Ana", office=OFFICE, today=TODAY,
        )  # fmt: skip
        return [markdown(audit, audience) for audience in DISCREET]

    before = dict(ORDINARY.answers)
    after = before | {
        (room, SECRET): (_origin(one),)
        for room, one in zip(("CP", "CE1", "BCD"), told, strict=True)
    }
    changed = Facts(ORDINARY.root, ORDINARY.places, after, closed=ORDINARY.closed)
    same = Facts(ORDINARY.root, ORDINARY.places, before, closed=ORDINARY.closed)
    assert documents(changed) == documents(same)


def _origin(answer: Answer) -> Answer:
    """Give an answer the origin of the one it replaces: the documents count them."""
    return known(answer.value or 0)


def test_the_technician_reads_the_fact_and_its_note() -> None:
    told = report(
        facts({("CP", SECRET): 812}, ("CP",), notes={("CP", SECRET): ("sous clavier",)})
    )
    document = markdown(told, Audience.TECHNIQUE)
    assert "812" in document
    assert "sous clavier" in document
    assert "réservé à ce document" in document


@pytest.mark.parametrize("audience", DISCREET)
def test_a_discreet_action_keeps_a_grammatical_sentence(audience: Audience) -> None:
    told = report(facts({("Zanzibar", SECRET): 811}, ("Zanzibar",)), COUNTING)
    document = markdown(told, audience)
    assert "Ranger des mots" in document


def test_a_checklist_without_sensitive_question_hides_nothing() -> None:
    plain = Checklist.model_validate(
        CHECKLIST.model_dump()
        | {
            "questions": {
                ident: one.model_copy(update={"sensitive": False})
                for ident, one in CHECKLIST.questions.items()
            }
        }
    )
    assert not discretion_of(plain).criteria
