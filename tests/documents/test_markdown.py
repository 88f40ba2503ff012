"""The four documents: what each one holds, always the same, always sound."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.blocks import PAGE_BREAK
from diag.documents.document import parser
from diag.documents.parts.budget import sources_list
from diag.documents.parts.places import COLUMNS
from diag.documents.templates import build_document
from diag.model.audit import FollowUp
from diag.model.checklist import Wording
from diag.model.enums import (
    READERS,
    Audience,
    AuditStatus,
    FollowUpState,
    Owner,
    Provenance,
)
from diag.words.sentences import NBSP, NNBSP, typeset
from diag.words.vocabulary import UNSCORED
from tests.documents.builders import (
    CHECKLIST,
    ORDINARY,
    SCHOOL,
    changed,
    facts,
    known,
    places,
    report,
)
from tests.documents.reading import markdown, text_of
from tests.documents.test_escape import FRAGMENTS
from tests.examples import examples
from tests.words.blanks import blanks_in

ALL = list(READERS)
EMPTY = facts(closed=False)

ALERT = "filtrage-en-service"


def seen(document: str) -> str:
    """Return what a reader sees, with ordinary spaces."""
    text = text_of(parser().parse(document))
    return text.replace(NBSP, " ").replace(NNBSP, " ")


@pytest.mark.parametrize("audience", ALL)
@pytest.mark.parametrize("told", [ORDINARY, EMPTY], ids=["ordinaire", "vide"])
def test_the_same_report_gives_the_same_bytes(audience: Audience, told: object) -> None:
    audit = report(EMPTY if told is EMPTY else ORDINARY)
    assert markdown(audit, audience) == markdown(audit, audience)


@pytest.mark.parametrize("audience", ALL)
def test_no_placeholder_and_no_python_is_left(audience: Audience) -> None:
    for told in (ORDINARY, EMPTY):
        document = markdown(report(told), audience)
        assert not blanks_in(document)
        assert not re.search(
            r"\b(?:None|True|False|Fraction|StrEnum)\b|\{\{|\{%", document
        )


@pytest.mark.parametrize("audience", ALL)
def test_provisoire_is_told_at_the_head_and_at_the_foot(audience: Audience) -> None:
    document = seen(markdown(report(), audience))
    assert "provisoire (audit en cours)" in document.split("\n")[:30]
    assert document.rstrip().split("\n")[-1].startswith("Document provisoire")


@pytest.mark.parametrize("audience", ALL)
def test_a_closed_audit_is_provisional_nowhere(audience: Audience) -> None:
    document = markdown(report(status=AuditStatus.CLOS), audience)
    assert "provisoire" not in document.lower()
    assert "définitif" in document


@pytest.mark.parametrize("audience", ALL)
def test_alerts_stand_above_everything(audience: Audience) -> None:
    document = markdown(report(), audience)
    # The mayor's page 1 is what is voted: alerts come with what is essential.
    parts = document.split("\n## ")
    lead = parts[2] if audience is Audience.MAIRIE else parts[0]
    assert "> [!WARNING]" in lead


@pytest.mark.parametrize("audience", ALL)
def test_headings_skip_no_level_and_one_is_first(audience: Audience) -> None:
    heads = re.findall(r"^(#+) ", markdown(report(), audience), re.MULTILINE)
    levels = [len(head) for head in heads]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("audience", ALL)
def test_french_spaces_are_written_in_the_source_too(audience: Audience) -> None:
    document = markdown(report(), audience)
    prose = re.sub(r"`[^`]*`|<[^>]*>", "", document)
    assert not re.search(r"[^|\n>] [;!?](?:\s|$)", prose)
    assert not re.search(r"\w :(?:\s|$)", prose, re.MULTILINE)


@pytest.mark.parametrize("audience", ALL)
def test_typeset_markdown_is_its_own_typesetting(audience: Audience) -> None:
    made = build_document(report(), audience)
    read = made.pages
    source = text_of(parser().parse(made.markdown)).split("\n")
    printed = text_of((*read.head, *read.first_page, *read.body)).split("\n")
    assert set(printed) <= set(source)


def test_the_team_reads_no_ranking_and_no_promise() -> None:
    document = seen(markdown(report(), Audience.EQUIPE))
    assert "Plusieurs classes pourront travailler ensemble." in document
    assert "Se relayer." in document
    assert "rien n’est encore décidé" in document
    assert "sur 100" not in document
    assert "00 00 00 00 00" in document


def test_the_team_reads_what_was_decided() -> None:
    decided = FollowUp(
        recommendation="fibre", state=FollowUpState.DECIDEE, on="2026-03-01",
        by="conseil municipal",
    )  # fmt: skip
    document = seen(markdown(report(follow_ups=(decided,)), Audience.EQUIPE))
    assert "12 septembre 2026 (décidée)" in document
    assert "1er mars 2026" in document


def test_the_academy_reads_what_its_edition_examines_and_what_it_does_not() -> None:
    document = seen(markdown(report(), Audience.ACADEMIE))
    assert "Un projet numérique écrit" in document
    assert "n’examine pas encore la formation" in document
    assert "à engager après n° 2" in document


def test_the_technician_reads_the_rule_of_a_level_that_may_be_missed() -> None:
    reached = report(facts({("ecole", "debit"): "200"}))
    assert "`debit >= 30`" in markdown(report(), Audience.TECHNIQUE)
    assert "`debit >= 30`" not in markdown(reached, Audience.TECHNIQUE)


def test_the_technician_reads_every_answer_and_source() -> None:
    document = markdown(report(), Audience.TECHNIQUE)
    for expected in (typeset("Ana, 8 mars 2026"), "mesuré", "usage du métier"):
        assert expected in document
    for question in (
        "Prises réseau",
        "Débit descendant à la box",
        "Filtrage en service",
    ):
        assert question in document


def test_a_conflict_shows_both_values() -> None:
    heads = (known("12", Provenance.MEASURED, "Ana"), known("45", author="Bob"))
    told = report(facts({("ecole", "debit"): heads}))
    technique = seen(markdown(told, Audience.TECHNIQUE))
    assert "12 Mbit/s ou 45 Mbit/s (réponses contradictoires)" in technique
    assert "mesuré, Ana, 8 mars 2026 / constaté, Bob, 8 mars 2026" in technique
    assert "un fait a deux réponses" in seen(markdown(told, Audience.MAIRIE))
    for audience in (Audience.EQUIPE, Audience.ACADEMIE):
        document = seen(markdown(told, audience))
        assert document.count("1 question a des réponses contradictoires") == 1
        assert "contradictoires" not in seen(markdown(report(), audience))


def test_an_answer_of_another_edition_is_not_hidden() -> None:
    told = report(facts({("ecole", "question_retiree"): "gardée"}))
    document = seen(markdown(told, Audience.RESERVE))
    assert "question_retiree (retirée)" in document
    assert "gardée" in document


def test_an_old_answer_is_flagged() -> None:
    fresh = report(facts({("ecole", "debit"): "12"}))
    old = changed(fresh, date=fresh.date.replace(year=2028))
    assert "à actualiser" not in markdown(fresh, Audience.TECHNIQUE)
    assert "(à actualiser)" in markdown(old, Audience.TECHNIQUE)


def test_what_is_missing_is_asked_where_it_is_missing() -> None:
    told = report(facts({("CP", "type_salle"): "classe"}, ("CP", "CE1")))
    document = seen(markdown(told, Audience.TECHNIQUE))
    rows = re.findall(
        r"Débit descendant à la box\. Quelle offre avez-vous \?", document
    )
    assert rows
    assert "CP et CE1" in document


def test_rooms_that_share_a_name_say_where_they_stand() -> None:
    told = facts(rooms=("a", "b"))
    named = {
        ident: place.model_copy(update={"name": "CP"}) if ident in "ab" else place
        for ident, place in told.places.items()
    }
    audit = report(replace(told, places=named))
    assert audit.place_names["a"] == "CP (École élémentaire du Moulin)"
    assert places("CE1")["CE1"].name == "CE1"


def test_an_engineer_may_reword_an_action_for_one_reader() -> None:
    words = Wording(title="Tirer la fibre", why="Parce que.", decision="Voter {cout}.")
    told = report(reworded={("fibre", Audience.MAIRIE): words})
    assert "Tirer la fibre" in markdown(told, Audience.MAIRIE)
    assert "Tirer la fibre" not in markdown(told, Audience.EQUIPE)


@examples(30, few=5)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join))
def test_hostile_names_and_notes_break_no_document(typed: str) -> None:
    """The same documents, block for block, as with a plain word instead."""
    word = f"x{typed}x".replace("\n", " ").replace("\r", " ")

    def kinds(said: str, audience: Audience) -> list[str]:
        told = facts(
            {("ecole", "remarque"): said, ("salle", "type_salle"): "classe"},
            ("salle",),
            notes={("ecole", "remarque"): (said,)},
        )
        school = SCHOOL.model_copy(update={"name": said})
        tokens = parser().parse(markdown(report(told, school=school), audience))
        return [token.type for token in tokens]

    for audience in (Audience.MAIRIE, Audience.TECHNIQUE):
        assert kinds(word, audience) == kinds("xOrdinairex", audience)


def test_an_audit_of_which_nothing_is_known_is_told_honestly() -> None:
    document = seen(markdown(report(EMPTY), Audience.MAIRIE))
    assert "entre 0 et" not in document
    assert "Examiné à 0 %" in document
    assert "il manque de quoi décider" in document
    assert "la liste des salles n’est pas encore complète" in document
    assert PAGE_BREAK in markdown(report(EMPTY), Audience.MAIRIE)


def test_a_domain_of_compliance_alone_is_told_without_a_score() -> None:
    criteria = {
        ident: one.model_copy(update={"domain": "projet"} if ident != ALERT else {})
        for ident, one in CHECKLIST.criteria.items()
    }
    grid = CHECKLIST.model_copy(update={"criteria": criteria})
    document = markdown(report(EMPTY, grid), Audience.MAIRIE)
    assert f"| Sécurité | {UNSCORED} | – |" in document


def test_what_waits_for_an_action_told_elsewhere_is_no_sub_heading() -> None:
    theirs = CHECKLIST.recommendations["equiper"].model_copy(
        update={"owner": Owner.ECOLE}
    )
    changed = CHECKLIST.model_copy(
        update={"recommendations": {**CHECKLIST.recommendations, "equiper": theirs}}
    )
    waiting = r"^(#+) Équiper les classes \(\w+\) \(n°.\d+\)$"
    for audience, level in ((Audience.TECHNIQUE, "####"), (Audience.ACADEMIE, "###")):
        document = markdown(report(checklist=changed), audience)
        assert re.findall(waiting, document, re.MULTILINE) == [level]


@pytest.mark.parametrize("audience", ALL)
def test_the_usual_answerer_is_named_once_and_the_others_where_they_answer(
    audience: Audience,
) -> None:
    document = seen(markdown(report(), audience))
    assert document.count("Ana, 8 mars 2026") == (audience is Audience.TECHNIQUE)


def test_a_room_is_read_in_a_table_of_a_few_rooms() -> None:
    rooms = tuple(f"Salle {rank}" for rank in range(7))
    told = report(facts({(room, "prises"): 2 for room in rooms}, rooms))
    document = markdown(told, Audience.TECHNIQUE)
    for caption in ("*Tableau des salles, 1 sur 2*", "*Tableau des salles, 2 sur 2*"):
        head = document.split(caption)[1].split("\n")[2]
        assert head.count("|") <= COLUMNS + 3
    for room in rooms:
        assert room in document


def test_sources_are_listed_as_one_counts() -> None:
    source = CHECKLIST.sources["S1"]
    sources = {
        name: source.model_copy(update={"id": name}) for name in ("S116", "S9", "S19")
    }
    told = report(checklist=CHECKLIST.model_copy(update={"sources": sources}))
    listed = re.findall(r"\*\*(\w+)\*\*", sources_list(told, sources))
    assert listed == ["S9", "S19", "S116"]
