"""The shipped checklists, told to everyone, over invented schools."""

import re
from functools import cache

import pytest

from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.blocks import PAGE_BREAK
from diag.documents.document import Document, parser
from diag.documents.formats.html import write_html
from diag.documents.mairie import LONG, dangers, voted
from diag.documents.templates import build_document
from diag.model.enums import READERS, Audience
from diag.words.dates import MONTHS
from diag.words.sentences import NBSP, NNBSP, typeset
from diag.words.vocabulary import LEVELS_EXPLAINED
from tests.documents.audits import invented_facts
from tests.documents.builders import facts, report
from tests.documents.formats.test_html import read
from tests.documents.reading import html, markdown, text_of
from tests.documents.test_first_page import MAX_WORDS, first_page, words
from tests.examples import cases
from tests.shipped import shipped
from tests.words.blanks import blanks_in

SCHOOLS = [(1, 10), (2, 10), (3, 10), (4, 9), (5, 9), (6, 6), (7, 3), (8, 0)]
"""Seed, and how many questions in ten were answered."""


@cache
def school(seed: int, known: int) -> Report:
    checklist = shipped()
    return report(invented_facts(checklist, rooms=6, seed=seed, known=known), checklist)


@cache
def built(seed: int, known: int, audience: Audience) -> Document:
    return build_document(school(seed, known), audience)


def markdown_of(seed: int, known: int, audience: Audience) -> str:
    return built(seed, known, audience).markdown


@pytest.mark.parametrize(("seed", "known"), SCHOOLS)
def test_the_first_page_holds_on_real_content(seed: int, known: int) -> None:
    page = first_page(school(seed, known))
    assert words(page) <= MAX_WORDS
    assert "Vous recevez ce document" in page


@pytest.mark.parametrize("audience", list(READERS))
@pytest.mark.parametrize("asked", cases(SCHOOLS[::3], SCHOOLS[0], SCHOOLS[6]))
def test_every_document_of_a_real_school_is_sound(
    asked: tuple[int, int], audience: Audience
) -> None:
    seed, known = asked
    document = markdown_of(seed, known, audience)
    assert not blanks_in(document)
    assert "None" not in document
    outline = read(html(built(seed, known, audience), "Diagnostic"))
    assert not outline.problems
    assert not outline.all("img", "script")


def test_a_prepositions_interval_reads_as_french() -> None:
    documents = " ".join(
        markdown_of(seed, known, audience)
        for seed, known in SCHOOLS
        for audience in READERS
    )
    wrong = r"\b(?:dans|pour|de|par) entre \d|\bde (?:au|un nombre|environ)\b"
    assert not re.search(wrong, documents)


def test_sensitive_facts_of_the_shipped_checklists_stay_reserved() -> None:
    checklist = shipped()
    sensitive = [one for one in checklist.questions.values() if one.sensitive]
    assert sensitive
    told = school(1, 10)
    for audience in READERS:
        document = markdown(told, audience)
        for question in sensitive:
            assert typeset(question.label) not in document
    reserved = markdown(told, Audience.RESERVE)
    assert any(typeset(question.label) in reserved for question in sensitive)


BUDGETS = {Audience.MAIRIE: 3600, Audience.EQUIPE: 2000, Audience.ACADEMIE: 2850}
"""Words of each document: what its reader has time for."""


@pytest.mark.parametrize("audience", list(BUDGETS))
def test_a_document_is_no_longer_than_its_reader_s_patience(audience: Audience) -> None:
    for seed, known in SCHOOLS:
        document = markdown_of(seed, known, audience)
        text = text_of(parser().parse(document))
        assert words(text) <= BUDGETS[audience]


def test_a_strength_is_a_fact_and_no_level() -> None:
    """« Un accès à Internet en service : niveau exemplaire » of one that scores 26."""
    for seed, known in SCHOOLS[:3]:
        document = markdown_of(seed, known, Audience.EQUIPE).replace(NBSP, " ")
        strong = document.partition("\n## Ce qui fonctionne")[2].partition("\n## ")[0]
        assert "\n- " in strong
        assert "niveau" not in strong.partition("\n- ")[2]


