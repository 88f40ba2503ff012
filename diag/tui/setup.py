"""First run, import of the official files, settings: who works here, with what."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, Static
from textual.worker import get_current_worker

from diag.imports.layouts import official_files
from diag.model.errors import DiagError
from diag.tui.commands import Command, Help, KeyPlace, Quit
from diag.tui.dialogs import Ask, Confirm, Field, FormDialog, LineField, Notice, correct
from diag.tui.lists import TINY, WIDE, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import Sentence, content
from diag.words.dates import day_words
from diag.words.sentences import system_sentence
from diag.workspace.disk import path_typed
from diag.workspace.settings import changed_settings
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.imports.intake import ImportReport


class Begin(Command, keys="f2", title="Commencer", place=KeyPlace.WINDOW, footer=True):
    """Créer l'espace de travail."""


class ChooseFile(Command, keys="enter", title="Choisir", footer=True):
    """Donner le fichier à lire : son chemin, ou glissez-le sur le terminal."""


class CopyAddress(Command, keys="c", title="Copier", footer=True):
    """Copier l'adresse où le fichier se télécharge, pour un navigateur."""


class FirstRunScreen(PlaceScreen):
    """A form of two fields."""

    CSS_PATH = "setup.tcss"
    OFFERS = (Begin, Help, Quit)
    INTRODUCTION = (
        "Dites qui vous êtes : votre nom suit vos saisies et vos rapports au bureau "
        "et chez qui vous les envoyez."
    )

    def body(self) -> ComposeResult:
        with Vertical(id="form"):
            yield Static(
                content(
                    "Bienvenue. diag audite le numérique des écoles, sans connexion.\n"
                    "Rien ne sort de cet ordinateur tant que vous n'envoyez rien ;\n"
                    "votre nom suit vos saisies et vos rapports chez qui les reçoit."
                ),
                classes="muted",
            )
            yield Static(content("Votre prénom et votre nom"))
            yield LineField(placeholder="Camille Perrin", id="author")
            yield Static(content("Nom du syndicat, comme il signe ses rapports"))
            yield LineField(placeholder="Syndicat mixte …", id="syndicat")
            yield Button(content("Commencer"), id="begin")

    def on_mount(self) -> None:
        self.set_title("Premier démarrage", str(self.diag.desk.folder))
        self.query_one("#author", Input).focus()

    @on(Input.Submitted, "#author")
    def _named(self) -> None:
        self.query_one("#syndicat", Input).focus()

    @on(Input.Submitted, "#syndicat")
    @on(Button.Pressed)
    def _ready(self) -> None:
        self.on_begin()

    def on_begin(self) -> None:
        """Make the workspace; what was refused stays in its field."""
        author, syndicat = (field.value for field in self.query(Input))
        self.diag.desk.introduce(author, syndicat)
        self.diag.begin()

    def refused(self, error: DiagError) -> None:
        """Stand on the field that is refused."""
        correct(self, error.about)


class OfficialFile(NamedTuple):
    """One kind of official file."""

    brings: str
    """What it is, and what it brings."""
    title: str
    """As its publisher calls it, and who that is."""
    address: str
    """Where it is downloaded."""


_EDUCATION = "https://data.education.gouv.fr/explore/dataset/"

KINDS = {
    "annuaire": OfficialFile(
        "Annuaire de l'éducation : les écoles, leurs adresses",
        "Annuaire de l'éducation, ministère de l'Éducation nationale",
        f"{_EDUCATION}fr-en-annuaire-education/",
    ),
    "communes": OfficialFile(
        "Communes : noms officiels, population, EPCI",
        "Code officiel géographique, Insee, fichier des communes",
        "https://www.insee.fr/fr/information/2560452",
    ),
    "effectifs": OfficialFile(
        "Effectifs : nombres d'élèves et de classes",
        "Effectifs et nombre de classes par école, ministère de l'Éducation nationale",
        f"{_EDUCATION}fr-en-ecoles-effectifs-nb_classes/",
    ),
    "ips": OfficialFile(
        "Indices de position sociale",
        "IPS des écoles depuis 2022, ministère de l'Éducation nationale",
        f"{_EDUCATION}fr-en-ips-ecoles-ap2022/",
    ),
    "fibre": OfficialFile(
        "Fibre : locaux raccordables de chaque commune",
        "Ma connexion internet, ARCEP, commune_meilleure_techno_thd.csv",
        "https://data.arcep.fr/fixe/maconnexioninternet/statistiques/last/commune/",
    ),
    "cuivre": OfficialFile(
        "Cuivre : dates de fermeture de chaque commune",
        "Fermeture du réseau cuivre, ministère de l'Économie",
        "https://data.economie.gouv.fr/explore/dataset/fermeture-reseau-cuivre/",
    ),
    "mairies": OfficialFile(
        "Mairies : adresses de messagerie",
        "Annuaire de l'administration, base locale, DILA, à réduire en trois colonnes "
        "(département, commune, courriel)",
        "https://www.data.gouv.fr/fr/datasets/"
        "service-public-fr-annuaire-de-l-administration-base-de-donnees-locales/",
    ),
}
"""Kind of official file → what it brings; the directory comes first."""


