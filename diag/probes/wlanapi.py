"""Windows asked for what its card hears: the one place that calls `wlanapi.dll`.

Nothing is understood here: the bytes go to `diag.probes.wifi`. It never ran in
the tests of this project, which have no Windows: `docs/essai-postes.md` tries it.
"""

import ctypes
import sys
import time
from typing import NamedTuple

DENIED = 5
"""Error of Windows: the user did not allow the location."""

_VERSION, _ANY_KIND = 2, 3
_GUID_BYTES, _CARD_BYTES, _LIST_HEADER = 16, 16 + 512 + 4, 8
"""`WLAN_INTERFACE_INFO`: an id, 256 characters of name, a state."""

SETTLING_S = 4.0
"""Seconds in which a driver must have scanned (Microsoft, `WlanScan`)."""


class NativeScan(NamedTuple):
    """What Windows gave: a `WLAN_BSS_LIST` for each card, or its error."""

    lists: tuple[bytes, ...] = ()
    error: int = 0
    """0: none; 5: location denied; -1: no such API here."""


def scan_cards() -> NativeScan:
    """Have every card scan, wait, and return what each heard; takes 4 s."""
    if sys.platform != "win32":
        return NativeScan(error=-1)
    try:
        api = ctypes.WinDLL("wlanapi")
    except OSError:  # a server without the Wi-Fi feature
        return NativeScan(error=-1)
    version, handle = ctypes.c_uint32(), ctypes.c_void_p()
    error = api.WlanOpenHandle(
        _VERSION, None, ctypes.byref(version), ctypes.byref(handle)
    )
    if error:
        return NativeScan(error=error)
    try:
        return _scanned(api, handle)
    finally:
        api.WlanCloseHandle(handle, None)


def _scanned(api: ctypes.CDLL, handle: ctypes.c_void_p) -> NativeScan:
    held = ctypes.c_void_p()
    error = api.WlanEnumInterfaces(handle, None, ctypes.byref(held))
    if error or held.value is None:
        return NativeScan(error=error)
    count = int.from_bytes(ctypes.string_at(held.value, 4), "little")
    first = held.value + _LIST_HEADER
    cards = [
        ctypes.create_string_buffer(
            ctypes.string_at(first + rank * _CARD_BYTES, _GUID_BYTES), _GUID_BYTES
        )
        for rank in range(min(count, 8))
    ]
    api.WlanFreeMemory(held)
    errors = [api.WlanScan(handle, card, None, None, None) for card in cards]
    time.sleep(SETTLING_S)
    lists: list[bytes] = []
    for card in cards:
        error, heard = _list_of(api, handle, card)
        errors.append(error)
        lists += [heard] if heard else []
    return NativeScan(tuple(lists), 0 if lists else max(errors, default=0))


def _list_of(
    api: ctypes.CDLL, handle: ctypes.c_void_p, card: ctypes.Array[ctypes.c_char]
) -> tuple[int, bytes]:
    held = ctypes.c_void_p()
    error = api.WlanGetNetworkBssList(
        handle, card, None, _ANY_KIND, 0, None, ctypes.byref(held)
    )
    if error or held.value is None:
        return error, b""
    size = int.from_bytes(ctypes.string_at(held.value, 4), "little")
    heard = ctypes.string_at(held.value, size)
    api.WlanFreeMemory(held)
    return 0, heard
