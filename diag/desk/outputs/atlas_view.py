"""Who an atlas is for, found from what is typed: `syndicat`, `mairie:INSEE`."""

from collections.abc import Iterable

from diag.desk.auditees import commune_auditee
from diag.desk.workspace import Workspace
from diag.model.errors import DiagError
from diag.model.folding import fold
from diag.model.territory import School
from diag.reports.atlas.view import Reader, View
from diag.words.sentences import of

NAMING = "syndicat, mairie:INSEE ou circonscription:NOM"
"""How a reader is named on the command line."""
_SHOWN = 8


def view_named(workspace: Workspace, name: str, schools: Iterable[School]) -> View:
    """Return the reader that is named.

    A circonscription goes by its name in the directory, or by words that only one has.

    Raises:
        DiagError: when there is no such reader; says which there are.
    """
    kind, _, code = name.strip().partition(":")
    match kind.strip().casefold():
        case Reader.SYNDICAT if not code:
            return View(Reader.SYNDICAT, workspace.settings.syndicat or "Syndicat")
        case Reader.MAIRIE if code.strip():
            about = commune_auditee(workspace, code)
            return View(Reader.MAIRIE, f"Mairie {of(about.commune)}", about.code)
        case Reader.CIRCONSCRIPTION if code.strip():
            found = _circonscription(code, schools)
            return View(Reader.CIRCONSCRIPTION, found, found)
    raise DiagError(f"« {name[:60]} » n'est pas une vue. Choisissez : {NAMING}.")


def _circonscription(typed: str, schools: Iterable[School]) -> str:
    names = sorted({one.circonscription for one in schools if one.circonscription})
    wanted = fold(typed)
    exact = [one for one in names if fold(one) == wanted]
    words = set(wanted.split())
    near = exact or [one for one in names if _has(one, words)]
    if len(near) == 1:
        return near[0]
    told = " ; ".join((near or names)[:_SHOWN])
    known = f" : {told}" if told else " : l'annuaire n'en nomme aucune"
    what = "désigne plusieurs circonscriptions" if near else "n'est pas connue"
    raise DiagError(f"« {typed.strip()[:60]} » {what}{known}.")


def _has(name: str, words: set[str]) -> bool:
    """Say whether a name has every word typed, one at least."""
    return bool(words) and words <= set(fold(name).split())
