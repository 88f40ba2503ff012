"""Avant de partir: what is seen here only, what others answer; the page « à chaud ».

Whoever reads that page stands at arm's length and enlarges the terminal's font: it is
airy, else tight, else one page a heading, and never cut.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from diag.audit.answer import Key
from diag.audit.departure import (
    Check,
    Debrief,
    DebriefLine,
    bring_back,
    debrief_of,
    departure_of,
    waive,
    waived_in,
)
from diag.audit.follow import add_step
from diag.audit.report import report_folder, report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.documents.equipe import debrief_paper
from diag.documents.write import Paper, write_departure, write_paper
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState
from diag.model.text import accept
from diag.tui.beginning import ask_day, send_forms
from diag.tui.commands import (
    Command,
    CommandType,
    GoBilan,
    KeyPlace,
    OpenDebrief,
    SendForms,
    Undo,
    WriteNote,
    key_now,
)
from diag.tui.dialogs import Ask
from diag.tui.export import files_there
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.noting import NotedAs, note_at, subjects_at
from diag.tui.place import EVERYWHERE, KeyBar, PlaceScreen
from diag.tui.text import DrawnLine, Sentence, TextSheet, content, line, wrapped
from diag.words.dates import day_typed, hour_words
from diag.words.sentences import counted, french


class GoThere(Command, keys="enter", title="Aller voir", footer=True):
    """Aller à la question sous le curseur, à son lieu."""


class NeverMind(Command, keys="space", title="Tant pis", footer=True):
    """Partir sans cette question : elle quitte la liste, rien n'est répondu."""


class BringBack(Command, keys="ctrl+z", title="Annuler", footer=True):
    """Remettre dans la liste la dernière question laissée par « Tant pis »."""


class WriteList(Command, keys="e", title="Imprimer", footer=True):
    """Écrire la liste dans un fichier à imprimer et à cocher."""


class DateIt(Command, keys="v", title="Dater", footer=True):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""


_SENT = {
    "mairie": "à la mairie",
    "prestataire": "au prestataire",
    "direction": "à la direction",
    "équipe": "à l'équipe",
    "bureau": "au bureau",
}
"""Who answers without the engineer, as one hands it to them."""


class DepartureScreen(PlaceScreen):
    """What to see now, what others answer, what is doubtful; Enter goes there."""

    DEFAULT_CSS = """
    DepartureScreen {
        #leaving { padding: 1 1 0 1; max-height: 11; }
        Lines { height: 1fr; margin-top: 1; }
    }
    """
    OFFERS = (
        GoThere,
        NeverMind,
        OpenDebrief,
        SendForms,
        BringBack,
        DateIt,
        WriteList,
        GoBilan,
        *EVERYWHERE,
    )
    INTRODUCTION = (
        "Que voir avant de partir ? Ce qui ne se voit qu'ici, dangers d'abord, en "
        "remontant vers la sortie ; ce que d'autres répondront sans vous ; ce qui est "
        "douteux."
    )

    def __init__(self, session: AuditSession, go: Callable[[Key], object]) -> None:
        super().__init__()
        self._session = session
        self._go = go
        self._departure = departure_of(session)

    def body(self) -> ComposeResult:
        yield Lines(
            (
                ListColumn("", 1),
                ListColumn("", 20, narrow=17, tiny=10),
                ListColumn(""),
                ListColumn("", 40, narrow=24, least=TINY),
            ),
            empty="Rien à voir ici : tout est répondu, rien n'est douteux.",
        )
        yield Sentence(id="leaving")

    def on_mount(self) -> None:
        self._show()

    def _show(self, *words: str) -> None:
        departure = self._departure = departure_of(self._session)
        clock = hour_words(self._session.workspace.world.clock())
        self.set_title("Avant de partir", clock)
        lines = [ListLine("", (f" À voir ici, maintenant   {departure.here_words}",))]
        lines += [_line(check) for check in departure.here]
        if departure.doubtful:
            many = counted(len(departure.doubtful), "réponse")
            lines.append(ListLine("", ("",)))
            lines.append(ListLine("", (f" Douteux   {many} à relire",)))
            lines += [_line(check) for check in departure.doubtful]
        self.query_one(Lines).show(lines if departure.checks else [])
        below = [*words]
        others = [f"{many} {_SENT[who]}" for who, many in departure.elsewhere]
        if others:
            key = key_now(self.app, SendForms)
            sent = f"{key} écrit les questionnaires, à joindre au compte rendu."
            below.append(f"Sans vous\u00a0: {', '.join(others)}. {sent}")
        below += [*departure.remarks, departure.outcome]
        self.query_one("#leaving", Sentence).show("\n".join(below))
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command in {GoThere, NeverMind}:
            return True if self._departure.checks else None
        if command is BringBack:
            return True if waived_in(self._session) else None
        return True

    def on_send_forms(self) -> None:
        send_forms(self, self._session)

    @property
    def _key(self) -> Key:
        place, _, question = self.query_one(Lines).key.partition("/")
        return place, question

    def on_go_there(self) -> None:
        key = self._key
        self.diag.go_back()
        self._go(key)

    def on_never_mind(self) -> None:
        waive(self._session, self._key)
        self._show()

    def on_bring_back(self) -> None:
        _, name = bring_back(self._session) or ("", "")
        question = self._session.checklist.questions.get(name)
        self._show(f"Annulé · {question.label} revient." if question else "")

    def on_open_debrief(self) -> None:
        self.app.push_screen(DebriefScreen(self._session))

    def on_go_bilan(self) -> None:
        self.diag.look_at_bilan(self._session.about.ref)

    def on_write_list(self) -> None:
        self._show(f"Écrit dans {write_departure(self._session)}")

    def on_date_it(self) -> None:
        ask_day(self, self._session, lambda it: self._show(f"Enregistré · {it}."))


