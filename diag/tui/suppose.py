"""« Et si… »: suppositions above, what would follow below; nothing is recorded."""

from collections.abc import Iterable
from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from diag.answers.answer_type import Refused
from diag.answers.choice import choices_words
from diag.answers.types import TYPES, heads_words
from diag.assess.words import score_words
from diag.audit import hypotheses
from diag.audit.counsel import consequences
from diag.audit.hypotheses import (
    forget_scenario,
    keep_scenario,
    scenario_named,
    scenarios,
    suppositions_of,
)
from diag.audit.session import AuditSession
from diag.audit.suppose import Supposition, outcome, supposed
from diag.model.audit import Facts, Place
from diag.model.checklist import Question
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, Undo, key_now
from diag.tui.dialogs import Ask, ChooseDialog, ListChoice
from diag.tui.outline import Outline
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import content
from diag.words.sentences import counted


class SupposeAnswer(Command, keys="n", title="Réponse", footer=True):
    """Et si la réponse à une question était autre ? « ? » : pas connue."""


class SupposeFibre(Command, keys="f", title="Fibre", footer=True):
    """Et si la fibre arrivait ?"""


class SupposeSplit(Command, keys="d", title="Dédoubler", footer=True):
    """Et si l'on dédoublait une classe ? Une autre salle peut donner son équipement."""


class SupposeRoom(Command, keys="p", title="Salle de plus"):
    """Et s'il y avait une salle de plus ?"""


class SupposeClosing(Command, keys="c", title="Salle fermée"):
    """Et si une salle fermait ?"""


class DropLast(Command, keys="delete,backspace", title="Retirer", footer=True):
    """Retirer la dernière supposition."""


class KeepScenario(Command, keys="g", title="Garder"):
    """Garder ces suppositions sous un nom, pour les reprendre ou les imprimer."""


class TakeUpScenario(Command, keys="o", title="Reprendre"):
    """Reprendre un scénario gardé."""


class ForgetScenario(Command, keys="x", title="Oublier"):
    """Oublier un scénario gardé ; l'historique le garde."""


BANNER = "HYPOTHÈSE : rien n'est enregistré"
"""What shows that this is not the audit."""

BARE = "bare"
"""Choice of a room that is equipped with nothing."""

_POSSIBLE = (
    (SupposeAnswer, "une autre réponse"),
    (SupposeFibre, "la fibre"),
    (SupposeSplit, "dédoubler une classe"),
    (SupposeRoom, "une salle de plus"),
    (SupposeClosing, "une salle fermée"),
)
"""What the user may suppose, in words."""


