"""The pages of one atlas: what each reads, under a frame that all of them share."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from diag.assess.money import added
from diag.documents.atlas.folder import INDEX, OVERVIEW, commune_path, to_root
from diag.documents.atlas.map import Line, territory_map
from diag.documents.atlas.school import (
    Bilan,
    SchoolEntry,
    SchoolScores,
    ScoreBar,
    View,
    gauge,
    middle,
)
from diag.documents.blocks import one_line
from diag.documents.sandbox import Typographer
from diag.model.text import fold
from diag.words.dates import long_date
from diag.words.sentences import number, typeset
from diag.words.vocabulary import SOCLES
from diag.workspace.charter import Issuer

FREQUENT = 12
"""At most so many points of compliance listed, the most frequent first."""


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune in the table of communes."""

    insee: str
    name: str
    schools: int
    audited: int
    failing: int
    """Points of compliance that fail, over all its schools."""
    median: ScoreBar
    budget: str

    @property
    def path(self) -> str:
        """Where its page stands."""
        return commune_path(self.name, self.insee)


@dataclass(frozen=True, slots=True)
class Overview:
    """Schools counted and summed up."""

    schools: int
    audited: int
    provisional: int
    with_alerts: int
    """Schools where a point of compliance fails."""
    median: ScoreBar
    socles: tuple[tuple[str, int], ...]
    domains: tuple[tuple[str, int, ScoreBar], ...]
    """Title, how many schools have a score, their median."""
    frequent: tuple[tuple[str, int], ...]
    """Points of compliance that fail, and in how many schools."""
    more: int
    """How many other points fail somewhere."""
    budget: str
    """Three years, with tax; empty when the view has no money."""


def overview(entries: Iterable[SchoolEntry]) -> Overview:
    """Return schools counted and summed up."""
    listed = list(entries)
    told = [one.told for one in listed if one.told]
    socles = Counter(one.socle for one in told)
    wrong = Counter(title for one in told for title in one.failing)
    ranked = sorted(wrong.items(), key=lambda one: (-one[1], fold(one[0])))
    return Overview(
        schools=len(listed),
        audited=len(told),
        provisional=sum(one.provisional for one in told),
        with_alerts=sum(bool(one.failing) for one in told),
        median=_median(told),
        socles=tuple((said, socles[one]) for one, said in SOCLES.items()),
        domains=_domains(told),
        frequent=tuple(ranked[:FREQUENT]),
        more=len(ranked[FREQUENT:]),
        budget=_budget(told),
    )


def commune_lines(
    entries: Iterable[SchoolEntry], names: Mapping[str, str] | None = None
) -> tuple[CommuneLine, ...]:
    """Return the communes of schools by name, and those of `names` (INSEE → name).

    The name given there is the one that is printed.
    """
    told = dict(names or {})
    found: dict[str, list[SchoolEntry]] = {insee: [] for insee in told}
    for one in entries:
        if one.insee:
            found.setdefault(one.insee, []).append(one)
            told.setdefault(one.insee, one.commune or one.insee)
    lines = [_line(insee, told[insee], some) for insee, some in found.items()]
    return tuple(sorted(lines, key=lambda one: (fold(one.name), one.insee)))


def _line(insee: str, name: str, entries: Sequence[SchoolEntry]) -> CommuneLine:
    told = [one.told for one in entries if one.told]
    return CommuneLine(
        insee=insee,
        name=name,
        schools=len(entries),
        audited=len(told),
        failing=sum(len(one.failing) for one in told),
        median=_median(told),
        budget=_budget(told),
    )


def _domains(told: Sequence[SchoolScores]) -> tuple[tuple[str, int, ScoreBar], ...]:
    titles = dict.fromkeys(title for one in told for title in one.domains)
    scores = {
        title: [one.domains[title] for one in told if title in one.domains]
        for title in titles
    }
    return tuple(
        (title, len(some), gauge(middle(some))) for title, some in scores.items()
    )


def _median(told: Iterable[SchoolScores]) -> ScoreBar:
    return gauge(middle(one.overall for one in told), "pas encore de score")


def _budget(told: Sequence[SchoolScores]) -> str:
    paid = [one.budget for one in told if one.budget is not None]
    return f"{added(paid).cell} TTC" if paid else ""


@dataclass(frozen=True, slots=True)
class File:
    """One form of a document."""

    path: str
    """From the root of the atlas."""
    form: str
    """`PDF`, `HTML`, `ODT`."""
    size: str


