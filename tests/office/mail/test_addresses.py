from datetime import date
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.session import AuditSession
from diag.imports.communes import import_mairies
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.office.mail import address_of, remember_address, typed_address
from diag.workspace.workspace import Workspace
from tests.audit.builders import started, territory, workspace

UNKNOWN, WEB_PAGE = "9990196J", "9990157S"
ACADEMY = ("ien@ac-vallombre.example",)


def test_the_town_hall_is_written_to_as_its_file_says_with_its_day(
    session: AuditSession,
) -> None:
    found = address_of(session, Audience.MAIRIE)
    assert found.to == ("mairie@courvaux-sur-ombre.example",)
    assert found.source == "fichier des mairies, du 5 octobre 2026"
    assert found.warnings == ()


def test_the_team_is_written_to_at_the_schools_address(session: AuditSession) -> None:
    found = address_of(session, Audience.EQUIPE)
    assert found.to == ("ce.9990148G@ac-vallombre.example",)
    assert "fiche du 15 septembre 2026" in found.source


@pytest.mark.parametrize(
    ("uai", "why"), [(UNKNOWN, "adresse inconnue"), (WEB_PAGE, "page web")]
)
def test_an_address_that_no_file_gives_is_asked_never_guessed(
    desk: Workspace, uai: str, why: str
) -> None:
    with pytest.raises(DiagError, match=f"la mairie : {why}.*--address"):
        address_of(started(desk, uai), Audience.MAIRIE)


@pytest.mark.parametrize("audience", [Audience.ACADEMIE, Audience.TECHNIQUE])
def test_who_is_in_no_file_is_asked_for(
    session: AuditSession, audience: Audience
) -> None:
    with pytest.raises(DiagError, match="aucun fichier officiel"):
        address_of(session, audience)


def test_an_old_address_is_told_as_such(tmp_path: Path) -> None:
    with workspace(tmp_path / "old") as made:
        day = date(2021, 5, 1)
        import_mairies(territory().mairies, made.territory, source_date=day)
        found = address_of(started(made), Audience.MAIRIE)
    assert found.source == "fichier des mairies, du 1er mai 2021"
    assert found.warnings == ("Adresse de 2021 : vérifiez qu'elle sert encore.",)


def test_a_mailbox_that_may_be_someones_own_is_told(session: AuditSession) -> None:
    (warning,) = typed_address(session, ("maire@orange.fr",)).warnings
    assert "fournisseur grand public" in warning


def test_a_typed_address_is_proposed_next_time_with_its_day(
    session: AuditSession,
) -> None:
    remember_address(session, Audience.ACADEMIE, typed_address(session, ACADEMY))
    found = address_of(session, Audience.ACADEMIE)
    assert (found.to, found.source) == (ACADEMY, "tapée ici le 5 octobre 2026")


def test_a_typed_address_serves_those_it_is_about_only(
    desk: Workspace, session: AuditSession
) -> None:
    mine = typed_address(session, ("mairie2@courvaux.example",))
    remember_address(session, Audience.MAIRIE, mine)
    with pytest.raises(DiagError):
        address_of(started(desk, UNKNOWN), Audience.MAIRIE)
    commune = audits.start(desk, "commune:99903")
    assert address_of(commune, Audience.MAIRIE).to == mine.to


@pytest.mark.parametrize(
    "typed", ["", "maire", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example"]
)
def test_what_is_no_address_is_refused(session: AuditSession, typed: str) -> None:
    with pytest.raises(DiagError, match="Rien n'a été fait"):
        typed_address(session, (typed,))


def test_the_same_address_typed_twice_is_written_to_once(session: AuditSession) -> None:
    assert typed_address(session, (ACADEMY[0], f" {ACADEMY[0]} ")).to == ACADEMY
