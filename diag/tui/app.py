"""The app: which place is shown, and how the user goes from one to another."""

import gc
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual import keys
from textual._styles_cache import StylesCache
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet
from textual.driver import Driver
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump
from textual.notifications import Notify
from textual.screen import Screen
from textual.worker import WorkerFailed

from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.tui.background import TICK, BackgroundSync
from diag.tui.commands import (
    IN_APP,
    NAMES,
    CommandType,
    Quit,
    Sturdy,
    Trouble,
    key_name,
    readable,
    with_twins,
)
from diag.tui.dialogs import Confirm, Notice, Weigh
from diag.tui.guards import CrashScreen, GuardedApp, TypedAhead, driver_for
from diag.tui.palette import Palette, finder
from diag.tui.place import HelpScreen
from diag.tui.state import OpenDesk, Whereabouts, built
from diag.tui.territory import TerritoryScreen
from diag.tui.text import DIAG_DARK, DIAG_LIGHT, THEMES
from diag.words.sentences import system_sentence

if TYPE_CHECKING:
    from diag.sync.exchange import SyncResult
    from diag.tui.bilan import BilanScreen
    from diag.workspace.workspace import World


# Every place but the first is imported on the way there: the first frame does not wait.


_EXAMINE = "Quittez ({key}), puis lancez : diag doctor --repair"
"""Of an old copy: no screen repairs a journal that it holds open."""


