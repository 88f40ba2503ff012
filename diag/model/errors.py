"""What went wrong, told to the person in front of the screen."""


class DiagError(Exception):
    """A sentence in French: what happened, where, and what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        """What happened, and where."""
        self.remedy = remedy
        """What to do about it."""

    def __str__(self) -> str:
        """Return the whole sentence."""
        return f"{self.message}. {self.remedy}." if self.remedy else f"{self.message}."
