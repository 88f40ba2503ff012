"""Ateliers: what people wrote, how they voted, what themes weigh."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from textual import work

from diag.model.enums import Participant
from diag.model.errors import DiagError
from diag.model.programme import ProgrammeTheme
from diag.model.text import fold
from diag.programme import gathering
from diag.programme.assembling import weights_in_force
from diag.programme.container import Container, Record
from diag.programme.gathering import (
    ballot_sheet,
    ballots_of,
    points_by_role,
    points_words,
    theme_weights,
)
from diag.tui.commands import Command
from diag.tui.dialogs import Ask, ChooseDialog, Confirm, Field, FormDialog, ListChoice
from diag.tui.lists import ListColumn, ListLine
from diag.tui.programme.ballots import BallotPhonesScreen, BallotsScreen, CardsScreen
from diag.tui.programme.replaying import ACT, ProgrammeWork
from diag.words.dates import day_typed, describe_day
from diag.words.sentences import counted, number, percent
from diag.words.vocabulary import PARTICIPANTS
from diag.workspace.disk import path_typed
from diag.workspace.editions import current


class TypeCards(Command, keys="enter", title="Cartes", group=ACT, footer=True):
    """Saisir les cartes de l'atelier, l'une après l'autre."""


class TypeBallots(Command, keys="b", title="Bulletins", group=ACT, footer=True):
    """Saisir les bulletins de l'atelier, en tableau : une ligne chacun."""


class BallotPhones(Command, keys="t", title="Téléphones", group=ACT, footer=True):
    """Recevoir les bulletins des téléphones des présents, par un carré à viser."""


class NewWorkshop(Command, keys="n", title="Nouvel atelier", group=ACT, footer=True):
    """Noter un atelier : titre, jour, lieu, présents par rôle."""


class NewTheme(Command, keys="h", title="Thème", group=ACT, footer=True):
    """Nommer un thème, et les domaines dont les préconisations y répondent."""


class ImportGathered(Command, keys="i", title="Importer", group=ACT, footer=True):
    """Lire un tableau de cartes ou de bulletins dans l'atelier, après un aperçu."""


class SetWeights(Command, keys="p", title="Poids", group=ACT, footer=True):
    """Dire si chaque bulletin ou chaque atelier compte autant, et la borne."""


class TurnCounted(Command, keys="space", title="Compter", group=ACT):
    """Faire compter les bulletins de l'atelier dans les poids, ou ne plus le faire."""


WORKSHOP_COMMANDS = (
    TypeCards,
    TypeBallots,
    BallotPhones,
    NewWorkshop,
    NewTheme,
    ImportGathered,
    SetWeights,
    TurnCounted,
)
"""What one does to workshops, in the order of the help."""

WORKSHOP_COLUMNS = (
    ListColumn("Jour", 10),
    ListColumn("Atelier"),
    ListColumn("Lieu", 20, narrow=14, least=60),
    ListColumn("Présents", 8, right=True, least=50),
    ListColumn("Cartes", 6, right=True),
    ListColumn("Bulletins", 9, right=True),
    ListColumn("Compte", 6),
)

NO_WORKSHOP = (
    "Aucun atelier. Touche {key} : en noter un, puis ses cartes et ses bulletins."
)


def workshop_lines(record: Record) -> list[ListLine]:
    """Return a line for each workshop, the last first."""
    cards = Counter(where for where, _ in record.cards)
    ballots = Counter(where for where, _ in record.ballots)
    rule = record.weighing
    return [
        ListLine(
            ident,
            (
                f"{date.fromisoformat(one.on):%d/%m/%Y}",
                one.title,
                one.where,
                number(sum(one.present.values())),
                str(cards[ident]),
                str(ballots[ident]),
                "oui" if rule and ident in rule.workshops else "non" if rule else "",
            ),
        )
        for ident, one in sorted(
            record.workshops.items(), key=lambda one: (one[1].on, one[0]), reverse=True
        )
    ]


def theme_rows(record: Record) -> Iterator[str]:
    """Give what each theme weighs, and whether it counts yet."""
    if not record.themes:
        yield "Aucun thème encore : les cartes en attendent, les bulletins aussi."
        return
    found, in_force = theme_weights(record), weights_in_force(record)
    if not found:
        titles = ", ".join(one.title for one in record.themes.values())
        yield f"Thèmes : {titles}. Aucun bulletin ne compte encore."
        return
    many = (
        sum(map(len, ballots_of(record, record.weighing).values()))
        if record.weighing
        else 0
    )
    state = (
        "adopté, il compte dans l'ordre"
        if in_force
        else "sans effet tant qu'une délibération ne l'adopte pas"
    )
    yield f"Poids des thèmes, {counted(many, 'bulletin')} : {state}."
    weights = {one.theme: in_force.get(one.theme, one.weight) for one in found}
    yield " · ".join(
        f"{record.themes[one.theme].title} {number(weights[one.theme])} "
        f"({percent(one.share)} des points)"
        for one in found
    )


