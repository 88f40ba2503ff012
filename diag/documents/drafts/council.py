"""What goes before a council: note and deliberation; minutes after."""

from collections.abc import Iterator, Sequence

from diag.assess.spread import concerns, law_words
from diag.assess.words import printed_cell
from diag.documents.blocks import (
    Md,
    Pair,
    bold,
    bullets,
    definitions,
    sections,
    table,
    written,
)
from diag.documents.document import Document
from diag.documents.drafts import (
    REREAD,
    TO_WRITE,
    draft_meta,
    population_words,
    prefilled,
    source_of,
    tools,
)
from diag.documents.mairie import READER
from diag.documents.parts.advice import EXPECTED, NATURE_AND_TEXT
from diag.documents.parts.votes import (
    SchoolVotes,
    amounts_words,
    call_of,
    know_first,
    money_line,
    unvoted_table,
    vote_words,
    votes_tables,
)
from diag.documents.synthesis import common as money
from diag.documents.synthesis.common import (
    REASON_WORDS,
    SharedRule,
    build_page,
    names_or_count,
    rules,
    shared,
)
from diag.documents.synthesis.gathering import (
    Extract,
    Gathering,
    build_meta,
    contacts,
    dangers_box,
    groups,
    is_academic,
    status,
    unaudited,
    version,
)
from diag.model.audit import Commune
from diag.model.enums import WORKING_READER, Aside, Kind, PlaceKind
from diag.model.votes import Vote
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    euros,
    first_sentence,
    listed,
    number,
    of,
    uncapitalised,
)
from diag.words.vocabulary import FOLLOW_UPS, OWNERS, SOCLES

_PRESSES = 3
"""Last class whose findings are given as reasons first."""

REASONS = 5
"""At most so many findings given as reasons."""

_PRESSING = (Kind.COMPLIANCE, Kind.BLOCKING)


def note(gathering: Gathering, title: str) -> Document:
    """Return a draft explanatory note, one page if it can be."""
    votes, commune = gathering.votes, gathering.commune
    waiting = groups(
        gathering.extracts,
        lambda _, task: task.council and task.undecided and not task.ready,
    )
    unconfirmed = money.unconfirmed(gathering)
    conditions = []
    if waiting:
        conditions.append(
            "Actions qui attendent une condition, non proposées au vote : "
            f"{len(waiting)}."
        )
    if unconfirmed:
        conditions.append(
            "Actions qui dépendent d'une vérification, comptées seulement dans le haut "
            f"du total : {unconfirmed}."
        )
    reasons = [
        (
            one.criterion.title,
            one.basis,
            _names(gathering, one.short),
            first_sentence(one.criterion.why, REASON_WORDS),
        )
        for one in _reasons(gathering)
    ]
    columns = (
        *(EXPECTED, NATURE_AND_TEXT),
        *("Pas encore le cas", "Ce que cela change"),
    )
    yearly = (
        line.yearly for one in votes for vote in one.votes.votes for line in vote.lines
    )
    view = {
        **_frame(gathering, "Projet de note explicative de synthèse"),
        "requirement": need_words(commune, gathering.population_of),
        "convocation": _convocation_words(commune),
        "dangers": dangers_box(gathering),
        "reasons": table("Ce que l'audit a constaté", columns, reasons),
        "know_first": know_first(votes),
        "money": money_line(votes),
        "decisions": votes_tables(votes),
        "sums": unvoted_table(votes),
        "conditions": bullets(conditions),
        "total": money.total_words(gathering),
        "yearly": any(yearly),
    }
    return _draft("note", view, gathering, title, "Projet de note")


