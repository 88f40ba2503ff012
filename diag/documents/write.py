"""Documents written: those of one audit, of many; resumed, never stopped by one."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diag.audit.departure import Check, departure_of, elsewhere_words
from diag.audit.remarks import held_words, slips_of
from diag.audit.report import Report, report_folder, report_of
from diag.audit.session import AuditSession, listed
from diag.documents.blocks import inline, written
from diag.documents.formats import Format
from diag.journal.journal import Journal
from diag.model.audit import Audit
from diag.model.enums import READERS, Audience, AuditStatus
from diag.model.errors import DiagError
from diag.words.dates import long_date
from diag.words.sentences import system_sentence
from diag.words.vocabulary import PART_WORDS
from diag.workspace.charter import PLAIN, house_of
from diag.workspace.disk import write_whole
from diag.workspace.subjects import auditee_of
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.documents.document import Document


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file, or why it could not be all that it should."""

    path: Path | None
    """None when this machine cannot make this form, or for a warning alone."""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of several audits, or a draft, ready to be written."""

    stem: str
    """Name of its files, without the form."""
    document: "Document"
    notice: str = ""
    """What of the syndicat's own it does not have, and why."""


def write_reports(
    report: Report,
    audiences: Iterable[Audience],
    folder: Path,
    formats: Iterable[Format] = tuple(Format),
) -> Iterator[WrittenFile]:
    """Write the document of each audience in each form; yield each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    # 70 ms of Markdown and templates: only who writes reports pays for them.
    from diag.documents.templates import build_document  # noqa: PLC0415

    asked = tuple(formats)
    for audience in audiences:
        document = build_document(report, audience)
        yield from write_paper(Paper(str(audience), document), folder, asked)
        # Last: the pages of a PDF have templates too.
        if notice := report.office.house.explain(audience):
            yield WrittenFile(None, notice)


def write_paper(
    paper: Paper, folder: Path, formats: Iterable[Format] = tuple(Format)
) -> Iterator[WrittenFile]:
    """Write a paper in each form, whole or not at all; yield each as it is done.

    A file that is there and that somebody changed since, or brought, is set aside.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before, marks = _manifest(folder), dict[str, str]()
    for form in formats:
        path = folder / f"{paper.stem}.{form}"
        try:
            content, warning = paper.document.write(form)
        except DiagError as error:
            yield WrittenFile(None, str(error))
            continue
        told = [f"{path.name} : {warning}"] if warning else []
        told += _set_aside(path, content, before.get(path.name, ""))
        write_whole(path, content)
        marks[path.name] = f" {sha256(content).hexdigest()}"
        yield WrittenFile(path, " ".join(told))
    if marks:
        _keep_manifest(folder, {**_manifest(folder), **marks})
    if paper.notice:
        yield WrittenFile(None, paper.notice)


def _set_aside(path: Path, content: bytes, mark: str) -> list[str]:
    """Keep under another name what stands there and is not ours; return where."""
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return []
    if there == content or mark.endswith(f" {sha256(there).hexdigest()}"):
        return []
    free = (
        path.with_name(f"{path.stem}.garde-{rank}{path.suffix}") for rank in count(1)
    )
    kept = next(one for one in free if not one.exists())
    path.rename(kept)
    why = f"{path.name} avait changé, ou n'était pas de diag"
    return [f"{why} : il est gardé sous {kept.name}."]


def draw_report(report: Report, audience: Audience, ppi: int) -> tuple[bytes, ...]:
    """Return the pages of a document's PDF, each as a PNG to look at.

    Raises:
        DiagError: when this machine cannot make a PDF.
    """
    from diag.documents.formats.pdf import draw_pages  # noqa: PLC0415 - Jinja
    from diag.documents.templates import build_document  # noqa: PLC0415 - Jinja

    return draw_pages(build_document(report, audience), ppi)


def preview(
    report: Report, ident: str, audience: Audience, words: Mapping[str, str]
) -> str:
    """Return the Markdown of a recommendation with these words, blanks filled.

    Text is written as the documents write it: what looks like markup is printed.
    """
    action = report.plan.action(ident)

    def fill(text: str) -> str:
        filled = report.fill_blanks(action, text, audience) if action else text
        return str(written(filled))

    title = fill(words.get("title", ""))
    title = f"**{action.titled(title) if action else title}**"
    parts = [
        f"**{PART_WORDS[name]}** : {fill(text)}"
        for name, text in words.items()
        if name != "title" and text.strip()
    ]
    return "\n\n".join((title, *parts))


