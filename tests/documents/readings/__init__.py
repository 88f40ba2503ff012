"""What six readers find first of six whole schools, kept as it was last read.

`python -m tests.documents.readings` writes it anew; a person reads the difference.
"""

from collections.abc import Iterator
from pathlib import Path

from diag.documents.blocks import PAGE_BREAK
from diag.documents.parts.votes import votes_shown
from diag.documents.sheet import proofs_section
from diag.documents.templates import build_document
from diag.model.enums import Audience
from tests.documents.formats.test_whole_schools import told

FOLDER = Path(__file__).parent
PAPERS = (Audience.EQUIPE, Audience.ACADEMIE, Audience.TECHNIQUE)


def reading(name: str) -> str:
    """Return the first page of each reader, then the evidence of the votes."""
    return "\n\n".join(_parts(name)).rstrip() + "\n"


def _parts(name: str) -> Iterator[str]:
    report = told(name)
    mayors = build_document(report, Audience.MAIRIE).markdown
    yield _headed("mairie", mayors.split(f"\n{PAGE_BREAK}\n")[0])
    for audience in PAPERS:
        made = build_document(report, audience).paper
        assert made is not None
        yield _headed(audience, "\n## ".join(made.markdown.split("\n## ")[:3]))
    reserved = build_document(report, Audience.RESERVE).markdown
    yield _headed("reserve", reserved.split("\n## ")[0])
    if votes_shown(report.public)[0].votes.votes:
        yield _headed("preuves", proofs_section(report.public))


def _headed(reader: str, text: str) -> str:
    return f"<!-- {reader} -->\n\n{text.rstrip()}"


def kept(name: str) -> Path:
    """Return where the reading of a school is kept."""
    return FOLDER / f"{name}.md"
