"""The synthesis of the territory, for the syndicat's board: no school is named."""

from collections.abc import Sequence

from diag.model.enums import Audience, PlaceKind
from diag.model.folding import fold
from diag.reports.escape import Md
from diag.reports.layout import bold, numbered, table
from diag.reports.money import spoken_cost
from diag.reports.synthesis import money
from diag.reports.synthesis.common import alerts_words, shared, strong_list, weak_table
from diag.reports.synthesis.decisions import (
    DECISIONS,
    decision_lines,
    groups,
    is_syndical,
    with_a_need,
)
from diag.reports.synthesis.extract import Extract, Task
from diag.reports.synthesis.gathering import Gathering, cover
from diag.reports.synthesis.page import page_of
from diag.reports.synthesis.scores import (
    average_words,
    completeness,
    domain_table,
    socle_words,
)
from diag.words.vocabulary import LEVELS_EXPLAINED

WEAK, STRONG, DOMAINS, TOGETHER = 6, 5, 8, 10
"""At most so many common lacks, strengths, domains of the budget, shared actions."""


def territory_synthesis(gathering: Gathering) -> str:
    """Return the Markdown of the synthesis of a whole campaign."""
    found = shared(gathering.schools)
    communes = {one.about.insee for one in gathering.schools}
    told = {
        "name": gathering.name,
        "several": len(gathering.schools) > 1,
        "campaign": gathering.campaign,
        "cover": cover(gathering, "Comité syndical", ("Communes", str(len(communes)))),
        "decisions": _decisions_box(gathering),
        "levels": LEVELS_EXPLAINED,
        "common": weak_table(found, WEAK),
        "average": average_words(gathering.schools),
        "completeness": completeness(gathering.schools),
        "socle": socle_words(gathering.schools),
        "alerts": alerts_words(gathering.schools),
        "total": money.total_line(gathering),
        "together": _together(gathering),
        "budget": money.by_audit(
            gathering,
            money.domain_rows(gathering, DOMAINS),
            "Dépenses estimées par thème, en euros TTC",
        ),
        "leaders": money.leaders(gathering),
        "beyond": money.beyond(gathering),
        "unconfirmed": money.unconfirmed(gathering),
        "communes": _commune_table(gathering),
        "missing": len(gathering.missing),
        "strengths": strong_list(found, STRONG),
        "domains": domain_table(gathering.schools, spread=False),
    }
    return page_of("synthese-territoire", told, gathering)


def _decisions_box(gathering: Gathering) -> Md:
    """Return what the syndicat itself can start, three things at most."""
    asked = with_a_need(groups(gathering.extracts, _is_common), DECISIONS)
    if not asked:
        return Md("")
    lines = decision_lines(
        gathering, asked, named=False, say=lambda one: one.title(Audience.MAIRIE)
    )
    votes = numbered(lines, "> ")
    title = bold("Ce que le comité peut engager d'abord")
    return Md("\n".join(("> [!IMPORTANT]", f"> {title}", ">", votes)))


def _is_common(extract: Extract, task: Task) -> bool:
    """Say whether the syndicat acts, in words that name no school."""
    return is_syndical(extract, task) and not task.own_words


def _together(gathering: Gathering) -> Md:
    """Return what most schools need alike: what a group of buyers is for."""
    paid = groups(gathering.schools, lambda _, task: not task.cost.free)
    widest = sorted(paid, key=lambda one: -len(one.pairs))[:TOGETHER]
    rows = [
        (one.title(Audience.MAIRIE), str(len(one.pairs)), spoken_cost(one.cost))
        for one in widest
        if len(one.pairs) > 1
    ]
    columns = ("Action", "Écoles", "Coût estimé")
    return table("Ce que plusieurs écoles demandent", columns, rows, numeric=(1,))


def _communes(gathering: Gathering) -> list[list[Extract]]:
    """Return the audits of each commune, its own first; one's syndicat apart."""
    found: dict[str, list[Extract]] = {}
    for one in gathering.extracts:
        found.setdefault(one.about.insee, []).append(one)
    return sorted(found.values(), key=lambda some: fold(_name(some)))


def _name(extracts: Sequence[Extract]) -> str:
    return extracts[0].about.commune or extracts[0].about.name


def _is_school(extract: Extract) -> bool:
    return extract.about.kind is PlaceKind.ECOLE


def _commune_table(gathering: Gathering) -> Md:
    rows = [
        (
            _name(some),
            str(sum(map(_is_school, some))),
            alerts_words(some),
            str(money.total(some)),
            _state(some),
        )
        for some in _communes(gathering)
    ]
    columns = ("Commune", "Écoles auditées", "Conformité", "Trois ans, TTC", "Audits")
    caption = "Commune par commune, dans l'ordre des noms : ce n'est pas un classement"
    return table(caption, columns, rows, numeric=(1, 3))


def _state(extracts: Sequence[Extract]) -> str:
    open_ones = sum(one.provisional for one in extracts)
    if not open_ones:
        return "définitif" if len(extracts) == 1 else "définitifs"
    if open_ones == len(extracts):
        return "provisoire" if open_ones == 1 else "provisoires"
    return f"dont {open_ones} provisoire{'s' * (open_ones > 1)}"
