"""The French of everything, once: every enum, number, day and list of names."""