def workshop_text(record: Record, ident: str) -> Iterator[str]:
    """Give all that was written in a workshop."""
    one = record.workshops[ident]
    yield ", ".join(filter(None, (one.title, describe_day(one.on), one.where)))
    if one.animator:
        yield f"Animé par {one.animator}"
    if one.present:
        yield "Présents : " + ", ".join(
            f"{PARTICIPANTS[role]} {many}" for role, many in one.present.items() if many
        )
    for role, points in points_by_role(record).items():
        given = points_words(record, points)
        yield f"Points donnés, tous ateliers, rôle {PARTICIPANTS[role]} : {given}"
    for (where, _), card in record.cards.items():
        if where == ident:
            theme = record.themes.get(card.theme)
            about = f", {theme.title}" if theme else ""
            yield f"« {card.text} » ({PARTICIPANTS[card.role]}{about})"


_REFUSED = 5
"""Rows that are shown with why they are refused."""

_SLUG = 30
"""Characters of the name under which a theme is kept."""


class WorkshopForm(FormDialog):
    """Asks for a workshop: when, where, who led it, how many came of each role."""

    def __init__(self, container: Container) -> None:
        super().__init__("Un atelier")
        self._container = container

    def fields(self) -> tuple[Field, ...]:
        today = self._container.workspace.world.today()
        return (
            Field("title", "Titre", "", "Assises, secteur nord"),
            Field("on", "Jour", f"{today:%d/%m/%Y}", "31/01/2027"),
            Field("where", "Lieu"),
            Field("animator", "Animé par", "", "un service plutôt qu'un nom"),
            Field("present", "Présents", "", "parents 12, élus 3, enseignants 5"),
        )

    def keep(self) -> str:
        """Write it; give its id.

        Raises:
            DiagError: no title, a day that is none, a role or a count that is none.
        """
        today = self._container.workspace.world.today()
        on = day_typed(self.value("on"), until=today)
        present: dict[Participant, int] = {}
        for part in filter(None, map(str.strip, self.value("present").split(","))):
            said = re.fullmatch(r"(\D+?) *(\d{1,6})", part)
            if said is None:
                raise DiagError(
                    f"« {part[:30]} » : un rôle et un nombre, par exemple parents 12.",
                    about="present",
                )
            role = gathering.role_named(said[1])
            present[role] = present.get(role, 0) + int(said[2])
        return gathering.new_workshop(
            self._container,
            title=self.value("title").strip(),
            on=on.isoformat(),
            where=self.value("where").strip(),
            animator=self.value("animator").strip(),
            present=present,
        )


class WeightForm(FormDialog):
    """Asks what weighs the same, each ballot or each workshop, and the bound."""

    def __init__(self, container: Container) -> None:
        super().__init__("Le poids des thèmes")
        self._container = container
        self._rule = container.record().weighing

    def options(self) -> tuple[tuple[str, str], ...]:
        return (
            ("ballot", "chaque bulletin compte autant"),
            ("workshop", "chaque atelier compte autant"),
        )

    def chosen_first(self) -> str:
        return self._rule.per if self._rule else "ballot"

    def fields(self) -> tuple[Field, ...]:
        bound = str(self._rule.bound) if self._rule else "1.25"
        return (Field("bound", "Borne, de 1 à 2", bound.replace(".", ",")),)

    def keep(self) -> str:
        """Write it.

        Raises:
            DiagError: no workshop, or a bound that is none.
        """
        bound = self.value("bound").strip().replace(",", ".")
        gathering.put_weights(self._container, per=self.chosen, bound=bound)
        return self.chosen


