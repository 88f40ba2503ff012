"""« Sans objet » where it has a sense, and parts that stay within their whole."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from diag.answers.answer_type import Refused, state_keys
from diag.answers.types import TYPES
from diag.audit.answer import NewAnswer, doubts_of, record_answer
from diag.audit.departure import departure_of
from diag.audit.grid import GridSheet, copy_down, duplicate, fill, like_previous, paste
from diag.audit.memory import memory_of, still_true
from diag.audit.places import add_place
from diag.audit.session import AuditSession, start
from diag.audit.visit import VisitSession
from diag.audit.walk import left_to_ask
from diag.cli.answer import acknowledgements
from diag.journal import changes
from diag.model.audit import Answer
from diag.model.enums import PlaceKind, State
from diag.workspace.workspace import Workspace
from tests.audit.builders import started
from tests.audit.older_edition import NEW
from tests.audit.small_edition import ship

ROOMS = """\
  - {id: postes, place: salle, type: integer, unit: poste, label: "Postes",
     range: [0, 100], look: "Compter."}
  - {id: pannes, place: salle, type: integer, unit: poste, label: "Postes en panne",
     range: [0, 100], look: "Compter.", at_most: postes}
  - {id: ecran, place: salle, type: boolean, label: "Écran", look: "Regarder."}
