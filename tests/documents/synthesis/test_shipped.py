"""The shipped checklists, of several schools: page one holds, all is sound."""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pypdf
import pytest

from diag.assess.judge import public
from diag.assess.words import format_sum
from diag.documents.document import Document
from diag.documents.drafts.council import deliberation, minutes, note
from diag.documents.formats.pdf import write_pdf
from diag.documents.synthesis import commune_synthesis
from diag.documents.synthesis.gathering import (
    Gathering,
    SharedAction,
    Task,
    counted_subjects,
    extract_of,
    with_a_need,
)
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from diag.model.enums import WORKING_READER, Audience, Kind, PlaceKind
from diag.words.sentences import NBSP, typeset
from tests.documents.audits import invented_facts
from tests.documents.builders import TODAY, report
from tests.documents.formats.test_html import read
from tests.documents.formats.validation import failures
from tests.documents.reading import html
from tests.documents.synthesis.gatherings import gathering, school
from tests.shipped import shipped
from tests.words.blanks import blanks_in

WRITERS: tuple[Callable[[Gathering], Document], ...] = (
    *(commune_synthesis, circonscription_synthesis, territory_synthesis),
    *(partial(draft, title="Projet") for draft in (note, deliberation, minutes)),
)
SCHOOLS = (
    ("9990010F", "Ecole des Ormes", 1, 10),
    ("9990013J", "Ecole du Bac", 2, 9),
    ("9990016M", "Ecole de la Gare", 3, 6),
    ("9990019R", "Ecole maternelle du Pré aux Clercs", 4, 3),
)


@pytest.fixture(scope="module")
def commune() -> Gathering:
    """Four schools, from fully known to hardly at all."""
    checklist = shipped()
    told = (
        report(
            invented_facts(checklist, rooms=5, seed=seed, known=known),
            checklist,
            school=school(uai, name),
        )
        for uai, name, seed, known in SCHOOLS
    )
    return gathering(*map(extract_of, told), missing=("Ecole du Lac",))


@pytest.mark.parametrize("write", WRITERS)
def test_every_document_of_real_content_is_sound(
    commune: Gathering, write: Callable[[Gathering], Document]
) -> None:
    made = write(commune)

    assert not blanks_in(made.markdown)
    assert "None" not in made.markdown
    assert not read(html(made, "Titre")).problems
    file, _ = write_pdf(made)
    assert failures(file, "ua1") == failures(file, "3a") == []


def test_page_one_of_the_council_s_synthesis_holds_its_decisions(
    commune: Gathering,
) -> None:
    pdf, _ = write_pdf(commune_synthesis(commune))
    first, *_ = (each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Ce qu’il faut savoir avant de décider" in first  # invented facts lack much
    assert "Score d’ensemble, en moyenne" not in first


def test_what_is_missing_altogether_goes_before_what_is_due_sooner(
    commune: Gathering,
) -> None:
    """A council that reads both must not be asked for the fibre by one alone."""
    first = commune.extracts[0]
    other = next(one for one in first.tasks if not _is_needed(one))
    broken = replace(other, broken=True)
    lacking = next(one for one in first.tasks if _is_needed(one) and not one.free)
    fibre = replace(lacking, missing=True)
    sooner = replace(fibre, id="depanner", due=TODAY, missing=False)
    law, mended, needed = (
        SharedAction(((first, one),)) for one in (broken, sooner, fibre)
    )

    assert with_a_need((law, mended, needed), 2) == (law, needed)


def _is_needed(task: Task) -> bool:
    return task.criterion is not None and task.criterion.kind is Kind.BLOCKING


def test_what_is_paid_later_is_told_as_each_report_tells_it(commune: Gathering) -> None:
    first, *others = commune.extracts
    later = tuple(one.cost for one in first.tasks if not one.cost.free)[:2]
    told = replace(commune, extracts=(replace(first, beyond=later), *others))
    assert f": 2 actions, {format_sum(later)}." in commune_synthesis(
        told
    ).markdown.replace(f"{NBSP}:", ":")


def test_nothing_reserved_is_named_anywhere(commune: Gathering) -> None:
    checklist = shipped()
    shown = public(checklist).criteria
    hidden = {
        typeset(one.title) for one in checklist.criteria.values() if one.id not in shown
    }
    assert hidden
    for write in WRITERS:
        text = write(commune).markdown
        assert not [title for title in hidden if f"| {title} |" in text]
        assert not [title for title in hidden if f"« {title} »" in text]


def test_a_commune_s_own_audit_counts_beside_its_schools(commune: Gathering) -> None:
    about = commune.extracts[0].about.model_copy(
        update={
            "kind": PlaceKind.COMMUNE,
            "code": "99901",
            "name": "Commune d’Aubeterre",
        }
    )
    own = replace(commune.extracts[0], about=about)
    whole = gathering(own, *commune.extracts)

    assert len(whole.schools) == 4
    assert "Commune d’Aubeterre (hors des écoles)" in commune_synthesis(whole).markdown
    told = territory_synthesis(whole).markdown
    assert "| Aubeterre | 4 |" in told
    assert "; 5 écoles" not in told
    assert counted_subjects(whole.extracts) == "4 écoles et 1 commune"
    shown = commune_synthesis(whole).markdown
    assert "5 écoles" not in shown
    assert "École ou commune" in shown


def test_what_a_commune_itself_breaks_is_named_where_it_is_counted(
    commune: Gathering,
) -> None:
    """Its registers and its site are of no school: counted, they were in no row."""
    alone = commune.extracts[0]
    about = alone.about.model_copy(update={"kind": PlaceKind.COMMUNE, "code": "99901"})
    own = replace(alone, about=about)
    (broken, _) = own.alerts(Audience.MAIRIE)
    assert broken
    whole = gathering(own, missing=())
    shown = commune_synthesis(whole).markdown
    rows = shown.partition("*Points non respectés*")[2].partition("\n\n\n")[0]
    law = rows.strip().partition("\n\n")[0]
    assert law.count("\n") - 1 == broken
    (every, _) = own.alerts(WORKING_READER)
    assert f"tous audits{NBSP}: {every} non resp" in territory_synthesis(whole).markdown
