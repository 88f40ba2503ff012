"""What every draft has: what is pre-filled and from what, and boxes to write in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import Enum, auto

from diag.documents.blocks import Md, Pair, box, bullets, definitions, written
from diag.documents.document import Meta
from diag.documents.synthesis.gathering import Extract, visit_days
from diag.model.audit import Commune
from diag.words.dates import describe_day, long_date
from diag.words.sentences import number

TO_WRITE = "à compléter"
"""In a cell that people fill in."""

NO_PROMISE = (
    "Les montants sont des estimations du diagnostic : ni un devis, ni une promesse. "
    "Aucune aide n'est acquise."
)
"""Printed wherever an amount is."""

RESERVED = (
    "Les faits réservés, comme ceux de la sécurité informatique ou des personnes, ne "
    "figurent jamais dans ce document."
)
"""What no draft holds: it may be posted on a door."""

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
    pairs: list[Pair] = [(one, f"date et signature : {TO_WRITE}") for one in who]
    return definitions(pairs)


def tools() -> dict[str, object]:
    """Return what every template of a draft may call."""
    return {
        "to_write": to_write,
        "blank": blank,
        "signatures": signatures,
        "no_promise": NO_PROMISE,
        "reserved": RESERVED,
        "reread": REREAD,
    }


THRESHOLD = 3500
"""Inhabitants from which the note is required (CGCT, art. L. 2121-12)."""

MARGIN = 200
"""So near to the threshold, another year's count may fall on the other side."""


class NoteNeed(Enum):
    """Whether the note must go with the convocation."""

    REQUIRED = auto()
    NOT_REQUIRED = auto()
    UNKNOWN = auto()


def need_of(commune: Commune | None) -> NoteNeed:
    """Return whether the note is required, as far as the population is known."""
    if commune is None or commune.population is None:
        return NoteNeed.UNKNOWN
    return (
        NoteNeed.REQUIRED if commune.population >= THRESHOLD else NoteNeed.NOT_REQUIRED
    )


def need_words(commune: Commune | None, read_on: str) -> str:
    """Return whether it is required, from what population, and what to check."""
    rule = (
        f"Le code général des collectivités territoriales (art. L. 2121-12) la demande "
        f"à partir de {number(THRESHOLD)} habitants ({REREAD})."
    )
    need = need_of(commune)
    if commune is None or commune.population is None:
        return (
            "On ne sait pas si cette note est obligatoire : la population n'est pas "
            f"connue ici. {rule} Vérifiez la population en vigueur."
        )
    said = "obligatoire" if need is NoteNeed.REQUIRED else "non obligatoire"
    more = "" if need is NoteNeed.REQUIRED else " Elle reste utile à qui vote."
    near = (
        " La population est proche du seuil : vérifiez le chiffre en vigueur."
        if abs(commune.population - THRESHOLD) <= MARGIN
        else ""
    )
    known = population_words(commune, read_on)
    return f"Note {said} d'après la population connue : {known}. {rule}{more}{near}"


def population_words(commune: Commune, read_on: str) -> str:
    """Return a population and the age of that knowledge."""
    if commune.population is None:
        return "inconnue"
    read = f" lue le {describe_day(read_on)}" if read_on else ""
    return (
        f"{number(commune.population)} habitants (liste des communes{read}, "
        "qui ne dit pas l'année du recensement : à vérifier)"
    )


def convocation_words(commune: Commune | None) -> str:
    """Return how long before the sitting the convocation goes, to be checked."""
    match need_of(commune):
        case NoteNeed.REQUIRED:
            told = "La convocation part au moins cinq jours francs avant la séance"
        case NoteNeed.NOT_REQUIRED:
            told = "La convocation part au moins trois jours francs avant la séance"
        case NoteNeed.UNKNOWN:
            told = (
                "Le délai de convocation est de cinq jours francs à partir de "
                f"{number(THRESHOLD)} habitants, de trois en dessous"
            )
    return f"{told} (art. L. 2121-11 et L. 2121-12, {REREAD})."
