"""What a rule rests on is told with it, to those who answer for it."""

import json
import re
from datetime import date

import pytest

from diag.assess.spread import concerns, deadline_words, due_words, law_words
from diag.documents.templates import build_document
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Deadline, Law
from diag.model.enums import READERS, Audience, Nature, Party, PlaceKind
from diag.words.sentences import NBSP
from tests.documents.builders import CHECKLIST, ORDINARY, facts, report
from tests.documents.formats import test_whole_schools as schools
from tests.documents.reading import markdown
from tests.shipped import shipped

RULE = "filtrage-en-service"
READ = Law(text="Loi n° 1", article="7", read_on="2026-03-02")


def with_rule(**changes: object) -> Checklist:
    """Return the small checklist, its rule changed."""
    rule = CHECKLIST.criteria[RULE].model_copy(update=changes)
    return CHECKLIST.model_copy(update={"criteria": CHECKLIST.criteria | {RULE: rule}})


def told(audience: Audience, **changes: object) -> str:
    """Return a document, its spaces plain."""
    return markdown(report(ORDINARY, with_rule(**changes)), audience).replace(NBSP, " ")


def test_a_law_that_was_read_is_an_obligation_with_its_text_and_article() -> None:
    text = told(Audience.MAIRIE)
    assert "(obligation : loi n° 1, article 7)" in text
    assert "Ce que la loi demande et qui n’est pas encore respecté" in text
    assert "| Obligation : loi n° 1, article 7 |" in text


@pytest.mark.parametrize("read_on", ["", "2024-03-08"])
def test_a_law_not_read_of_late_is_never_told_as_an_obligation(read_on: str) -> None:
    law = READ.model_copy(update={"read_on": read_on})
    for audience in READERS:
        text = told(audience, law=law)
        assert "Texte à vérifier : loi n° 1, article 7" in text
        assert "bligation : " not in text
        assert "Ce que la loi demande et qui" not in text


def test_what_the_ministry_asks_says_so() -> None:
    law = Law(text="Circulaire n° 2")
    text = told(Audience.MAIRIE, nature=Nature.CONSIGNE, law=law)
    assert "(consigne du ministère, texte à vérifier)" in text
    assert "Consigne du ministère, texte à vérifier : circulaire n° 2" in text
    assert "bligation : " not in text


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (facts(), "1 point à vérifier (« Un filtrage protège les élèves »)."),
        (ORDINARY, "1 point non respecté."),
    ],
)
def test_page_4_names_the_rule_that_is_still_to_be_checked(
    answers: Facts, asked: str
) -> None:
    pages = build_document(report(answers), Audience.MAIRIE).draw().later
    assert pages
    law = json.loads(json.dumps(pages))["known"]["law"]
    assert law.replace(NBSP, " ").endswith(asked)


@pytest.mark.parametrize(
    ("binds", "readers"),
    [
        ((Party.COMMUNE,), {Audience.MAIRIE, Audience.EQUIPE, Audience.TECHNIQUE}),
        ((Party.ECOLE,), {Audience.ACADEMIE, Audience.EQUIPE, Audience.TECHNIQUE}),
        ((Party.ACADEMIE, Party.EDITEUR), set(READERS) - {Audience.MAIRIE}),
        ((Party.COMMUNE, Party.ECOLE), set(READERS)),
    ],
)
def test_a_broken_rule_is_told_to_those_who_answer_for_it(
    binds: tuple[Party, ...], readers: set[Audience]
) -> None:
    for audience in READERS:
        is_told = "loi n° 1, article 7 |" in told(audience, binds=binds)
        assert is_told is (audience in readers), audience


def test_the_mayor_learns_that_other_rules_are_for_others() -> None:
    text = told(Audience.MAIRIE, binds=(Party.ECOLE,))
    assert "Un autre point ne relève pas de la commune" in text
    assert "relève pas de la commune" not in told(Audience.MAIRIE)


def test_elected_readers_of_the_syndicat_answer_for_its_own_rules() -> None:
    rule = CHECKLIST.criteria[RULE]
    own = rule.model_copy(
        update={"place": PlaceKind.SYNDICAT, "binds": (Party.SYNDICAT,)}
    )
    assert concerns(own, Audience.MAIRIE)
    assert not concerns(rule.model_copy(update={"binds": own.binds}), Audience.MAIRIE)


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("", "code civil"),
        ("9", "code civil, article 9"),
        ("9 et 372-1", "code civil, articles 9 et 372-1"),
        ("12 à 14", "code civil, articles 12 à 14"),
        ("R. 543-195 et suivants", "code civil, articles R. 543-195 et suivants"),
    ],
)
def test_articles_agree(article: str, words: str) -> None:
    assert law_words(Law(text="Code civil", article=article)) == words


