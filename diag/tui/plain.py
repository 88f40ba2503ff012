"""Text of users made safe to show: never markup, one line where one line is shown."""

from rich.text import Text
from textual.content import Content

_TURNING = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
_UNSHOWN: dict[int, str | None] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " "),
    **dict.fromkeys(_TURNING),
}
"""Control characters become spaces; those that turn the writing round are dropped."""


def line(text: str) -> str:
    """Return `text` on one line, without a character that a terminal would obey."""
    return text.translate(_UNSHOWN)


def plain(text: str) -> Text:
    """Return `text` as it is, for the cells of tables and the leaves of trees."""
    return Text(line(text))


def content(text: str) -> Content:
    """Return `text` as it is, for options, tabs, titles and statics."""
    return Content("\n".join(map(line, text.split("\n"))))
