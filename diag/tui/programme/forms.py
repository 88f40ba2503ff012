"""What is asked to set a programme: its years, its rule, a lock, a decision."""

from collections.abc import Callable
from fractions import Fraction

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import OptionList

from diag.journal import subjects
from diag.model.base import Noun
from diag.model.enums import FollowUpState
from diag.model.errors import DiagError
from diag.model.number import Number, canonical_number, exact
from diag.model.programme import (
    OUT,
    CostSplit,
    ProgrammeFrame,
    RightsRule,
    Variant,
)
from diag.programme import adopting, setting
from diag.programme.assembling import Board
from diag.programme.container import EVERY, FRAME, RIGHTS, Container, Record, create
from diag.programme.setting import lock_effect, lock_words
from diag.tui.dialogs import Field, FormDialog
from diag.tui.programme.replaying import Changes
from diag.tui.text import Sentence
from diag.words.dates import day_typed
from diag.words.vocabulary import FOLLOW_UPS
from diag.workspace.settings import campaign_named
from diag.workspace.workspace import Workspace

Keep = Callable[[Changes], object]
"""Writes changes in one commit, in the programme or in the variant shown."""

_SOCLE, _EURO = "socle", "euro"
_ORDERS = (
    (_SOCLE, "Ordre : la loi, ce qui bloque, puis les points par euro"),
    (_EURO, "Ordre : la loi, puis les points par euro"),
)


class ProgrammeForm(FormDialog):
    """A form of this folder: what they share is how they look."""

    CSS_PATH = "../dialogs.tcss"


class SpanForm(ProgrammeForm):
    """Asks for the years and the campaigns; opens a programme where there is none."""

    def __init__(self, workspace: Workspace, frame: ProgrammeFrame | None) -> None:
        super().__init__("Années et campagnes" if frame else "Un programme pluriannuel")
        self._workspace = workspace
        self._frame = frame

    def fields(self) -> tuple[Field, ...]:
        return (
            Field("first", "Premier budget", str(self._first), "2027"),
            Field("years", "Budgets", str(self._years), "de 1 à 8"),
            Field("campaigns", "Campagnes", ", ".join(self._campaigns)),
            *(() if self._frame else self._own_fields()),
        )

    def _own_fields(self) -> tuple[Field, ...]:
        siren = self._workspace.settings.siren
        return (
            ()
            if siren
            else (Field("siren", "SIREN", "", "du syndicat, neuf chiffres"),)
        )

    @property
    def _first(self) -> int:
        return (
            self._frame.first if self._frame else self._workspace.world.today().year + 1
        )

    @property
    def _years(self) -> int:
        return self._frame.years if self._frame else 5

    @property
    def _campaigns(self) -> tuple[str, ...]:
        return self._frame.campaigns if self._frame else (self._workspace.campaign,)

    @property
    def frame(self) -> ProgrammeFrame:
        """The frame that is typed.

        Raises:
            DiagError: a year, a number of years or a campaign that is none.
        """
        kept = self._frame.model_dump() if self._frame else {}
        names = self.value("campaigns").split(",")
        return setting.checked(
            ProgrammeFrame,
            {
                **kept,
                "first": self._count("first"),
                "years": self._count("years"),
                "campaigns": tuple(campaign_named(one) for one in names if one.strip())
                or self._campaigns,
            },
        )

    def _count(self, name: str) -> int:
        typed = self.value(name).strip()
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 4):  # noqa: PLR2004 - a year
            raise DiagError(f"« {typed[:20]} » n'est pas un nombre entier.", about=name)
        return int(typed)


