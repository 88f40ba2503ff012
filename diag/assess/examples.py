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
      levels: {debit-suffisant: [1, 2], ent: sans_objet}   # at the subject itself
      means: {prise-par-classe: [50, 75]}   # over places, out of 100
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
from datetime import date
from fractions import Fraction
from typing import Protocol

from diag.assess.judge import Judge, judge_for, judge_of
from diag.assess.results import Advice, Assessment, DomainResult, Verdict
from diag.checklist import Problem
from diag.model.audit import PARENT_KINDS, Answer, Facts, Place, Value
from diag.model.checklist import Checklist
from diag.model.enums import PlaceKind, Standing, State, Trigger
from diag.model.text import Bounds, canonical_number
from diag.rules.expressions import root_of
from diag.words.sentences import displayed, out_of_100, write_instead

Raw = Mapping[str, object]
"""Keys and plain values, as written."""

Answers = dict[tuple[str, str], tuple[Answer, ...]]
"""As in `Facts`."""


class UnreadableExampleError(Exception):
    """An example that cannot be read: where in it, what is wrong, what to do."""

    def __init__(self, key: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.key = key
        """Path of the faulty key in the example."""
        self.message = message
        """What is wrong, in French."""
        self.remedy = remedy
        """What to do, in French."""


def example_facts(
    judge: Judge, raw: Raw, subject: PlaceKind = PlaceKind.ECOLE
) -> Facts:
    """Return the facts of an example: its subject goes by its kind, places by name.

    Raises:
        UnreadableExampleError: on the first thing that cannot be read.
    """
    root = Place(id=str(subject), kind=subject, parent=None, name=str(subject))
    places = {root.id: root}
    answers: Answers = dict(_answers(judge, root, raw, ""))
    for rank, written in enumerate(items(raw, "places"), 1):
        key = f"places.{rank}"
        entry = _entries(written, key, '{kind: salle, name: "CP", answers: {}}')
        kind = _kind(entry.get("kind"), f"{key}.kind")
        name = str(entry.get("name") or f"{kind} {rank}")
        if name in places:
            raise UnreadableExampleError(
                f"{key}.name",
                f"deux lieux s'appellent « {name} »",
                "Nommez-les autrement.",
            )
        holder = str(entry.get("in") or root.id)
        if holder not in places or places[holder].kind not in PARENT_KINDS[kind]:
            raise UnreadableExampleError(
                f"{key}.in",
                f"« {holder} » ne contient pas de {kind}",
                "Nommez un lieu écrit plus haut, ou retirez « in ».",
            )
        place = Place(id=name, kind=kind, parent=holder, name=name)
        places[name] = place
        answers |= _answers(judge, place, entry, f"{key}.")
    closed = frozenset(_kind(each, "closed") for each in items(raw, "closed"))
    day = raw.get("visit_date")
    try:
        visit_date = None if day is None else date.fromisoformat(str(day))
    except ValueError as error:
        raise UnreadableExampleError(
            "visit_date",
            f"« {day} » n'est pas une date",
            'Écrivez par exemple "2026-10-01".',
        ) from error
    return Facts(
        root=root.id,
        places=places,
        answers=answers,
        closed=closed,
        visit_date=visit_date,
    )


def entries(raw: Raw, key: str, sample: str) -> Raw:
    """Return the keys and values written under a key; none when it is missing.

    Raises:
        UnreadableExampleError: when something else is written there.
    """
    found = raw.get(key)
    return {} if found is None else _entries(found, key, sample)


def items(raw: Raw, key: str) -> Sequence[object]:
    """Return the list written under a key; none when it is missing.

    Raises:
        UnreadableExampleError: when something else is written there.
    """
    found = raw.get(key)
    if found is None:
        return ()
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise UnreadableExampleError(
            key, "une liste est attendue", f"Écrivez {key}: […]."
        )
    return found


def _entries(found: object, key: str, sample: str) -> Raw:
    if not isinstance(found, Mapping):
        raise UnreadableExampleError(
            key, "des clés et valeurs sont attendues", f"Ainsi : {sample}"
        )
    return found


def _kind(written: object, key: str) -> PlaceKind:
    for kind in PARENT_KINDS:
        if written == kind:
            return kind
    names = [str(kind) for kind in PARENT_KINDS]
    raise UnreadableExampleError(
        key,
        f"« {written} » n'est pas un lieu que l'on ajoute",
        write_instead(str(written), names, f"Choisissez parmi : {', '.join(names)}."),
    )


def _answers(
    judge: Judge, place: Place, entry: Raw, prefix: str
) -> Iterator[tuple[tuple[str, str], tuple[Answer, ...]]]:
    for name, written in entries(entry, "answers", "{nb_classes: 3}").items():
        key = f"{prefix}answers.{name}"
        fact = judge.vocabulary.get(name)
        if fact is None:
            remedy = write_instead(name, judge.vocabulary, "Déclarez la question.")
            raise UnreadableExampleError(key, f"question inconnue « {name} »", remedy)
        if fact.question.place is not place.kind:
            raise UnreadableExampleError(
                key,
                f"« {name} » se demande pour le lieu {fact.question.place}, "
                f"non pour le lieu {place.kind}",
                "Répondez-y au bon lieu.",
            )
        yield (place.id, name), tuple(_heads(judge, name, written, key))


def _heads(judge: Judge, name: str, written: object, key: str) -> Iterator[Answer]:
    match written:
        case {"state": str(state), **rest} if not rest and state in set(State):
            yield Answer(State(state))
        case {"conflict": [_, _, *_] as heads, **rest} if not rest:
            for head in heads:
                yield from _heads(judge, name, head, key)
        case _:
            value: Value = None
            if isinstance(written, bool | int | str):
                value = written
            elif isinstance(written, list) and all(
                isinstance(each, str) for each in written
            ):
                value = tuple(sorted(set(written)))
            if value is None or judge.vocabulary[name].read(value) is None:
                kind = judge.vocabulary[name].question.type
                raise UnreadableExampleError(
                    key,
                    f"« {written} » n'est pas une réponse à « {name} » ({kind})",
                    "Écrivez une valeur possible, {state: unknown} ou "
                    "{conflict: [a, b]}.",
                )
            yield Answer(State.KNOWN, value)


OUT = "sans_objet"
"""How an example writes that something does not apply."""

_KEYS = ("name", "domain", "answers", "places", "closed", "visit_date", "expect")
_SAMPLE = "{debit-suffisant: [1, 2]}"


class WrittenExample(Protocol):
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


_Wrongs = Iterator[UnreadableExampleError]


def check_examples(
    checklist: Checklist, examples: Iterable[WrittenExample]
) -> list[Problem]:
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
        for wrong in _Example(example, judge).wrongs()
    ]


