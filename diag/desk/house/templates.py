"""Templates of one's own: listed, copied from the shipped ones, compared, tried."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from diag.desk.house.own import FOLDER, SUFFIX, own_templates, templates_folder
from diag.desk.whole_file import write_whole
from diag.desk.workspace import Workspace
from diag.model.errors import DiagError
from diag.reports.templating import FOLDER as SHIPPED
from diag.rules.problem import nearest

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
        """Digest of the shipped one that it was copied from; empty when not said."""
        found = _HEADED.match(self.own or "")
        return found[1] if found else ""

    @property
    def body(self) -> str:
        """One's own text, without its header."""
        return _HEADED.sub("", self.own or "")

    @property
    def is_outdated(self) -> bool:
        """Say whether the shipped one changed since it was copied."""
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
    """Return a shipped template under the header that says what it was."""
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
