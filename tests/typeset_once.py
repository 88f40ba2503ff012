"""What Typst made of a source for one test is not made again for another.

The same source gives the same bytes, in whichever worker. What one test asks for twice
is made twice: that it is the same is for that test to say.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from tests.shared import made_once

_FILE = "made.pdf"
_Compile = Callable[[str, Sequence[str]], bytes]


@contextmanager
def typeset_once() -> Iterator[None]:
    """Take the place of the program's own, for one test, where it was imported."""
    pdf = sys.modules.get("diag.documents.formats.pdf")
    if pdf is None:
        yield
        return
    takes_its_place = partial(_compile_once, pdf._compile_pdf, set())
    with patch.object(pdf, "_compile_pdf", takes_its_place):
        yield


def _compile_once(
    compiles: _Compile, asked: set[str], source: str, standards: Sequence[str]
) -> bytes:
    name = sha256(repr((source, *standards)).encode()).hexdigest()
    if name in asked:
        return compiles(source, standards)
    asked.add(name)
    made = made_once(f"pdf-{name}", partial(_write, compiles, source, standards))
    return (made / _FILE).read_bytes()


def _write(
    compiles: _Compile, source: str, standards: Sequence[str], folder: Path
) -> None:
    (folder / _FILE).write_bytes(compiles(source, standards))
