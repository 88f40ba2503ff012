"""The two pages of a territory and of a circonscription, whatever their size."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest

from diag.assess.facts import with_answers
from diag.assess.judge import public
from diag.documents.blocks import drawings_in
from diag.documents.document import Document
from diag.documents.formats.pdf import write_pdf
from diag.documents.synthesis import commune_synthesis
from diag.documents.synthesis.gathering import Extract, Gathering, extract_of
from diag.documents.synthesis.territory import (
    LISTED,
    circonscription_synthesis,
    commune_map,
    territory_synthesis,
)
from diag.model.audit import School, Value
from diag.model.enums import PlaceKind
from diag.words.sentences import typeset
from diag.workspace.charter import House
from tests.documents.audits import invented_facts
from tests.documents.builders import OFFICE, facts, report
from tests.documents.formats.test_html import read
from tests.documents.formats.test_typeset import squeezed
from tests.documents.formats.validation import failures
from tests.documents.reading import html
from tests.documents.synthesis.gatherings import MOULIN, extract, gathering, school
from tests.examples import cases
from tests.goldens.golden import facts_told, golden
from tests.shipped import shipped

WRITERS = (territory_synthesis, circonscription_synthesis)
MOST, SIZES = 2, (3, 8, 40, 200)


def test_no_room_in_danger_is_left_out_of_page_one_however_many_schools() -> None:
    one, rooms = golden("lannion"), [f"Préau {at}" for at in range(5)]
    here, found = facts_told(one, shipped()), []
    (room, *_) = here.places_of(PlaceKind.SALLE)
    for name in rooms:
        renamed = {**here.places, room.id: room.model_copy(update={"name": name})}
        danger: dict[tuple[str, str], Value] = {(room.id, "danger_electrique"): True}
        told = with_answers(replace(here, places=renamed), danger)
        found.append(extract_of(report(told, shipped(), today=one.visited)))
    file, _ = write_pdf(commune_synthesis(gathering(*found)))
    first = squeezed(pypdf.PdfReader(io.BytesIO(file)).pages[0].extract_text())
    for name in rooms:
        assert squeezed(name) in first


@pytest.fixture(scope="module")
def audited() -> tuple[Extract, ...]:
    """Four audits, known more and less."""
    told = shipped()
    return tuple(
        extract_of(report(invented_facts(told, rooms=5, seed=seed, known=known), told))
        for seed, known in enumerate((10, 9, 8, 7))
    )


def at(rank: int) -> School:
    """Return a school of its commune: five schools in three communes."""
    town = rank * 3 // 5
    return school(
        f"99{rank:05}F",
        f"Ecole élémentaire publique Jean-Moulin {rank}",
        commune=f"Saint-Germain-du-Bois {town}",
        insee=f"99{town:03}",
        latitude=f"{45 + town * 37 % 100 / 150:.4f}",
        longitude=f"{3 + town * 61 % 100 / 120:.4f}",
    )


def of_size(audited: tuple[Extract, ...], size: int) -> Gathering:
    """Return so many schools audited, and a third as many that are not."""
    told = []
    for rank in range(size):
        one, there = audited[rank % len(audited)], at(rank)
        change = {
            "school": there,
            "name": there.name,
            "commune": there.commune,
            "insee": there.insee,
            "code": there.uai,
        }
        about = one.about.model_copy(update=change)
        told.append(replace(one, about=about, digest=f"{rank:064}"))
    unseen = tuple(at(rank) for rank in range(size, size + size // 3 + 1))
    names = tuple(f"{one.name} ({one.commune})" for one in unseen)
    whole = gathering(*told, name="Syndicat mixte Vallombre Numérique", missing=names)
    return replace(whole, commune=None, unseen=unseen)


@pytest.mark.parametrize("write", cases(WRITERS, territory_synthesis))
@pytest.mark.parametrize("size", cases(SIZES, 200))
def test_two_pages_hold_any_territory_and_the_rest_travels_inside(
    audited: tuple[Extract, ...], size: int, write: Callable[[Gathering], Document]
) -> None:
    made = write(of_size(audited, size))
    file, warning = write_pdf(made)
    assert not warning
    assert failures(file, "ua1") == failures(file, "3a") == []
    assert not read(html(made, "Titre")).problems
    reader = pypdf.PdfReader(io.BytesIO(file))
    assert len(reader.pages) <= MOST
    pages = [squeezed(one.extract_text()) for one in reader.pages]
    assert squeezed("Où en sont les écoles") in pages[1]
    assert squeezed("Votre interlocuteur") in pages[1]
    named = set(re.findall(r"«([\w-]+\.(?:md|csv))»", "".join(pages)))
    assert set(reader.attachments) == named == {"document.md"}
    assert reader.attachments["document.md"] == [made.markdown.encode("utf-8")]


def test_the_pages_ask_and_cost_and_name_no_school(
    audited: tuple[Extract, ...],
) -> None:
    whole = of_size(audited, 40)
    made = territory_synthesis(whole)
    assert made.paper is not None
    text = made.paper.markdown
    for part in (
        "Ce que le comité peut engager d’abord",
        "Ce qui est demandé et ce que cela coûte",
        "Dépense estimée sur trois ans",
        "Où sont les audits",
    ):
        assert part in text
    assert "Jean-Moulin" not in text
    inspector = circonscription_synthesis(whole).paper
    assert inspector is not None
    assert "€" not in inspector.markdown


@pytest.mark.parametrize("write", WRITERS)
def test_no_reserved_fact_is_printed(
    audited: tuple[Extract, ...], write: Callable[[Gathering], Document]
) -> None:
    shown = public(shipped()).criteria
    hidden = {
        typeset(one.title) for one in shipped().criteria.values() if one.id not in shown
    }
    paper = write(of_size(audited, 8)).paper
    assert hidden
    assert paper is not None
    assert not [title for title in hidden if f"| {title} |" in paper.markdown]


@pytest.mark.parametrize("write", WRITERS)
def test_a_reserved_answer_changes_no_byte(
    write: Callable[[Gathering], Document],
) -> None:
    made = []
    for posted in (0, 3):
        told = facts(
            {
                ("ecole", "debit"): "120",
                ("CP", "type_salle"): "classe",
                ("CP", "prises"): 1,
                ("CP", "mots_de_passe_affiches"): posted,
            },
            ("CP",),
        )
        made.append(write_pdf(write(gathering(extract(told, MOULIN)))))
    assert made[0] == made[1]


@pytest.mark.parametrize("size", SIZES)
def test_the_map_has_every_commune_and_no_disc_leaves_it(
    audited: tuple[Extract, ...], size: int
) -> None:
    whole = of_size(audited, size)
    (draw,) = drawings_in([commune_map(whole)]).values()
    drawing = draw()
    assert drawing is not None
    communes = {one.insee for one in map(at, range(size + size // 3 + 1))}
    assert drawing.words.count("sur") == len(communes)
    reached = {one.about.insee for one in whole.schools}
    assert drawing.title.startswith(f"{len(reached)} communes sur {len(communes)} ont")
    assert 0 < len(drawing.lacks) <= LISTED + 1
    discs = re.findall(r'cx="(.+?)" cy="(.+?)" r="(.+?)"', drawing.wide.body)
    assert len(discs) == len(communes)
    for x, y, radius in (tuple(map(float, one)) for one in discs):
        assert radius <= x <= drawing.wide.width - radius
        assert radius <= y <= drawing.wide.height - radius


def test_communes_without_a_place_make_no_map() -> None:
    assert not commune_map(gathering())


def test_who_rewrote_the_whole_alone_knows_of_the_pages() -> None:
    house = House(templates=(("synthese-territoire.md.jinja", "# À nous\n"),))
    whole = replace(gathering(), office=replace(OFFICE, house=house))
    assert "À nous" in territory_synthesis(whole).markdown
    told = house.explain(*house.replaced)
    assert "diag templates eject synthese-territoire-papier" in told
