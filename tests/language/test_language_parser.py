"""What a text means, and what its errors say and where."""

from datetime import date
from decimal import Decimal

import pytest

from keguan.core.errors import KeguanError, Place
from keguan.language import ast
from keguan.language.ast import (
    And,
    Arithmetic,
    Between,
    Call,
    ClassRef,
    ClassTest,
    Compare,
    HeldFor,
    IsMissing,
    Literal,
    Name,
    Not,
    OneOfValues,
    Or,
    Via,
)
from keguan.language.parser import MAX_DEPTH, parse, parse_with_places
from keguan.language.writer import Unwritable, shown, write

A, B, C, X = Name("a"), Name("b"), Name("c"), Name("x")
VIP = ClassTest((ClassRef("value-pyramid", "A"),))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a or b and c", Or((A, And((B, C))))),
        ("(a or b) and c", And((Or((A, B)), C))),
        ("a and b and c", And((A, B, C))),
        ("(a and b) and c", And((And((A, B)), C))),
        ("not a and b", And((Not(A), B))),
        ("NOT a OR True", Or((Not(A), Literal(True)))),
        ("a + b * c - x", Arithmetic("-", Arithmetic("+", A, Arithmetic("*", B, C)), X)),
        ("a - (b - c)", Arithmetic("-", A, Arithmetic("-", B, C))),
        ("-x", Arithmetic("*", Literal(-1), X)),
        ("a - -5", Arithmetic("-", A, Literal(-5))),
        ("a <> 1", Compare("!=", A, Literal(1))),
        ("not x > 1", Not(Compare(">", X, Literal(1)))),
        ("x between a + 1 and 9 and b", And((Between(X, Arithmetic("+", A, Literal(1)), Literal(9)), B))),
        ("x not between 1 and 9", Not(Between(X, Literal(1), Literal(9)))),
        ("x is missing", IsMissing(X)),
        ("x is not missing", Not(IsMissing(X))),
        ("min(a, max(b, 1))", Call("min", (A, Call("max", (B, Literal(1)))))),
        ("min = 1", Compare("=", Name("min"), Literal(1))),
        ('x in ("east", "south")', OneOfValues(X, (Literal("east"), Literal("south")))),
        ("x not in (1, -2)", Not(OneOfValues(X, (Literal(1), Literal(-2))))),
        ("is value-pyramid:A", VIP),
        ("is not value-pyramid:A", Not(VIP)),
        ("in (rfm:545, abc:grade-1)", ClassTest((ClassRef("rfm", "545"), ClassRef("abc", "grade-1")))),
        ("not in (pareto:vital-20)", Not(ClassTest((ClassRef("pareto", "vital-20"),)))),
        ("is stage:actual/received", ClassTest((ClassRef("stage", "actual/received"),))),
        ("is ext-attr.region:east", ClassTest((ClassRef("ext-attr", "east", "region"),))),
        ("is tag.老客户:tagged", ClassTest((ClassRef("tag", "tagged", "老客户"),))),
        ("is own.region:华东", ClassTest((ClassRef("own", "华东", "region"),))),
        ("n_tags:vip >= 1", Compare(">=", Name("n_tags:vip"), Literal(1))),
        ("n_tags:老客户+vip-2 > n_tags:vip", Compare(">", Name("n_tags:老客户+vip-2"), Name("n_tags:vip"))),
        ('n_tags:"1+1 free"+"vip" + 1', Arithmetic("+", Name("n_tags:1%2B1 free+vip"), Literal(1))),
        ('n_tags:vip+"old friend"', Name("n_tags:vip+old friend")),
        ('n_tags:"a" + "b"', Arithmetic("+", Name("n_tags:a"), Literal("b"))),
        ("a for 7 days", HeldFor(A, Literal(7, "days"))),
        ("not a for 7 days", Not(HeldFor(A, Literal(7, "days")))),
        ("is value-pyramid:A via referred_by", Via(VIP, Name("referred_by"))),
        ("is not value-pyramid:A via referred_by", Via(Not(VIP), Name("referred_by"))),
        ("not (is value-pyramid:A via referred_by)", Not(Via(VIP, Name("referred_by")))),
        ("a and b via c", And((A, Via(B, C)))),
    ],
)
def test_a_text_means_exactly_one_tree(text: str, tree: ast.Node) -> None:
    assert parse(text) == tree
    assert parse(write(tree)) == tree


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("1_000_000", Literal(1000000)),
        ("1.50", Literal(Decimal("1.5"))),
        ("1.2万", Literal(12000)),
        ("3亿", Literal(300000000)),
        ("3 億", Literal(300000000)),
        ("0.00012萬", Literal(Decimal("1.2"))),
        ("20%", Literal(Decimal("0.20"), "share")),
        ("１２．５％", Literal(Decimal("0.125"), "share")),
        ("¥1000", Literal(1000, "money")),
        ("￥１．５万", Literal(15000, "money")),
        ("¥3万元", Literal(30000, "money")),
        ("1 day", Literal(1, "days")),
        ("7天", Literal(7, "days")),
        ("12个月", Literal(12, "months")),
        ("12 個月", Literal(12, "months")),
        ("2 Orders", Literal(2, "orders")),
        ("8 hours", Literal(8, "hours")),
        ("-5 days", Literal(-5, "days")),
        ("2026-06-30", Literal(date(2026, 6, 30))),
        ("2026-6-3", Literal(date(2026, 6, 3))),
        ('"a""b"', Literal('a"b')),
        ("'it''s'", Literal("it's")),
        ("“东 南”", Literal("东 南")),
        ("「Ａ級」", Literal("Ａ級")),
        ("＂x＂", Literal("x")),
        ('""', Literal("")),
        ("FALSE", Literal(False)),
    ],
)
def test_constants_are_exact_and_carry_their_unit(text: str, literal: Literal) -> None:
    read = parse(text)
    assert read == literal
    assert isinstance(read, Literal) and not isinstance(read.value, float)
    assert parse(write(literal)) == literal


