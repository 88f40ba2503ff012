"""The files of a checklist, as their authors write them: each key and its meaning."""
