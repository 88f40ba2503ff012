"""E-mail addresses found in files: which may be written to, and which are personal."""

import re

_LOCAL = r"[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}")
_WEB = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_NOTHING_KNOWN = {"inconnu", "inconnue", "néant", "aucun", "-"}
_CONSUMER = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|icloud|aol|gmx|proton(?:mail)?"
    r"|orange|wanadoo|free|sfr|neuf|bbox|laposte|numericable)\..+"
)

MAX_ADDRESS = 254
"""Longest address that a mail server accepts, in characters."""


def email_problem(text: str) -> str:
    """Return why `text` is no e-mail address, in French; empty when it is one."""
    if not text or text.casefold() in _NOTHING_KNOWN:
        return "adresse inconnue"
    if _WEB.match(text):
        return "page web"
    if text.count("@") > 1:
        return "plusieurs adresses"
    if len(text) > MAX_ADDRESS or not _ADDRESS.fullmatch(text):
        return "adresse mal formée"
    return ""


def is_consumer_mailbox(address: str) -> bool:
    """Say whether an address is at a public provider, so possibly someone's own."""
    domain = address.rpartition("@")[2].casefold()
    return _CONSUMER.fullmatch(domain) is not None
