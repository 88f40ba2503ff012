"""Territoire: where do we stand? Every school, searched as the user types."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, Static

from diag.tui.commands import (
    Command,
    CommandType,
    Export,
    Help,
    OpenPalette,
    key_now,
)
from diag.tui.dialogs import Ask
from diag.tui.lists import (
    NARROW,
    TINY,
    WIDE,
    Lines,
    ListColumn,
    ListLine,
    SearchField,
)
from diag.tui.place import PlaceScreen
from diag.tui.state import OpenDesk
from diag.tui.text import content
from diag.words.sentences import counted


class OpenSchool(Command, keys="enter", title="École", footer=True):
    """Ouvrir l'école : qui ils sont, ce que nous avions constaté, la visite."""


class Pick(Command, keys="space", title="Choisir", footer=True):
    """Mettre l'école dans la tournée, ou l'en retirer."""


class OpenTour(Command, keys="f2", title="Tournée", footer=True):
    """Voir la tournée : les écoles choisies, leurs adresses, leurs téléphones."""


class Resume(Command, keys="f3", title="Reprendre", footer=True):
    """Reprendre où vous étiez : la visite à la même question, le bilan, l'école."""


class Regroup(Command, keys="f5", title="Regrouper"):
    """Regrouper les écoles par commune, EPCI ou ingénieur, ou ne plus le faire."""


class OnlyAudits(Command, title="Audits seulement"):
    """Ne montrer que les écoles auditées, ou de nouveau toutes."""


class OpenProgramme(Command, keys="f9", title="Programme", footer=True):
    """Voir le programme pluriannuel : quoi, quand, avec l'argent de qui, pourquoi."""


class ImportFiles(Command, keys="f8", title="Importer", footer=True):
    """Importer un fichier officiel : annuaire, effectifs, IPS, communes, mairies."""


class ExportAudits(Export, keys=""):
    """Choisir les documents à écrire : de la liste, de la tournée, de tout."""


class OpenCommune(Command, title="Commune"):
    """Ouvrir la commune de l'école : la mairie, et l'audit de la commune."""


class OpenSyndicat(Command, title="Mon syndicat"):
    """Ouvrir mon syndicat, et son propre audit ; son SIREN est demandé une fois."""


class OpenConflicts(Command, title="À trancher"):
    """Voir les conflits : ce que plusieurs ont dit différemment, et trancher."""


class OpenReviews(Command, title="À relire"):
    """Voir les audits soumis qui attendent une relecture."""


class OpenErasures(Command, title="Effacements demandés"):
    """Voir ce qu'on demande d'effacer : confirmer pour un autre, ou s'y opposer."""


class OpenSettings(Command, title="Réglages"):
    """Changer votre nom, celui du syndicat, ou la campagne où l'on travaille."""


class ClearSearch(Command, keys="escape", title="Tout revoir"):
    """Oublier la recherche et revoir toutes les écoles."""


_FIRST = 60
"""Schools shown before the others are read: more than a screenful."""

_CHECKED = 10
"""Audits checked between two keys: 30 ms with 400 answers each."""

_EMPTY = (
    "Aucune école ne répond à ces mots. Essayez un mot de moins, ou Échap pour "
    "tout revoir."
)

_PLACEHOLDER = "Chercher une école : commune, nom, UAI, code postal"
_NO_SCHOOL = "Aucune école encore : importez l'annuaire officiel (touche {key})."
_NO_AUDIT = "Aucun audit commencé. Touche {key} : toutes les écoles."


class Fill(Message):
    """Read the list again; `whole` when the first screenful is there."""

    def __init__(self, *, whole: bool = True) -> None:
        super().__init__()
        self.whole = whole
        """Whether to read every school, or a screenful."""

    def can_replace(self, message: Message) -> bool:
        """Let a list asked for again replace one not read yet: typing runs ahead."""
        return isinstance(message, Fill) and self.whole


