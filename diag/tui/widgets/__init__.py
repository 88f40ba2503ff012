"""Widgets of `diag`: each draws one thing, and knows nothing of where it is shown."""
