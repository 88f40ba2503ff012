"""Two hundred schools derived from the six whole ones, and what a visit learns of each.

A derived school has its own rooms, lots, size and dangers; an answer is one that a
whole school gave, or now and then any other. It is wholly known: what a full audit
would find is the truth that a short visit is held to. The same number makes the same
school, for ever.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from diag.assess.examples import example_facts
from diag.assess.judge import facts_given_by, judge_for, judge_of
from diag.assess.questions import relevant_questions
from diag.model.audit import Answer, Facts, Value
from diag.model.checklist import Checklist, Question
from diag.model.enums import Direction, Moment, PlaceKind, Profile, QuestionType, State
from diag.model.text import canonical_number, exact
from diag.rules.expressions import Span
from tests.goldens.golden import NAMES, as_example, facts_told, golden
from tests.shipped import shipped

DERIVED = 200
MOST_CLASSES = 20

Raw = dict[str, Any]


def whole_school(name: str, checklist: Checklist) -> Facts:
    """Return a whole school, all that it left unknown answered as another one does."""
    facts = facts_told(golden(name), checklist)
    return completed(facts, Random(name), checklist)


def derived_school(number: int, checklist: Checklist) -> Facts:
    """Return one of the schools derived from the whole ones, wholly known."""
    random = Random(f"école {number}")
    base, other = random.sample(_examples(), 2)
    classes = random.randint(1, MOST_CLASSES)
    raw = {**base, "places": _places(random, base, classes)}
    changed = {
        name: value
        for name, value in other["answers"].items()
        if random.random() < OTHERWISE
    }
    for name in base["answers"]:
        question = checklist.questions[name]
        if question.moment is not Moment.IMPORT and random.random() < RARELY:
            if question.type is QuestionType.BOOLEAN:
                changed[name] = random.random() < 0.5
            elif question.type is QuestionType.CHOICE:
                changed[name] = random.choice(question.choices).id
    pupils = classes * random.randint(15, 28)
    raw["answers"] = {**base["answers"], **changed} | {
        "nb_classes": classes,
        "nb_eleves": pupils,
        "type_ecole": base["answers"]["type_ecole"],
        "nb_eleves_elementaire": pupils,
        "nb_maitres": classes + random.randint(0, 3),
    }
    if base["answers"]["type_ecole"] == "primaire":
        raw["answers"]["nb_eleves_elementaire"] = pupils * 3 // 5
    facts = example_facts(judge_of(checklist), raw)
    return completed(facts, random, checklist)


def commune_derived(number: int, checklist: Checklist) -> Facts:
    """Return a commune, whatever its answers."""
    random = Random(f"commune {number}")
    raw = {"visit_date": VISIT}
    facts = example_facts(judge_of(checklist), raw, PlaceKind.COMMUNE)
    return completed(facts, random, checklist)


VISIT = "2026-10-01"
OTHERWISE = 0.3
"""How often a school answers as another than the one that it is derived from."""
RARELY = 0.12
"""How often its answer is any at all: six schools do not give them all."""
DANGERS = 0.04
"""How often a room is dangerous: the whole schools have too few to prove anything."""


@cache
def _examples() -> tuple[Raw, ...]:
    return tuple(as_example(golden(name)) for name in NAMES)


def _places(random: Random, base: Raw, classes: int) -> list[Raw]:
    """Return buildings, rooms and lots: as many classes as wanted, of any school."""
    told = deepcopy(base["places"])
    outer = [one["name"] for one in told if one["kind"] == "batiment"] or [None]
    rooms = [one for one in told if one["kind"] == "salle"]
    lots = [one for one in told if one["kind"] == "lot"]
    models = [one for one in rooms if one["answers"]["type_salle"] == "classe"]
    others = [
        each
        for one in _examples()
        for each in one["places"]
        if each["answers"].get("type_salle") == "classe"
    ]
    found = [one for one in told if one["kind"] == "batiment"]
    for rank in range(1, classes + 1):
        model = random.choice(models if random.random() < 0.6 else others)
        answers = dict(model["answers"])
        if "niveau_salle" not in models[0]["answers"]:
            answers.pop("niveau_salle", None)
        found.append({
            "kind": "salle",
            "name": f"Classe {rank}",
            "in": random.choice(outer),
            "answers": answers,
        })
    found += [one for one in rooms if one not in models]
    found += _lots(random, lots, {one["name"] for one in found}, outer)
    for one in found:
        if one["kind"] == "salle" and random.random() < DANGERS:
            one["answers"] |= {"danger_electrique": True, "anomalies_electriques": 1}
    return found


def _lots(
    random: Random, lots: Sequence[Raw], known: set[str], outer: Sequence[str | None]
) -> Iterator[Raw]:
    """Yield the lots of a school, some of them another's, older or newer, or more."""
    others = [
        each for one in _examples() for each in one["places"] if each["kind"] == "lot"
    ]
    for rank, lot in enumerate(lots, 1):
        told = deepcopy(random.choice(others) if random.random() < OTHERWISE else lot)
        parent = lot["in"] if lot["in"] in known else random.choice(outer)
        answers = told["answers"]
        if isinstance(answers.get("lot_nombre"), int):
            gone = answers["lot_nombre"] - answers.get("lot_en_etat", 0)
            answers["lot_nombre"] += random.randint(0, 6)
            answers["lot_en_etat"] = max(0, answers["lot_nombre"] - gone)
        if random.random() < OTHERWISE and "lot_date_achat" in answers:
            answers["lot_date_achat"] = f"{random.randint(2015, 2026)}-09-01"
        yield {**told, "name": f"Lot {rank}", "in": parent}


