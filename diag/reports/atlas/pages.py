"""The pages of one atlas: what each reads, under a frame that all of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from diag.reports.atlas.bilan import Bilan
from diag.reports.atlas.entry import Entry
from diag.reports.atlas.outline import Line
from diag.reports.atlas.overview import CommuneLine, commune_lines, overview
from diag.reports.atlas.paths import INDEX, OVERVIEW, commune_path, to_root
from diag.reports.atlas.templating import environment, policy, script, style
from diag.reports.atlas.territory_map import territory_map
from diag.reports.atlas.view import View
from diag.reports.report import Office
from diag.words.dates import long_date
from diag.words.figures import number


@dataclass(frozen=True, slots=True)
class File:
    """One form of a document."""

    path: str
    """From the root of the atlas."""
    form: str
    """`PDF`, `HTML`, `ODT`."""
    size: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One document in the forms in which it was made."""

    title: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """An audit as a reader sees it, and its documents."""

    bilan: Bilan
    papers: tuple[Paper, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """What every page of one atlas shares."""

    view: View
    office: Office
    day: date
    campaign: str
    communes: Mapping[str, str] = field(default_factory=dict)
    """INSEE code → name, of every commune that has a page."""

    def commune_page(self, insee: str) -> str:
        """Return where a commune's page stands; empty when it has none."""
        name = self.communes.get(insee)
        return commune_path(name, insee) if name else ""

    def index(self, entries: Sequence[Entry], outline: Sequence[Line] = ()) -> str:
        """Return the map and the list."""
        told = {
            "whole": overview(entries),
            "entries": entries,
            "communes": self.lines(entries),
            "map": territory_map(entries, outline),
        }
        return self._page("index", INDEX, told, scripted=True)

    def overview(self, entries: Sequence[Entry], syndicat: Dossier | None) -> str:
        """Return the territory as a whole, with the syndicat's own audit."""
        told = {
            "whole": overview(entries),
            "communes": self.lines(entries),
            "audit_title": syndicat.title if syndicat else "",
        }
        return self._page("overview", OVERVIEW, told | _told(syndicat))

    def lines(self, entries: Sequence[Entry]) -> tuple[CommuneLine, ...]:
        """Return the communes, those without a school too."""
        return commune_lines(entries, self.communes)

    def school(self, one: Entry, dossier: Dossier | None) -> str:
        """Return a school's page."""
        told = {"one": one, "commune_page": self.commune_page(one.insee)}
        return self._page("school", one.path, told | _told(dossier))

    def commune(
        self,
        one: CommuneLine,
        entries: Sequence[Entry],
        dossier: Dossier | None,
        population: int | None,
    ) -> str:
        """Return a commune's page: its schools, then itself."""
        told = {
            "one": one,
            "entries": entries,
            "population": number(str(population)) if population else "",
        }
        return self._page("commune", one.path, told | _told(dossier))

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


def _told(dossier: Dossier | None) -> dict[str, object]:
    if dossier is None:
        return {"audit": None, "papers": ()}
    return {"audit": dossier.bilan, "papers": dossier.papers}
