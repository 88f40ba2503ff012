"""Acting on recommendations: reordered, reworded, completed by the engineer's own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from uuid import UUID

from diag.assess.plan import Action
from diag.audit.memory import own_here
from diag.audit.remarks import current_wording, declared_wording, own_advice
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.journal import changes
from diag.journal.records import ranks_of
from diag.journal.revision import NewRevision
from diag.model.audit import OwnAdvice
from diag.model.checklist import Wording
from diag.model.enums import USUAL_READER, Audience, Owner
from diag.model.errors import DiagError
from diag.model.number import canonical_number
from diag.model.text import accept, clean_line
from diag.words.sentences import NEXT_BUDGET, Blanks, filled, unknown_blanks
from diag.words.vocabulary import PART_WORDS, PARTS, SUBJECTS

_DELAY = re.compile(r"|P\d{1,3}[YMWD]")
_DEAREST = 10**11


def find_advice(session: AuditSession, ident: str) -> str:
    """Return the id of a recommendation of the checklists, or of the engineer's own.

    `A3`, or `3` for its rank, as documents number it, is understood.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    known = {*session.checklist.recommendations, *own_advice(session)}
    ident = session.heirs.get(ident, ident)
    if ident in known:
        return ident
    for action in report_of(session).plan:
        if ident.upper() in {action.ref.upper(), action.number}:
            return action.id
    near = get_close_matches(ident, sorted(known), n=1)
    hint = f" Vouliez-vous dire {near[0]} ?" if near else ""
    raise DiagError(
        f"Préconisation « {ident[:60]} » inconnue.{hint} Voyez la liste.",
        command=f"diag score {session.about.ref}",
    )


def reword(
    session: AuditSession, ident: str, audience: Audience, words: Mapping[str, str]
) -> Wording:
    """Reword a recommendation for one reader; no words: as declared.

    Parts that are not named keep their words.

    Raises:
        DiagError: a part that this reader does not get, an empty title, or a
            placeholder that nothing fills.
    """
    unknown = sorted({*words} - {*PARTS[audience]})
    if unknown:
        raise DiagError(
            f"« {unknown[0]} » ne se dit pas à ce destinataire ({audience}). "
            f"Parties possibles : {', '.join(PARTS[audience])}."
        )
    if ident in session.checklist.recommendations:
        _check_blanks(words)
    declared = declared_wording(session, ident, audience)
    if not words:
        session.record(changes.reworded(session.audit.id, ident, audience, {}))
        return declared
    kept = current_wording(session, ident, audience)
    wording = kept.model_copy(
        update={name: accept(text, name) for name, text in words.items()}
    )
    if not wording.title or "\n" in wording.title:
        raise DiagError(
            "Le titre d'une préconisation tient sur une ligne, non vide.", about="title"
        )
    changed = wording.model_dump(exclude_defaults=True, exclude={"otherwise"})
    changed = {} if wording == declared else changed
    session.record(changes.reworded(session.audit.id, ident, audience, changed))
    return wording


def add_own(
    session: AuditSession,
    title: str,
    *,
    owner: Owner,
    why: str = "",
    criterion: str = "",
    euros: str = "",
    delay: str = "",
) -> OwnAdvice:
    """Add a recommendation of the engineer's own; the documents print it.

    Raises:
        DiagError: empty title, unknown criterion, or an amount that is none.
    """
    world = session.workspace.world
    if criterion and criterion not in session.checklist.criteria:
        raise DiagError(f"Critère « {criterion[:60]} » inconnu des grilles.")
    if not _DELAY.fullmatch(delay):
        raise DiagError(
            f"Délai « {delay[:20]} » refusé. Donnez par exemple P7D (7 jours), "
            "P6M (6 mois) ou P1Y (1 an).",
            about="delay",
        )
    own = OwnAdvice(
        id=str(UUID(bytes=world.nonce() + world.nonce(), version=4)),
        title=_title(title),
        owner=owner,
        why=accept(why, "why"),
        criterion=criterion,
        cents=_cents(euros),
        delay=delay,
    )
    session.record(changes.owned(session.audit.id, own))
    return own