def _line(check: Check) -> ListLine:
    stop = check.stop
    mark = "!" if stop.question.danger else ""
    cells = (mark, check.place, stop.question.label, ", ".join(check.reasons))
    return ListLine("/".join(stop.key), cells)


_GO_ON = "Échap revient à ce qui reste à voir."


class PageCommand(Command, place=KeyPlace.DEBRIEF, footer=True):
    """What one does to the page « à chaud »."""


class TakeOff(PageCommand, keys="space", title="Retirer"):
    """Retirer la ligne de cette page ; un danger y reste toujours."""


class Rephrase(PageCommand, keys="e", title="Dire autrement"):
    """Dire la ligne autrement, sur cette page seulement."""


class AgreeOnDay(PageCommand, keys="d", title="Date"):
    """Dater la décision sous le curseur : elle est notée « proposée », avec ce jour."""


class ShowPrices(PageCommand, keys="p", title="Prix"):
    """Montrer les prix, jusqu'à la prochaine touche."""


class ShowScore(PageCommand, keys="s", title="Score"):
    """Montrer le score, jusqu'à la prochaine touche."""


class PrintDebrief(PageCommand, keys="i", title="Imprimer"):
    """Écrire la page en PDF, au format A5, à côté des rapports."""


_WIDE, _NARROW = 100, 40
_MARGINS = (8, 3, 2)
"""Columns left of the text: on a wide screen, a usual one, a narrow one."""

_LONGEST = 92
"""Columns of text: longer lines are hard to follow."""

_GAP = 3
"""Blanks between what is to be done and who does it."""

_REMARK = "   à chaud, avant le rapport"
"""After the title, where there is room."""

Block = list[DrawnLine]
"""What stays together as far as it can: a line and what it is wrapped to."""