def departure_markdown(session: AuditSession) -> str:
    """Return the list as a Markdown document to print and tick."""
    departure = departure_of(session)
    day = long_date(session.workspace.world.today())
    lines = [
        f"# {inline(session.about.title)} : avant de partir",
        "",
        f"{day}. À voir ici : {departure.here_words}.",
        *_ticked(departure.here),
    ]
    if others := elsewhere_words(departure):
        lines += ["", "## Sans vous", "", inline(others)]
    if departure.doubtful:
        lines += ["", "# Douteux", *_ticked(departure.doubtful)]
    if departure.remarks:
        lines += ["", "## Et aussi", ""]
        lines += [f"- [ ] {inline(remark)}" for remark in departure.remarks]
    return "\n".join((*lines, "", inline(departure.outcome))) + "\n"


def _ticked(checks: Iterable[Check]) -> Iterator[str]:
    for place, here in groupby(checks, key=lambda check: check.place):
        yield from ("", f"## {inline(place)}", "")
        for check in here:
            label = inline(check.stop.question.label)
            yield f"- [ ] {label} : {inline(', '.join(check.reasons))}"


def write_departure(session: AuditSession) -> Path:
    """Write the list next to the reports of the audit; return where."""
    folder = report_folder(session)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "avant-de-partir.md"
    write_whole(path, departure_markdown(session).encode("utf-8"))
    return path


def write_rooms(session: AuditSession, aspect: str) -> tuple[Path, Path]:
    """Write where rooms stand next to the reports of the audit: a table, a plan.

    The plan is coloured by an aspect. Return where both are.
    """
    # Drawings are asked for by few of those who visit: their code is loaded here.
    from diag.documents.parts.places import rooms_drawn  # noqa: PLC0415

    folder = report_folder(session)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = rooms_drawn(session.facts, session.checklist, session.judged, aspect)
    paths = folder / "salles.svg", folder / "plan-des-salles.svg"
    for path, drawing in zip(paths, drawn, strict=True):
        write_whole(path, drawing.svg(path.stem).encode("utf-8"))
    return paths


MANIFEST = "ecrits.json"
"""File of a folder of reports with what each of them was written from."""


@dataclass(frozen=True, slots=True)
class DocumentsWanted:
    """What is to be written of each audit."""

    audiences: tuple[Audience, ...] = READERS
    forms: tuple[Format, ...] = tuple(Format)
    folder: Path | None = None
    """Where; each audit has its own folder inside. None: where reports go."""
    again: bool = False
    """Whether what is up to date is written again."""
    scenario: str = ""
    """Name of a kept scenario, printed as an option; empty: none."""
    let_out: bool = False
    """Whether what may name somebody was agreed on."""


@dataclass(frozen=True, slots=True)
class AuditWritten:
    """What became of one audit's documents."""

    name: str
    """Whom the audit is about."""
    folder: Path
    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    """Already written from the very same facts: left as they are."""
    warnings: tuple[str, ...] = ()
    problem: str = ""
    """Why nothing, or not everything, could be written."""
    provisional: bool = False
    held: str = ""
    """What may name somebody, and waits for an agreement; empty: nothing."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Every document that is there, up to date."""
        return (*self.written, *self.kept)

    @property
    def words(self) -> str:
        """What became of it, in a few words."""
        if self.problem:
            return self.problem
        parts = []
        if self.written:
            parts.append(_counted(len(self.written), "écrit"))
        if self.kept:
            parts.append(f"{len(self.kept)} déjà à jour")
        return ", ".join([*parts, *self.warnings]) or "rien à écrire"


def audits_in(
    workspace: Workspace, campaign: str | None = None, refs: Iterable[str] | None = None
) -> tuple[Audit, ...]:
    """Return the audits of a campaign, those of some schools only when named.

    They come in the order of communes and schools; schools without one are left out.
    """
    wanted = campaign or workspace.settings.campaign
    found = [one for one in listed(workspace) if one.audit.campaign == wanted]
    if refs is not None:
        named = set(refs)
        found = [one for one in found if one.about.ref in named]
    return tuple(one.audit for one in sorted(found, key=lambda one: one.about.title))


def beside(workspace: Workspace) -> Workspace:
    """Open a workspace again, to read only: for another thread, which closes it.

    A connection belongs to the thread that opens it.

    Raises:
        DiagError: when it cannot be opened.
    """
    journal = Journal.open(workspace.folder, readonly=True)
    return Workspace(workspace.folder, journal, workspace.world)


def write_many(
    workspace: Workspace, audits: Sequence[Audit], wanted: DocumentsWanted
) -> Iterator[AuditWritten]:
    """Write the documents of each audit; yield each audit as it is done.

    A failure is reported, and the next audit goes on. Stopping between two loses
    nothing: what was written is found again by its digest.
    """
    for audit in audits:
        about = auditee_of(workspace, audit)
        yield write_one(AuditSession(workspace, audit, about), wanted)


