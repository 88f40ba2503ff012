"""What every test shares: bytecode that is kept, for the programs that tests start too.

Without it each process compiles what it imports again, a third of its start. The
environment of a container often forbids it; `.gitignore` names the folders.
"""

import os
import sys

from hypothesis import settings

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A machine that others use is slow at times: no test judges by the wall clock.
settings.register_profile("diag", deadline=None)
settings.load_profile("diag")
