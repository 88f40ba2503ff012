"""What a checklist that reads well may still have wrong, or badly worded.

Each sort of problem has its module; values that nobody means (a price of 2031, a law
nobody read) are found here.
"""

import keyword
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import partial
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from urllib.parse import urlsplit

from diag.answers.types import TYPES
from diag.checklist import LAST_READ, Problem
from diag.checklist.lint.french import (
    french_problems,
    obligation_problems,
    phrase_problems,
    wording_problems,
    wording_texts,
)
from diag.checklist.lint.proofs import proof_problems
from diag.checklist.lint.references import TRADE, reference_problems
from diag.checklist.lint.rules import (
    direction_problems,
    rule_problems,
    withheld_problems,
    written_rules,
)
from diag.checklist.loaded import Item, Loaded
from diag.checklist.symbols import QUANTITY, names_read
from diag.model.checklist import (
    PEOPLE,
    AidState,
    Checklist,
    Criterion,
    Question,
    Recommendation,
    Requirement,
)
from diag.model.enums import Nature, PlaceKind, Provenance
from diag.model.text import exact
from diag.rules.language import VISIT_DATE
from diag.words.dates import long_date

Check = Callable[[Loaded], Iterator[Problem]]
"""Finds one sort of problem."""


def lint(loaded: Loaded) -> tuple[Problem, ...]:
    """Return every problem of meaning and of wording, errors and warnings, in order.

    While a file cannot be read, only what stands by itself is looked at: blaming the
    items that name what it declares would hide the one fault to mend.
    """
    checks: tuple[Check, ...] = (
        wording_problems,
        obligation_problems,
        french_problems,
    )
    problems: list[Problem] = []
    if loaded.is_whole:
        problems += (*reference_problems(loaded), *rule_problems(loaded))
        # Of what names or reads something wrong, nothing is proved.
        faulty = frozenset(
            ".".join(problem.key.split(".")[:2])
            for problem in problems
            if problem.severity == "error"
        )
        checks = (
            coherence_problems,
            trigger_problems,
            action_problems,
            _sense_problems,
            direction_problems,
            _law_problems,
            withheld_problems,
            phrase_problems,
            partial(proof_problems, faulty=faulty),
            *checks,
        )
    problems += chain.from_iterable(check(loaded) for check in checks)
    return tuple(sorted(problems, key=lambda problem: problem.place))


# Values that read well and that nobody means.

VAT_RATES = ("0", "2.1", "5.5", "10", "20")
"""The rates of VAT in force in France, in percent."""

_LIKE_ANOTHER = re.compile(r"(?:de même|idem)\b", re.IGNORECASE)
"""How a choice begins that only means « as the one above »."""

_LONGEST = {"delay": 10, "lifetime": 50, "stale_after": 10}
"""Years that a duration may last, by key."""

_DAYS = {
    "Y": Fraction(1461, 4),
    "M": Fraction(487, 16),
    "W": Fraction(7),
    "D": Fraction(1),
}


def _sense_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what was most likely mistyped, and what nobody could ask or act on."""
    for question in loaded.draft.questions.values():
        item = loaded.item("questions", question.id)
        yield from _asking_problems(item, question)
        yield from _duration_problems(item, "stale_after", question.stale_after)
    refs: dict[str, str] = {}
    for criterion in loaded.draft.criteria.values():
        first = refs.setdefault(criterion.ref, criterion.id)
        if criterion.ref and first != criterion.id:
            yield loaded.item("criteria", criterion.id).problem(
                ("ref",),
                f"le numéro {criterion.ref} est déjà celui de « {first} »",
                "Donnez-lui un autre numéro, ou retirez « ref ».",
                about=(first,),
            )
    for each in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", each.id)
        yield from _duration_problems(item, "delay", each.delay)
        yield from _duration_problems(item, "lifetime", each.lifetime)
    for price in loaded.draft.prices.values():
        item = loaded.item("prices", price.id)
        yield from _duration_problems(item, "lifetime", price.lifetime)
        if price.source != TRADE and not price.where:
            yield item.problem(
                ("where",),
                f"le prix a une source ({price.source}), et ne dit pas où il a été "
                "relevé",
                'Ajoutez « where », par exemple « where: "Nanterre" ».',
                "warning",
            )
        if exact(price.vat) not in map(exact, VAT_RATES):
            yield item.problem(
                ("vat",),
                f"{str(price.vat).replace('.', ',')} % n'est pas un taux de TVA",
                f"Écrivez l'un de ces taux : {', '.join(VAT_RATES)}.",
            )
    yield from dated_problems(loaded, _find_today())


def _find_today() -> date:
    """Return the clock's day, or that of the shipped files where the clock is late."""
    return max(datetime.now(UTC).date(), LAST_READ)


