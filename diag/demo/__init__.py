"""The demonstration: an invented territory, three schools, a programme; same bytes.

Of its programme: four schools of four communes beside the one audited in full; what the
syndicat and each commune may spend, two variants, a year that a mayor imposes, three
workshops whose ballots the committee adopted, and what two bodies decided. It is not
adopted yet. A syndicat's own charter and templates are tried on it.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from diag.audit.compare import keep_judged
from diag.audit.follow import move
from diag.audit.report import report_of
from diag.audit.session import AuditSession, open_session, start
from diag.checklist.overlay import CHARTER
from diag.demo.stories import (
    COMMUNE,
    DAY,
    FULL,
    HALF,
    LAST,
    SETTINGS,
    UNTOUCHED,
    Story,
    play,
    scenario,
    visit_again,
)
from diag.demo.territory import with_key, write_fictional_territory
from diag.documents.drafts import DraftKind, drafted
from diag.documents.formats import Format
from diag.documents.programme import programme_deliberation
from diag.documents.synthesis import synthesis
from diag.documents.templates import build_document
from diag.documents.write import write_reports
from diag.journal import subjects
from diag.journal.journal import FILE
from diag.model.enums import READERS, Audience, AuditStatus, Outcome, Participant
from diag.model.errors import DiagError
from diag.model.programme import (
    CostSplit,
    EnvelopeState,
    ProgrammeFrame,
    Variant,
    YearEnvelope,
)
from diag.office.imports import import_file
from diag.programme import adopting, gathering, setting
from diag.programme.assembling import board_of
from diag.programme.container import EVERY, FRAME, Container, create, opened, plain
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.workspace.charter import FOLDER
from diag.workspace.workspace import Workspace, fixed_world

_MARK = "demonstration-de-diag.txt"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Where everything is."""

    folder: Path
    full: tuple[Path, ...]
    """Reports of the school that was audited in full."""
    half: tuple[Path, ...]
    """Reports of the school that was audited half way."""
    commune: tuple[Path, ...]
    """Reports of the commune of the first one, before it accepts a gift."""