def completed(facts: Facts, random: Random, checklist: Checklist) -> Facts:
    """Return facts with an answer to every question that applies, and no other."""
    while True:
        asked = {
            (one.place, one.question.id): one.question
            for one in relevant_questions(facts, checklist)
            if one.relevant and one.question.type in _TYPED
        }
        answers = {
            key: heads
            for key, heads in facts.answers.items()
            if key in asked and heads[0].state not in _OPEN
        }
        missing = [key for key in asked if key not in answers]
        if not missing and len(answers) == len(facts.answers):
            return _within(facts, checklist)
        for key in missing:
            answers[key] = (_answer(asked[key], random),)
        facts = replace(facts, answers=answers)


_OPEN = {State.UNKNOWN, State.REFUSED}
_TYPED = {*QuestionType} - {QuestionType.TEXT, QuestionType.PHOTO}


def _answer(question: Question, random: Random) -> Answer:
    """Return what a whole school answers somewhere; else any choice, or the least."""
    told = _told_of(question.id)
    if told:
        return random.choice(told)
    value: Value = random.random() < 0.5
    if question.type in {QuestionType.CHOICE, QuestionType.CHOICES}:
        choice = random.choice(question.choices).id
        value = choice if question.type is QuestionType.CHOICE else (choice,)
    elif question.type is QuestionType.DATE:
        value = random.choice(("2019-01-01", "2026-01-01", "2027-09-01"))
    elif question.type is not QuestionType.BOOLEAN:
        low, _ = question.likely or question.range or (0, None)
        value = int(exact(low or 0))
    return Answer(State.KNOWN, value)


@cache
def _told_of(question: str) -> tuple[Answer, ...]:
    return tuple(
        head
        for one in _examples_read()
        for (_, name), (head,) in one.answers.items()
        if name == question and head.state not in _OPEN
    )


@cache
def _examples_read() -> tuple[Facts, ...]:
    return tuple(example_facts(judge_of(shipped()), one) for one in _examples())


def _within(facts: Facts, checklist: Checklist) -> Facts:
    """Return facts no part of which is above its whole."""
    reading = judge_for(facts, checklist).reading(facts)
    answers = dict(facts.answers)
    for (place, name), (head,) in facts.answers.items():
        whole = checklist.questions[name].at_most
        if whole and isinstance(head.value, int | str):
            most = reading.scope(place).value(whole)
            high = most.high if isinstance(most, Span) else None
            if high is not None and exact(head.value) > high:
                answers[place, name] = (replace(head, value=canonical_number(high)),)
    return replace(facts, answers=answers)


def exemplary(
    facts: Facts, checklist: Checklist, kept: frozenset[str] = frozenset()
) -> Facts:
    """Return a school where all that can be better is at its best, but what is kept."""
    for _ in range(ROUNDS):
        answers = {
            (place, name): heads
            if name in kept or (value := _best(checklist.questions[name])) is None
            else (Answer(State.KNOWN, value),)
            for (place, name), heads in facts.answers.items()
        }
        facts = completed(replace(facts, answers=answers), Random(0), checklist)
    return facts


ROUNDS = 4
"""How often what is better asks one more question, at most."""


def _best(question: Question) -> Value:
    """Return the best answer to a question, as usual as may be; None: none is."""
    better, is_up = question.better, question.better is Direction.UP
    if better is None:
        return None
    match question.type:
        case QuestionType.BOOLEAN:
            return is_up
        case QuestionType.CHOICE:
            assert isinstance(better, tuple)
            return better[-1][0]
        case QuestionType.CHOICES:
            return tuple(sorted(one.id for one in question.choices)) if is_up else ()
        case QuestionType.DATE:
            return VISIT
    low, high = question.likely or question.range or (0, None)
    return canonical_number(exact((high if is_up else low) or 0))


def visited(
    truth: Facts,
    checklist: Checklist,
    profile: Profile,
    without: frozenset[Moment] = frozenset(),
) -> Facts:
    """Return what a visit so long learns, nothing said `without` those moments.

    It answers what the walk asks, and what that leads to, until nothing is left.
    """
    facts = replace(truth, answers={})
    while True:
        learnt = {
            key: truth.answers[key]
            for one in relevant_questions(facts, checklist, profile=profile)
            if one.question.moment not in without
            for key in ((one.place, name) for name in _said_by(one.question))
            if key in truth.answers and key not in facts.answers
        }
        if not learnt:
            return facts
        facts = replace(facts, answers={**facts.answers, **learnt})


@cache
def _said_by(question: Question) -> frozenset[str]:
    """Return what one answer says: « aucune image » says that none is published."""
    return facts_given_by(question) | {question.id}
