"""Every bench in turn, then every budget side by side with its baseline.

    python -m benches [seconds of the suite]

The suite times itself: `.ci/run --long` hands its seconds over. Nothing is asserted.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benches.budgets import HEAD, KEPT, hold, read_lines

BENCHES = sorted(
    one.stem for one in Path(__file__).parent.glob("[!_]*.py") if one.stem != "budgets"
)
SUITE = 180
"""Seconds, on two cores."""


def main(suite: str | None) -> None:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "budgets.jsonl"
        os.environ[KEPT] = str(kept)
        failed = []
        for bench in BENCHES:
            name = f"benches.{bench}"
            print(f"\n-- {bench}", flush=True)
            if subprocess.run([sys.executable, "-m", name], check=False).returncode:
                failed.append(name)
        if suite:
            hold("the test suite", float(suite), SUITE, "s")
        print(f"\n{HEAD}", *read_lines(kept), sep="\n")
        sys.exit(", ".join(["failed:", *failed]) if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
