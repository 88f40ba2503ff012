"""A document's Markdown from its templates: one's own first, the shipped ones else."""

import re
from collections.abc import Mapping

from diag.reports.escape import Md, block
from diag.reports.house.house import House
from diag.reports.layout import sections
from diag.reports.templating import environment
from diag.words.typography import french

_GAP = re.compile(r"\n{3,}")
_FALLBACK = "Le modèle livré a servi à sa place."


def told_by(
    name: str, document: str, context: Mapping[str, object], house: House
) -> str:
    """Return what a template says for a document.

    A template of one's own that fails is told in `house.refused`, and the shipped one
    speaks in its place.
    """
    file = f"{name}.md.jinja"
    if house.templates:
        # The sandbox costs 5 ms to import: only who has templates of their own pays.
        from diag.reports.house.sandbox import (  # noqa: PLC0415
            OwnTemplateError,
            own_text,
        )

        try:
            return own_text(house.templates, file, context)
        except OwnTemplateError as error:
            said = f"{error} {_FALLBACK}"
            before = house.refused.get(document, "")
            if said not in before:
                house.refused[document] = f"{before}\n{said}".strip()
    return environment().get_template(file).render(context)


def reached(contacts: Md, house: House) -> Md:
    """Return the contacts, the syndicat's own block after them."""
    return sections((contacts, block(french(house.contact))))


def finished(body: str, end: str, running: str, closing: str = "") -> str:
    """Return a whole document, its running line last, whatever a template forgot."""
    text = f"{body}\n{end}".rstrip().removesuffix(running).rstrip()
    words = block(french(closing))
    last = f"{words}\n\n{running}" if words else running
    return _GAP.sub("\n\n", f"{text}\n\n{last}").strip() + "\n"
