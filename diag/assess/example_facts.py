"""The facts of a golden example, from the plain values that its author wrote."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from diag.assess.assess import Judge
from diag.model.enums import PlaceKind, State
from diag.model.fact import Answer, Facts, Value
from diag.model.place import PARENT_KINDS, Place
from diag.rules.problem import write_instead

Raw = Mapping[str, object]
"""Keys and plain values, as written."""

Answers = dict[tuple[str, str], tuple[Answer, ...]]
"""As in `Facts`."""


class Unreadable(Exception):  # noqa: N818 - it says what the example is
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
        Unreadable: on the first thing that cannot be read.
    """
    root = Place(id=str(subject), kind=subject, parent=None, name=str(subject))
    places = {root.id: root}
    answers: Answers = dict(_answers(judge, root, raw, ""))
    for rank, written in enumerate(items(raw, "places")):
        key = f"places.{rank + 1}"
        entry = _entries(written, key, '{kind: salle, name: "CP", answers: {}}')
        place = _place(entry, key, places, root)
        places[place.id] = place
        answers |= _answers(judge, place, entry, f"{key}.")
    return Facts(
        root=root.id,
        places=places,
        answers=answers,
        closed=frozenset(_kind(kind, "closed") for kind in items(raw, "closed")),
        visit_date=_visit_date(raw.get("visit_date")),
    )


def entries(raw: Raw, key: str, sample: str) -> Raw:
    """Return the keys and values written under a key; none when it is missing.

    Raises:
        Unreadable: when something else is written there.
    """
    found = raw.get(key)
    return {} if found is None else _entries(found, key, sample)


def items(raw: Raw, key: str) -> Sequence[object]:
    """Return the list written under a key; none when it is missing.

    Raises:
        Unreadable: when something else is written there.
    """
    found = raw.get(key)
    if found is None:
        return ()
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise Unreadable(key, "une liste est attendue", f"Écrivez {key}: […].")
    return found


def _entries(found: object, key: str, sample: str) -> Raw:
    if not isinstance(found, Mapping):
        raise Unreadable(key, "des clés et valeurs sont attendues", f"Ainsi : {sample}")
    return found


def _place(entry: Raw, key: str, places: Mapping[str, Place], root: Place) -> Place:
    kind = _kind(entry.get("kind"), f"{key}.kind")
    name = str(entry.get("name") or f"{kind} {key.rpartition('.')[2]}")
    if name in places:
        raise Unreadable(
            f"{key}.name", f"deux lieux s'appellent « {name} »", "Nommez-les autrement."
        )
    holder = str(entry.get("in") or root.id)
    if holder not in places or places[holder].kind not in PARENT_KINDS[kind]:
        raise Unreadable(
            f"{key}.in",
            f"« {holder} » ne contient pas de {kind}",
            "Nommez un lieu écrit plus haut, ou retirez « in ».",
        )
    return Place(id=name, kind=kind, parent=holder, name=name)


def _kind(written: object, key: str) -> PlaceKind:
    for kind in PARENT_KINDS:
        if written == kind:
            return kind
    names = [str(kind) for kind in PARENT_KINDS]
    raise Unreadable(
        key,
        f"« {written} » n'est pas un lieu que l'on ajoute",
        write_instead(str(written), names, f"Choisissez parmi : {', '.join(names)}."),
    )


def _visit_date(written: object) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(str(written))
    except ValueError as error:
        raise Unreadable(
            "visit_date",
            f"« {written} » n'est pas une date",
            'Écrivez par exemple "2026-10-01".',
        ) from error


def _answers(
    judge: Judge, place: Place, entry: Raw, prefix: str
) -> Iterator[tuple[tuple[str, str], tuple[Answer, ...]]]:
    for name, written in entries(entry, "answers", "{nb_classes: 3}").items():
        key = f"{prefix}answers.{name}"
        fact = judge.vocabulary.get(name)
        if fact is None:
            remedy = write_instead(name, judge.vocabulary, "Déclarez la question.")
            raise Unreadable(key, f"question inconnue « {name} »", remedy)
        if fact.question.place is not place.kind:
            raise Unreadable(
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
            value = _value(written)
            if value is None or judge.vocabulary[name].read(value) is None:
                kind = judge.vocabulary[name].question.type
                raise Unreadable(
                    key,
                    f"« {written} » n'est pas une réponse à « {name} » ({kind})",
                    "Écrivez une valeur possible, {state: unknown} ou "
                    "{conflict: [a, b]}.",
                )
            yield Answer(State.KNOWN, value)


def _value(written: object) -> Value:
    if isinstance(written, list):
        if not all(isinstance(each, str) for each in written):
            return None
        return tuple(sorted(set(written)))
    return written if isinstance(written, bool | int | str) else None
