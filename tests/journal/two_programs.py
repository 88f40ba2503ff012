"""Two programs on one file at the same time, one of which comes and goes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from diag.journal.connection import connect

_THERE = """
import sys
from contextlib import closing
from pathlib import Path
from diag.journal.connection import connect
with closing(connect(Path(sys.argv[1]))) as opened:
    opened.execute("insert into said values ('there')")
"""


def written_by_two_programs(path: Path) -> list[str]:
    """Write here over two connections, elsewhere before and after; return what stays.

    Where the locks of this program were lost, the other deletes its log in leaving.
    """
    with closing(connect(path)) as here:
        here.execute("create table said(word text)")
        with closing(connect(path, readonly=True)) as reader:
            assert reader.execute("select * from said").fetchall() == []
            _write_there(path)
            here.execute("insert into said values ('here')")
            _write_there(path)
    with closing(connect(path)) as again:
        return [
            where for (where,) in again.execute("select * from said order by rowid")
        ]


def _write_there(path: Path) -> None:
    subprocess.run([sys.executable, "-c", _THERE, str(path)], check=True)


_STAYS = """
import sys
from pathlib import Path
from diag.journal.journal import Journal
with Journal.open(Path(sys.argv[1])) as opened:
    opened.manifest()
    print("open", flush=True)
    sys.stdin.read()
"""


@contextmanager
def opened_elsewhere(folder: Path) -> Iterator[None]:
    """Have another program hold a journal open."""
    words = [sys.executable, "-c", _STAYS, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as there:
        assert there.stdout is not None
        assert there.stdout.readline() == "open\n"
        yield
        there.communicate("")