def tally(done: Sequence[AuditWritten]) -> str:
    """Return what became of several audits, in one sentence."""
    failed = sum(bool(one.problem) for one in done)
    written = sum(len(one.written) for one in done)
    kept = sum(len(one.kept) for one in done)
    parts = [_counted(len(done), "audit")]
    if written or not kept:
        parts.append(_counted(written, "document écrit"))
    if kept:
        parts.append(f"{kept} déjà à jour")
    if failed:
        parts.append(f"{failed} en échec")
    return ", ".join(parts) + "."


def report_for(workspace: Workspace, audit: Audit, scenario: str = "") -> Report:
    """Return what an audit's documents are made from, for a thread of its own.

    Raises:
        DiagError: when it cannot be read.
    """
    session = AuditSession(workspace, audit, auditee_of(workspace, audit))
    return report_of(session, scenario=scenario).gathered()


def write_one(session: AuditSession, wanted: DocumentsWanted) -> AuditWritten:
    """Write what is not up to date of an audit; a failure is reported, never raised."""
    folder = folder_in(session, wanted.folder)
    try:
        slips = slips_of(session, wanted.audiences)
        if slips and not wanted.let_out:
            return AuditWritten(
                session.about.title,
                folder,
                problem=f"{held_words(slips)}. Rien n'est écrit",
                held=held_words(slips),
            )
        seal = _seal(session, wanted.scenario)
        before = {} if wanted.again else _manifest(folder)
        kept = {
            path
            for audience in wanted.audiences
            for path in _paths(folder, audience, wanted.forms)
            if before.get(path.name) == _mark(seal, path)
        }
        done = _write_rest(session, wanted, folder, kept)
        written = tuple(one.path for one in done if one.path)
        if written:
            marks = {path.name: _mark(seal, path) for path in written}
            _keep_manifest(folder, {**_manifest(folder), **marks})
        return AuditWritten(
            name=session.about.title,
            folder=folder,
            written=written,
            kept=tuple(sorted(kept)),
            warnings=tuple(dict.fromkeys(one.warning for one in done if one.warning)),
            provisional=session.status is not AuditStatus.CLOS,
        )
    except DiagError as error:
        problem = str(error)
    except OSError as error:
        problem = system_sentence(error)
    return AuditWritten(session.about.title, folder, problem=problem)


def folder_in(session: AuditSession, folder: Path | None) -> Path:
    """Return where an audit's documents go; `folder` holds those of several."""
    usual = report_folder(session)
    return folder / usual.name if folder else usual


def _write_rest(
    session: AuditSession, wanted: DocumentsWanted, folder: Path, kept: set[Path]
) -> list[WrittenFile]:
    """Write what is not up to date; nothing is judged when everything is."""
    rest = {
        audience: [
            form
            for form, path in zip(
                wanted.forms, _paths(folder, audience, wanted.forms), strict=True
            )
            if path not in kept
        ]
        for audience in wanted.audiences
    }
    if not any(rest.values()):
        return []
    report = report_of(session, scenario=wanted.scenario)
    return [
        one
        for audience, forms in rest.items()
        if forms
        for one in write_reports(report, [audience], folder, forms)
    ]


def _paths(folder: Path, audience: Audience, forms: Sequence[Format]) -> list[Path]:
    return [folder / f"{audience}.{form}" for form in forms]


def _seal(session: AuditSession, scenario: str) -> str:
    """Return a digest of what documents are made from, their date apart."""
    settings = session.workspace.settings
    house = house_of(session.workspace)
    made_from = (
        version("diag"),
        session.digest,
        session.edition,
        settings.name_of(settings.author),
        settings.syndicat,
        settings.phone,
        settings.email,
        scenario,
        *(() if house == PLAIN else (sha256(repr(house).encode()).hexdigest(),)),
    )
    return sha256(json.dumps(made_from).encode()).hexdigest()


def _mark(seal: str, path: Path) -> str:
    """Return what a file was made from and is; anyone's change to it shows."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ""
    return f"{seal} {sha256(content).hexdigest()}"


def _manifest(folder: Path) -> dict[str, str]:
    """Return what the folder keeps about its files; nothing when it cannot be read."""
    try:
        read: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _keep_manifest(folder: Path, marks: dict[str, str]) -> None:
    text = json.dumps(marks, indent=2, sort_keys=True)
    write_whole(folder / MANIFEST, text.encode("utf-8"))


def _counted(count: int, word: str) -> str:
    """Return a count and what is counted, every word of it in the plural."""
    words = (f"{each}{'s' * (count > 1)}" for each in word.split())
    return f"{count} {' '.join(words)}"