@dataclass(frozen=True, slots=True)
class DebriefLayout:
    """A page of so many columns and lines, and what is shown of it."""

    width: int
    height: int
    cursor: str = ""
    """Key of the line that the cursor stands on."""
    shows_price: bool = False
    shows_score: bool = False

    @property
    def margin(self) -> int:
        """Columns at the left, where the cursor stands."""
        rank = (self.width < _WIDE) + (self.width < _NARROW)
        return _MARGINS[rank] if self.width > 2 * _MARGINS[rank] else 0

    @property
    def columns(self) -> int:
        """Columns of text."""
        return max(1, min(self.width - 2 * self.margin, _LONGEST))

    def pages(self, debrief: Debrief) -> list[Block]:
        """Return it on one page, airy or tight, else on as many as it takes."""
        head = self._plain(debrief.title, "bold")
        if head[0].text.cell_length + cell_len(_REMARK) < self.width:
            remark = Content.styled(_REMARK, "$text-muted")
            head[0] = DrawnLine(head[0].text + remark)
        if self.shows_score:
            head += self._plain(debrief.score, "$text-muted")
        if debrief.early:
            head += self._plain(f"{debrief.early} {_GO_ON}", "")
        parts = [
            (
                self._plain(part.title, "bold $accent"),
                [self._item(one, part.lines) for one in part.lines],
            )
            for part in debrief.parts
        ]
        for gap in (1, 0):
            whole = [
                *head,
                *(
                    row
                    for title, items in parts
                    for row in (_BLANK, *title, *_joined(items, gap))
                ),
            ]
            if len(whole) <= self.height:
                return [[*[_BLANK] * (len(whole) < self.height), *whole]]
        if not parts:
            return [*_chunks(head, self.height)]
        shared = [
            page for title, items in parts for page in self._part(head, title, items)
        ]
        return [
            self._footed(page, rank, len(shared)) for rank, page in enumerate(shared, 1)
        ]

    def _part(self, head: Block, title: Block, items: list[Block]) -> Iterator[Block]:
        """Give the pages of a heading; where lines are few, its lines alone."""
        top, room = [*head, _BLANK, *title], self.height - 1
        if room - len(top) < 1:
            top = []
        for gap in (1, 0):
            rows = [*top, *_joined(items, gap)]
            if len(rows) <= room:
                yield rows
                return
        page: Block = []
        for item in items:
            if page and len(top) + len(page) + len(item) > room:
                yield [*top, *page]
                page = []
            *full, page = [*_chunks([*page, *item], max(room - len(top), 1))]
            yield from ([*top, *each] for each in full)
        yield [*top, *page]

    def _footed(self, page: Block, rank: int, count: int) -> Block:
        """Return a page with its number under it, set apart where there is room."""
        words = f"{rank} sur {count}"
        more = f"{words}, flèche droite pour la suite"
        shown = more if rank < count and cell_len(more) <= self.columns else words
        fits = self.height > 1 and cell_len(shown) <= self.columns
        if not fits:
            return page
        gap = [_BLANK] * (len(page) + 1 < self.height)
        return [*page, *gap, *self._plain(shown, "$text-muted")]

    def _plain(self, text: str, style: str) -> Block:
        lines = wrapped(content(line(french(text))), self.columns)
        blank = Content(" " * self.margin)
        return [DrawnLine(blank + each.stylize(style)) for each in lines]

    def _item(self, one: DebriefLine, beside: Sequence[DebriefLine]) -> Block:
        """Return a line under its mark; who acts and when stand beside, or under."""
        style = "bold $text-error" if one.is_danger else "bold" if one.aside else ""
        mark = f"{one.mark} " if self.columns > len(one.mark) + 1 else ""
        inside = max(self.columns - len(mark), 1)
        texts = wrapped(content(line(french(one.text))), inside)
        aside = line(french(self._aside(one)))
        at = max(cell_len(line(french(each.text))) for each in beside) + _GAP
        widest = max(cell_len(line(french(self._aside(each)))) for each in beside)
        rows = [each.stylize(style) for each in texts]
        if aside:
            last = rows[-1].cell_length
            # In a column where all of them fit, else after the text, else under it.
            at = at if at + widest <= inside else last + _GAP
            asides = wrapped(Content.styled(aside, "$accent"), inside)
            if at + cell_len(aside) <= inside:
                rows[-1:] = [rows[-1] + Content(" " * (at - last)) + asides[0]]
            else:
                rows += asides
        pointed = one.key == self.cursor and self.margin > 1
        pointer = "> ".rjust(self.margin) if pointed else " " * self.margin
        lead = Content(pointer) + Content.styled(mark, style or "bold")
        blank = Content(" " * (self.margin + len(mark)))
        return [
            DrawnLine((blank if rank else lead) + row, one.key)
            for rank, row in enumerate(rows)
        ]

    def _aside(self, one: DebriefLine) -> str:
        price = one.price if self.shows_price else ""
        return ", ".join(filter(None, (one.aside, price)))


