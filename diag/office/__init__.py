"""Colleagues and the office: syncs, bundles, conflicts, reviews."""
