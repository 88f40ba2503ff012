"""What the inspectorate reads: its own part first, what lacks most of the others'."""

import re

from diag.model.enums import Audience
from diag.words.sentences import NBSP, NNBSP
from tests.documents.builders import ORDINARY, report
from tests.documents.reading import markdown


def document() -> str:
    told = markdown(report(ORDINARY), Audience.ACADEMIE)
    return told.replace(NBSP, " ").replace(NNBSP, " ")


def part(title: str) -> str:
    return document().partition(f"\n## {title}")[2].partition("\n## ")[0]


def test_no_word_of_a_title_touches_the_next() -> None:
    assert "## Actions de l’école et de l’académie\n" in document()


def test_what_cures_a_broken_law_stands_in_its_table_and_nowhere_else() -> None:
    filtrer = report(ORDINARY).plan.action("filtrer")
    assert filtrer is not None
    cure = filtrer.titled("Mettre en place un filtrage (commune)")
    assert cure.replace(NBSP, " ") in part("Ce que la loi demande")
    others = part("Pour information : les autres actions")
    assert not re.search(rf"\| {filtrer.number} \|", others)


def test_what_is_lacking_is_told_of_the_others_actions() -> None:
    others = part("Pour information : les autres actions")
    for ident in ("fibre", "cabler", "equiper"):
        action = report(ORDINARY).plan.action(ident)
        assert action is not None
        assert f"| {action.number} |" in others


def test_a_subject_says_what_is_proposed_about_it() -> None:
    subject = part("Projet, formation et espace numérique de travail")
    assert re.search(r"\| Un projet numérique écrit \|.*\(n°.\d+\)", subject)