class DiagApp(Sturdy, GuardedApp):
    """The screens of `diag`, over one workspace."""

    CSS_PATH = "app.tcss"
    TITLE = "diag"
    ENABLE_COMMAND_PALETTE = False
    OFFERS = IN_APP

    def __init__(
        self,
        folder: Path,
        world: "World | None" = None,
        driver_class: type[Driver] | None = None,
        crashed: Path | None = None,
        visit: tuple[str, str] | None = None,
    ) -> None:
        speak_french()
        super().__init__(driver_class=driver_class)
        self.stylesheet = ReadOnce(variables=self.get_css_variables())
        self.desk = OpenDesk(folder, world)
        """The workspace, and what is opened in it."""
        self.whereabouts = Whereabouts(self)
        """Where the user is, and was last."""
        self.desk.inform = lambda words: self.call_later(
            self.show_text, words, "Vos grilles"
        )
        self.crash: Exception | None = None
        """The error that ended the app, if one did."""
        self.keys: dict[str, str] = {}
        """The keys that the user chose, by command; the others keep their own."""
        self.refusal: DiagError | None = None
        """Why the workspace could not be opened, if it could not."""
        self._crashed = crashed
        self._visit = visit
        self._noticed = False
        self._is_quitting = False
        """Whether what waits is being sent, after which the app ends."""
        self._typed = TypedAhead(self)
        self._background = BackgroundSync(
            folder, lambda: self.desk.world, self._after_sync
        )
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        for name in set(self.available_themes) - {each.name for each in THEMES}:
            self.unregister_theme(name)
        self.theme = DIAG_LIGHT.name

    def get_default_screen(self) -> Screen[Any]:
        """Return Territoire: every other place is over it."""
        return TerritoryScreen()

    async def on_event(self, event: Event) -> None:
        """Take keys one at a time: what a key opens takes those typed after it."""
        typed = isinstance(event, Key | Paste) and not event.is_forwarded
        if typed:
            self._background.touch()
        if typed and self.is_too_small:
            return
        if self.is_held and isinstance(event, Key) and event.key == "escape":
            self.is_held = False
            return
        if not (typed and self._typed.keeps(event)):
            await super().on_event(event)

    def on_mount(self) -> None:
        self.guard()
        self.set_interval(TICK, self._background.tick)
        if self._visit is not None:
            self.call_after_refresh(self._arrive, *self._visit)
        if self._crashed is not None:
            self.push_screen(CrashScreen(self._crashed))

    def _arrive(self, ref: str, campaign: str) -> None:
        """Show the visit that was asked for, once the first frame is up."""
        if self.ready_to_work():
            self.desk.choose(ref, campaign)
            self.go_visit(ref)

    def _after_sync(self, outcomes: "Sequence[SyncResult]") -> None:
        """Show, from the thread of a sync, what it brought; unless the app ends."""
        with suppress(RuntimeError):
            self.call_from_thread(self._show_news, outcomes)

    def _show_news(self, outcomes: "Sequence[SyncResult]") -> None:
        if any(one.pulled or one.received or one.pushed for one in outcomes):
            self.on_app_focus()
        for outcome in outcomes:
            if outcome.is_barred:
                self.inform(outcome.problem)

    def on_app_focus(self) -> None:
        if (catch_up := getattr(self.screen, "catch_up", None)) is not None:
            catch_up()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002 - Textual's signature
        """Return none of Textual's own commands: they are in English."""
        return ()

    def go_territory(self) -> None:
        """Show every school."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def go_school(self, uai: str) -> None:
        """Show a school."""
        self.go_territory()
        self.push_screen(built("school", "SchoolScreen", uai))

    def go_visit(
        self, uai: str, place: str | None = None, question: str | None = None
    ) -> None:
        """Show the visit of a school, at a place and a question when named."""
        self._go_audit("visit", "VisitScreen", uai, place, question)

    def go_bilan(self, uai: str) -> None:
        """Show what was found at a school."""
        self._go_audit("bilan", "BilanScreen", uai)

    def look_at_bilan(self, uai: str, advice: str = "") -> None:
        """Show what was found over the visit, which one comes back to."""
        screen = cast("BilanScreen", built("bilan", "BilanScreen", uai))
        self.push_screen(screen)
        if advice:
            screen.call_after_refresh(screen.go_to_advice, advice)

    def look_at_visit(self, uai: str, place: str, question: str) -> None:
        """Show a question of the visit over the bilan, which one comes back to."""
        self.push_screen(built("visit", "VisitScreen", uai, place, question))

    def go_tour(self) -> None:
        """Show the schools picked for the day."""
        self.go_territory()
        self.push_screen(built("tour", "TourScreen"))

    def go_import(self) -> None:
        """Show the official files that can be read."""
        self.go_territory()
        self.push_screen(built("setup", "ImportScreen"))

    def ready_to_work(self) -> bool:
        """Return whether the user can work; else ask first who works here.

        A workspace that cannot be opened ends the app: `refusal` holds why.
        """
        if not gc.isenabled():
            # What was loaded stays: no later collection has to walk through it.
            gc.freeze()
            gc.enable()
        try:
            known = self.desk.knows_author
        except DiagError as error:
            self.refusal = error
            self.exit(return_code=1)
            return False
        if not known:
            if len(self.screen_stack) == 1:
                self.push_screen(built("setup", "FirstRunScreen"))
            return False
        self._as_kept()
        return True

    def _as_kept(self) -> None:
        """Show the theme that was kept; warn once that a file is read-only."""
        theme = str(self.desk.kept("theme", self.theme))
        if theme in self.available_themes and theme != self.theme:
            self.theme = theme
        if kept_keys := self.desk.kept("keys"):
            self.use_keys(readable(kept_keys))
        workspace = self.desk.workspace
        workspace.journal.on_change = lambda words: self.call_later(
            self.show_text, words, "Changé sur le disque"
        )
        self.guard_journal(workspace.journal)
        if workspace.is_new_to_screens and not workspace.journal.readonly:
            workspace.note_screens(seen=True)
            self.begin()
        if self._noticed:
            return
        self._noticed = True
        older = workspace.notice_older()
        remedy = _EXAMINE.format(key=Quit.key_names(self.keys))
        for notice, title in (
            (workspace.journal.notice, "Lecture seule"),
            (workspace.clock_notice, "Horloge"),
            (older and f"{older}\n\n{remedy}", "Copie ancienne"),
        ):
            if notice:
                self.show_text(notice, title)

    def begin(self) -> None:
        """Go on from the first form: to the import while there is no school."""
        self.go_territory()
        if not self.desk.workspace.territory.counts().schools:
            self.go_import()
        self.on_discover()

    def pop_screen(self) -> AwaitComplete:
        """Leave a screen, and let go of what Textual would keep of it.

        A cache of 1,024 of its colours holds as many widgets' drawn lines: 2.5 % more
        memory an hour of work, for a day.
        """
        StylesCache.get_inner_outer.cache_clear()
        return super().pop_screen()

    def go_back(self) -> None:
        """Go back one place; the first one stays."""
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def inform(self, sentence: str) -> None:
        """Show for a few seconds what needs no answer."""
        self.notify(sentence, timeout=4, markup=False)

    def on_notify(self, event: Notify) -> None:
        """Show a notice given again anew, not twice: it would go with the first."""
        words = event.notification.message
        for one in [each for each in self._notifications if each.message == words]:
            self._unnotify(one, refresh=False)
            # Textual leaves the holders of those taken away before.
            self.screen.query("ToastHolder:empty").remove()

    def show_text(self, sentence: str, title: str) -> None:
        """Have something read."""
        self.push_screen(Notice(sentence, title))

    def on_trouble(self, event: Trouble) -> None:
        """Show what was refused, and what to do.

        What was typed ahead was for what does not come: it is dropped. What is
        withheld is written all the same, once the user was asked.
        """
        self._typed.forget()
        # Whoever is refused something has loaded judging already.
        from diag.audit.session import NeedsConfirmation  # noqa: PLC0415

        refused = event.error
        if not isinstance(refused, NeedsConfirmation):
            self.show_text(event.sentence, "Ce n'est pas possible")
            return
        from diag.audit.history import ask_to_confirm  # noqa: PLC0415 - loaded by the refusal

        def answered(confirmed: bool | None) -> None:  # noqa: FBT001 - Textual's
            if confirmed:
                refused.write_anyway()
            written = bool(confirmed) and not refused.takes_back
            for screen in self.screen_stack:
                look_again = getattr(screen, "look_again", None)
                if look_again is not None:
                    outcome = refused.done if confirmed else refused.left
                    look_again(
                        outcome, forget=written or refused.drops, written=written
                    )

        question = Weigh(ask_to_confirm(refused), yes=refused.yes, no=refused.no)
        self.push_screen(question, answered)

    def offered(self) -> Iterator[tuple[MessagePump, CommandType]]:
        """Yield what is possible now: by what has the focus, the screen, the app."""
        nodes: list[Any] = [self.screen]
        if not self.screen.is_modal:
            nodes.append(self)
        if self.focused is not None:
            nodes = [*self.focused.ancestors_with_self[:-2], *nodes]
        seen: set[CommandType] = set()
        for node in nodes:
            for command in getattr(node, "OFFERS", ()):
                if command not in seen and command.TITLE and node.can(command):
                    seen.add(command)
                    yield node, command

    def on_help(self) -> None:
        """Show what is possible here."""
        introduction = getattr(self.screen, "INTRODUCTION", "")
        commands = [command for _, command in self.offered()]
        self.push_screen(HelpScreen(introduction, commands))

    def on_open_palette(self) -> None:
        """Open the palette; what is chosen is done once it is closed."""

        def done(go: Callable[[], object] | None) -> None:
            if go is not None:
                go()

        self.push_screen(Palette(finder(self)), done)

    def use_keys(self, chosen: dict[str, str]) -> None:
        """Have commands answer to the keys chosen, everywhere, at once."""
        self.keys = chosen
        self.set_keymap({ident: with_twins(key) for ident, key in self.keys.items()})

    def keep_keys(self, chosen: dict[str, str]) -> None:
        """Use the keys chosen, from now on and next time."""
        self.use_keys(chosen)
        self.desk.keep("keys", chosen)

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as a French keyboard has it written, chosen or not."""
        return binding.key_display or key_name(binding.key)

    def on_open_keys(self) -> None:
        self.push_screen(built("keymap", "KeysScreen"))

    def on_open_sync(self) -> None:
        """Show what is not at the office yet, over where one is."""
        self.push_screen(built("sync", "SyncScreen"))

    def on_discover(self) -> None:
        self.push_screen(built("discover", "DiscoverScreen", self.keys))

    def on_quit(self) -> None:
        """Leave; what waits for the office is sent first, unless one quits again."""
        waiting = 0
        if not self.is_held and self._background.is_let_in:
            from diag.office import sync  # noqa: PLC0415 - only who has a hub waits for it

            # Whatever is wrong with the journal, one leaves.
            with suppress(DiagError):
                waiting = sync.count_waiting(self.desk.workspace)
        if self._is_quitting or not waiting:
            self.exit()
            return

        def done(leaves: bool | None) -> None:  # noqa: FBT001 - Textual's
            self._is_quitting = False
            if leaves:
                self.exit()

        self._is_quitting = True
        screen = built("sync", "QuittingScreen", waiting, self._background)
        self.push_screen(screen, done)

    def action_help_quit(self) -> None:
        self.inform(f"{Quit.key_names(self.keys)} pour quitter ; tout est enregistré.")

    def on_switch_theme(self) -> None:
        light = self.theme == DIAG_LIGHT.name
        self.theme = DIAG_DARK.name if light else DIAG_LIGHT.name
        self.desk.keep("theme", self.theme)

    def on_unmount(self) -> None:
        self._typed.close()
        self._background.stop()
        self.release_journal()
        self.desk.close()

    def _go_audit(self, module: str, name: str, uai: str, *where: str | None) -> None:
        """Go into a school's audit; the user stays where it cannot be opened.

        Raises:
            DiagError: it cannot be opened, or the edition to pass to cannot be used.
        """
        session = self.desk.session(uai)

        def enter() -> None:
            screen = built(module, name, uai, *where)
            self.go_school(uai)
            self.push_screen(screen)

        if not session.is_older:
            enter()
            return
        # What an audit of an older method becomes is shown; one goes in once it passed.
        from diag.audit.upgrade import (  # noqa: PLC0415
            preview,
            reopen_and_upgrade,
            upgrade_summary,
        )

        found = preview(session)

        def go_on(_: object) -> None:
            reopen_and_upgrade(session, found)
            enter()
            self.inform(f"Édition {found.new.checklist.version}.")

        words = "\n".join(upgrade_summary(session, found))
        yes = "Rouvrir et passer" if session.status is AuditStatus.CLOS else "Passer"
        self.ask(Confirm(words, yes=yes, no="Revenir", grave=True), go_on)

    def _handle_exception(self, error: Exception) -> None:
        """Report what a callback or a worker was refused; anything else is a crash."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, DiagError):
            self.post_message(Trouble(str(cause), cause))
        elif isinstance(cause, OSError):
            self.post_message(Trouble(system_sentence(cause)))
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Log what nobody had foreseen, instead of printing a traceback."""
        self.crash = self._exception
        error, logger = self._exception, logging.getLogger("diag")
        cause = error.error if isinstance(error, WorkerFailed) else error
        with suppress(OSError):  # a folder that refuses its log still lets one out
            # 20 ms, that only a crash pays.
            from diag.workspace.workspace import log_into  # noqa: PLC0415

            if not logger.handlers:
                self.desk.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                log_into(self.desk.folder)
            logger.error("unexpected", exc_info=cause)
        self._close_messages_no_wait()


