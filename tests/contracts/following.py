"""The authors' guide, followed: its blocks written to a folder, its checks run.

A block of YAML begins with the name of its file. What it holds goes to the end of its
list; an item that has the id of one already written takes its place. Where the heading
names an item too, the lines of the block take the place of those of the same keys. A
block of text that begins with `$ diag check` is what the command prints then.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide-auteur.md").read_text(encoding="utf-8")
OWN = "overlay/"
"""Where the files of the second half of the page go: over a checklist."""


@dataclass
class WrittenFile:
    """A file of the guide as it stands after the blocks read so far."""

    head: dict[str, str] = field(default_factory=dict[str, str])
    sections: dict[str, dict[str, str]] = field(
        default_factory=dict[str, dict[str, str]]
    )

    def take(self, body: str) -> None:
        """Add what a block holds, or put it in the place of what has the same id."""
        for part in re.split(r"^(?=[a-z]+:)", body, flags=re.MULTILINE):
            title, _, items = part.partition(":\n")
            if items:
                section = self.sections.setdefault(title, {})
                for item in re.split(r"^(?=  - )", items, flags=re.MULTILINE)[1:]:
                    section[_name_of(item)] = item
            elif part.strip():
                self.head[title.partition(":")[0]] = part

    def mend(self, name: str, lines: str) -> None:
        """Put lines in the place of those of an item that have the same keys."""
        (section,) = [each for each in self.sections.values() if name in each]
        for line in lines.splitlines(keepends=True):
            key = line.partition(":")[0]
            kept = re.findall(rf"^{key}:.*\n", section[name], re.MULTILINE)
            assert len(kept) == 1, (
                f"« {line} » takes the place of no line of « {name} »"
            )
            section[name] = section[name].replace(kept[0], line)

    def text(self) -> str:
        """Return the whole file."""
        lists = (
            f"{title}:\n{''.join(items.values())}"
            for title, items in self.sections.items()
        )
        return "".join([*self.head.values(), *lists])


def _name_of(item: str) -> str:
    found = re.search(r'\b(?:id|name): ("[^"]+"|[\w-]+)', item)
    assert found, f"« {item} » has neither id nor name"
    return found.group(1).strip('"')


@dataclass(frozen=True)
class Check:
    """A check of the guide: the files at that moment, and what is printed."""

    folder: str
    files: dict[str, str]
    printed: list[str]


def checks() -> Iterator[Check]:
    """Yield each check of the guide, in order."""
    files: dict[str, WrittenFile] = {}
    for language, block in blocks():
        first, _, rest = block.partition("\n")
        if language == "yaml" and not first.startswith(f"# {OWN}"):
            name, _, item = first.removeprefix("# ").partition(", ")
            file = files.setdefault(name, WrittenFile())
            if item:
                file.mend(item, rest)
            else:
                file.take(rest)
        elif first.startswith("$ diag check "):
            texts = {name: file.text() for name, file in files.items()}
            yield Check(first.rsplit(maxsplit=1)[-1], texts, unwrapped(rest))


def followed() -> dict[str, str]:
    """Return the files of a reader who followed the page to its end."""
    *_, last = checks()
    return last.files


def overlay() -> dict[str, str]:
    """Return what the page lays over a checklist, by file."""
    return {
        first.removeprefix(f"# {OWN}"): rest
        for language, block in blocks()
        for first, _, rest in [block.partition("\n")]
        if language == "yaml" and first.startswith(f"# {OWN}")
    }


def blocks() -> list[tuple[str, str]]:
    """Return each fenced block of the page: its language, its text."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def unwrapped(text: str) -> list[str]:
    """Return the lines printed: one that begins with spaces goes on the last."""
    return re.sub(r"\n +", " ", text).splitlines()


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files into a folder, made if need be."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
