"""Which checklists judge new audits: compiled once, kept in the journal by digest.

The syndicat's own changes, in the workspace's `overlay`, are put over the shipped
files. While they hold an error, the shipped edition judges, and a notice gives why.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from diag.checklist import mark_of, shipped_checklists
from diag.checklist.edition import (
    SECTIONS,
    Fate,
    FieldChange,
    compare,
    compiled,
    differences,
    digest,
)
from diag.checklist.overlay import ASIDE
from diag.journal.facts import audits, edition_of
from diag.journal.journal import get_setting, put_setting
from diag.model.checklist import Checklist
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.workspace.workspace import Workspace

_KEY = "compiled"
_SHIPPED = "compiled.shipped"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Current:
    """The edition that judges the audits opened from now on."""

    digest: str
    notice: str = ""
    """Why the syndicat's own changes are not in it, in French; empty when they are."""


def current(workspace: Workspace) -> Current:
    """Return the checklists in use: the shipped ones, the overlay put over them.

    Raises:
        DiagError: when the shipped ones hold errors; shows the first ones.
    """
    overlay = workspace.overlay
    if not has_changes(overlay):
        return Current(shipped_edition(workspace))
    try:
        return Current(_kept(workspace, _KEY, overlay))
    except DiagError as error:
        notice = (
            "Vos grilles (dossier « overlay ») ne sont pas employées : les grilles "
            f"livrées jugent, sans vos changements.\n{error.at_prompt()}"
        )
        return Current(shipped_edition(workspace), notice)


def shipped_edition(workspace: Workspace) -> str:
    """Return the digest of the shipped checklists alone, compiled if they changed.

    Raises:
        DiagError: when they hold errors; shows the first ones.
    """
    return _kept(workspace, _SHIPPED, None)


def has_changes(overlay: Path) -> bool:
    """Return whether a folder holds anything to lay over the shipped files."""
    return any(path.name not in ASIDE for path in overlay.glob("*.y*ml"))


def _kept(workspace: Workspace, key: str, overlay: Path | None) -> str:
    folder = shipped_checklists()
    mark = mark_of(folder, overlay)
    kept = get_setting(workspace.journal, key)
    if isinstance(kept, dict) and kept.get("mark") == mark:
        return str(kept["digest"])
    digest = workspace.editions.keep(_compile(folder, overlay, mark))
    put_setting(workspace.journal, key, {"mark": mark, "digest": digest})
    return digest


@cache
def _compile(folder: Path, overlay: Path | None, mark: str) -> bytes:  # noqa: ARG001 - the mark is the key
    # Reading YAML costs 40 ms to import: only when the files changed.
    from diag.checklist.lint import lint  # noqa: PLC0415
    from diag.checklist.load import blamed, load_checklists  # noqa: PLC0415

    loaded = load_checklists(folder, overlay)
    problems = blamed((*loaded.problems, *lint(loaded)), loaded)
    errors = [problem for problem in problems if problem.severity == "error"]
    if loaded.checklist is None or errors:
        shown = "\n".join(f"  {problem}" for problem in errors[:_SHOWN])
        many = "une erreur" if len(errors) == 1 else f"{len(errors)} erreurs"
        raise DiagError(
            f"Les grilles de {overlay or folder} comportent {many} :\n{shown}\n"
            "Corrigez-les, puis vérifiez.",
            command="diag checklists check" if overlay else f"diag check {folder}",
        )
    return compiled(loaded.checklist)


SHIPPED = "livrée"
"""The edition that came with diag."""

CURRENT = "courante"
"""The one that judges new audits: the overlay put over the shipped files."""

_DIGEST = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class NamedEdition:
    """An edition, and how to call it."""

    name: str
    checklist: Checklist
    digest: str
    notice: str = ""
    """A notice to show before it is used; empty as a rule."""

    @property
    def words(self) -> str:
        """« livrée, 2026.1 »."""
        return f"{self.name}, {self.checklist.version}"


def edition_named(workspace: Workspace, name: str) -> NamedEdition:
    """Return an edition by its name.

    Raises:
        DiagError: when there is none so called, or its files hold errors.
    """
    word = fold(name)
    if word == fold(SHIPPED):
        digest = shipped_edition(workspace)
        return NamedEdition(SHIPPED, workspace.editions.open(digest), digest)
    if word == fold(CURRENT):
        own = current(workspace)
        checklist = workspace.editions.open(own.digest)
        return NamedEdition(CURRENT, checklist, own.digest, own.notice)
    found = [one for one in workspace.editions.digests() if one.startswith(name)]
    if _DIGEST.fullmatch(name) and len(found) == 1:
        return NamedEdition(name[:12], workspace.editions.open(found[0]), found[0])
    if Path(name).is_dir():
        return edition_in(Path(name))
    if len(found) > 1:
        raise DiagError(
            f"Plusieurs éditions commencent par {name}. Donnez plus de caractères.",
            command="diag checklists list",
        )
    raise DiagError(
        f"Édition « {name[:60]} » inconnue. Donnez livrée, courante, un dossier de "
        "grilles, ou le début d'une empreinte.",
        command="diag checklists list",
    )