class WorkshopActs(ProgrammeWork):
    """What one does to workshops and themes."""

    def on_type_cards(self) -> None:
        if self.container and self.key:
            screen = CardsScreen(self.current, self.key, self.keep, self.undo)
            self.app.push_screen(screen)

    def on_type_ballots(self) -> None:
        if self.container and self.key:
            if not self.container.record().themes:
                raise DiagError(
                    "Un bulletin partage dix points entre des thèmes : nommez-en "
                    "d'abord un."
                )
            screen = BallotsScreen(self.current, self.key, self.keep, self.undo)
            self.app.push_screen(screen)

    def on_ballot_phones(self) -> None:
        if self.container and self.key:
            # Refused before the square is shown, if there is no theme.
            ballot_sheet(self.container, self.key)
            phones = (self.current, self.key, self.keep, self.read)
            self.app.push_screen(BallotPhonesScreen(*phones))

    def on_new_workshop(self) -> None:
        if self.container:
            self.ask(WorkshopForm(self.container), self._written)

    def on_set_weights(self) -> None:
        if self.container:
            self.ask(WeightForm(self.container), self._written)

    def _written(self, _ident: str) -> None:
        self.read()

    def on_turn_counted(self) -> None:
        """Have the ballots of the workshop count, or not; it is to be adopted anew."""
        if self.container is None or not self.key:
            return
        record = self.container.record()
        rule = record.weighing
        counted_now = set(rule.workshops if rule else record.workshops)
        wanted = counted_now ^ {self.key}
        if not wanted:
            raise DiagError("Un atelier au moins compte dans les poids.")
        gathering.put_weights(self.container, sorted(wanted))
        self.read()

    @work
    async def on_new_theme(self) -> None:
        """Ask for its title, then for domains, one after the other."""
        container = self.container
        if container is None:
            return
        title = await self.app.push_screen_wait(
            Ask(
                "Comment s'appelle ce thème ? Par exemple : Usages",
                keep=partial(_check_title, container.record().themes),
            )
        )
        if title is None:
            return
        workspace = container.workspace
        checklist = workspace.editions.open(current(workspace).digest)
        chosen: list[str] = []
        while True:
            choices = [
                ListChoice(one.id, one.title, "choisi" if one.id in chosen else "")
                for one in checklist.domains
            ]
            asked = f"{title.strip()} : quels domaines y répondent ? Échap : c'est tout"
            domain = await self.app.push_screen_wait(ChooseDialog(asked, choices))
            if domain is None:
                break
            if domain in chosen:
                chosen.remove(domain)
            else:
                chosen.append(domain)
        self.call_later(self._keep_theme, title, tuple(chosen))

    def _keep_theme(self, title: str, domains: tuple[str, ...]) -> None:
        if self.container:
            gathering.put_theme(self.container, slug_of(title), title.strip(), domains)
            self.read()

    @work
    async def on_import_gathered(self) -> None:
        """Ask for the file, show what it would add, then write it."""
        container, workshop = self.container, self.key
        if container is None or not workshop:
            return
        asked = (
            "Quel tableau ? Cartes : texte;role;theme;commune. Bulletins : role, puis "
            "une colonne par thème. Donnez son chemin, ou glissez-le ici."
        )
        typed = await self.app.push_screen_wait(Ask(asked, keep=_check_file))
        path = path_typed(typed) if typed else None
        if path is None:
            return
        rows = tuple(gathering.rows_in(container, workshop, path))
        drafts = gathering.new_rows(container, rows)
        refused = [one for one in rows if one.problem]
        known = len(rows) - len(refused) - len(drafts)
        new = counted(len(drafts), "ligne nouvelle", "lignes nouvelles")
        lines = [f"{new}, {known} déjà là."]
        lines += (
            f"Refusée, ligne {one.line} : {one.problem}" for one in refused[:_REFUSED]
        )
        if len(refused) > _REFUSED:
            lines.append(f"Et {len(refused) - _REFUSED} autres refusées.")
        words = "\n".join(lines)
        if not drafts:
            raise DiagError(words)
        if await self.app.push_screen_wait(Confirm(f"{words}\n\nLes noter ?")):
            self.call_later(self.keep, *drafts)


def _check_title(themes: Mapping[str, ProgrammeTheme], title: str) -> None:
    slug = slug_of(title)
    if not slug:
        raise DiagError("Un thème porte un nom, avec au moins une lettre.")
    known = themes.get(slug)
    if known and fold(known.title) != fold(title):
        raise DiagError(
            f"Le thème « {known.title} » commence de même : nommez celui-ci autrement."
        )


def _check_file(typed: str) -> None:
    path = path_typed(typed)
    if path is None or not path.is_file():
        raise DiagError(f"Aucun fichier « {typed.strip()[:60]} ».")


def slug_of(title: str) -> str:
    """Return the name under which a theme is kept: « usages-du-soir »."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:_SLUG].strip("-")
