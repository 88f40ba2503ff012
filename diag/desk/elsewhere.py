"""Where an id belongs that this audit does not know: to another subject's audit."""

from diag.assess.rooted import recommendation_root
from diag.desk.session import Session
from diag.model.checklist import Checklist
from diag.model.enums import PlaceKind
from diag.rules.reach import root_of
from diag.words.vocabulary import SUBJECTS


def elsewhere(session: Session, ident: str) -> str:
    """Return « … relève de l'audit de la commune » after a space, or nothing."""
    whole = session.workspace.editions.open(session.edition)
    root = _root(whole, ident)
    if root is None or root is session.about.kind:
        return ""
    refs = {
        PlaceKind.ECOLE: "UAI",
        PlaceKind.COMMUNE: f"commune:{session.about.insee or 'INSEE'}",
        PlaceKind.SYNDICAT: "syndicat",
    }
    return f" Cela relève de l'audit {SUBJECTS[root][1]} ({refs[root]})."


def _root(checklist: Checklist, ident: str) -> PlaceKind | None:
    if ident in checklist.questions:
        return root_of(checklist.questions[ident].place)
    if ident in checklist.criteria:
        return root_of(checklist.criteria[ident].place)
    if ident in checklist.recommendations:
        return recommendation_root(checklist, ident)
    return None
