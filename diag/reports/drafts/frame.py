"""What every draft has: what is pre-filled and from what, and boxes to write in."""

from collections.abc import Sequence
from datetime import date

from diag.reports.escape import Md
from diag.reports.layout import Pair, bold, definitions, written
from diag.reports.synthesis.extract import Extract
from diag.reports.synthesis.gathering import visit_days
from diag.words.dates import long_date

TO_WRITE = "à compléter"
"""What a cell says that people fill in."""

NO_PROMISE = (
    "Les montants sont des estimations du diagnostic : ni un devis, ni une promesse. "
    "Aucune aide n'est acquise."
)
"""Said wherever an amount is told."""

RESERVED = (
    "Les faits réservés, comme ceux de la sécurité informatique ou des personnes, ne "
    "figurent jamais dans ce document."
)
"""What no draft tells: it may be posted on a door."""

REREAD = "texte à relire avant de le citer"
"""Said of every point of law."""


def to_write(what: str, hint: str) -> Md:
    """Return a box that people fill in: « À compléter : … », and what helps."""
    lines = ["> [!TIP]", f"> {bold(f'À compléter : {what}')}", ">"]
    return Md("\n".join((*lines, f"> {written(hint)}")))


def blank(what: str) -> Md:
    """Return a gap in a sentence, that says what goes there."""
    return Md(f"**\\[{written(f'{TO_WRITE} : {what}')}\\]**")


def prefilled(source: str, writers: str, *more: str) -> Md:
    """Return the box that tells what comes from the audit and what is people's."""
    told = (
        f"Pré-rempli : {source}",
        f"À écrire par {writers} : tout ce qui porte « {TO_WRITE} ».",
        "C'est une proposition : relisez-la et corrigez-la avant de vous en servir.",
        *more,
    )
    items = (f"> - {written(one)}" for one in told)
    title = bold("Ce qui est pré-rempli, ce qui reste à écrire")
    return Md("\n".join(("> [!NOTE]", f"> {title}", ">", *items)))


def source_of(extracts: Sequence[Extract], day: date) -> str:
    """Return from which audits a draft is filled, and as of what day."""
    many = len(extracts)
    audits = "l'audit" if many == 1 else f"les {many} audits"
    visits = visit_days(extracts)
    seen = f" ({'visites' if visits.startswith('du ') else 'visite'} : {visits})"
    plural = "s" * (many > 1)
    open_ones = sum(one.provisional for one in extracts)
    of_many = f"dont {open_ones} " if many > 1 else ""
    agreed = f"provisoire{'s' * (open_ones > 1)}"
    state = f", {of_many}encore {agreed}" if open_ones else ""
    return f"d'après {audits}{seen}, tel{plural} qu'au {long_date(day)}{state}."


def draft_line(name: str, day: date, version: str, *, provisional: bool) -> Md:
    """Return what stands at the foot of every page: a draft is never final."""
    state = "audit provisoire" if provisional else "audit clos"
    told = f"{name} à compléter, {state}, {long_date(day)} · {version}"
    return Md(f"*{written(told)}*")


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
