"""Whole days lived: real terminals, a real office, keys pressed and words seen."""
