"""The synthesis of a commune: what its council decides for all its schools at once."""

from collections.abc import Sequence
from functools import partial

from diag.assess.words import printed_cell
from diag.audit.reasons import concerns, heading
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
from diag.documents.synthesis import common as money
from diag.documents.synthesis.common import (
    SharedRule,
    alert_rows,
    alerts_words,
    build_synthesis,
    domain_table,
    is_broken,
    names_or_count,
    rules,
    shared,
    strong_list,
    summary,
    unchecked_list,
    weak_table,
)
from diag.documents.synthesis.gathering import (
    Extract,
    Gathering,
    cover,
    coverage,
    dangers,
    dangers_box,
    unaudited,
    visit_days,
)
from diag.model.enums import PlaceKind
from diag.words.dates import describe_day
from diag.words.sentences import listed, of, typeset, uncapitalised
from diag.words.vocabulary import LAW, LEVELS_EXPLAINED, SOCLES

WEAK, STRONG, DOMAINS, NAMED = 5, 5, 8, 3
"""At most so many common lacks, strengths, domains of the budget, alerts in the box."""


def commune_synthesis(gathering: Gathering) -> Document:
    """Return the synthesis of a commune's audits."""
    found = shared(gathering.schools)
    votes = gathering.votes
    commune = gathering.commune
    mayor = f"Mairie {of(commune.name)}" if commune else "Mairie"
    identity = (
        (("Commune", commune.name), ("Code INSEE", commune.insee)) if commune else ()
    )
    pressing = dangers(gathering)
    boxed = any(one.seen for one in gathering.extracts) + bool(pressing)
    named = _named_rules(found)
    urgent = {one.task.criterion.id for one in pressing if one.task.criterion}
    # What no box holds: neither a danger, nor a rule named above.
    untold = [
        one
        for one in found
        if concerns(one.criterion, READER)
        and one not in named
        and one.criterion.id not in urgent
    ]
    expenses = (one for some in gathering.extracts for one in some.expenses)
    domains = {one.domain for one in expenses if one.sure}

    def list_all(some: Sequence[Extract]) -> str:
        return listed(list(map(gathering.name_of, some)))

    view = {
        "name": gathering.name,
        "cover": cover(gathering, mayor, *identity),
        "deadline": awaited(votes, gathering.date),
        "know_first": know_first(votes),
        "money": money_line(votes),
        "dangers": dangers_box(gathering),
        "alerts": _alerts_box(gathering, found),
        "decisions": votes_tables(votes),
        "sums": unvoted_table(votes),
        "footnote": FOOTNOTE if any(one.votes.gross for one in votes) else "",
        "levels": LEVELS_EXPLAINED,
        "common": weak_table(untold, WEAK - boxed),
        **summary(gathering.schools),
        "total": money.total_line(gathering),
        "schools": _school_table(gathering),
        "unaudited": unaudited(gathering),
        "budget": money.by_audit(
            gathering,
            [
                (
                    gathering.name_of(one)
                    + " (hors des écoles)" * (one.about.kind is not PlaceKind.ECOLE),
                    one.paid,
                )
                for one in gathering.extracts
                if one.expenses
            ],
            "Dépenses par école, en euros TTC",
        ),
        "domains_budget": money.by_audit(
            gathering,
            money.domain_rows(gathering, DOMAINS),
            "Les mêmes dépenses par thème, en euros TTC",
            "Thème",
        )
        if len(domains) > 1
        else Md(""),
        "leaders": money.leaders(gathering),
        "beyond": money.beyond(gathering),
        "unconfirmed": money.unconfirmed(gathering),
        "compliance": table(
            "Points non respectés, école par école",
            (EXPECTED, NATURE_AND_TEXT, "Pas encore respecté", "À vérifier"),
            alert_rows(found, READER, list_all, list_all),
        ),
        "unchecked": unchecked_list(found, READER, partial(_names, gathering)),
        "strengths": strong_list(found, STRONG),
        "domains": domain_table(gathering.schools, spread=len(gathering.schools) > 1),
    }
    return build_synthesis("synthese-commune", view, gathering, _sheet(gathering))


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
        {"where": typeset(f"{gathering.name_of(one)}."), "fact": typeset(danger)}
        for one in gathering.extracts
        for danger in one.seen
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
        days, state = (
            sorted(one.visits),
            "provisoire" if one.provisional else "définitif",
        )
        visited = f"visite du {describe_day(days[-1])}" if days else "sans visite"
        rows.append((
            gathering.name_of(one),
            f"{visited}, {state}",
            printed_cell(one.overall),
            SOCLES[one.socle],
            alerts_words([one], READER),
            money.total([one]).cell,
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