class TerritoryScreen(PlaceScreen):
    """The list of schools, and where each audit stands."""

    CSS_PATH = "territory.tcss"
    OFFERS = (
        OpenSchool,
        Pick,
        OpenTour,
        Resume,
        OpenProgramme,
        Regroup,
        OnlyAudits,
        ImportFiles,
        ExportAudits,
        OpenCommune,
        OpenSyndicat,
        OpenConflicts,
        OpenReviews,
        OpenErasures,
        OpenSettings,
        ClearSearch,
        Help,
        OpenPalette,
    )
    INTRODUCTION = (
        "Où en sommes-nous ? Toutes les écoles, cherchées comme on tape : toute lettre "
        "cherche, Entrée ouvre la première école trouvée, les flèches en choisissent "
        "une autre. Ce qui n'a pas de touche se cherche par son nom, comme le reste."
    )

    def __init__(self) -> None:
        super().__init__()
        self._only_audits = False
        self._can_resume = False
        self._words = ""

    def body(self) -> ComposeResult:
        lines = Lines((
            ListColumn("Jour", 4, right=True, least=TINY),
            ListColumn("Commune", 22, narrow=20, tiny=9),
            ListColumn("École"),
            ListColumn("Classes", 7, right=True, least=NARROW),
            ListColumn("Élèves", 6, right=True, least=WIDE),
            ListColumn("UAI", 8, least=WIDE),
            ListColumn("Audit", 19, narrow=14, least=TINY),
        ))
        lines.can_focus = False
        keys = {"enter": self.on_open_school, "space": self.on_pick}
        yield SearchField(lines, _PLACEHOLDER, keys)
        yield NewYear()
        yield lines

    def on_mount(self) -> None:
        """Show the frame first; the schools come right after it."""
        self.set_title("Territoire")
        self.query_one(SearchField).focus()

    def on_screen_resume(self) -> None:
        """Read again, an audit may have moved; typing begins another search."""
        self.query_one(Input).action_select_all()
        self.post_message(Fill(whole=False))

    def on_fill(self, event: Fill) -> None:
        """Show schools; before all of them, check the audits a few at a time.

        Keys come between: 300 audits of 400 answers take a second.
        """
        if event.whole and self.diag.desk.knows_author:
            journal = self.diag.desk.workspace.journal
            if not journal.check_some(_CHECKED):
                self.call_later(self.post_message, Fill())
                return
        self._read(whole=event.whole)

    def _read(self, *, whole: bool) -> None:
        if not self.diag.ready_to_work():
            return
        words = self.query_one(Input).value
        limit = None if whole or words else _FIRST
        self._words = words
        found = list_schools(
            self.diag.desk, words, limit=limit, only_audits=self._only_audits
        )
        lines = self.query_one(Lines)
        lines.empty = (
            _EMPTY
            if words
            else _NO_AUDIT.format(key=key_now(self.app, ClearSearch))
            if self._only_audits
            else _NO_SCHOOL.format(key=key_now(self.app, ImportFiles))
        )
        lines.show(found.lines)
        self.set_title("Territoire", *found.summary)
        how = f"touche {key_now(self.app, OpenPalette)} : {OpenSettings.TITLE}"
        self.query_one(NewYear).show_year(self.diag.desk, how)
        self._can_resume = self.diag.whereabouts.can_resume
        self.refresh_bindings()
        if not found.is_whole:
            self.call_after_refresh(self.post_message, Fill())

    def can(self, command: CommandType) -> bool | None:
        if command is Pick:
            return not self._words
        if command is ClearSearch:
            typed = self.is_mounted and self.query_one(Input).value
            return bool(typed or self._only_audits)
        return self._can_resume if command is Resume else True

    @on(Input.Changed)
    def _typed(self) -> None:
        self.post_message(Fill())

    def on_open_school(self) -> None:
        """Open the school under the cursor, once what was typed is looked for."""
        if self.query_one(Input).value != self._words:
            self._read(whole=True)
        lines = self.query_one(Lines)
        if lines.key:
            self.diag.go_school(lines.key)

    def on_pick(self) -> None:
        """Put the school under the cursor in the tour, or take it out; step down."""
        lines = self.query_one(Lines)
        if not lines.key:
            return
        from diag.office.agenda import keep_tour, tour_of  # noqa: PLC0415 - first frame

        workspace = self.diag.desk.workspace
        keep_tour(workspace, tour_of(workspace).toggled(lines.key))
        lines.action_move(1)
        self.post_message(Fill())

    def on_open_tour(self) -> None:
        self.diag.go_tour()

    def on_resume(self) -> None:
        self.diag.whereabouts.resume()

    def on_regroup(self) -> None:
        """Cut the list otherwise, and keep the choice."""
        ways = list(_GROUPINGS)
        following = ways.index(_grouping(self.diag.desk)) + 1
        self.diag.desk.keep("grouping", ways[following % len(ways)])
        self.post_message(Fill())

    def on_only_audits(self) -> None:
        self._only_audits = not self._only_audits
        self.post_message(Fill())

    def on_open_programme(self) -> None:
        # Loaded when the user plans.
        from diag.tui.programme import ProgrammeScreen  # noqa: PLC0415

        self.app.push_screen(ProgrammeScreen())

    def on_import_files(self) -> None:
        self.diag.go_import()

    def on_open_commune(self) -> None:
        key = self.query_one(Lines).key
        school = self.diag.desk.workspace.territory.school(key) if key else None
        if school is not None:
            self.diag.go_school(f"commune:{school.insee}")

    def on_open_syndicat(self) -> None:
        """Open one's own syndicat; ask for its number the first time."""
        if self.diag.desk.workspace.settings.siren:
            self.diag.go_school("syndicat")
            return
        asked = Ask("SIREN de votre syndicat, neuf chiffres", keep=self._check_siren)
        self.app.push_screen(asked, self._go_syndicat)

    def _check_siren(self, typed: str) -> None:
        # Behind the first frame, as all that reads the workspace.
        from diag.workspace.subjects import syndicat_auditee  # noqa: PLC0415

        syndicat_auditee(self.diag.desk.workspace, typed)

    def _go_syndicat(self, typed: str | None) -> None:
        if typed:
            self.diag.go_school(f"syndicat:{''.join(typed.split())}")

    def on_export_audits(self) -> None:
        """Choose which documents to write: of the list, of the tour, of all."""
        # Judging and writing, 100 ms: only who exports pays for them.
        from diag.tui.export import export_screen  # noqa: PLC0415

        lines = self.query_one(Lines).lines
        is_narrowed = self._words.strip() or self._only_audits
        shown = [one.key for one in lines if one.key] if is_narrowed else []
        self.app.push_screen(export_screen(self.diag.desk.workspace, shown))

    def on_open_conflicts(self) -> None:
        # Loaded when the user settles.
        from diag.tui.conflicts import ConflictsScreen  # noqa: PLC0415

        self.app.push_screen(ConflictsScreen())

    def on_open_reviews(self) -> None:
        # Loaded when the user reviews.
        from diag.tui.conflicts import ReviewsScreen  # noqa: PLC0415

        self.app.push_screen(ReviewsScreen())

    def on_open_erasures(self) -> None:
        # Loaded when the user erases.
        from diag.tui.history import ErasuresScreen  # noqa: PLC0415

        self.app.push_screen(ErasuresScreen())

    def on_open_settings(self) -> None:
        """Ask who works here, and in which campaign; the list follows."""
        # Loaded when the user changes them.
        from diag.tui.setup import SettingsForm  # noqa: PLC0415

        def kept(campaign: str) -> None:
            self.diag.inform(f"Enregistré · campagne {campaign}")

        self.ask(SettingsForm(self.diag.desk.workspace), kept)

    def on_clear_search(self) -> None:
        """Forget the search; this is the first place, there is none before it."""
        self.query_one(Input).value = ""
        self._only_audits = False
        self.post_message(Fill())


