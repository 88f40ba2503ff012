"""An atlas written to a folder: audits read one by one, pages and documents put in."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from diag.audit.report import Report
from diag.documents import AUDIENCES
from diag.documents.atlas.pages import (
    INDEX,
    OVERVIEW,
    Dossier,
    File,
    Line,
    Pages,
    PaperLinks,
    read_outline,
)
from diag.documents.atlas.school import (
    AtlasReader,
    SchoolEntry,
    View,
    audited_entry,
    bilan_of,
    entry_of,
    slug,
)
from diag.documents.formats import OPENED, Format
from diag.documents.synthesis.gathering import is_begun
from diag.documents.tables import ChosenAudits, Count, Progress, chosen, read_counts
from diag.documents.templates import build_document
from diag.model.audit import School
from diag.model.enums import Audience, PlaceKind
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.sentences import number, of
from diag.workspace.charter import office_of
from diag.workspace.subjects import commune_auditee
from diag.workspace.workspace import Workspace

_KILO = 1000


@dataclass(frozen=True, slots=True)
class AtlasWritten:
    """What was written, for whom, and what could not be."""

    index: Path
    view: View
    counts: tuple[Count, ...]
    warnings: tuple[str, ...]


def write_atlas(
    workspace: Workspace,
    folder: Path,
    view: str,
    progress: Progress,
    *,
    campaign: str | None = None,
    outline: Path | None = None,
    forms: Sequence[Format] = OPENED,
) -> AtlasWritten:
    """Write the atlas of a campaign for one reader, whole or not at all.

    Raises:
        DiagError: unknown reader, nothing to show, a folder that holds anything else.
    """
    known = (
        workspace.territory.school(one.uai) for one in workspace.territory.schools()
    )
    schools = [one for one in known if one is not None and not one.vanished]
    reader = _view_named(workspace, view, schools)
    lines = read_outline(outline) if outline else ()
    every = chosen(workspace, (), campaign, everything=True)
    picked = replace(
        every,
        sessions=tuple(
            one for one in every.sessions if reader.sees_audit_of(one.about)
        ),
        unreadable=every.unreadable * (reader.reader is AtlasReader.SYNDICAT),
        older=tuple(one for one in every.older if reader.sees_audit_of(one)),
    )
    abouts = (*(one.about for one in picked.sessions), *picked.older)
    audited = [about.school for about in abouts if about.school]
    seen = [one for one in (*schools, *audited) if reader.sees(one)]
    older = {about.code for about in picked.older}
    entries = {one.uai: entry_of(one, older=one.uai in older) for one in seen}
    called = Counter((one.insee, one.name) for one in entries.values())
    for uai, one in entries.items():
        if called[one.insee, one.name] > 1:
            entries[uai] = replace(one, has_namesake=True)
    if not (entries or picked.sessions):
        raise DiagError(f"Aucune école à montrer à : {reader.title}.")
    day = workspace.world.today()
    pages = Pages(
        reader, office_of(workspace), day, picked.campaign, _communes(entries, picked)
    )
    with staged(folder, str(reader)) as part:
        making = _Making(part, pages, tuple(forms), entries)
        for report in picked.reports(progress):
            making.add(report)
        making.finish(workspace, lines)
        files = len(files_of(part))
    counts = (
        *read_counts(picked, making.provisional),
        (len(entries), "école", "écoles"),
        (files, "fichier", "fichiers"),
    )
    return AtlasWritten(folder / INDEX, reader, counts, tuple(making.warnings))


@dataclass
class _Making:
    """One atlas in the making: what is on disk is no longer in memory."""

    folder: Path
    pages: Pages
    forms: tuple[Format, ...]
    entries: dict[str, SchoolEntry]
    """UAI → line, of every school that the reader may see."""
    communes: dict[str, Dossier] = field(default_factory=dict)
    """INSEE code → the commune's own audit."""
    syndicat: Dossier | None = None
    warnings: dict[str, None] = field(default_factory=dict)
    """Each once, in order."""
    provisional: int = 0

    def add(self, report: Report) -> None:
        """Write an audit's documents, and a school's page; keep what lists need.

        An audit without an answer leaves its school to be audited.
        """
        if not is_begun(report.public):
            return
        self.provisional += report.provisional
        bare, view, code = without_notes(report), self.pages.view, report.about.code
        papers = tuple(self._paper(bare, audience) for audience in view.audiences)
        dossier = Dossier(bilan_of(report.public, view), papers, report.about.name)
        match report.about.kind:
            case PlaceKind.ECOLE:
                entry = audited_entry(self.entries[code], report.public, view)
                self.entries[code] = entry
                self._put_school(entry, dossier)
            case PlaceKind.COMMUNE:
                self.communes[code] = dossier
            case _:
                self.syndicat = dossier

    def finish(self, workspace: Workspace, outline: Sequence[Line]) -> None:
        """Write the pages about several schools, and those that nobody audited."""
        entries = sorted(self.entries.values(), key=lambda one: one.order)
        self._put(INDEX, self.pages.index(entries, outline))
        if self.pages.view.several_communes:
            self._put(OVERVIEW, self.pages.overview(entries, self.syndicat))
        for line in self.pages.lines(entries):
            own = [one for one in entries if one.insee == line.insee]
            found = workspace.territory.commune(line.insee)
            population = found.population if found else None
            dossier = self.communes.get(line.insee)
            page = self.pages.commune(line, own, dossier, population)
            self._put(line.path, page)
        for one in entries:
            if one.told is None:
                self._put_school(one, None)

    def _paper(self, report: Report, audience: Audience) -> PaperLinks:
        problems = report.office.house.explain(audience)
        self.warnings |= dict.fromkeys(filter(None, [problems]))
        title = AUDIENCES[audience].title
        if not self.forms:
            return PaperLinks(title, ())
        document, files = build_document(report, audience), list[File]()
        for form in self.forms:
            try:
                content, warning = document.write(form)
            except DiagError as error:  # this machine cannot make it
                self.warnings[str(error)] = None
                continue
            path = document_path(report.about.ref, audience, form)
            if warning:
                self.warnings[f"{path} : {warning}"] = None
            self._put(path, content)
            kilos = max(1, round(len(content) / _KILO))
            files.append(File(path, form.upper(), f"{number(str(kilos))}\u00a0ko"))
        return PaperLinks(title, tuple(files))

    def _put_school(self, entry: SchoolEntry, dossier: Dossier | None) -> None:
        self._put(entry.path, self.pages.school(entry, dossier))

    def _put(self, path: str, content: str | bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode("utf-8") if isinstance(content, str) else content
        target.write_bytes(data)


def document_path(ref: str, audience: Audience, form: str) -> str:
    """Return where a document of an audit stands: its name is clear once it is sent.

    `ref` is how commands name whom the audit is about.
    """
    about = slug(ref)
    return f"documents/{about}/{AUDIENCES[audience].stem}-{about}.{form}"


def _communes(
    entries: Mapping[str, SchoolEntry], picked: ChosenAudits
) -> dict[str, str]:
    """Return the communes that have a page: those of schools, those audited."""
    names = {
        one.about.insee: one.about.commune
        for one in picked.sessions
        if one.about.kind is PlaceKind.COMMUNE and one.about.insee
    }
    for one in sorted(entries.values(), key=lambda one: one.order):
        if one.insee:
            names.setdefault(one.insee, one.commune or one.insee)
    return names


NAMING = "syndicat, mairie:INSEE ou circonscription:NOM"
"""How a reader is named on the command line."""

_SHOWN = 8


def _view_named(workspace: Workspace, name: str, schools: Iterable[School]) -> View:
    """Return the reader that is named.

    A circonscription goes by its name in the directory, or by words that only one has.

    Raises:
        DiagError: when there is no such reader; names those that exist.
    """
    kind, _, code = name.strip().partition(":")
    match kind.strip().casefold():
        case AtlasReader.SYNDICAT if not code:
            return View(AtlasReader.SYNDICAT, workspace.settings.syndicat or "Syndicat")
        case AtlasReader.MAIRIE if code.strip():
            about = commune_auditee(workspace, code)
            return View(AtlasReader.MAIRIE, f"Mairie {of(about.commune)}", about.code)
        case AtlasReader.CIRCONSCRIPTION if code.strip():
            names = {one.circonscription for one in schools if one.circonscription}
            listed, wanted = sorted(names), fold(code)
            words = set(wanted.split())
            near = [one for one in listed if fold(one) == wanted] or [
                one for one in listed if words and words <= set(fold(one).split())
            ]
            if len(near) == 1:
                return View(AtlasReader.CIRCONSCRIPTION, near[0], near[0])
            told = " ; ".join((near or listed)[:_SHOWN])
            known = f" : {told}" if told else " : l'annuaire n'en nomme aucune"
            what = "désigne plusieurs circonscriptions" if near else "n'est pas connue"
            raise DiagError(f"« {code.strip()[:60]} » {what}{known}.")
    raise DiagError(f"« {name[:60]} » n'est pas une vue. Choisissez : {NAMING}.")


def without_notes(report: Report) -> Report:
    """Return a report without what was noted on site, for files that many may copy.

    Neither notes nor photos that are not « à montrer » are in it.
    """
    bare = replace(
        report,
        facts=replace(report.facts, notes={}),
        evidence=tuple(one for one in report.evidence if one.photo.shown),
    )
    return replace(bare, shown=without_notes(report.shown)) if report.shown else bare


# The folder is made aside, then put in place at once. A list of its files stands in it:
# whatever is not on the list was put there by somebody, and is never thrown away.
MARK = "atlas.json"
"""The list of the files, at the root of the atlas."""

_FORMAT = "diag-atlas"

_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}


