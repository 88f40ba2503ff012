from diag.journal import changes, subjects
from diag.journal.journal import Journal
from diag.journal.records import questionnaires_of
from diag.journal.revision import Json, NewRevision, Origin
from diag.journal.signatures import signature_of
from diag.model.audit import Questionnaire
from diag.model.enums import AuditStatus
from tests.journal.builders import AUDIT

PAGE = Questionnaire(
    id="0123abcd", whom="equipe", questions=("usage_ia", "robots"), on="2026-10-05"
)
LATER = PAGE.model_copy(update={"id": "00000000", "questions": ("robots",)})


def test_pages_are_told_in_the_order_of_printing(
    journal: Journal, author: Origin
) -> None:
    for one in (PAGE, LATER, PAGE):
        journal.write(changes.questioned(AUDIT.id, one), author)
    assert questionnaires_of(journal, AUDIT.id) == (LATER, PAGE)


def test_what_is_no_page_is_left_out(journal: Journal, author: Origin) -> None:
    odd: tuple[Json, ...] = ({"whom": "equipe"}, "texte", {"on": "hier"})
    for at, value in enumerate(odd):
        journal.write(
            NewRevision(AUDIT.id, subjects.questionnaire(str(at)), value), author
        )
    said = journal.write(changes.questioned(AUDIT.id, PAGE), author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    assert questionnaires_of(journal, AUDIT.id) == ()


def test_printing_a_page_leaves_a_closed_audit_as_it_was_signed(
    journal: Journal, author: Origin
) -> None:
    signed = journal.digest(AUDIT.id)
    journal.write(changes.moved(AUDIT.id, AuditStatus.CLOS, signed), author)
    journal.write(changes.questioned(AUDIT.id, PAGE), author)
    closing = signature_of(journal, AUDIT.id)
    assert closing is not None
    assert closing.intact
