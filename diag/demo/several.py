"""The demonstration's programme: schools of last year, five budgets, a choice to make.

Four schools of four communes beside the one audited in full; what the syndicat and each
commune may spend, two variants, a year that a mayor imposes, three workshops whose
ballots the committee adopted, and what two bodies decided. It is not adopted yet.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from diag.audit.follow import move
from diag.audit.session import start
from diag.demo.stories import DAY, FULL, LAST, SETTINGS, Story, play, scenario
from diag.demo.territory import with_key
from diag.journal import subjects
from diag.journal.revision import NewRevision
from diag.model.enums import AuditStatus, Outcome, Participant
from diag.model.programme import (
    CostSplit,
    EnvelopeState,
    ProgrammeFrame,
    Variant,
    YearEnvelope,
)
from diag.programme import adopting, gathering, setting
from diag.programme.assembling import board_of
from diag.programme.container import EVERY, FRAME, Container, create, plain
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.workspace.workspace import Workspace, fixed_world

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


def plan_years(folder: Path) -> None:
    """Add to a demonstration, closed, the schools of last year, then the programme."""
    with Workspace.open(folder, fixed_world(_BEFORE, seed=2030)) as workspace:
        for each in _NEIGHBOURS:
            session = start(workspace, each.uai, LAST)
            play(session, _story(each))
            move(session, AuditStatus.CLOS)
    with Workspace.open(folder, fixed_world(DAY, seed=2031)) as workspace:
        campaigns = (LAST, SETTINGS.campaign)
        frame = ProgrammeFrame(first=_YEARS[0], campaigns=campaigns)
        container = create(workspace, SLUG, frame, SIREN)
        container.write(*_money(container))
        weights = _workshops(container)
        _decide(container.reopened(), weights)
        _choose(container.reopened(), frame)


def _story(each: _Neighbour) -> Story:
    """Return the story of the school audited in full, moved to another one."""
    full = scenario(FULL)
    visit = full.visits[0].model_copy(update={"date": _BEFORE})
    places = tuple(one for one in full.places if one.name not in each.without)
    return full.model_copy(
        update={
            "uai": each.uai,
            "visits": (visit,),
            "answers": {**full.answers, **each.answers},
            "places": places,
            "status": AuditStatus.EN_COURS,
        }
    )


def _money(container: Container) -> Iterator[NewRevision]:
    """Give what each payer may spend: voted for the first budget, then supposed."""
    syndicat = str(container.audit.subject)
    purses = {Purse(syndicat, INVESTMENT): _SYNDICAT}
    for one in (_OWN, *_NEIGHBOURS):
        purses[Purse(f"commune:{one.insee}", INVESTMENT)] = one.invests
        purses[Purse(f"commune:{one.insee}", RUNNING)] = one.runs
    for purse, euros in purses.items():
        for year in _YEARS:
            value = YearEnvelope(
                cents=euros * 100,
                state=EnvelopeState.HYPOTHESE,
                carry=purse.section is INVESTMENT,
                source="débat d'orientation budgétaire",
            )
            yield container.draft(setting.envelope_subject(purse, year), value)
    yield container.draft(
        subjects.programme(subjects.SPLITS, EVERY), CostSplit(syndicat="0.4")
    )


def _workshops(container: Container) -> tuple[str, ...]:
    """Write themes, workshops, cards and ballots; return the workshops' ids."""
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
    return tuple(idents)


def _decide(container: Container, workshops: tuple[str, ...]) -> None:
    """Write an opinion, then the committee's word, which adopts the weights."""
    adopting.decide(
        container,
        adopting.PILOTAGE,
        Outcome.AVIS,
        date(2026, 6, 24),
        about="l'ordre des opérations et les thèmes des ateliers",
        why="avis favorable ; la formation avant le matériel",
    )
    ident = adopting.decide(
        container,
        str(container.audit.subject),
        Outcome.ADOPTE,
        date(2026, 9, 30),
        ref="2026-31",
        about="la règle de partage, la réserve et les poids des thèmes",
        votes="17 pour, 2 abstentions",
    )
    gathering.put_weights(container.reopened(), workshops, decision=ident)


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
