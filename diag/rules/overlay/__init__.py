"""The syndicat's own changes, laid over the shipped files before anything is read."""
