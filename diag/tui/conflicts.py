"""What people answered apart, of one audit or of all: the list, and what to do of each.

Places that two created apart, and that look like one, stand in it: proposed only. The
audits that wait for a second reader have a list beside it.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from diag.answers.answer_type import Parsed
from diag.answers.types import TYPES
from diag.audit.answer import UnlikelyAnswer
from diag.audit.session import AuditSession, Listed, listed
from diag.audit.undo import undo_last
from diag.model.checklist import Question
from diag.model.errors import DiagError
from diag.office.conflicts import (
    Contested,
    card_lines,
    contested_of,
    keep,
    leave,
    remove,
    summary_line,
    take,
    unsettled_words,
    write,
)
from diag.office.merging import (
    PlaceMerge,
    keep_apart,
    merge,
    merge_lines,
    merge_of,
    proposals,
)
from diag.office.supervision import to_review
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import Ask, ChooseDialog, Confirm, ListChoice
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import line
from diag.words.dates import day_words
from diag.workspace.subjects import title_shown


class OpenConflict(Command, keys="enter", title="Ouvrir", footer=True):
    """Ouvrir le conflit : qui a dit quoi, à partir de quoi."""


class GiveBack(Command, keys="ctrl+z", title="Annuler", footer=True):
    """Annuler votre dernière saisie dans l'audit du conflit tranché en dernier."""


class TakeFirst(Command, keys="a", title="Retenir A", footer=True):
    """Retenir le candidat A ; « Annuler », dans la liste ou la visite, y revient."""


class TakeSecond(Command, keys="b", title="Retenir B", footer=True):
    """Retenir le candidat B."""


class TakeOther(Command, keys="r", title="Retenir un autre"):
    """Retenir un candidat, quand il y en a plus de deux."""


class WriteThird(Command, keys="e", title="Écrire", footer=True):
    """Écrire une autre réponse à la place de celles-ci."""


class LeaveOpen(Command, keys="l", title="Laisser", footer=True):
    """Laisser le conflit ouvert, avec un commentaire qui rejoint la note."""


class KeepPlace(Command, keys="g", title="Garder", footer=True):
    """Garder le lieu, avec ce qui y a été écrit."""


class RemovePlace(Command, keys="s", title="Retirer", footer=True):
    """Retirer le lieu malgré ce qui y a été écrit ; l'historique garde tout."""


class KeepFirst(Command, keys="a", title="Un seul : A", footer=True):
    """C'est le même lieu : le lire comme un seul, sous le nom de A."""


class KeepSecond(Command, keys="b", title="Un seul : B", footer=True):
    """C'est le même lieu : le lire comme un seul, sous le nom de B."""


class TellApart(Command, keys="d", title="Deux lieux", footer=True):
    """Ce sont deux lieux différents : ne plus les proposer, ici ni ailleurs."""


class ReviewAudit(Command, keys="enter", title="Relire", footer=True):
    """Ouvrir le bilan, pour accepter l'audit ou le retourner avec un motif."""


_NO_CONFLICT = "Rien à trancher : personne n'a dit autre chose qu'un autre."


