"""Golden examples: small audits written beside the rules that they prove.

```yaml
examples:
  - name: "trois classes, dont une sans prise"
    domain: salles            # the one that `expect` speaks of; that of the file else;
                              # it judges schools, communes or syndicats: so is this one
    answers: {acces_internet: true, debit_descendant: "8.5", usages: [ent, mail],
              nb_eleves: {state: unknown}, offre: {conflict: [adsl, fibre]}}
    places:                   # `in` names a place written above; the school itself else
      - {kind: salle, name: "CP", answers: {type_salle: classe, prises_rj45: 3}}
      - {kind: lot, name: "Valise", in: "CP", answers: {nb_postes: 12}}
    closed: [salle, lot]      # lists of places that are complete; none else
    visit_date: "2026-10-01"
    expect:                   # whatever is written is checked, the rest is not
      domain: [40, 75]        # bounds out of 100; one number: both; or sans_objet
      overall: 58
      completeness: 50        # of the domain, out of 100
      levels: {prise-par-classe: [1, 3], debit-suffisant: 2, ent: sans_objet}
      at: {CP: {prise-par-classe: 3}}   # the level at one place
      compliance: {filtrage: non_conforme}
      socle: atteint
      fires: [cabler-les-classes]   # exactly those of the domain that surely fire
      to_confirm: []                # exactly those of the domain that may
      quantities: {cabler-les-classes: [1, 2]}   # null: no upper bound
```
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from diag.assess.assess import Judge, judge_for, judge_of
from diag.assess.example_facts import Raw, Unreadable, entries, example_facts, items
from diag.assess.results import Advice, Assessment, DomainResult, Verdict
from diag.model.checklist import Checklist
from diag.model.enums import PlaceKind, Standing, Trigger
from diag.model.number import Bounds, Quantity, canonical_number
from diag.rules.problem import Problem, write_instead
from diag.rules.reach import root_of
from diag.words.figures import displayed, out_of_100

OUT = "sans_objet"
"""How an example says that something does not apply."""

_KEYS = ("name", "domain", "answers", "places", "closed", "visit_date", "expect")
_SAMPLE = "{debit-suffisant: [1, 2]}"


class Example(Protocol):
    """An example as a checklist's file holds it."""

    @property
    def file(self) -> str:
        """Name of the file."""

    @property
    def line(self) -> int:
        """Line where it begins."""

    @property
    def raw(self) -> Mapping[str, object]:
        """Plain values, numbers canonical."""


def check_examples(checklist: Checklist, examples: Iterable[Example]) -> list[Problem]:
    """Return what examples expect and do not get, and those that cannot be read."""
    judge = judge_of(checklist)
    return [
        Problem(
            file=example.file,
            line=example.line,
            key=f"examples.{example.raw.get('name')}.{wrong.key}",
            message=f"exemple « {example.raw.get('name')} » : {wrong.message}",
            remedy=wrong.remedy,
        )
        for example in examples
        for wrong in _wrongs(judge, example)
    ]


def _wrongs(judge: Judge, example: Example) -> Iterator[Unreadable]:
    raw = example.raw
    try:
        _refuse_others(raw, _KEYS, "")
        facts = example_facts(judge, raw, _subject_kind(judge.checklist, example))
        expected = entries(raw, "expect", "{domain: [0, 100]}")
        _refuse_others(expected, _CHECKS, "expect.")
        advised = _advised(judge.checklist, example, expected)
        assessment = judge_for(facts, judge.checklist).assess(facts, advised)
        domain = _domain(assessment, example)
        for key, written in expected.items():
            yield from _CHECKS[key](_Subject(assessment, domain, key), written)
    except Unreadable as wrong:
        yield wrong


def _refuse_others(raw: Raw, known: Iterable[str], prefix: str) -> None:
    for key in raw:
        if key not in known:
            remedy = write_instead(key, known, f"Clés admises : {', '.join(known)}.")
            raise Unreadable(f"{prefix}{key}", f"clé inconnue « {key} »", remedy)


def _advised(checklist: Checklist, example: Example, expected: Raw) -> frozenset[str]:
    """Return the recommendations that an example speaks of, and no other."""
    name = _domain_name(example)
    here = {
        ident for ident, one in checklist.recommendations.items() if one.domain == name
    }
    counted = expected.get("quantities")
    return frozenset(here | set(counted if isinstance(counted, Mapping) else ()))


def _domain_name(example: Example) -> str:
    name = example.file.rpartition("/")[2].rpartition(".")[0]
    return str(example.raw.get("domain") or name)


def _subject_kind(checklist: Checklist, example: Example) -> PlaceKind:
    """Return whose audit an example is: what its domain judges, else what it answers.

    A domain that judges several kinds of subjects leaves it to the answers.
    """
    name = _domain_name(example)
    judged = {
        root_of(criterion.place)
        for criterion in checklist.criteria.values()
        if criterion.domain == name
    }
    if len(judged) == 1:
        return judged.pop()
    answered = (
        checklist.questions[each].place
        for each in entries(example.raw, "answers", "{nb_classes: 3}")
        if each in checklist.questions
    )
    return next((kind for kind in answered if kind in judged), PlaceKind.ECOLE)


