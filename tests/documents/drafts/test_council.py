"""The note and the deliberation: required or not, known or not, the council's own."""

from dataclasses import replace

import pytest
from hypothesis import given

from diag.documents.document import parser
from diag.documents.drafts.council import (
    deliberation,
    is_note_required,
    need_words,
    note,
)
from diag.documents.synthesis.gathering import extract_of
from diag.model.audit import Commune
from diag.words.sentences import typeset
from tests.documents.builders import ORDINARY, facts, report
from tests.documents.formats.test_literals import HOSTILE
from tests.documents.reading import text_of
from tests.documents.synthesis.gatherings import (
    COMMUNE,
    KEPT,
    LAVOIR,
    MOULIN,
    extract,
    gathering,
    school,
)
from tests.examples import examples
from tests.shipped import shipped


def commune(population: int | None) -> Commune:
    return COMMUNE.model_copy(update={"population": population})


@pytest.mark.parametrize(
    ("population", "required"),
    [
        (3499, False),
        (3500, True),
        (0, False),
        (None, None),
    ],
)
def test_the_population_decides_and_its_absence_is_said(
    population: int | None, *, required: bool | None
) -> None:
    assert is_note_required(commune(population)) is required


def test_no_commune_is_unknown_too() -> None:
    assert is_note_required(None) is None


def test_the_note_says_where_the_population_comes_from_and_what_to_check() -> None:
    said = need_words(commune(4200), "2026-01-05")
    assert said.startswith("Note obligatoire d'après la population connue")
    assert "lue le 5 janvier 2026" in said
    assert "ne dit pas l'année du recensement" in said
    assert "texte à relire" in said
    assert "proche du seuil" not in said


def test_a_small_commune_may_do_without_and_a_near_one_is_warned() -> None:
    assert "non obligatoire" in need_words(commune(900), "")
    assert "proche du seuil" in need_words(commune(3400), "2026-01-05")
    assert "On ne sait pas" in need_words(commune(None), "2026-01-05")


def test_the_convocation_s_delay_follows() -> None:
    assert (
        "cinq jours francs" in note(gathering(commune=commune(4200)), "Projet").markdown
    )
    assert (
        "trois jours francs" in note(gathering(commune=commune(900)), "Projet").markdown
    )
    unknown = note(gathering(commune=None), "Projet").markdown
    assert "cinq jours francs à partir de" in unknown
    assert "On ne sait pas si cette note est obligatoire" in unknown


def test_the_council_votes_each_article_freely() -> None:
    text = deliberation(gathering(), "Projet").markdown
    votes = text.count("adopté, modifié, ajourné ou rejeté")
    assert votes == 1
    article = text.split("**Article 2.** ")[1].replace("\u00a0", " ")
    assert article.startswith("École élémentaire du Moulin, vote 1 : Raccorder l’école")
    assert "filtrage" not in article
    assert "**Article 5.** Le maire est chargé" in text


def test_without_anything_to_vote_both_still_stand() -> None:
    bare = extract(KEPT, LAVOIR)
    none = bare.votes.model_copy(update={"votes": (), "aside": ()})
    told = replace(bare, tasks=(), findings=(), expenses=(), votes=none)
    quiet = gathering(told)
    assert "Rien à voter." in note(quiet, "Projet").markdown
    assert (
        "**Article 2.** La dépense est imputée"
        in deliberation(quiet, "Projet").markdown
    )


@examples(30, few=10)
@given(HOSTILE)
def test_a_hostile_name_comes_out_letter_for_letter(text: str) -> None:
    words = " ".join("".join(one for one in text if one.isprintable()).split())
    name = f"x{words}x".replace("\u00a0", "").replace("\u202f", "")
    told = gathering(extract(ORDINARY, school("9990010F", name)), extract(KEPT, MOULIN))
    expected = "".join(typeset(told.name_of(told.extracts[0])).split())
    for write in (note, deliberation):
        tokens = parser().parse(write(told, "Projet").markdown)
        assert not [one for one in tokens if one.type in {"html_block", "fence"}]
        assert expected in "".join(text_of(tokens).split())


def test_another_assembly_decides_where_another_body_pays() -> None:
    """Who pays was asked of the town hall, and no document said it."""
    general = "Si l’école relève d’une intercommunalité"
    payers = {None: general, "commune": "", "sivos": "L’assemblée de qui paie décide"}
    for payer, words in payers.items():
        answers = {("ecole", "payeur"): payer} if payer else {}
        told = report(facts(answers), shipped(), school=MOULIN)
        text = deliberation(gathering(extract_of(told)), "Projet").markdown
        for one in filter(None, payers.values()):
            assert (one in text) == (one == words)
    assert "un syndicat scolaire (SIVOS)" in text.replace("\u00a0", " ")
