"""Prints how long the four reports of a 20-room school take, and what they weigh.

    python -m benches.reports

Each round prints a report of which nothing was worked out yet, as `diag report` does.
Processor time: a busy machine changes the ratio little.

The bare baseline renders, in the same run, a Jinja2 template that prints as many table
rows as the four reports have lines, of the same length, with no rule and no escape.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from time import process_time_ns

from jinja2 import Environment

from benches.budgets import hold
from diag.audit.report import Report
from diag.checklist.edition import shipped_checklists
from diag.checklist.load import load_checklists
from diag.documents.document import Document
from diag.documents.formats.html import write_html
from diag.documents.templates import build_document
from diag.model.enums import Audience
from tests.documents.audits import invented_facts
from tests.documents.builders import report

BUDGET = 50.0
PAGE_BUDGET = 25.0
"""Milliseconds for the mayor's document as a page."""
ROUNDS = 15


def main() -> None:
    checklist = load_checklists(shipped_checklists()).checklist
    assert checklist is not None
    told = report(invented_facts(checklist, rooms=20, lots=6), checklist)
    first = milliseconds(lambda: reports(told))
    documents = reports(told)
    again = milliseconds(lambda: reports(told))
    texts = [one.markdown for one in documents]
    bare = baseline(sum(one.count("\n") for one in texts), sum(map(len, texts)))
    mayor = build_document(told, Audience.MAIRIE)
    ours, theirs, pages, one_page = [], [], [], []
    for _ in range(ROUNDS):  # turn by turn: the machine's mood is shared
        fresh = replace(told, shown=told.shown and replace(told.shown))
        ours.append(milliseconds(partial(reports, fresh)))
        theirs.append(milliseconds(bare))
        # A copy is parsed anew.
        pages.append(milliseconds(lambda: [write_html(replace(d)) for d in documents]))
        one_page.append(milliseconds(lambda: write_html(replace(mayor))))
    print(f"four reports, {sum(map(len, texts)) // 1000} kB of Markdown")
    print(f"  first time, templates compiled   {first:7.1f} ms")
    print(f"  once more, the same report       {again:7.1f} ms")
    print(f"  bare jinja2, same lines and size {median(theirs):7.1f} ms")
    print(f"  ratio                            {median(ours) / median(theirs):7.1f}")
    print(f"  the same as HTML pages           {median(pages):7.1f} ms")
    hold("four reports, Markdown", median(ours), BUDGET, "ms")
    hold("the mayor's page, HTML", median(one_page), PAGE_BUDGET, "ms")
    for audience, document in zip(Audience, documents, strict=True):
        print(f"  {audience:<10} {len(document.markdown.split()):6} words and signs")


def reports(told: Report) -> list[Document]:
    return [build_document(told, audience) for audience in Audience]


def baseline(lines: int, size: int) -> Callable[[], str]:
    """Return a bare render of `lines` rows, `size` characters in all."""
    template = Environment(autoescape=False).from_string(
        "{% for a, b, c in rows %}| {{ a }} | {{ b }} | {{ c }} |\n{% endfor %}"
    )
    cell = "x" * (size // lines // 3)
    return lambda: template.render(rows=[(cell, cell, cell)] * lines)


def milliseconds(work: Callable[[], object]) -> float:
    start = process_time_ns()
    work()
    return (process_time_ns() - start) / 1e6


if __name__ == "__main__":
    main()