_BLANK = DrawnLine(Content(""))


def _joined(items: Sequence[Block], gap: int) -> Iterator[DrawnLine]:
    for rank, item in enumerate(items):
        yield from [_BLANK] * (gap if rank else 0)
        yield from item


def _chunks(rows: Block, room: int) -> Iterator[Block]:
    for start in range(0, len(rows), max(room, 1)):
        yield rows[start : start + max(room, 1)]


class DebriefScreen(PlaceScreen):
    """Facts, places and dates; what is hidden shows until the next key."""

    DEFAULT_CSS = "DebriefScreen TextSheet { height: 1fr; }"
    PLACE = KeyPlace.DEBRIEF
    OFFERS = (
        TakeOff,
        Rephrase,
        AgreeOnDay,
        ShowPrices,
        ShowScore,
        PrintDebrief,
        WriteNote,
        Undo,
        *EVERYWHERE,
    )
    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("up", "step(-1)", "Ligne précédente", show=False),
        Binding("down", "step(1)", "Ligne suivante", show=False),
        Binding("left,pageup", "turn(-1)", "Page précédente", show=False),
        Binding("right,pagedown", "turn(1)", "Page suivante", show=False),
    ]
    INTRODUCTION = (
        "Une page à montrer à la directrice avant de partir : ni score, ni prix, ni "
        "nom. Agrandissez la police du terminal : la page s'y plie. Les flèches vont "
        "de ligne en ligne et de page en page."
    )

    def __init__(self, session: AuditSession) -> None:
        super().__init__()
        self._session = session
        self._debrief = debrief_of(report_of(session))
        self._undoes: list[dict[str, str] | None] = []
        """What each gesture here replaced; None: it was written in the audit."""
        self._cursor = ""
        self._page = 0
        self._revealed: type[Command] | None = None
        self._pages: list[Block] = []

    @property
    def debrief(self) -> Debrief:
        """What is shown, as it was retouched."""
        return self._debrief.retouched(self._words)

    @property
    def _words(self) -> dict[str, str]:
        return self.diag.desk.retouched.setdefault(self._session.audit.id, {})

    def compose(self) -> ComposeResult:
        """Lay the page alone over the keys: its title is its own."""
        yield TextSheet()
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        keys = [one.key for one in self.debrief.lines]
        if self._cursor not in keys:
            self._cursor = keys[0] if keys else ""
        self.query_one(TextSheet).show(self._lay)
        self.refresh_keys()

    def _lay(self, width: int) -> Block:
        layout = DebriefLayout(
            width,
            self.query_one(TextSheet).height,
            self._cursor,
            shows_price=self._revealed is ShowPrices,
            shows_score=self._revealed is ShowScore,
        )
        self._pages = layout.pages(self.debrief)
        self._page = min(self._page, len(self._pages) - 1)
        return self._pages[self._page]

    def on_write_note(self) -> None:
        subjects = subjects_at(self._session, [self._cursor])
        note_at(self.app, self._session, subjects, self._noted)

    def _noted(self, noted: NotedAs) -> None:
        self._undoes.append(None)
        if noted.opens:
            self.diag.go_visit(self._session.about.ref, *noted.opens)
        self.diag.inform(f"Noté : {noted.words}.")

    @property
    def line(self) -> DebriefLine | None:
        """The line under the cursor."""
        return next((o for o in self.debrief.lines if o.key == self._cursor), None)

    def can(self, command: type[Command]) -> bool | None:
        found = self.line if self.is_mounted else None
        if command is Rephrase:
            return True if found else None
        if command is TakeOff:
            return True if found and not found.is_danger else None
        if command is AgreeOnDay:
            return True if found and found.advice else None
        return True

    def on_key(self, event: events.Key) -> None:
        """Hide what was shown for a while; the same key again shows it no more."""
        if self._revealed:
            keys = self._revealed.keys_in(self.diag.keys)
            self._revealed = None
            self._show()
            if event.key in keys:
                event.stop()
                event.prevent_default()

    def on_show_prices(self) -> None:
        self._reveal(ShowPrices)

    def on_show_score(self) -> None:
        self._reveal(ShowScore)

    def _reveal(self, what: type[Command]) -> None:
        self._revealed = what
        self._show()

    def action_step(self, by: int) -> None:
        """Go to the line above or below, on its page."""
        keys = [one.key for one in self.debrief.lines]
        if keys:
            at = keys.index(self._cursor) + by
            key = self._cursor = keys[max(0, min(at, len(keys) - 1))]
            found = (
                rank
                for rank, page in enumerate(self._pages)
                if any(row.key == key for row in page)
            )
            self._page = next(found, 0)
            self._show()

    def action_turn(self, by: int) -> None:
        """Go to the page before or after, on its first line."""
        page = self._page + by
        if 0 <= page < len(self._pages):
            keys = [row.key for row in self._pages[page] if row.key]
            self._cursor, self._page = keys[0] if keys else self._cursor, page
            self._show()

    @on(TextSheet.Picked)
    def _picked(self, event: TextSheet.Picked) -> None:
        self._cursor = event.key
        self._show()

    def on_take_off(self) -> None:
        keys = [one.key for one in self.debrief.lines]
        if self.line:
            at = keys.index(self._cursor)
            gone, self._cursor = self._cursor, (keys[at + 1 :] or keys[at - 1 :])[0]
            self._retouch({gone: ""})

    def _retouch(self, words: dict[str, str]) -> None:
        self._undoes.append(dict(self._words))
        self._words.update(words)
        self._show()

    def on_rephrase(self) -> None:
        found = self.line
        if found is None:
            return

        def keep(typed: str) -> None:
            words = accept(typed, "text", line=True)
            self._retouch({found.key: words} if words else {})

        question = "Comment le dire sur cette page ?"
        self.app.push_screen(Ask(question, found.text, keep=keep))

    def on_agree_on_day(self) -> None:
        ident = self.line.advice if self.line else ""
        if ident:
            question = "Avant quel jour ? La décision sera notée avec cette date."
            keep = partial(self._date, ident)
            hint = "31/01, le prochain, ou 31/01/2027"
            self.app.push_screen(Ask(question, hint=hint, keep=keep))

    def _date(self, ident: str, typed: str) -> None:
        """Note the day; what was decided already stays so.

        Raises:
            DiagError: when it is no day.
        """
        session = self._session
        due = day_typed(typed, since=session.workspace.world.today())
        action = report_of(session).plan.action(ident)
        step = FollowUp(
            recommendation=ident,
            state=(action.state if action else None) or FollowUpState.PROPOSEE,
            on=session.workspace.world.today().isoformat(),
            due=due.isoformat(),
        )
        add_step(session, step)
        self._undoes.append(None)
        self._debrief = debrief_of(report_of(session))
        self._show()

    def on_undo(self) -> None:
        """Take back the last gesture made on this page; all those of another time."""
        if not self._undoes and not self._words:
            self.diag.inform("Rien à annuler sur cette page.")
            return
        session = self._session
        before = self._undoes.pop() if self._undoes else {}
        if before is None:
            self.diag.inform(f"Annulé : {undo(session)}.")
            self._debrief = debrief_of(report_of(session))
        else:
            self.diag.desk.retouched[session.audit.id] = before
        self._show()

    def on_print_debrief(self) -> None:
        paper = debrief_paper(self.debrief, report_of(self._session))
        self._print(paper)

    @work(thread=True, exclusive=True, group="reports", description="aside")
    def _print(self, paper: Paper) -> None:
        app, shell = self.app, self.diag  # the user may leave meanwhile
        paths = files_there(app, write_paper(paper, report_folder(self._session)))
        shown = next((one for one in paths if one.suffix == ".pdf"), paths[0])
        app.call_from_thread(shell.inform, f"La page est écrite : {shown}")
