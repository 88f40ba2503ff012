"""Papers beyond the four reports: one Markdown, written in the forms asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from diag.desk.outputs.documents import Form, Source, Written, in_form, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Source):
    """A document ready to be written."""

    stem: str
    """Name of its files, without the form."""
    notice: str = ""
    """What of the syndicat's own it does not have, and why."""


def write_paper(
    paper: Paper, folder: Path, forms: Iterable[Form] = tuple(Form)
) -> Iterator[Written]:
    """Write a paper in each form, whole or not at all; tell each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for form in forms:
        made = partial(in_form, paper, form)
        yield written(folder / f"{paper.stem}.{form}", made)
    if paper.notice:
        yield Written(None, paper.notice)
