"""Whole documents as they must read: python -m tests.documents.synthesis.goldens."""

from collections.abc import Callable, Mapping
from pathlib import Path

from diag.documents.document import Document
from diag.documents.synthesis import commune_synthesis
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from tests.documents.synthesis.gatherings import gathering

HERE = Path(__file__).parent

MADE: Mapping[str, Callable[[], Document]] = {
    "commune": lambda: commune_synthesis(gathering(missing=("Ecole des Ormes",))),
    "circonscription": lambda: circonscription_synthesis(
        gathering(name="Circonscription de Vallombre-Nord", commune=None)
    ),
    "territoire": lambda: territory_synthesis(
        gathering(name="Syndicat mixte Vallombre Numérique", commune=None)
    ),
}
"""Name of the document → what makes it."""


def kept(name: str) -> str:
    """Return a document as it was last read by a person."""
    return (HERE / f"{name}.md").read_text(encoding="utf-8")


def write() -> None:
    """Write every document anew, to be read before it is committed."""
    for name, make in MADE.items():
        path = HERE / f"{name}.md"
        path.write_text(make().markdown, encoding="utf-8", newline="\n")