def demonstrate(
    folder: Path, report: Callable[[str], None] = lambda _sentence: None
) -> Demonstration:
    """Make the demonstration in `folder`; one that is there is made again.

    Raises:
        DiagError: when the folder holds anything else; nothing is touched.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
    elif any(folder.iterdir()):
        if not (folder / _MARK).exists() or not (folder / FILE).exists():
            raise DiagError(
                f"{folder} contient autre chose qu'une démonstration : rien n'a été "
                "touché. Choisissez un autre dossier : diag demo --dir DOSSIER."
            )
        shutil.rmtree(folder)
        folder.mkdir()
    (folder / _MARK).write_text(
        "Démonstration de diag : territoire, écoles et personnes sont inventés.\n"
        "« diag demo » refait ce dossier à neuf.\n",
        encoding="utf-8",
        newline="\n",
    )
    files = write_fictional_territory(folder / "fichiers-officiels")
    with Workspace.create(folder, SETTINGS, fixed_world(DAY, seed=2026)) as workspace:
        report("Territoire : Vallombre, département inventé")
        for kind, path in (
            ("annuaire", files.annuaire),
            ("effectifs", files.effectifs),
            ("ips", files.ips),
            ("communes", files.communes_file),
        ):
            import_file(workspace, kind, path)
        import_file(workspace, "mairies", files.mairies, source_date=files.mairies_date)
        full = _audited(workspace, scenario(FULL), report)
        half = _audited(workspace, scenario(HALF), report)
        untouched = start(workspace, UNTOUCHED)
        report(f"{untouched.about.name} : audit ouvert, rien de répondu")
        commune = _audited(workspace, scenario(COMMUNE), report)
        kept: list[tuple[Path, ...]] = []
        for session in (full, half, commune):
            exports = workspace.folder / "exports" / session.about.stem
            written = write_reports(
                report_of(session, DAY),
                READERS,
                exports,
                (Format.MARKDOWN, Format.HTML),
            )
            kept.append(tuple(one.path for one in written if one.path))
        made = Demonstration(folder, *kept)
    visit_again(folder)
    report("École primaire Les Charmes : second audit, plan, observations, photo")
    report("École primaire du Village : audit d'une collègue, à relire")
    _plan_years(folder)
    report("Programme 2027-2031 : cinq communes, deux variantes, trois ateliers")
    return made


def _audited(
    workspace: Workspace, story: Story, report: Callable[[str], None]
) -> AuditSession:
    session = start(workspace, story.uai)
    play(session, story)
    keep_judged(session)
    report(f"{session.about.title} : {len(session.facts.answers)} réponses")
    return session


# Documents on trial are made of the demonstration's territory, in a folder of its own,
# with the syndicat's overlay: no real school is read, and nothing is left behind.


_TAKEN = {".png", ".jpg", ".jpeg", ".svg"}


def problems_tried(
    overlay: Path, report: Callable[[str], None] = lambda _document: None
) -> tuple[str, ...]:
    """Return what is wrong with the templates and the charter of an overlay.

    Each document is named as it is made. Takes a few seconds.
    """
    problems: dict[str, None] = {}
    with TemporaryDirectory(prefix="diag-") as name:
        folder = Path(name) / "essai"
        demonstrate(folder)
        target = folder / overlay.name
        target.mkdir()
        for path in sorted(overlay.iterdir()) if overlay.is_dir() else ():
            read = path.suffix.lower() in _TAKEN or path.name == CHARTER
            if read and path.is_file():
                shutil.copy(path, target / path.name, follow_symlinks=False)
        if (overlay / FOLDER).is_dir():
            shutil.copytree(
                overlay / FOLDER, target / FOLDER, symlinks=True, ignore=_unreadable
            )
        with Workspace.open(folder) as workspace:
            for document, problem in _made(workspace):
                report(document)
                problems |= dict.fromkeys(filter(None, problem.splitlines()))
    return tuple(problems)


def _unreadable(folder: str, names: list[str]) -> set[str]:
    """Return the names of what no copy can read: pipes, devices."""
    paths = {name: Path(folder, name) for name in names}
    return {name for name, at in paths.items() if not (at.is_file() or at.is_dir())}


def _made(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Make every document; yield its name and its notices."""
    for story in (FULL, HALF, COMMUNE):
        session = open_session(workspace, scenario(story).uai)
        report = report_of(session, DAY)
        for audience in Audience:
            document = build_document(report, audience)
            problem = report.office.house.explain(audience)
            if story == FULL and not problem:  # an accessible PDF is asked of one
                try:
                    notice = document.write(Format.PDF)[1]
                except DiagError as error:
                    notice = str(error)
                problem = f"{audience} : {notice}" if notice else ""
            yield f"{audience}, {report.about.name}", problem
    session = open_session(workspace, scenario(FULL).uai)
    school = session.about.school
    area = school.circonscription if school else ""
    for scope in (f"commune:{session.about.insee}", f"circonscription:{area}"):
        paper = synthesis(workspace, scope, DAY)[0]
        yield paper.document.meta.title, paper.notice
    paper = synthesis(workspace, "territoire", DAY)[0]
    yield paper.document.meta.title, paper.notice
    for draft in DraftKind:
        made = drafted(workspace, draft, session.about.ref, DAY)
        yield made.paper.document.meta.title, made.paper.notice
    paper = programme_deliberation(board_of(opened(workspace)), DAY)
    yield paper.document.meta.title, paper.notice


SLUG = "2027-2031"
SIREN = with_key("20999901")
"""Of a syndicat that does not exist."""

_BEFORE = date(2025, 11, 18)
_YEARS = range(2027, 2032)


class _Neighbour(NamedTuple):
    """A school audited last year: what differs there from the one audited in full."""

    uai: str
    insee: str
    answers: dict[str, object]
    without: tuple[str, ...] = ()
    """Rooms and lots that it has not."""
    invests: int = 0
    """Euros that its commune may invest each year."""
    runs: int = 0
    """Euros that its commune may spend to run, each year."""