@dataclass(frozen=True, slots=True)
class _Example:
    """An example, and what judges it."""

    written: WrittenExample
    judge: Judge

    @property
    def domain(self) -> str:
        """Id of the one that it is about: its own key, else the name of its file."""
        name = self.written.file.rpartition("/")[2].rpartition(".")[0]
        return str(self.written.raw.get("domain") or name)

    @property
    def subject(self) -> PlaceKind:
        """Whose audit it is: what its domain judges, else what it answers.

        A domain that judges several kinds of subjects leaves it to the answers.
        """
        checklist = self.judge.checklist
        judged = {
            root_of(criterion.place)
            for criterion in checklist.criteria.values()
            if criterion.domain == self.domain
        }
        if len(judged) == 1:
            return judged.pop()
        answered = (
            checklist.questions[each].place
            for each in entries(self.written.raw, "answers", "{nb_classes: 3}")
            if each in checklist.questions
        )
        return next((kind for kind in answered if kind in judged), PlaceKind.ECOLE)

    def wrongs(self) -> _Wrongs:
        """Go through what is not as expected; what cannot be read ends it."""
        raw, checklist = self.written.raw, self.judge.checklist
        try:
            _refuse_others(raw, _KEYS, "")
            facts = example_facts(self.judge, raw, self.subject)
            expected = entries(raw, "expect", "{domain: [0, 100]}")
            _refuse_others(expected, _CHECKS, "expect.")
            here = {
                ident
                for ident, one in checklist.recommendations.items()
                if one.domain == self.domain
            }
            counted = expected.get("quantities")
            named = set(counted if isinstance(counted, Mapping) else ())
            judge = judge_for(facts, checklist)
            assessment = judge.assess(facts, frozenset(here | named))
            domain = self.result_in(assessment)
            for key, written in expected.items():
                yield from _CHECKS[key](_Expectation(key, written, assessment, domain))
        except UnreadableExampleError as wrong:
            yield wrong

    def result_in(self, assessment: Assessment) -> DomainResult:
        """Return what its domain comes to; refuse one that is not known."""
        found = {each.domain.id: each for each in assessment.domains}
        if self.domain in found:
            return found[self.domain]
        remedy = "Écrivez « domain: … » dans l'exemple."
        raise UnreadableExampleError(
            "domain",
            f"domaine inconnu « {self.domain} »",
            write_instead(self.domain, found, remedy),
        )


def _refuse_others(raw: Raw, known: Iterable[str], prefix: str) -> None:
    for key in raw:
        if key not in known:
            remedy = write_instead(key, known, f"Clés admises : {', '.join(known)}.")
            raise UnreadableExampleError(
                f"{prefix}{key}", f"clé inconnue « {key} »", remedy
            )


