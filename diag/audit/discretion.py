"""What people typed in an audit that may name somebody: asked about, never let out.

Whoever writes documents, a table or the closing sees each passage with its place, and
agrees or mends it. What is handed over apart, the reserved sheet, is not asked about.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from diag.audit.remarks import Remarks, remarks_of
from diag.audit.session import AuditSession
from diag.audit.slips import SlipKind, slips_in
from diag.model.enums import READERS, WORKING_READER, Audience
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.sentences import counted, listed

PUBLIC_READERS = tuple(one for one in READERS if one is not WORKING_READER)
"""Whose documents anybody may ask for."""


class Slip(NamedTuple):
    """Words that may name somebody, and where they would be printed from."""

    where: str
    """« la note de CE1, « Prises réseau » »."""
    kind: SlipKind
    words: str

    def __str__(self) -> str:
        """Return the line that is shown before it is let out."""
        return f"{self.where} : « {self.words} » ({self.kind})"


def slips_of(
    session: AuditSession, audiences: Iterable[Audience] = READERS
) -> tuple[Slip, ...]:
    """Return what the documents of some readers would let out; the sheet is none."""
    readers = [one for one in audiences if not one.reads_reserved]
    if not readers:
        return ()
    shown = session.public()
    known = people_of(session)
    common = _words_of(shown)
    return tuple(
        dict.fromkeys(
            Slip(where, kind, words)
            for where, text in texts_of(shown, readers)
            for kind, words in slips_in(text, known, common)
        )
    )


def slips_typed(session: AuditSession, *texts: str) -> tuple[Slip, ...]:
    """Return what texts just typed would let out, before they are kept."""
    known, common = people_of(session), _words_of(session)
    return tuple(
        Slip("ce texte", kind, words)
        for text in texts
        for kind, words in slips_in(text, known, common)
    )


def people_of(session: AuditSession) -> tuple[str, ...]:
    """Return who is known of an audit: its authors, who was there, who was met."""
    people = session.workspace.settings.people.values()
    visits = (name for one in session.visits for name in (*one.present, *one.met))
    return tuple(dict.fromkeys((*people, *visits)))


def _words_of(session: AuditSession) -> frozenset[str]:
    """Return the words of the kinds of rooms: « Motricité » names nobody."""
    choices = (
        choice.label
        for question in session.checklist.questions.values()
        for choice in question.choices
    )
    return frozenset(fold(word) for label in choices for word in label.split())


def texts_of(
    session: AuditSession, audiences: Iterable[Audience]
) -> Iterator[tuple[str, str]]:
    """Give each text that somebody typed and these readers would have, and whence."""
    readers = frozenset(audiences)
    remarks = remarks_of(session)
    for one in session.facts.places.values():
        yield "le nom d'un lieu", one.name
    yield from _advice_texts(session, remarks, readers)
    yield from _seen_texts(session, remarks, works=WORKING_READER in readers)
    if WORKING_READER in readers:
        yield from noted_texts(session)


def _advice_texts(
    session: AuditSession, remarks: Remarks, readers: frozenset[Audience]
) -> Iterator[tuple[str, str]]:
    for (ident, reader), words in session.wordings.items():
        if reader in readers and (ident, reader) in remarks.wordings:
            for text in words.values():
                yield f"la reformulation de « {ident} »", str(text)
    for ident, hand in session.hands.items():
        for text in (hand.title, hand.otherwise):
            yield f"le vote de « {ident} »", text
    for own in remarks.own:
        for text in (own.title, own.why):
            yield "une préconisation de votre main", text
    for step in (*remarks.earlier, *remarks.follow_ups):
        for text in (step.by, step.why):
            yield f"la suite de « {step.recommendation} »", text


def _seen_texts(
    session: AuditSession, remarks: Remarks, *, works: bool
) -> Iterator[tuple[str, str]]:
    """Give what was seen, that is « à montrer »; everything where it `works` there."""
    names = {one.id: one.name for one in session.facts.places.values()}
    for seen in session.observations:
        if seen.shown or works:
            yield f"l'observation de {names.get(seen.place, 'ce lieu')}", seen.text
    for each in remarks.evidence:
        if each.photo.shown or works:
            where = names.get(each.photo.place, "ce lieu")
            yield f"la légende d'une photo de {where}", each.photo.caption


def noted_texts(session: AuditSession) -> Iterator[tuple[str, str]]:
    """Give what was noted next to answers: the technician and tables have it."""
    facts, questions = session.facts, session.checklist.questions
    names = {one.id: one.name for one in facts.places.values()}
    for (place, name), notes in facts.notes.items():
        if name in questions:
            for note in notes:
                yield f"la note de {names.get(place, place)}", note
    for (place, name), heads in facts.answers.items():
        for head in heads if name in questions else ():
            where = f"la réponse de {names.get(place, place)}"
            yield where, head.reason
            if isinstance(head.value, str) and not questions[name].choices:
                yield where, head.value


SHOWN = 8
"""At most so many are listed in a sentence."""


class HeldBackError(DiagError):
    """What would be let out was not agreed on: nothing was written."""


def held_words(slips: Iterable[Slip]) -> str:
    """Return how many words may name somebody, and the first of them."""
    every = [str(one) for one in slips]
    many = counted(len(every), "passage peut", "passages peuvent")
    return f"{many} désigner quelqu'un : {listed(every, SHOWN)}"


def question_of(slips: Iterable[Slip]) -> str:
    """Return what a screen asks before it lets them out, each on its line."""
    lines = "\n".join(f"- {one}" for one in slips)
    return f"Ceci peut désigner quelqu'un :\n{lines}\n\nLe laisser sortir ?"


def check_slips(slips: Iterable[Slip], *, let_out: bool) -> None:
    """Let nothing pass that may name somebody, unless it was agreed on.

    Raises:
        HeldBackError: something may, and nobody agreed.
    """
    found = tuple(slips)
    if found and not let_out:
        raise HeldBackError(
            f"{held_words(found)}. Corrigez ces textes, ou laissez-les sortir.",
            command="--let-out",
        )