_LITTLE = ("Classe CE2", "Classe des grands", "Salle de motricité", "Salle des maîtres")

_NEIGHBOURS = (
    _Neighbour(
        "9990160V",
        "99904",
        {"technologie_acces": "ftth", "debit_descendant": "284", "coupures_mois": 0},
        invests=1_900,
        runs=2_600,
    ),
    _Neighbour(
        "9990172H",
        "99905",
        {"liaison_batiments": "fibre", "regime_fctva": "deux_ans"},
        invests=1_200,
        runs=2_200,
    ),
    _Neighbour(
        "9990184W",
        "99906",
        {"contrat_maintenance": "contrat", "regime_fctva": None},
        _LITTLE,
        invests=700,
        runs=700,
    ),
    _Neighbour(
        "9990214D", "99913", {"regime_fctva": "meme_annee"}, _LITTLE, 450, 1_500
    ),
)
_OWN = _Neighbour("", "99903", {}, (), 2_300, 3_000)
"""The commune of the school audited in full."""

_SYNDICAT = 4_000
"""Euros that the syndicat may invest each year."""

_THEMES = {
    "reseau": ("Un réseau qui tient", ("acces", "reseau", "wifi")),
    "classe": ("Une salle prête à l'heure", ("salles", "equipement")),
    "humain": (
        "Du temps pour apprendre, et quelqu'un qui dépanne",
        ("formation", "maintenance", "usages"),
    ),
}
"""Slug → title, and the domains whose actions answer it."""


class _HeldWorkshop(NamedTuple):
    title: str
    on: str
    where: str
    ballots: dict[Participant, tuple[tuple[int, int, int], ...]]
    """Role → points of each ballot, in the order of the themes."""
    cards: tuple[tuple[Participant, str, str], ...]
    """Role, theme, what was said."""


_MEETINGS = (
    _HeldWorkshop(
        "Atelier des directions",
        "2026-05-06",
        "Montfauvel",
        {
            Participant.DIRECTION: ((5, 3, 2), (6, 2, 2), (4, 4, 2), (5, 2, 3)),
            Participant.ENSEIGNANT: ((3, 5, 2), (2, 5, 3)),
        },
        (
            (Participant.DIRECTION, "reseau", "Le matin, plus rien ne charge."),
            (
                Participant.ENSEIGNANT,
                "classe",
                "Je branche le projecteur à chaque fois.",
            ),
        ),
    ),
    _HeldWorkshop(
        "Atelier des élus",
        "2026-05-20",
        "Valbrise",
        {Participant.ELU: ((6, 2, 2), (7, 1, 2), (5, 3, 2), (4, 2, 4), (6, 2, 2))},
        ((Participant.ELU, "humain", "Qui vient quand cela tombe en panne ?"),),
    ),
    _HeldWorkshop(
        "Atelier des parents et des agents",
        "2026-06-03",
        "Hautecroze",
        {
            Participant.PARENT: ((2, 4, 4), (3, 3, 4), (2, 5, 3)),
            Participant.AGENT: ((3, 2, 5), (4, 1, 5)),
        },
        ((Participant.PARENT, "", "On ne sait pas à qui écrire."),),
    ),
)


