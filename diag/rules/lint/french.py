"""The French of a checklist: typography of every text, plain words for the mairie."""

import re
from collections.abc import Iterator

from diag.rules.loaded import Item, Loaded
from diag.rules.problem import Problem
from diag.rules.reading.nodes import Entries, Items, Node, Scalar

TITLES = frozenset({"label", "title", "plural", "unit"})
"""Keys of texts that take no final period."""

SENTENCES = frozenset({"why", "decision", "meanwhile", "how", "conditions", "what"})
"""Keys of texts that reports print as sentences."""

_NOTES = frozenset({
    *("look", "hint", "ask", "done_when", "note"),
    *("rate", "ceiling", "period", "applicant"),
})
"""Keys of texts that end as their author likes."""

LONGEST_SENTENCE = 25
"""Words that a sentence for the mairie may have."""

_TYPOGRAPHY: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"\S  +\S"), "deux espaces de suite", "Gardez-en une."),
    (re.compile(r"\s,"), "une espace avant une virgule", "Supprimez-la."),
    (re.compile(r"\s\.(?:\s|$)"), "une espace avant un point", "Supprimez-la."),
    (re.compile(r"\.\.\."), "trois points", "Écrivez « … »."),
    (re.compile(r'"'), "des guillemets droits dans le texte", "Écrivez « mot »."),
    (
        re.compile(r"[^\s:;!?»][;!?](?:\s|$)|[^\W\d]:\s"),
        "il manque une espace avant « ; », « : », « ! » ou « ? »",
        "Ajoutez-la.",
    ),
    (
        re.compile(r"«\S|\S»"),
        "il manque une espace à l'intérieur de « »",
        "Ajoutez-la.",
    ),
)

_HEAVY = re.compile(
    r"\bil conviendrait|\bil convient d|\bil y a lieu d|\bforce est de constater"
    r"|\bnonobstant|\bsusmentionnée?s?|\bs'avère|\ben vue d|\bau regard d"
    r"|\bdans le cadre d|\bafférente?s?",
    re.IGNORECASE,
)
"""Turns of phrase that a mayor should not have to decode."""

_ACRONYM = re.compile(
    r"\b(?:AIPD|BAES|CNIL|DETR|DHCP|DNS|DPD|DSIL|ENI|ENT|FTTH|FTTO|GTI|GTR|MDM|NAS|OPNI"
    r"|PoE|PPMS|RGPD|SSID|TBI|TNI|VLAN|VPI|VPN|WPA[23]?)\b"
)
"""Acronyms that the mairie is not expected to know: explained, or replaced."""


def french_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what is badly set in any text, or hard to read for a mairie."""
    for section, ident in loaded.nodes:
        item = loaded.item(section, ident)
        for path, text in texts_of(item.node):
            yield from _typography(item, path, text)
            if path[:2] == ("wording", "mairie") or section == "aids":
                yield from _plain_words(item, path, text)


def texts_of(
    node: Node, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the French texts under a node, with their path."""
    if isinstance(node, Items):
        for rank, child in enumerate(node.nodes):
            yield from texts_of(child, (*path, str(rank)))
    elif isinstance(node, Entries):
        for key, child in node.nodes.items():
            yield from texts_of(child, (*path, key))
    elif isinstance(node, Scalar) and path and path[-1] in TITLES | SENTENCES | _NOTES:
        yield path, node.text.strip()


def _typography(item: Item, path: tuple[str, ...], text: str) -> Iterator[Problem]:
    key = ".".join(path)
    for pattern, message, remedy in _TYPOGRAPHY:
        found = pattern.search(text)
        if found:
            around = text[max(0, found.start() - 15) : found.end() + 15]
            yield item.problem(
                path, f"« {key} » : {message} (…{around}…)", remedy, "warning"
            )
    if path[-1] in TITLES and text.endswith(".") and not text.endswith("etc."):
        yield item.problem(
            path, f"« {key} » : un titre finit par un point", "Retirez-le.", "warning"
        )
    if path[-1] in SENTENCES and not text.endswith((".", "!", "?", "…", "»", ")")):
        yield item.problem(
            path, f"« {key} » : il manque le point final", "Ajoutez-le.", "warning"
        )


def _plain_words(item: Item, path: tuple[str, ...], text: str) -> Iterator[Problem]:
    key = ".".join(path)
    for sentence in re.split(r"(?<=[.!?…])\s+", text):
        words = len(re.findall(r"[\w'’-]+", sentence))
        if words > LONGEST_SENTENCE:
            yield item.problem(
                path,
                f"« {key} » : une phrase de {words} mots (« {sentence[:30]}… »)",
                f"Coupez-la : {LONGEST_SENTENCE} mots au plus.",
                "warning",
            )
    for heavy in _HEAVY.findall(text):
        yield item.problem(
            path,
            f"« {key} » : « {heavy} » alourdit la phrase",
            "Dites simplement qui fait quoi.",
            "warning",
        )
    for acronym in sorted(set(_ACRONYM.findall(text))):
        if not re.search(rf"\({acronym}\)|{acronym} \(", text):
            yield item.problem(
                path,
                f"« {key} » : le sigle {acronym} n'est pas expliqué",
                f"Écrivez « {acronym} (…) » ou un mot courant.",
                "warning",
            )