_SHOWN_YEAR = "school_year"


class NewYear(Static):
    """Nothing, as a rule; what it shows stays until the campaign follows."""

    DEFAULT_CSS = "NewYear { display: none; margin-bottom: 1; color: $text-muted; }"

    def __init__(self) -> None:
        super().__init__()
        self._year = ""

    def show_year(self, desk: OpenDesk, how: str) -> None:
        """Show which year has begun and how the user goes on to it; in one run only."""
        # Behind the first frame, as all that reads the workspace.
        from diag.office.outlook import year_begun, year_sentence  # noqa: PLC0415

        year = year_begun(desk.workspace)
        if year == self._year:
            return
        if desk.workspace.journal.readonly or desk.kept(_SHOWN_YEAR) == year:
            year = ""
        if year:
            self.update(content(year_sentence(year, how)))
            desk.jot(_SHOWN_YEAR, year)
        self._year = year
        self.display = bool(year)


_GROUPINGS = {
    "none": "",
    "commune": " par commune",
    "epci": " par EPCI",
    "engineer": " par ingénieur",
}
"""How the list may be cut, in the order of the key, and its words."""


def _grouping(desk: OpenDesk) -> str:
    kept = str(desk.kept("grouping"))
    return kept if kept in _GROUPINGS else "none"