@contextmanager
def staged(folder: Path, view: str) -> Iterator[Path]:
    """Give a folder to write in; when all went well, it takes the place of `folder`.

    When anything fails or is interrupted, what was there stays as it was.

    Raises:
        DiagError: when `folder` holds anything else than such an atlas.
    """
    place = folder.resolve()
    part, old = _beside(place, "en-cours"), _beside(place, "ancien")
    if _is_ours(old) and not place.exists():
        old.rename(place)  # a run was cut between the two renamings
    _check(place, view)
    for left in (part, old):  # by a run that was cut
        if left.exists() and not _is_ours(left):
            raise DiagError(
                f"{left} gêne et ne vient pas de diag : déplacez-le, puis recommencez."
            )
        if left.exists():
            shutil.rmtree(left)
    part.mkdir(parents=True)
    try:
        _list(part, view)
        yield part
        _list(part, view)
        if place.exists():
            place.rename(old)
        try:
            part.rename(place)
        except OSError:
            if old.exists():
                old.rename(place)
            raise
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def files_of(folder: Path) -> list[str]:
    """Return every file under a folder, as a path with slashes, sorted."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _check(place: Path, view: str) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise DiagError(f"{place} est un fichier : donnez un dossier.")
    files = files_of(place)
    if not files and not any(place.iterdir()):
        return
    listed = _listed(place)
    if listed is None:
        raise DiagError(
            f"{place} contient autre chose qu'un atlas : rien n'a été touché. "
            "Donnez un dossier neuf ou vide."
        )
    its_view, its_files = listed
    if its_view != view:
        raise DiagError(
            f"{place} contient l'atlas « {its_view} » : rien n'a été touché. "
            f"Donnez un autre dossier à l'atlas « {view} », pour que personne ne "
            "reçoive celui d'un autre."
        )
    known = {MARK, *its_files}
    foreign = [
        name
        for name in files
        if name not in known and Path(name).name not in _LEFT_BY_SYSTEMS
    ]
    if foreign:
        raise DiagError(
            f"{place} contient un fichier qui n'est pas de l'atlas : {foreign[0]}. "
            "Rien n'a été touché : déplacez-le, ou donnez un autre dossier."
        )


def _list(folder: Path, view: str) -> None:
    files = [name for name in files_of(folder) if name != MARK]
    listed = {"format": _FORMAT, "version": 1, "view": view, "files": files}
    text = json.dumps(listed, ensure_ascii=False, indent=1)
    (folder / MARK).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _listed(folder: Path) -> tuple[str, set[str]] | None:
    """Return the view of an atlas and its files; None when the folder is none."""
    try:
        found = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_atlas = (
        isinstance(found, dict)
        and found.get("format") == _FORMAT
        and isinstance(found.get("view"), str)
        and isinstance(found.get("files"), list)
    )
    return (found["view"], set(map(str, found["files"]))) if is_atlas else None


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and _listed(folder) is not None


def _beside(place: Path, word: str) -> Path:
    return place.with_name(f".{place.name}.{word}")
