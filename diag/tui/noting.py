"""Noter: a text on what was just answered, on this question, on the room; and its list.

The box lies over the foot of any screen, whose lines stay in sight. What is typed there
is kept until it is noted, or emptied: leaving does not lose it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from diag.audit.answer import Key
from diag.audit.history import find_question_ever, place_name
from diag.audit.observing import (
    LONGEST_NOTED,
    Noted,
    mark_noted,
    noted_in,
    observe,
    remove_noted,
    reword_noted,
)
from diag.audit.photos import PhotoSubject, photos_joined, photos_of
from diag.audit.session import AuditSession
from diag.audit.walk import FoundQuestion, search_of, walk_of
from diag.tui.audit_finds import warm_search
from diag.tui.commands import (
    Command,
    CommandType,
    ListNoted,
    ShowPhotos,
    Sturdy,
    WriteNote,
    key_now,
)
from diag.tui.dialogs import Ask, Cancel, Close, LineField
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.photos import open_photos
from diag.tui.place import KeyBar
from diag.tui.text import cut, line
from diag.words.dates import hour_words
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES


class KeepNoted(Command, keys="enter", title="Garder", footer=True):
    """Garder le texte ; avec une question choisie, l'ouvrir sans y répondre."""


class ChooseProposed(Command, keys="down", title="Répond à", footer=True):
    """Choisir une question à laquelle ces mots répondent ; flèche haut en revient."""


class AddPhoto(ShowPhotos, keys="f7", title="Photo", footer=True):
    """Joindre une photo à la même question, ou au même lieu."""


class NextSubject(Command, keys="tab", title="Change", footer=True, priority=True):
    """Noter sur ce qui vient d'être répondu, sur cette question, ou sur le lieu."""


class AllNoted(ListNoted, keys="f2", title="Observations", footer=True):
    """Revoir ce qui est noté : récrire, marquer « à montrer », retirer."""


class RewordNoted(Command, keys="enter,e", title="Récrire", footer=True):
    """Récrire ce qui est noté ; une note d'avant devient une observation."""


class MarkShown(Command, keys="m", title="À montrer", footer=True):
    """Les documents publics l'impriment, ou plus : sinon, l'annexe technique seule."""


class MarkReply(Command, keys="d", title="Direction", footer=True):
    """C'est ce que répond la direction : la mairie le lit en page 4."""


class RemoveNoted(Command, keys="delete", title="Retirer", footer=True):
    """Retirer ce qui est noté ; « Annuler », dans la visite, le remet."""


class NotedAs(NamedTuple):
    """What became of a text."""

    words: str
    """What it was noted of."""
    opens: Key | None
    """The question to open: it was chosen among those that the text may answer."""


_PROPOSED = 3
"""Questions proposed: one line holds them."""

_MARGINS, _LABEL = 2, 8
"""Columns at the ends of a line; those of a question at least."""


def subjects_at(session: AuditSession, keys: Sequence[str]) -> list[PhotoSubject]:
    """Return what may be noted of where the keys of lines lead: a danger, the whole."""
    parts = (key.split("/") for key in keys)
    found = [PhotoSubject(*one[1:]) for one in parts if one[0] == "danger"]
    return [*found, PhotoSubject(session.facts.root)]


def note_at(
    app: App[None],
    session: AuditSession,
    subjects: Sequence[PhotoSubject],
    done: Callable[[NotedAs], object],
    *,
    answered: bool = False,
    text: str = "",
) -> None:
    """Ask for a text on one of some subjects, the first unless Tab changes it.

    `answered`: the first was just answered; `text`: words typed already, elsewhere;
    `done` once it is on disk.
    """
    screen = NotingScreen(session, subjects, answered=answered, text=text)

    def closed(text: str | None) -> None:
        if text is not None:
            done(NotedAs(screen.about, screen.opens))

    app.push_screen(screen, closed)