@pytest.mark.parametrize("known", [0, 3, 10])
def test_every_source_listed_is_cited_and_every_one_cited_is_listed(known: int) -> None:
    told = school(1, known) if known else report(facts(closed=False), shipped())
    for audience in Audience:
        body, _, end = markdown(told, audience).partition("\n## Sources")
        listed = re.findall(r"^- \*\*(S\d+)\*\*", end, re.MULTILINE)
        assert set(listed) == set(re.findall(r"\bS\d+\b", body)), audience


@pytest.mark.parametrize("audience", list(READERS))
def test_no_sentence_is_cut(audience: Audience) -> None:
    for seed, known in SCHOOLS:
        assert "…" not in markdown_of(seed, known, audience)


@pytest.mark.parametrize("audience", list(READERS))
def test_levels_are_explained_before_they_are_told(audience: Audience) -> None:
    for seed, known in SCHOOLS:
        document = plain(markdown_of(seed, known, audience))
        assert document.count(LEVELS_EXPLAINED) <= 1
        first = re.search("niveau (?:insuffisant|de base|recomm|exempl)", document)
        if first:
            assert 0 <= document.find(LEVELS_EXPLAINED) < first.start()


def test_base_never_stands_alone() -> None:
    for seed, known in SCHOOLS:
        for audience in BUDGETS:
            document = plain(markdown_of(seed, known, audience))
            assert not re.search(r"[:|] base\b", document)


def test_every_action_of_the_mayor_has_its_number_and_two_papers_hold_all() -> None:
    for seed, known in SCHOOLS:
        told = school(seed, known)
        mairie, annex, reserve = (
            markdown_of(seed, known, one)
            for one in (Audience.MAIRIE, Audience.TECHNIQUE, Audience.RESERVE)
        )
        annex += reserve
        words = {*re.findall(r"\w+", mairie)}
        assert {one.number for one in told.public.plan.actions} <= words
        lines = re.findall(r"^(?:#+|\|) .*", annex, re.MULTILINE)
        refs = set(re.findall(r"\(([^()]+)\)", "\n".join(lines)))
        assert {one.ref for one in told.plan} - refs <= {
            one.ref for one in told.plan.closed
        }


def test_the_mayor_reads_only_sources_that_the_document_cites() -> None:
    for seed, known in SCHOOLS:
        body, _, sources = markdown_of(seed, known, Audience.MAIRIE).partition(
            "\n## Sources"
        )
        for source in re.findall(r"^- \*\*(\w+)\*\*", sources, re.MULTILINE):
            assert re.search(rf"\b{source}\b", body)


def test_what_page_one_asks_for_is_dated_and_told_at_length() -> None:
    for seed, known in SCHOOLS:
        told = school(seed, known)
        document = markdown_of(seed, known, Audience.MAIRIE)
        calendar = document.split(PAGE_BREAK)[1]
        votes = votes_of(told)
        for action in (*dangers(told.public), *voted(told.public, votes))[:LONG]:
            assert f"({action.ref})" in calendar
            assert re.search(rf"\n### .*\({action.ref}\)\n", document)


def plain(document: str) -> str:
    return document.replace(NBSP, " ").replace(NNBSP, " ")


def test_pages_one_and_two_end_once_each() -> None:
    for seed, known in SCHOOLS:
        told = school(seed, known)
        lines = markdown_of(seed, known, Audience.MAIRIE).split("\n")
        assert lines.count(PAGE_BREAK) == 1 + bool(told.plan.actions)


def test_what_nothing_bounds_is_not_told_to_cost_at_least_nothing() -> None:
    told = report(facts(closed=False), shipped())
    technique = plain(markdown(told, Audience.TECHNIQUE))
    assert "| à chiffrer |" in technique
    assert "au moins 0 €" not in technique


_BROKEN_DAY = re.compile(rf"\d (?:{'|'.join(MONTHS)})|« | »|(?<=[^\W\d_])'(?=\w)")


@pytest.mark.parametrize("audience", list(Audience))
def test_every_form_has_its_apostrophes_and_breaks_no_day(audience: Audience) -> None:
    """Code and addresses are left alone."""
    made = built(1, 10, audience)
    for document in filter(None, (made, made.paper)):
        prose = re.sub(r"`[^`]*`|<https?:[^>]*>", "", document.markdown)
        assert _BROKEN_DAY.findall(prose) == []
        page = read(write_html(document)[0].decode()).text
        assert _BROKEN_DAY.findall("\n".join(page)) == []