def _domain(assessment: Assessment, example: Example) -> DomainResult:
    name = _domain_name(example)
    domains = {each.domain.id: each for each in assessment.domains}
    if name not in domains:
        remedy = write_instead(name, domains, "Écrivez « domain: … » dans l'exemple.")
        raise Unreadable("domain", f"domaine inconnu « {name} »", remedy)
    return domains[name]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an expectation speaks of."""

    assessment: Assessment
    domain: DomainResult
    key: str

    def differs(self, what: str, written: object, found: object) -> Unreadable:
        return Unreadable(
            f"expect.{self.key}",
            f"{what} devrait valoir {_told(written)}, on trouve {_told(found)}",
            "Corrigez la règle, ou l'exemple s'il se trompe.",
        )

    def unknown(self, name: str, names: Iterable[str]) -> Unreadable:
        remedy = write_instead(name, names, "Voyez les identifiants du fichier.")
        return Unreadable(f"expect.{self.key}.{name}", f"inconnu : « {name} »", remedy)


def _check_domain(subject: _Subject, written: object) -> Iterator[Unreadable]:
    yield from _check_score(subject, written, subject.domain.score.bounds)


def _check_overall(subject: _Subject, written: object) -> Iterator[Unreadable]:
    yield from _check_score(subject, written, subject.assessment.overall.bounds)


def _check_score(
    subject: _Subject, written: object, bounds: Bounds | None
) -> Iterator[Unreadable]:
    found = list(displayed(bounds)) if bounds else OUT
    if _pair(written) != found:
        yield subject.differs(subject.key, written, found)


def _check_completeness(subject: _Subject, written: object) -> Iterator[Unreadable]:
    found = out_of_100(subject.domain.score.completeness)
    if written != found:
        yield subject.differs("completeness", written, found)


def _check_levels(subject: _Subject, written: object) -> Iterator[Unreadable]:
    results = subject.assessment.criteria
    for name, levels in _named(subject, written, results):
        result = results[name]
        out = result.standing is Standing.OUT
        found = OUT if out else [result.low, result.high]
        if _pair(levels) != found:
            yield subject.differs(f"le niveau de « {name} »", levels, found)


def _check_at(subject: _Subject, written: object) -> Iterator[Unreadable]:
    judged: dict[str, dict[str, Verdict]] = {}
    for ident, result in subject.assessment.criteria.items():
        for verdict in result.verdicts:
            judged.setdefault(verdict.place, {})[ident] = verdict
    for place, levels in _named(subject, written, judged):
        for name, level in _named(subject, levels, judged[place]):
            verdict = judged[place][name]
            out = verdict.standing is Standing.OUT
            found = OUT if out else [verdict.low, verdict.high]
            if _pair(level) != found:
                yield subject.differs(f"« {name} » dans « {place} »", level, found)


def _check_compliance(subject: _Subject, written: object) -> Iterator[Unreadable]:
    results = {
        name: result
        for name, result in subject.assessment.criteria.items()
        if result.compliance is not None
    }
    for name, status in _named(subject, written, results):
        if status != results[name].compliance:
            yield subject.differs(f"« {name} »", status, results[name].compliance)


def _check_socle(subject: _Subject, written: object) -> Iterator[Unreadable]:
    if written != subject.assessment.socle:
        yield subject.differs("le socle", written, subject.assessment.socle)


def _check_fires(subject: _Subject, written: object) -> Iterator[Unreadable]:
    yield from _check_advice(subject, written, Trigger.FIRES)


def _check_to_confirm(subject: _Subject, written: object) -> Iterator[Unreadable]:
    yield from _check_advice(subject, written, Trigger.TO_CONFIRM)


def _check_advice(
    subject: _Subject, written: object, trigger: Trigger
) -> Iterator[Unreadable]:
    expected = sorted(map(str, items({subject.key: written}, subject.key)))
    found = sorted(
        each.recommendation.id
        for each in subject.assessment.advice
        if each.trigger is trigger
        and each.recommendation.domain == subject.domain.domain.id
    )
    if expected != found:
        yield subject.differs(f"« {subject.key} »", expected, found)


def _check_quantities(subject: _Subject, written: object) -> Iterator[Unreadable]:
    advice: dict[str, Advice] = {
        each.recommendation.id: each for each in subject.assessment.advice
    }
    for name, quantity in _named(subject, written, advice):
        found = _bounds(advice[name].quantity)
        if _pair(quantity) != found:
            yield subject.differs(f"la quantité de « {name} »", quantity, found)


_CHECKS: dict[str, Callable[[_Subject, object], Iterator[Unreadable]]] = {
    "domain": _check_domain,
    "overall": _check_overall,
    "completeness": _check_completeness,
    "levels": _check_levels,
    "at": _check_at,
    "compliance": _check_compliance,
    "socle": _check_socle,
    "fires": _check_fires,
    "to_confirm": _check_to_confirm,
    "quantities": _check_quantities,
}


def _named(
    subject: _Subject, written: object, known: Iterable[str]
) -> Iterator[tuple[str, object]]:
    found = entries({subject.key: written}, subject.key, _SAMPLE)
    for name, value in found.items():
        if name not in known:
            raise subject.unknown(name, known)
        yield name, value


def _pair(written: object) -> object:
    """Return one number as the two bounds that it stands for."""
    return [written, written] if isinstance(written, int) else written


def _bounds(quantity: Quantity) -> list[object]:
    return [_number(quantity.low), _number(quantity.high)]


def _number(value: Fraction | None) -> object:
    return None if value is None else canonical_number(value)


def _told(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_told, value)) + "]"
    return "null" if value is None else str(value)
