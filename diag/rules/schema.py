"""The JSON Schema of a checklist's files: what lets an editor complete and check.

One schema serves every file, since their keys never clash.
"""

import json

from diag.rules.forms.domains import DOMAIN_FILE
from diag.rules.forms.tables import FILES
from diag.rules.reading.reader import Schema

FILE = "schema.json"
"""Name of the schema beside the YAML files."""


def json_schema() -> Schema:
    """Return the schema of the files as authors write them."""
    properties = {
        name: key.schema()
        for form in (*FILES.values(), DOMAIN_FILE)
        for name, key in form.keys.items()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Grille de diag",
        "description": "Un fichier d'une grille ; voir docs/guide-auteur.md.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def schema_text() -> str:
    """Return the schema as the file that stands beside the YAML files."""
    return (
        json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )
