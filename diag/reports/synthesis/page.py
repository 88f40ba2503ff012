"""A document beyond the school: a template, what it tells, and how it ends."""

from collections.abc import Mapping

from diag.reports.escape import Md
from diag.reports.glossary import glossary
from diag.reports.house.composing import finished, reached, told_by
from diag.reports.house.house import PLAIN, House
from diag.reports.layout import PAGE_BREAK
from diag.reports.synthesis.gathering import Gathering, contacts, running_line


def page(
    template: str,
    told: Mapping[str, object],
    contacts: Md,
    running: Md,
    *,
    listed: bool = True,
    explained: bool = True,
    house: House = PLAIN,
    closing: str = "",
) -> str:
    """Return the Markdown of a document: same facts, same bytes.

    Not `listed`, a rule ends it: it is short, and has no table of contents. Not
    `explained`, it has no glossary: an act, a convention.
    """
    ends = {"page_break": PAGE_BREAK, "running_line": running, "contacts": contacts}
    body = told_by(template, template, {**told, **ends}, house)
    terms = glossary(body) if explained else ""
    last = {"glossary": terms, "listed": listed, **ends}
    end = told_by("fin-hors-ecole", template, last, house)
    return finished(body, end, running, closing)


def page_of(template: str, told: Mapping[str, object], gathering: Gathering) -> str:
    """Return a synthesis: the syndicat's own document, with its own words."""
    house = gathering.office.house
    return page(
        template,
        told,
        reached(contacts(gathering), house),
        running_line(gathering),
        house=house,
        closing=house.closing,
    )
