from diag.documents.tables.tickets import (
    TICKETS,
    Ticket,
    ticket_page,
    ticket_part,
    ticket_rows,
    tickets_of,
    untechnical,
)
from diag.model.audit import Answer, FollowUp
from diag.model.enums import FollowUpState, Kind, Owner, State
from tests.documents.builders import (
    CHECKLIST,
    ORDINARY,
    QUESTIONS,
    TODAY,
    facts,
    report,
)
from tests.documents.reading import html


def ids(tickets: tuple[Ticket, ...]) -> list[str]:
    return [one.reference.removeprefix("9990001W/") for one in tickets]


def test_the_most_pressing_comes_first_and_the_ecole_s_own_work_is_none() -> None:
    told = report()
    everything = tickets_of(told, whole_plan=True)

    assert [one.kind for one in everything] == sorted(
        (one.kind for one in everything), key=list(Kind).index
    )
    assert "ecrire" not in ids(everything)  # the école's
    assert everything[0].priority == "immédiate"


def test_a_commune_s_action_is_technical_when_seen_on_the_spot() -> None:
    told = report()

    technical = ids(tickets_of(told))

    assert "cabler" in technical  # a room is asked about
    assert "fibre" not in technical  # the head teacher is
    assert "equiper" in technical  # the syndicat does it
    assert "ranger" in technical  # security
    assert untechnical(told) == 2


def test_what_only_the_commune_tells_is_no_technician_s_work() -> None:
    questions = {
        one.id: one.model_copy(update={"whom": "commune"})
        if one.id == "projet_ecrit"
        else one
        for one in QUESTIONS
    }
    checklist = CHECKLIST.model_copy(update={"questions": questions})

    assert "equiper" not in ids(tickets_of(report(ORDINARY, checklist)))


def test_a_ticket_says_what_where_how_when_and_how_one_will_know() -> None:
    tickets = tickets_of(report())
    ticket = next(one for one in tickets if one.reference.endswith("/cabler"))

    assert ticket.title == "Câbler les classes (technique)"
    assert ticket.places == "CP ; CE1"
    assert ticket.how == "Traiter 2 salles : CP et CE1, avant le prochain budget."
    assert ticket.delay == "prochain budget"
    assert ticket.due is None
    assert ticket.owner == "la commune"
    assert ticket.done_when == "Une visite le constate."
    assert ticket.observed == ("1 salle au niveau de base : CP ; 1 insuffisante : CE1.")
    assert ticket.sure
    assert not ticket.sensitive


def test_a_security_weakness_is_marked_as_such() -> None:
    ticket = next(one for one in tickets_of(report()) if "ranger" in one.reference)

    assert ticket.sensitive
    assert ticket.places == "CP"


def test_an_anomaly_without_a_cure_is_a_ticket_too() -> None:
    advice = {
        name: one
        for name, one in CHECKLIST.recommendations.items()
        if name not in {"cabler", "equiper"}
    }
    checklist = CHECKLIST.model_copy(update={"recommendations": advice})

    tickets = tickets_of(report(ORDINARY, checklist))

    ticket = next(one for one in tickets if one.nature == "anomalie")
    assert ticket.reference == "9990001W/prise-par-classe"
    assert ticket.title == "À reprendre : Deux prises réseau par classe"
    assert ticket.places == "CP ; CE1"
    assert ticket.priority == "haute"


def test_what_is_set_aside_makes_no_ticket() -> None:
    step = FollowUp(recommendation="cabler", state=FollowUpState.ECARTEE)

    tickets = tickets_of(report(follow_ups=(step,)), whole_plan=True)

    assert "cabler" not in ids(tickets)
    assert "prise-par-classe" not in ids(tickets)


def test_what_is_to_be_confirmed_comes_only_when_asked() -> None:
    unsure = report(facts({("ecole", "filtrage"): Answer(State.UNKNOWN)}))

    assert "filtrer" not in ids(tickets_of(unsure, whole_plan=True))
    asked = tickets_of(unsure, to_confirm=True, whole_plan=True)
    assert [one.sure for one in asked if "filtrer" in one.reference] == [False]


def test_the_page_holds_every_ticket_and_reads_as_a_document() -> None:
    told = report()
    tickets = tickets_of(told)

    page = ticket_page([ticket_part(told, tickets)], TODAY)

    assert page.startswith("# Tickets pour l’informaticien\n")
    assert "12\u00a0mars\u00a02026" in page
    assert "provisoire" in page
    for ticket in tickets:
        assert page.count(f"### {ticket.title}") == 1
    assert "<h1" in html(page, "Tickets")


def test_hostile_titles_stay_text_on_the_page() -> None:
    cabler = CHECKLIST.recommendations["cabler"]
    words = {
        reader: one.model_copy(update={"title": "# <script> | `x` [a](b)"})
        for reader, one in cabler.wording.items()
    }
    advice = {"cabler": cabler.model_copy(update={"wording": words})}
    checklist = CHECKLIST.model_copy(update={"recommendations": advice})
    told = report(ORDINARY, checklist)

    page = ticket_page([ticket_part(told, tickets_of(told))], TODAY)

    shown = html(page, "Tickets")
    assert "# &lt;script&gt; | `x` [a](b)" in shown.replace("\u202f", " ")


def test_a_row_fills_every_column() -> None:
    told = report()

    rows = ticket_rows(told, tickets_of(told))

    assert {len(row) for row in rows} == {len(TICKETS)}


def test_every_owner_but_the_ecole_and_the_academie_may_have_tickets() -> None:
    owners = {one.owner for one in tickets_of(report(), whole_plan=True)}

    assert owners == {"la commune", "le syndicat"}
    assert Owner.ECOLE not in owners