class NewForm(SpanForm):
    """Opens a programme; gives its id."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, None)

    def keep(self) -> str:
        """Open it.

        Raises:
            DiagError: a field is refused, or it is there already.
        """
        frame = self.frame
        siren = self.value("siren") if self.query("#siren") else ""
        name = f"{frame.budgets[0]}-{frame.budgets[-1]}"
        typed = "".join(siren.split())
        return create(self._workspace, name, frame, typed).audit.id


class EditSpanForm(SpanForm):
    """Changes the years and the campaigns of a programme."""

    def __init__(
        self, workspace: Workspace, frame: ProgrammeFrame | None, keep: Keep
    ) -> None:
        super().__init__(workspace, frame)
        self._keep = keep

    def keep(self) -> str:
        """Write them.

        Raises:
            DiagError: a field is refused.
        """
        self._keep({FRAME: self.frame})
        return FRAME


class RuleForm(ProgrammeForm):
    """Asks for the order, the reserve, the syndicat's part, how rights are shared."""

    def __init__(self, record: Record, keep: Keep) -> None:
        super().__init__("La règle : elle s'imprime, le comité l'adopte")
        self._record = record
        self._keep = keep

    def options(self) -> tuple[tuple[str, str], ...]:
        return _ORDERS

    def chosen_first(self) -> str:
        frame = self._record.frame
        return _SOCLE if frame is None or frame.socle_first else _EURO

    def fields(self) -> tuple[Field, ...]:
        frame, rights = self._record.frame, self._record.rights
        split = self._record.splits.get(EVERY)
        part = exact(split.syndicat) * 100 if split else Fraction(0)
        ips = rights.ips
        return (
            Field("reserve", "Réserve, en %", str(frame.reserve if frame else 15)),
            Field("syndicat", "Part syndicat %", str(canonical_number(part)), "40"),
            Field("school", "Poids, école", str(rights.school)),
            Field("pupil", "Poids, élève", str(rights.pupil)),
            Field(
                "below",
                "IPS sous",
                str(ips.below) if ips else "",
                "vide : l'IPS ne compte pas",
            ),
            Field("step", "Par point d'IPS", str(ips.step) if ips else "", "0,01"),
            Field("rural", "Rural, en plus", str(rights.rural), "0,1"),
            Field("why", "Pourquoi", rights.why, "les communes le liront"),
        )

    def keep(self) -> str:
        """Write what changed, in one commit.

        Raises:
            DiagError: a field is refused.
        """
        record, changes = self._record, dict[str, Noun | None]()
        assert record.frame is not None
        frame = setting.checked(
            ProgrammeFrame,
            {
                **record.frame.model_dump(),
                "reserve": self._number("reserve"),
                "socle_first": self.chosen == _SOCLE,
            },
        )
        if frame != record.frame:
            changes[FRAME] = frame
        rights = setting.checked(RightsRule, self._rights())
        if rights != record.rights:
            changes[RIGHTS] = rights
        before = record.splits.get(EVERY)
        part = canonical_number(exact(self._number("syndicat")) / 100)
        given = {"syndicat": part, **({"buyer": before.buyer} if before else {})}
        split = setting.checked(CostSplit, given)
        if split != before and (before or exact(split.syndicat)):
            changes[subjects.programme(subjects.SPLITS, EVERY)] = split
        if changes:
            self._keep(changes)
        return RIGHTS

    def _rights(self) -> dict[str, object]:
        below = self.value("below").strip()
        step = self._number("step") if below else ""
        return {
            **{name: self._number(name) for name in ("school", "pupil", "rural")},
            "ips": {"below": self._number("below"), "step": step} if below else None,
            "why": self.value("why"),
        }

    def _number(self, name: str) -> Number:
        typed = self.value(name)
        try:
            return canonical_number(typed)
        except ValueError as error:
            raise DiagError(
                f"« {typed[:20]} » n'est pas un nombre.", about=name
            ) from error


_FREE = "libre"
"""Choice beside the years: no lock."""


class LockForm(ProgrammeForm):
    """Asks which year is imposed, by whom, why; its effect is seen first."""

    def __init__(self, board: Board, operation: str, keep: Keep) -> None:
        super().__init__(f"Verrou : {board.named(operation).title}")
        self._board, self._operation, self._keep = board, operation, keep
        self._locks = setting.locks_of(board, operation)
        self._lock = board.record.locks[self._locks[0]] if self._locks else None

    def options(self) -> tuple[tuple[str, str], ...]:
        years = ((str(one), f"imposer {one}") for one in self._board.programme.years)
        free = ((_FREE, "retirer le verrou : à son tour"),) if self._lock else ()
        return (*free, *years, (OUT, "laisser hors programme"))

    def chosen_first(self) -> str:
        if self._lock:
            return str(self._lock.year)
        year = self._board.schedule.years.get(self._operation)
        return str(year or self._board.programme.years[0])

    def fields(self) -> tuple[Field, ...]:
        by, why = (self._lock.by, self._lock.why) if self._lock else ("", "")
        return (
            Field("by", "Imposé par", by, "le maire, le comité de pilotage…"),
            Field("why", "Motif", why, "les communes le liront"),
        )

    def below(self) -> ComposeResult:
        yield Sentence("", id="effect", classes="below")

    @on(OptionList.OptionHighlighted)
    def _stands(self) -> None:
        self.query_one("#effect", Sentence).show("Effet : calcul…")
        self._price(self.chosen)

    @work(thread=True, exclusive=True, group="price")
    def _price(self, chosen: str) -> None:
        board, operation = self._board, self._operation
        if chosen == _FREE:
            words = "Le programme se refera sans ce verrou."
        else:
            try:
                effect = lock_effect(board, operation, _year(chosen))
            except DiagError as error:
                words = str(error)
            else:
                words = "\n".join(lock_words(board, operation, effect))
        self.app.call_from_thread(self._show_effect, chosen, words)

    def _show_effect(self, chosen: str, words: str) -> None:
        if self.is_attached and chosen == self.chosen:
            self.query_one("#effect", Sentence).show(words)

    def keep(self) -> str:
        """Write the lock, or take it away.

        Raises:
            DiagError: nobody imposes it, no reason is given, or it is decided.
        """
        subject = setting.lock_subject(self._operation)
        if self.chosen == _FREE:
            self._keep({setting.lock_subject(one): None for one in self._locks})
            return subject
        lock_effect(self._board, self._operation, _year(self.chosen))
        value = setting.lock_of(_year(self.chosen), self.value("by"), self.value("why"))
        self._keep({subject: value})
        return subject


