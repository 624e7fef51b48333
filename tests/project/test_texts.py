"""Every sentence stands in three languages with the same places to fill, and every error code has its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import keguan
from keguan.core.languages import LANGUAGES
from keguan.core.texts import areas, entries

SOURCE = Path(keguan.__file__).parent

# Characters written differently in the two scripts, each pair simplified then traditional. Those that both scripts
# use (后, 里, 台, 准, 只, 面, 合, 了, 干, 几, 余, 于, 松, 范, 斗, 征) are left out.
PAIRS = (
    "们們这這个個为為么麼时時间間问問题題对對错錯误誤请請说說语語读讀写寫单單订訂购購买買卖賣销銷额額总總计計数數据據"
    "库庫类類级級标標项項须須应應该該没沒无無开開关關闭閉检檢报報档檔结結样樣编編码碼载載导導"
    "删刪换換选選进進运運还還过過远遠达達边邊变變质質货貨费費贡貢资資财財责責账帳营營业業员員团團围圍"
    "图圖圆圓国國场場块塊坏壞处處备備复復夹夾头頭够夠实實宝寶宽寬尔爾尽盡层層岁歲币幣帮幫并並广廣庆慶异異"
    "归歸当當录錄彻徹态態忆憶怀懷戏戲户戶执執扩擴扫掃护護担擔择擇损損挥揮积積称稱稳穩"
    "组組细細终終经經给給统統继繼续續维維网網罗羅职職联聯肃肅脑腦节節获獲虑慮虽雖规規视視觉覺观觀认認"
    "讨討让讓议議记記许許论論设設访訪证證评評识識词詞试試详詳谁誰调調谢謝负負贵貴贸貿赢贏趋趨轻輕较較辑輯输輸辞辭"
    "链鏈键鍵锁鎖门門闲閒阶階际際难難预預领領频頻颜顏风風飞飛驱驅验驗龄齡齐齊两兩严嚴丰豐临臨产產"
    "从從价價众眾优優会會传傳伤傷体體偿償儿兒兴興农農冲沖决決况況净淨减減击擊创創别別办辦务務动動"
    "劳勞势勢华華协協卖賣历歷压壓厂廠参參双雙发發叙敘叠疊号號听聽启啟吗嗎响響园園"
    "适適释釋钟鐘钱錢错錯随隨险險隐隱离離页頁顾顧饰飾万萬与與专專东東丝絲丢丟丽麗举舉义義乐樂习習书書"
    "区區医醫单單卫衛压壓县縣叶葉吨噸员員唤喚嘱囑墙牆壮壯声聲够夠奖獎妇婦学學宁寧审審将將尝嘗属屬帐帳"
    "弃棄张張强強弹彈怜憐总總恶惡惯慣愿願扑撲抛拋抢搶拟擬换換据據摆擺敌敵断斷旧舊显顯晒曬暂暫术術机機杂雜权權条條来來极極构構枪槍柜櫃栏欄树樹桥橋梦夢检檢楼樓毁毀毕畢气氣汇匯汉漢沟溝泪淚洁潔浅淺测測济濟浏瀏涨漲润潤渐漸温溫湿濕满滿滞滯滤濾灵靈灾災点點热熱爱愛状狀独獨环環现現电電画畫确確码碼离離种種稳穩穷窮竞競笔筆筛篩签簽简簡粮糧纪紀约約纯純纸紙线線练練组組细細织織绍紹绝絕绩績绪緒缓緩缩縮"
)


def _script(which: int) -> frozenset[str]:
    pairs = [PAIRS[i : i + 2] for i in range(0, len(PAIRS) - 1, 2)]
    other = {p[1 - which] for p in pairs}
    return frozenset(p[which] for p in pairs if p[0] != p[1]) - other


SIMPLIFIED, TRADITIONAL = _script(0), _script(1)
Text = tuple[str, dict[str, str]]

OWN_PLACES = {"language.values.date"}
"""Texts whose languages choose among the places handed in: the parts of a date, or the date as a whole."""


def texts(node: Any, path: str) -> Iterator[Text]:
    """Every text below a node with its key."""
    if isinstance(node, dict):
        if set(node) & set(LANGUAGES):
            yield path, node
        else:
            for key, inner in node.items():
                yield from texts(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from texts(inner, f"{path}[{place}]")


def all_texts(area: str) -> list[Text]:
    return list(texts(entries(area), area))


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("area", areas())
def test_every_text_stands_in_three_languages_with_the_same_places(area):
    found = all_texts(area)
    assert found
    for key, text in found:
        assert set(text) == set(LANGUAGES), key
        assert all(isinstance(t, str) and t for t in text.values()), key
        if key not in OWN_PLACES:
            assert len({frozenset(places(t)) for t in text.values()}) == 1, key


@pytest.mark.parametrize("area", areas())
def test_no_place_is_filled_by_position(area):
    for key, text in all_texts(area):
        assert not any(re.search(r"\{\d*[}:]", t) for t in text.values()), key


@pytest.mark.parametrize("area", areas())
def test_scripts_are_not_mixed(area):
    mixed = {}
    for key, text in all_texts(area):
        wrong = {"zh-Hans": set(text["zh-Hans"]) & TRADITIONAL, "zh-Hant": set(text["zh-Hant"]) & SIMPLIFIED}
        if any(wrong.values()):
            mixed[key] = wrong
    assert mixed == {}


@pytest.mark.parametrize("folder", ["schemes", "profiles", "measures", "tables"])
def test_scripts_are_not_mixed_in_labels_of_the_catalogue(folder):
    import yaml

    mixed = {}
    for path in sorted((SOURCE / "catalogue" / folder).rglob("*.yaml")):
        for key, text in texts(yaml.safe_load(path.read_text(encoding="utf-8")), path.name):
            wrong = (set(str(text.get("zh-Hans"))) & TRADITIONAL) | (
                set(str(text.get("zh-Hant"))) & SIMPLIFIED
            )
            if wrong:
                mixed[key] = wrong
    assert mixed == {}


def _codes_in_texts() -> dict[str, str]:
    return {code: area for area in areas() if area.startswith("errors_") for code in entries(area)}


def _codes_in_source() -> set[str]:
    return {
        code
        for path in SOURCE.rglob("*.py")
        for code in re.findall(r"""["'](KG\d{3})["']""", path.read_text(encoding="utf-8"))
    }


def test_every_code_has_its_sentences_and_every_sentence_its_use():
    assert _codes_in_source() - set(_codes_in_texts()) == set()
    assert set(_codes_in_texts()) - _codes_in_source() == set()


@pytest.mark.parametrize("area", [a for a in areas() if a.startswith("errors_")])
def test_every_error_says_what_happened_and_what_to_do(area):
    for code, error in entries(area).items():
        assert re.fullmatch(r"KG\d{3}", code)
        assert set(error) == {"what", "do"}, code
