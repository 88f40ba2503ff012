"""Each document explains the terms that it uses, and only those."""

import re

import pytest

from diag.documents.parts.frame import TERMS, glossary, terms_in
from diag.model.checklist import Wording
from diag.model.enums import READERS, Audience
from tests.documents.builders import report
from tests.documents.reading import markdown
from tests.shipped import shipped

EVIDENT = {"CP", "CE1", "CM2", "GS", "EN"}
"""What everybody at a school knows, and half of « NF EN »."""
WORD = re.compile(r"[^\W_]+(?:/s)?")
CAPITALS = re.compile(r"[^a-zà-ÿ\d/]")


def acronyms_in(text: str) -> set[str]:
    """Return what looks like an acronym: a word with two capitals or more."""
    return {one for one in WORD.findall(text) if len(CAPITALS.findall(one)) > 1}


def test_terms_are_found_as_whole_words() -> None:
    assert terms_in("L'ENT, à 30 Mbit/s ; HT/TTC.") == ("ENT", "HT", "Mbit/s", "TTC")
    assert terms_in("VENTE et Entente") == ()


def test_acronyms_are_words_with_two_capitals() -> None:
    text = "PoE, RJ45, IPv6, École, McDo, ENT."
    assert acronyms_in(text) == {"PoE", "RJ45", "IPv6", "McDo", "ENT"}


def test_a_glossary_defines_what_is_used_in_order() -> None:
    assert glossary("Un VPI, pas un TBI.").index("TBI") == 0
    assert not glossary("Rien.")


def test_definitions_are_short_and_plain() -> None:
    for term, said in TERMS.items():
        assert len(said.split()) <= 14, term
        assert not said.endswith("."), term


@pytest.mark.parametrize("audience", list(READERS))
def test_every_acronym_of_a_document_is_explained(audience: Audience) -> None:
    document = markdown(report(), audience)
    prose = re.sub(r"\[!\w+\]|<[^>]*>|`[^`]*`|9990001W|[A-Z]{3}-\d+", "", document)
    assert acronyms_in(prose) <= set(TERMS) | EVIDENT


def _otherwise(words: Wording) -> tuple[str, ...]:
    told = words.otherwise
    return (told.long, told.short) if told else ()


def test_every_acronym_of_the_shipped_checklists_is_explained() -> None:
    checklist = shipped()
    texts = [
        text
        for one in checklist.recommendations.values()
        for words in one.wording.values()
        for text in (*words.model_dump().values(), *_otherwise(words))
        if isinstance(text, str)
    ]
    texts += [f"{one.title} {one.why}" for one in checklist.criteria.values()]
    texts += [one.label for one in checklist.questions.values()]
    assert not acronyms_in(" ".join(texts)) - set(TERMS) - EVIDENT
