"""What a checklist may tell as law: read in its text, of late, and where."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from diag.checklist.lint.french import wording_texts
from diag.checklist.lint.references import TRADE
from diag.checklist.loaded import Item, Loaded
from diag.model.checklist import Criterion, RegisteredSource
from diag.model.enums import Nature
from diag.rules.problem import Problem

OFFICIAL = "A"
"""Grade of what an administration says in its own house."""

_OFFICIAL_HOST = re.compile(
    r"(?:^|\.)(?:gouv\.fr|education\.fr|cnil\.fr|senat\.fr|assemblee-nationale\.fr"
    r"|conseil-etat\.fr|insee\.fr|ineris\.fr|arcom\.fr|ac-[a-z-]+\.fr"
    r"|region-academique-[a-z-]+\.fr|europa\.eu"
    r"|gov\.uk|gov\.wales|edu-vd\.ch|irisnet\.be)$"
)
"""Who publishes what it writes; whoever copies it word for word is not."""

_TOLD_AS_LAW = re.compile(
    r"\bobligat(?:ion|oire)s?\b"
    r"|\b(?:lois?|codes?|décrets?|arrêtés?|règlements? européens?)\b[^.;:!?]{0,40}?"
    r" (?:impos(?:e|ent)|oblig(?:e|ent)|exig(?:e|ent)|interdi(?:t|sent))\b",
    re.IGNORECASE,
)
"""Words by which a text tells a rule as certain."""


def law_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what is told as law and was not read, or read in no place that is named."""
    today = datetime.now(UTC).date()
    for criterion in loaded.draft.criteria.values():
        yield from _reading_problems(loaded, criterion, today)
        item = loaded.item("criteria", criterion.id)
        for key in ("title", "why"):
            text = getattr(criterion, key)
            yield from _told_problems(item, (key,), text, criterion)
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        judged = loaded.draft.criteria.get(recommendation.when.criterion)
        texts = [
            *wording_texts(recommendation),
            (("done_when",), recommendation.done_when),
        ]
        for path, text in texts:
            yield from _told_problems(item, path, text, judged)
    for source in loaded.draft.sources.values():
        yield from _grade_problems(loaded.item("sources", source.id), source)


def _reading_problems(
    loaded: Loaded, criterion: Criterion, today: date
) -> Iterator[Problem]:
    law = criterion.law
    if law is None or not law.read_on:
        return
    item = loaded.item("criteria", criterion.id)
    if law.read_on > today.isoformat():
        yield item.problem(
            ("law", "read_on"),
            f"« read_on: {law.read_on} » : le texte aurait été lu un jour à venir",
            "Écrivez le jour où vous en avez lu les mots.",
        )
    if set(criterion.sources) <= {TRADE}:
        yield item.problem(
            ("sources",),
            "un texte lu (« read_on »), et aucune source ne dit où",
            "Citez dans « sources » la page où vous l'avez lu.",
        )


def _told_problems(
    item: Item, path: tuple[str, ...], text: str, judged: Criterion | None
) -> Iterator[Problem]:
    found = _TOLD_AS_LAW.search(text)
    if found and not (judged and _may_be_told(judged)):
        yield item.problem(
            path,
            f"« {'.'.join(path)} » : « {found.group()} », sans article que l'on ait lu",
            "Dites ce qui est demandé ou conseillé ; ou donnez au critère « law » avec "
            "« article » et « read_on ».",
        )


def _may_be_told(criterion: Criterion) -> bool:
    law = criterion.law
    is_read = law is not None and bool(law.article and law.read_on)
    return criterion.nature is Nature.LOI and is_read


def _grade_problems(item: Item, source: RegisteredSource) -> Iterator[Problem]:
    host = urlsplit(source.url).hostname or ""
    if source.grade == OFFICIAL and host and not _OFFICIAL_HOST.search(host):
        yield item.problem(
            ("grade",),
            f"« grade: {OFFICIAL} », et le site {host} n'est d'aucune administration",
            "Écrivez « grade: D » pour une copie, C pour un résumé de presse, ou "
            "l'adresse du texte officiel.",
            "warning",
        )