def deliberation(gathering: Gathering, title: str) -> Document:
    """Return a draft deliberation: the council alone decides."""
    commune = f" {of(gathering.commune.name)}" if gathering.commune else ""
    audits = (
        f"{gathering.name_of(one)} : audit {one.status}"
        + (f", empreinte {one.digest[:12]}" if one.digest else "")
        for one in gathering.extracts
    )
    whereas = []
    for one in _reasons(gathering):
        law, unread = one.criterion.law, "" if one.is_read else f", {REREAD}"
        cited = f" ({law_words(law)}{unread})" if law else ""
        whereas.append(
            "Considérant que l'audit n'a pas encore constaté ce qui est attendu, "
            f"« {one.criterion.title} » : {_names(gathering, one.short)}{cited}"
        )
    articles = [
        f"{_called(each, vote)}. {vote_words(each, vote)} {amounts_words(vote)}"
        for each in gathering.votes
        for vote in each.votes.votes
    ]
    # Then the flat sum for what is reserved, that a budget has to hold.
    articles += [
        f"{line.title}, {line.where} : inscrire {euros(line.spent.gross)} TTC au "
        f"budget {line.spent.years[0].year}."
        for each in gathering.votes
        for line in each.votes.aside
        if line.why is Aside.RESERVE and line.spent.years
    ]
    shares = (
        share.title
        for each in gathering.votes
        for aid in each.votes.aids
        for share in aid.shares
    )
    names = list(dict.fromkeys(shares))  # of the schemes whose rate is known
    view = {
        **_frame(gathering, "Projet de délibération"),
        "office": gathering.office.name,
        "council": f"Conseil municipal{commune}",
        "audits": bullets(audits),
        "whereas": bullets(whereas),
        "articles": [
            (f"Article {rank}", text) for rank, text in enumerate(articles, 2)
        ],
        "aids": listed(names, len(names)) if names else "",
    }
    return _draft("deliberation", view, gathering, title, "Projet de délibération")


def _draft(
    template: str,
    view: dict[str, object],
    gathering: Gathering,
    title: str,
    name: str,
) -> Document:
    meta = draft_meta(build_meta(gathering, title), name)
    reach, house = contacts(gathering), gathering.office.house
    return build_page(meta, template, view, reach, house, listed=False, explained=False)


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
            *_who_decides(gathering),
        ),
    }


def _who_decides(gathering: Gathering) -> Iterator[str]:
    """Give which schools another assembly decides for; nothing where none does."""
    schools = gathering.schools
    if not all(one.payer for one in schools):
        whose = "Si l'école relève d'une intercommunalité"
        yield f"{whose}, c'est son assemblée qui décide."
    for one in schools:
        if one.payer and one.payer.id != PlaceKind.COMMUNE:
            yield (
                f"{gathering.name_of(one)}, qui paie d'après l'audit : "
                f"{uncapitalised(one.payer.label)}. L'assemblée de qui paie décide, et "
                "non ce conseil seul."
            )


def _names(gathering: Gathering, some: Sequence[Extract]) -> str:
    return names_or_count(some, gathering.name_of, limit=6)


def _reasons(gathering: Gathering) -> list[SharedRule]:
    """Return what surely lacks: what the proposals cure, then what presses most."""
    cured = {
        name
        for each in gathering.votes
        for tier, names in (
            *((one.tier, one.findings) for one in each.votes.votes),
            *((one.tier, one.findings) for one in each.votes.aside),
        )
        if tier <= _PRESSES
        for name in names
    }
    found = [
        one
        for one in shared(gathering.extracts)
        if one.short
        and concerns(one.criterion, READER)
        and (one.criterion.id in cured or one.criterion.kind in _PRESSING)
    ]
    return sorted(found, key=lambda one: one.criterion.id not in cured)[:REASONS]


THRESHOLD = 3500
"""Inhabitants from which the note is required (CGCT, art. L. 2121-12)."""

MARGIN = 200
"""So near to the threshold, another year's count may fall on the other side."""


def is_note_required(commune: Commune | None) -> bool | None:
    """Return whether the note must go with the convocation; None: nobody knows."""
    if commune is None or commune.population is None:
        return None
    return commune.population >= THRESHOLD


def need_words(commune: Commune | None, read_on: str) -> str:
    """Return whether it is required, from what population, and what to check."""
    rule = (
        f"Le code général des collectivités territoriales (art. L. 2121-12) la demande "
        f"à partir de {number(THRESHOLD)} habitants ({REREAD})."
    )
    if commune is None or commune.population is None:
        return (
            "On ne sait pas si cette note est obligatoire : la population n'est pas "
            f"connue ici. {rule} Vérifiez la population en vigueur."
        )
    required = is_note_required(commune)
    need = "obligatoire" if required else "non obligatoire"
    more = "" if required else " Elle reste utile à qui vote."
    near = (
        " La population est proche du seuil : vérifiez le chiffre en vigueur."
        if abs(commune.population - THRESHOLD) <= MARGIN
        else ""
    )
    known = population_words(commune, read_on)
    return f"Note {need} d'après la population connue : {known}. {rule}{more}{near}"


