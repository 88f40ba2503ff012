"""What the PDFs print, in how many pages, and what travels inside them."""

import io
import re
from dataclasses import replace
from functools import cache

import pypdf
import pytest

from diag.assess.facts import with_answers
from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.document import Document
from diag.documents.equipe import ROOMS
from diag.documents.formats.pdf import write_pdf
from diag.documents.parts.places import lacking
from diag.documents.technique import FEW, SHEETS, TICKETS_SHOWN
from diag.documents.templates import build_document
from diag.model.audit import Value
from diag.model.enums import Audience, Owner, PlaceKind
from diag.words.sentences import NBSP, typeset
from tests.documents.audits import invented_facts
from tests.documents.builders import report
from tests.documents.formats.test_typeset import squeezed
from tests.examples import cases
from tests.goldens.golden import NAMES, facts_told, golden
from tests.shipped import shipped

MOST = {Audience.EQUIPE: 2, Audience.ACADEMIE: 4, Audience.TECHNIQUE: 10}
"""Most pages of the PDF of each reader."""

SIZES = {"une classe": (1, 1), "six classes": (9, 6), "vingt classes": (27, 20)}
"""How many rooms and lots."""


@cache
def school(size: str) -> Report:
    rooms, lots = SIZES[size]
    told = invented_facts(shipped(), rooms=rooms, lots=lots, seed=3)
    return report(told, shipped())


def printed(told: Document) -> pypdf.PdfReader:
    file, warning = write_pdf(told)
    assert not warning
    return pypdf.PdfReader(io.BytesIO(file))


@cache
def annex_of_six_classes() -> pypdf.PdfReader:
    return printed(document(school("six classes")))


def document(told: Report) -> Document:
    return build_document(told, Audience.TECHNIQUE)


@pytest.mark.long  # the gate prints a golden school of 27 rooms, and one of six classes
@pytest.mark.parametrize("audience", MOST)
@pytest.mark.parametrize("size", SIZES)
def test_a_pdf_holds_a_school_of_any_size(size: str, audience: Audience) -> None:
    told = build_document(school(size), audience)
    assert len(printed(told).pages) <= MOST[audience]


@pytest.mark.parametrize("audience", MOST)
@pytest.mark.parametrize("name", cases(NAMES, "poitiers"))
def test_a_pdf_holds_each_golden_school(name: str, audience: Audience) -> None:
    told = build_document(visited(name), audience)
    read = printed(told).pages
    assert len(read) <= MOST[audience]
    if (name, audience) == ("poitiers", Audience.TECHNIQUE):
        # 27 rooms: their sketch, too tall for page 1, leaves no half of it blank.
        assert squeezed("Tickets, par métier") in squeezed(read[0].extract_text())


def test_no_room_is_left_out_of_the_team_s_table_untold() -> None:
    """One room too many: it is counted, as several are."""
    told = invented_facts(shipped(), rooms=ROOMS + 1, lots=1, seed=3)
    rooms = [one.id for one in told.places_of(PlaceKind.SALLE)]
    bare: dict[str, Value] = {"type_salle": "classe", "prises_rj45": 0}
    worst = {(room, ask): value for room in rooms for ask, value in bare.items()}
    text = paper(report(with_answers(told, worst), shipped()), Audience.EQUIPE)

    assert "1 autre salle dans le fichier joint" in text.replace(NBSP, " ")


@cache
def visited(name: str) -> Report:
    told = golden(name)
    return report(facts_told(told, shipped()), shipped(), today=told.visited)


@cache
def in_danger(letters: int = 44) -> Report:
    """Return twenty-seven rooms with long names, all dangerous and without sockets."""
    told = visited("poitiers")
    places = dict(told.facts.places)
    rooms = [one.id for one in told.facts.places_of(PlaceKind.SALLE)]
    for at, room in enumerate(rooms):
        name = f"Salle de l'ancien préau, côté cour, n° {at}, bis".ljust(letters, "x")
        places[room] = places[room].model_copy(update={"name": name})
    bare: dict[str, Value] = {
        "danger_electrique": True,
        "prises_rj45": 0,
        "poste_maitre": "aucun",
    }
    worst = {(room, ask): value for room in rooms for ask, value in bare.items()}
    facts = with_answers(replace(told.facts, places=places), worst)
    return report(facts, shipped(), today=told.date)


