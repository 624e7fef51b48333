"""One file per command, each with a function `run`; a command is known once its name stands here, in the order of use."""

NAMES = (
    "demo",
    "init",
    "inspect",
    "classify",
    "explain",
    "actions",
    "report",
    "export",
    "diff",
    "fit",
    "predict",
    "schemes",
    "measures",
    "lint",
    "new-scheme",
)
