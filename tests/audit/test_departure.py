from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.places import add_place, close_places
from diag.audit.session import AuditSession
from diag.audit.visit import departure_lines, departure_of
from diag.documents.write import departure_markdown
from diag.model.enums import PlaceKind, State


def reasons(session: AuditSession, question: str) -> tuple[str, ...]:
    for check in departure_of(session).checks:
        if check.stop.question.id == question:
            return check.reasons
    return ()


def test_what_the_short_visit_asks_is_listed_until_it_is_answered(
    session: AuditSession,
) -> None:
    assert reasons(session, "nb_batiments") == ("sans réponse",)
    record_answer(session, NewAnswer("nb_batiments", "1"))
    assert reasons(session, "nb_batiments") == ()


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
    assert "Au bureau, Bâtiments à relier : sans réponse" in departure_lines(session)
