"""A month in which who changed territory still hands over what was said in the old one.

A person's device that comes in anew is known by the key that signs its bundles. Reading
follows the new territory at once.
"""

from collections.abc import Iterable
from itertools import pairwise

from diag.sync.hub.store import Device

MONTH = 30 * 24 * 3600 * 1000
"""Milliseconds of the hub's clock, from the enrolment that changed the territory."""


def territories_left(devices: Iterable[Device], number: int, at: int) -> frozenset[str]:
    """Return the territories that a device had before, less than a month ago."""
    known = sorted(devices, key=lambda one: one.id)
    own = next((one for one in known if one.id == number), None)
    if own is None or not own.sign_key or not own.person:
        return frozenset()
    same = [one for one in known if one.id <= number and _is_same(one, own)]
    return frozenset(
        territory
        for before, after in pairwise(same)
        if at - after.enrolled_at <= MONTH and before.right != "read"
        for territory in before.territories
    )


def _is_same(one: Device, own: Device) -> bool:
    return (one.sign_key, one.person) == (own.sign_key, own.person)
