"""What workshops gather, cards and ballots, and what ballots weigh.

They are typed, or come from a sheet or a telephone; a ballot is under a role, with no
name. Weights touch the order of what neither a law nor a blocking need takes first, and
only once a decision of the syndicat adopted them; each traces to its ballots.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from diag.imports.source import read_source, read_table
from diag.journal import subjects
from diag.journal.revision import NewRevision, dumps
from diag.model.base import Noun
from diag.model.enums import Outcome, Participant
from diag.model.errors import DiagError
from diag.model.programme import (
    MOST_POINTS,
    ProgrammeTheme,
    WeightRule,
    Workshop,
    WorkshopBallot,
    WorkshopCard,
)
from diag.model.text import canonical_number, exact, fold, is_campaign
from diag.phone import PhoneSheet
from diag.programme.adopting import decision_named
from diag.programme.container import BALLOT, CARD, WEIGHTS, Container, Record
from diag.programme.setting import checked, insee_known, put
from diag.words.sentences import typeset
from diag.words.vocabulary import PARTICIPANTS

_TEXT, _ROLE, _THEME, _COMMUNE = "texte", "role", "theme", "commune"
"""Columns of a table of cards; one of ballots has the role, then a column a theme."""


def role_named(text: str) -> Participant:
    """Return a role, by its code or its French words, one or several: « parents ».

    Raises:
        DiagError: it is none.
    """
    wanted = fold(text)
    for role, words in PARTICIPANTS.items():
        if wanted.removesuffix("s") in {role, fold(words)}:
            return role
    known = ", ".join(Participant)
    raise DiagError(
        f"« {text[:30]} » n'est pas un rôle. Il y a : {known}.", about="role"
    )


def put_theme(
    container: Container,
    slug: str,
    title: str,
    domains: Iterable[str] = (),
    recommendations: Iterable[str] = (),
) -> None:
    """Write a theme: what it is called, and which actions answer it.

    Raises:
        DiagError: a bad name.
    """
    if not is_campaign(slug):
        raise DiagError(
            f"« {slug[:40]} » ne peut pas nommer un thème : minuscules, chiffres et "
            "tirets, 30 caractères au plus. Par exemple : usages.",
            about="theme",
        )
    value = checked(
        ProgrammeTheme,
        {
            "title": title,
            "domains": tuple(domains),
            "recommendations": tuple(recommendations),
        },
    )
    put(container, subjects.programme(subjects.THEMES, slug), value)


def theme_named(container: Container, text: str) -> str:
    """Return the slug of a theme, from it or from its title.

    Raises:
        DiagError: it is none.
    """
    themes, wanted = container.record().themes, fold(text)
    for slug, theme in themes.items():
        if wanted in {slug, fold(theme.title)}:
            return slug
    known = ", ".join(themes) or "aucun"
    raise DiagError(
        f"« {text[:40]} » n'est pas un thème. Il y a : {known}.", about="theme"
    )


def commune_named(container: Container, text: str) -> str:
    """Return the INSEE code of a commune that was typed; empty: none was.

    Raises:
        DiagError: no commune here has it.
    """
    return insee_known(container, text) if text.strip() else ""


def new_workshop(container: Container, **given: Any) -> str:
    """Write a workshop; return its id.

    Raises:
        DiagError: no title, a bad day, a bad count.
    """
    value, ident = checked(Workshop, given), container.fresh()
    put(container, subjects.programme(subjects.WORKSHOPS, ident), value)
    return ident


def workshop_named(container: Container, text: str) -> str:
    """Return a workshop by its title, or the start of its id.

    Raises:
        DiagError: none has that name, or several do.
    """
    known, wanted = container.record().workshops, fold(text)
    found = [ident for ident, one in known.items() if fold(one.title) == wanted]
    found = found or [one for one in known if wanted and one.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"« {one.title} »" for one in known.values()) or "aucun"
    raise DiagError(
        f"« {text[:40]} » désigne plusieurs ateliers : "
        + ", ".join(one[:8] for one in found)
        if found
        else f"Pas d'atelier « {text[:40]} ». Il y a : {shown}.",
        about="workshop",
    )


def part_subject(workshop: str, kind: str, ident: str) -> str:
    """Return the subject of a card or of a ballot."""
    return subjects.programme(subjects.WORKSHOPS, workshop, kind, ident)


def put_card(
    container: Container,
    workshop: str,
    text: str,
    role: Participant,
    *,
    theme: str = "",
    commune: str = "",
) -> str:
    """Write the words of one person; return the id of the card.

    Raises:
        DiagError: there are no words, or too many.
    """
    given = {"text": text.strip(), "role": role, "theme": theme, "commune": commune}
    value, ident = checked(WorkshopCard, given), container.fresh()
    put(container, part_subject(workshop, CARD, ident), value)
    return ident


def put_ballot(
    container: Container, workshop: str, role: Participant, points: Mapping[str, int]
) -> str:
    """Write how one person shares points out; return the id of the ballot.

    Raises:
        DiagError: negative points, or more than a ballot has.
    """
    given = {"role": role, "points": dict(points)}
    value, ident = checked(WorkshopBallot, given), container.fresh()
    put(container, part_subject(workshop, BALLOT, ident), value)
    return ident


def remove_part(container: Container, text: str) -> str:
    """Take a card or a ballot away, by the start of its id; return its subject.

    Raises:
        DiagError: none has that id, or several do.
    """
    record, wanted = container.record(), text.strip().casefold()
    cards = (part_subject(key[0], CARD, key[1]) for key in record.cards)
    ballots = (part_subject(key[0], BALLOT, key[1]) for key in record.ballots)
    found = [
        one
        for one in (*cards, *ballots)
        if wanted and one.rpartition("/")[2].startswith(wanted)
    ]
    if len(found) != 1:
        raise DiagError(
            f"« {text[:40]} » désigne {len(found)} cartes ou bulletins, pas un seul."
        )
    put(container, found[0], None)
    return found[0]


class GatheredRow(NamedTuple):
    """One row of a table of cards or of ballots, or why it is refused."""

    line: int
    subject: str = ""
    value: WorkshopCard | WorkshopBallot | None = None
    problem: str = ""


def rows_in(container: Container, workshop: str, path: Path) -> Iterator[GatheredRow]:
    """Give the cards of a table (texte;role;theme;commune), or the ballots of one.

    A table of ballots has the role, then a column a theme. The same file read twice
    writes nothing twice.

    Raises:
        DiagError: it is no table, lacks a column, or names an unknown theme.
    """
    table = read_table(read_source(path), is_typed=True)
    columns = [fold(name) for name in table.columns]
    if _ROLE not in columns:
        raise DiagError(
            f"{path.name} : il manque la colonne role. Attendu : "
            "texte;role;theme;commune, ou role puis une colonne par thème."
        )
    are_cards = _TEXT in columns
    themes = {
        fold(name): theme_named(container, name)
        for name in (() if are_cards else table.columns)
        if fold(name) != _ROLE and name.strip()
    }
    if not (are_cards or themes):
        raise DiagError(f"{path.name} : aucune colonne n'est celle d'un thème.")
    for bad in table.bad_rows:
        yield GatheredRow(bad.line, problem=bad.reason)
    seen: Counter[str] = Counter()
    for row in table.rows:
        cells = dict(zip(columns, (one.strip() for one in row.cells), strict=False))
        try:
            value = _card(container, cells) if are_cards else _ballot(cells, themes)
        except DiagError as error:
            yield GatheredRow(row.line, problem=str(error))
            continue
        said = dumps(value.model_dump(mode="json"))
        seen[said] += 1
        ident = str(uuid5(UUID(workshop), f"{said} {seen[said]}"))
        kind = CARD if are_cards else BALLOT
        yield GatheredRow(row.line, part_subject(workshop, kind, ident), value)


def _card(container: Container, cells: Mapping[str, str]) -> WorkshopCard:
    theme = cells.get(_THEME, "")
    given = {
        "text": cells.get(_TEXT, ""),
        "role": role_named(cells.get(_ROLE, "")),
        "theme": theme_named(container, theme) if theme else "",
        "commune": commune_named(container, cells.get(_COMMUNE, "")),
    }
    return checked(WorkshopCard, given)


def _ballot(cells: Mapping[str, str], themes: Mapping[str, str]) -> WorkshopBallot:
    points: dict[str, int] = {}
    for column, theme in themes.items():
        typed = cells.get(column, "") or "0"
        points[theme] = points.get(theme, 0) + points_typed(typed)
    given = {"role": role_named(cells.get(_ROLE, "")), "points": points}
    return checked(WorkshopBallot, given)


def points_typed(text: str) -> int:
    """Return the points that a ballot gives a theme.

    Raises:
        DiagError: it is no whole number that a ballot may hold.
    """
    if text not in map(str, range(MOST_POINTS + 1)):
        raise DiagError(
            f"« {text[:20]} » : un nombre entier de points, de 0 à {MOST_POINTS}.",
            about="points",
        )
    return int(text)


def new_rows(container: Container, rows: Iterable[GatheredRow]) -> list[NewRevision]:
    """Return the drafts of the cards or ballots that are not there yet."""
    return [
        container.draft(one.subject, one.value)
        for one in rows
        if one.value and one.subject not in container.stated
    ]


def put_rows(container: Container, rows: Iterable[GatheredRow]) -> int:
    """Write cards or ballots in one commit; return how many are new.

    Raises:
        DiagError: when nothing could be written.
    """
    drafts = new_rows(container, rows)
    if drafts:
        container.write(*drafts)
    return len(drafts)


def put_weights(
    container: Container,
    workshops: Iterable[str] = (),
    per: str = "",
    bound: str = "",
    decision: str = "",
) -> WeightRule:
    """Write which ballots weigh, and the decision that adopts them.

    Without workshops, those that counted; else all. A change of rule is to be adopted
    anew: the weights that were adopted stop counting.

    Raises:
        DiagError: no workshop, a bad bound, a decision that the syndicat did not adopt.
    """
    record = container.record()
    before = record.weighing
    known = before.workshops if before else tuple(sorted(record.workshops))
    value = checked(
        WeightRule,
        {
            "workshops": tuple(workshops) or known,
            "per": per or (before.per if before else "ballot"),
            "bound": bound or (before.bound if before else "1.25"),
        },
    )
    is_same = (
        before is not None
        and before.model_copy(update={"decision": "", "adopted": {}}) == value
    )
    if decision:
        ident, found = decision_named(container, decision)
        is_own = found.body == str(container.audit.subject)
        if found.outcome is not Outcome.ADOPTE or not is_own:
            raise DiagError(
                "Des poids s'adoptent par une délibération du comité syndical qui les "
                "adopte. Notez-la d'abord.",
                about="decision",
            )
        value = rule_adopting(record, value, ident)
    elif is_same and before:
        return before
    put(container, WEIGHTS, value)
    return value


LEAST_BALLOTS = 5
"""Under so many ballots of a role, nothing is said of that role alone."""

_CENTS = 100
"""Weights have two decimals."""


class ThemeWeight(NamedTuple):
    """What a theme weighs, and what that follows from."""

    theme: str
    """Slug."""
    points: int
    """Over all ballots that count."""
    share: Fraction
    """Of the points, averaged over ballots or workshops; 0 to 1."""
    weight: Fraction
    """1: as if nobody had voted."""


def theme_weights(record: Record) -> tuple[ThemeWeight, ...]:
    """Return what each theme weighs by the ballots that count, in order of weight.

    Empty where no rule names the workshops that count, or nobody voted in them.
    """
    rule = record.weighing
    if rule is None or not record.themes:
        return ()
    groups = list(ballots_of(record, rule).values())
    if rule.per == "ballot":  # each ballot, or each workshop, counts as one
        groups = [[one] for ballots in groups for one in ballots]
    if not groups:
        return ()
    points = Counter[str]()
    shares = dict.fromkeys(sorted(record.themes), Fraction(0))
    for ballots in groups:
        for one in ballots:
            points.update(one.points)
            total = sum(one.points.values())
            for name, given in one.points.items():
                shares[name] += Fraction(given, total * len(ballots) * len(groups))
    bound, weights = Fraction(exact(rule.bound)), []
    for name, share in shares.items():
        kept = min(max(share * len(shares), 1 / bound), bound)
        weight = Fraction(round(kept * _CENTS), _CENTS)
        weights.append(ThemeWeight(name, points[name], share, weight))
    return tuple(sorted(weights, key=lambda one: (-one.weight, -one.share, one.theme)))


def ballots_of(record: Record, rule: WeightRule) -> dict[str, list[WorkshopBallot]]:
    """Return the ballots that count, by workshop; what names no theme here does not."""
    found: dict[str, list[WorkshopBallot]] = {}
    for (workshop, _), ballot in record.ballots.items():
        kept = {
            name: points
            for name, points in ballot.points.items()
            if name in record.themes and points
        }
        if workshop in rule.workshops and workshop in record.workshops and kept:
            own = WorkshopBallot(role=ballot.role, points=kept)
            found.setdefault(workshop, []).append(own)
    return found


def rule_adopting(record: Record, rule: WeightRule, decision: str) -> WeightRule:
    """Return a rule as a decision adopts it: what it weighs today is kept in it."""
    weights = theme_weights(replace(record, weighing=rule))
    adopted = {one.theme: canonical_number(one.weight) for one in weights}
    return rule.model_copy(update={"decision": decision, "adopted": adopted})


def points_by_role(record: Record) -> dict[Participant, dict[str, int]]:
    """Return theme → points of each role that has ballots enough to be shown."""
    rule = record.weighing
    many = Counter[Participant]()
    found: dict[Participant, Counter[str]] = defaultdict(Counter)
    for ballots in ballots_of(record, rule).values() if rule else ():
        for one in ballots:
            many[one.role] += 1
            found[one.role].update(one.points)
    return {
        role: dict(points)
        for role, points in found.items()
        if many[role] >= LEAST_BALLOTS
    }


def points_words(record: Record, points: Mapping[str, int]) -> str:
    """Return « Usages 12, Réseau 5 », the theme of most points first."""
    ranked = sorted(points.items(), key=lambda one: -one[1])
    return ", ".join(f"{record.themes[name].title} {many}" for name, many in ranked)


FORMAT, VERSION = "diag-ballot", 1
"""What a telephone sends back is marked with."""

_ROLE_FIELD, _WORDS_FIELD, _THEME_FIELD = "role", "mot", "theme/"
"""Names of its fields; those of themes start with the last."""

_INTRO = (
    f"Sans nom. Partagez {MOST_POINTS} points entre les thèmes, comme vous voulez ; un "
    "mot si vous le souhaitez. Envoyé deux fois, le dernier compte."
)

_OUT_OF_DATE = "Cette page n'est plus à jour : rouvrez-la par le carré."


def ballot_sheet(container: Container, workshop: str) -> PhoneSheet:
    """Return the ballot of a workshop as a telephone shows it.

    Raises:
        DiagError: there is no theme to share points among.
    """
    record = container.record()
    if not record.themes:
        raise DiagError("Aucun thème où mettre des points. Nommez-en d'abord.")
    roles = "".join(
        f'<label><input type="radio" name="{_ROLE_FIELD}" value="{role}">'
        f"{escape(typeset(words))}</label>"
        for role, words in PARTICIPANTS.items()
    )
    themes = "".join(
        f'<fieldset data-q="{_THEME_FIELD}{escape(slug)}">'
        f"<legend>{escape(typeset(theme.title))}</legend><label>Points "
        f'<input type="number" inputmode="numeric" min="0" max="{MOST_POINTS}">'
        "</label></fieldset>"
        for slug, theme in record.themes.items()
    )
    return PhoneSheet(
        title=record.workshops[workshop].title,
        intro=_INTRO,
        fields=f'<fieldset data-q="{_ROLE_FIELD}"><legend>Vous êtes</legend>{roles}'
        f'</fieldset>{themes}<fieldset data-q="{_WORDS_FIELD}"><legend>Un mot, si vous '
        'voulez</legend><label>Dans vos mots, sans nom <textarea rows="3" cols="40" '
        'maxlength="500"></textarea></label></fieldset>',
        marks={
            "format": FORMAT,
            "version": str(VERSION),
            "subject": container.slug,
            "code": workshop,
        },
    )


def take_ballot(container: Container, workshop: str, phone: str, raw: bytes) -> str:
    """Keep a ballot, and a card where there are words; return what its author reads.

    `phone` is the secret of a telephone, and is not kept: sent twice, the last counts.

    Raises:
        DiagError: it is none, names no role, or shares too many points.
    """
    given = dict(_rows(raw, workshop))
    role = role_named(given.pop(_ROLE_FIELD, ""))
    words = given.pop(_WORDS_FIELD, "")
    points = {
        name.removeprefix(_THEME_FIELD): points_typed(text)
        for name, text in given.items()
    }
    if points.keys() - container.record().themes.keys():
        raise DiagError(_OUT_OF_DATE)
    ident = _ident(workshop, phone)
    sent: dict[str, Noun | None] = {BALLOT: None, CARD: None}
    if any(points.values()):
        sent[BALLOT] = checked(WorkshopBallot, {"role": role, "points": points})
    if words.strip():
        sent[CARD] = checked(WorkshopCard, {"role": role, "text": words.strip()})
    if not any(sent.values()):
        raise DiagError("Aucun point et aucun mot : rien n'est à garder.")
    parts = {part_subject(workshop, kind, ident): one for kind, one in sent.items()}
    container.write(
        *(
            container.draft(part, value)
            for part, value in parts.items()
            if value or part in container.stated
        )
    )
    return "Merci. Vous pouvez fermer cette page."


def knows_phone(container: Container, workshop: str, phone: str) -> bool:
    """Say whether a ballot, or a card, came from a telephone."""
    record, ident = container.record(), _ident(workshop, phone)
    return (workshop, ident) in record.ballots or (workshop, ident) in record.cards


def without_ballots(
    container: Container, workshop: str, phones: Iterable[str]
) -> list[NewRevision]:
    """Return what takes back all that came from telephones, cards included."""
    parts = [
        part_subject(workshop, kind, _ident(workshop, phone))
        for phone in phones
        for kind in (BALLOT, CARD)
    ]
    return [container.draft(part, None) for part in parts if part in container.stated]


def _ident(workshop: str, phone: str) -> str:
    return str(uuid5(UUID(workshop), f"phone {phone}"))


def _rows(raw: bytes, workshop: str) -> Iterator[tuple[str, str]]:
    """Give each field that was filled, with what it holds."""
    try:
        sent: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DiagError("Ce bulletin n'a pas pu être lu : rouvrez la page.") from error
    marks = sent if isinstance(sent, dict) else {}
    if (marks.get("format"), marks.get("code")) != (FORMAT, workshop):
        raise DiagError(_OUT_OF_DATE)
    rows = marks.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            name, value = row.get("question"), row.get("value")
            if isinstance(name, str) and isinstance(value, str):
                yield name, value
