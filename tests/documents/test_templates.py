"""Templates of one's own: copied with where they come from, compared, tried."""

from pathlib import Path

import pytest

from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.demo import problems_tried
from diag.documents.formats.pdf import write_pdf
from diag.documents.templates import (
    build_document,
    chosen_templates,
    difference,
    eject,
    templates,
)
from diag.model.enums import READERS, Audience
from diag.model.errors import DiagError
from diag.workspace.charter import templates_folder
from diag.workspace.workspace import Workspace
from tests.documents.reading import markdown


def own(desk: Workspace, name: str) -> Path:
    return templates_folder(desk) / f"{name}.md.jinja"


def words(desk: Workspace, name: str) -> str:
    return chosen_templates(desk, name)[0].words


def test_what_was_copied_and_not_changed_says_the_same(session: AuditSession) -> None:
    before = [markdown(report_of(session), audience) for audience in READERS]
    written = eject(session.workspace)
    assert len(written) == len(templates(session.workspace))
    report = report_of(session)
    assert [markdown(report, audience) for audience in READERS] == before
    assert report.office.house.refused == {}
    assert words(session.workspace, "mairie") == "le vôtre, sans changement"
    assert eject(session.workspace) == ()


def test_ones_own_is_never_replaced(desk: Workspace) -> None:
    (path,) = eject(desk, "mairie.md.jinja")
    path.write_text("À moi", encoding="utf-8")
    with pytest.raises(DiagError, match="existe déjà"):
        eject(desk, "mairie")
    eject(desk)
    assert path.read_text(encoding="utf-8") == "À moi"
    with pytest.raises(DiagError, match="« mairie »"):
        eject(desk, "mairi")


def test_what_differs_is_shown_without_the_header(desk: Workspace) -> None:
    (path,) = eject(desk, "mairie")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("## L'essentiel", "## En bref"), encoding="utf-8")
    lines = list(difference(chosen_templates(desk, "mairie")[0]))
    changed = [one for one in lines[2:] if one.startswith(("+", "-"))]
    assert changed == ["-## L'essentiel", "+## En bref"]
    assert lines[-1] == "mairie : le vôtre."


def test_a_shipped_template_that_changed_since_is_told(desk: Workspace) -> None:
    (path,) = eject(desk, "mairie")
    text = path.read_text(encoding="utf-8")
    at = text.index("empreinte ") + len("empreinte ")
    path.write_text(f"{text[:at]}{'0' * 64}{text[at + 64 :]}", encoding="utf-8")
    assert words(desk, "mairie").endswith("a changé depuis votre copie")
    path.write_text("Bonjour", encoding="utf-8")
    assert "on ne sait quel" in words(desk, "mairie")
    assert words(desk, "equipe") == "livré"


@pytest.mark.long
def test_every_document_is_tried_on_invented_audits(desk: Workspace) -> None:
    eject(desk)
    own(desk, "note").write_text("Un\n{{ inconnu }}\n", encoding="utf-8")
    own(desk, "option").write_text("{{ report.facts }}", encoding="utf-8")
    own(desk, "equipe").write_text("# A\n\n#### B\n\nC\n", encoding="utf-8")
    overlay = templates_folder(desk).parent
    (overlay / "charte.yaml").write_text('accent: "#ffff00"\n', encoding="utf-8")
    made: list[str] = []
    problems = problems_tried(overlay, made.append)
    assert len(made) == 3 * len(Audience) + 10
    told = "\n".join(problems)
    assert "overlay/modeles/note.md.jinja, ligne 2 : ce nom n'existe pas" in told
    assert "overlay/modeles/option.md.jinja, ligne 1 : " in told
    assert "#ffff00 se lit mal" in told
    assert len(problems) == len({one.partition(" : ")[0] for one in problems})


def test_a_syndicat_s_look_and_words_go_with_the_four_pages(
    session: AuditSession,
) -> None:
    """Copied whole, recoloured: the same pages. Rewritten: told what it replaces."""
    desk = session.workspace
    eject(desk)
    overlay = templates_folder(desk).parent
    (overlay / "charte.yaml").write_text('accent: "#5a1a6b"\n', encoding="utf-8")
    house = report_of(session).office.house
    made = build_document(report_of(session), Audience.MAIRIE)
    assert made.drawn.later
    assert made.look.accent == "#5a1a6b"
    assert house.explain(Audience.MAIRIE) == ""

    own(desk, "mairie").write_text("# À nous\n\nNos mots.\n", encoding="utf-8")
    own(desk, "technique").write_text("# À nous\n\nNos mots.\n", encoding="utf-8")
    own(desk, "equipe").write_text("{{ inconnu }}", encoding="utf-8")
    report = report_of(session)
    mayors = build_document(report, Audience.MAIRIE)
    assert "Nos mots." in mayors.markdown
    assert mayors.drawn.later is None
    assert not write_pdf(mayors)[1]
    assert "à la place des quatre pages" in report.office.house.explain(Audience.MAIRIE)
    assert build_document(report, Audience.MAIRIE).drawn.later is None  # asked again
    _ = build_document(report, Audience.TECHNIQUE).paper
    told = report.office.house.explain(Audience.TECHNIQUE)
    assert "diag templates eject technique-papier" in told
    assert build_document(report, Audience.EQUIPE).paper is not None
    refused = report.office.house.explain(Audience.EQUIPE)
    assert "Le modèle livré a servi" in refused
    assert "papier" not in refused
