"""The measures of the house, before and after a change: `python -m tests.house`.

`--names` lists what each measure counts, `--root` measures another tree, `--walks` runs
an answer and a report and counts the files that they enter.
"""

import ast
import gc
import inspect
import re
import sys
import threading
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType

ROOT = Path(__file__).parents[1]
SHORT = 60
"""Lines of a module that needs a reason to stand alone."""
ENUMS = ("QuestionType", "Audience", "Format")
LONGEST = 45
"""Lines of a function that still reads downwards."""
BRANCHES = 10
"""Of a function, as ruff counts them."""
BANNED = re.compile(r"\b(?:told|tells?|said|says?|meant|spoken|laid)\b")
SCHOOL = "9990211A"
"""A school that the demonstration audits half-way."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Tree:
    """The modules of the package under a root."""

    root: Path

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Every module by its dotted name; a package by the name of its folder."""
        found = sorted((self.root / "diag").rglob("*.py"))
        return {_dotted(path.relative_to(self.root)): path for path in found}

    @cached_property
    def texts(self) -> dict[str, str]:
        """The source of each module."""
        return {
            name: path.read_text(encoding="utf-8") for name, path in self.paths.items()
        }

    @cached_property
    def code(self) -> dict[str, str]:
        """The source of each module, without docstrings."""
        return {
            name: re.sub(r'"""[\s\S]*?"""', "", text)
            for name, text in self.texts.items()
        }

    @cached_property
    def syntax(self) -> dict[str, ast.Module]:
        """The syntax tree of each module."""
        return {name: ast.parse(text) for name, text in self.texts.items()}

    @cached_property
    def modules(self) -> list[str]:
        """The modules that are not a package's own file."""
        return [name for name, path in self.paths.items() if path.stem != "__init__"]

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method."""
        return [node for node in self.nodes() if isinstance(node, Function)]

    @cached_property
    def walked(self) -> dict[str, list[ast.AST]]:
        """The nodes of each module, those that hold others before them."""
        return {name: [*ast.walk(tree)] for name, tree in self.syntax.items()}

    def nodes(self) -> Iterator[ast.AST]:
        """Yield every node of every syntax tree."""
        return chain.from_iterable(self.walked.values())

    def imports(self, *, typing: bool = False) -> dict[str, set[str]]:
        """Return the modules of the package that each imports, deferred ones included.

        `typing`: with those under `if TYPE_CHECKING`, which never run.
        """
        return {
            name: {
                target
                for statement in _imports(tree, typing=typing)
                for target in self._targets(statement)
            }
            - {name}
            for name, tree in self.syntax.items()
        }

    def runs(self) -> dict[str, set[str]]:
        """Return the same, with the packages whose own file an import runs first.

        Those that the module is in are left out: they run already.
        """
        return {
            name: targets.union(
                package
                for target in targets
                for package in _packages(target)
                if not f"{name}.".startswith(f"{package}.")
            )
            for name, targets in self.imports().items()
        }

    def _targets(self, statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
        if isinstance(statement, ast.Import):
            yield from (one.name for one in statement.names if one.name in self.paths)
            return
        origin = statement.module or ""
        for alias in statement.names:
            inner = f"{origin}.{alias.name}"
            if inner in self.paths:
                yield inner
            elif origin in self.paths:
                yield origin


@cache
def package() -> Tree:
    """Return the modules of the program, read once by each process that asks.

    A million nodes, which no search for garbage walks through again.
    """
    tree = Tree(ROOT)
    assert tree.walked
    gc.freeze()
    return tree


def circles(imports: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return each set of modules that reach one another by imports, longest first."""
    reached = {name: _reached(name, imports) for name in imports}
    found = {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in imports
        if name in reached[name]
    }
    return sorted((sorted(one) for one in found), key=lambda one: (-len(one), one))


