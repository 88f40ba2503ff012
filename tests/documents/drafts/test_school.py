"""The drafts of one school: what is known is told, nothing else is pretended."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given

from diag.audit.report import Report
from diag.documents.blocks import written
from diag.documents.document import Document, parser
from diag.documents.drafts.council import minutes
from diag.documents.drafts.school import HEADINGS, application, loan, project
from diag.documents.parts.votes import amounts_words, votes_shown
from diag.documents.synthesis.gathering import extract_of
from diag.model.audit import FollowUp
from diag.model.checklist import Choice
from diag.model.enums import AuditStatus, FollowUpState, QuestionType
from diag.words.sentences import typeset
from tests.documents.builders import (
    CHECKLIST,
    ORDINARY,
    SCHOOL,
    facts,
    question,
    report,
)
from tests.documents.formats.test_literals import HOSTILE
from tests.documents.formats.test_whole_schools import told
from tests.documents.reading import text_of
from tests.documents.synthesis.gatherings import MOULIN, gathering, of, school
from tests.examples import examples

LENT = CHECKLIST.model_copy(
    update={
        "questions": CHECKLIST.questions
        | {
            "terminaux_emportes": question(
                "terminaux_emportes", QuestionType.BOOLEAN, "Des appareils sortent"
            ),
            "casse_prevue": question(
                "casse_prevue",
                QuestionType.CHOICE,
                "Casse : qui paie",
                choices=(Choice(id="rien", label="Rien d’écrit"),),
            ),
            "identite_appareils": question(
                "identite_appareils",
                QuestionType.TEXT,
                "Ce que l’on sait de l’élève",
                sensitive=True,
            ),
        }
    }
)
"""The small checklist, with some questions on tablets that leave the school."""


def lent(**answers: bool | str) -> str:
    told = {("ecole", name): value for name, value in answers.items()}
    return loan(report(facts(told), LENT).public, "Projet", "").markdown


def test_the_convention_has_seventeen_articles_each_to_be_completed() -> None:
    text = lent()
    assert len(HEADINGS) == text.count("### Article ") == 17
    assert text.count("à compléter") >= 17


def test_the_convention_says_what_is_known_and_never_a_sensitive_fact() -> None:
    text = lent(casse_prevue="rien", identite_appareils="Nom de famille")
    assert "Casse\u00a0: qui paie" in text
    assert "rien d’écrit" in text
    assert "Nom de famille" not in text


def test_the_convention_tells_what_it_is_for() -> None:
    assert "vérifiez-le" in lent()
    assert "prépare une décision" in lent(terminaux_emportes=False)
    assert "avant la prochaine remise" in lent(terminaux_emportes=True)
    nursery = SCHOOL.model_copy(update={"nursery": True, "elementary": False})
    assert (
        "n’y a pas d’usage prévu"
        in loan(report(facts(), LENT, school=nursery), "Projet", "").markdown
    )


def test_a_provisional_audit_marks_its_drafts() -> None:
    for write in (project, application, loan):
        begun = of(ORDINARY, MOULIN, AuditStatus.EN_COURS)
        open_one = write(begun, "Projet", "").markdown
        closed = write(of(ORDINARY, MOULIN), "Projet", "").markdown
        assert "audit provisoire" in open_one
        assert "encore provisoire" in open_one
        assert "provisoire" not in closed
        assert "définitif," not in closed.splitlines()[-1]


def test_the_project_leaves_the_uses_to_the_team() -> None:
    text = project(of(ORDINARY, MOULIN), "Projet", "").markdown
    for rank in (1, 2, 3):
        assert f"| Usage {rank} | à compléter |" in text
    assert "Ana" not in text.split("## Votre interlocuteur")[0]


def test_the_dossier_s_budget_is_the_town_hall_s() -> None:
    told = of(ORDINARY, MOULIN)
    assert str(told.budget.total) in application(told, "Projet", "").markdown
    assert (
        "Vérifiez d’abord quel appel est ouvert"
        in application(told, "Projet", "").markdown
    )


def test_the_minutes_recall_what_was_decided() -> None:
    step = FollowUp(
        recommendation="fibre", state=FollowUpState.COMMANDEE, on="2026-02-01"
    )
    hidden = FollowUp(recommendation="ranger", state=FollowUpState.DECIDEE)
    told = gathering(extract_of(report(follow_ups=(step, hidden))))
    text = minutes(told, "Projet").markdown
    assert "| commandée | 1er\u00a0février\u00a02026 | à compléter |" in text
    assert "ots de passe" not in text
    assert (
        "| Raccorder l’école à la fibre | École élémentaire du Moulin | la" not in text
    )


@examples(25, few=8)
@given(HOSTILE)
def test_a_hostile_name_comes_out_letter_for_letter(text: str) -> None:
    words = " ".join("".join(one for one in text if one.isprintable()).split())
    name = f"x{words}x".replace("\u00a0", "").replace("\u202f", "")
    told = of(ORDINARY, school("9990010F", name))
    expected = "".join(typeset(told.about.name).split())
    for write in (project, application, loan):
        tokens = parser().parse(write(told, "Projet", "").markdown)
        assert not [one for one in tokens if one.type in {"html_block", "fence"}]
        assert expected in "".join(text_of(tokens).split())


def test_the_convention_prints_the_votes_that_it_rests_on() -> None:
    """Breakage and maintenance are voted: in the words and amounts of page 1."""
    audit = told("soissons").public
    text = loan(audit, "Projet", "").markdown
    (each,) = votes_shown(audit)
    bound = [one for one in each.votes.votes if one.title in text.replace("’", "'")]
    assert "Garder une réserve pour remplacer ce qui casse" in {
        one.title for one in bound
    }
    assert 0 < len(bound) < len(each.votes.votes)
    for vote in bound:
        assert str(written(amounts_words(vote))) in text
    assert "Aucun vote" in lent()


@pytest.mark.parametrize("draft", [application, loan, project])
def test_no_title_nor_caption_is_glued_to_what_stands_before(
    draft: Callable[[Report, str, str], Document],
) -> None:
    text = draft(told("poitiers").public, "Projet", "").markdown
    assert not re.search(r"^[^|>\s].*\n(?:#|\*\w|\|)", text, re.MULTILINE)
    assert not re.search(r"^\|.*\n(?!\||$)", text, re.MULTILINE)