@pytest.mark.parametrize(
    ("wide", "plain"),
    [
        ("ｘ　＞＝　３０　ｄａｙｓ", "x >= 30 days"),
        ("x ≥ 1 and y ≠ 2 or z ≦ 3", "x >= 1 and y != 2 or z <= 3"),
        ("（x ＜＞ 1）", "x != 1"),
        ("x in（“东”、“西”，“南”）", 'x in ("东", "西", "南")'),
        ("is value-pyramid：A", "is value-pyramid:A"),
        ("x × 2 ÷ y － 1 ＞ 0", "x * 2 / y - 1 > 0"),
    ],
)
def test_full_width_and_typographic_forms_mean_the_plain_ones(wide: str, plain: str) -> None:
    assert parse(wide) == parse(plain)
    assert write(parse(wide)) == plain


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "KG300", 1, 1),
        (" \n ", "KG300", 1, 1),
        ("x" * 20_001, "KG301", 1, 1),
        ("x > 1 @", "KG302", 1, 7),
        ("客户 > 1", "KG302", 1, 1),
        ("x > \u200b1", "KG302", 1, 5),
        ("x = 'abc", "KG303", 1, 5),
        ('x = "a\nb"', "KG304", 1, 5),
        ("Net_Sales > 1", "KG305", 1, 1),
        ("is RFM:a", "KG305", 1, 4),
        ("x > 1234567890123456789", "KG306", 1, 5),
        ("x > 0.12345678901", "KG306", 1, 5),
        ("x = 007", "KG307", 1, 5),
        ("x > 2026-02-30", "KG308", 1, 5),
        ("x > ¥5 days", "KG309", 1, 5),
        ("x > ¥20%", "KG309", 1, 5),
        ("x > 1,000.50", "KG310", 1, 5),
        ("x > > 1", "KG311", 1, 5),
        ("x 5", "KG311", 1, 3),
        ("(x > 1", "KG312", 1, 7),
        ("x and\n  y or\n", "KG312", 3, 1),
        ("is x", "KG311", 1, 4),
        ("n_tags: >= 1", "KG311", 1, 9),
        ("n_tags:vip+ 5", "KG311", 1, 13),
        ('n_tags:"" > 1', "KG311", 1, 8),
        ("N_tags:vip > 1", "KG305", 1, 1),
        ("x for y", "KG311", 1, 7),
        ("x for 2026-01-01", "KG311", 1, 7),
        ("x via 5", "KG311", 1, 7),
        ("x between 1 or 2", "KG311", 1, 13),
        ("x is 5", "KG311", 1, 6),
        ("len(x) > 1", "KG314", 1, 1),
        ("x > 5 furlongs", "KG315", 1, 7),
        ("1 < x < 3", "KG316", 1, 7),
        ("x in (east)", "KG317", 1, 7),
    ],
)
def test_every_reading_error_has_its_code_and_place(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(KeguanError) as caught:
        parse(text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.place.line, problem.place.column) == (code, line, column)
    for lang in ("zh-Hans", "zh-Hant", "en"):
        assert "{" not in problem.render(lang)


def test_places_count_from_where_the_text_stands_in_its_file() -> None:
    with pytest.raises(KeguanError) as caught:
        parse("x > 1\nand @", file="shop.yaml", line=12, column=9)
    assert caught.value.problems[0].place == Place("shop.yaml", 13, 13)


def test_all_unreadable_pieces_are_reported_together() -> None:
    with pytest.raises(KeguanError) as caught:
        parse("x = 007 and y > 2026-02-30 and Z")
    assert [p.code for p in caught.value.problems] == ["KG307", "KG308", "KG305"]


def test_places_of_parts_do_not_disturb_equality() -> None:
    here, there = parse_with_places("a  and  b"), parse_with_places("a and b")
    assert here.node == there.node
    assert isinstance(here.node, And)
    assert [here.place_of(o).column for o in here.node.operands] == [1, 9]
    assert here.place_of(Name("b")) == here.start  # an equal node, but not of this text


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "not " * 4000,
        "-" * 9000,
        "min(" * 4000,
        "x" + "+1" * 5000,
        "x" + " via y" * 3000,
        "x*(-" * 4000,
    ],
)
def test_depth_has_a_limit_and_an_error_of_its_own(text: str) -> None:
    with pytest.raises(KeguanError) as caught:
        parse(text)
    assert caught.value.problems[0].code == "KG313"


