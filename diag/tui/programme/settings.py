"""What a programme is set by: its years, its rule; variants, which change settings."""

import asyncio
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from textual import work

from diag.journal import subjects
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.programme import (
    CostSplit,
    ProgrammeFrame,
    RightsRule,
    Variant,
)
from diag.model.text import Number, campaign_named, canonical_number, exact
from diag.programme import setting
from diag.programme.assembling import Board, board_of
from diag.programme.container import EVERY, FRAME, RIGHTS, Container, Record, create
from diag.programme.figures import (
    Worth,
    commune_shares,
    spread,
    unblocked,
    unevenness,
    worth,
)
from diag.programme.history import subject_words, value_words
from diag.programme.operations import Contenders
from diag.tui.commands import Command
from diag.tui.dialogs import Confirm, Field, FormDialog, Notice
from diag.tui.lists import ListColumn, ListLine
from diag.tui.programme.replaying import (
    ACT,
    SET,
    Keep,
    ProgrammeWork,
)
from diag.words.sentences import counted, euros, half_up, number, percent
from diag.workspace.workspace import Workspace


class SetEnvelopes(Command, keys="e", title="Enveloppes", group=SET, footer=True):
    """Saisir ce que chacun peut dépenser, par année : un tableau, tapé ou collé."""


class SetRules(Command, keys="g", title="Règle", group=SET, footer=True):
    """Changer l'ordre, la réserve, la part du syndicat, le partage des droits."""


class SetSpan(Command, title="Années et campagnes", group=SET):
    """Changer les années du programme, et les campagnes dont il prend les audits."""


class NewProgramme(Command, keys="n", title="Nouveau programme", group=SET):
    """Ouvrir un programme : ses années, les campagnes dont il prend les audits."""


class OtherProgramme(Command, title="Autre programme", group=SET):
    """Ouvrir un autre programme de ce territoire."""


_SOCLE, _EURO = "socle", "euro"

_ORDERS = (
    (_SOCLE, "Ordre : la loi, ce qui bloque, puis les points par euro"),
    (_EURO, "Ordre : la loi, puis les points par euro"),
)


class SpanForm(FormDialog):
    """Asks for the years and the campaigns; opens a programme where there is none."""

    def __init__(self, workspace: Workspace, frame: ProgrammeFrame | None) -> None:
        super().__init__("Années et campagnes" if frame else "Un programme pluriannuel")
        self._workspace = workspace
        self._frame = frame

    def fields(self) -> tuple[Field, ...]:
        frame, workspace = self._frame, self._workspace
        first = frame.first if frame else workspace.world.today().year + 1
        siren = Field("siren", "SIREN", "", "du syndicat, neuf chiffres")
        return (
            Field("first", "Premier budget", str(first), "2027"),
            Field("years", "Budgets", str(frame.years if frame else 5), "de 1 à 8"),
            Field("campaigns", "Campagnes", ", ".join(self._campaigns)),
            *(() if frame or workspace.settings.siren else (siren,)),
        )

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
        typed = "".join(siren.split())
        return create(self._workspace, frame.span, frame, typed).audit.id


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


class RuleForm(FormDialog):
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
        given = {name: self._number(name) for name in ("school", "pupil", "rural")}
        ips = None
        if self.value("below").strip():
            ips = {"below": self._number("below"), "step": self._number("step")}
        asked = {**given, "ips": ips, "why": self.value("why")}
        rights = setting.checked(RightsRule, asked)
        if rights != record.rights:
            changes[RIGHTS] = rights
        before = record.splits.get(EVERY)
        part = canonical_number(exact(self._number("syndicat")) / 100)
        buyer = {"buyer": before.buyer} if before else {}
        split = setting.checked(CostSplit, {"syndicat": part, **buyer})
        if split != before and (before or exact(split.syndicat)):
            changes[subjects.programme(subjects.SPLITS, EVERY)] = split
        if changes:
            self._keep(changes)
        return RIGHTS

    def _number(self, name: str) -> Number:
        typed = self.value(name)
        try:
            return canonical_number(typed)
        except ValueError as error:
            raise DiagError(
                f"« {typed[:20]} » n'est pas un nombre.", about=name
            ) from error


class RetainVariant(Command, keys="enter", title="Retenir", group=ACT, footer=True):
    """Travailler dans cette variante : les autres volets et les saisies la suivent."""


class SeeDifferences(Command, keys="d", title="Différences", group=ACT, footer=True):
    """Dire ce que la variante change, et les opérations qui changent d'année."""


class CopyVariant(Command, keys="c", title="Copier", group=ACT, footer=True):
    """Ouvrir une variante qui part des changements de celle-ci."""


class NewVariant(Command, keys="n", title="Nouvelle", group=ACT, footer=True):
    """Ouvrir une variante : des changements nommés, sans copie du programme."""


class DropVariant(Command, keys="delete", title="Écarter", group=ACT, footer=True):
    """Écarter la variante ; le programme ne change pas, « Annuler » la rend."""


VARIANT_COMMANDS = (RetainVariant, SeeDifferences, CopyVariant, NewVariant, DropVariant)
"""What one does to variants, in the order of the help."""

VARIANT_COLUMNS = (
    ListColumn("Variante"),
    ListColumn("Points", 8, right=True),
    ListColumn("Sans blocage", 12, right=True, least=50),
    ListColumn("Retard", 6, right=True),
    ListColumn("Écart", 5, right=True, least=50),
    ListColumn("Moins aidée", 11, right=True, least=60),
    ListColumn("Bougent", 7, right=True),
)

BASE = "programme"
"""The key of the programme itself, among its variants."""


