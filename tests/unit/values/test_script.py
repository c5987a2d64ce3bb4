"""Promises of simplified script: every traditional form gets there, simplified text stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from evalkit.values.normalise import fold
from evalkit.values.script import simplify
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = """
    臺灣 台湾  創客 创客  餅乾 饼干  頭髮 头发  皇后 皇后  後天 后天  颱風 台风  錢鍾書 钱钟书
    鍾錶 钟表  甚麼 什么  甚么 什么  魏徵 魏征  特徵 特征  滙豐 汇丰  羣眾 群众  爲了 为了
    峯會 峰会  裏面 里面  裡面 里面  祕書 秘书  啓動 启动  糉子 粽子  粽子 粽子  糭子 粽子
    真实 真实  眞實 真实  强大 强大  崑崙 昆仑  餘姚 余姚  僱員 雇员  迴響 回响  管絃 管弦
    喫飯 吃饭  註釋 注释  佈告 布告  內容 内容  詞彙 词汇  衞生 卫生  敍述 叙述  痲痺 麻痹
    檯燈 台灯  枱燈 台灯  化粧 化妆  姪子 侄子  妳們 你们  牠們 它们  豬隻 猪只  暱稱 昵称
    大砲 大炮  模倣 模仿  糢糊 模糊  隣居 邻居  靑年 青年  淸華 清华  飮料 饮料  綫路 线路
    线路 线路  週末 周末  鄰里 邻里  英哩 英里  剩餘 剩余  其馀 其余  答覆 答复  反反覆覆 反反复复
    瞭解 了解  瞭望 瞭望  明瞭 明了  藉口 借口  憑藉 凭借  藉由 借由  慰藉 慰藉  狼藉 狼藉
    沈默 沉默  浮沈 浮沉  瀋陽 沈阳  彷彿 仿佛  彷徨 彷徨  穿著 穿着  看著 看着  著急 着急
    執著 执着  衣著 衣着  沉著 沉着  附著 附着  意味著 意味着  著陸 着陆  討論著 讨论着
    林立著 林立着  不著邊際 不着边际  弹著点 弹着点  專著 专著  著作 著作  著名 著名  名著 名著
    顯著 显著  土著 土著  原著 原著  卓著 卓著  著有 著有  魯迅著 鲁迅著  編著 编著  李乾 李乾
    張乾 张乾  乾坤 乾坤  乾隆 乾隆  乾燥 干燥  乾淨 干净  晒乾 晒干  李乾淨 李干净
"""
SIMPLIFIED = """
    打坏了 手机一坏就修 土坏 蒜薹 菜薹 芸薹 沈静 沈思 沈醉 沈阳 沈从文 李乾 乾坤 多重覆盖 覆盖
    颠覆 慰藉 专著 老舍著 著称 无著 哪吒 宫商角徵羽 甚至 彷徨 瞭望 想像 有序 射覆 神祇 王喆 毕业
    尽管 家具 余额 征收 丰富 制造 皇后 松树 山谷
"""


@pytest.mark.parametrize("pair", re.split(r"\s{2,}", PAIRS.strip()))
def test_every_form_has_its_simplified_one(pair: str) -> None:
    """Those of Taiwan, Hong Kong and older print as well; another word in that form stays."""
    written, simple = pair.split()
    assert simplify(fold(written)) == simplify(fold(simple)) == fold(simple)


@pytest.mark.parametrize("text", SIMPLIFIED.split())
def test_simplified_words_stay(text: str) -> None:
    """Among them names and words that traditional text writes with the same characters."""
    assert simplify(text) == text


def test_the_words_around_decide() -> None:
    """In traditional text 著 between characters is 着, unless it is of writing."""
    text = "她穿著紅裙，撐著雨傘，讀著張愛玲著的小說，想著魯迅的名著《吶喊》。"
    simple = "她穿着红裙，撑着雨伞，读着张爱玲著的小说，想着鲁迅的名著《呐喊》。"
    assert simplify(text) == simple


@pytest.mark.parametrize("file", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda file: file.stem)
def test_the_seeds_stay_as_they_are(file: Path) -> None:
    """Simplified news, whole articles: not one character changes."""
    text = fold(file.read_text(encoding="utf-8"))
    assert simplify(text) == text
