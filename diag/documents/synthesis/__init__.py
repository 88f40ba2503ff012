"""Documents beyond one school: of a commune, a circonscription, the territory.

What one is about is named, its audits are read, then it is built: a commune's here, on
what its council decides for all its schools at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from diag.assess.spread import concerns, heading
from diag.assess.words import printed_cell
from diag.audit.remarks import PUBLIC_READERS, Slip, slips_of
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.blocks import Md, box, bullets, table
from diag.documents.document import Document
from diag.documents.mairie import READER
from diag.documents.parts.advice import EXPECTED, NATURE_AND_TEXT
from diag.documents.parts.votes import (
    FOOTNOTE,
    TIERS,
    awaited,
    know_first,
    money_line,
    unvoted_table,
    votes_tables,
)
from diag.documents.sheet import Plain, Sheet, decision_sheet, vote_row
from diag.documents.synthesis.common import (
    SharedRule,
    alert_rows,
    alerts_words,
    beyond,
    build_synthesis,
    by_audit,
    domain_rows,
    domain_table,
    is_broken,
    leaders,
    names_or_count,
    rules,
    shared,
    strong_list,
    summary,
    total,
    total_line,
    unchecked_list,
    unconfirmed,
    weak_table,
)
from diag.documents.synthesis.gathering import (
    Extract,
    Gathering,
    cover,
    coverage,
    dangers,
    dangers_box,
    extract_of,
    unaudited,
    visit_days,
)
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from diag.documents.tables import Progress
from diag.documents.write import Paper
from diag.journal.facts import edition_of
from diag.journal.records import standing_list_of
from diag.journal.school_lines import SchoolLine
from diag.model.audit import Auditee
from diag.model.enums import AuditStatus, PlaceKind
from diag.model.errors import DiagError
from diag.model.text import accented, campaign_named, fold
from diag.words.dates import day_of, describe_day
from diag.words.sentences import listed, of, sentence, typeset, uncapitalised
from diag.words.vocabulary import LAW, LEVELS_EXPLAINED, SOCLES
from diag.workspace.charter import office_of
from diag.workspace.subjects import auditee_of, audits, commune_auditee, school_of
from diag.workspace.workspace import Workspace

TERRITORY = "territoire"
"""How the whole campaign is named on the command line."""

NAMING = "commune:INSEE, circonscription:NOM ou territoire"
"""How the command line names a synthesis."""


@dataclass(frozen=True, slots=True)
class GatheringScope:
    """Which schools a document is about."""

    kind: str
    """`commune`, `circonscription`, `territoire` or `ecole`."""
    code: str
    """INSEE code, whole name of the circonscription, UAI; empty for all."""
    name: str
    """As it is printed."""
    stem: str
    """A name for its files."""
    insee: str = ""
    """Code of the commune, when it is about one."""

    def holds(self, insee: str, circonscription: str | None, ref: str = "") -> bool:
        """Say whether a school or a commune is of it, by what may name it."""
        named = {"commune": insee, "circonscription": circonscription, "ecole": ref}
        return named.get(self.kind, self.code) == self.code


def scope_named(workspace: Workspace, ref: str) -> GatheringScope:
    """Return what is named: a commune, a circonscription, the territory, a school.

    Raises:
        DiagError: when it is wrong or unknown; with what to do.
    """
    kind, _, code = ref.strip().partition(":")
    match kind.casefold():
        case "territoire" | "syndicat":
            name = workspace.settings.syndicat or "Territoire"
            return GatheringScope(TERRITORY, "", name, TERRITORY)
        case "commune":
            about = commune_auditee(workspace, code)
            return GatheringScope(
                "commune", about.code, about.name, about.stem, about.insee
            )
        case "circonscription":
            return _circonscription(workspace, code)
    school = school_of(workspace, code or ref)
    name = accented(school.name)
    return GatheringScope("ecole", school.uai, name, school.uai, school.insee)


def gathered(
    workspace: Workspace,
    scope: GatheringScope,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Gathering:
    """Return every audit of a scope that is begun, judged one after the other.

    Raises:
        DiagError: when no school of it was audited in the campaign; with what to do.
    """
    settings = workspace.settings
    wanted = campaign_named(campaign or settings.campaign)
    known = _sessions_in(workspace, scope, wanted)
    closed = (one.audit.id for one in known if one.status is AuditStatus.CLOS)
    votes = {one: standing_list_of(workspace.journal, one) for one in closed if not day}
    closings = {name: date.fromisoformat(one.day) for name, one in votes.items() if one}
    today = day or workspace.world.today()
    if known and len(closings) == len(known):  # all are closed: nothing moves since
        today = max(closings.values())
    sessions = [one for one in known if not one.is_older]
    older = [one.about for one in known if one not in sessions]
    read = list[Extract]()
    for done, session in enumerate(sessions, 1):
        # As its own documents are, of the day of its closing, but not of another year:
        # amounts are added up over the same three budgets.
        closing = closings.get(session.audit.id, today)
        on = closing if closing.year == today.year else today
        read.append(extract_of(report_of(session.public(), on)))
        progress(done, len(sessions))
    extracts = tuple(one for one in read if one.begun)
    missing = list(_missing(workspace, scope, extracts, older))
    unseen = (workspace.territory.school(one.uai) for one in missing)
    if older and not extracts:
        first = next(one for one in known if one.is_older)
        raise first.older_method()
    if not any(one.about.kind is PlaceKind.ECOLE for one in extracts):
        raise DiagError(
            f"Aucune école auditée pour {scope.name} dans la campagne {wanted}. "
            "Ouvrez un audit.",
            command="diag audit start UAI",
        )
    return Gathering(
        name=scope.name,
        extracts=extracts,
        missing=tuple(_school_name(scope, one.name, one.commune) for one in missing),
        campaign=wanted,
        author=settings.name_of(settings.author),
        office=office_of(workspace),
        date=today,
        older=tuple(
            _school_name(scope, about.name, about.commune)
            for about in older
            if about.kind is PlaceKind.ECOLE
        ),
        unseen=tuple(filter(None, (*unseen, *(about.school for about in older)))),
        commune=workspace.territory.commune(scope.insee) if scope.insee else None,
        population_of=population_day(workspace),
    )


def _sessions_in(
    workspace: Workspace, scope: GatheringScope, campaign: str
) -> list[AuditSession]:
    """Return the audits of a scope, by commune and name; the subject's own first."""
    journal = workspace.journal
    found = []
    for audit in audits(journal):
        if audit.campaign == campaign and edition_of(journal, audit.id):
            about = auditee_of(workspace, audit)
            around = about.school.circonscription if about.school else None
            if scope.holds(about.insee, around, about.ref):
                found.append(AuditSession(workspace, audit, about))

    def rank(session: AuditSession) -> tuple[bool, str, str, str]:
        about = session.about
        is_school = about.kind is PlaceKind.ECOLE
        return is_school, fold(about.commune), fold(about.name), about.ref

    return sorted(found, key=rank)


