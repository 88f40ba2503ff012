"""Pure functions: facts and a checklist give verdicts, scores, recommendations."""