class SupposeScreen(PlaceScreen):
    """Suppositions over one audit, and their consequences side by side."""

    CSS_PATH = "suppose.tcss"
    OFFERS = (
        SupposeAnswer,
        SupposeFibre,
        SupposeSplit,
        DropLast,
        SupposeRoom,
        SupposeClosing,
        KeepScenario,
        TakeUpScenario,
        ForgetScenario,
        *EVERYWHERE,
    )
    INTRODUCTION = (
        "Essayez ce que deviendraient les scores, les préconisations et les coûts. "
        "Aucun fait n'est changé ; en sortant, ce qui n'est pas gardé s'oublie."
    )

    def __init__(self, session: AuditSession) -> None:
        super().__init__()
        self._session = session
        self.suppositions: tuple[Supposition, ...] = ()
        """What is supposed, in order."""

    @property
    def facts(self) -> Facts:
        """The facts as supposed."""
        return supposed(self._session.facts, self.suppositions)

    def body(self) -> ComposeResult:
        yield Static(content(BANNER), id="banner")
        yield Static(id="whole")
        with VerticalScroll(id="above", can_focus=False):
            yield Static(id="supposed")
        yield Outline()

    def on_mount(self) -> None:
        self.set_title(f"Et si… : {self._session.about.title}", "hypothèse")
        self._show()
        self.query_one(Outline).focus()

    def _show(self) -> None:
        session = self._session
        found = outcome(session.facts, session.checklist, self.suppositions)
        words = [
            f"et si… {line}"
            for line in hypotheses.describe_hypotheses(session, self.suppositions)
        ]
        if not words:
            possible = (f"{key_now(self.app, one)} : {what}" for one, what in _POSSIBLE)
            words = [f"Rien n'est supposé. {' ; '.join(possible)}."]
        self.query_one("#supposed", Static).update(content("\n".join(words)))
        whole = f"Ensemble : {score_words(found.before.overall)}"
        if self.suppositions:
            whole = found.head
        self.query_one("#whole", Static).update(content(whole))
        self.query_one(Outline).show(consequences(found) if self.suppositions else ())
        self.refresh_bindings()

    def can(self, command: CommandType) -> bool | None:
        if command in {DropLast, KeepScenario} and not self.suppositions:
            return None
        if command in {TakeUpScenario, ForgetScenario} and not scenarios(self._session):
            return None
        return True

    def _suppose(self, *more: Supposition) -> None:
        self.suppositions = (*self.suppositions, *more)
        self._show()

    def on_suppose_fibre(self) -> None:
        fibre = hypotheses.fibre(self._session)
        if fibre:
            self._suppose(*fibre)
        else:
            self.diag.inform("Ces grilles ne posent aucune question sur la fibre.")

    def on_drop_last(self) -> None:
        self.suppositions = self.suppositions[:-1]
        self._show()

    @work
    async def on_suppose_answer(self) -> None:
        facts = self.facts
        choices = [
            ListChoice(
                f"{place.id}/{question.id}",
                question.label
                if place.id == facts.root
                else f"{place.name} : {question.label}",
                heads_words(question, facts.answers.get((place.id, question.id), ())),
            )
            for place in facts.places.values()
            for question in self._session.checklist.questions.values()
            if question.place is place.kind and TYPES[question.type].is_readable
        ]
        asked = "Et si la réponse était autre ? Quelle question ?"
        chosen = await self._choose(asked, choices)
        if chosen is None:
            return
        place, name = chosen.split("/", 1)
        question = self._session.checklist.questions[name]
        if not TYPES[question.type].is_one_choice:
            shape = choices_words(question) or TYPES[question.type].expected(question)
            asked = f"{question.label} ({shape} ; « ? » : pas connu)"
            keep = partial(self._suppose_answer, question, place)
            self.app.push_screen(Ask(asked, keep=keep))
            return
        choices = [ListChoice(one.id, one.label) for one in question.choices]
        unknown = ListChoice("?", "pas connu")
        raw = await self._choose(question.label, [*choices, unknown])
        if raw is not None:
            self.call_later(self._suppose_answer, question, place, raw)

    async def _choose(self, question: str, choices: list[ListChoice]) -> str | None:
        return await self.app.push_screen_wait(ChooseDialog(question, choices))

    def _suppose_answer(self, question: Question, place: str, raw: str) -> None:
        try:
            words = hypotheses.suppose_answer(
                self._session, self.facts, question.id, raw, place
            )
        except Refused as error:
            raise DiagError(f"{question.label} : {error.plain}") from error
        self._suppose(words)

    def _rooms(self) -> list[ListChoice]:
        return _choices(self.facts.places_of(PlaceKind.SALLE))

    @work
    async def on_suppose_split(self) -> None:
        classes = _choices(hypotheses.classrooms(self.facts))
        if not classes:
            self.diag.inform("Aucune classe parmi les salles : rien à dédoubler.")
            return
        place = await self._choose("Dédoubler quelle classe ?", classes)
        if place is None:
            return
        donors = [
            ListChoice(BARE, "aucune : la salle est nue"),
            *(one for one in self._rooms() if one.key != place),
        ]
        asked = "Quelle salle donne son équipement, et ferme ?"
        donor = await self._choose(asked, donors)
        if donor is not None:
            session, giver = self._session, "" if donor == BARE else donor
            self.call_later(
                lambda: self._suppose(
                    hypotheses.split(session, self.facts, place, giver)
                )
            )

    @work
    async def on_suppose_room(self) -> None:
        is_free = partial(hypotheses.added, self.facts)
        asked = Ask("Nom de la salle de plus ?", keep=is_free)
        name = await self.app.push_screen_wait(asked)
        if name is None:
            return
        twins = [ListChoice(BARE, "aucune : la salle est nue"), *self._rooms()]
        twin = await self._choose("Équipée comme laquelle ?", twins)
        if twin is not None:
            like = "" if twin == BARE else twin
            self.call_later(
                lambda: self._suppose(hypotheses.added(self.facts, name, like))
            )

    @work
    async def on_suppose_closing(self) -> None:
        place = await self._choose("Quelle salle ferme ?", self._rooms())
        if place is not None:
            self.call_later(lambda: self._suppose(hypotheses.closed(self.facts, place)))

    def on_keep_scenario(self) -> None:
        asked = "Nom du scénario, par exemple « Fibre et dédoublement du CP »"
        self.app.push_screen(Ask(asked, keep=self._keep))

    def _keep(self, name: str) -> None:
        kept = keep_scenario(self._session, name, self.suppositions)
        self.refresh_bindings()
        self.diag.inform(f"Scénario gardé : {kept.name}.")

    @work
    async def on_take_up_scenario(self) -> None:
        name = await self._scenario("Reprendre quel scénario ?")
        if name is not None:
            self.call_later(self._take_up, name)

    def _take_up(self, name: str) -> None:
        kept, lost = suppositions_of(self._session, scenario_named(self._session, name))
        self.suppositions = kept
        self._show()
        if lost:
            self.diag.inform(f"Laissé de côté : {', '.join(lost)}.")

    @work
    async def on_forget_scenario(self) -> None:
        name = await self._scenario("Oublier quel scénario ?")
        if name is not None:
            self.call_later(self._forget, name)

    def _forget(self, name: str) -> None:
        gone = forget_scenario(self._session, name)
        self.refresh_bindings()
        key = key_now(self.app, Undo)
        self.diag.inform(
            f"Scénario oublié : {gone.name} ({key}, dans le bilan, le rend)."
        )

    async def _scenario(self, question: str) -> str | None:
        choices = [
            ListChoice(one.id, one.name, counted(len(one.suppositions), "supposition"))
            for one in scenarios(self._session)
        ]
        return await self._choose(question, choices)


def _choices(places: Iterable[Place]) -> list[ListChoice]:
    return [ListChoice(place.id, place.name) for place in places]
