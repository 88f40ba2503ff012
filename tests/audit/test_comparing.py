"""What documents compare with: judged alike, without a name, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from diag.assess import ENGINE
from diag.assess.results import Assessment
from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.compare import comparables_of, keep_judged, progress_of
from diag.audit.follow import move
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.demo.stories import play, scenario
from diag.documents.atlas import write_atlas
from diag.documents.formats import Format
from diag.documents.formats.pdf import _source
from diag.documents.synthesis import synthesis
from diag.documents.tables import chosen, write_map
from diag.documents.templates import build_document
from diag.journal.records import store_judged
from diag.model.enums import READERS, Audience, AuditStatus
from diag.model.text import Bounds
from diag.office.imports import import_file
from diag.workspace.workspace import Workspace
from tests.audit.audited import (
    audited,
    audited_again,
    audited_twice,
    audited_workspace,
)
from tests.audit.builders import DAY, SCHOOL, territory
from tests.documents.reading import markdown, parts_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        import_file(made, "effectifs", territory().effectifs)
        yield made


def quiet(done: int, whole: int) -> None:
    """Tell nobody how far it is."""


def judged(session: AuditSession, score: Fraction) -> None:
    """Keep a score for an audit, as if its school had been visited in full."""
    found = session.assessment
    overall = replace(
        found.overall, bounds=Bounds(score, score), completeness=Fraction(1)
    )
    told: Assessment = replace(found, overall=overall)
    store_judged(
        session.workspace.journal,
        session.audit.id,
        told,
        digest=session.digest,
        edition=session.edition,
        engine=ENGINE,
    )


def like_it(desk: Workspace) -> list[str]:
    """Return the schools of the territory that a document may set beside SCHOOL."""
    own = desk.territory.school(SCHOOL)
    assert own is not None
    return [
        one.uai
        for one in desk.territory.schools()
        if one.uai != SCHOOL
        and (one.nursery, one.elementary) == (own.nursery, own.elementary)
        and one.classes is not None
        and 4 <= one.classes <= 6
    ]


def test_a_first_audit_shows_no_progress(desk: Workspace) -> None:
    assert progress_of(audited(desk)) is None


def test_what_got_better_is_told_by_the_criteria_that_moved(tmp_path: Path) -> None:
    with audited_twice(tmp_path / "twice") as made:
        session = audited_again(made)
        record_answer(session, NewAnswer("debit_descendant", 300))

        found = progress_of(session)
        text = markdown(report_of(session), Audience.MAIRIE)

    assert found is not None
    assert not found.method_changed
    assert found.campaign == "2026-2027"
    assert "debit-descendant" in {one.id for one in found.better}
    assert found.overall.before == found.overall.again
    assert "## Depuis le dernier audit" in text


def test_an_interval_needs_five_others_like_it(desk: Workspace) -> None:
    others = like_it(desk)
    assert len(others) >= 5
    session = audited(desk)
    for count, uai in enumerate(others[:5]):
        found = comparables_of(session)
        assert found is not None
        assert (found.count, found.overall) == (count, None)
        judged(audits.start(desk, uai), Fraction(count + 1, 10))

    found = comparables_of(session)

    assert found is not None
    assert found.count == 5
    assert found.overall == Bounds(Fraction(2, 10), Fraction(4, 10))
    text = markdown(report_of(session), Audience.ACADEMIE)
    for uai in others[:5]:
        school = desk.territory.school(uai)
        assert school is not None
        assert uai not in text
        assert school.name not in text


def told(session: AuditSession) -> list[object]:
    """Return all that the forms of every document of an audit are written from."""
    report = report_of(session)
    documents = [build_document(report, one) for one in Audience]
    return [*map(parts_of, documents)]


def printed(session: AuditSession) -> list[object]:
    """Return every document of an audit in every form; a PDF, as Typst reads it."""
    report = report_of(session)
    documents = [build_document(report, one) for one in Audience]
    forms = [form for form in Format if form is not Format.PDF]
    return [
        *(_source(one).encode() for one in documents),
        *(one.write(form)[0] for one in documents for form in forms),
    ]


@pytest.mark.parametrize(
    "written", [told, pytest.param(printed, marks=pytest.mark.long)]
)
def test_other_schools_change_no_byte_of_what_is_closed(
    desk: Workspace, written: Callable[[AuditSession], list[object]]
) -> None:
    """Nor do they of what its readers opened: a closed page is the same for ever."""
    session = audited(desk)
    move(session, AuditStatus.CLOS)
    before = written(session)
    for uai in like_it(desk)[:5]:
        judged(audits.start(desk, uai), Fraction(3, 10))

    assert written(audited(desk)) == before

    move(session, AuditStatus.EN_COURS)
    compared = report_of(audited(desk)).comparables
    assert compared is not None
    assert compared.overall is not None


def alike(desk: Workspace) -> list[AuditSession]:
    """Return two audits of schools like SCHOOL, answered as it was, among five.

    The others are beside them: whichever way theirs moves, the interval does.
    """
    story = scenario("ecole-complete")
    still_open = story.model_copy(update={"status": AuditStatus.EN_COURS})
    played, others = like_it(desk)[:2], like_it(desk)[2:5]
    sessions = [audits.start(desk, uai) for uai in played]
    for session in sessions:
        play(session, still_open)
    stands = sessions[0].public().judged.overall.bounds
    assert stands is not None
    for uai, kept in zip(others, (Fraction(0), stands.low, Fraction(1)), strict=True):
        judged(audits.start(desk, uai), kept)
    return sessions


@pytest.mark.parametrize(
    "alone", [True, pytest.param(False, marks=pytest.mark.long)], ids=("own", "every")
)
def test_nothing_public_reads_a_sensitive_answer_of_another_school(
    desk: Workspace, tmp_path: Path, *, alone: bool
) -> None:
    """Not what compares with it: its documents. Nor, in long, what lists all."""
    others, session = alike(desk), audited(desk)

    def read(name: str) -> list[bytes | str]:
        told = report_of(session, DAY)
        own = [markdown(told, one) for one in READERS if not one.reads_reserved]
        if alone:
            return [*own]
        atlas = tmp_path / name
        write_atlas(desk, atlas, "syndicat", quiet, forms=())
        paper, _, _ = synthesis(desk, "territoire", DAY)
        picked = chosen(desk, (), None, everything=True)
        write_map(desk, picked, atlas, quiet)
        return [
            *own,
            paper.document.markdown,
            *(one.read_bytes() for one in sorted(atlas.rglob("*.*")) if one.is_file()),
        ]

    before, whole = read("before"), [one.assessment.overall for one in others]
    found = comparables_of(session)
    assert found is not None
    assert found.overall is not None
    for one in others[1:]:
        record_answer(one, NewAnswer("mots_de_passe", "partage_affiche", sure=True))
        record_answer(one, NewAnswer("acces_distants", "non_maitrise", sure=True))
        keep_judged(one)
    record_answer(others[0], NewAnswer("mots_de_passe", "partage_affiche", sure=True))

    assert read("after") == before
    assert comparables_of(session) == found
    assert [one.assessment.overall for one in others] != whole
    for one in others:
        record_answer(one, NewAnswer("debit_descendant", 300, sure=True))
    assert comparables_of(session) != found


def test_an_audit_just_begun_is_not_compared_with(desk: Workspace) -> None:
    begun = audits.start(desk, like_it(desk)[0])
    keep_judged(begun)

    found = comparables_of(audited(desk))

    assert found is not None
    assert found.count == 0
