"""Drafts that people finish, made from the audits of a commune or of one school.

Each names what is pre-filled and from what, and has boxes to write in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from importlib import import_module
from pathlib import Path

from diag.audit import session as audits
from diag.audit.report import report_folder, report_of
from diag.documents.blocks import Md, box, bullets, definitions, written
from diag.documents.document import Document, Meta
from diag.documents.synthesis import folder_of, gathered, population_day, scope_named
from diag.documents.synthesis.gathering import Extract, visit_days
from diag.documents.write import Paper
from diag.model.audit import Commune
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.words.dates import describe_day, long_date
from diag.words.sentences import number
from diag.workspace.workspace import Workspace


class DraftKind(StrEnum):
    """What can be drafted."""

    NOTE = "note"
    DELIBERATION = "deliberation"
    MINUTES = "compte-rendu"
    PROJECT = "projet"
    APPLICATION = "dossier"
    LOAN = "convention"


@dataclass(frozen=True, slots=True)
class DraftBuilder:
    """What a draft is called, what it is about, and how it is built."""

    title: str
    """In lists, and in its own properties."""
    about: PlaceKind
    """All the schools of a commune, or one school."""
    function: str
    """`module.function`, of this package, loaded by its first use.

    About a commune, from a `Gathering` and a title; about a school, from a `Report`, a
    title, and the day on which populations were read.
    """

    def build(self, *found: object) -> Document:
        """Return the draft."""
        module, _, function = self.function.partition(".")
        builder = getattr(import_module(f"{__name__}.{module}"), function)
        built: Document = builder(*found)
        return built


DRAFTS: Mapping[DraftKind, DraftBuilder] = {
    DraftKind.NOTE: DraftBuilder(
        "Projet de note explicative de synthèse", PlaceKind.COMMUNE, "council.note"
    ),
    DraftKind.DELIBERATION: DraftBuilder(
        "Projet de délibération", PlaceKind.COMMUNE, "council.deliberation"
    ),
    DraftKind.MINUTES: DraftBuilder(
        "Compte rendu du comité de suivi", PlaceKind.COMMUNE, "council.minutes"
    ),
    DraftKind.PROJECT: DraftBuilder(
        "Projet pédagogique numérique", PlaceKind.ECOLE, "school.project"
    ),
    DraftKind.APPLICATION: DraftBuilder(
        "Dossier de candidature", PlaceKind.ECOLE, "school.application"
    ),
    DraftKind.LOAN: DraftBuilder("Convention de prêt", PlaceKind.ECOLE, "school.loan"),
}


def possible_drafts(kind: PlaceKind) -> tuple[DraftKind, ...]:
    """Return what can be drafted about a subject: nothing about a syndicat."""
    if kind is PlaceKind.ECOLE:
        return tuple(DRAFTS)
    if kind is PlaceKind.COMMUNE:
        return tuple(one for one in DRAFTS if DRAFTS[one].about is kind)
    return ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft ready to be written, and where it goes."""

    paper: Paper
    folder: Path
    provisional: bool


def drafted(
    workspace: Workspace,
    kind: DraftKind,
    ref: str,
    day: date | None = None,
    campaign: str | None = None,
) -> Drafted:
    """Return a draft about a commune (all its schools) or about one school.

    Raises:
        DiagError: when it is about nothing audited, or such a draft needs one school.
    """
    draft, scope = DRAFTS[kind], scope_named(workspace, ref)
    if draft.about is PlaceKind.COMMUNE:
        if scope.kind not in {"commune", "ecole"}:
            raise DiagError(
                f"« {kind} » concerne une commune ou une école : donnez "
                "commune:INSEE ou un UAI."
            )
        found = gathered(workspace, scope, day, campaign)
        document = draft.build(found, f"{draft.title} — {found.name}")
        house, folder = found.office.house, folder_of(workspace, scope, found.campaign)
    else:
        if scope.kind != "ecole":
            raise DiagError(f"« {kind} » concerne une seule école : donnez son UAI.")
        session = audits.open_session(workspace, ref, campaign)
        report = report_of(session.public(), day)
        title, read_on = (
            f"{draft.title} — {report.about.name}",
            population_day(workspace),
        )
        document = draft.build(report, title, read_on)
        house, folder = report.office.house, report_folder(session)
    # The look of the syndicat is for its own documents: only its templates serve here.
    paper = Paper(str(kind), document, "\n".join(house.refused.values()))
    return Drafted(paper, folder, document.meta.provisional)


