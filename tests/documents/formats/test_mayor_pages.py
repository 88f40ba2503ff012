"""The mayor's PDF has four pages, whatever the school; its text travels inside."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pypdf
import pytest

from diag.audit.findings import weaknesses
from diag.audit.photos import PhotoSubject, join_photos, mark_photo
from diag.audit.report import Report, report_of
from diag.audit.votes import votes_of
from diag.documents.blocks import Picture
from diag.documents.document import Document, parser
from diag.documents.drawings import CalendarRow, draw_calendar
from diag.documents.formats.pdf import _in_svg, value, write_pdf
from diag.documents.school_drawings import HeatMark, PlanRoom, draw_votes
from diag.documents.sheet import _drawn, proofs, sheet_of
from diag.documents.templates import build_document
from diag.model.audit import FollowUp, Observation, Photo
from diag.model.enums import Audience, AuditStatus, FollowUpState, PlaceKind
from diag.words.dates import describe_day
from diag.words.sentences import NBSP
from tests.audit.audited import audited, audited_workspace, closed_workspace
from tests.audit.pictures import jpeg
from tests.documents.audits import invented_facts
from tests.documents.builders import facts, report
from tests.documents.formats.fitting import fitted
from tests.documents.formats.test_typeset import pages, squeezed
from tests.documents.formats.test_whole_schools import told as whole_school
from tests.documents.formats.validation import failures
from tests.documents.reading import text_of
from tests.examples import cases
from tests.goldens.golden import facts_told, golden
from tests.shipped import shipped

TITLES = (
    "Ce que cela coûte, et quand",
    "Les preuves, vote par vote",
    "Ce que nous savons, et ce que nous ne savons pas",
)


@cache
def demonstration(status: AuditStatus) -> Report:
    make = closed_workspace if status is AuditStatus.CLOS else audited_workspace
    with TemporaryDirectory() as folder, make(Path(folder) / "desk") as made:
        return report_of(audited(made)).gathered()


@cache
def written(status: AuditStatus) -> tuple[bytes, str]:
    return write_pdf(build_document(demonstration(status), Audience.MAIRIE))


@pytest.mark.parametrize(
    "status", cases([AuditStatus.EN_COURS, AuditStatus.CLOS], AuditStatus.CLOS)
)
def test_the_demonstration_has_four_pages_archived_and_read_aloud(
    status: AuditStatus,
) -> None:
    told = demonstration(status)
    file, warning = written(status)

    assert not warning
    assert [failures(file, profile) for profile in ("ua1", "3a")] == [[], []]
    first, *after = map(squeezed, pages(file))
    assert first.count("☐") == (36 if status is AuditStatus.CLOS else 0)
    assert ("provisoire" in first.casefold()) is (status is AuditStatus.EN_COURS)
    assert "Ensemble,troisbudgets" in first
    assert len(after) == 3
    for title, text in zip(TITLES, after, strict=True):
        assert squeezed(title) in text
    money, evidence, known = after
    assert "Sirien" in money
    assert "Trésorerie." in money
    for vote in votes_of(told).votes:
        assert squeezed(vote.title) in evidence
        assert squeezed(vote.nature.article) in evidence
    assert "lule27novembre2026" in evidence
    assert "JointàcePDF:document.md" in known


@pytest.mark.parametrize("status", [AuditStatus.EN_COURS, AuditStatus.CLOS])
def test_a_box_is_ticked_once_votes_are_frozen(status: AuditStatus) -> None:
    sheet = sheet_of(demonstration(status).public)
    assert sheet is not None
    assert sheet["ticks"] is (status is AuditStatus.CLOS)


@pytest.mark.parametrize("size", cases([(1, 0), (1, 9), (20, 0), (20, 9)], (1, 0)))
def test_a_school_of_any_size_under_the_floor_has_four_pages(
    size: tuple[int, int],
) -> None:
    (rooms, known), checklist = size, shipped()
    told = report(
        invented_facts(checklist, rooms=rooms, seed=3, known=known), checklist
    )
    assert not votes_of(told).votes

    file, warning = write_pdf(build_document(told, Audience.MAIRIE))

    assert not warning
    _, money, evidence, _ = map(squeezed, pages(file))
    assert ("aucunmontant" in money) is (known == 0)
    assert "Cequiestdéjàconstaté" in evidence


@pytest.mark.parametrize("name", ["poitiers", "somme"])
def test_a_school_whose_votes_are_all_decided_has_four_pages(name: str) -> None:
    """Page 1 has room for what is done without a vote at one, and not at the other."""
    one, checklist = golden(name), shipped()
    known = facts_told(one, checklist)
    steps = tuple(
        FollowUp(recommendation=action.id, state=FollowUpState.DECIDEE)
        for action in report(known, checklist, today=one.visited).plan.actions
    )
    told = report(known, checklist, follow_ups=steps, today=one.visited)

    first, *others = pages(write_pdf(build_document(told, Audience.MAIRIE))[0])

    assert "Rien à voter" in first
    assert ("15 actes sans dépense" in first.replace(NBSP, " ")) is (name == "poitiers")
    assert len(others) == 3


def test_a_commune_has_no_head_teacher_who_answers() -> None:
    school = report(facts(closed=False)).public
    about = school.about.model_copy(update={"kind": PlaceKind.COMMUNE})
    commune = replace(school, about=about)
    said = Observation(id="1", text="Oui.", place="ecole", shown=True, reply=True)
    heard = replace(commune, observations=(said,))
    for told, is_asked in ((school, True), (commune, False), (heard, True)):
        (*_, known) = pages(write_pdf(build_document(told, Audience.MAIRIE))[0])
        assert (squeezed("Réponse de la direction") in squeezed(known)) is is_asked
        assert ("Oui." in known) is (told is heard)


def test_what_an_action_only_makes_better_is_not_told_as_lacking() -> None:
    """« Un seul numéro à appeler : niveau recommandé » stood among what lacks."""
    school = facts({("ecole", "guichet_depannage"): "connu"}, closed=False)
    told = report(school, shipped())
    better = [one for one in told.plan.actions if one.cures("guichet-unique")]
    assert better
    assert all(one.criterion.id != "guichet-unique" for one in weaknesses(told))


def test_nothing_of_a_page_is_absent_from_the_text_that_travels() -> None:
    """What a full page drops is read in the attachment."""
    made = build_document(demonstration(AuditStatus.CLOS), Audience.MAIRIE)
    attached = pypdf.PdfReader(io.BytesIO(written(AuditStatus.CLOS)[0])).attachments
    (inside,) = attached["document.md"]
    text = squeezed(text_of(parser().parse(inside.decode("utf-8")))).casefold()

    absent = [
        one for one in dropped(made) if squeezed(one).rstrip(".").casefold() not in text
    ]

    assert absent == []


def dropped(made: Document) -> Iterator[str]:
    """Give every sentence that a form of pages 2 to 4 may leave out."""
    later: Any = made.drawn.later
    money, known = later["money"], later["known"]
    for one in later["proofs"]:
        yield from (*one["also"], *one["found"], *one["counted"])
        yield from (one["where"], one["basis"])
        yield one["how"]
    yield from (one["what"] for one in money["otherwise"])
    yield from (one["what"] for one in money["aids"])
    yield from (one["what"] for one in money["dates"][1:])  # a danger has its box
    yield from money["pending"]
    for name in ("strengths", "doubts", "asked", "became", "noted"):
        yield from known[name]
    yield from (one["reach"] for one in known["contacts"])


def test_each_vote_has_its_evidence() -> None:
    told = demonstration(AuditStatus.CLOS).public
    votes = votes_of(told).votes
    found = proofs(told)

    assert [one.number for one in found] == [one.number for one in votes]
    for one, vote in zip(found, votes, strict=True):
        assert len(one.found) == len(vote.findings)
        assert one.how
        assert bool(vote.nature.read_on) == ("lu le" in one.basis)
        if due := vote.nature.deadline:
            assert one.basis.count(describe_day(due)) == 1
        # Page 1 may name one of them and count the others: here all have their names.
        assert [each.casefold() for each in one.also] == [
            each.casefold() for each in vote.also
        ]
        assert one.where.startswith(vote.where.partition(" et ")[0].partition(",")[0])
    made: Any = sheet_of(told)
    assert made["unvoted"]
    for row in made["unvoted"]:  # one sentence, not a row of capitals
        assert not re.search(r", (Poser|Ranger|Remettre|Éteindre)", row["which"])


def test_a_vote_s_photo_stands_beside_its_evidence(tmp_path: Path) -> None:
    """Only the first that is to be shown, once, in its own shape, with its words."""
    with audited_workspace(tmp_path / "desk") as made:
        session = audited(made)
        names = {one.where: one.number for one in proofs(report_of(session).public)}
        room = next(one for one in session.facts.places.values() if one.name in names)
        joined: list[Photo] = []
        for width in (600, 500, 400):
            seen, words = jpeg(tmp_path / f"{width}.jpg", (width, 300)), f"Vue {width}"
            joined += join_photos(session, [seen], PhotoSubject(room.id), words).photos
        for photo in joined[1:]:
            mark_photo(session, photo.id, shown=True)
        told = report_of(session).gathered()
        mark_photo(session, joined[1].id, shown=False)
        later = report_of(session).gathered()

    file, warning = write_pdf(build_document(told, Audience.MAIRIE))
    assert not warning
    assert write_pdf(build_document(told, Audience.MAIRIE))[0] == file
    assert [failures(file, profile) for profile in ("ua1", "3a")] == [[], []]
    assert images(file) == [[], [], [(500, 300)], []]
    assert alternatives(file)[1:] == ["Vue 500."]
    first, *others = [one for one in proofs(told.public) if one.photo]
    evidence = squeezed(pages(file)[2])
    assert evidence.count(squeezed(f"celle du vote {first.number}.")) == len(others) > 0
    shown = {one.photo for one in proofs(later.public)} - {None}
    assert shown == {(joined[2].sha, "Vue 400.")}


def test_a_page_with_room_has_the_plan_of_its_votes() -> None:
    made = build_document(whole_school("soissons"), Audience.MAIRIE)
    file, warning = write_pdf(made)

    assert not warning
    assert [failures(file, profile) for profile in ("ua1", "3a")] == [[], []]
    later: Any = made.drawn.later
    calendar = later["money"]["calendar"]
    assert alternatives(file) == [calendar["alt"], later["plan"]["alt"]]
    assert squeezed(calendar["claim"]) in squeezed(pages(file)[1])
    evidence = squeezed(pages(file)[2])
    assert squeezed(later["plan"]["claim"]) in evidence
    assert squeezed(later["plan"]["legend"]) in evidence
    for one in later["proofs"]:
        assert re.search(rf"\b{one['number']}\b", later["plan"]["alt"])


def images(file: bytes) -> list[list[tuple[int, int]]]:
    """Return the size in pixels of each picture of each page."""
    return [list(drawn(one)) for one in pypdf.PdfReader(io.BytesIO(file)).pages]


def drawn(held: Any) -> Iterator[tuple[int, int]]:
    """Give the size of each picture that a page, or a drawing in it, names."""
    named: dict[str, Any] = held.get("/Resources", {}).get("/XObject", {})
    for one in named.values():
        found = one.get_object()
        match found["/Subtype"]:
            case "/Image":
                yield int(found["/Width"]), int(found["/Height"])
            case "/Form":
                yield from drawn(found)


def alternatives(file: bytes) -> list[str]:
    """Return what is read aloud in the place of each picture."""
    read = pypdf.PdfReader(io.BytesIO(file))
    every: Iterator[Any] = (read.get_object(at) for at in read.xref[0])
    return [
        str(one["/Alt"]) for one in every if isinstance(one, dict) and "/Alt" in one
    ]


SIZES = [(votes, rooms) for votes in (1, 4, 12) for rooms in (1, 20)]


@pytest.mark.parametrize("size", cases(SIZES, (12, 20)))
def test_the_longest_texts_keep_one_page_each(
    size: tuple[int, int], tmp_path: Path
) -> None:
    votes, rooms = size
    given = f"{value(longest(votes, rooms))}, photos: {value(photos(tmp_path))}"
    found, made = fitted(f"#later-pages({given})")

    assert [one["fits"] for one in found] == [True, True, True]
    money, evidence, known = map(squeezed, pages(made))
    assert squeezed("Reste à la commune") in money
    assert evidence.count("Poserdesprises") == votes
    assert (squeezed("par un vote") in evidence) is (votes == 1 and rooms > 1)
    assert [len(one) for one in images(made)] == [0, min(votes, 6), 0]
    assert "JointàcePDF" in known


def photos(folder: Path) -> dict[str, str]:
    """Return the photos of six votes, upright and wide; the others' are not here."""
    sizes = {str(at): (150 if at % 2 else 500, 200 + at) for at in range(1, 7)}
    made = {at: jpeg(folder / f"{at}.jpg", size) for at, size in sizes.items()}
    return {
        at: _in_svg(Picture(file.read_bytes(), *sizes[at])) for at, file in made.items()
    }


