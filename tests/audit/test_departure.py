from diag.assess.questions import is_on_site
from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.departure import (
    MOST,
    bring_back,
    departure_lines,
    departure_of,
    waive,
)
from diag.audit.places import add_place, add_places, close_places
from diag.audit.session import AuditSession
from diag.documents.write import departure_markdown
from diag.model.enums import PlaceKind, State


def reasons(session: AuditSession, question: str) -> tuple[str, ...]:
    for check in departure_of(session).checks:
        if check.stop.question.id == question:
            return check.reasons
    return ()


def test_what_is_seen_here_only_is_listed_dangers_first_towards_the_door(
    session: AuditSession,
) -> None:
    rooms = [
        add_place(session, PlaceKind.SALLE, name)[0].id for name in ("CP", "CE1", "CE2")
    ]
    departure = departure_of(session)

    assert len(departure.here) == MOST
    assert departure.beyond > 0
    assert departure.here_words.endswith("vers la sortie, puis 11 autres")
    assert all(is_on_site(one.stop.question) for one in departure.here)
    dangers = [one.stop.place for one in departure.here if one.stop.question.danger]
    assert dangers == rooms[::-1]
    told = {one.reasons for one in departure.here}
    assert told == {("pas encore vu",)}, "a second audit was there a year ago"
    assert departure.outcome.startswith("3 lieux n'ont pas été regardés pour un danger")
    who = dict(departure.elsewhere)
    assert who["mairie"] > 0
    assert 0 < departure.minutes < 60


def test_dangers_beyond_the_list_are_counted_too(session: AuditSession) -> None:
    add_places(session, PlaceKind.SALLE, [f"Classe {n}" for n in range(1, 31)])
    departure = departure_of(session)
    assert len(departure.here) == MOST
    assert departure.minutes > MOST, "one goes into each room, as « Ce qui tient » says"
    assert departure.outcome.startswith("30 lieux")


def test_what_one_leaves_without_leaves_the_list_and_answers_nothing(
    session: AuditSession,
) -> None:
    first = departure_of(session).here[0].stop.key
    digest = session.digest
    waive(session, first)

    again = departure_of(session)
    assert first not in {one.stop.key for one in again.checks}
    assert again.beyond == 0
    assert session.digest == digest
    second = again.here[0].stop.key
    waive(session, second)
    assert bring_back(session) == second
    assert bring_back(session) == first
    assert bring_back(session) is None
    assert first in {one.stop.key for one in departure_of(session).checks}


def test_unknown_unlikely_and_flagged_answers_are_listed(session: AuditSession) -> None:
    record_answer(
        session, NewAnswer("nb_batiments", state=State.UNKNOWN, reason="plan perdu")
    )
    assert reasons(session, "nb_batiments") == ("inconnu (plan perdu)",)
    record_answer(session, NewAnswer("nb_batiments", "19", sure=True))
    (doubt,) = reasons(session, "nb_batiments")
    assert "paraît élevé" in doubt
    toggle_flag(session, (session.facts.root, "nb_batiments"))
    assert reasons(session, "nb_batiments")[0] == "à revoir"


def test_open_lists_and_a_visit_without_a_date_are_remarked(
    session: AuditSession,
) -> None:
    remarks = departure_of(session).remarks
    assert "La liste des salles n'est pas close." in remarks
    assert "Aucune visite n'est datée." in remarks
    close_places(session, PlaceKind.SALLE)
    assert "La liste des salles n'est pas close." not in departure_of(session).remarks


def test_the_printed_list_ticks_by_place_and_obeys_no_name(
    session: AuditSession,
) -> None:
    room, _ = add_place(session, PlaceKind.SALLE, "CP *gras* [x](y)")
    toggle_flag(session, (room.id, "type_salle"))
    printed = departure_markdown(session)
    assert "## Direction" in printed
    assert "- [ ] Usage de la salle : à revoir" in printed
    assert "[x](y)" not in printed


def test_lines_say_the_same_for_a_screen_reader(session: AuditSession) -> None:
    lines = list(departure_lines(session))
    assert lines[0].startswith("À voir ici, maintenant : ")
    assert any(line.startswith("Sans vous : mairie ") for line in lines)
    record_answer(
        session, NewAnswer("nb_batiments", state=State.UNKNOWN, reason="plan perdu")
    )
    doubt = "Douteux : Au bureau, Bâtiments à relier : inconnu (plan perdu)"
    assert doubt in departure_lines(session)
