"""Which audits a synthesis holds, found from what is typed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import move
from diag.audit.report import report_of
from diag.documents.formats import Format
from diag.documents.synthesis import gathered, scope_named, synthesis
from diag.documents.write import write_paper
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.office.imports import import_file
from diag.words.sentences import typeset
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY, OTHER, SCHOOL, territory


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Workspace]:
    """One school audited in full; another one opened, where nobody went yet."""
    with audited_workspace(tmp_path / "desk") as workspace:
        import_file(workspace, "communes", territory().communes_file)
        audits.start(workspace, OTHER)
        yield workspace


def test_a_commune_s_synthesis_names_its_own_schools_alone(made: Workspace) -> None:
    stranger = audits.open_session(made, OTHER)
    record_answer(stranger, NewAnswer("debit_descendant", 12))
    assert len(gathered(made, scope_named(made, "territoire"), DAY).schools) == 2

    paper, folder, provisional = synthesis(made, "commune:99903", DAY)

    assert folder.name == "commune-99903-2026-2027"
    assert provisional
    assert "École primaire Les Marronniers" in paper.document.markdown
    assert "Noisetiers" not in paper.document.markdown


def test_a_closed_school_keeps_its_sums_beside_an_open_one(tmp_path: Path) -> None:
    """Printed in November, what was closed in October costs what its report says."""
    with audited_workspace(tmp_path / "desk") as made:
        import_file(made, "communes", territory().communes_file)
        move(audited(made), AuditStatus.CLOS)
        record_answer(audits.start(made, OTHER), NewAnswer("debit_descendant", 12))

    with Workspace.open(tmp_path / "desk", fixed_world(date(2026, 11, 28), 7)) as later:
        own = report_of(audited(later)).public.budget
        whole = gathered(later, scope_named(later, "territoire"))

        (found,) = [one for one in whole.extracts if one.about.ref == SCHOOL]
        assert found.paid == own.totals


def test_an_audit_that_nobody_began_is_among_the_missing(made: Workspace) -> None:
    whole = gathered(made, scope_named(made, "territoire"), DAY)

    assert [one.about.ref for one in whole.schools] == [SCHOOL]
    assert any("Noisetiers" in one for one in whole.missing)
    private = [one for one in made.territory.schools() if one.sector == "Privé"]
    assert len(whole.missing) == 40 - len(private) - 1
    assert len(whole.unseen) == len(whole.missing)


def test_a_word_of_its_name_finds_a_circonscription(made: Workspace) -> None:
    school = made.territory.school(SCHOOL)
    assert school is not None
    town = school.circonscription.split()[-1]

    paper, folder, _ = synthesis(made, f"circonscription:{town.lower()}", DAY)

    assert typeset(school.circonscription) in paper.document.markdown
    assert folder.name.startswith("circonscription-")
    assert ":" not in folder.name


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        (SCHOOL, "Une école a son rapport"),
        ("commune:99914", "Aucune école auditée"),
        ("circonscription:degre", "Plusieurs circonscriptions"),
        ("circonscription:atlantide", "Aucune circonscription pour « atlantide »"),
        ("circonscription:", "Précisez un mot"),
    ],
)
def test_what_cannot_be_told_says_what_to_do(
    made: Workspace, ref: str, said: str
) -> None:
    with pytest.raises(DiagError, match=said):
        synthesis(made, ref, DAY)


def test_the_same_audits_are_the_same_bytes_in_every_form(made: Workspace) -> None:
    one, again = (synthesis(made, "territoire", DAY)[0] for _ in range(2))
    for form in Format:
        assert one.document.write(form) == again.document.write(form)


def test_a_paper_is_written_whole_in_the_forms_asked(
    made: Workspace, tmp_path: Path
) -> None:
    paper, _, _ = synthesis(made, "territoire", DAY)

    written = list(write_paper(paper, tmp_path / "out", (Format.MARKDOWN, Format.PDF)))

    assert [one.path for one in written] == [
        tmp_path / "out" / "synthese.md",
        tmp_path / "out" / "synthese.pdf",
    ]
    assert not list((tmp_path / "out").glob("*.part"))
