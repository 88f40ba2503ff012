"""Pin what whole schools must get, from the oracle: `python -m tests.goldens.pin`.

The layout is for people: one line a fact, one line a place.
"""

import json
from typing import Any

from tests.goldens.golden import FOLDER, NAMES, Golden, facts_told, golden
from tests.goldens.recomputed import recomputed
from tests.shipped import shipped


def main() -> None:
    """Write `expect` of every school anew."""
    for name in NAMES:
        told = golden(name)
        expect = recomputed(facts_told(told, shipped()), shipped())
        raw = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        text = laid_out({**raw, "expect": expect})
        Golden.model_validate_json(text)
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")


def laid_out(raw: dict[str, Any]) -> str:
    """Return a school as JSON that reads well: two levels open, the third on a line."""
    parts = []
    for key, value in raw.items():
        shown = _opened(value, "  ", 2 if key in {"audit", "expect"} else 1)
        parts.append(f"  {_line(key)}: {shown}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _opened(value: Any, margin: str, depth: int) -> str:
    if depth and isinstance(value, dict) and value:
        rows = [
            f"{_line(key)}: {_opened(each, margin + '  ', depth - 1)}"
            for key, each in value.items()
        ]
        return "{\n" + _rows(rows, margin) + f"\n{margin}}}"
    if isinstance(value, list) and any(len(_line(each)) > 60 for each in value):
        return "[\n" + _rows([_line(each) for each in value], margin) + f"\n{margin}]"
    return _line(value)


def _rows(rows: list[str], margin: str) -> str:
    return ",\n".join(f"{margin}  {row}" for row in rows)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
