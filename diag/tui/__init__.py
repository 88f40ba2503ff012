"""Screens: places where an engineer stands; over the desk, and nothing below it."""