def _asking_problems(item: Item, question: Question) -> Iterator[Problem]:
    if not question.ask and not question.look:
        yield item.problem(
            (),
            "ni « ask » ni « look » : on ne saurait pas comment la relever",
            "Ajoutez « ask », la phrase à dire, ou « look », ce qu'il faut regarder.",
        )
    elif not question.ask and question.whom in PEOPLE:
        yield item.problem(
            ("whom",),
            f"posée à quelqu'un (« whom: {question.whom} »), sans phrase à dire",
            "Ajoutez « ask ».",
            "warning",
        )
    is_number = TYPES[question.type].is_number
    if Provenance.MEASURED in question.provenance and not (is_number and question.look):
        yield item.problem(
            ("provenance",),
            "« measured » : seul un nombre se mesure, et « look » dit comment",
            "Retirez « measured », ou écrivez dans « look » comment on mesure.",
            "warning",
        )
    for choice in question.choices:
        if _LIKE_ANOTHER.match(choice.label):
            yield item.problem(
                ("choices",),
                f"« {choice.label} » : lu seul, dans un rapport, ce choix ne dit rien",
                "Redites ce qu'il ajoute à un autre choix.",
                "warning",
            )


def _duration_problems(item: Item, key: str, text: str) -> Iterator[Problem]:
    if not text:
        return
    parts = re.findall(r"(\d+)([YMWD])", text)
    days = sum((int(count) * _DAYS[unit] for count, unit in parts), Fraction(0))
    most = _LONGEST[key]
    if days == 0:
        yield item.problem(
            (key,),
            f"« {key}: {text} » : une durée d'aucun jour",
            "Écrivez au moins P1D, ou retirez la clé.",
        )
    elif days > most * _DAYS["Y"]:
        yield item.problem(
            (key,),
            f"« {key}: {text} » : plus de {most} ans",
            "Écrivez P7D (jours), P6M (mois) ou P5Y (ans).",
        )


_TO_COME = re.compile(r"\b(?!caméra|opéra|extra|ultra|infra)\w+(?:ra|ront)\b")
"""A verb in the future: « fermera », « cesseront »."""

_YEAR = re.compile(r"\b20\d\d\b")


def dated_problems(loaded: Loaded, today: date) -> Iterator[Problem]:
    """Yield dates to come given as past, and dates passed announced as to come."""
    for section in ("prices", "aids", "deadlines", "finances"):
        for ident, row in getattr(loaded.draft, section).items():
            if row.as_of > today.isoformat()[: len(row.as_of)]:
                yield loaded.item(section, ident).problem(
                    ("as_of",),
                    f"l'information serait du {row.as_of}, une date à venir",
                    "Écrivez la date à laquelle vous l'avez lue ou relevée.",
                    "warning",
                )
    for deadline in loaded.draft.deadlines.values():
        to_come = _TO_COME.search(f"{deadline.title} {deadline.what} {deadline.note}")
        if deadline.has_passed(today.isoformat()) and to_come:
            yield loaded.item("deadlines", deadline.id).problem(
                ("due",),
                f"la date ({deadline.due}) est passée, et le texte l'annonce encore : "
                f"« {to_come.group()} »",
                "Écrivez ce qui est vrai depuis, et « as_of » du jour où vous l'avez "
                "relu.",
                "warning",
            )
    for aid in loaded.draft.aids.values():
        years = _YEAR.findall(aid.period)
        if aid.state is AidState.OPEN and years and int(max(years)) < today.year:
            yield loaded.item("aids", aid.id).problem(
                ("state",),
                f"l'aide est dite ouverte, et sa période est finie : « {aid.period} »",
                "Écrivez « state: closed », ou la période de cette année.",
                "warning",
            )
        rate = aid.rate or aid.ceiling
        if rate and aid.state is not AidState.CLOSED and not aid.valid_until:
            yield loaded.item("aids", aid.id).problem(
                ("rate",) if aid.rate else ("ceiling",),
                f"« {rate} » ne s'imprimera pas : rien ne dit jusqu'à quand cela vaut",
                "Ajoutez « valid_until », ou dites-le dans « note », avec l'année.",
                "warning",
            )


