from diag.journal import changes, subjects
from diag.journal.journal import Journal
from diag.journal.records import dispatches_of
from diag.journal.revision import Json, NewRevision, Origin
from diag.journal.signatures import signature_of
from diag.model.audit import Dispatch, Way
from diag.model.enums import Audience, AuditStatus
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, apart, known, person

SENT = Dispatch(
    id="00000000-0000-4000-8000-00000000000a",
    audience=Audience.MAIRIE,
    to=("mairie@courvaux.example",),
    on="2026-10-05",
    way=Way.SMTP,
    digest="ab" * 32,
    edition="cd" * 32,
    message="<a@vallombre.example>",
)
LATER = SENT.model_copy(
    update={"id": "00000000-0000-4000-8000-000000000001", "on": "2026-10-06"}
)


def test_what_was_sent_is_told_by_day(journal: Journal, author: Origin) -> None:
    for one in (LATER, SENT):
        journal.write(changes.dispatched(AUDIT.id, one), author)
    assert dispatches_of(journal, AUDIT.id) == (SENT, LATER)


def test_the_same_draft_said_twice_is_one_dispatch(
    journal: Journal, author: Origin
) -> None:
    for digest in ("01" * 32, "02" * 32):
        again = SENT.model_copy(update={"digest": digest})
        apart(journal, changes.dispatched(AUDIT.id, again), person(digest[:2]))
    (told,) = dispatches_of(journal, AUDIT.id)
    assert told.digest in {"01" * 32, "02" * 32}


def test_what_is_no_dispatch_is_left_out(journal: Journal, author: Origin) -> None:
    odd: tuple[Json, ...] = ({"way": "pigeon"}, "texte", {"on": "hier"})
    for at, value in enumerate(odd):
        journal.write(NewRevision(AUDIT.id, subjects.dispatch(str(at)), value), author)
    said = journal.write(changes.dispatched(AUDIT.id, SENT), author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    assert dispatches_of(journal, AUDIT.id) == ()


def test_sending_a_closed_audit_leaves_it_as_it_was_signed(
    journal: Journal, author: Origin
) -> None:
    signed = journal.digest(AUDIT.id)
    journal.write(changes.moved(AUDIT.id, AuditStatus.CLOS, signed), author)
    journal.write(changes.dispatched(AUDIT.id, SENT), author)
    closing = signature_of(journal, AUDIT.id)
    assert closing is not None
    assert closing.intact
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    changed = signature_of(journal, AUDIT.id)
    assert changed is not None
    assert not changed.intact


def test_datasette_shows_what_was_sent(journal: Journal, author: Origin) -> None:
    journal.write(changes.opened(AUDIT.id, CAMPAIGN, SUBJECT), author)
    journal.write(changes.dispatched(AUDIT.id, SENT), author)
    columns = "code, document, destinataires, jour, voie, provisoire, empreinte"
    assert journal.select(f"select {columns} from v_envois") == [
        (
            *("9990001A", "mairie", "mairie@courvaux.example", "2026-10-05"),
            *("envoyé", 0, "ab" * 6),
        )
    ]
