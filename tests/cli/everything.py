"""A workspace where each table of the journal holds something."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from diag.audit import follow
from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.audit.compare import keep_judged
from diag.audit.observing import observe
from diag.audit.photos import PhotoSubject, join_photos
from diag.audit.places import add_places
from diag.imports.communes import import_fibre, import_mairies
from diag.journal import changes, seals
from diag.journal.outbox import Outbox
from diag.journal.seals import Card
from diag.model.enums import AuditStatus, PlaceKind
from diag.office import bundles
from diag.office.sealing import seal, signer_of
from diag.programme.container import create
from diag.sync.keys import DeviceKeys, keep_file_keys, load_age
from diag.workspace.workspace import Workspace
from tests.audit.builders import DAY, OTHER, SCHOOL, territory, workspace
from tests.audit.pictures import jpeg
from tests.imports.builders import write
from tests.journal.builders import NOON, known, person
from tests.journal.newer import newer
from tests.journal.test_dispatches import SENT
from tests.programme.test_container import FRAME, SIREN


def make(folder: Path) -> str:
    """Make it: one school closed, another shared with a colleague; return the commune.

    What the colleague said is under no seal of theirs, or contradicts.
    """
    with workspace(folder) as made:
        keep_keys(made, 1)
        import_mairies(territory().mairies, made.territory, source_date=DAY)
        for uai, rooms in ((SCHOOL, 30), (OTHER, 8)):
            audit(made, uai, rooms)
        insee = audits.open_session(made, SCHOOL).about.insee
        count_fibre(made, insee)
        enrol(made)
        share(made)
        keep_judged(audits.open_session(made, OTHER))
        create(made, "2027-2031", FRAME, siren=SIREN)
        seal(made)
        made.journal.compact()
        return insee


def audit(made: Workspace, uai: str, rooms: int) -> None:
    """Fill an audit, and close that of the first school."""
    session = audits.start(made, uai)
    names = [f"Salle {number}" for number in range(1, rooms + 1)]
    for place in add_places(session, PlaceKind.SALLE, names):
        for question, value in (("type_salle", "classe"), ("prises", "1")):
            record_answer(session, NewAnswer(question, value, place.id))
    record_answer(session, NewAnswer("acces_internet", "oui"))
    for value in ("12", "40"):
        record_answer(session, NewAnswer("debit", value))
    record_note(session, "debit", "Mesuré deux fois. " * 200)
    if uai == SCHOOL:
        said = session.revisions()[-1]
        session.record(changes.erased(session.audit.id, said.id, "demande"))
        follow.move(session, AuditStatus.CLOS)
    keep_judged(session)


def keep_keys(made: Workspace, seed: int) -> None:
    """Sign with a key that is the same each time."""
    age = str(load_age().x25519.Identity.generate())
    keep_file_keys(made.folder, DeviceKeys(sign=f"{seed:064x}", age=age))


def count_fibre(made: Workspace, insee: str) -> None:
    """Say how a commune is served."""
    header = "code_insee;nom_com;nbr;type;elig_ftth;date"
    counted = write(made.folder, f"{header}\n{insee};C;300;all;290;2026-03-31\n")
    import_fibre(counted, made.territory)


def enrol(made: Workspace) -> None:
    """Know by a hub's word whose two keys are."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    hub = private.public_key().public_bytes_raw().hex()
    signer = signer_of(made)
    assert signer
    for key, label in ((signer.key, "u-1"), ("00" * 32, "u-3")):
        card = Card(key, label, "write", ("*",), NOON, 0)
        signed = card._replace(sig=private.sign(card.content()).hex())
        assert seals.keep_cards(made.journal, hub, [signed])


def share(made: Workspace) -> None:
    """Have a colleague contradict in the second audit, and give what others wrote."""
    session = audits.open_session(made, OTHER)
    observe(session, "Un câble traverse le couloir.")
    join_photos(session, [jpeg(made.folder / "vue.jpg")], PhotoSubject())
    with workspace(made.folder / "collegue", author="u-2", seed=2) as theirs:
        keep_keys(theirs, 2)
        for who, whom in ((made, theirs), (theirs, made)):
            card = str(bundles.own_keys(whom).keys.card)
            bundles.add_colleague(who, whom.settings.author, card)
        there = made.folder / "a.diag"
        bundles.export(made, [OTHER], ["u-2"], there)
        bundles.bring_in(theirs, there)
        there.unlink()
        other = audits.open_session(theirs, OTHER)
        record_answer(session, NewAnswer("debit", "8"))
        for label, value in (("u-2", 90), ("u-3", 15)):
            said = changes.answered(
                other.audit.id, other.facts.root, "debit", known(value)
            )
            theirs.journal.write(said, person(label))
        bundles.export(theirs, [OTHER], ["u-1"], there)
        bundles.bring_in(made, there)
    unread = newer(session.revisions()[-1], value={"un": "mot"})
    made.journal.ingest([unread, b'{"v":1}'])
    Outbox(made.journal).add(
        session.audit.id, SENT, b"corps", sender="moi@example.org", title="R", at=NOON
    )
