"""Write exports/ anew: `python -m tests.contracts.refresh_exports`."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from diag.demo import demonstrate
from tests.contracts.sample import write_sample

EXPORTS = Path(__file__).parents[2] / "exports"


def main() -> None:
    """Make the demonstration and keep one of each document that it can give."""
    with TemporaryDirectory() as folder:
        made = demonstrate(Path(folder) / "demo")
        shutil.rmtree(EXPORTS, ignore_errors=True)
        EXPORTS.mkdir()
        write_sample(made, EXPORTS)


if __name__ == "__main__":
    main()