_AFTER = (
    FollowUpState.FINANCEE,
    FollowUpState.COMMANDEE,
    FollowUpState.FAITE,
    FollowUpState.VERIFIEE,
    FollowUpState.ECARTEE,
)
"""What follows a decision, in order."""


class FollowForm(ProgrammeForm):
    """Asks what became of an operation, when, at which price; gives the state."""

    def __init__(self, board: Board, operation: str) -> None:
        super().__init__(f"Suite : {board.named(operation).title}")
        self._board, self._operation = board, operation
        candidate = board.gathered.candidates.get(operation)
        self._step = candidate.step if candidate else None

    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(one), FOLLOW_UPS[one]) for one in _AFTER)

    def chosen_first(self) -> str:
        """Return the step that comes next, as a rule."""
        last = self._step.state if self._step else None
        at = _AFTER.index(last) + 1 if last in _AFTER else 0
        return str(_AFTER[min(at, len(_AFTER) - 1)])

    def fields(self) -> tuple[Field, ...]:
        today = self._board.container.workspace.world.today()
        return (
            Field("on", "Jour", f"{today:%d/%m/%Y}", "31/01/2027"),
            Field("price", "Prix réel TTC", "", "d'une commande, et d'elle seule"),
            Field("why", "Pourquoi", "", "obligatoire pour écarter"),
        )

    def keep(self) -> str:
        """Write it in the audit of the school, for all actions of the operation.

        Raises:
            DiagError: a day or a price that is none, or what the step needs.
        """
        price = self.value("price").strip()
        today = self._board.container.workspace.world.today()
        adopting.advance(
            self._board,
            self._operation,
            FollowUpState(self.chosen),
            day_typed(self.value("on"), until=today),
            cents=setting.cents_typed(price) if price else 0,
            why=self.value("why").strip(),
        )
        return self.chosen


class VariantForm(ProgrammeForm):
    """Asks for the name of a variant and what it changes first."""

    def __init__(
        self, container: Container, keep: Keep, copied: Variant | None = None
    ) -> None:
        super().__init__(
            f"Copier la variante « {copied.name} »" if copied else "Une variante"
        )
        self._container, self._keep, self._copied = container, keep, copied

    def fields(self) -> tuple[Field, ...]:
        first = (
            Field("name", "Nom", "", "Prudente"),
            Field("why", "Pourquoi", self._copied.why if self._copied else ""),
        )
        if self._copied:
            return first
        return (
            *first,
            Field("lowered", "Budget baissé", "", "vide : aucun ; sinon 2028"),
            Field("percent", "De combien, %", "", "5"),
        )

    def keep(self) -> str:
        """Write it; give its id.

        Raises:
            DiagError: no name, or a year and a percentage that are none.
        """
        sets = dict(self._copied.sets) if self._copied else self._lowered()
        value = setting.checked(
            Variant,
            {
                "name": self.value("name").strip(),
                "why": self.value("why").strip(),
                "sets": sets,
            },
        )
        ident = self._container.fresh()
        self._keep({subjects.programme(subjects.VARIANTS, ident): value})
        return ident

    def _lowered(self) -> dict[str, object]:
        year, less = self.value("lowered").strip(), self.value("percent").strip()
        return setting.lowered(self._container, f"{year}:{less}") if year else {}


def _year(chosen: str) -> int | None:
    return None if chosen == OUT else int(chosen)