def _missing(
    workspace: Workspace,
    scope: GatheringScope,
    extracts: Iterable[Extract],
    older: Iterable[Auditee],
) -> Iterator[SchoolLine]:
    if scope.kind == "ecole":
        return
    told = {*(one.about.ref for one in extracts), *(about.ref for about in older)}
    inspections = workspace.territory.values_of("circonscription")
    for line in workspace.territory.schools():
        if (
            scope.holds(line.insee, inspections.get(line.uai))
            and not (line.uai in told or line.vanished)
            and line.sector != "Privé"
        ):
            yield line


def _school_name(scope: GatheringScope, name: str, commune: str) -> str:
    return name if scope.kind == "commune" else f"{name} ({commune})"


def _circonscription(workspace: Workspace, typed: str) -> GatheringScope:
    """Return the only circonscription whose name holds every word typed."""
    words = fold(typed).split()
    names = sorted({
        name
        for name in workspace.territory.values_of("circonscription").values()
        if name
    })
    found = [name for name in names if set(words) <= set(fold(name).split())]
    if words and len(found) == 1:
        words_of = fold(found[0]).removeprefix("circonscription ").split()
        stem = "-".join(("circonscription", *words_of))
        return GatheringScope("circonscription", found[0], found[0], stem[:80])
    if not names:
        raise DiagError(
            "Aucune circonscription connue. Importez la liste officielle.",
            command="diag import annuaire FICHIER.csv",
        )
    listed = "\n".join(f"  {name}" for name in found or names)
    many = "Plusieurs circonscriptions" if found else "Aucune circonscription"
    raise DiagError(
        f"{many} pour « {typed[:40]} ». Précisez un mot de son nom, par exemple "
        f'"circonscription:{fold(names[0]).split()[-1]}" :\n{listed}'
    )


