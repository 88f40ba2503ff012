"""Checklists as authors write them: the rule language, the loader, the lint."""
