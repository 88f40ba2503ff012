"""Progress is told apart from changes of method, and never without its measure."""

from dataclasses import replace
from fractions import Fraction

import pytest

from diag.assess.results import Score
from diag.audit.compare import AuditsCompared, ScoreChange
from diag.documents.parts.frame import against, since
from diag.model.enums import READERS, Audience, Standing
from diag.model.text import Bounds
from diag.words.sentences import NBSP, NNBSP
from tests.documents.builders import CRITERIA, changed, report
from tests.documents.reading import markdown


def _score(points: int | None) -> Score:
    ratio = Fraction(points or 0, 100)
    bounds = None if points is None else Bounds(ratio, ratio)
    return Score(Standing.IN, bounds, Fraction(1))


def moved(
    title: str, before: int | None, again: int | None, now: int | None
) -> ScoreChange:
    then = None if before is None else _score(before)
    return ScoreChange(title, then, _score(again), _score(now))


FIL, DEB, PRI, *_ = CRITERIA
SAME = AuditsCompared(
    campaign="2024-2025",
    method_changed=False,
    overall=moved("Ensemble", 31, 31, 37),
    domains=(
        moved("Accès et réseau", 20, 20, 40),
        moved("Sécurité", 50, 50, 50),
    ),
    better=(DEB,),
    worse=(PRI,),
    settled=3,
    lasting=1,
)
OTHER = replace(
    SAME,
    method_changed=True,
    overall=moved("Ensemble", 45, 31, 37),
    domains=(
        moved("Sécurité", 50, 42, 42),
        moved("Projet", None, 10, 10),
    ),
    judged_otherwise=(FIL, DEB),
)


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_by_the_same_method_what_moved_is_told_and_no_more() -> None:
    told = plain(since(SAME, named=6))
    assert "les grilles sont les mêmes" in told
    assert "| Accès et réseau | 20 | 40 |" in told
    assert "Sécurité" not in told
    assert "| Ensemble | 31 | 37 |" in told
    assert "**Mieux :** « Un débit qui suffit à la classe »." in told
    assert "**Moins bien :** « Deux prises réseau par classe »." in told
    assert "3 ne sont plus nécessaires et 1 reste à faire" in told


def test_what_the_method_moved_is_no_progress() -> None:
    told = plain(since(OTHER, named=6))
    assert "un changement de méthode n’est pas un progrès" in told
    assert "| Sécurité | 50 | 42 | 42 |" in told
    assert "| Projet | n’existait pas | 10 | 10 |" in told
    assert (
        "**Jugé autrement par les nouvelles grilles :** "
        "« Un filtrage protège les élèves »." in told
    )


def test_the_score_then_is_judged_as_the_score_now() -> None:
    assert against(SAME) == "contre 31 en 2024-2025"
    assert against(OTHER) == (
        "contre 31 en 2024-2025, rejugé par les grilles d'aujourd'hui"
    )


@pytest.mark.parametrize("audience", list(READERS))
def test_three_readers_are_told_what_changed(audience: Audience) -> None:
    told = plain(markdown(changed(report(), look_back=lambda: SAME), audience))
    expected = audience is not Audience.EQUIPE
    assert ("## Depuis le dernier audit" in told) is expected
    assert ("sur 100, contre 31 en 2024-2025" in told) is expected
    assert "Depuis le dernier audit" not in markdown(report(), audience)


def test_what_became_of_the_actions_is_a_sentence_whatever_the_counts() -> None:
    def said(settled: int, lasting: int, unsure: int = 0) -> str:
        changed = replace(SAME, settled=settled, lasting=lasting, to_confirm=unsure)
        return plain(since(changed, named=6)).rsplit("\n", 1)[-1]

    assert said(0, 4) == "Les actions proposées alors restent à faire."
    assert said(2, 0) == "Plus aucune action proposée alors n’est nécessaire."
    assert said(1, 2).startswith("Des actions proposées alors, 1 n’est plus")
    assert said(0, 0, 9) == "Des actions proposées alors, 9 restent à vérifier."
    assert said(0, 1, 2).endswith("1 reste à faire et 2 restent à vérifier.")
    assert "actions" not in said(0, 0)