def _plan_years(folder: Path) -> None:
    """Add to a demonstration, closed, the schools of last year, then the programme."""
    with Workspace.open(folder, fixed_world(_BEFORE, seed=2030)) as workspace:
        full = scenario(FULL)  # each is that school, but for what differs
        visit = full.visits[0].model_copy(update={"date": _BEFORE})
        for each in _NEIGHBOURS:
            differing = {
                "uai": each.uai,
                "visits": (visit,),
                "answers": {**full.answers, **each.answers},
                "places": tuple(p for p in full.places if p.name not in each.without),
                "status": AuditStatus.EN_COURS,
            }
            session = start(workspace, each.uai, LAST)
            play(session, full.model_copy(update=differing))
            move(session, AuditStatus.CLOS)
    with Workspace.open(folder, fixed_world(DAY, seed=2031)) as workspace:
        campaigns = (LAST, SETTINGS.campaign)
        frame = ProgrammeFrame(first=_YEARS[0], campaigns=campaigns)
        container = create(workspace, SLUG, frame, SIREN)
        purses = {Purse(str(container.audit.subject), INVESTMENT): _SYNDICAT}
        for one in (_OWN, *_NEIGHBOURS):
            purses[Purse(f"commune:{one.insee}", INVESTMENT)] = one.invests
            purses[Purse(f"commune:{one.insee}", RUNNING)] = one.runs
        drafts = [
            container.draft(
                setting.envelope_subject(purse, year),
                YearEnvelope(
                    cents=euros * 100,
                    state=EnvelopeState.HYPOTHESE,
                    carry=purse.section is INVESTMENT,
                    source="débat d'orientation budgétaire",
                ),
            )
            for purse, euros in purses.items()
            for year in _YEARS
        ]
        splits = subjects.programme(subjects.SPLITS, EVERY)
        drafts.append(container.draft(splits, CostSplit(syndicat="0.4")))
        container.write(*drafts)
        _hold_workshops(container)
        _choose(container.reopened(), frame)


def _hold_workshops(container: Container) -> None:
    """Write themes, workshops, cards and ballots, then what two bodies made of them.

    An opinion, then the committee's word, which adopts the weights of the ballots.
    """
    for name, (title, domains) in _THEMES.items():
        gathering.put_theme(container, name, title, domains)
    idents = []
    for each in _MEETINGS:
        ident = gathering.new_workshop(
            container,
            title=each.title,
            on=each.on,
            where=each.where,
            animator="le syndicat",
            present={role: len(some) for role, some in each.ballots.items()},
        )
        idents.append(ident)
        for role, theme, text in each.cards:
            gathering.put_card(container, ident, text, role, theme=theme)
        for role, ballots in each.ballots.items():
            for points in ballots:
                shared = dict(zip(_THEMES, points, strict=True))
                gathering.put_ballot(container, ident, role, shared)
    container = container.reopened()
    adopting.decide(
        container,
        adopting.PILOTAGE,
        Outcome.AVIS,
        date(2026, 6, 24),
        about="l'ordre des opérations et les thèmes des ateliers",
        why="avis favorable ; la formation avant le matériel",
    )
    adopted = adopting.decide(
        container,
        str(container.audit.subject),
        Outcome.ADOPTE,
        date(2026, 9, 30),
        ref="2026-31",
        about="la règle de partage, la réserve et les poids des thèmes",
        votes="17 pour, 2 abstentions",
    )
    gathering.put_weights(container.reopened(), tuple(idents), decision=adopted)


def _choose(container: Container, frame: ProgrammeFrame) -> None:
    """Write a lock, then two variants."""
    board = board_of(container)
    locked = setting.operation_named(board, f"{_NEIGHBOURS[0].uai}/cabler-les-classes")
    lock = setting.lock_of(
        2028, "le maire de Montfauvel", "deux classes ouvrent à la rentrée 2028"
    )
    setting.put(container, setting.lock_subject(locked), lock)
    by_euro = frame.model_copy(update={"socle_first": False})
    purse = Purse(str(container.audit.subject), INVESTMENT)
    less = YearEnvelope(cents=_SYNDICAT * 80, carry=True, source="hypothèse prudente")
    lower = {setting.envelope_subject(purse, year): plain(less) for year in _YEARS[1:]}
    for name, why, sets in (
        (
            "Par euro",
            "sans faire passer d'abord ce qui bloque",
            {FRAME: plain(by_euro)},
        ),
        ("Moins 20 %", "si le syndicat reçoit un cinquième de moins dès 2028", lower),
    ):
        container.write(
            container.draft(
                subjects.programme(subjects.VARIANTS, container.fresh()),
                Variant(name=name, why=why, sets=sets),
            )
        )
