"""Checklists: checked, adapted by the syndicat, named, kept; audits passed on."""
