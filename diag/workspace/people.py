"""Names of colleagues, learnt where words come from, and erased everywhere again."""

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from diag.journal.attachments import drop_unnamed
from diag.journal.errors import DamagedError, JournalError
from diag.journal.journal import Journal, get_setting, put_setting
from diag.journal.outbox import Outbox
from diag.journal.people import erasures_in
from diag.journal.revision import Revision
from diag.model.text import clean_line
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace


def learn_names(workspace: Workspace, told: Mapping[str, str]) -> None:
    """Learn the names of people unknown here; those known keep theirs.

    Who was forgotten is not learnt again.
    """
    if not workspace.knows_author:
        return
    settings = workspace.settings
    gone = get_setting(workspace.journal, FORGOTTEN, ())
    unknown = {
        label: clean_line(name) for label, name in told.items() if label not in gone
    }
    people = {**unknown, **settings.people}
    if people != settings.people:
        workspace.keep_settings(settings.model_copy(update={"people": people}))


FOLDER = "effacements"
"""Where they are, in the workspace."""

FORGOTTEN = "forgotten_people"
"""The setting that holds the labels of people whose name is not learnt again."""

_ERASURES = "effacements.jsonl"
_FORGOTTEN = "oublis.json"


class Forgotten(NamedTuple):
    """What no revision holds and must stay away: named without saying it."""

    labels: Sequence[str] = ()
    """Of people."""
    addresses: Sequence[str] = ()
    """Whose address was typed: an audience and a subject."""
    messages: Sequence[str] = ()
    """Message-IDs of the outbox."""


def remember(folder: Path, erasures: Iterable[Revision]) -> None:
    """Add erasures to those that a restored copy must carry out again."""
    path = folder / FOLDER / _ERASURES
    path.parent.mkdir(exist_ok=True)
    known = set(_lines(path))
    new = [each.line for each in erasures if each.line not in known]
    with path.open("ab+") as file:
        file.seek(-min(file.tell(), 1), os.SEEK_END)
        if file.read() not in {b"", b"\n"}:  # a line that a kill cut
            file.write(b"\n")
        file.writelines(line + b"\n" for line in new)
        file.flush()
        os.fsync(file.fileno())


def remember_forgotten(workspace: Workspace, forgotten: Forgotten) -> None:
    """Take out of the workspace what no revision holds, and keep it out."""
    path = workspace.folder / FOLDER / _FORGOTTEN
    path.parent.mkdir(exist_ok=True)
    known = _forgotten(path)
    kept = Forgotten(*(sorted({*a, *b}) for a, b in zip(known, forgotten, strict=True)))
    write_whole(path, json.dumps(kept._asdict()).encode())
    _without(workspace.journal, kept)


def prove(workspace: Workspace, told: dict[str, Any]) -> Path:
    """Write the proof of an act: what kind, when, by whom, how many, which ids."""
    settings = workspace.settings
    day = workspace.world.today()
    body = {"on": day.isoformat(), "by": settings.author, **told}
    folder = workspace.folder / FOLDER
    folder.mkdir(exist_ok=True)
    names = (f"preuve-{day}-{number:02}.json" for number in count(1))
    path = next(folder / name for name in names if not (folder / name).exists())
    text = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True)
    write_whole(path, text.encode("utf-8") + b"\n")
    return path


def carry_out_again(folder: Path, former: Path | None) -> int:
    """Have a copy just restored lose what was erased since; return how many lines.

    `former` is the journal that it took the place of: its erasures count as well.

    Raises:
        DiagError: when the restored journal cannot be written.
    """
    from diag.journal.attachments import held  # noqa: PLC0415 - a restoration alone

    lines = dict.fromkeys(_lines(folder / FOLDER / _ERASURES))
    if former is not None:
        with suppress(JournalError):  # it may be restored because it is damaged
            lines |= dict.fromkeys(erasures_in(former))
    with Journal.open(folder) as journal:
        named: Collection[str] = ()
        with suppress(JournalError):  # damaged attachments keep no line
            named = held(journal) if lines else ()
        taken = journal.ingest(lines).new if lines else 0
        if taken:  # the attachments that only what is erased named leave with it
            with suppress(JournalError):
                drop_unnamed(journal, among=named)
            journal.compact()
        forgotten = _forgotten(folder / FOLDER / _FORGOTTEN)
        if any(forgotten):
            _without(journal, forgotten)
            journal.compact()
    return taken


def _without(journal: Journal, forgotten: Forgotten) -> None:
    kept = get_setting(journal, "workspace")
    if kept:
        people = _less(kept["people"], forgotten.labels)
        put_setting(journal, "workspace", {**kept, "people": people})
    addresses = get_setting(journal, "mail_addresses", {})
    put_setting(journal, "mail_addresses", _less(addresses, forgotten.addresses))
    put_setting(journal, FORGOTTEN, sorted(forgotten.labels))
    Outbox(journal).forget(forgotten.messages)


def _less(kept: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in names}


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _forgotten(path: Path) -> Forgotten:
    if not path.exists():
        return Forgotten()
    try:
        return Forgotten(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise DamagedError(
            f"{path} est abîmé : les noms qu'il faisait oublier ne sont plus connus. "
            "Retirez ce fichier, puis effacez-les à nouveau.",
            command="diag rgpd erase-person NOM",
        ) from error
