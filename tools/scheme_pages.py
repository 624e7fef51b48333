"""Writes `docs/*/schemes/`: one page per built-in scheme, made of its document, its playbook and its cases, and an index by family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scheme_places import in_words

from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.engine.measures.resolve import find, lacking
from keguan.engine.subjects import SUBJECTS
from keguan.engine.tables import logical_tables
from keguan.language import ast
from keguan.language.words import say
from keguan.playbooks.library import library
from keguan.playbooks.words import line_text, origin_note
from keguan.runs.plan import needs
from keguan.schemes.cases import load_cases
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids
from keguan.schemes.document import Scheme
from keguan.schemes.loader import load_scheme
from keguan.schemes.sayings import Words, key_name, said
from keguan.schemes.tree import plain, read_tree
from keguan.schemes.vocabulary import vocabulary

FAMILIES = ("value", "leads", "relationship", "structure", "behaviour", "personality")
TEXTS = frozenset({"code", "labels", "given", "default", "needs", "each"})
OUTSIDE = TEXTS | {
    "scheme", "version", "family", "kind", "subject", "population", "profiles", "parameters", "classes", "dimensions", "dimension",
    "dimensions_from", "defaults", "references", "notices", "display", "opened_by", "values_of", "columns_of", "conditions", "texts",
    "most", "most_values", "bands",
}  # fmt: skip
MOST_VALUES, MOST_ROWS, MOST_ALIKE, MOST_WIDTH = 6, 24, 3, 160
WORDS: dict[str, dict[Lang, str]] = {
    "index": {"zh-Hans": "内置方案：逐个说明", "en": "Built-in schemes, one by one"},
    "about": {
        "zh-Hans": "每个方案一页，由方案文件、对策手册和算例生成。先看[方案总览](../schemes.md)和[怎样选主方案](../choosing.md)。",
        "en": "One page per scheme, made of its document, playbook and cases. Start with the [overview](../schemes.md) and [how to choose a leading scheme](../choosing.md).",
    },
    "generated": {
        "zh-Hans": "本页由程序生成。[全部方案](README.md)",
        "en": "This page is generated. [All schemes](README.md)",
    },
    "facts": {
        "zh-Hans": "门类：{family}。方法：{kind}第 {version} 版。分类对象：{subject}。",
        "en": "Family: {family}. Method: {kind} Version {version}. Subject: {subject}.",
    },
    "profiles": {"zh-Hans": "只用于行业配置：{profiles}。", "en": "Only under the profile {profiles}."},
    "pattern": {
        "zh-Hans": "维度在数据里（{where}）：有几种就分几问，下面是每一问的样子。",
        "en": "Its questions stand in the data ({where}): one for each that is found, all like the one below.",
    },
    "rule": {"zh-Hans": "规则", "en": "Rule"},
    "who": {"zh-Hans": "参加分类的：{who}。", "en": "Who takes part: {who}."},
    "everybody": {"zh-Hans": "全部", "en": "all of them"},
    "closed": {
        "zh-Hans": "这一问读的是敏感字段，参数 `{parameter}` 设为 true 才读取。",
        "en": "This question reads a restricted attribute, and only once the parameter `{parameter}` is true.",
    },
    "inputs": {"zh-Hans": "需要的数据", "en": "Inputs"},
    "required": {"zh-Hans": "必须", "en": "required"},
    "optional": {"zh-Hans": "有则使用", "en": "used where known"},
    "nothing": {"zh-Hans": "只要有分类对象。", "en": "Nothing but the subjects themselves."},
    "more": {"zh-Hans": "，还有同类的 {n} 个", "en": ", and {n} more like it"},
    "parameters": {"zh-Hans": "可以改的数", "en": "Numbers to change"},
    "classes": {"zh-Hans": "类别", "en": "Classes"},
    "ours": {"zh-Hans": "默认值", "en": "ours"},
    "unset": {"zh-Hans": "未设定", "en": "not set"},
    "defaults": {"zh-Hans": "资料没有说、由我们设定的", "en": "Not in the sources, set by us"},
    "playbook": {"zh-Hans": "接下来做什么", "en": "What to do"},
    "no_playbook": {
        "zh-Hans": "资料没有写对策；可以在账簿的 `playbooks` 里自己写，见[对策手册](../playbooks.md)。",
        "en": "The sources say nothing; write lines of your own in the folder `playbooks` of the book, see [playbooks](../playbooks.md).",
    },
    "example": {"zh-Hans": "算例", "en": "Example"},
    "as_of": {"zh-Hans": "基准日 {day}。给出：", "en": "As of {day}. Given:"},
    "comes_out": {"zh-Hans": "归类结果：", "en": "Classes that come out:"},
    "no_class": {"zh-Hans": "不归类", "en": "no class"},
    "sources": {"zh-Hans": "出处", "en": "Sources"},
    "code": {"zh-Hans": "代码", "en": "Code"},
    "name": {"zh-Hans": "名称", "en": "Name"},
    "condition": {"zh-Hans": "怎样算", "en": "What makes it"},
    "source": {"zh-Hans": "出处", "en": "Source"},
    "input": {"zh-Hans": "名字", "en": "Input"},
    "from": {"zh-Hans": "来自", "en": "From"},
    "must": {"zh-Hans": "是否必须", "en": "Need"},
    "value": {"zh-Hans": "数值", "en": "Value"},
    "scheme": {"zh-Hans": "方案", "en": "Scheme"},
    "questions": {"zh-Hans": "类别", "en": "Classes"},
    "subject_of": {"zh-Hans": "对象", "en": "Subject"},
    "rest": {"zh-Hans": "其余的", "en": "the rest"},
    "otherwise": {"zh-Hans": "其他人", "en": "everybody else"},
    "unlisted": {"zh-Hans": "没有列出的写法", "en": "values no class lists"},
    "each": {"zh-Hans": "每一种取值、每一段各一类", "en": "one class per value or band"},
    "class_needs": {"zh-Hans": "{name}的需求：{needs}", "en": "{name} need: {needs}"},
}


def scheme_pages(folder: Path, lang: Lang) -> dict[Path, str]:
    """Every page of one language with its content."""
    schemes = [load_scheme(s.text(), s.file) for s in map(builtin, builtin_ids())]
    found = {folder / f"{s.id}.md": "\n".join(_page(s, lang)).rstrip() + "\n" for s in schemes}
    return {folder / "README.md": "\n".join(_index(schemes, lang)) + "\n", **found}


def _w(key: str, lang: Lang, **values: object) -> str:
    return WORDS[key][lang].format(**values)


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in cells) + " |"


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    return ["", _row(*heads), "|" + "---|" * len(heads), *(_row(*r) for r in rows)]


def _index(schemes: Sequence[Scheme], lang: Lang) -> Iterator[str]:
    yield from (f"# {_w('index', lang)}", "", _w("about", lang))
    families = entries("core")["families"]
    for family in FAMILIES:
        yield from ("", f"## {families[family][lang]}")
        heads = [_w(k, lang) for k in ("scheme", "name", "subject_of", "questions")]
        rows = []
        for s in (s for s in schemes if s.family == family):
            classes = " · ".join(", ".join(c.labels[lang] for c in d.classes) for d in s.dimensions)
            rows.append((f"[`{s.id}`]({s.id}.md)", s.labels[lang], _subjects(s, lang), _short(classes)))
        yield from _table(heads, rows)


def _subjects(scheme: Scheme, lang: Lang) -> str:
    words = entries("lacks")["subjects"]
    return text("core.list_separator", lang).join(words[s][lang] for s in scheme.subjects)


def _short(text_: str, limit: int = 120) -> str:
    return text_ if len(text_) <= limit else text_[: limit - 1].rstrip() + "…"


def _page(scheme: Scheme, lang: Lang) -> Iterator[str]:
    yield from (f"# {scheme.labels[lang]}", "", f"`{scheme.id}` · {_w('generated', lang)}", "")
    family = entries("core")["families"][scheme.family][lang]
    kind = text(f"authoring.kind_{scheme.kind}", lang)
    about = _w(
        "facts", lang, family=family, kind=kind, version=scheme.version, subject=_subjects(scheme, lang)
    )
    if scheme.profiles:
        about += ("" if lang != "en" else " ") + _w("profiles", lang, profiles=", ".join(scheme.profiles))
    yield about
    content = plain(read_tree(scheme.source, scheme.file))
    yield from _rule(scheme, content, lang)
    yield from _classes(scheme, content, lang)
    yield from _inputs(scheme, lang)
    yield from _parameters(scheme, lang)
    if scheme.defaults:
        yield from ("", f"## {_w('defaults', lang)}", "", *(f"- {d[lang]}" for d in scheme.defaults))
    yield from _playbook(scheme, lang)
    yield from _example(scheme, lang)
    yield from ("", f"## {_w('sources', lang)}", "")
    yield ", ".join(f"{r.seed}:{r.line}" for r in scheme.references)
    for notice in scheme.notices:
        yield from ("", entries("notices")[notice][lang])


def _rule(scheme: Scheme, content: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    yield from ("", f"## {_w('rule', lang)}", "")
    if scheme.pattern is not None:
        yield from (_w("pattern", lang, where=f"`{scheme.pattern}`"), "")
    who = (scheme.population_labels or {}).get(lang)
    if not who:
        all_of = ast.both(scheme.population, *scheme.population_known)
        who = _w("everybody", lang) if all_of == ast.TRUE else say(all_of, vocabulary(scheme.subject), lang)
    yield f"- {_w('who', lang, who=who.rstrip('。.'))}"
    yield from _settings(content, scheme, lang)


def _settings(part: Mapping[str, Any], scheme: Scheme, lang: Lang) -> Iterator[str]:
    """The keys of the kind, one line each."""
    colon = "：" if lang != "en" else ": "
    words = Words.of(scheme)
    for key, value in part.items():
        if key not in OUTSIDE:
            name = key_name(key, lang)
            yield f"- {name[:1].upper() + name[1:]}{colon}{said(value, key, lang, scheme.subject, words)}"


def _classes(scheme: Scheme, content: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    content, words = in_words(content, scheme, Words.of(scheme))
    pattern = content.get("dimensions_from")
    written = [pattern] if pattern else content.get("dimensions") or [content]
    yield from ("", f"## {_w('classes', lang)}")
    for dimension, part in zip(scheme.dimensions, written, strict=True):
        if dimension.id is not None and pattern is None:
            yield from ("", f"### {dimension.labels[lang]} `{dimension.id}`")
            settings = list(_settings(part, scheme, lang))
            yield from ("", *settings) if settings else ()
        if dimension.closed_by:
            yield from ("", _w("closed", lang, parameter=dimension.closed_by))
        rows = [_class(c, scheme, words, lang) for c in part["classes"]]
        yield from _table([_w(k, lang) for k in ("code", "name", "condition", "source")], rows)
        for info in dimension.classes:
            if info.needs:
                needed = text("core.list_separator", lang).join(n.labels[lang] for n in info.needs)
                yield from ("", _w("class_needs", lang, name=info.labels[lang], needs=needed))


def _class(one: Mapping[str, Any], scheme: Scheme, words: Words, lang: Lang) -> tuple[str, str, str, str]:
    colon = "：" if lang != "en" else ": "
    rule = []
    for key, value in one.items():
        if key in TEXTS:
            continue
        if key == "details":
            value = [d.get("labels", d["code"]) for d in value]
        shown = [*value[:MOST_VALUES], "…"] if isinstance(value, list) and len(value) > MOST_VALUES else value
        spoken = said(shown, key, lang, scheme.subject, words)
        rule.append(
            _w(key, lang) if value is True and key in WORDS else f"{key_name(key, lang)}{colon}{spoken}"
        )
    rule += [_w("each", lang)] if "each" in one else []
    code = str(one.get("code", "…"))
    name = "…" if "each" in one else one["labels"][lang]
    return (
        f"`{code}`",
        name,
        text("comparison.items.between", lang).join(rule),
        one.get("given") or _w("ours", lang),
    )


def _inputs(scheme: Scheme, lang: Lang) -> Iterator[str]:
    yield from ("", f"## {_w('inputs', lang)}")
    required, optional = needs(scheme)
    ways = (
        []
        if scheme.pattern is None
        else [(f"`{scheme.pattern}`", scheme.pattern.partition(".")[0], _w("required", lang))]
    )
    if scheme.pattern is None:
        own = {p.name for p in scheme.parameters}
        for need, names in (("required", required), ("optional", optional)):
            for alike in _families(n for n in names if n not in own):
                name, table = _input(alike[0], scheme.subject, lang)
                more = _w("more", lang, n=len(alike) - 1) if len(alike) > 1 else ""
                ways.append((name + more, table, _w(need, lang)))
    if ways:
        yield from _table([_w(k, lang) for k in ("input", "from", "must")], ways)
    else:
        yield from ("", _w("nothing", lang))


def _families(names: Iterable[str]) -> list[list[str]]:
    """Names in order; many members of one family (`n_cues_24m:…`) together."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.partition(":")[0] if ":" in name else name, []).append(name)
    return [
        part
        for group in found.values()
        for part in ([group] if len(group) > MOST_ALIKE else [[n] for n in group])
    ]


