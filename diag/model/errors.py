"""What went wrong, in words for the user."""


class DiagError(Exception):
    """Its text is French and whole: what happened, where, and what to do.

    It reads the same in the screens and at the prompt, which adds the command.
    """

    def __init__(
        self, sentence: str = "", *, command: str = "", about: str = ""
    ) -> None:
        super().__init__(sentence)
        self.command = command
        """What does at the prompt what the last words advise: `diag audit list`."""
        self.about = about
        """The name of what was given and is refused, as a call names it: `on`."""

    def at_prompt(self) -> str:
        """Return the sentence, ending with the command if there is one."""
        if not self.command:
            return str(self)
        return f"{str(self).removesuffix('.')} : {self.command}."
