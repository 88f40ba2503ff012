"""What everyone may read: an audit as if its sensitive questions did not exist."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.assess.judge import public
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.findings import names_judged, names_read
from diag.audit.report import Report, report_of
from diag.checklist.symbols import names_of, reserved_questions
from diag.documents.drafts.council import minutes
from diag.documents.mail import letter
from diag.documents.synthesis import commune_synthesis
from diag.documents.synthesis.gathering import extract_of
from diag.documents.synthesis.territory import territory_synthesis
from diag.documents.tables.basket import basket_of
from diag.documents.tables.tickets import tickets_of
from diag.model.audit import Answer, Facts, FollowUp, Value
from diag.model.checklist import Need, Question
from diag.model.enums import READERS, Audience, FollowUpState, Provenance, State
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY
from tests.documents.audits import invented_facts
from tests.documents.builders import (
    CHECKLIST,
    ORDINARY,
    facts,
    recommendation,
    report,
)
from tests.documents.reading import markdown
from tests.documents.synthesis.gatherings import gathering
from tests.examples import examples
from tests.shipped import shipped

SECRET = "mots_de_passe_affiches"
ROOMS = ("Zanzibar", "Ouessant", "Mandalay")

COUNTING = CHECKLIST.model_copy(
    update={
        "recommendations": {
            **CHECKLIST.recommendations,
            "ranger": recommendation(
                "ranger", "mots-de-passe-ranges", 2, "Ranger {quantite|mot|mots}",
                decision="Changer {quantite|mot|mots} dans {lieux}.",
                quantity=f"total(salle, {SECRET})", effort="quantite", delay="P1M",
            ).model_copy(update={"buys": (Need(item="ecran"),)}),
        }
    }
)  # fmt: skip


def test_a_criterion_speaks_of_every_fact_that_its_rules_name() -> None:
    criterion = CHECKLIST.criteria["prise-par-classe"]
    assert names_judged(criterion) == ("prises",)
    assert names_read(criterion) == ("prises", "type_salle", "classe")


def test_all_that_reads_a_sensitive_question_goes_with_it() -> None:
    shown = public(CHECKLIST)
    assert CHECKLIST.questions.keys() - shown.questions.keys() == {SECRET}
    assert CHECKLIST.criteria.keys() - shown.criteria.keys() == {"mots-de-passe-ranges"}
    gone = CHECKLIST.recommendations.keys() - shown.recommendations.keys()
    assert gone == {"ranger"}
    for one in shown.recommendations.values():
        assert "ranger" not in one.covers
        assert all(each.criterion in shown.criteria for each in one.requires)


def test_a_checklist_without_sensitive_question_is_itself() -> None:
    shown = public(CHECKLIST)
    assert public(shown) is shown
    assert report(ORDINARY, shown).public.checklist is shown


def test_nothing_is_left_of_the_shipped_checklists_that_reads_what_is_reserved() -> (
    None
):
    whole = shipped()
    shown, reserved = public(whole), reserved_questions(whole.questions)
    for criterion in shown.criteria.values():
        assert reserved.isdisjoint(names_of(criterion))
    for one in shown.recommendations.values():
        assert one.when.criterion in shown.criteria
        assert set(one.covers) <= shown.recommendations.keys()
        assert one.effect.keys() <= shown.questions.keys() | shown.criteria.keys()
    for question in shown.questions.values():
        assert question.at_most not in reserved


def public_bytes(told: Report) -> list[str]:
    """Return what everyone may read of an audit, in every document and table."""
    several = gathering(extract_of(told))
    return [
        *(markdown(told, audience) for audience in READERS),
        *(letter(told.read_by(one), one, ["a.pdf"]).text for one in READERS),
        commune_synthesis(several).markdown,
        territory_synthesis(several).markdown,
        minutes(several, "Projet").markdown,
        repr(basket_of(told.public, to_confirm=True)),
        repr(tickets_of(told.public, to_confirm=True, whole_plan=True)),
    ]


def secret_answers() -> st.SearchStrategy[Answer]:
    return st.builds(
        Answer,
        state=st.sampled_from(State),
        value=st.integers(0, 899),
        provenance=st.sampled_from(Provenance),
        reason=st.sampled_from(["Xylophone", "Quetsche"]),
        author=st.just("Léonie"),
    ).map(_sound)


def _sound(answer: Answer) -> Answer:
    if answer.state is State.KNOWN:
        return answer
    return Answer(answer.state, None, answer.provenance, answer.reason, author="Léonie")


@examples(40)
@given(
    st.lists(secret_answers(), max_size=6),
    st.sampled_from(["Quasar", ""]),
)
def test_two_audits_that_differ_by_sensitive_answers_read_the_same(
    told: list[Answer], note: str
) -> None:
    public_answers: dict[tuple[str, str], Value | Answer | tuple[Answer, ...]] = {
        ("ecole", "debit"): "12.5",
        ("Ouessant", "type_salle"): "classe",
        ("Ouessant", "prises"): 1,
    }
    follow_up = FollowUp(
        recommendation="ranger", state=FollowUpState.DECIDEE, why="Quetsche"
    )

    def read(some: list[Answer], note: str) -> list[str]:
        answers = public_answers | {
            (room, SECRET): heads
            for rank, room in enumerate(ROOMS)
            if (heads := tuple(some[rank::3]))
        }
        notes = {(room, SECRET): (note,) for room in ROOMS if note}
        seen = facts(answers, ROOMS, notes=notes)
        return public_bytes(report(seen, COUNTING, follow_ups=(follow_up,)))

    assert read(told, note) == read([], "")


def sensitive() -> st.SearchStrategy[Question]:
    return st.sampled_from([
        one for one in shipped().questions.values() if one.sensitive
    ])


@examples(6, few=1)
@given(st.sets(st.deferred(sensitive), min_size=1), st.integers(1, 3))
def test_so_do_two_of_the_shipped_checklists(asked: set[Question], seed: int) -> None:
    whole = invented_facts(shipped(), rooms=3, lots=2, seed=seed)
    names = {one.id for one in asked}
    less = {key: heads for key, heads in whole.answers.items() if key[1] not in names}
    other = invented_facts(shipped(), rooms=3, lots=2, seed=seed + 10).answers
    swapped = {
        key: other.get(key, heads) if key[1] in names else heads
        for key, heads in whole.answers.items()
    }
    one, two, three = (
        public_bytes(report(_with(whole, answers), shipped()))
        for answers in (whole.answers, less, swapped)
    )
    assert one == two == three


def _with(seen: Facts, answers: Mapping[tuple[str, str], tuple[Answer, ...]]) -> Facts:
    return Facts(seen.root, seen.places, answers, closed=seen.closed)


def test_the_reserved_sheet_alone_prints_the_fact_its_note_and_the_act() -> None:
    told = report(
        facts(
            {("CP", SECRET): 812}, ("CP",), notes={("CP", SECRET): ("sous clavier",)}
        ),
        COUNTING,
    )
    sheet = markdown(told, Audience.RESERVE)
    for said in ("812", "sous clavier", "Ranger 1 mot", "CP", "Geste"):
        assert said in sheet
    for said in ("812", "sous clavier", "Ranger 1 mot"):
        assert said not in markdown(told, Audience.TECHNIQUE)


def test_what_is_public_stays_out_of_the_reserved_sheet() -> None:
    told = report(ORDINARY, COUNTING)
    sheet = markdown(told, Audience.RESERVE)
    public = [one for one in told.plan if not told.is_reserved(one.id)]
    assert public
    assert not [one for one in public if told.title(one, Audience.TECHNIQUE) in sheet]


@pytest.mark.parametrize("audience", READERS)
def test_no_other_reader_hears_of_the_action(audience: Audience) -> None:
    told = report(facts({("Zanzibar", SECRET): 811}, ("Zanzibar",)), COUNTING)
    assert "mots de passe" not in markdown(told, audience).lower()


def test_an_action_bears_one_number_in_every_document() -> None:
    told = report(ORDINARY, COUNTING)
    shown = {one.id: one.ref for one in told.public.plan}
    assert {one.id: one.ref for one in told.plan if one.id in shown} == shown
    assert len({one.ref for one in told.plan}) == len(list(told.plan))


def test_an_open_audit_prints_the_same_whatever_its_sensitive_answers(
    tmp_path: Path,
) -> None:
    with audited_workspace(tmp_path / "desk") as desk:
        session = audited(desk)

        def read() -> tuple[list[str], str]:
            told = report_of(session, DAY)
            *public, annex = (markdown(told, one) for one in READERS)
            assert told.digest[:12] in annex  # the technician's has the whole audit's
            for digest in (told.digest, told.digest[:12]):
                annex = annex.replace(digest, "")
            return [*public, annex], markdown(told, Audience.RESERVE)

        before, sheet = read()
        record_answer(session, NewAnswer("mots_de_passe", "partage_affiche", sure=True))
        record_answer(session, NewAnswer("acces_distants", "non_maitrise", sure=True))
        after, other = read()
        assert after == before
        assert other != sheet
        record_answer(session, NewAnswer("debit_descendant", 3, sure=True))
        assert read()[0] != before
