"""Prints how long the four reports of a 20-room school take, and what they weigh.

    python -m benches.reports

Each round answers one more question in a recorded audit, reads it again and writes the
four documents, of which nothing was worked out yet: as who presses the key of reports
in the middle of a visit. Processor time: a busy machine changes the ratio little.

The bare baseline renders, in the same run, a Jinja2 template that prints as many table
rows as the four reports have lines, of the same length, with no rule and no escape.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time_ns
from uuid import UUID, uuid5

from jinja2 import Environment

from benches.budgets import hold
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.documents.document import Document
from diag.documents.formats.html import write_html
from diag.documents.templates import build_document
from diag.journal import changes
from diag.journal.revision import NewRevision
from diag.model.enums import READERS
from tests.audit.builders import started, workspace
from tests.documents.audits import invented_facts

BUDGET = 50.0
PAGE_BUDGET = 25.0
"""Milliseconds for the mayor's document as a page."""
ROUNDS = 15


def main() -> None:
    with TemporaryDirectory() as folder, workspace(Path(folder) / "ecole") as made:
        session = started(made)
        more = fill(session)
        first = milliseconds(lambda: reports(report_of(session)))
        documents = reports(report_of(session))
        again = milliseconds(lambda: reports(report_of(session)))
        texts = [one.markdown for one in documents]
        bare = baseline(sum(one.count("\n") for one in texts), sum(map(len, texts)))
        read, ours, theirs, pages, one_page = [], [], [], [], []
        for draft in more:  # turn by turn: the machine's mood is shared
            session.record(draft)
            read.append(milliseconds(lambda: report_of(session)))
            told = report_of(session)
            ours.append(milliseconds(partial(reports, told)))
            theirs.append(milliseconds(bare))
            # A copy is parsed anew.
            pages.append(
                milliseconds(lambda: [write_html(replace(d)) for d in documents])
            )
            one_page.append(milliseconds(lambda: write_html(replace(documents[0]))))
    print(f"four reports, {sum(map(len, texts)) // 1000} kB of Markdown")
    print(f"  first time, templates compiled   {first:7.1f} ms")
    print(f"  once more, the same report       {again:7.1f} ms")
    print(f"  one answer more: proved, judged  {median(read):7.1f} ms")
    print(f"  then written                     {median(ours):7.1f} ms")
    print(f"  bare jinja2, same lines and size {median(theirs):7.1f} ms")
    print(f"  ratio                            {median(ours) / median(theirs):7.1f}")
    print(f"  the same as HTML pages           {median(pages):7.1f} ms")
    hold("four reports, Markdown", median(ours), BUDGET, "ms")
    hold("the mayor's page, HTML", median(one_page), PAGE_BUDGET, "ms")
    for audience, document in zip(READERS, documents, strict=True):
        print(f"  {audience:<10} {len(document.markdown.split()):6} words and signs")


def fill(session: AuditSession) -> list[NewRevision]:
    """Record a 20-room school; return answers that change others, one at a time."""
    facts, audit = invented_facts(session.checklist, rooms=20, lots=6), session.audit.id
    ids = {one: str(uuid5(UUID(int=0), one)) for one in facts.places}
    ids[facts.root] = session.facts.root
    inside = (one for one in facts.places.values() if one.parent)
    session.record(
        *(
            changes.placed(
                audit,
                one.model_copy(
                    update={"id": ids[one.id], "parent": session.facts.root}
                ),
            )
            for one in inside
        ),
        *(changes.closed(audit, kind) for kind in facts.closed),
        *(
            changes.answered(audit, ids[place], question, head)
            for (place, question), (head,) in facts.answers.items()
        ),
    )
    turned = [
        changes.answered(
            audit, ids[place], question, replace(head, value=not head.value)
        )
        for (place, question), (head,) in facts.answers.items()
        if isinstance(head.value, bool)
    ]
    return turned[:ROUNDS]


def reports(told: Report) -> list[Document]:
    return [build_document(told, audience) for audience in READERS]


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
