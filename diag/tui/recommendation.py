"""What is written of a recommendation: what follows it, how it is voted, its words."""

from collections.abc import Callable, Iterable
from datetime import date

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Markdown, Static, TextArea

from diag.audit import advising, remarks
from diag.audit.advising import add_own, decide, handled, votes_today
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.write import preview
from diag.model.audit import FollowUp
from diag.model.checklist import Wording
from diag.model.enums import USUAL_READER, Audience, Decision, FollowUpState, Owner
from diag.model.errors import DiagError
from diag.model.text import as_digits
from diag.model.votes import Vote, VoteHand
from diag.tui.commands import Back, Command, Help, KeyPlace
from diag.tui.dialogs import READING, Confirm, Field, FormDialog
from diag.tui.lists import Tabs
from diag.tui.place import PlaceScreen
from diag.tui.text import content
from diag.words.dates import day_typed, written_day
from diag.words.vocabulary import AUDIENCES, FOLLOW_UPS, OWNERS, PART_WORDS, PARTS

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
        self._votes = votes_today(session).votes
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
        today = self._session.workspace.world.today()
        self.hand = handled(
            self._session,
            self._ident,
            into=self.chosen,
            due=day_typed(due, since=today) if due else None,
            title=self.value("title"),
            otherwise=self.value("otherwise"),
            why=self.value("why"),
        )
        return self._ident


class NextReader(
    Command,
    keys="f3",
    title="Destinataire suivant",
    footer=True,
    priority=True,
    place=KeyPlace.REWORD,
):
    """Passer au destinataire suivant ; ce qui est écrit est gardé."""


class DeclaredWords(
    Command,
    keys="f5",
    title="Mots des grilles",
    footer=True,
    priority=True,
    place=KeyPlace.REWORD,
):
    """Revenir aux mots des grilles pour ce destinataire, après confirmation."""


class DropWords(
    Command, keys="delete", title="Laisser tomber", footer=True, place=KeyPlace.REWORD
):
    """Laisser tomber le texte refusé ; ce qui était enregistré avant lui reste."""


class Mend(
    Command, keys="escape", title="Corriger", footer=True, place=KeyPlace.REWORD
):
    """Revenir au texte refusé, pour le corriger."""


class Faulty(Confirm):
    """Asks what becomes of a text that is refused: mended, or dropped."""

    PLACE = KeyPlace.REWORD
    OFFERS = (DropWords, Mend)
    BINDINGS = READING

    def __init__(self, refusal: str) -> None:
        super().__init__(
            refusal, yes="Laisser tomber ce texte", no="Corriger", grave=True
        )

    def on_drop_words(self) -> None:
        self.dismiss(True)

    def on_mend(self) -> None:
        self.dismiss(False)


