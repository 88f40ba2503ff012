"""The colleagues whose keys this workspace knows: for whom, and from whom."""

from difflib import get_close_matches

from diag.journal.journal import Journal, get_setting, put_setting
from diag.model.errors import DiagError
from diag.model.text import clean_line, fold
from diag.sync.bundle.keys import Card

_KEY = "bundle.keys"


class Ring:
    """Name → public keys."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def cards(self) -> dict[str, Card]:
        """Return whom this workspace knows."""
        kept = get_setting(self._journal, _KEY, {})
        return {name: Card(*keys) for name, keys in kept.items()}

    @property
    def signers(self) -> dict[str, str]:
        """Return the name of each known signer, by its key."""
        return {card.sign: name for name, card in self.cards.items()}

    def add(self, name: str, card: Card) -> str:
        """Keep a colleague's keys; return the name as it is kept.

        Raises:
            DiagError: when the name is taken by other keys, or the keys by another.
        """
        clean = clean_line(name)
        cards = self.cards
        taken = {fold(one): one for one in cards}.get(fold(clean))
        if not clean or (taken and cards[taken] != card):
            raise DiagError(
                f"« {clean} » a déjà une autre clé. Retirez-la d'abord, après avoir "
                f'vérifié de vive voix : diag bundle keys remove "{clean}".'
                if clean
                else "Donnez le nom de votre collègue avant sa clé."
            )
        other = self.signers.get(card.sign)
        if other and other != taken:
            raise DiagError(f"Cette clé est déjà celle de « {other} ».")
        self._keep({**cards, taken or clean: card})
        return taken or clean

    def remove(self, name: str) -> str:
        """Forget a colleague's keys.

        Raises:
            DiagError: when nobody has that name.
        """
        found = self.named(name)
        self._keep({one: card for one, card in self.cards.items() if one != found})
        return found

    def named(self, name: str) -> str:
        """Return a colleague's name as it is kept.

        Raises:
            DiagError: when nobody has that name; says who comes near.
        """
        names = {fold(one): one for one in self.cards}
        wanted = fold(clean_line(name))
        if wanted in names:
            return names[wanted]
        near = get_close_matches(wanted, names, n=1)
        hint = f" Vouliez-vous dire « {names[near[0]]} » ?" if near else ""
        raise DiagError(
            f"Aucune clé au nom de « {name[:60]} ».{hint} Demandez sa clé à votre "
            "collègue, puis : diag bundle keys add NOM CLE."
        )

    def _keep(self, cards: dict[str, Card]) -> None:
        put_setting(
            self._journal, _KEY, {name: list(one) for name, one in cards.items()}
        )
