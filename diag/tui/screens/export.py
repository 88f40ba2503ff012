"""Exporter: which audits, for whom, in which forms, where; then they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from diag.desk.evidence.dropped import path_typed
from diag.desk.outputs.documents import TITLES, Form
from diag.desk.outputs.many import Wanted
from diag.model.audit import Audit
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, bindings_of, key_now
from diag.tui.dialogs import Ask
from diag.tui.plain import content
from diag.tui.screens.export_run import ExportRunScreen
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.screens.preview import PreviewScreen
from diag.tui.widgets.lines import Column, Line, Lines
from diag.words.sentences import counted

FORMS = {
    Form.PDF: "PDF, à imprimer et à archiver",
    Form.ODT: "ODT, à reprendre dans un traitement de texte",
    Form.HTML: "HTML, à lire dans un navigateur",
    Form.MARKDOWN: "Markdown, le texte source",
}
"""What each form is for."""

_KEPT = "export"
_WRITE = "write"
T = TypeVar("T")


class Write(Command):
    """Écrire ce qui est coché ; ce qui est déjà à jour n'est pas réécrit."""

    KEYS = "f2"
    TITLE = "Écrire"
    IN_FOOTER = True


class Tick(Command):
    """Cocher ou décocher la ligne, ou changer ce qu'elle dit."""

    KEYS = "space"
    TITLE = "Cocher"
    IN_FOOTER = True


class Preview(Command):
    """Voir les pages du premier document coché, avant de l'écrire."""

    KEYS = "p"
    TITLE = "Aperçu"
    IN_FOOTER = True


@dataclass(frozen=True, slots=True)
class Scope:
    """Audits that may be exported together."""

    title: str
    audits: tuple[Audit, ...]