class RewordScreen(PlaceScreen):
    """One recommendation's words; each part is kept when the user leaves it."""

    CSS_PATH = "recommendation.tcss"
    PLACE = KeyPlace.REWORD
    OFFERS = (NextReader, DeclaredWords, Back, Help)
    INTRODUCTION = (
        "Chaque destinataire lit la préconisation dans ses mots. Le texte est gardé "
        "dès que l'on quitte une partie ; {quantite}, {cout}, {lieux} et {echeance} "
        "sont remplis par les faits."
    )

    def __init__(self, session: AuditSession, ident: str) -> None:
        super().__init__()
        self._session = session
        self.ident = ident
        """The recommendation."""
        self.audience: Audience = USUAL_READER
        """The reader whose words are shown."""
        self._report = report_of(session)
        self._previewed = ""

    def body(self) -> ComposeResult:
        yield Tabs(AUDIENCES.items(), "Pour ", id="readers")
        with Horizontal():
            with VerticalScroll(id="parts", can_focus=False):
                for name, label in PART_WORDS.items():
                    yield Static(content(label), classes="label", id=f"label-{name}")
                    area = TextArea(id=name, soft_wrap=True, tab_behavior="focus")
                    area.cursor_blink = False
                    yield area
            with VerticalScroll(id="preview", can_focus=False):
                yield Markdown(open_links=False)

    def on_mount(self) -> None:
        self._show()

    @property
    def _names(self) -> tuple[str, ...]:
        return PARTS[self.audience]

    def _area(self, name: str) -> TextArea:
        return self.query_one(f"#{name}", TextArea)

    @property
    def words(self) -> dict[str, str]:
        """What is written now, part by part."""
        return {name: self._area(name).text for name in self._names}

    @property
    def _kept(self) -> Wording:
        """What is kept, part by part."""
        return remarks.current_wording(self._session, self.ident, self.audience)

    def _show(self) -> None:
        report = self._report = report_of(self._session)
        action = report.plan.action(self.ident)
        title = report.title(action) if action else self.ident
        self.set_title(f"Reformuler : {title}")
        self.query_one(Tabs).show(self.audience)
        words = self._kept
        for name in PART_WORDS:
            shown = name in self._names
            self._area(name).display = shown
            self.query_one(f"#label-{name}").display = shown
            kept = self.diag.desk.draft_of(self._draft(name))
            text = getattr(words, name) if shown else ""
            self._area(name).load_text(text if kept is None else kept)
        self._area("title").focus()
        self._preview()

    def _draft(self, name: str) -> str:
        """Return what a part's text is about, until it is kept."""
        return f"{self._session.audit.id} {self.ident} {self.audience} {name}"

    @on(TextArea.Changed)
    def _keep_draft(self, event: TextArea.Changed) -> None:
        name = event.text_area.id or ""
        words = self._kept
        text = event.text_area.text
        if name in self._names:
            draft = text if text != getattr(words, name) else None
            self.diag.desk.keep_draft(self._draft(name), draft)
        self._preview()

    def _preview(self) -> None:
        text = preview(self._report, self.ident, self.audience, self.words)
        if text != self._previewed:  # each part that is shown asks
            self._previewed = text
            self.query_one(Markdown).update(text)

    @on(events.DescendantBlur)
    def _left(self, event: events.DescendantBlur) -> None:
        if event.widget.id in self._names:
            self._keep([event.widget.id])

    def _keep(self, names: Iterable[str]) -> None:
        """Keep what changed in these parts.

        Raises:
            DiagError: when a text is faulty; what was typed stays.
        """
        if changed := self._other_than(self._kept, names):
            advising.reword(self._session, self.ident, self.audience, changed)
            self._forget_drafts(changed)
            self.diag.inform("Texte enregistré.")

    def _forget_drafts(self, names: Iterable[str]) -> None:
        for name in names:
            self.diag.desk.keep_draft(self._draft(name), None)

    def _keep_then(self, go_on: Callable[[], None]) -> None:
        """Keep every part, then go on; what is refused is mended, or dropped."""
        try:
            self._keep(self._names)
        except DiagError as error:
            faulty = [error.about]
            if error.about not in self._names:
                faulty = list(self._other_than(self._kept, self._names))

            def answered(dropped: bool | None) -> None:  # noqa: FBT001 - Textual's
                if not dropped:
                    self._area(faulty[0]).focus()
                    return
                self._forget_drafts(self._names)
                kept = self._kept  # a sync may have brought other words meanwhile
                for name in faulty:
                    self._area(name).load_text(getattr(kept, name))
                self._keep_then(go_on)

            words = f"{error}\n\n{self._written_words(faulty)}"
            self.app.push_screen(Faulty(words), answered)
        else:
            go_on()

    def _other_than(self, words: Wording, names: Iterable[str]) -> dict[str, str]:
        return {
            name: text
            for name in names
            if (text := self._area(name).text).strip() != getattr(words, name)
        }

    def _written_words(self, names: Iterable[str]) -> str:
        return "\n".join(f"{PART_WORDS[name]} : {self.words[name]}" for name in names)

    def refused(self, error: DiagError) -> None:
        """Stand on the part that is refused."""
        if error.about in self._names:
            self._area(error.about).focus()

    def on_next_reader(self) -> None:
        readers = list(AUDIENCES)
        at = readers.index(self.audience)
        self._go_to(readers[(at + 1) % len(readers)])

    @on(Tabs.Chosen)
    def _picked(self, event: Tabs.Chosen) -> None:
        self._go_to(Audience(event.key))

    def _go_to(self, audience: Audience) -> None:
        """Keep what is written, and only then show another reader's words."""

        def shown() -> None:
            self.audience = audience
            self._show()

        self._keep_then(shown)

    def on_declared_words(self) -> None:
        words = remarks.declared_wording(self._session, self.ident, self.audience)
        others = self._other_than(words, self._names)
        if not others:
            self.diag.inform("Ce sont déjà les mots des grilles.")
            return
        question = f"Oublier votre texte ?\n\n{self._written_words(others)}"

        def declare(_: object) -> None:
            advising.reword(self._session, self.ident, self.audience, {})
            self._forget_drafts(self._names)
            self._show()
            self.diag.inform("Mots des grilles rétablis.")

        asked = Confirm(question, yes="Mots des grilles", no="Garder", grave=True)
        self.ask(asked, declare)

    @on(Back)
    def _kept_back(self, event: Back) -> None:
        """Keep, and only then go back."""
        event.prevent_default()
        self._keep_then(self.diag.go_back)