def _input(name: str, subject: str, lang: Lang) -> tuple[str, str]:
    if name.startswith("@"):
        other = name[1:].partition(".")[0]
        return f"`{name[1:]}`", f"[{other}]({other}.md)"
    measure = find(name, subject)
    if measure is not None:
        tables = dict.fromkeys(lack.partition(".")[0] for lack in lacking(name, subject, {}))
        return f"`{name}` {measure.label(lang)}", ", ".join(f"`{t}`" for t in tables)
    listed = SUBJECTS[subject].listed_in or ""
    known = logical_tables()[listed].fields.get(name) if listed else None
    return f"`{name}`{' ' + known.labels[lang] if known else ''}", f"`{listed}`"


def _parameters(scheme: Scheme, lang: Lang) -> Iterator[str]:
    if not scheme.parameters:
        return
    yield from ("", f"## {_w('parameters', lang)}")
    rows = []
    for p in scheme.parameters:
        value = _w("unset", lang) if p.value is None else said(p.value, None, lang, scheme.subject)
        rows.append((f"`{p.name}`", p.labels.get(lang, ""), value, p.given or _w("ours", lang)))
    yield from _table([_w(k, lang) for k in ("code", "name", "value", "source")], rows)


def _playbook(scheme: Scheme, lang: Lang) -> Iterator[str]:
    yield from ("", f"## {_w('playbook', lang)}", "")
    lines = library().of_scheme(scheme.id)
    if not lines:
        yield _w("no_playbook", lang)
    for line in lines:
        targets = ", ".join(f"`{t}`" for t in line.targets)
        yield f"- {targets} {line_text(line, lang)} *({origin_note(line, lang)})*"


