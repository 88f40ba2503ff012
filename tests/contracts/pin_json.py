"""Write the shapes of what `--json` prints anew: `python -m tests.contracts.pin_json`.

A shape is a line a path: what stands there, `?` after a key that some objects lack, `*`
for the keys of a map, which are data.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from diag.audit.answer import NewAnswer, record_answer
from tests.audit.audited import audited, audited_workspace
from tests.cli.running import diag
from tests.fixtures.make_landed import CLOSED, OPEN, PRINTED, run, unpack
from tests.programme.reading import read_once
from tests.rules.written import FILES

SHAPES = Path(__file__).with_name("json.txt")
MAPS = frozenset((
    *("criteria", "domains", "statuses", "fields", "levels"),
    *("held", "colleagues", "waiting", "new", "effect", "numbers", "reserved"),
    *("rights", "drawn"),
))
"""Keys under which an object is a map, by id or by name."""
CRITERION, ADVICE = "prise-par-classe", "ranger-cables-et-prises"
SIREN = "200000172"
LATER = ("--campaign", "2027-2028")
ANSWERS = '{"question": "nb_classes", "value": 2}\n{"question": "rien"}\n'
CHANGED = FILES["prix.yaml"].replace("95.50", "101.50").replace("2025", "2026")
OTHER_FILES = FILES | {"prix.yaml": CHANGED}
READ: dict[str, tuple[str, ...]] = {
    "score UAI": ("score", CLOSED),
    "why UAI CRITERION": ("why", OPEN, CRITERION),
    "why UAI RECOMMENDATION": ("why", CLOSED, ADVICE),
    "sync status": ("sync", "status"),
    "progress": ("progress",),
    "conflicts": ("conflicts",),
    "audit status": ("audit", "status", CLOSED),
    "audit list": ("audit", "list"),
    "audit votes": ("audit", "votes", CLOSED),
    "audit observe list": ("audit", "observe", OPEN, "list"),
    "audit profile": ("audit", "profile", OPEN),
    "audit place list": ("audit", "place", OPEN, "list"),
    "audit questions": ("audit", "questions", OPEN),
    "audit history": ("audit", "history", OPEN),
    "suppose": ("suppose", CLOSED, "--answer", "acces_internet=non"),
    "schools": ("schools", "courvaux"),
    "checklists list": ("checklists", "list"),
    "templates list": ("templates", "list"),
    "bundle keys": ("bundle", "keys"),
    "rgpd": ("rgpd",),
}
"""Title → a command that only reads."""


def main() -> None:
    """Keep the shape of what each command prints."""
    with TemporaryDirectory() as folder:
        SHAPES.write_text(shapes(Path(folder)), encoding="utf-8", newline="\n")


def shapes(folder: Path) -> str:
    """Return the shape of each document, made in an empty folder."""
    parts = []
    for title, document in _documents(folder):
        lines = "\n".join(_lines("$", [document]))
        parts.append(f"## {title}\n{lines}\n")
    return "\n".join(parts)


def _documents(folder: Path) -> Iterator[tuple[str, Any]]:
    home = unpack("diag.db", folder / "home" / "diag.db").parent
    yield "audit upgrade", _printed(home, "audit", "upgrade", OPEN)
    for status in ("en_cours", "clos"):
        run(home, "audit", "status", CLOSED, "--set", status)
        if status == "en_cours":
            run(home, "audit", "upgrade", CLOSED)
    noted = ("audit", "observe", OPEN, "add", "fils nus")
    yield "audit observe add", _printed(home, *noted)
    for title, words in READ.items():
        yield title, _printed(home, *words)
    (conflict, *_) = _printed(home, "conflicts", OPEN)
    yield "conflicts show", _printed(home, "conflicts", "show", OPEN, conflict["id"])
    taken = ("conflicts", "take", OPEN, conflict["id"], "A")
    yield "conflicts take", _printed(home, *taken)
    told = diag(home, "audit", "answer", OPEN, "-", stdin=ANSWERS).out
    yield "audit answer -", [json.loads(line) for line in told.splitlines()]
    run(home, "export", "answers", "--all", "--format", "json", "--out", f"{folder}")
    (exported,) = folder.glob("*.json")
    yield "export answers", json.loads(exported.read_bytes())
    yield "audit start", _printed(home, "audit", "start", CLOSED, *LATER)
    run(home, "audit", "answer", CLOSED, "acces_internet", "non", *LATER)
    yield "compare", _printed(home, "compare", CLOSED, *LATER)
    sides = _written(folder / "one", FILES), _written(folder / "other", OTHER_FILES)
    yield "checklists diff", _printed(home, "checklists", "diff", *sides)
    faulty = _written(folder / "faulty", {"local.yaml": "criteria: [{id: 3}]\n"})
    yield "check", json.loads(diag(home, "check", faulty, "--json").out)
    with read_once():
        yield from _programme(folder / "audited")
    yield from _bundles(home, folder)


def _programme(home: Path) -> Iterator[tuple[str, Any]]:
    with audited_workspace(home) as made:
        record_answer(audited(made), NewAnswer("nb_eleves", "66"))
    run(home, "programme", "new", "plan", "--first", "2027", "--siren", SIREN)
    run(home, "programme", "split", "--syndicat", "0.4")
    for year, euros in (("2027", "300"), ("2028", "9000")):
        for payer in ("syndicat", "commune:99903"):
            run(home, "programme", "envelope", payer, year, euros)
    decided = ("syndicat", "adopte", "--on", PRINTED, "--ref", "D-12")
    run(home, "programme", "decide", *decided)
    shown = _printed(home, "programme", "show")
    yield "programme show", shown
    last = shown["operations"][-1]["ref"]
    yield "programme why", _printed(home, "programme", "why", last)
    asked = ("what-if", last, "--year", "2027")
    yield "programme what-if", _printed(home, "programme", *asked)
    yield "programme calendar", _printed(home, "programme", "calendar")
    yield "programme equity", _printed(home, "programme", "equity")
    yield "programme scores", _printed(home, "programme", "scores")
    yield "programme prices", _printed(home, "programme", "prices")
    yield "programme compare", _printed(home, "programme", "compare")
    yield "programme log", _printed(home, "programme", "log")


def _bundles(home: Path, folder: Path) -> Iterator[tuple[str, Any]]:
    reader, path = folder / "reader", f"{folder / 'all.diag'}"
    run(reader, "init", "--author", "Lou Garnier", "--campaign", "2026-2027")
    for one, name, other in ((home, "Lou 2", reader), (reader, "Camille", home)):
        key = _printed(other, "bundle", "keys")["key"]
        run(one, "bundle", "keys", "add", name, key)
    written = ("bundle", "export", "--all", "--to", "Lou 2", path)
    yield "bundle export", _printed(home, *written)
    yield "bundle import", _printed(reader, "bundle", "import", path, "--yes")
    share = folder / "share"
    share.mkdir()
    _printed(home, "sync", "--folder", f"{share}")
    yield "sync --folder", _printed(reader, "sync", "--folder", f"{share}")


def _written(folder: Path, files: Mapping[str, str]) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def _printed(home: Path, *words: str) -> Any:
    return json.loads(run(home, *words, "--json"))


def _lines(path: str, values: Sequence[Any]) -> Iterator[str]:
    yield f"{path}: {' | '.join(sorted({_kind(value) for value in values}))}"
    objects = [value for value in values if isinstance(value, dict)]
    if path.rpartition(".")[2] in MAPS:
        inside = [each for one in objects for each in one.values()]
        if inside:
            yield from _lines(f"{path}.*", inside)
    else:
        for key in sorted({key for one in objects for key in one}):
            found = [one[key] for one in objects if key in one]
            mark = "" if len(found) == len(objects) else "?"
            yield from _lines(f"{path}.{key}{mark}", found)
    items = [each for value in values if isinstance(value, list) for each in value]
    if items:
        yield from _lines(f"{path}[]", items)


def _kind(value: Any) -> str:
    names = {dict: "object", list: "list", str: "text", bool: "boolean", int: "integer"}
    return "null" if value is None else names[type(value)]


if __name__ == "__main__":
    main()
