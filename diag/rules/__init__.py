"""The language of rules: grammar, values, evaluation of a rule at a place."""
