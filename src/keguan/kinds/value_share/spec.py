"""The keys of a value_share scheme; `up_to` is a cumulative share of the total of `measure`, not of heads."""

KEYS = {
    "measure": {"type": "string"},
    "ties": {"enum": ["exact", "together"]},
    "tie_order": {
        "type": "array",
        "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]* (asc|desc)$"},
    },
}
CLASS_KEYS = {
    "up_to": {
        "type": ["string", "number"],
        "description": "cumulative share of value: 80%, 0.8 or 4/5",
    },
    "rest": {"const": True},
}