class ConflictsScreen(PlaceScreen):
    """The conflicts of one audit, or of every audit here."""

    OFFERS = (OpenConflict, GiveBack, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qui dit autre chose que qui ? Entrée ouvre un conflit. Tant qu'il est "
        "ouvert, le score compte les deux réponses, et les rapports le disent."
    )

    def __init__(self, ref: str = "") -> None:
        super().__init__()
        self.ref = ref
        """Whom the audit is about; empty for every audit."""
        self._shown: dict[str, Contested | PlaceMerge] = {}
        self._last: AuditSession | None = None

    def body(self) -> ComposeResult:
        yield Lines(
            (ListColumn("Sur quoi"), ListColumn("Ce qui est dit")), empty=_NO_CONFLICT
        )

    def on_mount(self) -> None:
        self.query_one(Lines).focus()

    def on_screen_resume(self) -> None:
        """Read again: the user may have settled something."""
        self.read()

    def catch_up(self) -> None:
        """Show what another window wrote, once the user comes back to this one."""
        self.read()

    def read(self) -> None:
        """Read and show what is to be settled, as it stands now."""
        self._shown = {}
        lines: list[ListLine] = []
        for session in self._sessions():
            session.catch_up()
            if found := self.lines_of(session):
                if not self.ref:
                    territory = self.diag.desk.workspace.territory
                    title = title_shown(territory, session.about)
                    lines.append(ListLine("", (f" {title}",)))
                lines += found
        about = self._sessions()[0].about.name if self.ref else "tous les audits"
        twice = sum(isinstance(one, PlaceMerge) for one in self._shown.values())
        counted = unsettled_words(len(self._shown) - twice, twice)
        self.set_title(f"À trancher : {counted}" if counted else "À trancher", about)
        self.query_one(Lines).show(lines)
        self.refresh_keys()

    def lines_of(self, session: AuditSession) -> Sequence[ListLine]:
        """Give the lines of one audit."""
        found = {one.id: one for one in contested_of(session)}
        twice = {f"{one.kept.id} {one.other.id}": one for one in proposals(session)}
        self._shown |= {**found, **twice}
        return [
            *(
                ListLine(key, (one.about, summary_line(one)))
                for key, one in found.items()
            ),
            *(ListLine(key, (one.about, one.asked)) for key, one in twice.items()),
        ]

    def can(self, command: CommandType) -> bool | None:
        if command is OpenConflict:
            return True if self._shown else None
        return (True if self._last else None) if command is GiveBack else True

    def _sessions(self) -> list[AuditSession]:
        if self.ref:
            return [self.diag.desk.session(self.ref)]
        workspace = self.diag.desk.workspace
        return [self._session(one) for one in listed(workspace)]

    def _session(self, one: Listed) -> AuditSession:
        """Return the audit as the other screens hold it, when they may."""
        desk = self.diag.desk
        if one.audit.campaign == desk.workspace.campaign:
            held = desk.session(one.about.ref)
            if held.audit.id == one.audit.id:
                return held
        return AuditSession(desk.workspace, one.audit, one.about)

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self._open(event.key)

    def on_open_conflict(self) -> None:
        self._open(self.query_one(Lines).key)

    def _open(self, key: str) -> None:
        shown = self._shown.get(key)
        if shown is None:
            return

        def did(_words: str) -> None:
            self._last = shown.session

        if isinstance(shown, PlaceMerge):
            self.app.push_screen(MergeScreen(shown, did))
        else:
            self.app.push_screen(ConflictScreen(shown, did))

    def on_give_back(self) -> None:
        if self._last is not None:
            undo_last(self._last)
            self.read()
            self.diag.inform("Annulé : c'est de nouveau à trancher.")


_MARGIN = 5
"""Columns taken by the padding and the scrollbar."""

_TWO = 2
_CANDIDATE = re.compile(r"  [A-P]\. ")


