"""Checklists whose subject is a commune or a syndicat, and what may not be mixed."""

from pathlib import Path

import pytest

from tests.rules.written import EDITION, FILES, all_problems, load_written

MAIRIE = """\
domain: {id: mairie, title: "Projet de la commune", weight: 1}
questions:
  - id: projet_ecrit
    place: commune
    type: boolean
    label: "Projet écrit"
    better: up
    ask: "Le projet est-il écrit ?"
    whom: commune
criteria:
  - id: projet-ecrit
    title: "Un projet écrit avant l'achat"
    kind: improvement
    nature: usage
    place: commune
    levels: {3: "projet_ecrit"}
    why: "Le projet dit à quoi servira le matériel."
    sources: [metier]
recommendations:
  - id: ecrire-le-projet
    when: {criterion: projet-ecrit, below: 3}
    owner: commune
    effort: {days: "2"}
    delay: P3M
    effect: {projet_ecrit: true}
    wording:
      mairie:
        title: "Écrire le projet"
        why: "Le matériel suivra le projet."
        decision: "Désigner une personne avant le {echeance}."
        otherwise: {long: "le projet n'est pas écrit.", short: "pas de projet."}
      equipe:
        title: "Un projet écrit ensemble"
        why: "Vous direz vos besoins."
        meanwhile: "Notez vos besoins."
      academie:
        title: "Projet de la commune"
        why: "Il sera relu par la circonscription."
      technique:
        title: "Projet de la commune"
        how: "Deux pages, relues par le syndicat."
    done_when: "Le projet est signé"
    sources: [metier]
examples:
  - {name: "projet écrit", answers: {projet_ecrit: true}, expect: {domain: 100}}
"""


def problems(folder: Path, text: str) -> list[str]:
    edition = EDITION.replace("[reseau]", "[reseau, mairie]")
    files = {**FILES, "edition.yaml": edition, "mairie.yaml": text}
    return [str(problem) for problem in all_problems(load_written(folder, files))]


def test_a_checklist_of_communes_stands_beside_those_of_schools(tmp_path: Path) -> None:
    assert problems(tmp_path, MAIRIE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            '{3: "projet_ecrit"}',
            '{3: "projet_ecrit", 1: "acces_internet"}',
            ("« acces_internet »", "un audit ne lit que ses propres réponses"),
        ),
        (
            '{3: "projet_ecrit"}',
            '{3: "projet_ecrit", 1: "count(salle, prises > 1) > 2"}',
            ("un lieu « commune » ne contient pas « salle »",),
        ),
        (
            "effect: {projet_ecrit: true}",
            "effect: {projet_ecrit: true, debit-suffisant: 2}",
            ("« debit-suffisant » concerne un sujet « ecole »", "séparés"),
        ),
        (
            'effort: {days: "2"}',
            "requires: [{criterion: debit-suffisant, at_least: 1}]",
            ("« debit-suffisant » concerne un sujet « ecole »",),
        ),
        (
            "effect: {projet_ecrit: true}",
            "effect: {projet_ecrit: true, debit: 2}",
            ("« debit » concerne un sujet « ecole »",),
        ),
    ],
    ids=["a fact", "a room", "an effect", "a level", "another effect"],
)
def test_what_belongs_to_another_subject_is_refused(
    right: str, wrong: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    assert right in MAIRIE
    found = problems(tmp_path, MAIRIE.replace(right, wrong))
    assert any(all(part in one for part in said) for one in found), found
