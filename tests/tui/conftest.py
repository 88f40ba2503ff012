"""What tests of screens share: an app at rest is seen at rest sooner.

Textual looks at a pause every 20 ms whether the process still works, twice a key: half
of the time of these tests. Every 5 ms it sees the same.
"""

from textual import _wait

_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 20
