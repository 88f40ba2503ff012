"""One audit open: its answers, its visit, its bilan, what a document reads."""
