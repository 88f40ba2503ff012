"""Prints how long an audited school's documents take: Markdown, HTML, PDF and ODT.

    python -m benches.documents

Pandoc and WeasyPrint, where their commands are on the path, take the same Markdown (or
the HTML page made of it) in the same run, one process a document; where they are not,
the bench says so.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter_ns, process_time_ns

from benches.budgets import hold
from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.checklist import shipped_checklists
from diag.checklist.load import load_checklists
from diag.documents.document import Document
from diag.documents.formats.html import write_html
from diag.documents.formats.odt import write_odt
from diag.documents.formats.pdf import write_pdf
from diag.documents.templates import build_document
from diag.model.enums import Audience
from diag.model.votes import DecisionList
from tests.documents.audits import invented_facts
from tests.documents.builders import report

BUDGET, PAGE_BUDGET, TEXT_BUDGET, MEMORY, MANY, ROUNDS = 200.0, 25.0, 15.0, 300, 200, 7
"""Milliseconds a PDF, a page, the mayor's Markdown; MiB, PDFs in a row, measures of
each."""


def main() -> None:
    checklist = load_checklists(shipped_checklists()).checklist
    assert checklist is not None
    told = report(invented_facts(checklist, rooms=20, lots=6), checklist)
    documents = {each: build_document(told, each) for each in Audience}
    mayor = documents[Audience.MAIRIE]
    print(f"the mayor's document, {len(mayor.markdown) // 1000} kB of Markdown")
    markdown(told)
    many(mayor)
    told_time("HTML", anew(write_html, mayor), PAGE_BUDGET)
    told_time("ODT", anew(write_odt, mayor))
    beside(mayor)
    for audience, made in documents.items():
        size = len(made.markdown) // 1000
        told_time(f"PDF, {audience}, {size} kB", anew(write_pdf, made), BUDGET)


def markdown(told: Report) -> None:
    """Build the mayor's document: of a report that was read, of new ones.

    A closed audit has its votes frozen; an open one has them worked out first.
    """
    votes = votes_of(told.public)
    build = partial(build_document, audience=Audience.MAIRIE)
    told_time("Markdown", partial(build, told), TEXT_BUDGET)
    told_time("Markdown, closed, first reading", lambda: build(unread(told, votes)))
    told_time("Markdown, open, first reading", lambda: build(unread(told, None)))


def unread(told: Report, votes: DecisionList | None) -> Report:
    """Return a report of which nothing was worked out yet."""
    return replace(told, shown=replace(told.public, frozen=votes), frozen=votes)


def anew(
    write: Callable[[Document], object], document: Document
) -> Callable[[], object]:
    """Return what writes a document parsed anew each time."""
    return lambda: write(replace(document))


def told_time(name: str, work: Callable[[], object], budget: float = 0) -> None:
    work()
    clock, processor = [], []
    for _ in range(ROUNDS):
        start, used = perf_counter_ns(), spent()
        work()
        clock.append((perf_counter_ns() - start) / 1e6)
        processor.append(spent() - used)
    print(
        f"  {name:<32} {median(clock):7.0f} ms ({median(processor):.0f} of processor)"
    )
    if budget:
        hold(f"{name}, processor", median(processor), budget, "ms")


def spent() -> float:
    """Return the processor's milliseconds so far, those of other tools included."""
    times = os.times()
    children = times.children_user + times.children_system
    return process_time_ns() / 1e6 + children * 1e3


def beside(document: Document) -> None:
    """Have other tools take the same document."""
    with tempfile.TemporaryDirectory() as name:
        source, page = Path(name) / "document.md", Path(name) / "page.html"
        source.write_text(document.markdown, encoding="utf-8")
        page.write_bytes(write_html(document)[0])
        for form in ("html", "odt"):
            made = source.with_suffix(f".{form}")
            command("pandoc", form.upper(), "-s", str(source), "-o", str(made))
        command("weasyprint", "PDF", "-q", str(page), str(page.with_suffix(".pdf")))


def command(tool: str, form: str, *words: str) -> None:
    """Tell how long another tool takes, or that it is not there."""
    found = shutil.which(tool)
    if found is None:
        print(f"  {tool} is not installed: {form} not compared")
        return
    run = partial(subprocess.run, (found, *words), check=True, capture_output=True)
    told_time(f"{tool} to {form}, a process", run)


def many(document: Document) -> None:
    """Make many PDFs one after the other, and tell what memory they leave."""
    start, first = perf_counter_ns(), 0
    for rank in range(MANY):
        text = f"{document.markdown}\n\nExemplaire {rank}\n"
        write_pdf(replace(document, markdown=text))
        first = first or resident()
    seconds = (perf_counter_ns() - start) / 1e9
    last = resident()
    print(
        f"  {MANY} PDFs                         {seconds:7.1f} s, {first} MiB at first"
    )
    hold(f"memory after {MANY} PDFs", last, MEMORY, "MiB")


def resident() -> int:
    """Return what the process holds in memory now, in MiB; 0 where unknown."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = status.read_text(encoding="ascii").splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS")).split()[1]) // 1024


if __name__ == "__main__":
    main()