@dataclass(frozen=True, slots=True)
class PaperLinks:
    """One document in the forms in which it was made."""

    title: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """An audit as a reader sees it, and its documents."""

    bilan: Bilan
    papers: tuple[PaperLinks, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """What every page of one atlas shares."""

    view: View
    office: Issuer
    day: date
    campaign: str
    communes: Mapping[str, str] = field(default_factory=dict)
    """INSEE code → name, of every commune that has a page."""

    def commune_page(self, insee: str) -> str:
        """Return where a commune's page stands; empty when it has none."""
        name = self.communes.get(insee)
        return commune_path(name, insee) if name else ""

    def index(
        self, entries: Sequence[SchoolEntry], outline: Sequence[Line] = ()
    ) -> str:
        """Return the map and the list."""
        told = {
            "whole": overview(entries),
            "entries": entries,
            "communes": self.lines(entries),
            "map": territory_map(entries, outline),
        }
        return self._page("index", INDEX, told, scripted=True)

    def overview(self, entries: Sequence[SchoolEntry], syndicat: Dossier | None) -> str:
        """Return the territory as a whole, with the syndicat's own audit."""
        told = {
            "whole": overview(entries),
            "communes": self.lines(entries),
            "audit_title": syndicat.title if syndicat else "",
        }
        return self._page("overview", OVERVIEW, told | _dossier(syndicat))

    def lines(self, entries: Sequence[SchoolEntry]) -> tuple[CommuneLine, ...]:
        """Return the communes, those without a school too."""
        return commune_lines(entries, self.communes)

    def school(self, one: SchoolEntry, dossier: Dossier | None) -> str:
        """Return a school's page."""
        told = {"one": one, "commune_page": self.commune_page(one.insee)}
        return self._page("school", one.path, told | _dossier(dossier))

    def commune(
        self,
        one: CommuneLine,
        entries: Sequence[SchoolEntry],
        dossier: Dossier | None,
        population: int | None,
    ) -> str:
        """Return a commune's page: its schools, then itself."""
        told = {
            "one": one,
            "entries": entries,
            "population": number(str(population)) if population else "",
        }
        return self._page("commune", one.path, told | _dossier(dossier))

    def _page(
        self,
        kind: str,
        path: str,
        told: Mapping[str, object],
        *,
        scripted: bool = False,
    ) -> str:
        alone = next(iter(self.communes)) if len(self.communes) == 1 else ""
        frame = {
            "view": self.view,
            "office": self.office,
            "day": long_date(self.day),
            "campaign": self.campaign,
            "root": to_root(path),
            "here": kind,
            "has_overview": self.view.several_communes,
            "only_commune": self.commune_page(alone),
            "policy": policy(scripted=scripted),
            "style": style(),
            "script": script(),
        }
        template = environment().get_template(f"{kind}.html.jinja")
        return template.render({**told, **frame})


def _dossier(dossier: Dossier | None) -> dict[str, object]:
    if dossier is None:
        return {"audit": None, "papers": ()}
    return {"audit": dossier.bilan, "papers": dossier.papers}


# The style and the script stand inside each page, allowed by their hash alone: a page
# opens from a disk as from a server, and runs nothing that anybody else wrote.
_HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the templates; what is no markup of ours is escaped."""
    return Environment(
        autoescape=True,
        extensions=[Typographer],
        finalize=_typeset,
        keep_trailing_newline=True,
        loader=FileSystemLoader(_HERE / "templates"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def style() -> Markup:
    """Return the sheet of every page."""
    return _own("atlas.css")


@cache
def script() -> Markup:
    """Return the filters of the list."""
    return _own("filters.js")


@cache
def policy(*, scripted: bool) -> str:
    """Return what a page may load: its own style, its own script, nothing else."""
    rules = [
        "default-src 'none'",
        f"style-src {_hash(style())}",
        *([f"script-src {_hash(script())}"] if scripted else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _own(name: str) -> Markup:
    """Return a file of ours as it stands; nobody's text ever enters it."""
    text = (_HERE / name).read_text(encoding="utf-8")
    return Markup(f"\n{text}")  # noqa: S704 - shipped beside this module


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _typeset(value: object) -> object:
    """Return a text on one line with French spaces; anything else as it is.

    A space at either end parts it from what the template writes there: it stays.
    """
    if type(value) is not str:  # markup of ours is a kind of text too
        return value
    said = typeset(one_line(value))
    before, after = " " * (value[:1] == " "), " " * (value[-1:] == " ")
    return f"{before}{said}{after}" if said else said
