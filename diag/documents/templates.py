"""Templates: listed, copied, compared by a syndicat; a document built of one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from functools import partial
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from diag.audit.report import Report
from diag.documents import AUDIENCES
from diag.documents.blocks import Md, block, drawings_in, sections
from diag.documents.document import Document, Meta
from diag.documents.parts import frame
from diag.documents.sandbox import OwnTemplateError, environment, own_text
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.words.sentences import nearest, typeset
from diag.workspace.charter import (
    FOLDER,
    SHIPPED,
    SUFFIX,
    House,
    own_templates,
    templates_folder,
)
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace

_HEADER = (
    "{{# Modèle livré « {file} » (diag {version}), empreinte {digest}.\n"
    "   Changez la suite ; gardez ces lignes, qui disent d'où elle vient. #}}\n"
)

_HEADED = re.compile(
    r"\A\{# Modèle livré « [^»\n]+ » \(diag [^)\n]+\), empreinte ([0-9a-f]{64})\."
    r"[^#]*#\}\n"
)


@dataclass(frozen=True, slots=True)
class Template:
    """A shipped template, and the syndicat's own in its place, if there is one."""

    name: str
    """Without its suffix."""
    shipped: str
    own: str | None = None
    """Its source, header included."""

    @property
    def origin(self) -> str:
        """Digest of the shipped one that it was copied from; empty when unknown."""
        found = _HEADED.match(self.own or "")
        return found[1] if found else ""

    @property
    def body(self) -> str:
        """One's own text, without its header."""
        return _HEADED.sub("", self.own or "")

    @property
    def is_outdated(self) -> bool:
        """Return whether the shipped one changed since it was copied."""
        return bool(self.origin) and self.origin != _digest(self.shipped)

    @property
    def words(self) -> str:
        """Where it stands, in French."""
        if self.own is None:
            return "livré"
        if self.is_outdated:
            return "le vôtre ; le modèle livré a changé depuis votre copie"
        if not self.origin:
            return "le vôtre ; copié d'on ne sait quel modèle livré"
        return "le vôtre" if self.body != self.shipped else "le vôtre, sans changement"


def templates(workspace: Workspace) -> tuple[Template, ...]:
    """Return every template, with one's own where there is one."""
    own = dict(own_templates(templates_folder(workspace))[0])
    return tuple(
        Template(
            path.name.removesuffix(SUFFIX),
            path.read_text(encoding="utf-8"),
            own.get(path.name),
        )
        for path in sorted(SHIPPED.glob(f"*{SUFFIX}"))
    )


def chosen_templates(workspace: Workspace, name: str = "") -> tuple[Template, ...]:
    """Return the template named, or all of them.

    Raises:
        DiagError: when none bears that name; proposes one.
    """
    known = {one.name: one for one in templates(workspace)}
    wanted = name.removesuffix(SUFFIX)
    if not wanted:
        return tuple(known.values())
    if wanted not in known:
        close = nearest(wanted, known)
        meant = f"Vouliez-vous dire « {close} » ? " if close else ""
        raise DiagError(
            f"Aucun modèle « {name} ». {meant}Voyez-les : diag templates list."
        )
    return (known[wanted],)


