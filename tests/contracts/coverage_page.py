"""Write docs/couverture.md anew: `python -m tests.contracts.coverage_page`.

What the checklists ask and how they judge, on one page that a domain expert reviews in
an hour: the numbers first, then one table a domain.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from diag.assess.judge import judge_of
from diag.assess.questions import is_on_site, seconds_of
from diag.assess.words import describe_condition
from diag.checklist.symbols import names_read
from diag.model.audit import ROOT_KINDS
from diag.model.checklist import Checklist, Criterion, Domain, Question
from diag.model.enums import Kind, PlaceKind, Profile, Provenance
from diag.model.measure import MEASURES
from diag.rules.expressions import Condition
from diag.rules.language import parse_rule
from tests.goldens.golden import NAMES, facts_told, golden
from tests.shipped import shipped

PAGE = Path(__file__).parents[2] / "docs/couverture.md"

KINDS = {
    Kind.COMPLIANCE: "conformité",
    Kind.BLOCKING: "socle",
    Kind.IMPROVEMENT: "progrès",
}
PROFILES = {
    Profile.SHORT: "courte",
    Profile.STANDARD: "standard",
    Profile.FULL: "complète",
}
PLACES = {
    PlaceKind.ECOLE: "",
    PlaceKind.BATIMENT: "par bâtiment",
    PlaceKind.SALLE: "par salle",
    PlaceKind.LOT: "par lot",
    PlaceKind.COMMUNE: "commune",
    PlaceKind.SYNDICAT: "syndicat",
}
LONGEST = 150
"""Characters of a rule that one still reads in a cell."""

HEAD = """\
# Couverture des grilles

Page écrite par `python -m tests.contracts.coverage_page` à partir des grilles : ne la
corrigez pas à la main. Elle se relit en une heure : les chiffres d'abord, puis un
tableau par domaine. Pour chaque critère, demandez-vous trois choses : est-ce la bonne
question, le seuil est-il juste, la source le porte-t-elle ?

- **Nature** : sur quoi le critère repose (loi, consigne du ministère, sécurité vue,
  condition d'une aide, recommandation, usage), puis *conformité* (une loi ou une
  consigne ; une alerte, jamais une moyenne), *socle* (sans lui le reste ne sert à
  rien) ou *progrès*.
- **Attendu** : ce que la règle demande, d'une conformité ; le niveau 2, que l'on
  recommande, des autres. Les autres niveaux sont dans le fichier du domaine. *Il faut
  d'abord* : sans cela, le critère vaut 0.
- **Sources** : A officielle, B collectivité, C presse, D vendeur, consultant ou
  copie ; *métier* : ce que tout praticien sait et que nul texte ne dit. *(lu)* : les
  mots du texte de loi ont été lus ; *(texte à vérifier)* : pas encore.
- **Visite** : la plus courte qui relève tous les faits du critère : *courte*
  (l'indispensable), *standard* (l'ordinaire), *complète* (tout).
- **Temps** : les secondes que la grille donne à chaque question, au premier lieu ; un
  auditeur les a estimées, nul ne les a encore chronométrées. Un fait lu par deux
  critères ne se demande qu'une fois.