@pytest.mark.parametrize("letters", [44, 60])
def test_a_team_in_danger_everywhere_reads_two_pages(letters: int) -> None:
    audit = in_danger(letters)
    assert votes_of(audit).votes
    assert len(printed(build_document(audit, Audience.EQUIPE)).pages) <= 2


def test_a_ticket_names_its_rooms_beside_its_title_and_not_in_it() -> None:
    audit = in_danger()
    tickets = paper(audit, Audience.TECHNIQUE).partition("## Tickets")[2]
    first = re.search(r"^\| A?1 \| ([^|]+) \| ([^|]+) \|", tickets, re.MULTILINE)
    assert first
    assert "préau" not in first[1]
    assert "préau" in first[2]
    assert len(printed(document(audit)).pages) <= MOST[Audience.TECHNIQUE]


def test_what_lacks_in_a_room_is_what_was_seen_and_no_judgement_of_a_teacher() -> None:
    audits = [visited(name) for name in NAMES]
    seen = [
        words
        for audit in audits
        for room in audit.facts.places_of(PlaceKind.SALLE)
        for words in lacking(audit).get(room.id, ())
    ]
    assert seen
    for words in seen:
        assert "Un maître à l'aise" not in words
        assert "{" not in words
    titles = {one.title for one in audits[0].checklist.criteria.values()}
    assert len(titles & set(seen)) < len(set(seen)) / 4


def paper(audit: Report, audience: Audience) -> str:
    made = build_document(audit, audience).paper
    assert made is not None
    return made.markdown


def test_the_team_reads_free_acts_votes_and_rooms_without_an_amount() -> None:
    audit = visited("poitiers")
    text = paper(audit, Audience.EQUIPE)
    votes = votes_of(audit).votes
    assert votes
    for part in ("Lundi, sans acheter", "Ce que la mairie vote", "Votre avis"):
        assert f"## {part}" in text
    for vote in votes:
        assert typeset(vote.title) in text
    assert "€" not in text
    # A number of an action leads nowhere on these pages; that of a vote does.
    _, rooms = text.split("## Salle par salle")
    assert re.search(r"\| votes? \d", rooms)
    assert not re.search(r"\b[AR]\d", rooms)


def test_the_team_knows_why_the_council_does_not_vote_yet() -> None:
    audit = school("six classes")
    assert votes_of(audit).missing
    assert "Le conseil ne vote pas encore" in paper(audit, Audience.EQUIPE)


@pytest.mark.parametrize("name", cases(NAMES, "poitiers", "somme"))
def test_the_inspectorate_reads_no_price(name: str) -> None:
    text = paper(visited(name), Audience.ACADEMIE)
    assert "€" not in text
    for part in ("Usages, pilotage et formation", "Actions de l’école"):
        assert f"## {part}" in text
    # No table under a heading of the same words.
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert not {f"*{one}*" for one in heads} & set(text.splitlines())


@pytest.mark.parametrize("name", cases(NAMES, "poitiers", "somme"))
def test_what_the_team_is_asked_follows_a_sentence_that_asks_it(name: str) -> None:
    text = paper(visited(name), Audience.EQUIPE)
    asked = text.partition("## Votre avis")[2].partition("## ")[0].strip()
    assert ("\n- " in asked) is ("Dites-nous aussi :\n" in asked.replace(NBSP, " "))
    assert "au dos" not in asked  # its page 2 is printed there


def test_the_manifest_lists_what_travels_inside() -> None:
    reader = annex_of_six_classes()
    text = squeezed(reader.pages[-1].extract_text())
    _, manifest = text.split(squeezed("Fichiers joints à ce PDF"))
    assert set(reader.attachments) == {
        *("document.md", "tickets.csv", "achats.csv", "reponses.csv")
    }
    assert all(name in manifest for name in reader.attachments)


def test_the_whole_annex_is_attached_byte_for_byte() -> None:
    told = document(school("six classes"))
    held = annex_of_six_classes().attachments["document.md"]
    assert held == [told.markdown.encode("utf-8")]
    assert "## Critères" in told.markdown