_COLLECTED = (3_000, 5, 50)
"""When memory is collected. With Python's 700, 10, 10 one key in a hundred waits 60 ms
for a walk through all the checklists; much more at a time is felt at one in thirty."""


def open_app(folder: Path, visit: tuple[str, str] | None = None) -> None:
    """Run the app until the user leaves it; on a visit, of whom and in which campaign.

    After an unexpected error it comes back once, and lists what is safe.

    Raises:
        DiagError: the workspace cannot be opened, or coming back failed too.
    """
    # Imports make garbage of nothing: a collection among them is 40 ms lost. The app
    # turns it on again, once the list of schools is there.
    gc.disable()
    gc.set_threshold(*_COLLECTED)
    app = DiagApp(folder, driver_class=driver_for(), visit=visit)
    app.run()
    if app.refusal is not None:
        raise app.refusal
    if app.signal:
        sys.exit(_KILLED + app.signal)
    if app.crash is None:
        return
    log = folder / "diag.log"
    again = DiagApp(folder, driver_class=driver_for(), crashed=log)
    again.run()
    if again.crash is not None:
        raise DiagError(
            "Erreur inattendue ; tout ce qui était saisi est enregistré. "
            f"Le détail est dans {log}. Relancez diag pour reprendre."
        )


_KILLED = 128
"""What a shell adds to the number of the signal that ended a program."""

_KEPT = 512
"""More than there are sheets, those of Textual's own widgets included."""


class ReadOnce(Stylesheet):
    """Rules that are kept until the colours change."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_KEPT)

    def reparse(self) -> None:
        """Apply new sheets or colours; those that did not change are not read."""
        self.parse()


# Its palette, its help panel and its header are not used; what is left are key names,
# tooltips, the description of bindings and the names of a few controls.
_KEY_NAMES = {
    "space": NAMES["space"],
    "pagedown": NAMES["pagedown"],
    "pageup": NAMES["pageup"],
    "delete": NAMES["delete"],
    "escape": NAMES["escape"],
    "enter": NAMES["enter"],
    "backspace": NAMES["backspace"],
}


def speak_french() -> None:
    """Replace the names of keys; the app's own overrides do the rest."""
    keys.KEY_DISPLAY_ALIASES.update(_KEY_NAMES)
    keys.format_key.cache_clear()