"""


def page() -> str:
    """Return the whole page."""
    checklist = shipped()
    parts = [HEAD, _totals(checklist), _visits(), _measures(checklist)]
    parts += [_grades(checklist)]
    parts += [_domain(domain, checklist) for domain in checklist.domains]
    return "\n".join(parts)


def _totals(checklist: Checklist) -> str:
    rows: list[Sequence[object]] = []
    counts: list[Sequence[int]] = []
    for domain in checklist.domains:
        criteria = _criteria(domain, checklist)
        kinds = Counter(each.kind for each in criteria)
        visits = Counter(_visit(each) for each in criteria)
        counts.append((
            len(criteria),
            *(kinds[kind] for kind in Kind),
            *(visits[profile] for profile in Profile),
        ))
        rows.append((domain.title, domain.weight, *counts[-1]))
    sums = map(sum, zip(*counts, strict=True))
    return "\n## En chiffres\n\n" + _table(
        [
            *("Domaine", "Poids", "Critères", "Conformité", "Socle", "Progrès"),
            *("Visite courte", "Standard", "Complète"),
        ],
        [*rows, ("**Ensemble**", "", *sums)],
    )


def _visits() -> str:
    """Return how long a visit asks, school by school."""
    rows = []
    for name in NAMES:
        told = golden(name)
        facts = facts_told(told, shipped())
        profiles = judge_of(shipped()).profiles
        asked = [shipped().questions[question] for _, question in facts.answers]
        row: list[object] = [told.title, told.imported["nb_classes"]]
        for profile in Profile:
            here = [each for each in asked if profile.asks(profiles[each.id])]
            minutes = round(_whole_visit(here) / 60)
            there = round(_whole_visit(filter(is_on_site, here)) / 60)
            row.append(f"{len(here)} questions, {minutes} min, dont {there} sur place")
        rows.append(row)
    return (
        "\n## Une visite, en temps\n\nPour les six écoles inventées de "
        "`tests/goldens/schools/`, si rien n'était connu d'avance. S'y ajoutent les "
        "pas d'une salle à l'autre ; s'en retranche ce que l'annuaire ou la visite "
        "précédente disent déjà, et ce que les formulaires rapportent : « sur place » "
        "les suppose tous revenus.\n\n"
        + _table(["École", "Classes", "Courte", "Standard", "Complète"], rows)
    )


def _measures(checklist: Checklist) -> str:
    """Return what a measure proposes, what it could, and what nothing asks."""
    questions = checklist.questions.values()
    rows = [
        (
            f"`{one.id}`",
            f"`{measure.of}`",
            f"`{measure.scope}`",
            f"`{measure.aggregate}`",
        )
        for one in questions
        for measure in one.measures
    ]
    asked = {measure.of for one in questions for measure in one.measures}
    by_hand = [
        f"`{one.id}`"
        for one in questions
        if Provenance.MEASURED in one.provenance and not one.measures
    ]
    unasked = [f"`{key}`" for key in MEASURES if key not in asked]
    return (
        "\n## Ce qu'une mesure propose\n\n"
        + _table(["Question", "Mesure", "Prise par", "De plusieurs"], rows)
        + "\nSe mesurent encore à la main, faute de sonde ou de fichier qui se lise : "
        + f"{', '.join(by_hand)}.\n\nMesures que nulle question ne demande : "
        + f"{', '.join(unasked)}.\n"
    )


def _grades(checklist: Checklist) -> str:
    best = Counter(_grades_of(each)[0] for each in checklist.criteria.values())
    alone = [
        each.ref or each.id
        for each in checklist.criteria.values()
        if _grades_of(each) == ["métier"]
    ]
    rules = [each for each in checklist.criteria.values() if each.law]
    unread = [each.ref for each in rules if each.law and not each.law.read_on]
    undated = [each.id for each in checklist.sources.values() if not each.date]
    told = ", ".join(f"{grade} : {best[grade]}" for grade in sorted(best))
    return (
        "\n## Ce que valent les sources\n\n"
        f"Meilleure source de chaque critère : {told}. "
        f"Textes nommés : {len(rules)}, dont « texte à vérifier » : "
        f"{', '.join(unread)}.\n\n"
        f"Sources sans date : {', '.join(undated)}.\n\n"
        f"Sans autre source que le métier : {', '.join(alone)}.\n"
    )


def _domain(domain: Domain, checklist: Checklist) -> str:
    rows = [
        (
            each.ref,
            _title(each),
            f"`{each.nature}`, {KINDS[each.kind]} {each.weight}",
            _level(each, checklist),
            _sources(each),
            PROFILES[_visit(each)],
            _time(each, checklist),
        )
        for each in _criteria(domain, checklist)
    ]
    head = [
        "Réf.",
        "Critère",
        "Nature, poids",
        "Attendu",
        "Sources",
        "Visite",
        "Temps",
    ]
    return f"\n## {domain.title}\n\n" + _table(head, rows)


def _criteria(domain: Domain, checklist: Checklist) -> list[Criterion]:
    return [e for e in checklist.criteria.values() if e.domain == domain.id]


def _title(criterion: Criterion) -> str:
    where = PLACES[criterion.place]
    return f"{criterion.title} ({where})" if where else criterion.title


def _level(criterion: Criterion, checklist: Checklist) -> str:
    expected = criterion.conforms_at or 2
    rule = criterion.levels.get(expected) or criterion.levels[max(criterion.levels)]
    told = _told(rule, checklist)
    if criterion.given:
        told += f" ; il faut d'abord : {_told(criterion.given, checklist)}"
    return told if len(told) <= LONGEST else f"voir `{criterion.id}`"


def _told(rule: str, checklist: Checklist) -> str:
    return describe_condition(
        cast("Condition", parse_rule(rule).root), checklist.questions
    )


def _grades_of(criterion: Criterion) -> list[str]:
    register = shipped().sources
    found = {
        register[each].grade[0] if each in register else "métier"
        for each in criterion.sources
    }
    return sorted(found)


def _sources(criterion: Criterion) -> str:
    told = ", ".join(_grades_of(criterion))
    if criterion.law is None:
        return told
    return f"{told} ({'lu' if criterion.law.read_on else 'texte à vérifier'})"


@cache
def _asked_for(ident: str) -> tuple[Question, ...]:
    """Return the questions that a criterion reads, directly."""
    criterion = shipped().criteria[ident]
    written = (criterion.applicable, criterion.given, *criterion.levels.values())
    rules = [*filter(None, (*written, criterion.weigh_by))]
    names = frozenset[str]().union(*map(names_read, rules))
    return tuple(
        shipped().questions[e] for e in sorted(names & shipped().questions.keys())
    )


def _visit(criterion: Criterion) -> Profile:
    profiles = judge_of(shipped()).profiles
    order = list(Profile)
    return max((profiles[e.id] for e in _asked_for(criterion.id)), key=order.index)


def _whole_visit(asked: Iterable[Question]) -> int:
    met: set[str] = set()
    total = 0
    for question in asked:
        total += seconds_of(question, again=question.id in met)
        met.add(question.id)
    return total


def _time(criterion: Criterion, checklist: Checklist) -> str:
    """Return how long its own questions take: those that name a place are known."""
    named = {name for place in checklist.places for name in place.named_by}
    own = [each for each in _asked_for(criterion.id) if each.id not in named]
    places = {each.place for each in own} - ROOT_KINDS
    each_place = f" par {min(places)}" if places else ""
    return f"{sum(map(seconds_of, own))} s{each_place}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |\n"
        for row in lines
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
