"""What several schools have in common: rules, money, scores; the page that holds it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from diag.assess.results import Score
from diag.assess.spread import basis_words, concerns, label, pressure
from diag.assess.words import (
    FREE_WORDS,
    Money,
    added,
    aside,
    by_year,
    format_sum,
    is_printable,
    printed_cell,
)
from diag.assess.words import total_words as told_total
from diag.documents.blocks import PAGE_BREAK, Md, bullets, drawings_in, table
from diag.documents.document import Document, DrawnPages, Meta
from diag.documents.drawings import YEARS_CLAIM, Bar, draw_years
from diag.documents.parts.advice import ELSEWHERE
from diag.documents.parts.budget import Row, budget_table, gather_rest, unsure_row
from diag.documents.parts.frame import (
    SCORE_COLUMN,
    drawn_scores,
    glossary,
    printed_words,
    share_of,
)
from diag.documents.sheet import Sheet
from diag.documents.synthesis.gathering import (
    Expense,
    Extract,
    Finding,
    Gathering,
    build_meta,
    contacts,
    counted_subjects,
)
from diag.documents.templates import (
    build_paper,
    finish,
    is_rewritten,
    render,
    render_contacts,
)
from diag.model.checklist import Criterion
from diag.model.enums import Audience, Compliance, Kind, Nature, Owner, Socle, Standing
from diag.model.text import Bounds
from diag.words.sentences import displayed, first_sentence, listed, percent, sentence
from diag.words.vocabulary import OWNERS, PRIORITIES, SOCLE_SENTENCES, SOCLES
from diag.workspace.charter import SHIPPED_LOOK, House

STRONG, DOMAINS = 5, 8
"""At most so many strengths, domains of the budget."""

SEVERAL = 2
"""From so many schools on, a finding is common."""

REASON_WORDS = 20
"""Longest reason of a finding, in words, when a sentence is so short."""

_ORDER = (Kind.COMPLIANCE, Kind.BLOCKING, Kind.IMPROVEMENT)


@dataclass(frozen=True, slots=True)
class SharedRule:
    """How several audits stand on one criterion."""

    criterion: Criterion
    short: tuple[Extract, ...]
    reached: tuple[Extract, ...]
    unsure: tuple[Extract, ...]
    """Those that a fact still missing may send either way."""
    is_read: bool
    """Whether the text that it rests on was read, not long before each visit."""

    @property
    def is_law(self) -> bool:
        """Whether it may be given as law."""
        return self.is_read and self.criterion.nature is Nature.LOI

    @property
    def basis(self) -> str:
        """What it rests on: « Obligation : loi n° 2015-136 … »."""
        return basis_words(self.criterion, is_read=self.is_read)

    @property
    def label(self) -> str:
        """The same in a box: the text itself only where somebody read it."""
        return self.basis if self.is_read else label(self.criterion)

    @property
    def pressure(self) -> Kind:
        """How hard it presses."""
        return pressure(self.criterion, is_read=self.is_read)

    @property
    def of(self) -> int:
        """How many audits it concerns."""
        return len(self.short) + len(self.reached) + len(self.unsure)

    @property
    def counts(self) -> str:
        """« 3 écoles sur 5, 1 à vérifier »."""
        word = "école" if len(self.short) < SEVERAL else "écoles"
        told = f"{len(self.short)} {word} sur {self.of}"
        return f"{told}, {len(self.unsure)} à vérifier" if self.unsure else told


def shared(extracts: Iterable[Extract]) -> tuple[SharedRule, ...]:
    """Return every criterion, the most pressing and widest first."""
    told: dict[str, list[tuple[Extract, Finding]]] = {}
    for extract in extracts:
        for finding in extract.findings:
            told.setdefault(finding.criterion.id, []).append((extract, finding))
    found = (
        SharedRule(
            criterion=pairs[0][1].criterion,
            short=tuple(one for one, finding in pairs if finding.short),
            reached=tuple(one for one, finding in pairs if finding.reached),
            unsure=tuple(
                one for one, finding in pairs if not (finding.short or finding.reached)
            ),
            is_read=all(finding.is_read for _, finding in pairs),
        )
        for pairs in told.values()
    )
    return tuple(
        sorted(
            found,
            key=lambda one: (
                _ORDER.index(one.pressure),
                -len(one.short),
                -one.criterion.weight,
            ),
        )
    )


def weak_table(found: Sequence[SharedRule], limit: int) -> Md:
    """Return what falls short in several schools, and why it matters."""
    weak = [one for one in found if len(one.short) >= SEVERAL]
    kept = sorted(weak, key=lambda one: -len(one.short))[:limit]
    rows = [
        (
            one.criterion.title,
            one.counts,
            first_sentence(one.criterion.why, REASON_WORDS),
            PRIORITIES[one.pressure],
        )
        for one in weak
        if one in kept
    ]
    columns = (
        "Ce qui est attendu",
        "En dessous",
        "Ce que cela change pour les élèves",
        "Priorité",
    )
    return table("Ce qui manque à plusieurs écoles", columns, rows)


def strong_list(found: Iterable[SharedRule]) -> Md:
    """Return what is as expected wherever it applies, in several schools."""
    strong = [
        one
        for one in found
        if len(one.reached) == one.of >= SEVERAL
        and one.criterion.kind is not Kind.COMPLIANCE
    ]
    strong.sort(key=lambda one: (-one.of, -one.criterion.weight))
    return bullets(
        f"{one.criterion.title} : {one.of} écoles sur {one.of}"
        for one in strong[:STRONG]
    )


def rules(found: Iterable[SharedRule], audience: Audience) -> list[SharedRule]:
    """Return the rules that a reader answers for, laws that were read first."""
    told = [
        one
        for one in found
        if one.criterion.kind is Kind.COMPLIANCE and concerns(one.criterion, audience)
    ]
    return sorted(told, key=lambda one: not one.is_law)


def alert_rows(
    found: Iterable[SharedRule],
    audience: Audience,
    short: Callable[[Sequence[Extract]], str],
    unsure: Callable[[Sequence[Extract]], str],
) -> list[tuple[str, ...]]:
    """Return each rule that fails somewhere, what it rests on, and the schools."""
    return [
        (one.criterion.title, one.basis, short(one.short), unsure(one.unsure))
        for one in rules(found, audience)
        if one.short
    ]


def unchecked_list(
    found: Iterable[SharedRule],
    audience: Audience,
    names: Callable[[Sequence[Extract]], str],
) -> Md:
    """Return the rules that nobody surely breaks, still to be checked."""
    return bullets(
        f"{one.criterion.title} : {names(one.unsure)}"
        for one in rules(found, audience)
        if one.unsure and not one.short
    )


def alerts_words(extracts: Sequence[Extract], audience: Audience) -> str:
    """Return « 4 points non respectés, 2 à vérifier », of one audit or more."""
    counts = [one.alerts(audience) for one in extracts]
    wrong = sum(broken for broken, _ in counts)
    unchecked = sum(left for _, left in counts)
    parts = []
    if wrong:
        parts.append(f"{wrong} non respecté{'s' * (wrong > 1)}")
    if unchecked:
        parts.append(f"{unchecked} à vérifier")
    return listed(parts) or "rien à signaler"


def names_or_count(
    extracts: Sequence[Extract], name: Callable[[Extract], str], limit: int = 4
) -> str:
    """Return the names of schools, or how many they are past a few."""
    if len(extracts) > limit:
        return counted_subjects(extracts)
    return listed([name(one) for one in extracts], limit)


def is_broken(found: SharedRule, audience: Audience) -> bool:
    """Return whether a reader answers for it, and some school surely breaks it."""
    return concerns(found.criterion, audience) and any(
        finding.compliance is Compliance.NON_CONFORME
        for one in found.short
        for finding in one.findings
        if finding.criterion.id == found.criterion.id
    )


def total(extracts: Iterable[Extract]) -> Money:
    """Return what everything costs over the years, TTC."""
    return added(one.total for extract in extracts for one in extract.expenses)


def total_words(gathering: Gathering) -> str:
    """Return the total, and the works beside it; empty when nothing is to pay."""
    told, works = _bare_total(gathering), aside(_works_total(gathering))
    return f"{told or FREE_WORDS}, {works}" if works else told


def _works_total(gathering: Gathering) -> Money:
    """Return what works on buildings cost, TTC: outside the totals."""
    return added(one.works for one in gathering.extracts)


def _bare_total(gathering: Gathering) -> str:
    """Return « 12 400 € TTC (soit 10 333 € HT) »; empty when nothing is to pay."""
    expenses = _expenses(gathering)
    if not expenses:
        return ""
    whole, ht = total(gathering.extracts), added(one.ht for one in expenses)
    due = added(one.due for one in gathering.extracts)
    told = whole.taxed
    if not (whole.more or whole.at_least):  # one range is enough
        told += f" (soit {ht} HT)"
    return told if due == whole else f"{told}, dont {due} à engager"


def total_line(gathering: Gathering) -> str:
    """Return the total of page 1, and how many actions are not known for sure."""
    expenses = _expenses(gathering)
    return told_total(
        _bare_total(gathering),
        unsure=unconfirmed(gathering),
        unpriced=sum(one.total.at_least for one in expenses),
        works=_works_total(gathering),
    )


def by_audit(
    gathering: Gathering, rows: Iterable[Row], caption: str, first: str = ""
) -> Md:
    """Return rows of amounts by year, each with its total, over what all cost."""
    expenses = _expenses(gathering)
    if not expenses:
        return Md("")
    years = dict(zip(gathering.years, _by_year(expenses), strict=True))
    ht = added(one.ht for one in expenses)
    due = added(one.due for one in gathering.extracts)
    works = _works_total(gathering)
    return budget_table(caption, rows, years, ht, due, works=works, first=first)


def years_drawn(gathering: Gathering) -> Md:
    """Return what each year costs, as a table and the drawing that has all of it."""
    expenses = _expenses(gathering)
    if not expenses:
        return Md("")
    years = list(zip(gathering.years, _by_year(expenses), strict=True))
    draw = partial(draw_years, years, is_whole=True)
    rows = [(str(year), str(money)) for year, money in years]
    return table(YEARS_CLAIM, ("Année", "Dépense TTC"), rows, draw=draw)


def domain_rows(gathering: Gathering) -> list[Row]:
    """Return what each domain costs by year, the costliest first, the rest together.

    What a check may call for has a row of its own: it only raises the totals.
    """
    titles = {
        ident: name for one in gathering.extracts for ident, name, _ in one.domains
    }
    sure = [one for one in _expenses(gathering) if one.sure]
    unsure = [one for one in _expenses(gathering) if not one.sure]
    shares = _shares(sure, lambda one: titles.get(one.domain, ELSEWHERE))
    rows = sorted(shares.items(), key=lambda row: -added(row[1]).most)
    few = gather_rest(rows, DOMAINS, "thèmes")
    return [*few, *unsure_row(_by_year(unsure), len(unsure))]


def leaders(gathering: Gathering) -> str:
    """Return how much is led by whom: « la commune, 3 240 € ; le syndicat, 400 € »."""
    shares = _shares(_expenses(gathering), lambda one: one.owner)
    told = [
        f"{OWNERS[owner]}, {added(shares[owner])}"
        for owner in Owner
        if owner in shares and added(shares[owner]) != Money()
    ]
    return " ; ".join(told) if len(told) > 1 else ""


def beyond(gathering: Gathering) -> str:
    """Return what is paid after the last year: « 2 actions, 9 480 € TTC (…) »."""
    later = [cost for one in gathering.extracts for cost in one.beyond]
    if not later:
        return ""
    return f"{len(later)} action{'s' * (len(later) > 1)}, {format_sum(later)}"


def unconfirmed(gathering: Gathering) -> int:
    """Return how many actions depend on a check, and only raise the totals.

    Those that cost nothing raise none: they are not of a budget.
    """
    return sum(not one.sure for one in _expenses(gathering))


def _expenses(gathering: Gathering) -> list[Expense]:
    return [expense for one in gathering.extracts for expense in one.expenses]


def _by_year(expenses: Iterable[Expense]) -> tuple[Money, ...]:
    return by_year(one.years for one in expenses)


def _shares(
    expenses: Iterable[Expense], key: Callable[[Expense], str]
) -> dict[str, tuple[Money, ...]]:
    found: dict[str, list[Expense]] = {}
    for one in expenses:
        found.setdefault(key(one), []).append(one)
    return {name: _by_year(some) for name, some in found.items()}


def build_page(
    meta: Meta,
    template: str,
    view: Mapping[str, object],
    contacts: Md,
    house: House,
    *,
    listed: bool = True,
    explained: bool = True,
    signed: bool = False,
    sheet: Sheet | None = None,
) -> Document:
    """Return a document that is not of one audit: same facts, same bytes.

    Not `listed`, a rule ends it: it is short, and has no table of contents. Not
    `explained`, it has no glossary: an act, a convention. When `signed`, it has the
    look and the closing words of the syndicat. Its first page may be a `sheet` that its
    PDF fits, unless a template of one's own has another.
    """
    ends: dict[str, object] = {
        "page_break": PAGE_BREAK,
        "running_line": meta.running_line,
        "contacts": contacts,
    }
    body = render(template, template, {**view, **ends}, house)
    last = {"glossary": glossary(body) if explained else "", "listed": listed, **ends}
    end = render("fin-hors-ecole", template, last, house)
    return Document(
        meta=meta,
        markdown=finish(meta, body, end, house.closing if signed else ""),
        drawings=drawings_in(view.values()),
        look=house.look if signed else SHIPPED_LOOK,
        draw=lambda: DrawnPages(None if is_rewritten(house, template) else sheet),
    )


def build_synthesis(
    template: str,
    view: Mapping[str, object],
    gathering: Gathering,
    sheet: Sheet | None = None,
    printed: Mapping[str, object] | None = None,
) -> Document:
    """Return a synthesis: the syndicat's own document, with its own words.

    What is `printed` has a template of its own: all of it is too long for paper.
    """
    house = gathering.office.house
    meta = build_meta(gathering, f"Synthèse numérique — {gathering.name}")
    reach = render_contacts(contacts(gathering), house)
    whole = build_page(meta, template, view, reach, house, signed=True, sheet=sheet)
    if printed is None:
        return whole
    shown = {"running_line": meta.running_line, "contacts": reach}
    paper = build_paper(template, meta, {**view, **printed, **shown}, house)
    return replace(whole, on_paper=lambda: paper)


def average(scores: Iterable[Score]) -> Score | None:
    """Return the average, exact: of the lows below, of the highs above.

    Each school counts as one, whatever its size; what has no score does not count.
    """
    known = [(one.bounds, one.completeness) for one in scores if one.bounds]
    if not known:
        return None
    low = _mean(bounds.low for bounds, _ in known)
    high = _mean(bounds.high for bounds, _ in known)
    return Score(Standing.IN, Bounds(low, high), _mean(share for _, share in known))


def _mean(ratios: Iterable[Fraction]) -> Fraction:
    counted = list(ratios)
    return sum(counted, Fraction()) / len(counted)


def extremes(scores: Iterable[Score]) -> str:
    """Return « 20 et 80 » over the schools whose score is known enough; else « – ».

    It is no interval of a score: both ends are reached, or may be.
    """
    known = [one.bounds for one in scores if one.bounds and is_printable(one)]
    if not known:
        return "–"
    ends = Bounds(min(one.low for one in known), max(one.high for one in known))
    low, high = displayed(ends)
    return str(low) if low == high else f"{low} et {high}"


def completeness(extracts: Sequence[Extract]) -> str:
    """Return how much of the schools' examination is settled, averaged."""
    shares = [one.overall.completeness for one in extracts]
    return percent(_mean(shares) if shares else Fraction())


