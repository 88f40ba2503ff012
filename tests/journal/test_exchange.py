from pathlib import Path

from diag.journal import changes, exchange
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, known

HUB = "hub-1"


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_sums_counted_again_from_rows_are_those_of_the_manifest(
    journal: Journal, author: Origin
) -> None:
    for number in range(5):
        answer = known(number)
        journal.write(changes.answered(AUDIT.id, ROOT, "nb_classes", answer), author)

    sums = exchange.proven_sums(journal)

    assert tuple(sums.values()) == journal.manifest()
    assert exchange.proven_sum(journal, AUDIT.id) == sums[AUDIT.id]


def test_an_audit_that_is_not_here_sums_to_nothing(journal: Journal) -> None:
    assert exchange.proven_sum(journal, AUDIT.id).revisions == 0
    assert exchange.mark_of(journal, HUB, AUDIT.id) == (0, 0, 0)


def test_a_page_and_its_cursor_are_kept_together(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    with Journal.open(made(tmp_path / "other")) as other:
        other.write(changes.opened(AUDIT.id, CAMPAIGN, SUBJECT), author)
        lines = list(other.lines(AUDIT.id))

    taken = exchange.take_page(journal, HUB, AUDIT.id, lines, 1)

    assert taken.new == 1
    assert exchange.mark_of(journal, HUB, AUDIT.id) == (1, 0, 1)
    exchange.keep_equal(journal, HUB, exchange.proven_sum(journal, AUDIT.id))
    assert exchange.mark_of(journal, HUB, AUDIT.id) == (1, 1, 1)


def test_lines_are_sent_so_that_any_first_part_can_be_taken_in(
    journal: Journal, author: Origin
) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", "un nom"), author)
    journal.write(changes.opened(AUDIT.id, CAMPAIGN, SUBJECT), author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)

    sent = exchange.lines_to_send(journal, AUDIT.id)
    late = exchange.lines_to_send(journal, AUDIT.id, above=2)

    assert [b'"audit/subject"' in one.line for one in sent] == [True, False, False]
    assert [b'"erased":true' in one.line for one in sent] == [False, False, True]
    assert [keyed.line for keyed in late] == [sent[1].line]
