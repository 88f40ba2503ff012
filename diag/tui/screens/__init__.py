"""Screens of `diag`: each is a place that answers one question."""
