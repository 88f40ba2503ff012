"""From a workspace to a folder of pages: what each reader gets, and never gets."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.documents.atlas import AtlasWritten, files_of, write_atlas
from diag.documents.formats import OPENED, Format
from diag.model.audit import School
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY, OTHER, SCHOOL
from tests.documents.atlas.reading import texts_of, where
from tests.shared import copy_once_made

HTML = (Format.HTML,)
SECRET = "ZINZOLIN-42"
"""Written in the note of a sensitive question."""
COMMUNE = "99903"
"""The commune of the school that was audited in full."""


def quiet(done: int, total: int) -> None:
    assert done <= total


def begin(folder: Path) -> None:
    with audited_workspace(folder) as workspace:
        session = audited(workspace)
        sensitive = next(
            one.id
            for one in session.checklist.questions.values()
            if one.sensitive and one.place is PlaceKind.ECOLE
        )
        record_note(session, sensitive, SECRET, "")
        other = audits.start(workspace, OTHER)
        audits.start(workspace, f"commune:{COMMUNE}")
        audits.start(workspace, f"commune:{other.about.insee}")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Workspace]:
    """One school audited in full, one of another commune, and two communes."""
    copy_once_made("atlas", begin, tmp_path / "desk")
    with Workspace.open(tmp_path / "desk", fixed_world(DAY, seed=8)) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def atlases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], AtlasWritten]:
    """Give what is written for a reader, once: in pages, and in what they may open."""
    folder = tmp_path_factory.mktemp("atlases")
    copy_once_made("atlas", begin, folder / "desk")

    @cache
    def written(view: str) -> AtlasWritten:
        forms = (Format.HTML, Format.ODT) if view == "syndicat" else OPENED
        with Workspace.open(folder / "desk", fixed_world(DAY, seed=8)) as workspace:
            return write(workspace, folder / view.partition(":")[0], view, forms)

    return written


def write(
    made: Workspace, folder: Path, view: str, forms: tuple[Format, ...] = HTML
) -> AtlasWritten:
    return write_atlas(made, folder, view, quiet, forms=forms)


def schools(made: Workspace) -> list[School]:
    lines = made.territory.schools()
    return [one for line in lines if (one := made.territory.school(line.uai))]


def test_the_office_gets_every_school_and_every_document(
    atlases: Callable[[str], AtlasWritten],
) -> None:
    done = atlases("syndicat")

    out = done.index.parent
    assert done.index == out / "index.html"
    index = (out / "index.html").read_text("utf-8")
    assert index.count("data-uai=") == 40
    assert len(list((out / "ecoles").iterdir())) == 40
    names = {path.name for path in (out / "documents" / SCHOOL.lower()).iterdir()}
    assert names == {
        f"{name}-{SCHOOL.lower()}.{form}"
        for form in ("html", "odt")
        for name in (
            *("rapport-commune", "rapport-equipe"),
            *("note-academie", "annexe-technique"),
        )
    }
    assert (40, "école", "écoles") in done.counts
    assert (4, "audit lu", "audits lus") in done.counts


def test_an_audit_where_nobody_said_anything_is_not_told_as_one(
    atlases: Callable[[str], AtlasWritten],
) -> None:
    """The syntheses leave it out too: both count the same schools."""
    out = atlases("syndicat").index.parent

    code = OTHER.lower()
    assert not (out / "documents" / code).exists()
    (page,) = (out / "ecoles").glob(f"*{code}.html")
    assert "pas encore été auditée" in page.read_text("utf-8")


def test_every_link_leads_to_a_page_or_a_document(
    atlases: Callable[[str], AtlasWritten],
) -> None:
    for view in ("syndicat", f"mairie:{COMMUNE}", "circonscription:valbrise"):
        out = atlases(view).index.parent
        pages = [path for path in out.rglob("*.html") if "documents" not in path.parts]
        linked = {out / "index.html"}
        for page in pages:
            for target in re.findall(r'href="([^"#]+)"', page.read_text("utf-8")):
                assert (page.parent / target).is_file(), (page, target)
                linked.add((page.parent / target).resolve())
        # Nothing is there that no page leads to.
        known = {path.resolve() for path in out.rglob("*.html")}
        assert known <= {path.resolve() for path in linked}


def test_a_town_hall_gets_its_own_schools_and_nothing_else(
    made: Workspace, atlases: Callable[[str], AtlasWritten]
) -> None:
    out = atlases(f"mairie:{COMMUNE}").index.parent

    own = [one for one in schools(made) if one.insee == COMMUNE]
    strangers = [one for one in schools(made) if one.insee != COMMUNE]
    names = {one.name for one in strangers} - {one.name for one in own}
    assert len(own) == 5
    assert len(strangers) == 35
    read = dict(texts_of(out))
    for name, text in read.items():
        lower = text.lower()
        assert not [one.uai for one in strangers if one.uai.lower() in lower], name
        found = [one for one in names if re.search(rf"{re.escape(one)}(?!\w)", text)]
        own_text = " ".join(one.name for one in own)
        assert not [one for one in found if one not in own_text], name
        assert SECRET not in text, name
        assert "annexe-technique" not in lower, name
        assert "Annexe technique" not in text, name
    # The search reads through every wrapping: it finds what is there.
    kinds = {Path(name).suffix for name, text in read.items() if "€" in text}
    assert kinds == {".html", ".pdf", ".odt"}
    assert not (out / "ensemble.html").exists()


def test_the_search_would_find_what_the_office_has(
    atlases: Callable[[str], AtlasWritten],
) -> None:
    """The proof's own proof: what is looked for in vain elsewhere is found here."""
    out = atlases("syndicat").index.parent

    told = dict(texts_of(out / "documents" / SCHOOL.lower()))
    for word in (SCHOOL, "€", "Annexe technique"):
        kinds = {Path(name).suffix for name, text in told.items() if word in text}
        assert kinds == {".html", ".odt"}, word
    assert list((out / "ecoles").glob(f"*{OTHER.lower()}.html"))