def remove_own(session: AuditSession, ident: str) -> None:
    """Take a recommendation of the engineer's own away; history keeps it.

    Raises:
        DiagError: when it is not one.
    """
    if ident not in {one.id for one in own_here(session)}:
        raise DiagError(
            "Seule une préconisation ajoutée dans cet audit se retire. "
            "Une autre s'écarte, avec un motif."
        )
    session.record(changes.disowned(session.audit.id, ident))


def move(session: AuditSession, ident: str, by: int) -> bool:
    """Move a recommendation up (−1) or down (+1); return whether it could.

    Raises:
        DiagError: when it is not in the plan, or waits for another.
    """
    actions = report_of(session).plan.actions
    here = next((one for one in actions if one.id == ident), None)
    if here is None:
        raise DiagError("Seule une préconisation du plan change de rang.")
    if here.under:
        raise DiagError(
            f"{here.ref} attend une autre préconisation : elle la suit. "
            "Déplacez celle qu'elle attend."
        )
    tops = [one for one in actions if not one.under]
    at = tops.index(here)
    if not 0 <= at + by < len(tops):
        return False
    session.record(*_moved(session.audit.id, tops, at, at + by))
    return True


def as_computed(session: AuditSession) -> int:
    """Forget the engineer's own order; return how many ranks were forgotten."""
    ranks = ranks_of(session.workspace.journal, session.audit.id)
    drafts = [changes.ranked(session.audit.id, ident, None) for ident in ranks]
    session.record(*drafts)
    return len(drafts)


def order(session: AuditSession) -> Iterator[str]:
    """Give the plan in its order, one line each, as the town hall reads it."""
    report = report_of(session)
    for one in report.plan.actions:
        indent = "  " if one.under else ""
        hand = "  (placée à la main)" if one.by_hand else ""
        title = report.title(one)
        yield f"{one.number.rjust(4)}  {indent}{title}  [{one.id}]{hand}"


def _moved(audit: str, tops: Sequence[Action], old: int, new: int) -> list[NewRevision]:
    """Return the drafts: one rank between two others, or all when none fits."""
    order = [one for one in tops if one is not tops[old]]
    low = order[new - 1].rank if new else order[0].rank - 1
    high = order[new].rank if new < len(order) else order[-1].rank + 1
    rank = (low + high) / 2
    if low < rank < high and (rank * 10**12).denominator == 1:
        return [changes.ranked(audit, tops[old].id, canonical_number(rank))]
    order.insert(new, tops[old])
    return [changes.ranked(audit, one.id, at) for at, one in enumerate(order, 1)]


def _check_blanks(words: Mapping[str, str]) -> None:
    for name, text in words.items():
        for blank in unknown_blanks(text):
            raise DiagError(
                f"{PART_WORDS[name]} : « {blank[:40]} » ne se remplit pas et "
                "s'imprimerait tel quel. Écrivez {quantite}, {quantite|salle|salles}, "
                "{cout}, {lieux} ou {echeance}, ou retirez les accolades.",
                about=name,
            )


def _title(text: str) -> str:
    try:
        title = clean_line(text)
    except ValueError as error:
        raise DiagError(f"Titre refusé : {error}.", about="title") from error
    if not title:
        raise DiagError(
            "Le titre est vide. Dites ce qu'il faut faire, en une ligne.", about="title"
        )
    return title


def _cents(euros: str) -> int:
    typed = euros.strip().removesuffix("HT").rstrip().removesuffix("€")
    if not typed:
        return 0
    try:
        cents = Fraction(canonical_number(typed)) * 100
    except ValueError as error:
        raise DiagError(
            f"Montant refusé : {error}. Donnez des euros HT.", about="euros"
        ) from error
    if not 0 <= cents <= _DEAREST or cents.denominator != 1:
        raise DiagError(
            "Montant refusé : donnez des euros HT, deux décimales au plus.",
            about="euros",
        )
    return int(cents)


def title_words(session: AuditSession, ident: str) -> str:
    """Return a recommendation's title without its figures, whatever became of it."""
    known = {*session.checklist.recommendations, *own_advice(session)}
    if ident not in known:
        return ident
    words = declared_wording(session, ident, USUAL_READER)
    return filled(
        words.title, Blanks(None, "", SUBJECTS[session.about.kind][0], NEXT_BUDGET)
    )
