"""A name, a number, a word of health: shown and agreed on before anybody reads it."""

from pathlib import Path

import pytest

from diag.audit.observing import mark_noted, observe
from diag.audit.places import rename_place
from diag.audit.remarks import PUBLIC_READERS, slips_of
from diag.audit.report import report_of
from diag.audit.votes import votes_of
from diag.documents.formats import Format
from diag.documents.tables.answers import answers_of
from diag.documents.write import DocumentsWanted, write_one
from diag.model.enums import Audience
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import SCHOOL
from tests.cli.running import Run, diag
from tests.examples import cases

NOTE = "Mme Dupont, 06 12 34 56 78, a un élève dyslexique"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an audit whose note names people, and nothing public does."""
    folder = tmp_path_factory.mktemp("slips") / "desk"
    with audited_workspace(folder) as desk:
        session = audited(desk)
        assert slips_of(session) == ()
    done = diag(folder, "audit", "note", SCHOOL, "debit_descendant", NOTE)
    assert done.code == 0, done.err
    return folder


def told(done: Run) -> None:
    """What may name somebody is listed with where it is, and what to do."""
    assert done.code == 1
    for words in ("« Mme Dupont » (nom)", "« 06 12 34 56 78 » (téléphone)",
                  "« dyslexique » (santé)", "la note de « ", "--let-out"):  # fmt: skip
        assert words in done.err.replace("\u00a0", " "), done.err


def test_a_report_waits_until_it_is_agreed_on(made: Path, tmp_path: Path) -> None:
    asked = ("report", SCHOOL, "--format", "md", "--out", str(tmp_path))
    told(diag(made, *asked))
    assert not list(tmp_path.iterdir())

    mairie = diag(made, *asked, "--audience", "mairie")  # no note is printed there
    assert mairie.code == 0, mairie.err
    (page,) = tmp_path.rglob("mairie*.md")
    assert "Dupont" not in page.read_text(encoding="utf-8")

    agreed = diag(made, *asked, "--let-out")
    assert agreed.code == 0
    assert "« Mme Dupont » (nom)" in agreed.err.replace("\u00a0", " ")
    assert "Laissé sortir à votre demande." in agreed.err
    (annex,) = tmp_path.rglob("technique*.md")
    assert "Dupont" in annex.read_text(encoding="utf-8")


def test_of_many_audits_the_one_that_names_people_waits(
    made: Path, tmp_path: Path
) -> None:
    asked = ("report", "--all", "--format", "md", "--out", str(tmp_path))
    held = diag(made, *asked)
    assert held.code == 1
    assert "passages peuvent désigner quelqu'un" in held.out
    assert not list(tmp_path.rglob("technique*.md"))
    assert diag(made, *asked, "--let-out").code == 0
    assert list(tmp_path.rglob("technique*.md"))


@pytest.mark.parametrize("table", ["answers", "tickets", "glpi"])
def test_a_table_waits_too(made: Path, tmp_path: Path, table: str) -> None:
    asked = ("export", table, SCHOOL, "--out", str(tmp_path))
    told(diag(made, *asked))
    assert not list(tmp_path.iterdir())


def test_the_atlas_embeds_no_note(made: Path, tmp_path: Path) -> None:
    done = diag(made, "atlas", str(tmp_path / "atlas"), "--format", "html")
    assert done.code == 0, done.err
    pages = [one.read_text("utf-8") for one in (tmp_path / "atlas").rglob("*.html")]
    assert any("Annexe technique" in one for one in pages)
    for text in pages:
        assert "Dupont" not in text
        assert "06 12" not in text.replace("\u202f", " ")
        assert "Répéteur Wi-Fi posé sur une étagère" not in text


def test_no_phone_number_is_in_the_default_table(made: Path, tmp_path: Path) -> None:
    with audited_workspace(tmp_path / "other") as desk:
        session = audited(desk)
        diag(tmp_path / "other", "audit", "note", SCHOOL, "debit_descendant", NOTE)
        report = report_of(session.reopen())
        rows = repr(answers_of(report).rows)
        assert "06 12" not in rows
        assert "[numéro retiré], a un élève" in rows
        assert "06 12 34 56 78" in repr(answers_of(report, let_out=True).rows)


def test_closing_asks_about_what_is_public_alone(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with audited_workspace(folder) as desk:
        session = audited(desk)
        seen = observe(session, NOTE)
        assert slips_of(session, PUBLIC_READERS) == ()
        mark_noted(session, seen.id, shown=True)
        assert len(slips_of(session, PUBLIC_READERS)) == 3
    close = ("audit", "status", SCHOOL, "--set", "clos")
    held = diag(folder, *close)
    assert held.code == 1
    assert "l'observation de « " in held.err
    assert diag(folder, *close, "--let-out").code == 0


def test_the_words_of_a_vote_are_asked_about_before_they_are_kept(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "desk"
    with audited_workspace(folder) as desk:
        ident = votes_of(report_of(audited(desk))).votes[0].actions[0]
    asked = ("audit", "vote", SCHOOL, ident, "--title", "Équiper la classe de Julie")
    held = diag(folder, *asked, "--why", "demande")
    assert held.code == 1
    assert "« classe de Julie » (nom)" in held.err.replace("\u00a0", " ")
    assert diag(folder, *asked, "--why", "demande", "--let-out").code == 0


def test_the_reserved_sheet_is_handed_over_and_asks_nothing(made: Path) -> None:
    with Workspace.open(made) as desk:
        session = audited(desk)
        assert slips_of(session, (Audience.RESERVE,)) == ()
        wanted = DocumentsWanted((Audience.TECHNIQUE,), (Format.MARKDOWN,))
        assert "3 passages" in write_one(session, wanted).held


DRAFT = ("draft", "deliberation", SCHOOL)
SYNTHESIS = ("synthesis", "commune:99903")
NAMING = [
    *(DRAFT, ("draft", "convention", SCHOOL), SYNTHESIS, ("synthesis", "territoire")),
]


@pytest.mark.parametrize("asked", cases(NAMING, DRAFT, SYNTHESIS))
def test_drafts_and_syntheses_wait_for_what_they_may_print(
    asked: tuple[str, ...], tmp_path: Path
) -> None:
    """The name of a room is in all of them: « Classe de Mme Dupont »."""
    folder, out = tmp_path / "desk", tmp_path / "out"
    with audited_workspace(folder) as desk:
        rename_place(audited(desk), "Classe CE2", "Classe de Mme Dupont")
    command = (*asked, "--format", "md", "--out", str(out))
    held = diag(folder, *command)
    assert held.code == 1
    assert "« Mme Dupont » (nom)" in held.err.replace("\u00a0", " ")
    assert not out.exists()
    agreed = diag(folder, *command, "--let-out")
    assert agreed.code == 0, agreed.err
    assert [*out.rglob("*.md")]
