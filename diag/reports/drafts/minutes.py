"""The frame of a committee's minutes: what it has before it, and room for the rest."""

from diag.model.enums import Audience, Kind
from diag.reports.drafts.frame import (
    TO_WRITE,
    draft_line,
    prefilled,
    source_of,
    tools,
)
from diag.reports.escape import Md
from diag.reports.layout import definitions, table
from diag.reports.money import spoken_cost
from diag.reports.synthesis.common import names_or_count, shared
from diag.reports.synthesis.decisions import dangers_box, discussed, groups, is_academic
from diag.reports.synthesis.gathering import (
    Gathering,
    contacts,
    status,
    unaudited,
    version,
)
from diag.reports.synthesis.page import page
from diag.reports.synthesis.scores import SOCLE_WORDS, score_cell
from diag.words.dates import describe_day, long_date
from diag.words.vocabulary import FOLLOW_UPS, OWNERS

ASKED, ALERTS = 3, 6
"""At most so many actions of the school put to the committee, points of compliance."""


def minutes(gathering: Gathering) -> str:
    """Return the Markdown of the frame of a follow-up committee's minutes."""
    told = {
        **tools(),
        "name": gathering.name,
        "cover": _cover(gathering),
        "prefilled": prefilled(
            source_of(gathering.extracts, gathering.date), "le comité, en séance"
        ),
        "dangers": dangers_box(gathering),
        "schools": _standing(gathering),
        "unaudited": unaudited(gathering),
        "decided": _decided(gathering),
        "proposed": _proposed(gathering),
        "alerts": _alerts(gathering),
        "next": table(
            "Décisions du comité",
            ("N°", "Décision", "Qui", "Avant le"),
            [(str(rank), *(TO_WRITE,) * 3) for rank in range(1, 4)],
        ),
    }
    foot = draft_line(
        "Compte rendu",
        gathering.date,
        version(gathering),
        provisional=gathering.provisional,
    )
    reach, house = contacts(gathering), gathering.office.house
    return page(
        "compte-rendu", told, reach, foot, listed=False, explained=False, house=house
    )


def _cover(gathering: Gathering) -> Md:
    commune = gathering.commune
    return definitions((
        ("Commune", commune.name if commune else ""),
        ("Trame du", long_date(gathering.date)),
        ("Préparé par", gathering.office.name),
        ("Version", version(gathering)),
        ("Audits", status(gathering)),
    ))


def _standing(gathering: Gathering) -> Md:
    rows = [
        (
            gathering.name_of(one),
            describe_day(max(one.visits)) if one.visits else "aucune visite",
            score_cell(one.overall),
            SOCLE_WORDS[one.socle],
            "provisoire" if one.provisional else "définitif",
        )
        for one in gathering.extracts
    ]
    columns = ("École", "Dernière visite", "Score", "Socle", "Audit")
    return table("École par école", columns, rows)


def _decided(gathering: Gathering) -> Md:
    rows = [
        (
            one.title,
            gathering.name_of(extract),
            FOLLOW_UPS[one.state],
            describe_day(one.on),
            TO_WRITE,
        )
        for extract in gathering.extracts
        for one in extract.decided
    ]
    columns = ("Action", "École", "Dernier état connu", "Date", "Constaté en séance")
    return table("Suites des décisions déjà prises", columns, rows)


def _proposed(gathering: Gathering) -> Md:
    asked = (*discussed(gathering), *groups(gathering.extracts, is_academic)[:ASKED])
    told = {one.task.id: one for one in asked}
    rows = [
        (
            one.title(Audience.MAIRIE),
            names_or_count(one.extracts, gathering.name_of),
            OWNERS[one.task.owner],
            spoken_cost(one.cost),
            one.when,
            TO_WRITE,
        )
        for one in told.values()
    ]
    columns = ("Action", "Pour", "Qui", "Coût estimé", "Avant le", "Avis du comité")
    return table("Propositions à discuter", columns, rows)


def _alerts(gathering: Gathering) -> Md:
    rows = [
        (
            one.criterion.title,
            names_or_count(one.short, gathering.name_of),
            TO_WRITE,
        )
        for one in shared(gathering.extracts)
        if one.short and one.criterion.kind is Kind.COMPLIANCE
    ][:ALERTS]
    columns = ("Ce qui est attendu", "Pas encore respecté", "Ce que le comité en dit")
    return table("Ce qui n'est pas encore respecté", columns, rows)
