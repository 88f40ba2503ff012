"""How long a visit is: what it asks, what it leaves out, what counts all the same."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.grid import GridSheet
from diag.audit.session import AuditSession, open_session
from diag.audit.transfer import export_audit, import_audit
from diag.audit.visit import VisitSession, departure_of
from diag.audit.walk import (
    Parcours,
    choose_profile,
    left_to_ask,
    most_useful,
    parcours_of,
    profile_named,
)
from diag.journal import changes
from diag.journal.revision import Origin
from diag.model.enums import PlaceKind, Profile, QuestionType
from diag.model.errors import DiagError
from diag.words.vocabulary import PROFILES
from tests.audit.builders import SCHOOL, started, workspace


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with workspace(tmp_path / "desk") as made:
        yield started(made)


def asked(session: AuditSession) -> set[str]:
    return {stop.question.id for stop in VisitSession(session).walk.stops}


def of_profile(session: AuditSession, *profiles: Profile) -> set[str]:
    """Return the questions of the school itself that have one of these profiles."""
    found = session.judge.profiles
    return {
        ident
        for ident, question in session.checklist.questions.items()
        if found[ident] in profiles and question.place is PlaceKind.ECOLE
    }


def beyond_short(session: AuditSession) -> tuple[str, str]:
    """Return a question, one choice, that only longer visits ask and a level reads."""
    choose_profile(session, Profile.STANDARD)
    longer = of_profile(session, Profile.STANDARD)
    read = {
        name
        for gauge in session.judge.gauges.values()
        if gauge.applicable is None and len(gauge.names) == 1
        for name in gauge.names
    }
    for stop in VisitSession(session).walk.stops:
        is_choice = stop.question.type is QuestionType.CHOICE
        if is_choice and stop.question.id in longer & read and stop.is_left:
            return stop.key
    raise AssertionError


def test_a_visit_is_standard_until_one_says_otherwise(session: AuditSession) -> None:
    assert session.profile is Profile.STANDARD
    assert not asked(session) & of_profile(session, Profile.FULL)


def test_each_visit_asks_what_the_shorter_one_asks_and_more(
    session: AuditSession,
) -> None:
    found = []
    for profile in Profile:
        choose_profile(session, profile)
        found.append(asked(session))
    short, standard, full = found
    assert short < standard <= full
    assert short <= of_profile(session, Profile.SHORT) | set(session.facts.answers)


def test_the_choice_is_kept_with_the_audit_and_travels_with_it(
    session: AuditSession, tmp_path: Path
) -> None:
    choose_profile(session, Profile.SHORT)
    before = session.digest
    choose_profile(session, Profile.SHORT)
    assert session.digest == before
    assert open_session(session.workspace, SCHOOL).profile is Profile.SHORT
    export_audit(session, tmp_path / "a.json")
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        assert import_audit(other, tmp_path / "a.json")[0].profile is Profile.SHORT


def test_two_who_chose_apart_ask_what_the_longest_asks(session: AuditSession) -> None:
    journal, origin = session.workspace.journal, session.workspace.origin
    for author, profile in (("a", Profile.SHORT), ("b", Profile.FULL)):
        apart = Origin(author, author, origin.clock, origin.nonce)
        draft = changes.profiled(session.audit.id, profile)
        journal.write(draft, apart)
    session.catch_up()
    assert session.profile is Profile.FULL


def test_the_next_questions_are_those_of_the_visit(session: AuditSession) -> None:
    choose_profile(session, Profile.SHORT)
    short = of_profile(session, Profile.SHORT)
    assert {each.id for each in left_to_ask(session)} <= short
    assert {each.id for each in left_to_ask(session, everything=True)} > short
    facts, checklist = session.facts, session.checklist
    found = most_useful(facts, checklist, None, session.profile)
    assert found is not None
    assert found[1] in short


def test_an_answer_beyond_the_visit_counts_and_can_be_corrected(
    session: AuditSession,
) -> None:
    place, question = beyond_short(session)
    before = session.assessment
    worst = session.checklist.questions[question].choices[0].id
    record_answer(session, NewAnswer(question, worst))
    choose_profile(session, Profile.SHORT)
    assert session.assessment.criteria != before.criteria
    assert question in asked(session)
    assert VisitSession(session).walk.stop((place, question)) is not None


def test_one_may_go_to_a_question_beyond_the_visit(session: AuditSession) -> None:
    key = beyond_short(session)
    choose_profile(session, Profile.SHORT)
    assert key[1] not in asked(session)
    visiting = VisitSession(session)
    visiting.go(key)
    assert visiting.question.id == key[1]
    assert VisitSession(session, key).key == key
    with pytest.raises(DiagError, match="ne se pose pas ici"):
        visiting.go((key[0], "nulle_part"))


def test_what_is_flagged_stays_to_be_checked_before_leaving(
    session: AuditSession,
) -> None:
    key = beyond_short(session)
    toggle_flag(session, key)
    choose_profile(session, Profile.SHORT)
    checked = {check.stop.key for check in departure_of(session).checks}
    assert key in checked


def test_the_grid_has_the_columns_of_the_visit(session: AuditSession) -> None:
    columns = []
    for profile in Profile:
        choose_profile(session, profile)
        sheet = GridSheet(session, PlaceKind.SALLE)
        columns.append({each.id for each in sheet.questions})
    assert columns[0] < columns[1] <= columns[2]


def test_changing_the_length_keeps_one_at_the_same_question(
    session: AuditSession,
) -> None:
    key = beyond_short(session)
    visiting = VisitSession(session, key)
    said = visiting.choose(Profile.SHORT)
    assert visiting.key == key
    assert said.startswith("Parcours court\u00a0: ")


def test_the_time_to_ask_is_estimated_from_what_is_left(session: AuditSession) -> None:
    short, standard, full = parcours_of(session)
    assert standard.chosen
    assert short.left < standard.left <= full.left
    assert short.minutes <= standard.minutes <= full.minutes
    assert short.left * 4 // 60 <= short.minutes < short.left
    assert short.maybe
    assert short.minutes < short.minutes_most <= full.minutes_most
    assert short.words == (
        f"{short.left} à {short.left + short.maybe} questions, "
        f"de {short.minutes} à {short.minutes_most} min, "
        f"dont {short.on_site} à {short.on_site_most} sur place"
    )
    assert 0 < short.on_site < short.minutes
    assert short.on_site < short.on_site_most < short.minutes_most
    record_answer(session, NewAnswer("nb_batiments", "1"))
    assert parcours_of(session)[0].left == short.left - 1


def test_a_profile_is_named_in_french(session: AuditSession) -> None:
    assert profile_named(" Complet ") is Profile.FULL
    with pytest.raises(DiagError, match="court, standard, complet"):
        profile_named("moyen")


def test_a_short_visit_promises_no_duration(session: AuditSession) -> None:
    """How long it lasts is reckoned: 20 to 195 minutes in the six whole schools."""
    assert not re.search(r"\d", " ".join(what for _, what in PROFILES.values()))
    assert "min" in parcours_of(session)[0].words


@pytest.mark.parametrize(
    ("left", "maybe", "minutes", "most", "words"),
    [
        (0, 0, 0, 0, "rien à demander"),
        (1, 0, 1, 1, "1 question, environ 1 min"),
        (0, 1, 0, 1, "0 à 1 question, de 0 à 1 min"),
        (38, 2, 9, 9, "38 à 40 questions, environ 9 min"),
        (38, 14, 9, 12, "38 à 52 questions, de 9 à 12 min"),
    ],
)
def test_what_is_left_reads_as_french(
    left: int, maybe: int, minutes: int, most: int, words: str
) -> None:
    told = Parcours(Profile.SHORT, left, maybe, minutes, most, chosen=False)
    assert told.words == words


def test_what_is_spent_on_the_spot_is_told_apart() -> None:
    told = Parcours(
        Profile.SHORT, 38, 14, 9, 12, chosen=False, on_site=6, on_site_most=8
    )
    assert told.words == "38 à 52 questions, de 9 à 12 min, dont 6 à 8 sur place"
    sure = replace(told, maybe=0, minutes_most=9, on_site_most=6)
    assert sure.words == "38 questions, environ 9 min, dont 6 sur place"


def test_what_people_took_makes_the_length_of_a_visit(session: AuditSession) -> None:
    """Once; and the order of questions, by stake a second."""
    before = parcours_of(session)[-1]
    first = left_to_ask(session)
    slow = {
        (ident, again): 600
        for ident in session.checklist.questions
        for again in (False, True)
    }
    session.workspace.__dict__["pace"] = slow
    after = parcours_of(session)[-1]

    assert after.left == before.left
    assert after.minutes == after.left * 10 > before.minutes
    assert {one.seconds for one in left_to_ask(session)} == {600}
    of_one = next(one for one in first if one.urgency == 4 and one.stake)
    session.workspace.__dict__["pace"] = slow | {(of_one.id, False): 1}
    ordered = [one.id for one in left_to_ask(session) if one.urgency == 4]
    assert ordered[0] == of_one.id


def test_the_journal_is_timed_once_for_a_workspace(session: AuditSession) -> None:
    assert session.workspace.pace is session.workspace.pace
    assert not session.workspace.pace, "nobody closed an audit here"