@pytest.mark.parametrize(
    ("day", "binds", "words"),
    [
        ("2026-03-12", True, "12 mars 2026"),
        ("2026-03", False, "mars 2026"),
        ("2026", True, "2026"),
        ("2026-03-11", True, "échue depuis le 11 mars 2026, encore exigible"),
        ("2025", True, "échue depuis 2025, encore exigible"),
        ("2026-02", False, "échue depuis février 2026"),
    ],
)
def test_a_day_that_has_passed_is_not_told_as_to_come(
    day: str, words: str, *, binds: bool
) -> None:
    assert due_words(day, date(2026, 3, 12), binds=binds) == words


def test_a_criterion_says_until_when_by_a_date_asked_or_watched() -> None:
    watched = Deadline(
        id="echeance", title="t", due="2025", what="w", ask="a", as_of="2025"
    )
    checklist = with_rule(deadline="echeance").model_copy(
        update={"deadlines": {"echeance": watched}}
    )
    made = report(ORDINARY, checklist)
    rule = checklist.criteria[RULE]
    said = deadline_words(rule, checklist, made.facts, made.date)
    assert said == "échéance échue depuis 2025, encore exigible"
    assert said in markdown(made, Audience.MAIRIE)
    unknown = rule.model_copy(update={"deadline": ""})
    assert not deadline_words(unknown, checklist, made.facts, made.date)


# The shipped checklists.


def test_nine_rules_at_a_school_are_the_mayor_s_own() -> None:
    reserved = {"SEC-02", "SEC-11"}
    mine = {
        one.ref
        for one in shipped().criteria.values()
        if one.nature.binds
        and one.place in {PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT}
        and Party.COMMUNE in one.binds
    }
    assert mine - reserved == {
        *("ACC-07", "RGP-03", "FIL-01", "FIL-05", "VRT-03"),
        *("WIF-01", "WIF-02", "WIF-03", "SST-01"),
    }


def test_only_the_texts_that_somebody_read_are_told_as_law() -> None:
    rules = [one for one in shipped().criteria.values() if one.nature.binds]
    assert len(rules) == 27
    assert {one.ref for one in rules if one.law and one.law.read_on} == {
        *("ACC-07", "AXS-01", "RGP-03", "VRT-02"),
        *("WIF-01", "WIF-02", "WIF-03"),
    }
    assert {one.ref for one in rules if one.nature is Nature.CONSIGNE} == {
        *("FIL-01", "FIL-06", "FIL-08", "USG-05", "USG-07", "IAD-01"),
    }


def test_what_was_found_false_is_told_no_more() -> None:
    checklist = shipped()
    texts = " ".join([
        *(one.why for one in checklist.criteria.values()),
        *(one.what for one in checklist.deadlines.values()),
        *(
            f"{words.why} {words.meanwhile} {words.how}"
            for one in checklist.recommendations.values()
            for words in one.wording.values()
        ),
    ])
    false = (
        *("227-24", "2021-254", "proscrirait", "122 puis 244", "MENE2421869N"),
        *("3 mois pour la sécurité", "phrase de quatre mots"),
    )
    for words in false:
        assert words not in texts, words
    cited = {
        name
        for section in (checklist.criteria, checklist.recommendations)
        for one in section.values()
        for name in one.sources
    }
    assert not cited & {"S114", "S208", "S39", "S93"}
    declared = checklist.recommendations["acheter-du-reconditionne"].sources
    assert "S119" not in (*checklist.criteria["achat-reconditionne"].sources, *declared)
    assert checklist.sources["S264"].grade == "D"


@pytest.mark.parametrize("audience", READERS)
def test_what_is_to_be_read_further_on_is_there(audience: Audience) -> None:
    """The text itself said « dans le texte entier »: it was already the whole."""
    text = markdown(schools.told("somme"), audience).replace(NBSP, " ")
    (title,) = re.findall(r"Voir aussi, sous « (.+?) »", text)
    assert f"\n## {title}\n" in text
    assert "dans le texte entier" not in text
