"""A document beyond the school: a template, what it tells, and how it ends."""

import re
from collections.abc import Mapping

from diag.reports.escape import Md
from diag.reports.glossary import glossary
from diag.reports.layout import PAGE_BREAK
from diag.reports.markdown import environment

_GAP = re.compile(r"\n{3,}")


def page(
    template: str,
    told: Mapping[str, object],
    contacts: Md,
    running: Md,
    *,
    listed: bool = True,
    explained: bool = True,
) -> str:
    """Return the Markdown of a document: same facts, same bytes.

    Not `listed`, a rule ends it: it is short, and has no table of contents. Not
    `explained`, it has no glossary: an act, a convention.
    """
    templates = environment()
    ends = {"page_break": PAGE_BREAK, "running_line": running, "contacts": contacts}
    body = templates.get_template(f"{template}.md.jinja").render(**told, **ends)
    closing = templates.get_template("fin-hors-ecole.md.jinja")
    terms = glossary(body) if explained else ""
    end = closing.render(glossary=terms, listed=listed, **ends)
    return _GAP.sub("\n\n", f"{body}\n{end}").strip() + "\n"
