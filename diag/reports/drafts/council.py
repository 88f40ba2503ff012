"""What goes before a council: the explanatory note, and the deliberation itself."""

from collections.abc import Iterable, Sequence

from diag.model.enums import Audience, Kind
from diag.reports.alerts import CAUTION
from diag.reports.drafts import requirement
from diag.reports.drafts.frame import (
    REREAD,
    draft_line,
    prefilled,
    source_of,
    tools,
)
from diag.reports.escape import Md
from diag.reports.layout import Pair, bullets, definitions, table
from diag.reports.money import spoken_cost
from diag.reports.synthesis import money
from diag.reports.synthesis.common import REASON_WORDS, Shared, names_or_count, shared
from diag.reports.synthesis.decisions import (
    Group,
    dangers,
    dangers_box,
    groups,
    proposed,
    schools,
)
from diag.reports.synthesis.extract import Extract, Task
from diag.reports.synthesis.gathering import (
    Gathering,
    contacts,
    status,
    version,
)
from diag.reports.synthesis.page import page
from diag.words.dates import long_date
from diag.words.sentences import first_sentence, of, sentence, uncapitalised

REASONS = 5
"""At most so many findings told as reasons."""

_PRESSING = (Kind.COMPLIANCE, Kind.BLOCKING)


def note(gathering: Gathering) -> str:
    """Return the Markdown of a draft explanatory note, one page if it can be."""
    asked = proposed(gathering)
    told = {
        **_frame(gathering, "Projet de note explicative de synthèse"),
        "requirement": requirement.need_words(
            gathering.commune, gathering.population_of
        ),
        "convocation": requirement.convocation_words(gathering.commune),
        "dangers": dangers_box(gathering),
        "reasons": _reasons_table(gathering),
        "decisions": _decision_table(gathering, asked),
        "conditions": bullets(_conditions(gathering)),
        "total": money.total_words(gathering),
        "yearly": _yearly(asked),
        "done": bullets(_done(asked)),
    }
    return _draft("note", told, gathering, "Projet de note")


def deliberation(gathering: Gathering) -> str:
    """Return the Markdown of a draft deliberation: the council alone decides."""
    told = {
        **_frame(gathering, "Projet de délibération"),
        "office": gathering.office.name,
        "council": _council(gathering),
        "audits": bullets(_audits(gathering)),
        "whereas": bullets(_whereas(gathering)),
        "articles": list(_articles(gathering)),
    }
    name = "Projet de délibération"
    return _draft("deliberation", told, gathering, name)


def _draft(
    template: str,
    told: dict[str, object],
    gathering: Gathering,
    name: str,
) -> str:
    foot = draft_line(
        name, gathering.date, version(gathering), provisional=gathering.provisional
    )
    reach, house = contacts(gathering), gathering.office.house
    return page(template, told, reach, foot, listed=False, explained=False, house=house)


def _frame(gathering: Gathering, title: str) -> dict[str, object]:
    commune = gathering.commune
    pairs: list[Pair] = [
        ("Commune", commune.name if commune else ""),
        ("Code INSEE", commune.insee if commune else ""),
        ("Écoles concernées", _names(gathering, gathering.schools)),
        ("Date du projet", long_date(gathering.date)),
        ("Préparé par", gathering.office.name),
        ("Version", version(gathering)),
        ("Audits", status(gathering)),
    ]
    return {
        **tools(),
        "title": title,
        "cover": definitions(pairs),
        "several": len(gathering.schools) > 1,
        "prefilled": prefilled(
            source_of(gathering.extracts, gathering.date),
            "la mairie",
            "Si l'école relève d'une intercommunalité, c'est son assemblée qui décide.",
        ),
    }


def _names(gathering: Gathering, some: Sequence[Extract]) -> str:
    return names_or_count(some, gathering.name_of, limit=6)


def _council(gathering: Gathering) -> str:
    commune = gathering.commune
    return f"Conseil municipal {of(commune.name)}" if commune else "Conseil municipal"


def _reasons(gathering: Gathering) -> list[Shared]:
    """Return what surely lacks: what the proposals cure, then what presses most."""
    asked = (*dangers(gathering), *proposed(gathering))
    cured = {one.task.criterion.id for one in asked if one.task.criterion}
    told = [
        one
        for one in shared(gathering.extracts)
        if one.short and (one.criterion.id in cured or one.criterion.kind in _PRESSING)
    ]
    told.sort(key=lambda one: one.criterion.id not in cured)
    return told[:REASONS]


def _reasons_table(gathering: Gathering) -> Md:
    rows = [
        (
            one.criterion.title,
            _names(gathering, one.short),
            _why(one),
        )
        for one in _reasons(gathering)
    ]
    columns = ("Ce qui est attendu", "Pas encore le cas", "Ce que cela change")
    return table("Ce que l'audit a constaté", columns, rows)


def _why(found: Shared) -> str:
    told = first_sentence(found.criterion.why, REASON_WORDS)
    return f"{told} {CAUTION}" if found.criterion.verify_before_quoting else told


def _decision_table(gathering: Gathering, asked: Sequence[Group]) -> Md:
    rows = [
        (
            str(rank),
            one.title(Audience.MAIRIE),
            spoken_cost(one.cost),
            one.when,
            schools(gathering, one),
        )
        for rank, one in enumerate(asked, 1)
    ]
    columns = ("N°", "Décision proposée", "Coût estimé", "Avant le", "Pour")
    return table("Décisions proposées", columns, rows)


def _conditions(gathering: Gathering) -> Iterable[str]:
    """Give what must come first for other actions, that are not put to the vote."""
    waiting = groups(gathering.extracts, _waits)
    if waiting:
        yield (
            "Actions qui attendent une condition, non proposées au vote : "
            f"{len(waiting)}."
        )
    if count := money.unconfirmed(gathering):
        yield f"Actions qui dépendent d'une vérification, hors de tout total : {count}."


def _waits(_extract: Extract, task: Task) -> bool:
    return task.council and task.undecided and not task.ready


def _yearly(asked: Iterable[Group]) -> bool:
    """Say whether something proposed is paid again each year."""
    return any(bool(one.cost.yearly_ttc.maximum) for one in asked)


def _done(asked: Iterable[Group]) -> Iterable[str]:
    for one in asked:
        if one.task.done_when:
            done = uncapitalised(one.told(one.task.done_when))
            yield f"{one.title(Audience.MAIRIE)} : {done}"


def _audits(gathering: Gathering) -> Iterable[str]:
    """Give each audit, with the mark by which its report is known."""
    for one in gathering.extracts:
        mark = f", empreinte {one.digest[:12]}" if one.digest else ""
        yield f"{gathering.name_of(one)} : audit {one.status}{mark}"


def _whereas(gathering: Gathering) -> Iterable[str]:
    for one in _reasons(gathering):
        where = _names(gathering, one.short)
        law = f" ({REREAD})" * one.criterion.verify_before_quoting
        yield (
            "Considérant que l'audit n'a pas encore constaté ce qui est attendu, "
            f"« {one.criterion.title} » : {where}{law}"
        )


def _articles(gathering: Gathering) -> Iterable[tuple[str, str]]:
    """Give each decision as an article: its title, and what is voted."""
    for rank, one in enumerate(proposed(gathering), 2):
        text = one.told(one.task.decision).rstrip(". ")
        amount = spoken_cost(one.cost)
        estimate = "" if amount in text else f" Estimation : {amount}."
        when = "" if one.when in text else f" Échéance proposée : avant le {one.when}."
        yield (
            f"Article {rank}",
            f"{sentence(text)}{estimate}{when} Concerne : {schools(gathering, one)}.",
        )