def test_the_deepest_allowed_tree_is_read_and_written_even_on_a_deep_stack() -> None:
    def far_down(levels: int) -> str:
        return far_down(levels - 1) if levels else write(parse(deep))

    nested = MAX_DEPTH - 1
    for opening, innermost, levels in (
        ("coalesce(x, ", "1", nested),
        ("not (", "x > 1", nested - 1),
        ("1 - (", "x - 1", nested - 1),
    ):
        deep = opening * levels + innermost + ")" * levels
        assert far_down(300) == deep


def test_long_flat_lists_are_no_depth() -> None:
    values = ", ".join(f'"{i}"' for i in range(2000))
    assert write(parse(f"x in ({values})")) == f"x in ({values})"
    conditions = " and ".join(f"x{i}" for i in range(2000))
    assert write(parse(conditions)) == conditions


@pytest.mark.parametrize(
    "node",
    [
        ast.If(((A, B),), C),
        Literal(None),
        Literal(0.5),
        Literal(5, "furlongs"),
        Literal("a\nb"),
        Literal(Decimal("NaN")),
        Name("and"),
        Name("a.b"),
    ],
)
def test_what_nobody_can_write_is_refused_yet_can_be_shown(node: ast.Node) -> None:
    with pytest.raises(Unwritable):
        write(node)
    assert shown(node) == type(node).__name__


def test_long_parts_are_shown_shortened() -> None:
    assert len(shown(parse(" and ".join("abcdef" for _ in range(50))))) == 60