def _reached(start: str, imports: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = set(imports[ahead.pop()]) - found
        found |= fresh
        ahead.extend(fresh)
    return found


def _packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(2, len(parts)))


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(node: ast.AST, *, typing: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    inside: Iterable[ast.AST] = ast.iter_child_nodes(node)
    match node:
        case ast.If(test=ast.Name("TYPE_CHECKING")) if not typing:  # never runs
            inside = node.orelse
    for child in inside:
        if not isinstance(child, ast.expr):  # which imports nothing
            yield from _imports(child, typing=typing)


def measures(tree: Tree) -> dict[str, list[str]]:
    """Return what each measure counts, by the measure's name."""
    importers = Counter(
        target for targets in tree.imports(typing=True).values() for target in targets
    )
    classes = Counter(
        node.name
        for module in tree.syntax.values()
        for node in module.body
        if isinstance(node, ast.ClassDef)
    )
    named = [node for node in tree.nodes() if isinstance(node, Function | ast.ClassDef)]
    return {
        "files": list(tree.paths),
        f"modules of {SHORT} lines or less": [
            name for name in tree.modules if tree.texts[name].count("\n") <= SHORT
        ],
        "modules with one importer": [
            name for name in tree.modules if importers[name] == 1
        ],
        "modules in import circles": [
            name for circle in circles(tree.runs()) for name in circle
        ],
        "private functions called once": [
            f"{name}:{node.name}" for name, node in _called_once(tree)
        ],
        "of which could be written where they are called": [
            f"{name}:{node.name}"
            for name, node in _called_once(tree)
            if _fits(node, tree.walked[name])
        ],
        "class names used twice": [name for name, uses in classes.items() if uses > 1],
        "deferred imports": [
            name
            for name, text in tree.texts.items()
            for _ in range(text.count("noqa: PLC0415"))
        ],
        "banned words in names": [
            node.name for node in named if BANNED.search(node.name.replace("_", " "))
        ],
        "banned words in docstrings": [
            word
            for node in tree.nodes()
            if isinstance(node, ast.Module | ast.ClassDef | Function)
            for word in BANNED.findall(ast.get_docstring(node) or "")
        ],
        **{
            f"files that switch on {enum}": [
                name
                for name, text in tree.code.items()
                if re.search(rf"\b{enum}\.[A-Z]", text)
            ]
            for enum in ENUMS
        },
    }


def _called_once(tree: Tree) -> Iterator[tuple[str, Function]]:
    for name, module in tree.syntax.items():
        for node in module.body:
            if not (isinstance(node, Function) and re.match("_[^_]", node.name)):
                continue
            if len(re.findall(rf"\b{node.name}\b", tree.code[name])) == 2:
                yield name, node


def _fits(once: Function, nodes: Iterable[ast.AST]) -> bool:
    """Return whether the one caller has room for a function, and calls it plainly.

    It does not where it gives the function to another, or would be too long.
    """
    callers = [
        node
        for node in nodes
        if isinstance(node, Function)
        and node is not once
        and any(
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == once.name
            for call in ast.walk(node)
        )
    ]
    if once.decorator_list or not callers:
        return False
    both = (once, callers[-1])  # the innermost
    return sum(map(_lines, both)) <= LONGEST and sum(map(_branches, both)) < BRANCHES


def _lines(function: Function) -> int:
    is_documented = ast.get_docstring(function) is not None and len(function.body) > 1
    first = function.body[1 if is_documented else 0]
    return (function.end_lineno or 0) - first.lineno + 1


def _branches(function: Function) -> int:
    branches = ast.If | ast.For | ast.While | ast.ExceptHandler | ast.comprehension
    return sum(
        isinstance(node, branches | ast.match_case) for node in ast.walk(function)
    )


def lines_by_room(tree: Tree) -> dict[str, int]:
    """Return the lines of each first folder; a module outside is its own room."""
    lines: dict[str, int] = defaultdict(int)
    for name, text in tree.texts.items():
        lines[".".join(name.split(".")[1:2])] += text.count("\n")
    return dict(sorted(lines.items(), key=lambda one: -one[1]))


def walks() -> dict[str, set[str]]:
    """Return the files whose functions an answer and a report enter, at the prompt.

    Each command runs once before it is watched: what it imports is no step of it.
    """
    # The program is imported: only the walks pay for it.
    from diag.demo import demonstrate  # noqa: PLC0415
    from tests.cli.running import diag  # noqa: PLC0415

    answer = ("audit", "answer", SCHOOL, "debit_descendant", "--note", "Mesuré.")
    report = ("report", SCHOOL, "--audience", "mairie")
    with TemporaryDirectory() as folder:
        made = demonstrate(Path(folder) / "demo")

        def run(*words: str) -> None:
            done = diag(made.folder, *words)
            assert done.code == 0, done.err

        run(*answer, "3")
        run(*report)
        return {
            "an answer": entered(lambda: run(*answer, "4")),
            "a mayor's report": entered(lambda: run(*report)),
        }


def entered(act: Callable[[], object]) -> set[str]:
    """Return the files of the package whose functions an act calls, in any thread."""
    codes: set[CodeType] = set()

    def watch(frame: FrameType, _event: str, _argument: object) -> None:
        codes.add(frame.f_code)

    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    home = str(ROOT / "diag")
    # The body of a module or of a class, which an import runs, is not optimized.
    return {
        code.co_filename
        for code in codes
        if code.co_filename.startswith(home) and code.co_flags & inspect.CO_OPTIMIZED
    }


def main() -> None:
    """Print every measure."""
    options = ArgumentParser(prog="python -m tests.house")
    options.add_argument("--root", type=Path, default=ROOT)
    options.add_argument("--names", action="store_true")
    options.add_argument("--walks", action="store_true")
    asked = options.parse_args()
    tree = Tree(asked.root)
    for name, found in measures(tree).items():
        _print(name, found, names=asked.names)
    lengths = [len(circle) for circle in circles(tree.runs())]
    print(f"{len(lengths):7}  import circles, of {lengths} modules")
    rooms = lines_by_room(tree)
    print(f"{sum(rooms.values()):7}  lines")
    for room, lines in rooms.items():
        print(f"{lines:15}  {room}")
    sizes = sorted((one.end_lineno or 0) - one.lineno + 1 for one in tree.functions)
    middle, high = sizes[len(sizes) // 2], sizes[len(sizes) * 95 // 100]
    print(f"{len(sizes):7}  functions, median {middle}, 95th percentile {high}")
    if asked.walks:
        for name, files in walks().items():
            _print(f"files entered by {name}", sorted(files), names=asked.names)


def _print(name: str, found: Collection[str], *, names: bool) -> None:
    print(f"{len(found):7}  {name}")
    if names:
        print("         " + " ".join(found))


if __name__ == "__main__":
    main()
