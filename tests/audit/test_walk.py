from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.walk import Walk, most_useful, walk_of
from diag.model.enums import PlaceKind, State


def walked(session: AuditSession) -> Walk:
    return walk_of(session.facts, session.checklist)


def test_the_school_comes_first_then_each_room_with_its_equipment(
    session: AuditSession,
) -> None:
    add_place(session, PlaceKind.LOT, "Vidéoprojecteurs")
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    add_place(session, PlaceKind.SALLE, "CE1")
    add_place(session, PlaceKind.LOT, "Tablettes du CP", parent=room.id)
    titles = [leg.title for leg in walked(session).legs]
    assert titles[:4] == ["Direction", "Baie", "Équipe", "Commune"]
    rooms = titles.index("CP")
    assert titles[rooms : rooms + 3] == ["CP", "Tablettes du CP", "CE1"]
    assert titles[-1] == "Vidéoprojecteurs"


def test_rooms_of_a_building_stand_under_its_name(session: AuditSession) -> None:
    building, _ = add_place(session, PlaceKind.BATIMENT, "Préfabriqué")
    add_place(session, PlaceKind.SALLE, "ULIS", parent=building.id)
    add_place(session, PlaceKind.SALLE, "CP")
    groups = {leg.title: leg.group for leg in walked(session).legs}
    assert (groups["CP"], groups["ULIS"]) == ("Salles", "Préfabriqué")


def test_a_room_named_as_whom_one_asks_is_told_apart(session: AuditSession) -> None:
    add_place(session, PlaceKind.SALLE, "Direction")
    titles = [leg.title for leg in walked(session).legs]
    assert titles.count("Direction") == titles.count("Direction (salle)") == 1


def test_what_is_left_counts_only_what_surely_applies(session: AuditSession) -> None:
    walk = walked(session)
    direction = walk.legs[0]
    assert direction.left == sum(
        stop.relevant is True and not stop.heads for stop in direction.stops
    )
    assert direction.maybe == sum(stop.relevant is None for stop in direction.stops)
    assert direction.maybe > 0
    record_answer(session, NewAnswer("guichet_depannage", "1"))
    assert walked(session).legs[0].left == direction.left - 1


def test_an_unknown_answer_is_still_left_and_a_refused_one_is_not(
    session: AuditSession,
) -> None:
    before = walked(session).left
    record_answer(session, NewAnswer("nb_classes", state=State.UNKNOWN))
    assert walked(session).left == before
    record_answer(session, NewAnswer("nb_classes", state=State.REFUSED))
    assert walked(session).left == before - 1


def test_walking_on_and_back_comes_to_the_same_question(session: AuditSession) -> None:
    walk = walked(session)
    first, second = walk.stops[:2]
    assert walk.after(first.key) == second
    assert walk.before(second.key) == first
    assert walk.before(first.key) is None
    assert walk.after(walk.stops[-1].key) is None


def test_the_next_question_left_skips_what_is_answered_and_turns_round(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", "6"))
    walk = walked(session)
    start = walk.stops[0].key
    following = walk.left_after(start)
    assert following is not None
    assert following.question.id != "nb_classes"
    last = walk.stops[-1].key
    round_ = walk.left_after(last)
    assert round_ == next(stop for stop in walk.stops if stop.is_left)


def test_a_part_starts_at_its_first_question_left(session: AuditSession) -> None:
    walk = walked(session)
    first = walk.first("direction")
    assert first == next(stop for stop in walk.legs[0].stops if stop.is_left)
    assert walk.first("nulle part") is None


def test_a_flag_is_carried_by_its_stop_and_lowered_by_the_same_key(
    session: AuditSession,
) -> None:
    key = walked(session).stops[0].key
    assert toggle_flag(session, key)
    stop = walked(session).stop(key)
    assert stop is not None
    assert stop.flagged
    assert walked(session).legs[0].flagged == 1
    assert not toggle_flag(session, key)
    assert session.facts.flags == frozenset()


def test_the_most_useful_question_is_another_one_that_is_left(
    session: AuditSession,
) -> None:
    found = most_useful(session.facts, session.checklist, None)
    assert found is not None
    other = most_useful(session.facts, session.checklist, found)
    assert other not in (None, found)