class ExportScreen(PlaceScreen):
    """One list of what can be chosen; nothing is written before « Écrire »."""

    CSS_PATH = "export.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Write, Tick, Preview, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Quels documents, pour qui, sous quelle forme ? Cochez, puis écrivez. "
        "Un export arrêté reprend : ce qui est à jour est laissé tel quel."
    )

    def __init__(self, scopes: Sequence[Scope], scenarios: Sequence[str] = ()) -> None:
        super().__init__()
        self._scopes = tuple(scopes)
        self._scope = next((n for n, one in enumerate(scopes) if one.audits), 0)
        self._scenarios = ("", *scenarios)
        self.wanted = Wanted()
        """What is ticked."""

    def body(self) -> ComposeResult:
        """Lay the choices over what they come to."""
        yield Lines((Column(), Column("", 34, narrow=28, tiny=14)))
        yield Static(id="told")

    def on_mount(self) -> None:
        """Start from what was ticked last time."""
        self.wanted = self._as_kept()
        self.tell("Exporter les documents")
        self._fill(f"scope/{self._scope}")
        self.query_one(Lines).focus()

    @property
    def audits(self) -> tuple[Audit, ...]:
        """The audits whose documents are wanted."""
        return self._scopes[self._scope].audits

    def can(self, command: CommandType) -> bool | None:
        """Grey what needs an audit and something ticked."""
        if command is Preview:
            return True if self.audits and self.wanted.audiences else None
        if command is Write:
            return True if self._count() else None
        return True

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        if event.key == _WRITE:
            self.on_write()
        else:
            self._tick(event.key)

    def on_tick(self) -> None:
        """Tick the line under the cursor; what writes is no box to tick."""
        key = self.query_one(Lines).key
        if key != _WRITE:
            self._tick(key)

    def _tick(self, key: str) -> None:
        sort, _, name = key.partition("/")
        if sort == "folder":
            kept = str(self.wanted.folder or "")
            asked = "Dans quel dossier ? Rien : celui de l'espace de travail"
            self.app.push_screen(Ask(asked, kept, keep=self._go_folder))
        elif sort:
            self._turn(sort, name)
            self._fill(key)

    def _turn(self, sort: str, name: str) -> None:
        wanted = self.wanted
        if sort == "scope":
            self._scope = int(name)
        elif sort == "audience":
            audiences = _turned(tuple(Audience), wanted.audiences, Audience(name))
            self.wanted = replace(wanted, audiences=audiences)
        elif sort == "form":
            forms = _turned(tuple(FORMS), wanted.forms, Form(name))
            self.wanted = replace(wanted, forms=forms)
        elif sort == "again":
            self.wanted = replace(wanted, again=not wanted.again)
        elif sort == "scenario":
            at = self._scenarios.index(wanted.scenario) + 1
            name = self._scenarios[at % len(self._scenarios)]
            self.wanted = replace(wanted, scenario=name)

    def _go_folder(self, typed: str) -> None:
        folder = path_typed(typed)
        if folder is not None and folder.exists() and not folder.is_dir():
            raise DiagError(f"« {folder} » est un fichier. Donnez un dossier.")
        self.wanted = replace(self.wanted, folder=folder)
        self._fill("folder")

    def on_write(self) -> None:
        """Write what is ticked."""
        if not self._count():
            self.diag.say("Rien n'est coché : cochez un audit, un lecteur, une forme.")
            return
        self._keep()
        self.app.push_screen(ExportRunScreen(self.audits, self.wanted))

    def on_preview(self) -> None:
        """Look at the first document ticked."""
        if self.audits and self.wanted.audiences:
            audience = self.wanted.audiences[0]
            self.app.push_screen(
                PreviewScreen(self.audits[0], audience, self.wanted.scenario)
            )

    def _fill(self, key: str) -> None:
        self.query_one(Lines).show(list(self._lines()), key)
        self.query_one("#told", Static).update(content(self._told()))
        self.refresh_bindings()

    def _lines(self) -> Iterator[Line]:
        wanted = self.wanted
        yield Line("", (" Quels audits",))
        for rank, scope in enumerate(self._scopes):
            mark = "(•)" if rank == self._scope else "( )"
            aside = counted(len(scope.audits), "audit")
            yield Line(f"scope/{rank}", (f"  {mark} {scope.title}", aside))
        yield Line("", (" Pour qui",))
        for audience in Audience:
            box = _box(ticked=audience in wanted.audiences)
            yield Line(f"audience/{audience}", (f"  {box} {TITLES[audience]}", ""))
        yield Line("", (" Sous quelle forme",))
        for form, told in FORMS.items():
            yield Line(
                f"form/{form}", (f"  {_box(ticked=form in wanted.forms)} {told}", "")
            )
        yield Line("", (" Comment",))
        if len(self._scenarios) > 1:
            name = wanted.scenario or "aucune"
            yield Line(
                "scenario",
                (
                    f"  Option imprimée : {name}",
                    f"{key_now(self.app, Tick)} : une autre",
                ),
            )
        folder = wanted.folder or "celui de l'espace de travail"
        yield Line("folder", (f"  Dossier : {folder}", "Entrée : un autre"))
        box = _box(ticked=wanted.again)
        yield Line("again", (f"  {box} Réécrire aussi ce qui est à jour", ""))
        yield Line(_WRITE, ("  Écrire", key_now(self.app, Write)))

    def _told(self) -> str:
        count = self._count()
        if not count:
            return "Rien à écrire : cochez au moins un lecteur et une forme."
        audits = counted(len(self.audits), "audit")
        return f"{counted(count, 'document')} de {audits}."

    def _count(self) -> int:
        wanted = self.wanted
        return len(self.audits) * len(wanted.audiences) * len(wanted.forms)

    def _keep(self) -> None:
        wanted = self.wanted
        kept = [*map(str, wanted.audiences)], [*map(str, wanted.forms)]
        self.diag.desk.keep(_KEPT, [*kept, str(wanted.folder or "")])

    def _as_kept(self) -> Wanted:
        """Return what was ticked last; everything when that cannot be read."""
        match self.diag.desk.kept(_KEPT):
            case [list(audiences), list(forms), str(folder)]:
                return Wanted(
                    tuple(one for one in Audience if one in audiences),
                    tuple(one for one in FORMS if one in forms),
                    Path(folder) if folder else None,
                )
        return Wanted(forms=tuple(FORMS))


def _turned(order: tuple[T, ...], ticked: tuple[T, ...], one: T) -> tuple[T, ...]:
    """Return what is ticked once one is turned, in order."""
    turned = set(ticked) ^ {one}
    return tuple(each for each in order if each in turned)


def _box(*, ticked: bool) -> str:
    return "[x]" if ticked else "[ ]"