class NotingField(Sturdy, LineField):
    """Where one types: its keys stand first in the footer."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (KeepNoted, ChooseProposed)


class NotingScreen(Ask):
    """One line of text, what it is about, the questions that it may answer."""

    CSS_PATH = "noting.tcss"
    FIELD = NotingField
    INTRODUCTION = (
        "Tapez ce que vous voyez ; Entrée le garde au lieu et à l'heure, sans rien "
        "juger. Flèche bas choisit une question à laquelle ces mots répondent : Entrée "
        "y garde alors le texte, et l'ouvre sans y répondre."
    )
    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        NextSubject,
        AddPhoto,
        AllNoted,
        Cancel,
    )

    def __init__(
        self,
        session: AuditSession,
        subjects: Sequence[PhotoSubject],
        *,
        answered: bool = False,
        text: str = "",
    ) -> None:
        super().__init__("", keep=self._observe, draft=f"noter {session.audit.id}")
        self.session = session
        """The audit."""
        self.subjects = [*dict.fromkeys(subjects)]
        """What the text may be about, the one at hand first."""
        self._answered = self.subjects[0] if answered else None
        self._text = text
        self._walk = walk_of(session.facts, session.checklist)
        self._before = [one.id for one in photos_of(session)]
        self._proposed: Sequence[FoundQuestion] = ()
        self._rank = 0
        self.about = ""
        """What it was noted of, once it is."""

    def compose(self) -> ComposeResult:
        with Vertical(id="noting"):
            yield Static(id="noting-subject")
            field = self.field()
            field.max_length = LONGEST_NOTED
            field.value = " ".join(filter(None, (field.value, self._text)))
            field.select_on_focus = False  # a letter typed erases no draft
            field.cursor_position = len(field.value)
            yield field
            yield Static(id="noting-proposed")
        yield KeyBar()

    def on_mount(self) -> None:
        self._propose()
        warm_search(self.app, self.session)

    @property
    def opens(self) -> Key | None:
        """The question that is chosen, to be opened."""
        return self._proposed[self._rank - 1].stop.key if self._rank else None

    @property
    def _typed_text(self) -> str:
        return self.query_one(Input).value

    @property
    def _subject(self) -> PhotoSubject:
        """What the text is about: the question chosen, else the subject at hand."""
        return PhotoSubject(*self.opens) if self.opens else self.subjects[0]

    def _observe(self, text: str) -> None:
        of = self._subject
        observe(
            self.session,
            text,
            place=of.place,
            question=of.question,
            files=photos_joined(self.session, self._before),
        )
        place = _where(self.session, of.place)
        asked = find_question_ever(self.session, of.question)
        self.about = f"{place}, {asked.label}" if asked else place

    def _show_subject(self) -> None:
        of = self._subject
        now = hour_words(self.session.workspace.world.clock())
        place = _where(self.session, of.place)
        shown = Content.styled(" Observation ", "bold reverse $accent")
        shown += Content(f" {line(place)}, {now}")
        taken = len(photos_joined(self.session, self._before))
        photos = f", {counted(taken, 'photo')}" if taken else ""
        asked = find_question_ever(self.session, of.question)
        if asked:
            done = " (répondue)" if of == self._answered else ""
            shown += Content(", sur ")
            label, ends = line(asked.label), cell_len(done + photos) + _MARGINS
            room = max(self.size.width - shown.cell_length - ends, _LABEL)
            shown += Content.styled(cut(label, room) + done, "bold")
        shown += Content(photos)
        self.query_one("#noting-subject", Static).update(shown)

    @on(Input.Changed)
    def _propose(self) -> None:
        """Find the questions that the text may answer, but the one it is about."""
        self._rank = 0
        of, text = self.subjects[0], self._typed_text
        found = search_of(self.session.judge).propose(self._walk, text, of.place)
        others = [one for one in found if one.stop.question.id != of.question]
        self._proposed = others[:_PROPOSED]
        self._show_subject()
        self._show_proposed()

    def _show_proposed(self) -> None:
        shown = Content("")
        if self._proposed:
            shown = Content.styled("Répond à ? ", "$text-muted")
            shown += Content.styled("↓ ", "bold $accent")
        room = max((self.size.width - 16) // _PROPOSED - 3, 8)
        for rank, one in enumerate(self._proposed, 1):
            label = line(one.stop.question.label)
            if rank == self._rank:
                shown += Content.styled(f">{label} ", "bold reverse")
            else:
                shown += Content(f" {cut(label, room)} ")
        self.query_one("#noting-proposed", Static).update(shown)

    def key_up(self) -> None:
        self._choose(-1)

    def on_choose_proposed(self) -> None:
        self._choose(1)

    def _choose(self, step: int) -> None:
        self._rank = (self._rank + step) % (len(self._proposed) + 1)
        self._show_subject()
        self._show_proposed()

    async def on_keep_noted(self) -> None:
        await self.query_one(Input).action_submit()

    def on_resize(self) -> None:
        self._show_subject()
        self._show_proposed()

    def on_next_subject(self) -> None:
        self.subjects.append(self.subjects.pop(0))
        self._propose()

    def on_add_photo(self) -> None:
        of = self._subject
        open_photos(
            self.app,
            self.session,
            of.place,
            of.question,
            done=self._show_subject,
        )

    def on_all_noted(self) -> None:
        self.app.push_screen(NotedScreen(self.session))

    def on_cancel(self) -> None:
        if self._typed_text.strip():
            self.dismiss(None)  # what is typed stays, for the next time
        else:
            super().on_cancel()


class NotedScreen(Sturdy, ModalScreen[None]):
    """All that is noted in an audit: reworded, shown, taken away."""

    CSS_PATH = "noting.tcss"
    INTRODUCTION = "Ce qui est noté dans cet audit ; rien n'y juge."
    OFFERS = (RewordNoted, MarkShown, MarkReply, RemoveNoted, Close)

    def __init__(
        self, session: AuditSession, done: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__()
        self.session = session
        """The audit."""
        self._done = done

    def compose(self) -> ComposeResult:
        with Vertical(id="noted"):
            yield Static(f"Noté : {self.session.about.title}", markup=False)
            yield Lines(
                (
                    ListColumn("Lieu", 20, narrow=14),
                    ListColumn("Question", 28, narrow=16, least=TINY),
                    ListColumn("", 10, least=TINY),
                    ListColumn("Texte"),
                ),
            )
            yield Static(id="noted-whole")
        yield KeyBar()

    def on_mount(self) -> None:
        empty = f"Rien n'est noté. {key_now(self.app, WriteNote)} note, partout."
        self.query_one(Lines).empty = empty
        self._refill()

    def can(self, command: CommandType) -> bool | None:
        if command is Close:
            return True
        one = self._chosen
        if one is None:
            return None
        return None if one.is_older and command in {MarkShown, MarkReply} else True

    @property
    def _chosen(self) -> Noted | None:
        key = self.query_one(Lines).key if self.is_mounted else None
        return next((one for one in noted_in(self.session) if one.id == key), None)

    def _refill(self) -> None:
        lines, shown = self.query_one(Lines), []
        for one in noted_in(self.session):
            asked = find_question_ever(self.session, one.seen.question)
            place = _where(self.session, one.seen.place)
            mark = "note" if one.is_older else one.mark
            text = " ".join(one.seen.text.split())
            shown.append(
                ListLine(one.id, (place, asked.label if asked else "", mark, text))
            )
        lines.show(shown)
        self._show_whole()

    @on(Lines.Moved)
    def _show_whole(self) -> None:
        one = self._chosen
        text = one.seen.text if one else ""
        self.query_one("#noted-whole", Static).update(Content(line(text)))
        self.refresh_bindings()

    @on(Lines.Chosen)
    def _opened(self) -> None:
        self.on_reword_noted()

    def on_reword_noted(self) -> None:
        one = self._chosen
        if one is None:
            return
        keep = partial(reword_noted, self.session, one.id)
        asked = Ask("Récrire ce qui est noté", one.seen.text, keep=keep)
        self.app.push_screen(asked, lambda _text: self._refill())

    def on_mark_shown(self) -> None:
        if one := self._chosen:
            mark_noted(self.session, one.id, shown=not one.seen.shown)
            self._refill()

    def on_mark_reply(self) -> None:
        if one := self._chosen:
            reply = not one.seen.reply
            mark_noted(self.session, one.id, shown=reply, reply=reply)
            self._refill()

    def on_remove_noted(self) -> None:
        if one := self._chosen:
            remove_noted(self.session, one.id)
            self._refill()

    def on_close(self) -> None:
        self.dismiss(None)
        self._done()


def _where(session: AuditSession, place: str) -> str:
    """Return where it is noted: the school is not named, the heading does."""
    if place in {"", session.facts.root}:
        return PLACES[session.about.kind][0].capitalize()
    return place_name(session, place)
