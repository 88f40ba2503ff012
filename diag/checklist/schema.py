"""The JSON Schema of a checklist's files: what lets an editor complete and check.

One schema serves every file, since their keys never clash.
"""

import json
from typing import Any

from diag.checklist.fields import YamlForm
from diag.checklist.forms import FILES, DomainFile

FILE = "schema.json"
"""Name of the schema next to the YAML files."""

Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""


def json_schema() -> Schema:
    """Return the schema of the files as authors write them."""
    properties: Schema = {}
    forms: list[type[YamlForm]] = [*FILES.values(), DomainFile]
    for form in forms:
        schema = form.model_json_schema()
        properties |= _inline(schema, schema.get("$defs", {}))["properties"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Grille de diag",
        "description": "Un fichier d'une grille ; voir docs/guide-auteur.md.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def overlay_schema() -> Schema:
    """Return the schema of an overlay's files: any key may be missing, or `null`."""
    schema = json_schema()
    partial = {name: _partial(one) for name, one in schema["properties"].items()}
    whole = partial["domain"]
    named: Schema = {"type": "string", "description": "Le domaine où tout va"}
    partial["domain"] = {"anyOf": [named, whole]}
    return {
        **schema,
        "title": "Changements posés sur une grille de diag",
        "properties": partial,
    }


def schema_text() -> str:
    """Return the schema as the file that stands next to the YAML files."""
    return (
        json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )


def _inline(schema: Any, defs: Schema) -> Any:
    """Return what pydantic describes, as an editor shows it: forms in their place.

    The names and notes of classes, in English, are left out; so is what is for Python.
    """
    if isinstance(schema, list):
        return [_inline(one, defs) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if ref := schema.get("$ref"):
        form = {**defs[ref.rpartition("/")[2]], "description": None}
        return _inline(form | {k: v for k, v in schema.items() if k != "$ref"}, defs)
    kept = {
        name: {key: _inline(one, defs) for key, one in part.items()}
        if name == "properties"
        else _inline(part, defs)
        for name, part in schema.items()
        if name not in {"$defs", "title", "default", "examples"} and part is not None
    }
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    if patterns := kept.pop("patternProperties", None):
        ((pattern, values),) = patterns.items()
        kept |= {
            "propertyNames": {"pattern": pattern},
            "additionalProperties": values,
        }
    return kept


def _partial(schema: Schema) -> Schema:
    """Return a section whose items may hold only what they change."""
    items = schema.get("items")
    if isinstance(items, dict) and "properties" in items:
        return {**schema, "items": _partial_item(items)}
    return _partial_item(schema) if "properties" in schema else schema


def _partial_item(item: Schema) -> Schema:
    properties = item["properties"]
    changed = {name: _or_nothing(one) for name, one in properties.items()}
    off: Schema = {"type": "boolean", "description": "true : désactivé"}
    named = ["id"] if "id" in properties else []
    return {**item, "required": named, "properties": {**changed, "off": off}}


def _or_nothing(schema: Schema) -> Schema:
    """Return what a key may hold: a group may be partial, and `null` takes it out."""
    if isinstance(properties := schema.get("properties"), dict):
        inner = {name: _or_nothing(one) for name, one in properties.items()}
        schema = {**schema, "required": [], "properties": inner}
    described = {name: schema[name] for name in ("description",) if name in schema}
    return {**described, "anyOf": [schema, {"type": "null"}]}