def longest(votes: int, rooms: int) -> dict[str, Any]:
    """Return pages of that size, every text as long as it may be."""
    long = "dans une classe sur deux le maître reste sans prise réseau près du tableau"
    names = ", ".join(["Classe des petits et moyens du bâtiment du parc"] * rooms)
    room = PlanRoom(names, 1, HeatMark("", ""), range(1, votes + 1))
    rows = [[room] * min(rooms, 5)] * max(1, rooms // 5)
    plan = draw_votes([("Bâtiment du parc", rows)], ())
    far = CalendarRow(long, long, date(2026, 11, 2), date(2030, 8, 31), is_sure=False)
    amounts = {"gross": 987_650, "fctva": 12_340, "net": 975_310}
    return {
        "school": "École primaire intercommunale Marie-Curie des Marronniers",
        "voted": True,
        "plan": _drawn(plan, "plan"),
        "money": {
            "head": {
                **amounts,
                "none": "aucun",
                "rounded": True,
                "least": 10_000,
                "most": 2_000_000,
                "aid": "112\u202f340 à 245\u202f670 €",
                "left": "29\u202f640 €",
            },
            "rate": "16,404 % de l’investissement, lu le 27 novembre 2026",
            "years": [{"year": at, "inv": 500_000, "fon": 90_000} for at in (1, 2, 3)],
            "effort": "Le budget 2028 porte le plus gros effort : 590 000 €",
            "dates": [{"when": "Le 30 septembre 2027", "what": long, "dated": True}]
            * 14,
            "calendar": _drawn(draw_calendar([far] * 14), "calendrier"),
            "aids": [{"what": long, "rate": long, "ask": long, "as_of": "2022"}] * 9,
            "otherwise": [{"number": at, "what": long} for at in range(votes)],
            "cash": long * 3,
            "pending": [long] * 12,
        },
        "proofs": [
            {
                "number": at,
                "what": f"Poser des prises réseau et un bouton de coupure, lot {at}",
                "refs": [f"A{100 + each}" for each in range(6)],
                "where": names,
                "also": [long] * 4,
                "found": [long] * 7,
                "how": "Mesuré, constaté et déclaré.",
                "basis": f"Obligation : {long}, article 7.",
                "counted": [long] * 8,
                "photo": str(at),
                "alt": long,
            }
            for at in range(1, votes + 1)
        ],
        "known": {
            "share": "96 %",
            "domains": [
                {"title": long[:40], "share": 96, "words": "96 %", "score": "40 à 60"}
            ]
            * 18,
            "answers": long,
            "strengths": [long] * 5,
            "open": long,
            "law": long,
            "doubts": [long] * 4,
            "asked": [long * 2] * 4,
            "became": [long] * 40,
            "contacts": [{"who": long[:50], "reach": long}] * 4,
            "noted": [long] * 8,
            "replies": True,
            "reply": long * 4,
            "option": long[:60],
        },
    }
