"""Téléphones: the people of a workshop send their ballots from their own."""

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import BindingType

from diag.journal.revision import NewRevision
from diag.model.errors import DiagError
from diag.phone.links import (
    WORKSHOP_PHONES,
    PhoneLink,
    PhoneRole,
    PhoneSheet,
    SharedNetwork,
)
from diag.programme.container import Container
from diag.programme.gathering import (
    ballot_sheet,
    knows_phone,
    take_ballot,
    without_ballots,
)
from diag.tui.commands import bindings_of
from diag.tui.dialogs import READING, ChooseDialog, ListChoice
from diag.tui.place import EVERYWHERE
from diag.tui.square import (
    CutOff,
    NewCode,
    NotWorking,
    PhonesDesk,
    ShowWifi,
    SquareScreen,
    joining_steps,
)
from diag.words.dates import hour_words
from diag.words.sentences import counted


class BallotDesk(PhonesDesk):
    """The phones of a workshop: each gives a ballot, and nothing else."""

    def __init__(
        self,
        app: App[None],
        container: Callable[[], Container],
        workshop: str,
        network: SharedNetwork,
    ) -> None:
        self.received: set[str] = set()
        """Phones that sent a ballot."""
        self.before: set[str] = set()
        """Of those, the ones that sent it by a code that serves no more."""
        self._container, self._workshop = container, workshop
        super().__init__(app, network)

    def renew(self, role: PhoneRole = PhoneRole.WORKSHOP) -> PhoneLink:
        self.before |= self.received
        return super().renew(role)

    # What the server asks, each from one of its threads.

    def _refuse(self, *_: object) -> str:
        raise DiagError("Cette page prend un bulletin, rien d'autre.")

    where = photo = take_words = _refuse

    def sheet(self, role: PhoneRole, phone: str, raw: bytes, /) -> str:  # noqa: ARG002 - the server's
        return self._in_app(lambda: self._keep(phone, raw))

    def page(self, role: PhoneRole, /) -> PhoneSheet:  # noqa: ARG002 - the server's
        return self._in_app(lambda: ballot_sheet(self._container(), self._workshop))

    def knows(self, role: PhoneRole, phone: str, /) -> bool:  # noqa: ARG002 - the server's
        """Say whether a ballot came from this phone, by any code of this workshop."""
        return self._in_app(
            lambda: knows_phone(self._container().reopened(), self._workshop, phone)
        )

    def withdrawn(self) -> list[NewRevision]:
        """Return what takes back all that came while this screen is shown."""
        container = self._container().reopened()
        drafts = without_ballots(container, self._workshop, self.received)
        self.received.clear()
        self.before.clear()
        return drafts

    def _keep(self, phone: str, raw: bytes) -> str:
        told = take_ballot(self._container().reopened(), self._workshop, phone, raw)
        self.received.add(phone)
        self.before.discard(phone)
        self._report()
        return told


_KEEP, _WITHDRAW = "keep", "withdraw"
_ASKED = "Un nouveau code. {} déjà : que deviennent-ils ?"
_CHOICES = (
    ListChoice(_KEEP, "Les garder : qui vise le nouveau carré remplace le sien"),
    ListChoice(_WITHDRAW, "Les retirer : chacun recommence (« Annuler » les rend)"),
)


def _many_words(desk: BallotDesk) -> str:
    return counted(len(desk.received), "bulletin reçu", "bulletins reçus")


class BallotPhonesScreen(SquareScreen):
    """The square of a workshop's ballot; it serves as long as it is shown."""

    CSS_PATH = "programme.tcss"
    OFFERS = (ShowWifi, NewCode, NotWorking, CutOff, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*OFFERS), *READING]
    INTRODUCTION = (
        "Chacun vise le carré et partage dix points entre les thèmes, sous un rôle, "
        "jamais un nom. La page sert tant que cet écran est ouvert ; rien ne sort vers "
        "Internet."
    )

    def __init__(
        self,
        container: Callable[[], Container],
        workshop: str,
        keep: Callable[..., object],
        done: Callable[[], None],
    ) -> None:
        super().__init__()
        self._container, self._keep, self._done = container, keep, done
        self.workshop = workshop
        self._desk: BallotDesk | None = None

    def network(self) -> SharedNetwork | None:
        return self._desk.network if self._desk else None

    def serve(self, network: SharedNetwork) -> None:
        def begin() -> None:
            self._desk = BallotDesk(self.app, self._container, self.workshop, network)
            self.show()

        self.if_safe(network, begin)

    def url(self) -> str:
        return self._desk.url(PhoneRole.WORKSHOP) if self._desk else ""

    def title_parts(self) -> tuple[str, ...]:
        return ("Bulletins", self._container().record().workshops[self.workshop].title)

    def beside(self) -> list[str]:
        desk = self._desk
        if desk is None:
            return []
        until = hour_words(round(desk.link(PhoneRole.WORKSHOP).ends * 1000))
        former = f", dont {len(desk.before)} par un code d'avant" if desk.before else ""
        return [
            *joining_steps(desk, PhoneRole.WORKSHOP),
            "",
            f"{_many_words(desk)}{former}.",
            "",
            (
                f" Jusqu'à {until}, {WORKSHOP_PHONES} téléphones au plus. Envoyé deux "
                "fois d'un téléphone, le dernier compte."
            ),
        ]

    @work
    async def on_new_code(self) -> None:
        """Change the code; what came by the one before stays, or is taken back."""
        desk = self._desk
        if desk is None:
            return
        if desk.received:
            asked = ChooseDialog(_ASKED.format(_many_words(desk)), _CHOICES)
            chosen = await self.app.push_screen_wait(asked)
            if chosen is None or desk is not self._desk:
                return
            if chosen == _WITHDRAW:
                self._keep(*desk.withdrawn())
        desk.renew()
        self.show()

    def on_cut_off(self) -> None:
        """Serve no more, and go back."""
        self.diag.go_back()

    def on_unmount(self) -> None:
        """Serve no more once it is left."""
        if self._desk:
            self._desk.close()
            self._desk = None
        self._done()
