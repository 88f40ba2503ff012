"""Prints how long the atlas of 60 audited schools takes, and what it holds in memory.

    python -m benches.atlas [FOLDER]

Each school is the demonstration's, copied under another number and moved a little. Two
atlases: pages with HTML documents alone, then one reader's with PDF and ODT. The bare
baseline writes, in the same run, as many files of the same sizes.
"""

import resource
import sys
import tempfile
from pathlib import Path
from random import Random
from time import perf_counter

from benches.worlds.territory import DAY, big_workspace, numbered
from diag.documents.atlas import files_of, write_atlas
from diag.documents.formats import OPENED, Format
from diag.workspace.workspace import Workspace, fixed_world

SCHOOLS = 72
AUDITED = 60


def main() -> None:
    if len(sys.argv) > 1:
        bench(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        bench(Path(folder) / "banc")


def bench(folder: Path) -> None:
    space = folder / "espace"
    if not space.exists():
        big_workspace(folder, SCHOOLS, AUDITED)
    with Workspace.open(space, fixed_world(DAY, seed=1)) as made:
        scatter(made)
        before = peak()
        told(made, folder / "atlas", "syndicat", (Format.HTML,), before)
        told(
            made,
            folder / "circonscription",
            "circonscription:montfauvel",
            OPENED,
            before,
        )
    bare(folder / "atlas", folder / "nu")


def told(
    made: Workspace, out: Path, view: str, forms: tuple[Format, ...], before: int
) -> None:
    """Write an atlas; print its figures."""
    steps: list[int] = []
    start = perf_counter()
    write_atlas(made, out, view, lambda done, _: steps.append(done), forms=forms)
    seconds = perf_counter() - start
    files = files_of(out)
    size = sum((out / name).stat().st_size for name in files)
    index = (out / "index.html").stat().st_size
    print(f"{view}, {len(steps)} audits, {' '.join(forms)}")
    print(f"  whole                  {seconds:8.1f} s")
    print(f"  each audit             {seconds / len(steps) * 1000:8.0f} ms")
    print(f"  files                  {len(files):8} ({size / 1e6:.1f} MB)")
    print(f"  map and list           {index / 1000:8.0f} kB")
    print(f"  peak memory            {peak():8} MB (before: {before} MB)")


def bare(model: Path, out: Path) -> None:
    """Write as many files of the same sizes, and nothing else."""
    sizes = {name: (model / name).stat().st_size for name in files_of(model)}
    start = perf_counter()
    for name, size in sizes.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"x" * size)
    print(f"bare files, same sizes   {perf_counter() - start:8.1f} s")


def scatter(made: Workspace) -> None:
    """Move each school a little: copies of forty would stand on forty spots."""
    random = Random(1)
    moved = []
    for at in range(SCHOOLS):
        school = made.territory.school(numbered(at))
        if school and school.latitude:
            north, east = float(school.latitude), float(school.longitude)
            moved.append({
                "uai": school.uai,
                "latitude": f"{north + random.uniform(-0.06, 0.06):.5f}",
                "longitude": f"{east + random.uniform(-0.09, 0.09):.5f}",
            })
    with made.territory.transaction():
        made.territory.put_schools(moved)


def peak() -> int:
    """Return the most memory that this process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