def test_what_was_read_of_a_lot_has_its_names_and_purchases_their_units() -> None:
    audit = visited("poitiers")
    text = paper(audit, Audience.TECHNIQUE)
    stock = text.split("*Matériel présent*")[1].split("*À acheter*")[0]
    rows = re.findall(r"^\| (?!Lot|---)[^|]+ \| ([^|]+) \|$", stock, re.MULTILINE)
    assert rows
    assert all("\u00a0:" in row.partition(";")[0] for row in rows)
    assert re.search(r"^\| A?\d+ \| [^|]+ \| \d+ \| \w+", text, re.MULTILINE)


def test_every_action_is_in_the_whole_annex_attached() -> None:
    audit = school("vingt classes")
    whole = document(audit).markdown
    actions = audit.public.plan.actions
    assert len(actions) > TICKETS_SHOWN // 2
    for action in actions:
        assert re.search(rf"# .*\({action.ref}\)\n", whole)


def test_beyond_ten_rooms_a_sheet_is_for_where_something_lacks() -> None:
    small, large = school("six classes"), school("vingt classes")
    for audit in (small, large):
        paper = document(audit).paper
        assert paper is not None
        _, rooms = paper.markdown.split("## Salle par salle")
        sheets = rooms.split("\n## ")[0].count("\n### ")
        every = len(audit.facts.places_of(PlaceKind.SALLE))
        assert sheets == (every if every <= FEW else SHEETS)


def test_nothing_reserved_travels_inside() -> None:
    audit = school("six classes")
    paper = document(audit).paper
    assert paper is not None
    public = audit.public.checklist
    for one in shipped().questions.values():
        if one.id not in public.questions:
            assert not [each for each in paper.attachments if one.label in each.text]
    assert document(replace(audit, shown=None)).paper != paper


def test_what_waits_for_another_ticket_says_so_and_measures_follow_the_rooms() -> None:
    waited = 0
    for name in NAMES:
        audit = visited(name).public
        text = paper(audit, Audience.TECHNIQUE)
        tickets = text.partition("## Tickets")[2].partition("\n## ")[0]
        for one in audit.plan.actions[:TICKETS_SHOWN]:
            row = re.search(rf"^\| {one.number} \| ([^|]+) \|", tickets, re.MULTILINE)
            assert row
            first = [audit.plan.action(each) for each in one.advice.waits_for]
            if one.conditional and any(first):
                waited += 1
                assert "(après " in row[1]
        widths = re.search(r"^\| Largeur de l’image \| (.+) \|$", text, re.MULTILINE)
        if widths:
            named = re.findall(r"(?:^|; )(.+?)\s: ", widths[1].replace(NBSP, " "))
            rooms = audit.facts.places_of(PlaceKind.SALLE)
            order = [
                typeset(audit.place_name(one.id)).replace(NBSP, " ") for one in rooms
            ]
            assert named == [one for one in order if one in named]
    assert waited


def test_the_academy_reads_what_each_number_of_its_page_names() -> None:
    """An action of the commune that comes first is no row here: it is named below."""
    for name in NAMES:
        text = paper(visited(name), Audience.ACADEMIE)
        mine = text.partition("## Actions de")[2]
        listed = set(re.findall(r"^\| (\w+) \|", mine, re.MULTILINE))
        named = set(re.findall(r"(?:n°.|A)(\d+) \(", mine))
        for waits in re.findall(r"\((?:après|vérifier d’abord) ([^)]+)\)", mine):
            assert set(re.findall(r"\d+", waits)) <= listed | named
        told = re.search(r"(\d+) autres? actions?, dans le fichier joint", mine)
        rest = int(told[1]) if told else 0
        plan = visited(name).public.plan.actions
        own = {Owner.ECOLE, Owner.ACADEMIE}
        every = [one for one in plan if one.advice.recommendation.owner in own]
        assert len(every) == mine.count("\n| ") - 2 * bool(every) + rest


@pytest.mark.parametrize("audience", [Audience.ACADEMIE, Audience.TECHNIQUE])
def test_the_chapter_that_a_box_sends_to_is_printed_or_said_to_be_attached(
    audience: Audience,
) -> None:
    """The ten pages of the annex sent to a chapter that only its whole text has."""
    text = build_document(school("six classes"), audience).paper.markdown
    text = text.replace(NBSP, " ")
    attached, title = re.findall(r"Voir aussi, (.*?)sous « (.+?) »", text)[0]
    assert bool(attached) != (f"\n## {title}\n" in text)
