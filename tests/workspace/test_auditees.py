"""Whom an audit may be about, and what an audit of a commune is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.answer import find_question, record_note
from diag.audit.bilan import explained
from diag.audit.report import report_folder, report_of
from diag.audit.session import listed, open_session, start
from diag.demo.territory import with_key
from diag.model.enums import READERS, PlaceKind
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.office.imports import import_file
from diag.office.supervision import list_audits_of, who
from diag.workspace.subjects import auditee_named
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, territory, workspace
from tests.documents.reading import markdown

SIREN = with_key("25990001")


@pytest.fixture
def desk(tmp_path: Path) -> "Workspace":
    return workspace(tmp_path / "desk")


@pytest.fixture(autouse=True)
def closed(desk: Workspace) -> Iterator[None]:
    yield
    desk.close()


def commune_of(desk: Workspace) -> str:
    school = desk.territory.school(SCHOOL)
    assert school is not None
    return school.insee


def test_a_school_goes_by_its_uai(desk: Workspace) -> None:
    about = auditee_named(desk, SCHOOL)
    assert (about.kind, about.ref, about.stem) == (PlaceKind.ECOLE, SCHOOL, SCHOOL)
    assert auditee_named(desk, f"ecole:{SCHOOL}") == about


def test_a_commune_goes_by_its_insee_code(desk: Workspace) -> None:
    insee = commune_of(desk)
    about = auditee_named(desk, f"commune:{insee}")
    assert about.ref == f"commune:{insee}"
    assert about.stem == f"commune-{insee}"
    assert about.name.startswith("Commune d")
    assert about.title == about.name


def test_the_geographic_code_names_a_commune_without_a_school(desk: Workspace) -> None:
    import_file(desk, "communes", territory().communes_file)
    for commune in desk.territory.communes():
        about = auditee_named(desk, f"commune:{commune.insee}")
        assert about.commune == commune.name


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("commune:1", "n'est pas un code INSEE"),
        ("commune:98765", "inconnue dans ce territoire"),
        ("syndicat:12", "neuf chiffres"),
        ("syndicat", "Donnez-le une fois"),
        ("mairie:99905", "commune:INSEE"),
    ],
)
def test_who_is_not_known_is_said_with_what_to_do(
    ref: str, said: str, desk: Workspace
) -> None:
    with pytest.raises(DiagError, match=said):
        start(desk, ref)


def test_the_first_siren_is_one_s_own_and_is_remembered(desk: Workspace) -> None:
    session = start(desk, f"syndicat:{SIREN}")
    assert session.about.name == desk.settings.syndicat
    assert desk.settings.siren == SIREN
    assert start(desk, "syndicat").audit == session.audit
    with pytest.raises(DiagError, match="ce n'est ni celui de votre syndicat"):
        start(desk, f"syndicat:{with_key('25990002')}")


def test_a_commune_has_its_own_audit_beside_its_school_s(desk: Workspace) -> None:
    ref = f"commune:{commune_of(desk)}"
    start(desk, SCHOOL)
    session = start(desk, ref)
    assert start(desk, ref).audit == session.audit
    assert [one.about.ref for one in listed(desk)] == [SCHOOL, ref]
    assert session.facts.places[session.facts.root].kind is PlaceKind.COMMUNE
    assert all(
        each.place is PlaceKind.COMMUNE for each in session.checklist.questions.values()
    )


def test_what_is_known_of_a_commune_and_of_a_syndicat_is_told(desk: Workspace) -> None:
    session = start(desk, f"commune:{commune_of(desk)}")
    about, school = session.about, auditee_named(desk, SCHOOL)
    assert dict(who(desk, about))["Écoles"]
    assert "Commune" not in dict(who(desk, school)), "opened, nothing said"
    record_note(session, next(iter(session.checklist.questions)), "À demander")
    assert dict(who(desk, school))["Commune"] == "audit en cours, campagne 2026-2027"
    assert [one.audit.subject for one in list_audits_of(desk, about)] == [about.subject]
    syndicat = start(desk, f"syndicat:{SIREN}").about
    assert dict(who(desk, syndicat))["SIREN"] == SIREN


def test_a_commune_that_nobody_audited_is_said(desk: Workspace) -> None:
    with pytest.raises(DiagError, match="Ouvrez-le") as caught:
        open_session(desk, f"commune:{commune_of(desk)}")
    assert caught.value.command == f"diag audit start commune:{commune_of(desk)}"


def test_documents_of_a_commune_speak_of_no_school_of_its_own(desk: Workspace) -> None:
    session = start(desk, f"commune:{commune_of(desk)}")
    assert report_folder(session).name.startswith("commune-")
    for audience in READERS:
        text = markdown(report_of(session), audience).replace("\u00a0", " ")
        assert text.startswith(f"# Diagnostic numérique : {session.about.name}")
        head = text.partition("##")[0].replace("’", "'")
        assert "UAI" not in head
        assert "de l'école" not in head


def test_a_commune_s_audit_travels_with_its_name(
    desk: Workspace, tmp_path: Path
) -> None:
    session = start(desk, f"commune:{commune_of(desk)}")
    export_audit(session, tmp_path / "a.json")
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        theirs, _ = import_audit(other, tmp_path / "a.json")
        assert theirs.about.ref == session.about.ref
        export_audit(theirs, tmp_path / "b.json")
    assert (tmp_path / "b.json").read_bytes() == (tmp_path / "a.json").read_bytes()


def test_what_belongs_to_another_audit_is_said_to(desk: Workspace) -> None:
    school, commune = start(desk, SCHOOL), start(desk, f"commune:{commune_of(desk)}")
    theirs = next(iter(commune.checklist.questions))
    with pytest.raises(DiagError, match=r"audit de la commune \(commune:\d+\)"):
        find_question(school, theirs)
    with pytest.raises(DiagError, match=r"audit de l'école \(UAI\)"):
        find_question(commune, "nb_classes")
    for ident in (*commune.checklist.criteria, *commune.checklist.recommendations):
        with pytest.raises(DiagError, match="audit de la commune"):
            explained(school, ident)