class VariantFigures(NamedTuple):
    """A variant worked out, beside the programme."""

    board: Board
    worth: Worth
    unblocked: Fraction | None
    """Part of the schools with nothing left that blocks, the last year."""
    unevenness: Fraction
    """Of the syndicat's money a pupil: 0, the same; 1, one has it all."""
    least: Fraction | None
    """Cents a pupil of the commune that is helped least."""


def variant_lines(
    container: Container, figures: dict[str, VariantFigures], shown: str
) -> list[ListLine]:
    """Return a line for the programme, then for each variant; the one shown marked."""
    names = {BASE: "Le programme"}
    names |= {ident: one.name for ident, one in container.record().variants.items()}
    lines = []
    for ident, name in names.items():
        found = figures.get(ident)
        cells: tuple[str, ...] = ("…",) * (len(VARIANT_COLUMNS) - 1)
        if found is not None:
            free, least = found.unblocked, found.least
            cells = (
                number(int(found.worth.points)),
                "–" if free is None else percent(free),
                str(found.worth.late),
                number(Fraction(round(found.unevenness * 100), 100)),
                "–" if least is None else euros(half_up(least / 100)),
                "-" if ident == BASE else str(found.worth.moved),
            )
        mark = ">" if ident == (shown or BASE) else " "
        lines.append(ListLine(ident, (f"{mark} {name}", *cells)))
    return lines


def change_words(board: Board, ident: str) -> Iterator[str]:
    """Give what a variant changes, and what it has instead."""
    container = board.container
    frame = container.record(ident).frame
    for subject, value in container.record().variants[ident].sets.items():
        # A variant keeps only what it changes of a frame.
        whole = frame.model_dump(mode="json") if subject == FRAME and frame else value
        yield f"{subject_words(board, subject)} : {value_words(subject, whole)}"


def differences(ident: str, found: VariantFigures, base: Board) -> Iterator[str]:
    """Give what a variant changes, then the operations that change year."""
    for one in change_words(base, ident):
        yield f"– {one}"
    moved = base.schedule.moved(found.board.schedule)
    yield ""
    if not moved:
        yield "Aucune opération ne change d'année."
        return
    many = counted(len(moved), "opération change", "opérations changent")
    yield f"{many} d'année :"
    for name in moved:
        shown = base.named(name)
        before, after = (
            str(one.schedule.years.get(name, "hors")) for one in (base, found.board)
        )
        yield f"{before} → {after}  {shown.title}, {shown.where}"


class VariantForm(FormDialog):
    """Asks for the name of a variant and what it changes first."""

    def __init__(
        self, container: Container, keep: Keep, copied: Variant | None = None
    ) -> None:
        copying = f"Copier la variante « {copied.name} »" if copied else ""
        super().__init__(copying or "Une variante")
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
        sets: dict[str, object] = dict(self._copied.sets) if self._copied else {}
        if not self._copied and (year := self.value("lowered").strip()):
            less = self.value("percent").strip()
            sets = setting.lowered(self._container, f"{year}:{less}")
        texts = {name: self.value(name).strip() for name in ("name", "why")}
        value = setting.checked(Variant, {**texts, "sets": sets})
        ident = self._container.fresh()
        self._keep({subjects.programme(subjects.VARIANTS, ident): value})
        return ident


def _work_out(base: Board, found: Contenders) -> dict[str, VariantFigures]:
    """Return the programme and its variants, each worked out beside the programme."""
    container = base.container
    first = board_of(container, "", found, afresh=False) if base.variant else base
    known = container.record().variants
    tried = (board_of(container, one, found, afresh=False) for one in known)
    figures = {}
    for board in (first, *tried):
        shares, free = commune_shares(board), unblocked(board)
        apart = spread(shares)
        figures[board.variant or BASE] = VariantFigures(
            board,
            worth(board.schedule, first.schedule),
            free[-1] if free else None,
            unevenness(shares),
            apart.least.per_pupil if apart else None,
        )
    return figures


class VariantActs(ProgrammeWork):
    """What one does to variants."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, VariantFigures] = {}
        """Variants worked out, of the board that is shown."""
        self._comparing: Board | None = None
        """The board that variants were set beside last."""

    @work
    async def compare_soon(self) -> None:
        """Work variants out, unless they are: a second or two each at most."""
        board, found = self.board, self._found
        if board is None or found is None or board is self._comparing:
            return
        self._comparing = board
        figures = await asyncio.to_thread(_work_out, board, found)
        if board is self.board:
            self.figures = figures
            self.show_all()

    def on_retain_variant(self) -> None:
        """Work in the variant: the other faces, and what is typed, follow it."""
        chosen = "" if self.key == BASE else self.key
        if chosen != self.variant:
            self.variant = chosen
            self.replay()
        self.show_face("years")

    def on_see_differences(self) -> None:
        found, base = self.figures.get(self.key), self.figures.get(BASE)
        if self.container and found and base:
            words = differences(self.key, found, base.board)
            name = self.container.record().variants[self.key].name
            self.app.push_screen(Notice("\n".join(words), name))

    def on_new_variant(self) -> None:
        if self.container:
            self.app.push_screen(VariantForm(self.container, self.keep_own))

    def on_copy_variant(self) -> None:
        if self.container:
            of = self.container.record().variants[self.key]
            self.app.push_screen(VariantForm(self.container, self.keep_own, of))

    @work
    async def on_drop_variant(self) -> None:
        assert self.container is not None
        ident = self.key
        name = self.container.record().variants[ident].name
        asked = Confirm(f"Écarter la variante « {name} » ?", yes="Écarter", grave=True)
        if await self.app.push_screen_wait(asked):
            subject = subjects.programme(subjects.VARIANTS, ident)
            self.call_later(self.keep_own, {subject: None})