"""


@pytest.fixture
def here(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AuditSession:
    """An audit with two rooms, six teachers in all."""
    files = NEW | {
        "essai.yaml": NEW["essai.yaml"].replace("questions:\n", f"questions:\n{ROOMS}")
    }
    ship(tmp_path / "livrees", monkeypatch, files)
    session = started(desk)
    for name in ("Classe 1", "Classe 2"):
        add_place(session, PlaceKind.SALLE, name)
    record_answer(session, NewAnswer("maitres", 6))
    return session


def sync(session: AuditSession, question: str, answer: Answer, place: str = "") -> None:
    """Have an answer come that this version would refuse, as a sync brings it."""
    draft = changes.answered(
        session.audit.id, place or session.facts.root, question, answer
    )
    session.workspace.journal.write_many((draft,), session.workspace.origin)
    session.catch_up()


def room(session: AuditSession, name: str) -> str:
    return next(one.id for one in session.facts.places.values() if one.name == name)


@pytest.mark.parametrize(
    ("question", "instead"),
    [
        ("wifi", "Répondez « non », ou « inconnu »"),
        ("debit", "Répondez 0 s'il n'y en a pas, ou « inconnu »"),
    ],
)
def test_sans_objet_elsewhere_is_refused_with_what_to_say(
    here: AuditSession, question: str, instead: str
) -> None:
    entry = NewAnswer(question, state=State.NOT_APPLICABLE, reason="pas chez nous")
    with pytest.raises(Refused, match="« sans objet » ne se dit pas ici") as refused:
        record_answer(here, entry)
    assert instead in str(refused.value)
    assert question not in {asked for _, asked in here.facts.answers}


def test_sans_objet_is_recorded_with_its_reason(here: AuditSession) -> None:
    with pytest.raises(Refused, match="avec sa raison"):
        record_answer(here, NewAnswer("projet", state=State.NOT_APPLICABLE, reason=" "))
    said = NewAnswer("projet", state=State.NOT_APPLICABLE, reason="voté au conseil")
    record_answer(here, said)
    told = here.facts.answer(here.facts.root, "projet")
    assert told is not None
    assert (told.state, told.reason) == (State.NOT_APPLICABLE, "voté au conseil")


def test_keys_and_cells_offer_it_there_only(here: AuditSession) -> None:
    questions = here.checklist.questions
    voulu, wifi = questions["projet"], questions["wifi"]
    kind = TYPES[wifi.type]
    assert state_keys(voulu) == "* inconnu  / sans objet  ! non communiqué"
    assert state_keys(wifi) == "* inconnu  ! non communiqué"
    assert kind.so_far(voulu, "/").is_answer
    assert kind.so_far(wifi, "/").problem.startswith("« sans objet » ne se dit pas ici")
    assert kind.parse_cell(wifi, "sans objet").problem
    assert kind.so_far(wifi, "*").is_answer


def test_an_old_one_elsewhere_is_to_be_said_again(here: AuditSession) -> None:
    sync(here, "wifi", Answer(State.NOT_APPLICABLE, reason="pas chez nous"))
    assert "wifi" in {one.id for one in left_to_ask(here)}
    (check,) = [
        one for one in departure_of(here).checks if one.stop.question.id == "wifi"
    ]
    assert check.reasons == ("à revoir, « sans objet » ne se dit pas ici : à redire",)
    stop = VisitSession(here).walk.stop((here.facts.root, "wifi"))
    assert stop is not None
    assert stop.is_left


def test_it_is_not_taken_again_next_year(here: AuditSession) -> None:
    sync(here, "wifi", Answer(State.NOT_APPLICABLE, reason="pas chez nous"))
    sync(here, "projet", Answer(State.NOT_APPLICABLE, reason="voté au conseil"))
    later = start(here.workspace, here.about.ref, "2027-2028")
    memory, root = memory_of(later), later.facts.places[later.facts.root]
    assert memory is not None
    questions = later.checklist.questions
    assert memory.of(root, questions["wifi"]) is None
    still_true(later, memory, root.id, questions["projet"])
    assert later.facts.answer(root.id, "projet") is not None


def test_a_part_above_its_whole_is_refused(here: AuditSession) -> None:
    with pytest.raises(Refused) as refused:
        record_answer(here, NewAnswer("formes", 30))
    assert str(refused.value) == (
        "30 pour 6 : « Maîtres formés » dépasse « Maîtres ». Corrigez l'un ou l'autre."
    )
    record_answer(here, NewAnswer("formes", 6))
    record_answer(here, NewAnswer("maitres", state=State.UNKNOWN))
    record_answer(here, NewAnswer("formes", 30))


def test_a_line_of_json_is_refused_alone(here: AuditSession) -> None:
    lines = [{"question": "formes", "value": value} for value in (30, 4)]
    raw = "\n".join(map(json.dumps, lines)).encode()
    first, second = acknowledgements(here, BytesIO(raw))
    assert "30 pour 6" in str(first["error"])
    assert "revision" in second


def test_a_grid_leaves_such_cells_out_and_says_so(here: AuditSession) -> None:
    one, two = (room(here, name) for name in ("Classe 1", "Classe 2"))
    record_answer(here, NewAnswer("postes", 10, place="Classe 1"))
    record_answer(here, NewAnswer("postes", 4, place="Classe 2"))
    sheet = GridSheet(here, PlaceKind.SALLE)
    keys = [(one, "pannes"), (two, "pannes")]
    filled = fill(here, sheet, keys, NewAnswer("pannes", 8))
    assert filled.written == ((one, "pannes"),)
    (refused,) = filled.refused
    assert refused.sentence == (
        "« Classe 2 », Postes en panne : "
        "8 pour 4 : « Postes en panne » dépasse « Postes »"
    )
    sheet = GridSheet(here, PlaceKind.SALLE)
    column = sheet.columns["pannes"]
    copied = copy_down(here, sheet, [column], range(2))
    assert copied.written == ()
    assert len(copied.refused) == 1
    assert not like_previous(here, sheet, 1).written


def test_a_pasted_block_is_looked_at_as_it_will_be(here: AuditSession) -> None:
    sheet = GridSheet(here, PlaceKind.SALLE)
    block = "Postes\tPostes en panne\n10\t8\n4\t5"
    filled = paste(here, sheet, 0, 0, block)
    assert len(filled.written) == 3
    (refused,) = filled.refused
    assert "5 pour 4" in refused.sentence


def test_a_later_whole_leaves_its_part_to_be_looked_at_again(
    here: AuditSession,
) -> None:
    record_answer(here, NewAnswer("formes", 6))
    record_answer(here, NewAnswer("maitres", 5))
    words = "6 pour 5 : « Maîtres formés » dépasse « Maîtres »"
    assert doubts_of(here.facts, here.checklist) == {(here.facts.root, "formes"): words}
    (check,) = [
        one for one in departure_of(here).checks if one.stop.question.id == "formes"
    ]
    assert check.reasons == (f"à revoir, {words}",)
    assert "formes" in {one.id for one in left_to_ask(here)}
    record_answer(here, NewAnswer("formes", 5))
    assert not doubts_of(here.facts, here.checklist)


def test_a_room_is_copied_without_what_is_doubtful(here: AuditSession) -> None:
    one = room(here, "Classe 1")
    record_answer(here, NewAnswer("postes", 4, place="Classe 1"))
    sync(here, "pannes", Answer(State.KNOWN, 9), one)
    sync(here, "ecran", Answer(State.NOT_APPLICABLE, reason="?"), one)
    twin = duplicate(here, here.facts.places[one])
    assert {asked for place, asked in here.facts.answers if place == twin.id} == {
        "postes"
    }
