"""From the YAML files of a checklist to its nouns, with every problem of the files."""
