"""Files of other tools in an audit: kept with their hash, proposed, never answered."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from diag.audit.evidence import (
    EvidenceContext,
    MissingRoomError,
    import_evidence,
    keep_run,
    kept_evidence,
)
from diag.audit.follow import add_visit
from diag.audit.history import changes_of
from diag.audit.places import add_place
from diag.audit.proposals import OfferedAnswer, accept, refuse, waiting
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal.attachments import AttachmentStore, held
from diag.journal.records import evidence_of
from diag.model.enums import PlaceKind, Provenance
from diag.model.errors import DiagError
from diag.model.measure import HeardNetwork, MeasureRun
from tests.audit.apart import meet, two_laptops
from tests.imports import evidence_samples as samples
from tests.probes.builders import AUTHORISED, NOON, measured, run_of

NOTHING = EvidenceContext()


def written(folder: Path, name: str, raw: bytes) -> Path:
    """Write a file and give its path."""
    path = folder / name
    path.write_bytes(raw)
    return path


def offered(session: AuditSession) -> dict[str, OfferedAnswer]:
    """Return what waits, by question; of lots, by the name of the lot as well."""
    return {
        f"{one.offer.lot}/{one.offer.question}"
        if one.offer.lot
        else one.offer.question: one
        for one in waiting(session)
    }


def test_inventories_become_lots_that_a_person_accepts(
    session: AuditSession, tmp_path: Path
) -> None:
    raw = samples.glpi(
        samples.computer("pc-1", "S1"),
        samples.computer("pc-3", "S3", shape="Notebook"),
        {"itemtype": "Phone", "content": {"hardware": {"name": "x"}}},
    )
    first = written(tmp_path, "parc.json", raw)
    second = written(tmp_path, "pc-2.ocs", samples.OCS_XML)
    network = written(tmp_path, "reseau.xml", samples.NETWORK_XML)
    before = dict(session.facts.answers)
    taken = import_evidence(session, [first, second, network], NOTHING)
    assert not taken.refused
    assert dict(session.facts.answers) == before
    found = offered(session)
    assert found["Portables, Windows 11/lot_nombre"].offer.value == 2
    assert found["Portables, Windows 11/lot_systeme"].words == "Windows 11"
    old = "Ordinateurs fixes, Windows 10"
    assert found[f"{old}/lot_nombre"].offer.value == 1
    assert found[f"{old}/lot_puissance"].offer.value == "faible"
    assert "correctifs" in found[f"{old}/lot_systeme"].source
    assert found["nb_bornes"].offer.value == 2
    assert found["impression"].offer.value == "copieur_reseau"

    one = found["Portables, Windows 11/lot_nombre"]
    lot = [
        each.offer.id for each in waiting(session) if each.offer.lot == one.offer.lot
    ]
    accept(session, lot)
    undo(session)
    assert not session.facts.places_of(PlaceKind.LOT)
    assert dict(session.facts.answers) == before
    accept(session, lot)
    (place,) = session.facts.places_of(PlaceKind.LOT)
    answer = session.facts.answer(place.id, "lot_nombre")
    assert answer is not None
    assert (answer.value, answer.provenance) == (2, Provenance.IMPORTED)
    assert "2 appareils dans 3 fichiers" in answer.reason

    third = written(tmp_path, "pc-4.json", samples.glpi(samples.computer("pc-4", "S4")))
    import_evidence(session, [third, first], NOTHING)
    again = offered(session)["lot_nombre"]
    assert (again.offer.value, again.offer.place) == (3, place.id)
    assert again.known


def test_an_inventory_is_taken_back_with_all_that_it_offers(
    session: AuditSession, tmp_path: Path
) -> None:
    path = written(tmp_path, "parc.json", samples.glpi(samples.computer("pc-1", "S1")))
    import_evidence(session, [path], NOTHING)
    assert waiting(session)
    undo(session)
    assert not waiting(session)
    assert not evidence_of(session.workspace.journal, session.audit.id)


def test_a_file_is_kept_as_it_came_and_goes_to_a_colleague(tmp_path: Path) -> None:
    with two_laptops(tmp_path) as (near, far):
        path = written(tmp_path, "débit.json", samples.OOKLA)
        import_evidence(near, [path, path], NOTHING)
        import_evidence(near, [path], NOTHING)
        (file,) = evidence_of(near.workspace.journal, near.audit.id)
        digest = sha256(samples.OOKLA).hexdigest()
        assert (file.files, file.name, file.size) == (
            (digest,),
            "débit.json",
            len(samples.OOKLA),
        )
        store = AttachmentStore(near.workspace.folder)
        assert store.get(digest) == samples.OOKLA
        attachment = held(near.workspace.journal)[digest]
        assert (attachment.mime, attachment.title[:5]) == (file.mime, "Pièce")
        meet(near, far)
        there = far
        assert evidence_of(there.workspace.journal, there.audit.id) == (file,)
        assert {*offered(there)} == {*offered(near)}
        assert kept_evidence(there) == ()
        (line,) = (one for one in changes_of(near) if "autre outil" in one.about)
        assert line.said == "débit.json"


def test_measures_make_a_median_that_says_what_limits_it(
    session: AuditSession, tmp_path: Path
) -> None:
    import_evidence(session, [written(tmp_path, "a.json", samples.OOKLA)], NOTHING)
    down = offered(session)["debit_descendant"]
    assert (down.offer.value, down.doubt) == (93, "")
    assert down.source == "Ookla Speedtest 1.2, confiance moyenne, 05/10/2026"
    refuse(session, [down.offer.id])
    slow = samples.LIBRESPEED.replace(b"95.21", b"45.21")
    import_evidence(session, [written(tmp_path, "b.json", slow)], NOTHING)
    again = offered(session)["debit_descendant"]
    assert again.offer.value == "69.1"
    assert "médiane de 2 mesures" in again.source
    assert "écart de 51" in again.source
    accept(session, [again.offer.id])
    answer = session.facts.answer(session.facts.root, "debit_descendant")
    assert answer is not None
    assert answer.provenance is Provenance.MEASURED
    undo(session)
    undo(session)
    assert len(evidence_of(session.workspace.journal, session.audit.id)) == 1


def test_what_no_question_of_the_edition_asks_is_told(
    session: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "a.json", samples.OOKLA)
    assert import_evidence(session, [path], NOTHING).unasked == ""

    silent = {"measures": ()}
    questions = {
        name: one.model_copy(update=silent)
        for name, one in session.checklist.questions.items()
    }
    older = session.checklist.model_copy(update={"questions": questions})
    monkeypatch.setattr(AuditSession, "checklist", property(lambda _self: older))
    taken = import_evidence(session, [path], NOTHING)

    assert "ne le demandent pas : débit descendant, débit montant" in taken.unasked


def test_a_scan_belongs_to_a_room_and_to_the_schools_own_networks(
    session: AuditSession, tmp_path: Path
) -> None:
    scan = written(tmp_path, "cp.txt", samples.NETSH.encode())
    with pytest.raises(MissingRoomError, match="dites laquelle"):
        import_evidence(session, [scan], NOTHING)
    room, _ = add_place(session, PlaceKind.SALLE, "Classe CP")
    with pytest.raises(MissingRoomError) as asked:
        import_evidence(session, [scan], EvidenceContext(room.id))
    assert asked.value.names == ("École-Péda", "Box du voisin")  # the strongest first
    assert not evidence_of(session.workspace.journal, session.audit.id)
    import_evidence(session, [scan], EvidenceContext(room.id, ("École-Péda",)))
    found = offered(session)
    assert found["signal_wifi"].offer.value == -65
    assert found["signal_wifi"].where == "Classe CP"
    assert found["wifi_capte"].offer.value is True
    assert found["ssid_visibles"].offer.value == 1
    assert found["generation_wifi"].offer.value == "wifi5"
    assert "chiffrement_wifi" not in found
    worse = samples.NETSH.replace("70 %", "30 %").encode()
    corner = written(tmp_path, "coin.txt", worse)
    import_evidence(session, [corner], EvidenceContext(room.id))
    assert offered(session)["signal_wifi"].offer.value == -85
    with pytest.raises(DiagError, match="n'est pas une salle"):
        import_evidence(session, [corner], EvidenceContext(session.facts.root))


def test_what_cannot_be_read_stops_nothing_else(
    session: AuditSession, tmp_path: Path
) -> None:
    good = written(tmp_path, "a.json", samples.OOKLA)
    bad = written(tmp_path, "b.json", b"{")
    taken = import_evidence(
        session, [bad, tmp_path / "absent", tmp_path, good], NOTHING
    )
    assert len(taken.refused) == 3
    assert [one.file.name for one in taken.read] == ["a.json"]


ROOM_NETWORKS = (
    HeardNetwork("École", -60, "5", "802.11ax", "WPA2", channel=44, bssid="a"),
    HeardNetwork("iPhone d'Anne", -50, "2.4", "802.11n", "WPA2", channel=6, bssid="b"),
)


def heard_run(session: AuditSession, *heard: HeardNetwork) -> MeasureRun:
    room, _ = add_place(session, PlaceKind.SALLE, "Classe CP")
    return run_of(place=room.id, room="Classe CP", heard=heard)


def test_a_run_of_our_own_is_kept_without_the_names_of_neighbours(
    session: AuditSession,
) -> None:
    run = heard_run(session, *ROOM_NETWORKS)
    with pytest.raises(MissingRoomError) as missing:
        keep_run(session, run)
    assert missing.value.names == ("iPhone d'Anne", "École")
    assert not kept_evidence(session)

    taken = keep_run(session, run, ("École",))
    (one,) = taken.read
    raw = AttachmentStore(session.workspace.folder).get(one.file.files[0])
    assert raw is not None
    assert b"Anne" not in raw
    assert "École".encode() in raw
    assert [each.channel for each in one.read.networks] == [44, 6], "counted still"
    offers = offered(session)
    assert offers["signal_wifi"].words == "−60\u00a0dBm"
    assert offers["wifi_capte"].words == "oui"
    assert not session.facts.answers.get((run.place, "signal_wifi"))
    again = keep_run(session, run)
    assert (again.offered, len(kept_evidence(session))) == (0, 1)


def test_who_let_the_line_be_filled_stands_on_the_visit_of_that_day(
    session: AuditSession,
) -> None:
    day = NOON.date()
    noted = add_visit(session, day, authorisation="Maire, par courriel")
    assert noted.measuring is None
    keep_run(session, run_of(measured(), started_at=NOON))
    (visit,) = session.visits
    assert visit.measuring == AUTHORISED
    assert visit.authorisation == "Maire, par courriel"
    corrected = add_visit(session, day, met=("M. Petit",), corrects=visit)
    assert corrected.measuring == AUTHORISED, "a correction keeps it"
    said = [change.said for change in changes_of(session)]
    assert any("mesures permises par Mme Durand" in words for words in said)


def test_a_visit_noted_after_the_measures_has_who_allowed_them(
    session: AuditSession,
) -> None:
    keep_run(session, run_of(measured(), authorisation=None))
    keep_run(session, run_of(measured(), started_at=NOON))
    assert add_visit(session, NOON.date()).measuring == AUTHORISED
    before = NOON.date() - timedelta(days=1)
    assert add_visit(session, before).measuring is None


def test_names_that_the_system_hides_offer_nothing_about_the_school(
    session: AuditSession, tmp_path: Path
) -> None:
    hidden = HeardNetwork("", -60, "5", channel=44)
    run = heard_run(session, hidden)
    keep_run(session, run)
    report = json.dumps(samples.PROFILER, ensure_ascii=False)
    report = report.replace("École", "<redacted>").replace("Voisin", "<redacted>")
    path = written(tmp_path, "mac.json", report.encode())
    context = EvidenceContext(run.place, ("École",))
    taken = import_evidence(session, [path], context)
    assert not taken.read[0].read.is_telling
    assert "wifi_capte" not in offered(session)