class ConflictScreen(PlaceScreen):
    """One conflict. What is settled is one revision, over all that is shown."""

    CSS_PATH = "conflicts.tcss"
    OFFERS = (
        TakeFirst,
        TakeSecond,
        TakeOther,
        WriteThird,
        LeaveOpen,
        KeepPlace,
        RemovePlace,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qui a dit quoi, à partir de quoi ? Retenez un candidat, écrivez une autre "
        "réponse, ou laissez ouvert en disant pourquoi. Rien n'est perdu : "
        "l'historique garde tout, et « Annuler » rend le choix."
    )

    def __init__(
        self, shown: Contested, done: Callable[[str], object] = lambda _words: None
    ) -> None:
        super().__init__()
        self.shown = shown
        """The conflict, as it stood when the user opened it."""
        self._done = done

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(id="card")

    def on_mount(self) -> None:
        self.set_title("À trancher", self.shown.session.about.title)
        self.query_one(VerticalScroll).focus()

    def on_resize(self, event: events.Resize) -> None:
        width = max(event.size.width - _MARGIN, 30)
        words = [
            Content.styled(
                line(each), "" if rank and not _CANDIDATE.match(each) else "bold"
            )
            for rank, each in enumerate(card_lines(self.shown, width))
        ]
        self.query_one("#card", Static).update(Content("\n").join(words))

    def can(self, command: CommandType) -> bool | None:
        shown = self.shown
        if command in {KeepPlace, RemovePlace}:
            return bool(shown.edits)
        if command in {TakeFirst, TakeSecond}:
            return not shown.edits
        if command is TakeOther:
            return len(shown.candidates) > _TWO
        if command is WriteThird:
            return shown.can_write
        return shown.can_leave if command is LeaveOpen else True

    def on_take_first(self) -> None:
        self._take("A")

    def on_take_second(self) -> None:
        self._take("B")

    @work
    async def on_take_other(self) -> None:
        choices = [
            ListChoice(one.letter, f"{one.letter}. {one.words}", one.who)
            for one in self.shown.candidates
        ]
        chosen = await self.app.push_screen_wait(ChooseDialog("Que retenir ?", choices))
        if chosen is not None:
            self.call_later(self._take, chosen)

    def _take(self, letter: str) -> None:
        words = self.shown.candidate(letter).words
        take(self.shown, letter)
        self._settled(f"Tranché : {words}")

    @work
    async def on_write_third(self) -> None:
        """Ask for another answer; one that is unlikely is to be confirmed."""
        typed = await self._ask_third()
        if typed is None:
            return
        given, sure = self._parsed(typed), False
        try:
            write(self.shown, given)
        except UnlikelyAnswer as doubt:
            sure = True
            question = f"{doubt.named_problem}\nL'écrire quand même ?"
            if not await self.app.push_screen_wait(Confirm(question, yes="Écrire")):
                return
        if sure:
            write(self.shown, given, sure=True)
        self.call_later(self._settled, f"Tranché : {line(typed)}")

    async def _ask_third(self) -> str | None:
        question, about = self.shown.question, self.shown.about
        asked = f"{about} : quelle réponse ?"
        if question is not None and self.shown.can_leave:
            if TYPES[question.type].is_one_choice:
                choices = [ListChoice(one.id, one.label) for one in question.choices]
                return await self.app.push_screen_wait(ChooseDialog(asked, choices))
            hint = TYPES[question.type].wanted(question)
            check = partial(TYPES[question.type].parse_keys, question)
            first = self._editable(question)
            return await self.app.push_screen_wait(Ask(asked, first, hint, check))
        joined = " ; ".join(
            one.words if question is not None else _name(one.revision.value)
            for one in self.shown.candidates
        )
        return await self.app.push_screen_wait(Ask(asked, " ".join(joined.split())))

    def _editable(self, question: Question) -> str:
        if not TYPES[question.type].is_text:
            return ""
        body = self.shown.candidates[0].revision.value
        value = body.get("value") if isinstance(body, dict) else None
        return value if isinstance(value, str) else ""

    def _parsed(self, typed: str) -> str | Parsed:
        question = self.shown.question
        if question is None or not self.shown.can_leave:
            return typed
        return TYPES[question.type].parse_keys(question, typed)

    @work
    async def on_leave_open(self) -> None:
        asked = f"{self.shown.about} : pourquoi le laisser ouvert ?"
        hint = "par exemple : à demander à la directrice"
        comment = await self.app.push_screen_wait(
            Ask(asked, hint=hint, keep=_check_reason)
        )
        if comment is not None:
            self.call_later(self._leave, comment)

    def _leave(self, comment: str) -> None:
        leave(self.shown, comment)
        self._settled("Laissé ouvert ; le commentaire est dans la note")

    def on_keep_place(self) -> None:
        keep(self.shown)
        self._settled("Lieu gardé")

    def on_remove_place(self) -> None:
        remove(self.shown)
        self._settled("Lieu retiré")

    def _settled(self, words: str) -> None:
        self.diag.inform(f"{words}.")
        self.diag.go_back()
        self._done(words)


