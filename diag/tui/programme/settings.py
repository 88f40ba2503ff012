"""What a programme is set by: its years, its rule, what each payer may spend."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from textual import on
from textual.app import ComposeResult

from diag.journal import subjects
from diag.model.base import Noun
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.programme import (
    CostSplit,
    EnvelopeState,
    ProgrammeFrame,
    RightsRule,
    YearEnvelope,
)
from diag.model.text import Number, canonical_number, exact
from diag.programme import setting
from diag.programme.assembling import Board
from diag.programme.container import EVERY, FRAME, RIGHTS, Container, Record, create
from diag.programme.history import envelope_words, value_words
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.programme.words import purse_words
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import Field
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.programme.grid import CellGrid, GridRow
from diag.tui.programme.replaying import SET, Changes, Keep, ProgrammeForm, UndoEntry
from diag.tui.text import Sentence
from diag.words.sentences import euros, number
from diag.workspace.settings import campaign_named
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


class SpanForm(ProgrammeForm):
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


class TurnVoted(Command, keys="v", title="Votée", footer=True):
    """Dire que le montant est voté, ou de nouveau une hypothèse."""


class TurnCarried(Command, keys="p", title="Reportable", footer=True):
    """Dire que ce qui reste d'une année sert les suivantes, ou non : toute la ligne."""


class ClearCell(Command, keys="delete", title="Effacer", footer=True):
    """Effacer le montant : plus rien n'est connu de cette année-là."""


