"""Screens: places where an engineer stands; the rooms under them do the work."""
