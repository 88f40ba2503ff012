"""Drafts from a workspace: about a commune or one school, dated, in their folder."""

from collections.abc import Iterator

import pytest

from diag.audit.report import report_folder
from diag.documents.drafts import (
    DRAFTS,
    DraftKind,
    drafted,
    possible_drafts,
)
from diag.documents.formats import Format
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.office.imports import import_file
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY, SCHOOL, territory

OF_SCHOOLS = (DraftKind.PROJECT, DraftKind.APPLICATION, DraftKind.LOAN)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One school audited in full, its commune known."""
    with audited_workspace(tmp_path_factory.mktemp("drafts") / "desk") as workspace:
        import_file(workspace, "communes", territory().communes_file)
        yield workspace


@pytest.mark.parametrize("draft", DraftKind)
def test_every_draft_is_made_for_a_school_beside_its_reports(
    made: Workspace, draft: DraftKind
) -> None:
    told = drafted(made, draft, SCHOOL, DAY)

    assert told.folder == report_folder(audited(made))
    assert told.provisional
    assert told.paper.stem == draft
    assert DRAFTS[draft].title in told.paper.document.meta.title
    assert told.paper.document.markdown.startswith("# ")
    assert drafted(made, draft, SCHOOL, DAY) == told


def test_a_commune_s_note_knows_its_population_and_when_it_was_read(
    made: Workspace,
) -> None:
    told = drafted(made, DraftKind.NOTE, "commune:99903", DAY)

    assert told.folder.name == "commune-99903-2026-2027"
    assert (
        "Note obligatoire d’après la population connue" in told.paper.document.markdown
    )
    assert "5\u00a0octobre\u00a02026" in told.paper.document.markdown


@pytest.mark.parametrize("draft", OF_SCHOOLS)
def test_what_is_of_one_school_is_refused_to_a_commune(
    made: Workspace, draft: DraftKind
) -> None:
    with pytest.raises(DiagError, match="donnez son UAI"):
        drafted(made, draft, "commune:99903", DAY)


def test_what_is_of_a_commune_is_refused_to_the_territory(made: Workspace) -> None:
    with pytest.raises(DiagError, match="donnez commune:INSEE"):
        drafted(made, DraftKind.DELIBERATION, "territoire", DAY)


def test_each_subject_has_its_drafts() -> None:
    assert possible_drafts(PlaceKind.ECOLE) == tuple(DraftKind)
    assert not set(possible_drafts(PlaceKind.COMMUNE)) & set(OF_SCHOOLS)
    assert possible_drafts(PlaceKind.SYNDICAT) == ()


@pytest.mark.long
def test_every_draft_takes_the_four_forms(made: Workspace) -> None:
    for draft in DraftKind:
        paper = drafted(made, draft, SCHOOL, DAY).paper
        for form in Format:
            content, warning = paper.document.write(form)
            assert content
            assert not warning
