"""What follows a bilan: the state of an advice, one of the user's own, documents."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.audit.advising import add_own, decide, drawn, handled
from diag.audit.session import AuditSession
from diag.documents import AUDIENCES
from diag.model.audit import FollowUp
from diag.model.enums import Decision, FollowUpState, Owner
from diag.model.errors import DiagError
from diag.model.text import as_digits
from diag.model.votes import Vote, VoteHand
from diag.tui.commands import Command, KeyPlace, Sturdy, bindings_of
from diag.tui.dialogs import Close, Field, FormDialog
from diag.tui.place import KeyBar, open_outside
from diag.tui.text import Sentence, content
from diag.words.dates import day_typed, written_day
from diag.words.vocabulary import FOLLOW_UPS, OWNERS


class OpenReport(Command, keys="o", title="Ouvrir", place=KeyPlace.WINDOW, footer=True):
    """Ouvrir le premier document avec la visionneuse du système."""


class OpenReportFolder(
    Command, keys="d", title="Dossier", place=KeyPlace.WINDOW, footer=True
):
    """Ouvrir le dossier des rapports."""


_DOCUMENTS = {str(audience): found.title for audience, found in AUDIENCES.items()}
"""What reports are called, by the name of their file; others keep that name."""


WHOLE_VOTE = "vote"
"""Choice beside the states of an action: to follow its vote."""


class FollowUpDialog(FormDialog):
    """Asks where it stands, since when, who decided and why; gives the state.

    With a vote, offers to follow it as a whole: then gives `WHOLE_VOTE`, and keeps
    nothing.
    """

    def __init__(
        self,
        title: str,
        step: FollowUp,
        keep: Callable[[FollowUp], None],
        vote: Vote | None = None,
    ) -> None:
        super().__init__(f"Suite : {title}")
        self._step = step
        self._keep = keep
        self._vote = vote

    def options(self) -> tuple[tuple[str, str], ...]:
        states = tuple((str(one), FOLLOW_UPS[one]) for one in FollowUpState)
        if self._vote is None:
            return states
        words = f"tout le vote {self._vote.number} : ce que le conseil a décidé"
        return (*states, (WHOLE_VOTE, words))

    def chosen_first(self) -> str:
        return str(self._step.state)

    def fields(self) -> tuple[Field, ...]:
        day = date.fromisoformat(self._step.on).strftime("%d/%m/%Y")
        return (
            Field("on", "Date", day, "31/01/2027"),
            Field("by", "Qui a décidé", "", "conseil municipal, comité de pilotage…"),
            Field("why", "Pourquoi", "", "obligatoire pour écarter"),
        )

    def keep(self) -> str:
        """Add the step.

        Raises:
            DiagError: a date that is none, or set aside without a reason.
        """
        if self.chosen == WHOLE_VOTE:
            return WHOLE_VOTE
        state, on = FollowUpState(self.chosen), self.value("on")
        today = date.fromisoformat(self._step.on)
        self._keep(
            self._step.model_copy(
                update={
                    "state": state,
                    "on": day_typed(on, until=today).isoformat() if on.strip() else "",
                    "by": self.value("by"),
                    "why": self.value("why"),
                }
            )
        )
        return str(state)


class DecisionDialog(FormDialog):
    """Asks what the council decided of a frozen vote; gives the council's day."""

    def __init__(self, session: AuditSession, vote: Vote, day: str) -> None:
        super().__init__(f"Vote {vote.number} : {vote.title}")
        self._session, self._vote, self._day = session, vote, day

    def options(self) -> tuple[tuple[str, str], ...]:
        return (
            (str(Decision.OUI), "oui : votée"),
            (str(Decision.NON), "non : écartée"),
            (str(Decision.AJOURNE), "ajourné : reportée"),
        )

    def fields(self) -> tuple[Field, ...]:
        return (
            Field("on", "Jour du conseil", self._day, "31/01/2027"),
            Field("reason", "Délibération", "", "obligatoire pour un non"),
            Field("due", "Nouvelle date", "", "obligatoire pour un vote ajourné"),
        )

    def keep(self) -> str:
        """Note it for all actions of the vote.

        Raises:
            DiagError: a date that is none, or what this decision needs is missing.
        """
        due, today = self.value("due").strip(), self._session.workspace.world.today()
        day = day_typed(self.value("on"), until=today)
        decide(
            self._session,
            self._vote,
            Decision(self.chosen),
            day,
            reason=self.value("reason"),
            due=day_typed(due, since=today) if due else None,
        )
        return f"{day:%d/%m/%Y}"


