"""The sample that a reader sees first is what the program produces."""

import io
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from pypdf import PdfReader

from diag import demo
from diag.audit.counsel import evolution
from diag.audit.follow import wrote_in
from diag.audit.photos import photos_of
from diag.audit.proposals import waiting
from diag.audit.session import open_session
from diag.demo import SLUG, Demonstration, demonstrate
from diag.demo.stories import AGAIN, COMMUNE, DAY, FULL, HALF, LAST, READ, scenario
from diag.documents import programme as pages
from diag.journal.journal import FILE
from diag.model.enums import AuditStatus, FollowUpState
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.programme.assembling import board_of
from diag.programme.container import opened
from diag.workspace.workspace import Workspace, fixed_world
from tests.cli.test_programme import cells
from tests.contracts.refresh_exports import EXPORTS
from tests.contracts.sample import PICTURED, files_of, write_sample
from tests.shared import copy_once_made
from tests.shipped import shipped

PACKAGES = (".odt", ".xlsx", ".zip")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Return a copy of the demonstration of this run, and where its reports are."""
    folder = tmp_path_factory.mktemp("demo")
    copy_once_made("demonstration", demonstrate, folder)
    stems = (scenario(one).uai.replace(":", "-") for one in (FULL, HALF, COMMUNE))
    reports = {
        path.name: tuple(path.iterdir()) for path in (folder / "exports").iterdir()
    }
    return Demonstration(folder, *(reports[stem] for stem in stems))


@pytest.fixture(scope="module")
def produced(
    made: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("exports")
    write_sample(made, folder)
    return dict(files_of(folder))


def told(name: str, content: bytes) -> object:
    """Return what a file says: what packs it may differ from one system to another."""
    if name.endswith(PACKAGES):
        with ZipFile(io.BytesIO(content)) as package:
            return {each: package.read(each) for each in package.namelist()}
    if name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(content))
        return dict(reader.attachments), len(reader.pages)
    if name.endswith(".eml"):
        message = message_from_bytes(content, policy=default)
        parts = [one for one in message.walk() if one.get_content_maintype() == "text"]
        names = [one.get_filename() for one in message.walk()]
        return message.items(), [one.get_content() for one in parts], names
    if name.endswith(".png"):
        with Image.open(io.BytesIO(content)) as page:
            return page.size
    return content


def test_the_first_page_for_the_mayor_holds_all_that_suffices(
    produced: dict[str, bytes],
) -> None:
    """A line of it fell alone on the next page."""
    first = PdfReader(io.BytesIO(produced["mairie.pdf"])).pages[0].extract_text()
    words = " ".join(first.split())
    for each in ("Sans vote, dès réception", "reste à la commune", "ajourné"):
        assert each in words
    assert "Ensemble, trois budgets" in words
    assert "Ne signez aucun devis" in words


def test_exports_are_what_the_program_writes(produced: dict[str, bytes]) -> None:
    """Refresh them: python -m tests.contracts.refresh_exports."""
    kept = dict(files_of(EXPORTS))

    assert sorted(kept) == sorted(produced)
    aged = [
        each for each in kept if told(each, kept[each]) != told(each, produced[each])
    ]
    assert aged == []


def test_the_demonstration_cites_no_text_before_the_day_it_was_read() -> None:
    """Its law was « lu le 27 novembre » in documents of the 5 October."""
    told = shipped()
    laws = [one.law.read_on for one in told.criteria.values() if one.law]
    rules = [one.as_of for one in told.finances.values()]
    assert max((*laws, *rules)) <= DAY.isoformat()


def test_the_pictures_are_pages_small_enough_to_be_read_on_line() -> None:
    for audience in PICTURED:
        path = EXPORTS / f"{audience}-page-1.png"
        with Image.open(path) as page:
            assert page.height > page.width > 500
            assert len(page.getcolors() or ()) > 8
        assert path.stat().st_size < 100_000


def test_the_readmes_show_the_pictures_and_name_files_that_are_there() -> None:
    for folder in (EXPORTS, EXPORTS.parent):
        text = (folder / "README.md").read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#:]+)\)", text)
        assert [one for one in links if not (folder / one).exists()] == []
        assert {Path(one).name for one in links if one.endswith(".png")} == {
            f"{audience}-page-1.png" for audience in PICTURED
        }


def test_every_kind_of_file_is_named_by_the_readme() -> None:
    text = (EXPORTS / "README.md").read_text(encoding="utf-8")
    folders = ("atlas/", "projets/", "courriel/")
    names = [name for name, _ in files_of(EXPORTS) if not name.startswith(folders)]
    assert [name for name in names if name not in (text + "README.md")] == []


@pytest.mark.long
def test_the_demonstration_is_the_same_bytes_each_time(made: Demonstration) -> None:
    """Exports are kept from one run to another: most of them say so each time."""
    first = {path: path.read_bytes() for path in (*made.full, *made.half)}

    demonstrate(made.folder)

    assert {path: path.read_bytes() for path in first} == first


def test_the_school_audited_in_full_leaves_nothing_to_verify(
    made: Demonstration,
) -> None:
    text = next(path for path in made.full if path.name == "mairie.md").read_text(
        encoding="utf-8"
    )

    assert "Statut\n: définitif" in text
    assert "entre" not in text.split("Score d’ensemble", 1)[1][:20]


def test_the_school_audited_half_way_is_marked_provisional(
    made: Demonstration,
) -> None:
    for path in made.half:
        if path.suffix == ".md":
            assert "provisoire" in path.read_text(encoding="utf-8").lower()


def test_a_commune_is_audited_beside_its_schools(made: Demonstration) -> None:
    text = next(path for path in made.commune if path.name == "mairie.md").read_text(
        encoding="utf-8"
    )

    assert "Commune de Courvaux-sur-Ombre" in text
    assert "Rien à voter." in text
    assert "Publier l’accessibilité du site des écoles" in text


def test_the_demonstration_shows_a_second_visit_and_what_others_bring(
    made: Demonstration,
) -> None:
    with Workspace.open(made.folder, fixed_world(DAY, seed=1)) as workspace:
        session = open_session(workspace, AGAIN)
        before = open_session(workspace, AGAIN, LAST)
        assert before.status is AuditStatus.CLOS
        states = [one.state for one in before.follow_ups]
        assert states.count(FollowUpState.FAITE) == 2
        assert FollowUpState.DECIDEE in states
        lines = {one.key: one for one in evolution(session)}
        assert lines["decide/titre"].text.endswith("  1")
        assert not lines["regle/titre"].text.endswith("  0")
        assert session.plan
        assert session.plan.minutes == 30
        assert len(session.observations) == 2
        assert len(photos_of(session)) == 1
        assert any("3 fiches sur 3" in one.offer.why for one in waiting(session))
        key = session.facts.root, "nb_batiments"
        assert len(session.facts.answers[key]) == 2
        theirs = open_session(workspace, READ)
        assert theirs.status is AuditStatus.SOUMIS
        assert not wrote_in(theirs)


def test_the_pages_of_communes_add_up_to_the_programme_and_name_no_other(
    made: Demonstration,
) -> None:
    with Workspace.open(made.folder, fixed_world(DAY, seed=1)) as workspace:
        board = board_of(opened(workspace, SLUG))
        whole = pages.programme_paper(board, DAY).document.markdown
        theirs = cells(whole, "Total")[5]
        shares = []
        for insee, name in board.gathered.communes.items():
            page = pages.commune_paper(board, insee, DAY).document.markdown
            said = f" {fold(page)} "
            others = [fold(one.name) for one in board.communes if one.insee != insee]
            assert [one for one in others if f" {one} " in said] == [], name
            shares.append(whole_euros(cells(page, "Total")[4]))
        assert sum(shares) == whole_euros(theirs) > 0
        assert len(board.record.variants) == 2
        assert len(board.record.locks) == 1
        assert len(board.record.decisions) == 2
        assert len(board.record.workshops) == 3


def whole_euros(shown: str) -> int:
    """Return an amount as it is printed, in euros."""
    return int(re.sub(r"\D", "", shown))


def test_a_demonstration_that_is_there_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (demo._MARK, FILE, "rapport.pdf"):
        (tmp_path / name).write_bytes(b"x")

    def begun(_folder: Path) -> None:
        raise InterruptedError

    monkeypatch.setattr(demo, "write_fictional_territory", begun)
    with pytest.raises(InterruptedError):
        demonstrate(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [demo._MARK]


def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")

    with pytest.raises(DiagError, match="rien n'a été touché"):
        demonstrate(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
