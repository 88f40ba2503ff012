"""The workspace that the benches of screens open: 6,000 schools, some audited.

Nothing is real: the invented territory's schools, repeated under other numbers.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from diag.audit import session as audits
from diag.audit.session import AuditSession
from diag.demo.territory import write_fictional_territory
from diag.journal import changes
from diag.journal.revision import NewRevision
from diag.model.text import check_letter
from diag.office.imports import import_file
from diag.workspace.settings import Settings
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, audited_workspace

DAY = date(2026, 10, 5)
_SETTINGS = Settings(
    author="u-1",
    device="d-1",
    people={"u-1": "Camille Perrin"},
    syndicat="Syndicat mixte Vallombre Numérique",
    campaign="2026-2027",
)


def numbered(number: int) -> str:
    """Return the UAI of a school by its number."""
    digits = f"999{number:04d}"
    return digits + check_letter(digits)


def big_territory(folder: Path, schools: int) -> Path:
    """Write a directory of so many schools; return the file."""
    made = write_fictional_territory(folder / "petit")
    head, *lines = made.annuaire.read_text(encoding="utf-8-sig").splitlines()
    rests = [line.partition(";")[2] for line in lines if ";Ecole;" in line]
    rows = (f"{numbered(at)};{rests[at % len(rests)]}" for at in range(schools))
    path = folder / "grand.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8", newline="\n")
    return path


def big_workspace(folder: Path, schools: int = 6_000, audited_: int = 300) -> Path:
    """Make a workspace of so many schools, so many of them audited at the school."""
    folder.mkdir(parents=True)
    file = big_territory(folder / "fichiers", schools)
    with audited_workspace(folder / "modele") as model:
        source = audited(model)
        with Workspace.create(
            folder / "espace", _SETTINGS, fixed_world(DAY, seed=1)
        ) as made:
            import_file(made, "annuaire", file)
            for at in range(audited_):
                session = audits.start(made, numbered(at * (schools // audited_)))
                session.record(*_copied(source, session))
    return folder / "espace"


def _copied(source: AuditSession, target: AuditSession) -> Iterator[NewRevision]:
    """Give the places and answers of an audit as those of another."""
    facts, root = source.facts, target.facts.root
    audit, suffix = target.audit.id, target.audit.id[-12:]
    ids = {place: f"{place[:-12]}{suffix}" for place in facts.places}
    ids[facts.root] = root
    for place in list(facts.places.values())[1:]:
        parent = ids[place.parent or facts.root]
        moved = place.model_copy(update={"id": ids[place.id], "parent": parent})
        yield changes.placed(audit, moved)
    for (where, question), (answer, *_) in facts.answers.items():
        yield changes.answered(audit, ids[where], question, answer)