def action_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what keeps a reader from acting on a recommendation."""
    titles: dict[tuple[str, str], str] = {}
    for each in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", each.id)
        if not each.buys and not each.effort:
            yield item.problem(
                (),
                "elle ne dit ni prix ni temps de travail",
                'Ajoutez « buys », ou « effort: {days: "1"} » si rien ne s\'achète.',
                "warning",
            )
        if not each.delay:
            yield item.problem(
                (),
                "elle ne dit pas pour quand",
                "Ajoutez « delay », par exemple « delay: P6M ».",
                "warning",
            )
        for audience, wording in each.wording.items():
            twin = titles.setdefault((audience, wording.title.casefold()), each.id)
            if twin != each.id:
                yield item.problem(
                    ("wording", str(audience), "title"),
                    f"« wording.{audience}.title » : le même titre que « {twin} »",
                    "Dites ce qui les distingue : le lecteur les croira identiques.",
                    "warning",
                )


RESERVED = frozenset({
    *(str(kind) for kind in PlaceKind),
    *("count", "total", "share", "smallest", "largest", "months_between"),
    *(VISIT_DATE, QUANTITY, "true", "false"),
    *keyword.kwlist,
})
"""Words of the rule language, which can name no question."""


def coherence_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what does not hold together."""
    draft, read = loaded.draft, set[str]()
    built = len(draft.criteria) + len(draft.recommendations) + len(draft.questions)
    readers = ("criteria", "recommendations", "questions")
    is_built = built == sum(len(loaded.names(section)) for section in readers)
    if is_built:
        rules = (written.text for written in written_rules(draft))
        read.update(name for rule in rules for name in names_read(rule))
        read.update(name for place in draft.places for name in place.named_by)
        read.update(question.at_most for question in draft.questions.values())
    for ident, question in draft.questions.items():
        # Documents print beside a danger what is asked where it was seen.
        of = (draft.questions.get(name) for name in names_read(question.relevant))
        is_read = ident in read or any(one is not None and one.danger for one in of)
        item = loaded.item("questions", ident)
        if ident in RESERVED:
            yield item.problem(
                ("id",), "ce mot appartient au langage des règles", "Renommez-la."
            )
        elif is_built and not is_read and TYPES[question.type].is_readable:
            yield item.problem(
                ("id",),
                "aucune règle ne la lit",
                "Lisez-la dans un critère ou une préconisation, citez-la dans "
                "« named_by » (lieux.yaml), ou supprimez-la.",
                "warning",
            )
    for criterion in draft.criteria.values():
        if not criterion.levels:
            message = "aucun niveau : il vaudrait toujours 0"
            item = loaded.item("criteria", criterion.id)
            yield item.problem(("levels",), message, 'Ajoutez {1: "…"}.')


def trigger_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield recommendations without end, and loops."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        yield from _goal_problems(loaded, item, recommendation)
        for name, level in recommendation.effect.items():
            criterion = loaded.draft.criteria.get(name)
            if criterion and level not in criterion.levels:
                levels = ", ".join(map(str, sorted(criterion.levels)))
                yield item.problem(
                    ("effect", name),
                    f"le critère « {name} » n'a pas de niveau {level}",
                    f"Ses niveaux sont : {levels}.",
                    "warning",
                )
    yield from _waiting_problems(loaded)
    questions = loaded.draft.questions
    read = {
        ident: names_read(question.relevant) & questions.keys()
        for ident, question in questions.items()
    }
    try:
        TopologicalSorter(read).prepare()
    except CycleError as error:
        loop = error.args[1]
        yield loaded.item("questions", loop[0]).problem(
            ("relevant",),
            f"elle ne se pose que selon sa propre réponse ({' ← '.join(loop)})",
            "Retirez l'une de ces conditions.",
            about=loop,
        )


