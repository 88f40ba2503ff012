"""A small checklist written as its author would, and ways to spoil it."""

from pathlib import Path

from diag.checklist import Problem
from diag.checklist.lint import lint
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded

EDITION = """\
title: "Grille d'essai"
version: "2026.1"
domains: [reseau]
retired: [vieux-critere]
"""

PLACES = """\
places:
  - {id: salle, label: "salle", plural: "salles", named_by: [type_salle]}
questions:
  - id: type_salle
    place: salle
    type: choice
    label: "Usage de la salle"
    choices:
      - {id: classe, label: "Classe"}
      - {id: autre, label: "Autre"}
    look: "Ce que l'on y fait."
"""

DOMAIN = """\
domain: {id: reseau, title: "Accès à Internet", weight: 3}
questions:
  - id: acces_internet
    place: ecole
    type: boolean
    label: "Accès à Internet"
    ask: "Avez-vous Internet ?"
  - id: debit
    place: ecole
    type: number
    unit: Mbit/s
    label: "Débit descendant"
    range: [0, 10000]
    likely: ["0.5", 2000]
    relevant: acces_internet
    better: up
    stale_after: P12M
    look: "Trois mesures."
  - id: prises
    place: salle
    type: integer
    label: "Prises RJ45"
    range: [0, 50]
    better: up
    look: "Les compter."
criteria:
  - id: debit-suffisant
    ref: ACC-02
    title: "Un débit qui suffit à la classe"
    kind: blocking
    weight: 2
    place: ecole
    applicable: acces_internet
    levels: {3: "debit >= 100", 2: "debit >= 30", 1: "debit >= 8"}
    found: {below: 3, one: "L'école reçoit moins de 100 Mbit/s."}
    why: "Une classe entière se connecte."
    sources: [S31, metier]
    nature: usage
  - id: prise-par-classe
    title: "Une prise par classe"
    kind: improvement
    place: salle
    applicable: "type_salle == 'classe'"
    levels: {2: "prises >= 2", 1: "prises >= 1"}
    why: "Le fil reste le plus sûr."
    sources: [metier]
    nature: usage
recommendations:
  - id: cabler-les-classes
    when: {criterion: prise-par-classe, below: 2}
    requires: [{criterion: debit-suffisant, at_least: 1}]
    owner: commune
    quantity: "2 - prises"
    buys: [{item: prise_rj45, use: poste, count: "quantite"}]
    effort: {days: "quantite / 4"}
    delay: P6M
    lifetime: P15Y
    effect: {prises: 2}
    steps: [{id: releve, title: "Relever les salles"}]
    wording:
      mairie:
        title: "Câbler {quantite|salle|salles}"
        why: "La classe perd du temps."
        decision: "Voter {cout} avant le {echeance}."
        otherwise: {long: "la salle n'a pas de prise.", short: "pas de prise."}
      equipe:
        title: "Des prises dans vos salles"
        why: "La vidéo ne coupera plus."
        meanwhile: "Téléchargez la veille."
      academie:
        title: "Câblage des classes"
        why: "Le projet en dépend."
      technique:
        title: "Câblage de catégorie 6A"
        how: "Deux prises par salle : {lieux}."
    done_when: "Prises testées"
    sources: [S31]
  - id: monter-en-debit
    when: {criterion: debit-suffisant, below: 3}
    owner: commune
    effort: {days: "1"}
    delay: P3M
    effect: {debit: 100}
    wording: {
      mairie: {title: "Souscrire une offre plus rapide",
               why: "La page met une minute à s'ouvrir.", decision: "Choisir l'offre.",
               otherwise: {long: "l'offre ne change pas.", short: "même offre."}},
      equipe: {title: "Une connexion plus rapide",
               why: "Toute la classe se connectera.", meanwhile: "Alternez."},
      academie: {title: "Débit de l'école", why: "Les usages en dépendent."},
      technique: {title: "Offre à 100 Mbit/s", how: "Mesurer en filaire."}}
    done_when: "Débit mesuré"
examples:
  - {name: "rien de connu", answers: {}, expect: {reseau: [0, 100], part: 0.5}}
"""

PRICES = """\
prices:
  - id: prise_rj45
    label: "Prise RJ45 posée"
    unit: prise
    as_of: 2025
    minimum: "67"
    typical: "95.50"
    maximum: 125
    vat: "5.5"
    lifetime: P15Y
    source: S31
    where: "Valbrise"
    section: investissement
"""

SOURCES = """\
sources:
  - {id: S31, grade: A, title: "Guide des usages", date: 2026-09-01}
"""

FILES = {
    "edition.yaml": EDITION,
    "lieux.yaml": PLACES,
    "reseau.yaml": DOMAIN,
    "prix.yaml": PRICES,
    "sources.yaml": SOURCES,
}
"""A checklist with nothing to mend."""


def load_written(folder: Path, files: dict[str, str] | None = None) -> Loaded:
    """Write files (by default those of FILES) into a folder and load it."""
    for name, text in (FILES if files is None else files).items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_checklists(folder)


def spoilt(file: str, right: str, wrong: str) -> dict[str, str]:
    """Return the files, with one text of one file replaced."""
    assert FILES[file].count(right) == 1, f"« {right} » is not once in {file}"
    return FILES | {file: FILES[file].replace(right, wrong)}


def all_problems(loaded: Loaded) -> list[Problem]:
    """Return what loading and lint find."""
    return [*loaded.problems, *lint(loaded)]