def _check_reason(typed: str) -> None:
    if not typed.strip():
        raise DiagError("Dites pourquoi, en quelques mots.")


def _name(value: object) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""


class MergeScreen(PlaceScreen):
    """Two places. Nothing is written before a person decides what they are."""

    CSS_PATH = "conflicts.tcss"
    OFFERS = (KeepFirst, KeepSecond, TellApart, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Est-ce le même lieu, créé par deux personnes chacune de son côté ? Rien n'est "
        "copié ni perdu : « Annuler », dans la liste, revient sur votre choix."
    )

    def __init__(
        self, shown: PlaceMerge, done: Callable[[str], object] = lambda _words: None
    ) -> None:
        super().__init__()
        self.shown = shown
        """What reading both as one would do, as it stood when the user opened it."""
        self._done = done

    def body(self) -> ComposeResult:
        words = [Content(line(each)) for each in merge_lines(self.shown)]
        with VerticalScroll():
            yield Static(Content("\n").join(words))

    def on_mount(self) -> None:
        self.set_title("Un lieu ou deux ?", self.shown.session.about.title)
        self.query_one(VerticalScroll).focus()

    def on_keep_first(self) -> None:
        self._merge(self.shown)

    def on_keep_second(self) -> None:
        shown = self.shown
        self._merge(merge_of(shown.session, shown.other.id, shown.kept.id))

    def on_tell_apart(self) -> None:
        keep_apart(self.shown)
        self._settled("Deux lieux différents : ils ne seront plus proposés")

    def _merge(self, found: PlaceMerge) -> None:
        merge(found)
        self._settled(f"Lus comme un seul lieu : {line(found.kept.name)}")

    def _settled(self, words: str) -> None:
        self.diag.inform(f"{words}.")
        self.diag.go_back()
        self._done(words)


_NO_REVIEW = "Aucun audit n'attend de relecture."


class ReviewsScreen(PlaceScreen):
    """What was submitted, by whom and when; the first to wait first."""

    OFFERS = (ReviewAudit, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Quels audits attendent une relecture ? Entrée ouvre le bilan ; « État de "
        "l'audit » y accepte, ou retourne avec un motif que l'ingénieur lira."
    )

    def body(self) -> ComposeResult:
        columns = (
            ListColumn("Audit"),
            ListColumn("Campagne", 11, least=TINY),
            ListColumn("Soumis par", 20, narrow=16, least=TINY),
            ListColumn("Le", 10),
        )
        yield Lines(columns, empty=_NO_REVIEW)

    def on_mount(self) -> None:
        self.query_one(Lines).focus()

    def on_screen_resume(self) -> None:
        """Read again: the user may have judged an audit."""
        workspace = self.diag.desk.workspace
        found = to_review(workspace)
        lines = [
            ListLine(
                f"{one.session.about.ref}/{one.session.audit.campaign}",
                (
                    title_shown(workspace.territory, one.session.about),
                    one.session.audit.campaign,
                    one.who,
                    day_words(one.at),
                ),
            )
            for one in found
        ]
        self.set_title("À relire", f"{len(found)} en attente" if found else "")
        self.query_one(Lines).show(lines)
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command is ReviewAudit:
            return True if self.query_one(Lines).lines else None
        return True

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self._open(event.key)

    def on_review_audit(self) -> None:
        self._open(self.query_one(Lines).key)

    def _open(self, key: str) -> None:
        ref, _, campaign = key.partition("/")
        desk = self.diag.desk
        if ref:
            own = desk.workspace.campaign
            desk.choose(ref, "" if campaign == own else campaign)
            self.diag.go_bilan(ref)