def _waiting_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the actions that could only wait for one another."""
    draft = loaded.draft
    readers: dict[str, set[str]] = defaultdict(set)
    for criterion in draft.criteria.values():
        for text in criterion.levels.values():
            for name in names_read(text):
                readers[name].add(criterion.id)
    cures: dict[str, set[str]] = defaultdict(set)
    """The actions that may lift each criterion."""
    for each in draft.recommendations.values():
        raised = (readers[name] for name in each.effect)
        for ident in {each.when.criterion, *each.effect}.union(*raised):
            cures[ident].add(each.id)
    waiting = {
        each.id: {
            need.criterion: lifting
            for need in each.requires
            if (lifting := cures[need.criterion])
            and (lifting != {each.id} or not _may_hold(draft, each, need))
        }
        for each in draft.recommendations.values()
    }
    free: set[str] = set()
    while found := {
        ident
        for ident, needs in waiting.items()
        if all(lifting & free for lifting in needs.values())
    }:
        free |= found
        waiting = {ident: waiting[ident] for ident in waiting.keys() - found}
    for ident, needs in sorted(waiting.items()):
        needed, lifting = next(
            (needed, lifting) for needed, lifting in needs.items() if not lifting & free
        )
        yield loaded.item("recommendations", ident).problem(
            ("requires",),
            f"elle attend « {needed} », que rien ne relève sans l'attendre elle-même "
            f"({', '.join(sorted(lifting))})",
            "Retirez l'un de ces préalables.",
            about=(needed, *sorted(lifting)),
        )


def _may_hold(draft: Checklist, action: Recommendation, need: Requirement) -> bool:
    """Say whether an action may fire where what it waits for is there already."""
    below, criterion = action.when.below, draft.criteria.get(need.criterion)
    if criterion is None or need.criterion != action.when.criterion:
        return False
    return any(need.at_least <= level < below for level in criterion.levels)


def _goal_problems(
    loaded: Loaded, item: Item, recommendation: Recommendation
) -> Iterator[Problem]:
    when = recommendation.when
    criterion = loaded.draft.criteria.get(when.criterion)
    highest = max(criterion.levels, default=0) if criterion else when.below
    if when.below > highest:
        yield item.problem(
            ("when", "below"),
            f"le critère « {when.criterion} » n'atteint jamais {when.below} : elle se "
            "déclencherait toujours",
            f"Écrivez « below: {highest} », ou ajoutez ce niveau au critère.",
            about=(when.criterion,),
        )
    for requirement in recommendation.requires:
        least = requirement.at_least
        if requirement.criterion == when.criterion and least >= when.below:
            yield item.problem(
                ("requires",),
                f"elle attend que « {when.criterion} » ait le niveau {least}, et ne se "
                f"déclenche qu'en dessous de {when.below}",
                "Retirez ce préalable.",
                about=(when.criterion,),
            )


OFFICIAL = "A"
"""Grade of what an administration says in its own house."""

_OFFICIAL_HOST = re.compile(
    r"(?:^|\.)(?:gouv\.fr|education\.fr|cnil\.fr|senat\.fr|assemblee-nationale\.fr"
    r"|conseil-etat\.fr|insee\.fr|ineris\.fr|arcom\.fr|ac-[a-z-]+\.fr"
    r"|region-academique-[a-z-]+\.fr|europa\.eu"
    r"|gov\.uk|gov\.wales|edu-vd\.ch|irisnet\.be)$"
)
"""Who publishes what it writes; whoever copies it word for word is not."""

_AS_LAW = re.compile(
    r"\bobligat(?:ion|oire)s?\b"
    r"|\b(?:lois?|codes?|décrets?|arrêtés?|règlements? européens?)\b[^.;:!?]{0,40}?"
    r" (?:impos(?:e|ent)|oblig(?:e|ent)|exig(?:e|ent)|interdi(?:t|sent))\b",
    re.IGNORECASE,
)
"""Words by which a text gives a rule as certain."""


def _law_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what reads as law and was not read, or read in no place that is named."""
    today = _find_today()
    for criterion in loaded.draft.criteria.values():
        item, law = loaded.item("criteria", criterion.id), criterion.law
        read_on = law.read_on if law else ""
        if read_on and read_on > today.isoformat():
            yield item.problem(
                ("law", "read_on"),
                f"« read_on: {read_on} » : le texte aurait été lu un jour à venir",
                "Écrivez le jour où vous en avez lu les mots ; s'il est passé, réglez "
                f"l'horloge de cet ordinateur, qui indique le {long_date(today)}.",
            )
        if read_on and set(criterion.sources) <= {TRADE}:
            yield item.problem(
                ("sources",),
                "un texte lu (« read_on »), et aucune source ne dit où",
                "Citez dans « sources » la page où vous l'avez lu.",
            )
        for key in ("title", "why"):
            text = getattr(criterion, key)
            yield from _law_wording_problems(item, (key,), text, criterion)
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        judged = loaded.draft.criteria.get(recommendation.when.criterion)
        texts = [
            *wording_texts(recommendation),
            (("done_when",), recommendation.done_when),
        ]
        for path, text in texts:
            yield from _law_wording_problems(item, path, text, judged)
    for source in loaded.draft.sources.values():
        host = urlsplit(source.url).hostname or ""
        if source.grade == OFFICIAL and host and not _OFFICIAL_HOST.search(host):
            yield loaded.item("sources", source.id).problem(
                ("grade",),
                f"« grade: {OFFICIAL} », et le site {host} n'est d'aucune "
                "administration",
                "Écrivez « grade: D » pour une copie, C pour un résumé de presse, ou "
                "l'adresse du texte officiel.",
                "warning",
            )


def _law_wording_problems(
    item: Item, path: tuple[str, ...], text: str, judged: Criterion | None
) -> Iterator[Problem]:
    found = _AS_LAW.search(text)
    law = judged.law if judged and judged.nature is Nature.LOI else None
    if found and not (law and law.article and law.read_on):
        yield item.problem(
            path,
            f"« {'.'.join(path)} » : « {found.group()} », sans article que l'on ait lu",
            "Dites ce qui est demandé ou conseillé ; ou donnez au critère « law » avec "
            "« article » et « read_on ».",
        )