def summary(extracts: Sequence[Extract]) -> dict[str, object]:
    """Return where schools stand together, as a template prints it."""
    found = average(one.overall for one in extracts)
    return {
        "several": len(extracts) > 1,
        "scored": not found or is_printable(found),
        "average": printed_words(found) if found else "sans objet",
        "completeness": completeness(extracts),
        "socle": socle_words(extracts),
    }


def socle_words(extracts: Sequence[Extract]) -> str:
    """Return how many schools have everything indispensable."""
    states = [one.socle for one in extracts]
    if len(states) == 1:
        return sentence(SOCLE_SENTENCES[states[0]])
    told = [
        f"{words} dans {states.count(socle)}"
        for socle, words in SOCLES.items()
        if socle in states and socle is not Socle.SANS_OBJET
    ]
    count = f"{len(states)} école{'s' * (len(states) > 1)}"
    return f"Socle, sur {count} : {listed(told)}." if told else ""


def domain_table(extracts: Sequence[Extract], *, spread: bool = True) -> Md:
    """Return the average of each domain; with its `spread`, from least to greatest."""
    found: dict[str, tuple[str, list[Score]]] = {}
    for one in extracts:
        for ident, title, score in one.domains:
            found.setdefault(ident, (title, []))[1].append(score)
    bars = []
    for title, scores in found.values():
        whole = average(scores)
        counted = sum(one.bounds is not None for one in scores)
        words = printed_cell(whole) if whole else "sans score"
        widest = (extremes(scores),) if spread else ()
        drawn = whole.bounds if whole and is_printable(whole) else None
        span = share_of(drawn) if drawn else None
        bars.append(Bar(title, (words, *widest, str(counted)), span))
    extra = ("Le plus bas et le plus haut",) if spread else ()
    columns = ("Domaine", SCORE_COLUMN, *extra, "Écoles concernées")
    caption = "Moyenne des écoles auditées, domaine par domaine"
    return drawn_scores(caption, columns, bars)