def edition_in(folder: Path) -> NamedEdition:
    """Return the edition that a folder of checklists holds.

    Raises:
        DiagError: when a file cannot be used; shows the first reason.
    """
    # Reading YAML costs 40 ms to import: only who reads folders pays.
    from diag.checklist.load import load_checklists  # noqa: PLC0415

    loaded = load_checklists(folder)
    if loaded.checklist is None:
        errors = [one for one in loaded.problems if one.severity == "error"]
        raise DiagError(
            f"Les grilles de {folder} sont inutilisables : {errors[0]}\nVoyez tout.",
            command=f"diag check {folder}",
        )
    body = compiled(loaded.checklist)
    return NamedEdition(folder.name or str(folder), loaded.checklist, digest(body))


_TITLES = {
    "domains": "Domaines",
    "places": "Genres de lieux",
    "aspects": "Aspects",
    "synonyms": "Synonymes",
    "questions": "Questions",
    "criteria": "Critères",
    "recommendations": "Préconisations",
    "prices": "Prix",
    "aids": "Aides",
    "deadlines": "Échéances",
    "finances": "Règles de finances",
    "sources": "Sources",
    "forms": "Formulaires",
    "checks": "Contrôles",
}

_SIGNS = {Fate.ADDED: "+", Fate.REMOVED: "-", Fate.CHANGED: "~"}

_KEYS = {
    "title": "titre",
    "label": "libellé",
    "weight": "poids",
    "levels": "niveau",
    "kind": "genre",
    "nature": "nature",
    "law": "texte",
    "text": "intitulé",
    "article": "article",
    "read_on": "lu le",
    "binds": "qui doit le respecter",
    "deadline": "échéance",
    "applicable": "s'applique quand",
    "relevant": "se pose quand",
    "why": "pourquoi",
    "unit": "unité",
    "choices": "choix",
    "range": "bornes",
    "likely": "bornes vraisemblables",
    "minimum": "prix bas",
    "typical": "prix courant",
    "maximum": "prix haut",
    "vat": "TVA",
    "where": "relevé où",
    "section": "section du budget",
    "valid_until": "valable jusqu'à",
    "quantity": "quantité",
    "prices": "prix",
    "effort": "jours de travail",
    "delay": "délai",
    "owner": "qui agit",
    "wording": "texte",
    "mairie": "pour la mairie",
    "equipe": "pour l'équipe",
    "academie": "pour l'académie",
    "technique": "pour les techniciens",
    "decision": "décision",
    "meanwhile": "d'ici là",
    "how": "comment",
    "roll_up": "réunion des lieux",
    "effect": "effet",
    "steps": "étapes",
    "requires": "préalables",
    "done_when": "fait quand",
    "state": "état",
    "conditions": "conditions",
    "due": "date",
    "as_of": "information de",
    "domain": "domaine",
    "place": "lieu",
}
"""Keys by their French names; others go by their name in the files."""

_CENTS = frozenset({"minimum", "typical", "maximum"})
_SHORT = 48
"""Longest text shown on one line with what replaces it."""


def difference_lines(old: NamedEdition, new: NamedEdition) -> Iterator[str]:
    """Yield what differs from one edition to the other, to be printed."""
    found = differences(old.checklist, new.checklist)
    asked_again = set(compare(old.checklist, new.checklist).changed)
    yield f"{old.words} → {new.words}"
    if not found:
        yield (
            "Rien ne diffère."
            if old.digest == new.digest
            else "Seuls le titre, la version ou l'ordre diffèrent."
        )
        return
    for section in SECTIONS:
        some = [one for one in found if one.section == section]
        if some:
            yield ""
            yield _TITLES[section]
        for one in some:
            again = one.section == "questions" and one.ident in asked_again
            remark = " (autre sens : à redemander)" * again
            yield f"  {_SIGNS[one.fate]} {one.ident} : {one.label}{remark}"
            for change in one.fields:
                yield from _field(one.section, change)


def _field(section: str, change: FieldChange) -> Iterator[str]:
    key, *inside = filter(None, change.path.split("."))
    named = _KEYS.get(key, key)
    for holder, part in pairwise((key, *inside)):
        named += f"{' ' if holder == 'levels' else ', '}{_KEYS.get(part, part)}"
    money = section == "prices" and key in _CENTS
    before, after = (
        _value_words(one, money=money) for one in (change.before, change.after)
    )
    if len(before) + len(after) <= _SHORT:
        yield f"      {named} : {before} → {after}"
        return
    yield f"      {named} :"
    yield f"        avant : {before}"
    yield f"        après : {after}"


def _value_words(value: object, *, money: bool) -> str:
    match value:
        case None | "" | []:
            told = "rien"
        case bool():
            told = "oui" if value else "non"
        case int() if money:
            told = f"{value // 100},{value % 100:02d} €"
        case list():
            told = ", ".join(_value_words(one, money=False) for one in value)
        case dict():
            label = value.get("label") or value.get("title")
            told = " ".join(map(str, value.values()))
            if label and "id" in value:
                told = f"{value['id']} « {label} »"
        case _:
            told = str(value)
    return told


class KeptEdition(NamedTuple):
    """An edition kept here."""

    digest: str
    title: str
    version: str
    audits: int
    """How many audits of this workspace it judges."""


def kept_editions(workspace: Workspace) -> tuple[KeptEdition, ...]:
    """Return the editions kept, in the order in which they came."""
    journal = workspace.journal
    judged = Counter(edition_of(journal, audit.id) for audit in audits(journal))
    opened = {
        digest: workspace.editions.open(digest)
        for digest in workspace.editions.digests()
    }
    return tuple(
        KeptEdition(digest, checklist.title, checklist.version, judged[digest])
        for digest, checklist in opened.items()
    )
