"""Pure functions: facts and a checklist give verdicts, scores, recommendations."""

ENGINE = "2"
"""Version of the judging: it changes with any rule, so that kept scores go stale."""