def at_hand(typed: str, kind: str) -> Path | None:
    """Return the file typed, or the one of that kind in the folder typed.

    Raises:
        DiagError: when the folder has none.
    """
    path = path_typed(typed)
    try:
        is_folder = path is not None and path.is_dir()
    except OSError:  # no system has such a name: the import tells it
        is_folder = False
    if path is None or not is_folder:
        return path
    found = official_files([path]).get(kind)
    if found is None:
        raise DiagError(
            f"« {path.name or path} » est un dossier : aucun fichier « {kind} » (CSV, "
            "XLSX, ODS) "
            "ne s'y trouve. Donnez le fichier, tel que téléchargé."
        )
    return found


_SHOWN = 20
"""Rows of each sort that a rehearsal shows on screen."""


class StoppedError(Exception):
    """The user left: the import undoes what it had begun."""


class ImportScreen(PlaceScreen):
    """The kinds of official files."""

    CSS_PATH = "setup.tcss"
    OFFERS = (ChooseFile, CopyAddress, *EVERYWHERE)
    INTRODUCTION = (
        "Les fichiers officiels, tels que téléchargés. L'annuaire d'abord. Chaque "
        "import montre ce qu'il changerait, et attend votre accord ; il n'efface rien."
    )

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self._busy = False
        self._found: Mapping[str, Path] = {}

    def body(self) -> ComposeResult:
        yield Lines((
            ListColumn("Fichier", 11),
            ListColumn("Ce qu'il apporte"),
            ListColumn("Lu le", 11, least=TINY),
            ListColumn("Trouvé", 44, least=WIDE),
        ))
        yield Sentence(id="address")
        yield Static(id="progress")

    def on_mount(self) -> None:
        self.set_title("Importer", "fichiers officiels")
        self._fill()
        self._look()

    @work(thread=True)
    def _look(self) -> None:
        """Look for official files where they are downloaded, and on sticks."""
        home, names = Path.home(), ("Téléchargements", "Downloads", "Bureau", "Desktop")
        sticks = ("media/*/*", "run/media/*/*", "Volumes/*")
        plugged = [found for each in sticks for found in Path("/").glob(each)]
        folders = (*(home / name for name in names), *plugged)
        self.call_later(self._looked, official_files(folders))

    def _looked(self, found: Mapping[str, Path]) -> None:
        self._found = found
        self._fill()

    def _fill(self) -> None:
        territory = self.diag.desk.workspace.territory
        latest: dict[str, int] = {}
        for entry in territory.imports():
            if entry.added or entry.changed or entry.unchanged or entry.vanished:
                latest.setdefault(entry.kind, entry.at)
        self.query_one(Lines).show([
            ListLine(
                kind,
                (
                    kind,
                    file.brings,
                    day_words(latest[kind]) if kind in latest else "jamais",
                    self._found[kind].name if kind in self._found else "",
                ),
            )
            for kind, file in KINDS.items()
        ])

    @on(Lines.Moved)
    def _moved(self, event: Lines.Moved) -> None:
        if file := KINDS.get(event.key):  # none before the list is filled
            self.query_one("#address", Sentence).show(f"{file.title} : {file.address}")

    def on_copy_address(self) -> None:
        """Copy where the file at hand is downloaded; terminals may not let one."""
        address = KINDS[self.query_one(Lines).key].address
        self.app.copy_to_clipboard(address)
        self.diag.inform(f"Adresse copiée : {address}")

    def on_paste(self, event: events.Paste) -> None:
        """Read the file dropped on the list, for the line at hand."""
        event.stop()
        if self._is_free():
            self._take(event.text, self.query_one(Lines).key)

    def _is_free(self) -> bool:
        if self._busy:
            self.diag.inform("Un import est en cours ; attendez qu'il finisse.")
        return not self._busy

    def _take(self, path: str, kind: str) -> None:
        if file := at_hand(path, kind):
            self._path = str(file)
            self._busy = True
            self._read(kind, file)

    def on_choose_file(self) -> None:
        kind = self.query_one(Lines).key
        if not self._is_free():
            return
        asked = f"{KINDS[kind].brings}.\nChemin du fichier (glissez-le ici) :"

        def given(path: str | None) -> None:
            self._take(path or "", kind)

        found = str(self._found.get(kind, ""))
        keep = partial(at_hand, kind=kind)
        self.app.push_screen(Ask(asked, found or self._path, keep=keep), given)

    @work(thread=True, exclusive=True, description="aside")
    def _read(self, kind: str, path: Path, seen: str = "") -> None:
        """Rehearse an import; or do the one whose rehearsal was `seen`."""
        # Readers cost 20 ms; a thread has a connection of its own.
        from diag.imports.intake import account  # noqa: PLC0415
        from diag.office.imports import import_file, rehearse_file  # noqa: PLC0415

        worker, shown = get_current_worker(), -1

        def advance(done: int, total: int) -> None:
            nonlocal shown
            if worker.is_cancelled:
                raise StoppedError
            percent = 100 * done // max(total, 1)
            if percent != shown:
                shown = percent
                words = f"Lecture : {percent:3d} %   (Échap : arrêter, rien ne change)"
                self.call_later(self._show_progress, words)

        desk = self.diag.desk
        try:
            with Workspace.open(desk.folder, desk.world) as workspace:
                report = (
                    import_file(workspace, kind, path, advance, seen=seen)
                    if seen
                    else rehearse_file(workspace, kind, path, advance)
                )
        except StoppedError:
            return
        except DiagError as error:
            self.call_later(self._end, str(error), "Import refusé")
        except OSError as error:
            self.call_later(self._end, system_sentence(error), "Import refusé")
        else:
            if not seen and not report.found_nothing:
                self.call_later(self._ask, kind, path, report)
                return
            title = "Rien d'importé" if report.found_nothing else "Import terminé"
            title = "Import refusé" if report.is_refused else title
            self.call_later(self._end, "\n".join(account(report)), title)

    def _ask(self, kind: str, path: Path, report: "ImportReport") -> None:
        """Show what an import would change; do it once that is agreed to."""
        from diag.imports.intake import account  # noqa: PLC0415 - behind the frame

        if report.changed_nothing:
            self._read(kind, path, report.sha256)  # only its day is kept
            return
        self._show_progress("")

        def answered(agreed: bool | None) -> None:  # noqa: FBT001 - Textual's
            self._busy = bool(agreed)
            if agreed:
                self._read(kind, path, report.sha256)

        question = Confirm(
            "\n".join(account(report, _SHOWN)),
            yes="Importer",
            no="Ne rien changer",
            grave=bool(report.vanished or report.refused),
        )
        self.app.push_screen(question, answered)

    def _show_progress(self, words: str) -> None:
        self.query_one("#progress", Static).update(content(words))

    def _end(self, outcome: str, title: str) -> None:
        """Show the account of an import, or why it was refused."""
        self._busy = False
        self._show_progress("")
        self._fill()
        self.app.push_screen(Notice(outcome, title))


class SettingsForm(FormDialog):
    """Asks for what the first run asked, and the campaign; gives the campaign."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Réglages")
        self._workspace = workspace

    def fields(self) -> tuple[Field, ...]:
        settings = self._workspace.settings
        author = settings.name_of(settings.author)
        return (
            Field("author", "Prénom et nom", author, "Camille Perrin"),
            Field("syndicat", "Syndicat", settings.syndicat, "Syndicat mixte …"),
            Field("campaign", "Campagne", settings.campaign, "2027-2028"),
        )

    def keep(self) -> str:
        """Keep them, durably.

        Raises:
            DiagError: an empty name, or a campaign that is no school year.
        """
        settings = changed_settings(
            self._workspace.settings,
            author=self.value("author"),
            syndicat=self.value("syndicat"),
            campaign=self.value("campaign"),
        )
        self._workspace.keep_settings(settings)
        return settings.campaign
