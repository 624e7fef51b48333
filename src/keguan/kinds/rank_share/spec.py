"""The keys of a rank_share scheme, for the reader's eye and the JSON Schema; read by `kinds.ranking`."""

SHARE = {
    "type": ["string", "number"],
    "description": "cumulative share: 5%, 0.05 or 1/20",
}
KEYS = {
    "measure": {"type": "string"},
    "ties": {"enum": ["exact", "together"]},
    "tie_order": {
        "type": "array",
        "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]* (asc|desc)$"},
    },
    "at_least_one": {"type": "boolean"},
}
CLASS_KEYS = {"up_to": SHARE, "rest": {"const": True}}
