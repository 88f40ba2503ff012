"""The synthesis of a circonscription, for its inspector: no commune's money in it."""

from collections.abc import Sequence
from functools import partial

from diag.model.checklist import Criterion
from diag.model.enums import Audience
from diag.reports.escape import Md
from diag.reports.layout import Pair, table
from diag.reports.synthesis.common import (
    Shared,
    alert_rows,
    alerts_words,
    names_or_count,
    shared,
    unchecked_list,
    weak_table,
)
from diag.reports.synthesis.decisions import (
    DECISIONS,
    Group,
    groups,
    is_academic,
    with_a_need,
)
from diag.reports.synthesis.extract import Extract
from diag.reports.synthesis.gathering import (
    Gathering,
    cover,
    unaudited,
)
from diag.reports.synthesis.page import page_of
from diag.reports.synthesis.scores import completeness
from diag.words.vocabulary import LEVELS_EXPLAINED, OWNERS

READER = Audience.ACADEMIE
WEAK = 5
"""At most so many common lacks told first."""
NAMED = 5
"""At most so many schools named in a cell; past them, they are counted."""
ACTIONS = 12
"""At most so many actions of the schools and of the académie told."""

SUBJECTS = (
    ("Projet et usages", ("GOV", "USG", "PER")),
    ("Formation", ("FOR",)),
    ("ENT", ("ENT",)),
)
"""What an inspector reads first: a title, and the numbers of its criteria."""


def circonscription_synthesis(gathering: Gathering) -> str:
    """Return the Markdown of the synthesis of a circonscription's audits."""
    found = shared(gathering.schools)
    mine = groups(gathering.schools, is_academic)
    asked = with_a_need(_subjects_first(mine), DECISIONS)
    told = {
        "name": gathering.name,
        "cover": cover(gathering, "Inspection de la circonscription"),
        "levels": LEVELS_EXPLAINED,
        "asked": _actions_table(gathering, asked, "Ce qui peut être décidé d'abord"),
        "common": weak_table(
            [one for one in found if _is_subject(one.criterion)], WEAK
        ),
        "completeness": completeness(gathering.schools),
        "alerts": alerts_words(gathering.schools),
        "subjects": [
            (title, _subject_table(found, title, prefixes))
            for title, prefixes in SUBJECTS
        ],
        "schools": _school_table(gathering),
        "unaudited": unaudited(gathering),
        "compliance": _compliance_table(gathering, found),
        "unchecked": unchecked_list(found, _counted),
        "actions": _actions_table(
            gathering,
            [one for one in mine if one not in asked][:ACTIONS],
            "Autres actions des écoles et de l'académie",
        ),
        "untold": max(0, len(mine) - len(asked) - ACTIONS),
    }
    return page_of("synthese-circonscription", told, gathering)


def _subject_table(
    found: Sequence[Shared], title: str, prefixes: tuple[str, ...]
) -> Md:
    rows = [
        (
            one.criterion.title,
            str(len(one.reached)),
            str(len(one.short)),
            str(len(one.unsure)),
        )
        for one in found
        if one.criterion.ref.startswith(prefixes)
    ]
    columns = ("Ce qui est attendu", "Atteint", "En dessous", "À vérifier")
    caption = f"{title} : nombre d'écoles"
    return table(caption, columns, rows, numeric=(1, 2, 3))


def _school_table(gathering: Gathering) -> Md:
    rows = [
        (
            gathering.name_of(one),
            one.about.commune,
            *(_reached(one, prefixes) for _, prefixes in SUBJECTS),
            alerts_words([one]),
            "provisoire" if one.provisional else "définitif",
        )
        for one in gathering.schools
    ]
    columns = (
        "École",
        "Commune",
        *(title for title, _ in SUBJECTS),
        "Conformité",
        "Audit",
    )
    caption = (
        "École par école, points atteints sur points examinés : "
        "ce n'est pas un classement"
    )
    return table(caption, columns, rows)


def _reached(extract: Extract, prefixes: tuple[str, ...]) -> str:
    told = [
        one
        for one in extract.findings
        if one.criterion.ref.startswith(prefixes) and not one.discreet
    ]
    if not told:
        return "sans objet"
    sure = sum(one.reached for one in told)
    unsure = sum(not (one.reached or one.short) for one in told)
    doubt = f", {unsure} à vérifier" if unsure else ""
    return f"{sure} sur {len(told)}{doubt}"


def _compliance_table(gathering: Gathering, found: Sequence[Shared]) -> Md:
    rows = alert_rows(found, partial(_names, gathering), _counted)
    columns = ("Ce qui est attendu", "Pas encore respecté", "À vérifier")
    return table("Points de conformité qui ne sont pas respectés", columns, rows)


def _names(gathering: Gathering, some: Sequence[Extract]) -> str:
    return names_or_count(some, gathering.name_of, NAMED)


def _counted(some: Sequence[Extract]) -> str:
    return f"{len(some)} école{'s' * (len(some) > 1)}" if some else ""


def _is_subject(criterion: Criterion | None) -> bool:
    prefixes = tuple(one for _, some in SUBJECTS for one in some)
    return criterion is not None and criterion.ref.startswith(prefixes)


def _subjects_first(found: Sequence[Group]) -> list[Group]:
    return sorted(found, key=lambda one: not _is_subject(one.task.criterion))


def _actions_table(gathering: Gathering, told: Sequence[Group], caption: str) -> Md:
    rows: list[Pair | tuple[str, ...]] = [
        (
            one.title(READER),
            OWNERS[one.task.owner],
            one.when,
            _names(gathering, one.extracts),
        )
        for one in told
    ]
    columns = ("Action", "Qui", "Avant le", "Écoles")
    return table(caption, columns, rows)
