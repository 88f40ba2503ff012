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


def overlay_schema() -> Schema:
    """Return the schema of the files laid over: any key may be missing, or `null`."""
    schema = json_schema()
    properties = schema["properties"]
    assert isinstance(properties, dict)
    partial = {name: _partial(one) for name, one in properties.items()}
    whole = partial["domain"]
    named: Schema = {"type": "string", "description": "Le domaine où tout va"}
    partial["domain"] = {"anyOf": [named, whole]}
    return {
        **schema,
        "title": "Changements posés sur une grille de diag",
        "properties": partial,
    }


def _partial(schema: Schema) -> Schema:
    """Return a section whose items may say only what they change."""
    items = schema.get("items")
    if isinstance(items, dict) and "properties" in items:
        return {**schema, "items": _partial_item(items)}
    return _partial_item(schema) if "properties" in schema else schema


def _partial_item(item: Schema) -> Schema:
    properties = item["properties"]
    assert isinstance(properties, dict)
    changed: Schema = {name: _or_nothing(one) for name, one in properties.items()}
    off: Schema = {"type": "boolean", "description": "true : désactivé"}
    named = ["id"] if "id" in properties else []
    return {**item, "required": named, "properties": {**changed, "off": off}}


def _or_nothing(schema: Schema) -> Schema:
    """Return what a key may hold: a group may be partial, and `null` takes it out."""
    if isinstance(properties := schema.get("properties"), dict):
        inner = {name: _or_nothing(one) for name, one in properties.items()}
        schema = {**schema, "required": [], "properties": inner}
    told = schema.get("description")
    described: Schema = {"description": told} if told else {}
    return {**described, "anyOf": [schema, {"type": "null"}]}


def schema_text() -> str:
    """Return the schema as the file that stands beside the YAML files."""
    return (
        json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )
