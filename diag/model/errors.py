"""What went wrong, told to the person in front of the screen."""


class DiagError(Exception):
    """Its text is French and whole: what happened, where, and what to do."""
