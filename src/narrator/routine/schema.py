"""The routine language as a JSON Schema, for editors."""

from typing import Any

from narrator.routine.hold_cues import PLACES
from narrator.routine.model import TEXT_KEY, Routine
from narrator.routine.words import make_text_schema
from narrator.sound.catalog import BEDS, BELLS


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a routine, made from the models and including short forms."""
    schema = Routine.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    definitions = schema["$defs"]
    _add_short_forms(definitions)
    _describe_cues(definitions)
    schema["properties"]["floor"]["anyOf"].append({"const": "none"})
    definitions["Breathe"]["oneOf"] = [{"required": [key]} for key in ("rounds", "for")]
    schema["properties"]["description"]["description"] = "What the session is, in a sentence."
    _drop_nulls(schema)
    _allow_parameters(schema)
    return schema


def _add_short_forms(definitions: dict[str, Any]) -> None:
    bell = definitions.pop("BellSpec")
    bell.pop("title", None)
    definitions["BellSpec"] = {
        "description": "A bell: a name, a file, a number of strokes, or {sound, times, every, pitch, length, level, "
        "mallet}.",
        "anyOf": [
            {"enum": list(BELLS)},
            {"type": "string", "pattern": r"[.]\w+$"},
            {"type": "integer", "minimum": 1, "maximum": 108},
            bell,
        ],
    }
    bed = definitions.pop("BedSpec")
    definitions["BedSpec"] = {
        "description": "A bed: a name, a sound file, none, or {sound, level, duck, fade}.",
        "anyOf": [{"enum": [*BEDS, "none"]}, {"type": "string", "pattern": r"[.]\w+$"}, bed],
    }
    level = definitions.pop("BedLevel")
    definitions["BedLevel"] = {
        "description": "Level of the bed here: dB relative to the speech, none, or {level}.",
        "anyOf": [{"type": "number", "minimum": -60, "maximum": 0}, {"const": "none"}, level],
    }
    voice = definitions.pop("VoiceSpec")
    definitions["VoiceSpec"] = {
        "description": "A voice: ENGINE[:NAME], or {engine, name, pace}.",
        "anyOf": [{"type": "string", "pattern": "^[a-z]+(:.+)?$"}, voice],
    }
    between = definitions.pop("Between")
    definitions["Between"] = {
        "description": "Heard between two sides: a text, a time to change sides, or {say, pause}.",
        "anyOf": [
            {"type": "string", "minLength": 1},
            between,
            *make_text_schema()["anyOf"][1:3],
            {"type": "object", "patternProperties": {TEXT_KEY: {}}, "additionalProperties": False},
        ],
    }
    voiced = definitions.pop("VoicedSpec")
    definitions["VoicedSpec"] = {
        "description": "Rounds that have words: the number of the first ones, or {first, every, last}.",
        "anyOf": [{"type": "integer", "minimum": 0}, voiced],
    }


def _describe_cues(definitions: dict[str, Any]) -> None:
    """Add the keys that a cue in a hold needs or cannot have with each way of giving its position."""
    cue = definitions["HoldCue"]
    for key in ("say", "brief"):
        options = cue["properties"][key]["anyOf"]
        options[0]["minItems"] = 1
        options.insert(0, options[0]["items"])
    # A brief text may be empty only if there is one.
    cue["properties"]["brief"]["anyOf"][1]["items"] = cue["properties"]["say"]["anyOf"][0]
    cue["oneOf"] = [{"required": [key]} for key in PLACES]
    cue["allOf"] = [
        {"if": {"required": [key]}, "then": {"not": {"anyOf": [{"required": [other]} for other in others]}}}
        for key, others in _APART.items()
    ]
    heard = {"anyOf": [{"required": [key]} for key in ("say", "bell", "each")]}
    cue["allOf"] += [{"if": {"required": [key]}, "then": heard} for key in ("every", "random")]
    is_spread = {"required": ["spread"]}
    from_end = {"properties": {"at": {"pattern": "^ *[-{]"}}, "required": ["at"]}
    for step in ("Hold", "Breathe"):
        definitions[step]["properties"]["cues"] |= {
            "if": {"contains": is_spread},
            "then": {
                "contains": is_spread,
                "maxContains": 1,
                "items": {"anyOf": [is_spread, {"required": ["countdown"]}, from_end]},
            },
        }


_APART = {
    "at": ("each", "apart"),
    "every": ("apart",),
    "countdown": ("say", "bell", "each", "brief", "apart"),
    "spread": ("say", "bell", "each"),
    "say": ("bell", "each"),
    "bell": ("each", "brief"),
}


def _drop_nulls(node: Any) -> None:
    """Remove `null`: an unused key is left out of a file, not left empty."""
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _drop_nulls(child)
    if isinstance(node, dict):
        if isinstance(node.get("anyOf"), list):
            node["anyOf"] = [option for option in node["anyOf"] if option != {"type": "null"}]
        if "default" in node and node["default"] is None:
            del node["default"]


_REFERENCE = {
    "description": "A parameter of this file, such as {hold}.",
    "anyOf": [
        {"type": "string", "pattern": r"[{][A-Za-z][A-Za-z0-9_]*[}]"},
        {
            "type": "object",
            "patternProperties": {"^[A-Za-z][A-Za-z0-9_]*$": {"type": "null"}},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    ],
}


def _allow_parameters(schema: dict[str, Any]) -> None:
    """Allow `{name}` for every value in a step."""
    for definition in schema["$defs"].values():
        for form in (definition, *definition.get("anyOf", ())):
            for key, value in form.get("properties", {}).items():
                kept = {name: value.pop(name) for name in ("description", "default") if name in value}
                form["properties"][key] = kept | {"anyOf": [value, {"$ref": "#/$defs/Parameter"}]}
    schema["$defs"]["Parameter"] = _REFERENCE
