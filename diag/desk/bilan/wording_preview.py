"""A recommendation as a reader will read it, while its words are being written."""

from collections.abc import Mapping

from diag.desk.bilan.advising import PART_WORDS
from diag.model.enums import Audience
from diag.reports.layout import written
from diag.reports.report import Report


def preview(
    report: Report, ident: str, audience: Audience, words: Mapping[str, str]
) -> str:
    """Return the Markdown of a recommendation with these words, blanks filled.

    Text is written as the documents write it: what looks like markup is printed.
    """
    action = report.plan.action(ident)

    def told(text: str) -> str:
        filled = report.told(action, text, audience) if action else text
        return str(written(filled))

    ref = f"{action.ref}. " if action else ""
    title = f"**{ref}{told(words.get('title', ''))}**"
    parts = [
        f"**{PART_WORDS[name]}** : {told(text)}"
        for name, text in words.items()
        if name != "title" and text.strip()
    ]
    return "\n\n".join((title, *parts))
