"""The French that rooms share, once: every enum, number, day and list of names."""