class OwnAdviceDialog(FormDialog):
    """Asks who acts, what is to be done, why, at which cost; gives its id."""

    def __init__(self, session: AuditSession) -> None:
        super().__init__("Nouvelle préconisation, de votre main")
        self._session = session

    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(one), f"Agit : {OWNERS[one]}") for one in Owner)

    def fields(self) -> tuple[Field, ...]:
        return (
            Field("title", "Que faire", "", "Repeindre la classe des grands en clair"),
            Field("why", "Pourquoi"),
            Field("euros", "Coût en € HT", "", "vide : sans dépense"),
            Field("delay", "Délai en mois", "", "vide : prochain budget"),
        )

    def keep(self) -> str:
        """Add it.

        Raises:
            DiagError: empty title, or an amount or a delay that is none.
        """
        months = as_digits(self.value("delay")).strip()
        if months and not months.isdecimal():
            raise DiagError(
                f"Délai refusé : « {months[:20]} » n'est pas un nombre de mois.",
                about="delay",
            )
        return add_own(
            self._session,
            self.value("title"),
            owner=Owner(self.chosen),
            why=self.value("why"),
            euros=as_digits(self.value("euros")),
            delay=f"P{months}M" if months else "",
        ).id


AS_COMPUTED, UNMOVED = "calcul", ""
"""Choices beside the votes that an action may join."""


class VoteDialog(FormDialog):
    """Asks with which vote an action goes, in which words, when and why."""

    def __init__(self, session: AuditSession, ident: str) -> None:
        super().__init__("Le vote de cette préconisation, avant la clôture")
        self._session, self._ident = session, ident
        self._votes = drawn(session).votes
        self.hand: VoteHand | None = None
        """What was asked, to be previewed; None: as computed."""

    def options(self) -> tuple[tuple[str, str], ...]:
        others = (one for one in self._votes if self._ident not in one.actions)
        return (
            (UNMOVED, "Rester dans le même vote"),
            (self._ident, "En faire un vote à part"),
            *((one.actions[0], f"Rejoindre : {one.title}") for one in others),
            (AS_COMPUTED, "Revenir à ce qui était calculé"),
        )

    def fields(self) -> tuple[Field, ...]:
        kept = self._session.hands.get(self._ident, VoteHand())
        return (
            Field("title", "Ce qui est voté", kept.title, "60 caractères au plus"),
            Field("otherwise", "Sinon", kept.otherwise, "110 au plus : un fait"),
            Field("due", "Avant le", written_day(kept.due), "31/01/2027"),
            Field("why", "Pourquoi", "", "obligatoire : l'historique le garde"),
        )

    def keep(self) -> str:
        """Check what is asked; nothing is recorded yet.

        Raises:
            DiagError: what the engineer may not do to a vote, or no reason.
        """
        if self.chosen == AS_COMPUTED:
            self.hand = None
            return AS_COMPUTED
        due = self.value("due").strip()
        self.hand = handled(
            self._session,
            self._ident,
            into=self.chosen,
            due=day_typed(due) if due else None,
            title=self.value("title"),
            otherwise=self.value("otherwise"),
            why=self.value("why"),
        )
        return self._ident


class WrittenDialog(Sturdy, ModalScreen[None]):
    """Shows which files were written, and where."""

    CSS_PATH = "dialogs.tcss"
    OFFERS = (OpenReport, OpenReportFolder, Close)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, files: Sequence[Path], title: str, closing_key: str) -> None:
        super().__init__()
        self._title = title
        self.files = tuple(files)
        """What was written."""
        self._closing_key = closing_key

    def compose(self) -> ComposeResult:
        stems = tuple(dict.fromkeys(path.stem for path in self.files))
        forms = ", ".join(dict.fromkeys(path.suffix[1:].upper() for path in self.files))
        words = [
            f"{', '.join(_DOCUMENTS.get(stem, stem) for stem in stems)} ({forms})",
            "",
            str(self.files[0].parent),
        ]
        if key := self._closing_key:
            state = "Provisoires" if len(stems) > 1 else "Provisoire"
            words += ["", f"{state} : l'audit n'est pas clos ({key}, puis « Clore »)."]
        with Vertical(classes="dialog"):
            yield Static(content(self._title), classes="title")
            yield Sentence("\n".join(words), classes="text")
        yield KeyBar()

    def on_open_report(self) -> None:
        """Open the first page: the mayor's, among reports."""
        pages = [path for path in self.files if path.suffix == ".html"]
        open_outside(self.app, pages[0])

    def on_open_report_folder(self) -> None:
        open_outside(self.app, self.files[0].parent)

    def on_close(self) -> None:
        self.dismiss(None)
