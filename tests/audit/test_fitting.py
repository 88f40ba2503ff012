"""What fits in a visit: what it asks, what it leaves out, what counts all the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.departure import departure_of
from diag.audit.fitting import (
    DURATIONS,
    Costs,
    Fit,
    choose_minutes,
    costs_of,
    countdown,
    fit,
    fit_of,
    fit_spare,
    minutes_named,
    walk_within,
)
from diag.audit.grid import GridSheet
from diag.audit.places import add_place
from diag.audit.rooms import rooms_of
from diag.audit.session import AuditSession, open_session
from diag.audit.visit import VisitSession, is_beginning
from diag.audit.walk import Walk, left_to_ask, most_useful
from diag.journal.revision import Json, NewRevision, Origin
from diag.journal.subjects import MINUTES, PROFILE
from diag.model.audit import VisitPlan
from diag.model.enums import Moment, PlaceKind, Profile, QuestionType
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.words.dates import hour_words
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
    choose_minutes(session, 45)
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
        choose_minutes(session, profile.minutes)
        found.append(asked(session))
    short, standard, full = found
    assert short < standard <= full
    assert short <= of_profile(session, Profile.SHORT) | set(session.facts.answers)


def test_the_choice_is_kept_with_the_audit_and_travels_with_it(
    session: AuditSession, tmp_path: Path
) -> None:
    plan = choose_minutes(session, 20, removed=["baie"])
    assert open_session(session.workspace, SCHOOL).plan == plan
    export_audit(session, tmp_path / "a.json")
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        assert import_audit(other, tmp_path / "a.json")[0].plan == plan


@pytest.mark.parametrize("subject", [MINUTES, PROFILE])
def test_two_who_chose_apart_ask_what_the_longest_asks(
    session: AuditSession, subject: str
) -> None:
    """By minutes, or by one of the three names that an older diag wrote."""
    journal, origin = session.workspace.journal, session.workspace.origin
    for author, profile in (("a", Profile.SHORT), ("b", Profile.FULL)):
        apart = Origin(author, author, origin.clock, origin.nonce)
        value: dict[str, Json] = {"minutes": profile.minutes}
        if subject == PROFILE:
            value = {"profile": str(profile)}
        journal.write(NewRevision(session.audit.id, subject, value), apart)
    session.catch_up()
    assert (session.plan, session.profile) == (VisitPlan(minutes=90), Profile.FULL)
    choose_minutes(session, 30)
    assert session.profile == "short"


def test_the_next_questions_are_those_of_the_visit(session: AuditSession) -> None:
    choose_minutes(session, 30)
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
    choose_minutes(session, 30)
    assert session.assessment.criteria != before.criteria
    assert question in asked(session)
    assert VisitSession(session).walk.stop((place, question)) is not None


def test_one_may_go_to_a_question_beyond_the_visit(session: AuditSession) -> None:
    key = beyond_short(session)
    choose_minutes(session, 30)
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
    choose_minutes(session, 30)
    checked = {check.stop.key for check in departure_of(session).checks}
    assert key in checked


def test_the_grid_has_the_columns_of_the_visit(session: AuditSession) -> None:
    columns = []
    for profile in Profile:
        choose_minutes(session, profile.minutes)
        sheet = GridSheet(session, PlaceKind.SALLE)
        columns.append({each.id for each in sheet.questions})
    assert columns[0] < columns[1] <= columns[2]


def test_changing_the_length_keeps_one_at_the_same_question(
    session: AuditSession,
) -> None:
    key = beyond_short(session)
    visiting = VisitSession(session, key)
    said = visiting.choose(30)
    assert visiting.key == key
    assert said.startswith("30\u00a0min\u00a0: ")


@pytest.mark.parametrize(
    ("typed", "minutes"), [(" Complet ", 90), ("court", 30), ("45 min", 45), ("60", 60)]
)
def test_minutes_are_typed_or_named(typed: str, minutes: int) -> None:
    assert minutes_named(typed) == minutes


@pytest.mark.parametrize("typed", ["moyen", "0", "3", "9999", "", "²"])
def test_what_is_no_length_is_refused(typed: str) -> None:
    with pytest.raises(DiagError, match="20, 30, 45, 90"):
        minutes_named(typed)


ROOMS = (
    *((name, "classe", "") for name in ("CP", "CE1", "CE2", "CM1-CM2")),
    *(
        ("Bureau", "direction", ""),
        ("BCD", "bcd", ""),
        ("Maîtres", "salle_maitres", ""),
    ),
    *((name, "classe", "Annexe") for name in ("Petits", "Grands")),
    ("Motricité", "motricite", "Annexe"),
)


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    """Ten rooms in two buildings, nothing else known: nobody writes in it."""
    with workspace(tmp_path_factory.mktemp("ten") / "desk") as made:
        session = started(made)
        assert not is_beginning(session)
        add_place(session, PlaceKind.BATIMENT, "Annexe")
        for name, _, building in ROOMS:
            add_place(session, PlaceKind.SALLE, name, building)
        assert is_beginning(session)
        for question in ("acces_internet", "wifi_present"):
            record_answer(session, NewAnswer(question, True))
        for name, kind, _ in ROOMS:
            record_answer(session, NewAnswer("type_salle", kind, place=name))
        assert not is_beginning(session)
        yield session


@pytest.fixture(scope="module")
def walked(ten: AuditSession) -> tuple[Walk, Costs]:
    return walk_within(ten, 90), costs_of(ten, 90)


def keys(found: Fit) -> set[tuple[str, str]]:
    return {stop.key for one in found.stops for stop in one.stops}


@given(
    fewer=st.integers(0, 60),
    more=st.integers(0, 60),
    slow=st.integers(1, 300),
    removed=st.sets(st.sampled_from(["direction", "baie"])),
)
def test_what_fits_is_within_the_minutes_and_more_of_them_lose_nothing(
    walked: tuple[Walk, Costs], fewer: int, more: int, slow: int, removed: set[str]
) -> None:
    walk, costs = walked
    some = [each.question.id for each in walk.stops][::3]
    paced = replace(costs, pace={(one, False): slow for one in some})
    short, long = (
        fit(walk, minutes, paced, removed) for minutes in (fewer, fewer + more)
    )
    assert short.seconds <= fewer * 60
    assert keys(short) <= keys(long)
    places = [one.key for one in long.stops]
    assert len(places) == len(set(places)), "a place is entered once"
    assert places == [leg.key for leg in walk.legs if leg.key in places]
    assert not removed & set(places)
    everything = keys(short) | {s.key for one in short.left_out for s in one.stops}
    assert everything == keys(fit(walk, 9_999, paced, removed))
    left = {stop.key for one in short.left_out for stop in one.stops}
    dangers = {stop.key for stop in walk.stops if stop.question.danger}
    if left & dangers:
        assert all(key in dangers or key[1] in BESIDE_DANGER for key in keys(short))


BESIDE_DANGER = {"anomalies_electriques"}
"""Looked at in the same gesture as the danger."""


def test_half_an_hour_looks_for_the_danger_of_every_room(ten: AuditSession) -> None:
    found = fit_of(ten, 30)
    rooms = {place.id for place in ten.facts.places_of(PlaceKind.SALLE)}
    above = {one.key for one in found.stops if one.tiers["danger"]}
    assert above == rooms
    forms = {Moment.MAIRIE, Moment.PRESTATAIRE, Moment.DIRECTION, Moment.EQUIPE}
    asked = [stop.question for one in found.stops for stop in one.stops]
    assert not forms & {one.moment for one in asked}
    lasting = [fit_of(ten, minutes) for minutes in DURATIONS]
    assert found.answers >= 52
    assert lasting[0].answers < found.answers < lasting[-1].answers
    short = lasting[0]
    assert short.maybe, "what is only likely is said beside, and not counted in"
    assert short.words == (
        f"{short.answers} réponses tiennent, {short.wanting} non"
        f"\u00a0: au moins {short.more_minutes}\u00a0min de plus"
        f" ; peut-être {short.maybe} de plus, {-(-short.maybe_seconds // 60)}\u00a0min"
    )
    sure = replace(short, maybe=0)
    assert sure.words.endswith(f" non\u00a0: {sure.more_minutes}\u00a0min de plus")


@pytest.fixture(scope="module")
def asked_short(ten: AuditSession) -> tuple[Walk, Costs]:
    return walk_within(ten, 30), costs_of(ten, 30)


def spare_keys(found: Fit, walked: tuple[Walk, Costs]) -> set[tuple[str, str]]:
    return {stop.key for one in fit_spare(found, *walked) for stop in one.stops}


@given(fewer=st.integers(0, 44), more=st.integers(0, 44))
def test_minutes_left_take_what_a_longer_visit_asks_after_all_of_the_short_one(
    walked: tuple[Walk, Costs], asked_short: tuple[Walk, Costs], fewer: int, more: int
) -> None:
    walk, costs = asked_short
    found, longer = (fit(walk, many, costs) for many in (fewer, fewer + more))
    spare = spare_keys(found, walked)
    assert not spare & keys(found)
    assert not (spare and found.wanting)
    assert keys(found) | spare <= keys(longer) | spare_keys(longer, walked)
    seconds = sum(one.seconds for one in fit_spare(found, *walked))
    assert found.seconds + seconds <= fewer * 60


def test_half_an_hour_is_filled(
    walked: tuple[Walk, Costs], asked_short: tuple[Walk, Costs]
) -> None:
    found = fit(asked_short[0], 30, asked_short[1])
    seconds = sum(one.seconds for one in fit_spare(found, *walked))
    assert found.seconds < 26 * 60
    assert 29 * 60 < found.seconds + seconds <= 30 * 60


def test_rooms_of_no_known_type_are_counted_as_likely_and_named(
    session: AuditSession,
) -> None:
    for name in ("Nord", "Sud", "Est"):
        add_place(session, PlaceKind.SALLE, name)
    found, before = fit_of(session, 90), rooms_of(session)
    north = next(one for one in found.stops if one.title == "Nord")
    assert found.maybe >= 3 * north.maybe > 0
    assert found.maybe_seconds > 0
    assert f"peut-être {found.maybe} de plus" in found.words
    out = fit_of(session, 90, {north.key})
    assert found.maybe == out.maybe + north.maybe
    assert before.maybe
    for name in ("Nord", "Sud", "Est"):
        record_answer(session, NewAnswer("type_salle", "classe", place=name))
    known, after = fit_of(session, 90), rooms_of(session)
    assert known.maybe < found.maybe
    assert known.answers + known.wanting > found.answers + found.wanting
    assert after.minutes > before.minutes
    whole = replace(found, minutes=90, maybe_seconds=60 * 90)
    assert not whole.is_whole, "what is likely may not fit"


def test_a_place_taken_out_gives_its_time_to_the_others(ten: AuditSession) -> None:
    motor = ten.find_place("Motricité").id
    whole, less = fit_of(ten, 20), fit_of(ten, 20, {motor})
    assert motor in {one.key for one in whole.stops}
    assert motor not in {one.key for one in (*less.stops, *less.left_out)}
    assert less.answers >= whole.answers - 3
    assert less.more < whole.more


def test_a_building_is_crossed_to_once(ten: AuditSession) -> None:
    first, then = (
        next(one for one in fit_of(ten, 30).stops if one.title == name)
        for name in ("Petits", "Grands")
    )
    assert first.seconds >= then.seconds + 60


def test_the_head_counts_down_to_the_leaving(session: AuditSession) -> None:
    for name in ("CP", "CE1"):
        add_place(session, PlaceKind.SALLE, name)
    walk, costs = walk_within(session, 20), costs_of(session, 20)
    assert countdown(session, walk, costs) == ()
    world = session.workspace.world
    start = world.clock()
    at = choose_minutes(session, 20, start=start)

    def head(minutes: int) -> tuple[str, ...]:
        session.workspace.world = replace(world, clock=lambda: start + minutes * 60_000)
        return countdown(session, walk, costs)

    leave = f", partir à {hour_words(at.until)}"
    assert [head(minutes)[0].endswith(leave) for minutes in (0, 7, 25)] == [True] * 3
    assert head(0)[1] == "tout tient"
    fits = [int(head(minutes)[1].split()[0]) for minutes in (13, 15, 17, 25)]
    assert fits == sorted(fits, reverse=True)
    assert fits[0] > fits[-1] == 0
    assert head(24 * 60) == ()


def test_what_people_took_makes_the_length_of_a_visit(session: AuditSession) -> None:
    """Once; and the order of questions, by stake a second."""
    before = fit_of(session, 20)
    first = left_to_ask(session)
    slow = {
        (ident, again): 600
        for ident in session.checklist.questions
        for again in (False, True)
    }
    session.workspace.__dict__["pace"] = slow
    after = fit_of(session, 20)

    assert after.answers + after.wanting == before.answers + before.wanting
    assert after.answers == 1 < before.answers
    assert {one.seconds for one in left_to_ask(session)} == {600}
    of_one = next(one for one in first if one.urgency == 4 and one.stake)
    session.workspace.__dict__["pace"] = slow | {(of_one.id, False): 1}
    ordered = [one.id for one in left_to_ask(session) if one.urgency == 4]
    assert ordered[0] == of_one.id


def test_the_journal_is_timed_once_for_a_workspace(session: AuditSession) -> None:
    assert session.workspace.pace is session.workspace.pace
    assert not session.workspace.pace, "nobody closed an audit here"