@dataclass(frozen=True, slots=True)
class _Expectation:
    """What an example expects under a key, and what it is held to."""

    key: str
    written: object
    assessment: Assessment
    domain: DomainResult

    def differs(
        self, what: str, written: object, found: object
    ) -> UnreadableExampleError:
        return UnreadableExampleError(
            f"expect.{self.key}",
            f"{what} devrait valoir {_shown(written)}, on trouve {_shown(found)}",
            "Corrigez la règle, ou l'exemple s'il se trompe.",
        )

    def named(
        self, written: object, known: Iterable[str]
    ) -> Iterator[tuple[str, object]]:
        """Go through what is written by name; refuse a name that is not known."""
        found = entries({self.key: written}, self.key, _SAMPLE)
        for name, value in found.items():
            if name not in known:
                remedy = write_instead(
                    name, known, "Voyez les identifiants du fichier."
                )
                raise UnreadableExampleError(
                    f"expect.{self.key}.{name}", f"inconnu : « {name} »", remedy
                )
            yield name, value

    def score(self, bounds: Bounds | None) -> _Wrongs:
        found = list(displayed(bounds)) if bounds else OUT
        if _pair(self.written) != found:
            yield self.differs(self.key, self.written, found)

    def completeness(self) -> _Wrongs:
        found = out_of_100(self.domain.score.completeness)
        if self.written != found:
            yield self.differs("completeness", self.written, found)

    def levels(self) -> _Wrongs:
        results = self.assessment.criteria
        for name, levels in self.named(self.written, results):
            verdict = results[name].alone
            if verdict is None:
                raise UnreadableExampleError(
                    f"expect.levels.{name}",
                    f"« {name} » se juge lieu par lieu, sans niveau d'ensemble",
                    "Écrivez « at » pour un lieu, ou « means » pour la moyenne.",
                )
            if _pair(levels) != (found := _levels(verdict)):
                yield self.differs(f"le niveau de « {name} »", levels, found)

    def means(self) -> _Wrongs:
        results = self.assessment.criteria
        for name, bounds in self.named(self.written, results):
            out = results[name].standing is Standing.OUT
            found = OUT if out else list(displayed(results[name].bounds))
            if _pair(bounds) != found:
                yield self.differs(f"la moyenne de « {name} »", bounds, found)

    def at(self) -> _Wrongs:
        judged: dict[str, dict[str, Verdict]] = {}
        for ident, result in self.assessment.criteria.items():
            for verdict in result.verdicts:
                judged.setdefault(verdict.place, {})[ident] = verdict
        for place, levels in self.named(self.written, judged):
            for name, level in self.named(levels, judged[place]):
                if _pair(level) != (found := _levels(judged[place][name])):
                    yield self.differs(f"« {name} » dans « {place} »", level, found)

    def compliance(self) -> _Wrongs:
        results = {
            name: result
            for name, result in self.assessment.criteria.items()
            if result.compliance is not None
        }
        for name, status in self.named(self.written, results):
            if status != results[name].compliance:
                yield self.differs(f"« {name} »", status, results[name].compliance)

    def socle(self) -> _Wrongs:
        if self.written != self.assessment.socle:
            yield self.differs("le socle", self.written, self.assessment.socle)

    def advice(self, trigger: Trigger) -> _Wrongs:
        expected = sorted(map(str, items({self.key: self.written}, self.key)))
        found = sorted(
            each.recommendation.id
            for each in self.assessment.advice
            if each.trigger is trigger
            and each.recommendation.domain == self.domain.domain.id
        )
        if expected != found:
            yield self.differs(f"« {self.key} »", expected, found)

    def quantities(self) -> _Wrongs:
        advice: dict[str, Advice] = {
            each.recommendation.id: each for each in self.assessment.advice
        }
        for name, quantity in self.named(self.written, advice):
            bounds = advice[name].quantity
            found = [_number(bounds.low), _number(bounds.high)]
            if _pair(quantity) != found:
                yield self.differs(f"la quantité de « {name} »", quantity, found)


_CHECKS: dict[str, Callable[[_Expectation], _Wrongs]] = {
    "domain": lambda one: one.score(one.domain.score.bounds),
    "overall": lambda one: one.score(one.assessment.overall.bounds),
    "completeness": _Expectation.completeness,
    "levels": _Expectation.levels,
    "means": _Expectation.means,
    "at": _Expectation.at,
    "compliance": _Expectation.compliance,
    "socle": _Expectation.socle,
    "fires": lambda one: one.advice(Trigger.FIRES),
    "to_confirm": lambda one: one.advice(Trigger.TO_CONFIRM),
    "quantities": _Expectation.quantities,
}


def _levels(verdict: Verdict) -> object:
    return OUT if verdict.standing is Standing.OUT else [verdict.low, verdict.high]


def _pair(written: object) -> object:
    return [written, written] if isinstance(written, int) else written


def _number(value: Fraction | int | None) -> object:
    return None if value is None else canonical_number(value)


def _shown(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return "null" if value is None else str(value)
