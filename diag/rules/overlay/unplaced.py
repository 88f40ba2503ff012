"""What is said of an item laid over the shipped ones that finds no place there."""

from collections.abc import Collection, Iterable

from diag.rules.loaded import NOUNS
from diag.rules.overlay.layers import Name, text_of
from diag.rules.problem import nearest, write_instead
from diag.rules.reading.nodes import Entries

Sentence = tuple[str, str]
"""What is wrong, and what to do."""


def called(name: Name) -> str:
    """Return an item's noun and id: « critère « debit-suffisant » »."""
    return f"{NOUNS[name[0]]} « {name[1]} »"


def mistaken(name: Name, shipped: Iterable[Name]) -> Sentence | None:
    """Say which shipped item an incomplete one means: of its section, else of another.

    None when it resembles none.
    """
    section, ident = name
    names = list(shipped)
    near = nearest(ident, [one for kind, one in names if kind == section])
    if near:
        message = f"{called(name)} absent des grilles livrées, et incomplet"
        return message, f"Vouliez-vous changer « {near} » ?"
    for kind, one in names:
        if one == ident:
            message = f"« {ident} » n'est pas dans « {section} » des grilles livrées"
            return message, f"Écrivez-le sous « {kind}: » ({NOUNS[kind]})."
    return None


def homeless(name: Name, node: Entries, domains: Collection[str]) -> Sentence:
    """Say of a new item that it names no domain, or one that does not exist."""
    wanted = text_of(node.nodes.get("domain"))
    if wanted:
        return unknown_domain(f"{called(name)} : ", wanted, domains)
    remedy = (
        "Ajoutez « domain: reseau » à l'élément ou en tête du fichier, ou donnez au "
        "fichier le nom de celui du domaine."
    )
    return f"{called(name)} : dans quel domaine ?", remedy


def unknown_domain(told: str, wanted: str, domains: Collection[str]) -> Sentence:
    """Say that no domain is so called."""
    otherwise = f"Les domaines sont : {', '.join(sorted(domains))}."
    remedy = write_instead(wanted, domains, otherwise)
    return f"{told}le domaine « {wanted} » n'existe pas", remedy