TO_WRITE = "à compléter"
"""In a cell that people fill in."""

REREAD = "texte à relire avant de le citer"
"""Printed with every point of law."""


def to_write(what: str, hint: str) -> Md:
    """Return a box that people fill in: « À compléter : … », and what helps."""
    return box("TIP", f"À compléter : {what}", written(hint))


def blank(what: str) -> Md:
    """Return a gap in a sentence, with what goes there."""
    return Md(f"**\\[{written(f'{TO_WRITE} : {what}')}\\]**")


def prefilled(source: str, writers: str, *more: str) -> Md:
    """Return the box about what comes from the audit and what people write."""
    items = (
        f"Pré-rempli : {source}",
        f"À écrire par {writers} : tout ce qui porte « {TO_WRITE} ».",
        "C'est une proposition : relisez-la et corrigez-la avant de vous en servir.",
        *more,
    )
    title = "Ce qui est pré-rempli, ce qui reste à écrire"
    return box("NOTE", title, bullets(items))


def source_of(extracts: Sequence[Extract], day: date) -> str:
    """Return from which audits a draft is filled, and as of what day."""
    many = len(extracts)
    audits = "l'audit" if many == 1 else f"les {many} audits"
    visits = visit_days(extracts)
    several = len({day for one in extracts for day in one.visits}) > 1
    seen = f" (visite{'s' * several} : {visits})"
    plural = "s" * (many > 1)
    open_ones = sum(one.provisional for one in extracts)
    of_many = f"dont {open_ones} " if many > 1 else ""
    agreed = f"provisoire{'s' * (open_ones > 1)}"
    state = f", {of_many}encore {agreed}" if open_ones else ""
    return f"d'après {audits}{seen}, tel{plural} qu'au {long_date(day)}{state}."


def draft_meta(meta: Meta, name: str) -> Meta:
    """Return what a draft is, as data: its foot never calls it final."""
    state = "audit provisoire" if meta.provisional else "audit clos"
    foot = f"{name} à compléter, {state}, {long_date(meta.day)} · {meta.version}"
    return replace(meta, running=foot)


def signatures(*who: str) -> Md:
    """Return who signs, each with a day and a signature to come."""
    return definitions((one, f"date et signature : {TO_WRITE}") for one in who)


def tools() -> dict[str, object]:
    """Return what every template of a draft may call, and what several of them print.

    Wherever an amount is: no promise; what no draft holds, since it may be posted on a
    door; next to each point of law, that it is to be read again.
    """
    return {
        "to_write": to_write,
        "blank": blank,
        "signatures": signatures,
        "no_promise": "Les montants sont des estimations du diagnostic : ni un devis, "
        "ni une promesse. Aucune aide n'est acquise.",
        "reserved": "Les faits réservés, comme ceux de la sécurité informatique ou des "
        "personnes, ne figurent jamais dans ce document.",
        "reread": REREAD,
    }


def population_words(commune: Commune, read_on: str) -> str:
    """Return a population and the age of that knowledge."""
    if commune.population is None:
        return "inconnue"
    read = f" lue le {describe_day(read_on)}" if read_on else ""
    return (
        f"{number(commune.population)} habitants (liste des communes{read}, "
        "qui ne dit pas l'année du recensement : à vérifier)"
    )
