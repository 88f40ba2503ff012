"""What tests of screens share: an app at rest is seen at rest sooner.

Textual looks at a pause every 20 ms whether the process still works, twice a key: half
of the time of these tests. Every 5 ms it sees the same.

A loaded machine is slow: a key is given as long to be handled as any other condition.
"""

from textual import _wait
from textual.pilot import Pilot

from tests.tui.waiting import PATIENCE

_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 20
Pilot._wait_for_screen.__defaults__ = (PATIENCE,)