def population_day(workspace: Workspace) -> str:
    """Return the ISO day on which the communes were read last; empty for never."""
    days = (
        day_of(one.at).isoformat()
        for one in workspace.territory.imports()
        if one.kind == "communes"
    )
    return next(days, "")


def synthesis(
    workspace: Workspace,
    ref: str,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Paper, Path, bool]:
    """Return a synthesis, the folder where it goes, and whether it is provisional.

    Raises:
        DiagError: when it is about nothing known, or no school was audited.
    """
    builders = {
        "commune": commune_synthesis,
        "circonscription": circonscription_synthesis,
        TERRITORY: territory_synthesis,
    }
    scope = scope_named(workspace, ref)
    if scope.kind not in builders:
        raise DiagError(
            f"Une synthèse réunit plusieurs écoles : donnez {NAMING}. "
            "Une école a son rapport.",
            command=f"diag report {scope.code}",
        )
    found = gathered(workspace, scope, day, campaign, progress)
    document, house = builders[scope.kind](found), found.office.house
    notice = house.explain(*{**house.refused, **house.replaced})
    paper = Paper("synthese", document, notice)
    return paper, folder_of(workspace, scope, found.campaign), found.provisional


def slips_gathered(
    workspace: Workspace, ref: str, campaign: str | None = None
) -> Iterator[Slip]:
    """Give what the audits of a scope would let out, each with its subject."""
    scope = scope_named(workspace, ref)
    wanted = campaign_named(campaign or workspace.settings.campaign)
    for session in _sessions_in(workspace, scope, wanted):
        for slip in () if session.is_older else slips_of(session, PUBLIC_READERS):
            yield slip._replace(where=f"{session.about.name}, {slip.where}")


def folder_of(workspace: Workspace, scope: GatheringScope, campaign: str) -> Path:
    """Return where the documents of a scope go, in its workspace."""
    return workspace.folder / "exports" / f"{scope.stem}-{campaign}"


WEAK, NAMED = 5, 3
"""At most so many common lacks, alerts in the box."""


def commune_synthesis(gathering: Gathering) -> Document:
    """Return the synthesis of a commune's audits."""
    found, ruled = shared(gathering.schools), shared(gathering.extracts)
    votes = gathering.votes
    commune = gathering.commune
    mayor = f"Mairie {of(commune.name)}" if commune else "Mairie"
    identity = (
        (("Commune", commune.name), ("Code INSEE", commune.insee)) if commune else ()
    )
    pressing = dangers(gathering)
    boxed = any(one.seen for one in gathering.extracts) + bool(pressing)
    named = {one.criterion.id for one in _named_rules(ruled)}
    urgent = {one.task.criterion.id for one in pressing if one.task.criterion}
    # What no box holds: neither a danger, nor a rule named above.
    untold = [
        one
        for one in found
        if concerns(one.criterion, READER)
        and one.criterion.id not in named
        and one.criterion.id not in urgent
    ]

    def list_all(some: Sequence[Extract]) -> str:
        return listed(list(map(gathering.name_of, some)))

    view = {
        "name": gathering.name,
        "cover": cover(gathering, mayor, *identity),
        "deadline": awaited(votes, gathering.date),
        "know_first": know_first(votes),
        "money": money_line(votes),
        "dangers": dangers_box(gathering),
        "alerts": _alerts_box(gathering, ruled),
        "decisions": votes_tables(votes),
        "sums": unvoted_table(votes),
        "footnote": FOOTNOTE if any(one.votes.gross for one in votes) else "",
        "levels": LEVELS_EXPLAINED,
        "common": weak_table(untold, WEAK - boxed),
        **summary(gathering.schools),
        **_costs(gathering),
        "schools": _school_table(gathering),
        "unaudited": unaudited(gathering),
        "compliance": table(
            "Points non respectés",
            (EXPECTED, NATURE_AND_TEXT, "Pas encore respecté", "À vérifier"),
            alert_rows(ruled, READER, list_all, list_all),
        ),
        "unchecked": unchecked_list(ruled, READER, partial(_names, gathering)),
        "strengths": strong_list(found),
        "domains": domain_table(gathering.schools, spread=len(gathering.schools) > 1),
    }
    return build_synthesis("synthese-commune", view, gathering, _sheet(gathering))