def _convocation_words(commune: Commune | None) -> str:
    """Return how long before the sitting the convocation goes, to be checked."""
    required = is_note_required(commune)
    if required is None:
        delay = (
            "Le délai de convocation est de cinq jours francs à partir de "
            f"{number(THRESHOLD)} habitants, de trois en dessous"
        )
    else:
        days = "cinq" if required else "trois"
        delay = f"La convocation part au moins {days} jours francs avant la séance"
    return f"{delay} (art. L. 2121-11 et L. 2121-12, {REREAD})."


ASKED, ALERTS = 3, 6
"""At most so many actions of the school put to the committee, points of compliance."""


def minutes(gathering: Gathering, title: str) -> Document:
    """Return the frame of a follow-up committee's minutes."""
    standing = [
        (
            gathering.name_of(one),
            describe_day(max(one.visits)) if one.visits else "aucune visite",
            printed_cell(one.overall),
            SOCLES[one.socle],
            "provisoire" if one.provisional else "définitif",
        )
        for one in gathering.extracts
    ]
    decided = [
        (
            one.title,
            gathering.name_of(extract),
            FOLLOW_UPS[one.state],
            describe_day(one.on),
            TO_WRITE,
        )
        for extract in gathering.extracts
        for one in extract.decided
    ]
    view = {
        **tools(),
        "name": gathering.name,
        "cover": definitions((
            ("Commune", gathering.commune.name if gathering.commune else ""),
            ("Trame du", long_date(gathering.date)),
            ("Préparé par", gathering.office.name),
            ("Version", version(gathering)),
            ("Audits", status(gathering)),
        )),
        "prefilled": prefilled(
            source_of(gathering.extracts, gathering.date), "le comité, en séance"
        ),
        "dangers": dangers_box(gathering),
        "schools": table(
            "École par école",
            ("École ou commune", "Dernière visite", "Score", "Socle", "Audit"),
            standing,
        ),
        "unaudited": unaudited(gathering),
        "decided": table(
            "Suites des décisions déjà prises",
            ("Action", "École", "Dernier état connu", "Date", "Constaté en séance"),
            decided,
        ),
        "proposed": _proposed(gathering),
        "alerts": _alerts(gathering),
        "next": table(
            "Décisions du comité",
            ("N°", "Décision", "Qui", "Avant le"),
            [(str(rank), *(TO_WRITE,) * 3) for rank in range(1, 4)],
        ),
    }
    return _draft("compte-rendu", view, gathering, title, "Compte rendu")


def _called(each: SchoolVotes, vote: Vote) -> str:
    return f"{call_of(each, vote)} : {vote.title}"


def _proposed(gathering: Gathering) -> Md:
    """Return the votes, as the council reads them, then what the school may do."""
    votes = [
        (
            Md(f"{bold(_called(each, vote))} {written(vote_words(each, vote))}"),
            amounts_words(vote),
            TO_WRITE,
        )
        for each in gathering.votes
        for vote in each.votes.votes
    ]
    acts = [
        (
            one.title(READER),
            names_or_count(one.extracts, gathering.name_of),
            OWNERS[one.task.owner],
            one.when,
            TO_WRITE,
        )
        for one in groups(gathering.extracts, is_academic)[:ASKED]
    ]
    asked = table(
        "Ce qui est soumis au vote", ("Vote", "Montant", "Avis du comité"), votes
    )
    own = ("Action", "Pour", "Qui", "Avant le", "Avis du comité")
    return sections((asked, table("Ce que l'école peut faire", own, acts)))


def _alerts(gathering: Gathering) -> Md:
    rows = [
        (
            one.criterion.title,
            one.basis,
            names_or_count(one.short, gathering.name_of),
            TO_WRITE,
        )
        for one in rules(shared(gathering.extracts), WORKING_READER)
        if one.short
    ][:ALERTS]
    columns = (
        *(EXPECTED, NATURE_AND_TEXT),
        *("Pas encore respecté", "Ce que le comité en dit"),
    )
    return table("Ce qui n'est pas encore respecté", columns, rows)