def _example(scheme: Scheme, lang: Lang) -> Iterator[str]:
    """The case that carries the catalogue's check, where it is short and narrow; else the shortest that expects classes. As it is
    written."""
    source = builtin_cases(scheme.id)
    if source is None:
        return
    lines = source.text().splitlines()
    cases = load_cases(source.text(), source.file)
    ends = [*(c.line - 1 for c in cases[1:]), len(lines)]
    found = [(c, _given(lines[c.line - 1 : end])) for c, end in zip(cases, ends, strict=True)]
    fitting = [(c, w) for c, w in found if c.expect.classes and not c.changes] or found
    shown = [(c, w) for c, w in fitting if c.checks and len(w) <= MOST_ROWS]
    narrow = [(c, w) for c, w in shown if max(map(len, w)) <= MOST_WIDTH]
    case, world = (narrow or shown or [min(fitting, key=lambda f: len(f[1]))])[0]
    more = len(world) - MOST_ROWS
    yield from ("", f"## {_w('example', lang)}", "", _w("as_of", lang, day=case.as_of), "", "```yaml")
    yield from world[:MOST_ROWS]
    yield from ["…", "```"] if more > 0 else ["```"]
    yield from ("", _w("comes_out", lang), "")
    wanted = None if scheme.pattern else case.dimension or scheme.dimensions[0].id
    dimension = scheme.dimensions[0] if wanted is None else scheme.dimension(wanted)
    for who, code in list(case.expect.classes.items())[:MOST_ROWS]:
        name = dimension.label(code, lang) if code else ""
        said_ = f"`{code}` {'' if name == code else name}".rstrip() if code else _w("no_class", lang)
        yield f"- {who}: {said_}"
    for code, n in case.expect.counts.items() if not case.expect.classes else ():
        yield f"- `{code}` {dimension.label(code, lang)}: {n}"


def _given(written: Sequence[str]) -> list[str]:
    """The lines of a case that describe its world, without those that name and check it."""
    kept: list[str] = []
    taking = False
    for line in written:
        if line.startswith("    ") and not line.startswith("     "):
            taking = line.strip().partition(":")[0] in (
                "given",
                "profile",
                "subject",
                "parameters",
                "changes",
                "dimension",
            )
        if taking and line.strip():
            kept.append(line[4:])
    return kept