def eject(workspace: Workspace, name: str = "") -> tuple[Path, ...]:
    """Copy shipped templates into the overlay; return those written.

    Without a name, every one that is not there yet.

    Raises:
        DiagError: unknown name, or one's own is already there: it is never replaced.
    """
    wanted = chosen_templates(workspace, name)
    folder = templates_folder(workspace)
    taken = [one for one in wanted if (folder / f"{one.name}{SUFFIX}").exists()]
    if name and taken:
        raise DiagError(
            f"overlay/{FOLDER}/{taken[0].name}{SUFFIX} existe déjà : rien n'a été "
            f"écrit. Voyez ce qu'il change : diag templates diff {taken[0].name}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in wanted:
        if one not in taken:
            path = folder / f"{one.name}{SUFFIX}"
            write_whole(path, ejected(one).encode("utf-8"))
            written.append(path)
    return tuple(written)


def ejected(template: Template) -> str:
    """Return a shipped template under the header about where it comes from."""
    header = _HEADER.format(
        file=f"{template.name}{SUFFIX}",
        version=version("diag"),
        digest=_digest(template.shipped),
    )
    return header + template.shipped


def difference(template: Template) -> Iterator[str]:
    """Yield what one's own template changes, a unified diff, then where it stands."""
    file = f"{template.name}{SUFFIX}"
    lines = unified_diff(
        template.shipped.splitlines(),
        template.body.splitlines(),
        f"livré/{file}",
        f"overlay/{FOLDER}/{file}",
        n=2,
        lineterm="",
    )
    yield from lines
    yield f"{template.name} : {template.words}."


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def _builder_of(audience: Audience) -> Any:
    return import_module(f"diag.documents.{AUDIENCES[audience].module}")


def build_document(report: Report, audience: Audience) -> Document:
    """Return the document of an audience: same report, same bytes.

    It is built from what that audience may read of the report.
    What of the syndicat's own could not be followed is in `report.office.house`.
    """
    report = report.read_by(audience)
    builder, house = AUDIENCES[audience], report.office.house
    meta = frame.build_meta(report, f"{builder.title} — {report.about.name}")
    nothing: dict[str, object] = {"sources": Md(""), "prices": Md("")}
    view: dict[str, Any] = _builder_of(audience).view(report)
    draw = view.pop("draw", None)  # lays out the pages of its PDF as data
    context = frame.view(report, meta) | nothing | view
    body = render(audience, audience, context, house)
    contacts = render_contacts(frame.contacts(report), house)
    context |= {"glossary": frame.glossary(body), "contacts": contacts}
    end = render("fin", audience, context, house)
    document = Document(
        meta=meta,
        markdown=finish(meta, body, end, house.closing),
        drawings=drawings_in(context.values()),
        look=house.look,
        pictures=report.pictures,
    )
    if builder.has_paper:
        laid = partial(_printed, report, audience, meta, context)
        return replace(document, on_paper=laid)
    if draw and not is_rewritten(house, audience):
        return replace(document, draw=draw)
    if draw:
        house.replaced[audience] = _OWN_PAGES.format(name=audience)
    return document


_OWN_PAGES = (
    "Votre modèle « {name} » sert aussi au PDF, à la place des quatre pages livrées : "
    "feuille de décision, argent, preuves, ce que nous savons. Pour les imprimer, "
    "retirez-le d'overlay/modeles ; votre logo et votre couleur y restent."
)
_SHIPPED_PAGES = (
    "Votre modèle « {name} » sert au Markdown, au HTML et à l'ODT ; les pages du PDF "
    "ont le leur, à copier aussi : diag templates eject {name}-papier."
)


def is_rewritten(house: House, name: str) -> bool:
    """Return whether one's own template serves, and holds something of its own."""
    file = f"{name}{SUFFIX}"
    own = dict(house.templates).get(file)
    if own is None or name in house.refused:
        return False
    return _HEADED.sub("", own) != (SHIPPED / file).read_text(encoding="utf-8")


def _printed(
    report: Report, audience: Audience, meta: Meta, context: Mapping[str, object]
) -> Document:
    """Return the pages of an audience's PDF, with what travels inside."""
    own, attached = _builder_of(audience).printed(report)
    paper = build_paper(audience, meta, {**context, **own}, report.office.house)
    return replace(paper, pictures=report.pictures, attachments=attached)


def build_paper(
    name: str, meta: Meta, view: Mapping[str, object], house: House
) -> Document:
    """Return the pages that a PDF prints in the place of a long document.

    When the syndicat rewrote the document alone, `house.replaced` has what is left.
    """
    if is_rewritten(house, name) and not is_rewritten(house, f"{name}-papier"):
        house.replaced[name] = _SHIPPED_PAGES.format(name=name)
    return Document(
        meta=meta,
        markdown=finish(meta, render(f"{name}-papier", name, view, house), ""),
        drawings=drawings_in(view.values()),
        look=house.look,
    )


def render(
    name: str, document: str, context: Mapping[str, object], house: House
) -> str:
    """Return what a template prints for a document.

    When a template of one's own fails, `house.refused` has the reason and the shipped
    one serves in its place.
    """
    file = f"{name}.md.jinja"
    if house.templates:
        try:
            return own_text(house.templates, file, context)
        except OwnTemplateError as error:
            why = f"{error} Le modèle livré a servi à sa place."
            before = house.refused.get(document, "")
            if why not in before:
                house.refused[document] = f"{before}\n{why}".strip()
    return environment().get_template(file).render(context)


def render_contacts(contacts: Md, house: House) -> Md:
    """Return the contacts, the syndicat's own block after them."""
    return sections((contacts, block(typeset(house.contact))))


def finish(meta: Meta, body: str, end: str, closing: str = "") -> str:
    """Return a whole document, its running line last, whatever a template forgot."""
    running = meta.running_line
    text = f"{body}\n{end}".rstrip().removesuffix(running).rstrip()
    words = block(typeset(closing))
    last = f"{words}\n\n{running}" if words else running
    whole = f"{text}\n\n{last}"
    while "\n\n\n" in whole:  # forty times as fast as a regular expression
        whole = whole.replace("\n\n\n", "\n\n")
    return whole.strip() + "\n"
