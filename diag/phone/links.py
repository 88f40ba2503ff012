"""Links: who may send what, for how long, from which telephone.

A link is a secret of 130 bits drawn on the screen. The first telephone that opens it
claims it; nothing of it outlives the program.
"""

from base64 import b32encode
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from secrets import compare_digest

LIFE = 2 * 3600
"""Seconds that a link serves."""

MOST_ITEMS = 200
"""Photos, words and sheets that a link takes."""

TRIES = 5
"""Wrong codes typed by hand, after which only the square serves."""

TEAM_PHONES = 25
"""Telephones of a team that may open its link."""

WORKSHOP_PHONES = 80
"""Telephones of a workshop's people that may open its link."""

PER_ADDRESS = 3
"""Times that one address may claim a link of several telephones: a preview and two
browsers of one telephone do; more would let one person vote as a room."""

TOKEN = 26
"""Letters of a link: 130 bits, upper case, so that the square stays small."""

Draw = Callable[[int], bytes]
"""Gives so many bytes that nobody can guess."""


class PhoneRole(StrEnum):
    """What a link is for."""

    PHOTOS = "photos"
    TEAM = "equipe"
    DIRECTION = "direction"
    WORKSHOP = "atelier"


class TurnedAway(Exception):
    """A request that is not served; 404 teaches a stranger nothing."""

    def __init__(self, status: int, sentence: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        """As HTTP numbers it."""


class PhoneLink:
    """One link, and the telephones that claimed it."""

    def __init__(self, role: PhoneRole, draw: Draw, clock: Callable[[], float]) -> None:
        self.role = role
        self.token = b32encode(draw(17)).decode("ascii")[:TOKEN]
        """What the square ends with."""
        self.digits = f"{int.from_bytes(draw(8)) % 10**6:06}"
        """The same typed by hand, while it may be."""
        self.ends = clock() + LIFE
        """Second of the clock at which it serves no more."""
        self.phones: set[str] = set()
        """Secrets of the telephones that claimed it."""
        self.items = 0
        """How many things came in."""
        self.wrong = 0
        """How many wrong codes were typed."""
        self._claimed = Counter[str]()
        """Address → times that it claimed the link."""
        self._clock = clock
        self._draw = draw

    @property
    def most(self) -> int:
        """How many telephones may claim it."""
        return _MOST_PHONES.get(self.role, 1)

    def check(self, phone: str) -> None:
        """Let a telephone that claimed it in, while the link lives.

        Raises:
            TurnedAway: over, or another's.
        """
        self.check_lives()
        if not any(compare_digest(one, phone) for one in self.phones):
            raise TurnedAway(403, _TAKEN)

    def check_lives(self) -> None:
        """Refuse what comes after its time.

        Raises:
            TurnedAway: it is over.
        """
        if self._clock() > self.ends:
            raise TurnedAway(410, _OVER)

    def claim(self, phone: str, address: str, *, is_known: bool = False) -> str:
        """Return the secret of the telephone that opens it: its own, or a new one.

        `is_known`: something came by that secret through another link of this use: the
        same telephone, which keeps it, so that what it sends again replaces its own.

        Raises:
            TurnedAway: over, or claimed by as many, or as often from one address, as
                may.
        """
        self.check_lives()
        if phone in self.phones:
            return phone
        if len(self.phones) >= self.most:
            raise TurnedAway(403, _TAKEN)
        if is_known:
            self.phones.add(phone)
            return phone
        if self._claimed[address] >= PER_ADDRESS:
            raise TurnedAway(403, _AGAIN)
        self._claimed[address] += 1
        secret = self._draw(16).hex()
        self.phones.add(secret)
        return secret

    def count_one(self) -> None:
        """Count one more thing that comes in.

        Raises:
            TurnedAway: it is one too many.
        """
        if self.items >= MOST_ITEMS:
            raise TurnedAway(429, _MANY)
        self.items += 1

    def opens_with(self, digits: str) -> bool:
        """Say whether these are its digits; a wrong code counts, and five end them.

        Raises:
            TurnedAway: it is over.
        """
        self.check_lives()
        if self.wrong >= TRIES:
            return False
        # As bytes: a digit of another script is no text that can be compared.
        if compare_digest(self.digits.encode(), digits.encode("utf-8", "replace")):
            return True
        self.wrong += 1
        return False


_MOST_PHONES = {
    PhoneRole.TEAM: TEAM_PHONES,
    PhoneRole.WORKSHOP: WORKSHOP_PHONES,
}

_TAKEN = (
    "Ce carré sert déjà à un autre téléphone. Demandez-en un autre : « Nouveau code » "
    "sur l'ordinateur."
)
_AGAIN = (
    "Ce téléphone a déjà ouvert cette page plusieurs fois : reprenez celle qui est "
    "ouverte, ou demandez un nouveau carré."
)
_OVER = "Ce carré n'est plus valable. Demandez-en un autre : « Nouveau code »."
_MANY = "C'est beaucoup pour un seul carré. Demandez-en un autre : « Nouveau code »."