@dataclass(frozen=True, slots=True)
class TerritoryReading:
    """What Territoire shows."""

    lines: list[ListLine]
    is_whole: bool
    """No other school answers."""
    summary: tuple[str, ...]
    """How many schools and audits, in words; last what is to be erased."""


def list_schools(
    desk: OpenDesk, words: str, *, limit: int | None, only_audits: bool
) -> TerritoryReading:
    """Return the schools that answer to the words typed, under their headings."""
    # Behind the first frame: the journal and pydantic cost as much as Textual itself.
    from diag.journal import school_lines  # noqa: PLC0415
    from diag.office import outlook  # noqa: PLC0415
    from diag.office.agenda import tour_of  # noqa: PLC0415
    from diag.office.retention import overdue  # noqa: PLC0415

    workspace = desk.workspace
    schools = school_lines.school_lines(workspace.journal, words, limit=limit)
    spelled = words
    if words and not schools:
        spelled = school_lines.mended(workspace.journal, words)
        schools = school_lines.school_lines(workspace.journal, spelled, limit=limit)
    is_whole = len(schools) != limit
    progress = outlook.progress_by_school(workspace, conflicts=is_whole)
    if only_audits:
        schools = [each for each in schools if each.uai in progress]
    picked = {uai: rank for rank, uai in enumerate(tour_of(workspace).uais, 1)}
    by = _grouping(desk)
    groups = outlook.grouped(workspace, schools, outlook.Grouping(by))
    begun = sum(one.status is not None for one in progress.values())
    campaign = workspace.campaign
    audited = f" auditée{'s' * (len(schools) > 1)}" if only_audits else ""
    shown = f"{counted(len(schools), 'école')}{audited}{_GROUPINGS[by]}"
    summary = [shown, f"{counted(begun, 'audit')} en {campaign}"]
    if is_whole and not words:
        kept = overdue(workspace, school_lines.campaigns_of(workspace.journal))
        gone = ", ".join(one.campaign for one in kept)
        if gone:
            summary.append(f"à effacer : {gone} (diag rgpd)")
    names, lines = school_lines.names_shown(schools), list[ListLine]()
    if schools and spelled != words:
        lines.append(ListLine("", (f" lu « {spelled} »",)))
    for group in groups:
        if group.title:
            stands = (progress.get(each.uai) for each in group.schools)
            audits = sum(one is not None and one.status is not None for one in stands)
            those = f", dont {audits} avec audit" if audits else ""
            own = progress.get(group.insee, outlook.NOTHING_YET).words
            commune = f", commune : {own}" if own else ""
            title = f" {group.title} ({len(group.schools)}{those}){commune}"
            lines.append(ListLine("", (title,)))
        for school in group.schools:
            stood = progress.get(school.uai, outlook.NOTHING_YET)
            cells = (
                f"{picked[school.uai]}." if school.uai in picked else "",
                school.commune,
                names[school.uai],
                _number(school.classes),
                _number(school.pupils),
                school.uai,
                ", ".join(filter(None, (school.closing, stood.words))),
            )
            lines.append(ListLine(school.uai, cells))
    return TerritoryReading(lines, is_whole, tuple(summary))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
