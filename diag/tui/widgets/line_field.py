"""A field of one line, in which several lines pasted are joined: none is lost."""

from textual import events
from textual.widgets import Input


class LineField(Input):
    """Textual's field keeps the first line that is pasted, and says nothing."""

    JOINT = " "
    """What stands between two lines."""

    def _on_paste(self, event: events.Paste) -> None:
        lines = (line.strip() for line in event.text.splitlines())
        event.text = self.JOINT.join(filter(None, lines))
