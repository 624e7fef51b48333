"""Small sound documents, one for each kind, that the tests of schemes start from."""

from __future__ import annotations

HEAD = """scheme: {id}
version: 1
family: own
kind: {kind}
labels: {{zh-Hans: 方案, zh-Hant: 方案, en: Scheme}}
population: {{where: n_orders_total >= 1}}
"""
TAIL = """defaults: [all numbers]
references: [{seed: "001", line: 18}]
"""


def labels(text: str = "x") -> str:
    return f"labels: {{zh-Hans: {text}, zh-Hant: {text}, en: {text}}}"


def document(kind: str, body: str, scheme_id: str = "own-scheme") -> str:
    return HEAD.format(id=scheme_id, kind=kind) + body + TAIL


PYRAMID = document(
    "rank_share",
    f"""measure: net_sales_12m
ties: exact
classes:
  - {{code: A, up_to: 1%, given: "001:18", {labels("VIP")}}}
  - {{code: B, up_to: 5%, given: "001:18", {labels("major")}}}
  - {{code: C, up_to: 20%, given: "001:18", {labels("ordinary")}}}
  - {{code: D, rest: true, given: "001:18", {labels("small")}}}
""",
)
RULES = document(
    "rules",
    f"""cuts:
  high: {{measure: net_sales_12m, top: 20%}}
parameters:
  quiet_after: {{value: 180, unit: days, default: true}}
order: [quiet, important, others]
classes:
  - {{code: important, when: net_sales_12m >= high and n_orders_12m >= 2, default: true, {labels()}}}
  - {{code: quiet, when: recency_days > quiet_after, default: true, {labels()}}}
  - {{code: others, otherwise: true, {labels()}}}
""",
)
SCORES = document(
    "scores",
    f"""bins: 5
scores:
  - {{letter: R, measure: recency_days, good: low}}
  - {{letter: M, measure: net_sales_12m}}
classes:
  - {{code: keep, when: r >= 4 and m >= 4, default: true, {labels()}}}
  - {{code: others, when: r < 4 or m < 4, default: true, {labels()}}}
""",
)
WEIGHTED = document(
    "weighted",
    f"""indicators:
  - {{measure: net_sales_12m, weight: 0.6}}
  - {{measure: n_orders_12m, weight: 0.4}}
classes:
  - {{code: grade-1, from: 4, default: true, {labels()}}}
  - {{code: grade-2, from: 2.5, default: true, {labels()}}}
  - {{code: grade-3, rest: true, {labels()}}}
""",
)
BANDS = document(
    "bands",
    f"""measure: net_sales_12m
cut_by: value
classes:
  - {{code: large, from: 10000, default: true, {labels()}}}
  - {{code: medium, above: 1000, default: true, {labels()}}}
  - {{code: small, rest: true, {labels()}}}
""",
)
VALUE_SHARE = document(
    "value_share",
    f"""measure: net_sales_12m
ties: together
classes:
  - {{code: A, up_to: 80%, default: true, {labels()}}}
  - {{code: B, rest: true, {labels()}}}
""",
)
ATTRIBUTE = document(
    "attribute",
    f"""field: region
classes:
  - {{code: east, values: [华东, 華東], {labels()}}}
  - {{code: south, when: credit_limit > 0, {labels()}}}
  - {{code: elsewhere, otherwise: true, {labels()}}}
""",
)
CUES = document(
    "cues",
    f"""cues:
  - {{code: asks-price, {labels()}}}
  - {{code: often, when: n_orders_12m >= 3, default: true, {labels()}}}
decide: {{minimum: 2, share: 50%, lead: 20%, default: true}}
classes:
  - {{code: price, cues: [asks-price, often], {labels()}}}
  - {{code: undetermined, otherwise: true, {labels()}}}
""",
)
DEADLINE = document(
    "deadline",
    f"""released_by: [buying-signal]
parameters: {{soon: {{value: 7, unit: days, default: true}}}}
classes:
  - code: ready
    when: n_orders_12m >= 3
    default: true
    warn: soon
    lapse: 10 days
    lapse_to: [{{code: far, otherwise: true, reason: silent}}]
    {labels()}
  - {{code: far, otherwise: true, {labels()}}}
""",
)
GRID = document(
    "grid",
    f"""rows: {{scheme: value-basic, codes: [high-value, ordinary]}}
columns: {{scheme: relationship-tenure, codes: [old, new]}}
classes:
  - {{code: keep, cells: [high-value/*], {labels()}}}
  - {{code: grow, cells: [ordinary/new], {labels()}}}
  - {{code: others, otherwise: true, {labels()}}}
""",
)
CLUSTERS = document(
    "clusters",
    f"""measures: [net_sales_12m, recency_days]
seed: 7
classes:
  - {{code: c1, {labels()}}}
  - {{code: c2, {labels()}}}
""",
)
TWO_QUESTIONS = document(
    "rules",
    f"""dimensions:
  - dimension: active
    {labels()}
    classes:
      - {{code: "yes", when: recency_days <= 90 days, default: true, {labels()}}}
      - {{code: "no", otherwise: true, {labels()}}}
  - dimension: frequent
    {labels()}
    classes:
      - {{code: "yes", when: n_orders_12m >= 4, default: true, {labels()}}}
      - {{code: "no", otherwise: true, {labels()}}}
""",
)
SOUND = {
    "rank_share": PYRAMID,
    "rules": RULES,
    "scores": SCORES,
    "weighted": WEIGHTED,
    "bands": BANDS,
    "value_share": VALUE_SHARE,
    "attribute": ATTRIBUTE,
    "cues": CUES,
    "deadline": DEADLINE,
    "grid": GRID,
    "clusters": CLUSTERS,
    "two_questions": TWO_QUESTIONS,
}
PROFILE = """profile: shop
labels: {zh-Hans: 门店, zh-Hant: 門市, en: Shop}
rfm_applicable: false
notes:
  - text: {zh-Hans: 说明, zh-Hant: 說明, en: Note}
without:
  other-scheme: {zh-Hans: 用不上, zh-Hant: 用不上, en: Of no use}
event: {zh-Hans: 交货, zh-Hant: 交貨, en: delivery}
parameters:
  own-scheme:
    quiet_after: {value: 60 days, given: "000:81"}
references: [{seed: "000", line: 81}]
"""


def changed(text: str, *replacements: tuple[str, str]) -> str:
    """The document with each first text replaced; every one of them must occur."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
