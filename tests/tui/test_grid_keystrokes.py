"""A school of twelve rooms, entered in the grid: every key pressed is counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from diag.answers.types import TYPES
from diag.audit.session import AuditSession, open_session
from diag.model.audit import Value
from tests.audit.builders import started, workspace
from tests.tui.visit.grid_host import Host, twelve_rooms

Said = dict[tuple[str, str], Value]
"""(Name of the room, question) → the value meant."""

CLASSROOM = {
    "type_salle": "c",
    "prises_rj45": "2",
    "prise_borne": "n",
    "bricolages_reseau": "1",
    "wifi_capte": "o",
    "coupure_wifi": "4",
    "wifi_5ghz_salle": "o",
    "signal_wifi": "-67",
    "projection": "6",
    "projection_prete": "o",
    "projection_age": "4",
    "image_largeur": "1,9",
    "image_lisible": "o",
    "zone_tactile": "2",
    "lisibilite_jour": "3",
    "poste_commande": "2",
    "connectique": "3",
    "sonorisation": "2",
    "prises_230v": "8",
    "prises_230v_tableau": "3",
    "anomalies_electriques": "1",
    "danger_electrique": "n",
    "poste_maitre": "3",
}
"""What is typed for a classroom, in the order of its questions."""

PLAIN = {
    "prises_rj45": "1",
    "bricolages_reseau": "0",
    "wifi_capte": "n",
    "anomalies_electriques": "0",
    "danger_electrique": "n",
}
OTHERS = (
    {"type_salle": "bu", **PLAIN},
    {"type_salle": "4", **PLAIN, "salle_maitres_equipement": "3"},
    {"type_salle": "bi", **PLAIN, "bibliotheque_equipement": "13"},
    {"type_salle": "7", **PLAIN, "salle_commune_equipement": "3"},
    {"type_salle": "l", **PLAIN},
    {"type_salle": "a", **PLAIN},
)
"""The six other rooms."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with workspace(tmp_path / "desk") as made:
        yield started(made)


@dataclass
class Typist:
    """Presses keys in the grid and counts them."""

    app: Host
    pilot: Pilot[None]
    keys: int = 0
    meant: Said = field(default_factory=dict)

    async def press(self, *keys: str) -> None:
        """Press keys in one burst, as a slow line delivers them."""
        for key in keys:
            named = {",": "comma", "-": "minus"}.get(key, key)
            character = key if len(key) == 1 else None
            self.app.post_message(events.Key(named, character))
        self.keys += len(keys)
        await self.pilot.pause()

    async def fill_row(self, answers: Mapping[str, str]) -> None:
        """Answer all that the row asks; Tab ends what does not end itself."""
        grid = self.app.grid
        room = grid.sheet.places[grid.table.cursor.row].name
        keys: list[str] = []
        for ident, text in answers.items():
            question = grid.session.checklist.questions[ident]
            read = TYPES[question.type].so_far(question, text)
            self.meant[room, ident] = read.value
            keys += text if read.is_complete else [*text, "tab"]
        await self.press(*keys)


def in_journal(session: AuditSession) -> Said:
    """Return what the rooms' answers are, read again from the file."""
    again = open_session(session.workspace, session.about.ref)
    facts = again.facts
    return {
        (facts.places[place].name, question): heads[0].value
        for (place, question), heads in facts.answers.items()
        if place != facts.root
    }


@pytest.mark.long  # the gate counts the keys of one classroom, below
async def test_each_answer_of_twelve_rooms_takes_two_keys_at_most(
    session: AuditSession,
) -> None:
    twelve_rooms(session)
    async with Host(session).run_test(size=(80, 24)) as pilot:
        assert isinstance(pilot.app, Host)
        typist = Typist(pilot.app, pilot)
        for _ in range(6):
            await typist.fill_row(CLASSROOM)
        for answers in OTHERS:
            await typist.fill_row(answers)

    assert in_journal(session) == typist.meant
    assert len(typist.meant) > 170
    assert typist.keys <= 2 * len(typist.meant)


async def test_alike_rooms_take_less_than_a_key_an_answer(
    session: AuditSession,
) -> None:
    twelve_rooms(session)
    async with Host(session).run_test(size=(80, 24)) as pilot:
        assert isinstance(pilot.app, Host)
        typist = Typist(pilot.app, pilot)
        await typist.fill_row(CLASSROOM)
        assert typist.keys <= 2 * len(typist.meant)
        await typist.press("f8", "f8", "f8", "f8", "f8")
        for room in range(2, 7):
            typist.meant |= {
                (f"Classe {room}", question): value
                for (name, question), value in tuple(typist.meant.items())
                if name == "Classe 1" and question != "signal_wifi"
            }

    assert in_journal(session) == typist.meant
    assert typist.keys <= len(typist.meant)
