"""What people answered apart, of one audit or of all: the list, and what to do of each.

Places that two created apart, and that look like one, stand in it: proposed only. The
audits that wait for a second reader have a list beside it.
"""

from collections.abc import Callable
from functools import partial

from textual import events, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from diag.answers.answer_type import Parsed
from diag.answers.types import TYPES
from diag.audit.answer import UnlikelyAnswer
from diag.audit.session import AuditSession, listed
from diag.audit.undo import undo_last
from diag.model.errors import DiagError
from diag.office.conflicts import (
    CardTitle,
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
from diag.tui.commands import Command, CommandType
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


class KeepApart(Command, keys="d", title="Deux lieux", footer=True):
    """Ce sont deux lieux différents : ne plus les proposer, ici ni ailleurs."""


class ReviewAudit(Command, keys="enter", title="Relire", footer=True):
    """Ouvrir le bilan, pour accepter l'audit ou le retourner avec un motif."""


_NO_CONFLICT = "Rien à trancher : personne n'a dit autre chose qu'un autre."


class ConflictsScreen(PlaceScreen):
    """The conflicts of one audit, or of every audit here."""

    OFFERS = (OpenConflict, GiveBack, *EVERYWHERE)
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

    def on_screen_resume(self) -> None:
        """Read again: the user may have settled something."""
        self.read()

    def catch_up(self) -> None:
        """Show what another window wrote, once the user comes back to this one."""
        self.read()

    def read(self) -> None:
        """Read and show what is to be settled, as it stands now."""
        self._shown, lines = {}, list[ListLine]()
        sessions = self._sessions()
        for session in sessions:
            session.catch_up()
            found = {one.id: one for one in contested_of(session)}
            alike = {f"{one.kept.id} {one.other.id}": one for one in proposals(session)}
            self._shown |= {**found, **alike}
            if not self.ref and (found or alike):
                title = title_shown(session.workspace.territory, session.about)
                lines.append(ListLine("", (f" {title}",)))
            lines += [
                ListLine(key, (one.about, summary_line(one)))
                for key, one in found.items()
            ]
            lines += [
                ListLine(key, (one.about, one.asked)) for key, one in alike.items()
            ]
        about = sessions[0].about.name if self.ref else "tous les audits"
        twice = sum(isinstance(one, PlaceMerge) for one in self._shown.values())
        counted = unsettled_words(len(self._shown) - twice, twice)
        self.set_title(f"À trancher : {counted}" if counted else "À trancher", about)
        self.query_one(Lines).show(lines)
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command is OpenConflict:
            return True if self._shown else None
        return (True if self._last else None) if command is GiveBack else True

    def _sessions(self) -> list[AuditSession]:
        """Return the audits as the other screens hold them, when they may."""
        desk, workspace = self.diag.desk, self.diag.desk.workspace
        if self.ref:
            return [desk.session(self.ref)]
        found = []
        for one in listed(workspace):
            session = AuditSession(workspace, one.audit, one.about)
            if one.audit.campaign == workspace.campaign:
                held = desk.session(one.about.ref)
                session = held if held.audit.id == one.audit.id else session
            found.append(session)
        return found

    def on_open_conflict(self) -> None:
        shown = self._shown.get(self.query_one(Lines).key)
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


class SettlingScreen(PlaceScreen):
    """What to settle in an audit, read whole; once it is, one is back where one was."""

    CSS_PATH = "conflicts.tcss"
    HEADING = "À trancher"

    def __init__(self, session: AuditSession, done: Callable[[str], object]) -> None:
        super().__init__()
        self._session = session
        self._done = done

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(id="card")

    def on_mount(self) -> None:
        self.set_title(self.HEADING, self._session.about.title)

    def settled(self, words: str) -> None:
        """Say what was decided, and leave."""
        self.diag.inform(f"{words}.")
        self.diag.go_back()
        self._done(words)


class ConflictScreen(SettlingScreen):
    """One conflict. What is settled is one revision, over all that is shown."""

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
    INTRODUCTION = (
        "Qui a dit quoi, à partir de quoi ? Retenez un candidat, écrivez une autre "
        "réponse, ou laissez ouvert en disant pourquoi. Rien n'est perdu : "
        "l'historique garde tout, et « Annuler » rend le choix."
    )

    def __init__(self, shown: Contested, done: Callable[[str], object]) -> None:
        super().__init__(shown.session, done)
        self.shown = shown
        """The conflict, as it stood when the user opened it."""

    def on_resize(self, event: events.Resize) -> None:
        width = max(event.size.width - _MARGIN, 30)
        words = [
            Content.styled(line(each), "bold" if isinstance(each, CardTitle) else "")
            for each in card_lines(self.shown, width)
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
        self.settled(f"Tranché : {words}")

    @work
    async def on_write_third(self) -> None:
        """Ask for another answer; one that is unlikely is to be confirmed."""
        typed = await self._ask_third()
        if typed is None:
            return
        question = self.shown.question
        given: str | Parsed = typed
        if question is not None and self.shown.can_leave:
            today = self.diag.desk.workspace.world.today()
            given = TYPES[question.type].parse_keys(question, typed, today)
        try:
            write(self.shown, given)
        except UnlikelyAnswer as doubt:
            asked = f"{doubt.named_problem}\nL'écrire quand même ?"
            if not await self.app.push_screen_wait(Confirm(asked, yes="Écrire")):
                return
            write(self.shown, given, sure=True)
        self.call_later(self.settled, f"Tranché : {line(typed)}")

    async def _ask_third(self) -> str | None:
        question, about = self.shown.question, self.shown.about
        asked = f"{about} : quelle réponse ?"
        if question is None or not self.shown.can_leave:
            words = []
            for one in self.shown.candidates:
                body = one.revision.value
                name = str(body.get("name", "")) if isinstance(body, dict) else ""
                words.append(name if question is None else one.words)
            joined = " ".join(" ; ".join(words).split())
            return await self.app.push_screen_wait(Ask(asked, joined))
        answers = TYPES[question.type]
        if answers.is_one_choice:
            choices = [ListChoice(one.id, one.label) for one in question.choices]
            return await self.app.push_screen_wait(ChooseDialog(asked, choices))
        body = self.shown.candidates[0].revision.value
        value = body.get("value") if isinstance(body, dict) else None
        first = value if answers.is_text and isinstance(value, str) else ""
        today = self.diag.desk.workspace.world.today()
        check = partial(answers.parse_keys, question, today=today)
        hint = answers.wanted(question)
        return await self.app.push_screen_wait(Ask(asked, first, hint, check))

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
        self.settled("Laissé ouvert ; le commentaire est dans la note")

    def on_keep_place(self) -> None:
        keep(self.shown)
        self.settled("Lieu gardé")

    def on_remove_place(self) -> None:
        remove(self.shown)
        self.settled("Lieu retiré")


def _check_reason(typed: str) -> None:
    if not typed.strip():
        raise DiagError("Dites pourquoi, en quelques mots.")


class MergeScreen(SettlingScreen):
    """Two places. Nothing is written before a person decides what they are."""

    HEADING = "Un lieu ou deux ?"
    OFFERS = (KeepFirst, KeepSecond, KeepApart, *EVERYWHERE)
    INTRODUCTION = (
        "Est-ce le même lieu, créé par deux personnes chacune de son côté ? Rien n'est "
        "copié ni perdu : « Annuler », dans la liste, revient sur votre choix."
    )

    def __init__(self, shown: PlaceMerge, done: Callable[[str], object]) -> None:
        super().__init__(shown.session, done)
        self.shown = shown
        """What reading both as one would do, as it stood when the user opened it."""

    def on_mount(self) -> None:
        super().on_mount()
        words = [Content(line(each)) for each in merge_lines(self.shown)]
        self.query_one("#card", Static).update(Content("\n").join(words))

    def on_keep_first(self) -> None:
        self._merge(self.shown)

    def on_keep_second(self) -> None:
        shown = self.shown
        self._merge(merge_of(shown.session, shown.other.id, shown.kept.id))

    def on_keep_apart(self) -> None:
        keep_apart(self.shown)
        self.settled("Deux lieux différents : ils ne seront plus proposés")

    def _merge(self, found: PlaceMerge) -> None:
        merge(found)
        self.settled(f"Lus comme un seul lieu : {line(found.kept.name)}")


_NO_REVIEW = "Aucun audit n'attend de relecture."


class ReviewsScreen(PlaceScreen):
    """What was submitted, by whom and when; the first to wait first."""

    OFFERS = (ReviewAudit, *EVERYWHERE)
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

    def on_review_audit(self) -> None:
        ref, _, campaign = self.query_one(Lines).key.partition("/")
        desk = self.diag.desk
        if ref:
            own = desk.workspace.campaign
            desk.choose(ref, "" if campaign == own else campaign)
            self.diag.go_bilan(ref)