def _costs(gathering: Gathering) -> dict[str, object]:
    """Return what all of it costs, payer by payer, as the template prints it."""
    payers = []
    for one in gathering.extracts:
        beside = " (hors des écoles)" * (one.about.kind is not PlaceKind.ECOLE)
        if one.expenses:
            payers.append((f"{gathering.name_of(one)}{beside}", one.paid))
    expenses = (one for some in gathering.extracts for one in some.expenses)
    themes = domain_rows(gathering)
    if len({one.domain for one in expenses if one.sure}) <= 1:
        themes = []
    caption = "Les mêmes dépenses par thème, en euros TTC"
    return {
        "total": total_line(gathering),
        "budget": by_audit(gathering, payers, "Dépenses par école, en euros TTC"),
        "domains_budget": by_audit(gathering, themes, caption, "Thème")
        if themes
        else Md(""),
        "leaders": leaders(gathering),
        "beyond": beyond(gathering),
        "unconfirmed": unconfirmed(gathering),
    }


def _sheet(gathering: Gathering) -> Sheet | None:
    """Return page 1: the votes of every school, fitted as those of one are."""
    some = gathering.votes
    votes = [
        vote_row(each, vote, [vote.where])
        for tier in TIERS
        for each in some
        for vote in each.votes.votes
        if vote.tier == tier
    ]
    audited = f"{coverage(gathering)} écoles auditées"
    line = f"{audited} · visites : {visit_days(gathering.extracts)}"
    made = decision_sheet(some, votes, gathering.name, line)
    dangers: list[Plain] = [
        {
            "where": typeset(sentence(f"{gathering.name_of(one)}, {where}")),
            "fact": typeset(danger),
        }
        for one in gathering.extracts
        for where, danger in one.seen
    ]
    rest = "dans le texte joint à ce PDF"
    return {**made, "dangers": dangers, "rest": rest} if made else None


def _alerts_box(gathering: Gathering, found: Sequence[SharedRule]) -> Md:
    """Return what is not respected, the schools named, above everything."""
    broken = _named_rules(found)
    if not any(sum(one.alerts(READER)) for one in gathering.extracts):
        return Md("")
    lines = [
        f"« {one.criterion.title} » ({uncapitalised(one.label)}) : "
        f"{_names(gathering, one.short)}"
        for one in broken
    ]
    words, count = alerts_words(gathering.extracts, READER), len(gathering.extracts)
    lines.append(f"En tout, sur {count} audit{'s' * (count > 1)} : {words}.")
    title = heading(is_law=any(one.is_law for one in broken)) if broken else LAW
    return box("WARNING", title, bullets(lines))


def _named_rules(found: Sequence[SharedRule]) -> list[SharedRule]:
    return [one for one in rules(found, READER) if is_broken(one, READER)][:NAMED]


def _names(gathering: Gathering, extracts: Sequence[Extract]) -> str:
    return names_or_count(extracts, gathering.name_of)


def _school_table(gathering: Gathering) -> Md:
    rows = []
    for one in gathering.extracts:
        state = "provisoire" if one.provisional else "définitif"
        last = max(one.visits, default="")
        visited = f"visite du {describe_day(last)}" if last else "sans visite"
        rows.append((
            gathering.name_of(one),
            f"{visited}, {state}",
            printed_cell(one.overall),
            SOCLES[one.socle],
            alerts_words([one], READER),
            total([one]).cell,
        ))
    columns = (
        "École ou commune",
        "Audit",
        "Score",
        "Socle",
        "Loi",
        "Sur trois ans, TTC",
    )
    caption = "École par école, dans l'ordre des noms : ce n'est pas un classement"
    return table(caption, columns, rows, numeric=(5,))