class EnvelopesScreen(PlaceScreen):
    """A row for each payer and section, a column for each budget."""

    CSS_PATH = "programme.tcss"
    OFFERS = (TurnVoted, TurnCarried, ClearCell, UndoEntry, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Ce que chacun peut dépenser, en euros TTC. Tapez un montant, Entrée ou une "
        "flèche le garde. Un tableau copié d'un tableur se colle à partir de la case. "
        "v : voté ; ! : deux postes ont écrit autre chose, la plus basse compte ; la "
        "taper de nouveau tranche."
    )

    def __init__(
        self,
        board: Board,
        container: Callable[[], Container],
        keep: Callable[[Changes], object],
        undo: Callable[[], str],
    ) -> None:
        super().__init__()
        self._board = board
        self._container = container
        self._keep, self._undo = keep, undo
        self._purses = tuple(_purses(board))

    def body(self) -> ComposeResult:
        yield CellGrid()
        yield Sentence(id="below")

    def on_mount(self) -> None:
        self.query_one(CellGrid).focus()
        self._fill()

    @property
    def _record(self) -> Record:
        return self._container().record(self._board.variant)

    def _fill(self) -> None:
        record, years = self._record, self._board.programme.years
        contested = self._container().contested
        rows = []
        for at, purse in enumerate(self._purses):
            name = self._board.payer_name(purse.payer)
            title = f"{name[:1].upper()}{name[1:]}"
            cells = []
            for year in years:
                one = record.envelopes.get((purse, year))
                mark = "!" * (setting.envelope_subject(purse, year) in contested)
                if one is None:
                    cells.append(mark or "–")
                    continue
                cents = f",{one.cents % 100:02d}" if one.cents % 100 else ""
                voted = "v" * (one.state is EnvelopeState.VOTE)
                cells.append(f"{number(one.cents // 100)}{cents}{voted}{mark}")
            if purse.section is RUNNING:
                title = "  fonctionnement"
            rows.append(GridRow(str(at), title, tuple(cells)))
        self.query_one(CellGrid).show([str(year) for year in years], rows)
        name = record.variants[self._board.variant].name if self._board.variant else ""
        self.set_title("Enveloppes, € TTC", name and f"variante {name}")

    @property
    def _here(self) -> tuple[Purse, int]:
        grid = self.query_one(CellGrid)
        return self._purses[grid.row], self._board.programme.years[grid.column]

    def can(self, command: CommandType) -> bool | None:
        if command in {TurnVoted, ClearCell, TurnCarried} and self.is_mounted:
            return True if self._here in self._record.envelopes else None
        return True

    @on(CellGrid.Moved)
    def _moved(self) -> None:
        purse, year = self._here
        subject = setting.envelope_subject(purse, year)
        known = self._record.envelopes.get((purse, year))
        words = envelope_words(known) if known else "rien n'est connu, donc 0 €"
        lines = [f"{purse_words(self._board, purse)}, budget {year} : {words}."]
        if rivals := self._container().contested.get(subject):
            name_of = self._container().workspace.settings.name_of
            said = (
                f"{name_of(author)} : {value_words(subject, value)}"
                for value, author in zip(rivals.values, rivals.authors, strict=True)
            )
            lines.append(f"À trancher : {' ; '.join(said)}. La plus basse compte.")
        whole = sum(
            one.cents
            for (own, _), one in self._record.envelopes.items()
            if own == purse
        )
        lines.append(f"Sur tous les budgets : {euros(whole // 100)}.")
        self.query_one("#below", Sentence).show("\n".join(lines))
        self.refresh_keys()

    @on(CellGrid.Filled)
    def _filled(self, event: CellGrid.Filled) -> None:
        changes = dict(self._changes(event))
        if changes:
            self._keep(changes)
            self._fill()
            if len(changes) > 1:
                self.diag.inform(f"Enveloppes notées : {len(changes)}.")

    def _changes(self, event: CellGrid.Filled) -> Iterator[tuple[str, Noun | None]]:
        years, known = self._board.programme.years, self._record.envelopes
        carrying = {purse for (purse, _), one in known.items() if one.carry}
        for down, texts in enumerate(event.texts):
            if event.row + down >= len(self._purses):
                raise DiagError(
                    f"Rien n'est écrit : le tableau collé a {len(event.texts)} lignes, "
                    f"il en reste {len(self._purses) - event.row} à partir d'ici."
                )
            purse = self._purses[event.row + down]
            for right, text in enumerate(texts):
                if event.column + right >= len(years):
                    raise DiagError(
                        f"Rien n'est écrit : le tableau collé a {len(texts)} colonnes, "
                        f"il en reste {len(years) - event.column} à partir d'ici."
                    )
                year = years[event.column + right]
                before, value = known.get((purse, year)), None
                if text.strip():
                    cents = setting.cents_typed(text)
                    # One that is new carries as the others of its row do.
                    like = before or YearEnvelope(cents=0, carry=purse in carrying)
                    value = like.model_copy(update={"cents": cents})
                subject = setting.envelope_subject(purse, year)
                if value != before or subject in self._container().contested:
                    yield subject, value

    def refused(self, error: DiagError) -> None:  # noqa: ARG002 - as it is called
        """Stand on what was refused, as it was typed."""
        self.query_one(CellGrid).take_again()

    def on_turn_voted(self) -> None:
        purse, year = self._here
        before = self._record.envelopes[purse, year]
        is_voted = before.state is EnvelopeState.VOTE
        state = EnvelopeState.HYPOTHESE if is_voted else EnvelopeState.VOTE
        self._write({(purse, year): before.model_copy(update={"state": state})})

    def on_turn_carried(self) -> None:
        purse, year = self._here
        known = self._record.envelopes
        carry = not known[purse, year].carry
        self._write({
            (own, at): one.model_copy(update={"carry": carry})
            for (own, at), one in known.items()
            if own == purse
        })

    def on_clear_cell(self) -> None:
        self._write({self._here: None})

    def _write(self, values: dict[tuple[Purse, int], YearEnvelope | None]) -> None:
        self._keep({
            setting.envelope_subject(purse, year): value
            for (purse, year), value in values.items()
        })
        self._fill()

    def on_undo_entry(self) -> None:
        words = self._undo()
        self._fill()
        self.diag.inform(f"Annulé : {words}.")


def _purses(board: Board) -> Iterator[Purse]:
    """Give whose money there is to set: the syndicat's first, then by name."""
    known = {f"{PlaceKind.COMMUNE}:{insee}" for insee in board.gathered.communes}
    known |= {purse.payer for purse in board.programme.envelopes}
    known.discard(board.programme.syndicat)
    for payer in (board.programme.syndicat, *sorted(known, key=board.payer_name)):
        yield Purse(payer, INVESTMENT)
        yield Purse(payer, RUNNING)