def test_a_circonscription_gets_no_money_no_commune_and_no_secret(
    made: Workspace, atlases: Callable[[str], AtlasWritten]
) -> None:
    out = atlases("circonscription:valbrise").index.parent

    seen = {one.uai for one in schools(made) if "Valbrise" in one.circonscription}
    others = {one.uai for one in schools(made)} - seen
    assert SCHOOL in seen
    for name, text in texts_of(out):
        assert "€" not in text, name
        assert "commune-99903" not in text, name
        assert SECRET not in text, name
        assert not [uai for uai in others if uai.lower() in text.lower()], name
    kinds = {path.name.rpartition("-")[0] for path in out.glob("documents/*/*")}
    assert kinds == {"note-academie"}


def test_the_same_input_makes_the_same_bytes(
    made: Workspace, tmp_path: Path, atlases: Callable[[str], AtlasWritten]
) -> None:
    first, second = atlases(f"mairie:{COMMUNE}").index.parent, tmp_path / "again"
    write(made, second, f"mairie:{COMMUNE}", OPENED)

    assert files_of(first) == files_of(second)
    for name in files_of(first):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_it_is_made_again_in_place_and_leaves_nothing_beside(
    made: Workspace, tmp_path: Path, atlases: Callable[[str], AtlasWritten]
) -> None:
    out = tmp_path / "ici" / "atlas"
    copytree(atlases(f"mairie:{COMMUNE}").index.parent, out)
    pages = [one for one in files_of(out) if not one.endswith((".pdf", ".odt"))]

    write(made, out, f"mairie:{COMMUNE}")

    assert files_of(out) == pages
    assert [path.name for path in out.parent.iterdir()] == ["atlas"]


def test_an_interruption_leaves_the_old_one(made: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "ici" / "atlas"
    write(made, out, "syndicat", ())
    (out / "index.html").write_text("ancien", "utf-8")

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atlas(made, out, "syndicat", stop, forms=())

    assert (out / "index.html").read_text("utf-8") == "ancien"
    assert [path.name for path in out.parent.iterdir()] == ["atlas"]


def test_an_atlas_for_one_reader_never_replaces_anothers(
    made: Workspace, tmp_path: Path
) -> None:
    write(made, tmp_path / "atlas", f"mairie:{COMMUNE}", ())

    with pytest.raises(DiagError, match="mairie:99903"):
        write(made, tmp_path / "atlas", "syndicat", ())


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("mairie", "Choisissez : syndicat, mairie:INSEE"),
        ("voisin:1", "n'est pas une vue"),
        ("mairie:12", "n'est pas un code INSEE"),
        ("mairie:80021", "inconnue dans ce territoire"),
        ("circonscription:nulle part", "Montfauvel"),
        ("circonscription:degré", "plusieurs circonscriptions"),
        ("circonscription:!", "n'est pas connue"),
        ("syndicat:1", "n'est pas une vue"),
    ],
)
def test_an_unknown_reader_is_told_what_there_is(
    made: Workspace, tmp_path: Path, view: str, said: str
) -> None:
    with pytest.raises(DiagError, match=re.escape(said)):
        write(made, tmp_path / "atlas", view)
    assert not (tmp_path / "atlas").exists()


def test_an_outline_is_drawn_and_names_nobody(made: Workspace, tmp_path: Path) -> None:
    outline = tmp_path / "contour.geojson"
    outline.write_text(
        '{"type": "Feature", "properties": {"nom": "Fontbrune-sur-Ombre"}, "geometry":'
        ' {"type": "LineString", "coordinates": [[2.0, 46.9], [2.6, 47.3]]}}',
        encoding="utf-8",
    )
    out = tmp_path / "atlas"

    write_atlas(made, out, f"mairie:{COMMUNE}", quiet, outline=outline, forms=HTML)

    assert 'class="land"' in (out / "index.html").read_text("utf-8")
    assert not where(out, "Fontbrune")


def test_two_schools_of_one_name_are_told_apart_by_their_number(
    atlases: Callable[[str], AtlasWritten],
) -> None:
    """Hautecroze has two « École primaire »; one of Fontbrune has its name alone."""
    page = atlases("syndicat").index.read_text("utf-8")
    shown = re.findall(r'<span class="soft">(99\d{5}[A-Z])?', page)
    assert sorted(filter(None, shown)) == ["9990196J", "9990199M"]


def test_a_school_is_as_large_as_its_audit_says(
    made: Workspace, tmp_path: Path
) -> None:
    """The official file is a year late: the mayor's page said otherwise."""
    record_answer(audited(made), NewAnswer("nb_classes", 9, sure=True))
    done = write(made, tmp_path / "atlas", f"mairie:{COMMUNE}", HTML)
    page = next(done.index.parent.glob(f"ecoles/*{SCHOOL.lower()}.html"))
    assert "<dt>Classes</dt><dd>9</dd>" in page.read_text("utf-8")
    assert "9 classes" in done.index.read_text("utf-8")
