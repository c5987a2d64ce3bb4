"""Laws of answers: identity, symmetry, idempotence, and that order and form don't count."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.metrics.answers import ExactMatch, ExtractedMatch, TokenF1
from evalkit.metrics.number_precision import NumberPrecision
from evalkit.records import Case
from evalkit.values.equality import equal, qualifiers_agree
from evalkit.values.form import read_answer
from evalkit.values.lexicon import Qualifier
from evalkit.values.mentions import find_numbers
from evalkit.values.numerals import parse_number
from evalkit.values.question import ask
from evalkit.values.reading import read_values
from evalkit.values.units import same_unit, unit_named

QUESTION = "目前共有多少名创客代表，占百分之几，排第几，哪一天几点到？"
MEMBERS = """
    3 13 十三 三百 1.2万 5万2千 300 多 余 近 约 超过 以上 名 人 个 项 次 % 百分之 三分之一 元 美元
    人民币 公里 ℃ 零下 - ~ 至 到 : 比 、 ， 和 及 等 第 首位 倒数 2019年 11月 8日 晚 下午 3点 半
    答案是 答： ** “ ” 《 》 。 襄阳 湖北省 文中 未 提及 没有 是 否 不 目前 创客 代表 路 八一
    1. 2. ① 创 A b 每小时 时速 / 块 分 零 上世纪 年代 季度 星期三 元月 没有提到 人数 [ ] 〔
"""
PIECES = [*MEMBERS.split(), "\n", " ", "\u200b"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
WORDS = st.lists(
    st.sampled_from(("汽车", "高铁", "新能源", "航空", "香菇", "茶叶")), min_size=2, unique=True
)
DIGITS = "零一二三四五六七八九"


def em(prediction: str, reference: str, question: str = QUESTION) -> float:
    """Return the exact match of one prediction."""
    case = Case(id="1", prediction=prediction, references=(reference,), question=question)
    return ExactMatch().score(case).value


def in_chinese(number: int) -> str:
    """Return a number below 10**8 in Chinese numerals, by the school rule."""
    if number >= 10**4:
        upper, rest = divmod(number, 10**4)
        gap = "零" if 0 < rest < 1000 else ""
        return in_chinese(upper) + "万" + gap + (in_chinese(rest) if rest else "")
    for scale, name in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= scale:
            upper, rest = divmod(number, scale)
            gap = "零" if 0 < rest < scale // 10 else ""
            return DIGITS[upper] + name + gap + (in_chinese(rest) if rest else "")
    return DIGITS[number]


@given(TEXT.filter(str.strip))
def test_identity(text: str) -> None:
    """Every answer is itself."""
    assert em(text, text) == 1.0


@given(TEXT, TEXT)
def test_any_text_can_be_scored(prediction: str, reference: str) -> None:
    """No text breaks a rule: the value is 0 or 1."""
    assert em(prediction, reference) in {0.0, 1.0}


@given(TEXT)
@example("-**-")
@example("-\n-")
def test_normalising_twice_changes_nothing(text: str) -> None:
    """What is in the one written form stays as it is."""
    plain = read_answer(text).plain
    assert read_answer(plain).plain == plain


@given(st.integers(0, 10**8 - 1))
def test_chinese_numerals(number: int) -> None:
    """Every number below a hundred million reads the same in Chinese numerals."""
    assert parse_number(in_chinese(number)) == number


@given(st.integers(0, 10**9), st.integers(0, 4))
def test_scales_are_exact(number: int, places: int) -> None:
    """A decimal with 万 is exactly ten thousand times the decimal."""
    text = f"{number // 10**places}.{number % 10**places:0{places}}" if places else str(number)
    assert parse_number(f"{text}万") == Fraction(number, 10**places) * 10**4


@given(st.integers(1, 10**9))
def test_thousands(number: int) -> None:
    """Commas between thousands never matter."""
    assert em(f"{number:,}名", f"{number}名") == 1.0


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_other_numbers_are_other_answers(one: int, other: int) -> None:
    """Two whole numbers are one answer only where they are equal."""
    assert em(in_chinese(one) + "名", f"{other}名") == float(one == other)


@given(TEXT, TEXT)
def test_values_are_equal_both_ways(one: str, other: str) -> None:
    """Whether two values are equal does not depend on which is the reference."""
    question = ask(QUESTION)
    left, right = (read_values(read_answer(text).plain, question) for text in (one, other))
    for a, b in product(left, right):
        assert equal(a.value, b.value, question) == equal(b.value, a.value, question)


@given(TEXT)
def test_every_value_is_itself(text: str) -> None:
    """Every reading equals itself."""
    question = ask(QUESTION)
    for reading in read_values(read_answer(text).plain, question):
        assert equal(reading.value, reading.value, question)


@given(TEXT, TEXT)
def test_what_matches_exactly_is_also_what_is_extracted(prediction: str, reference: str) -> None:
    """An exact match is an answer that the output commits to."""
    case = Case(id="1", prediction=prediction, references=(reference,), question=QUESTION)
    assert ExtractedMatch().score(case).value >= ExactMatch().score(case).value


@given(st.sampled_from(Qualifier), st.sampled_from(Qualifier))
def test_qualifiers_agree_both_ways(one: Qualifier, other: Qualifier) -> None:
    """Qualifiers agree with themselves, and in both directions."""
    assert qualifiers_agree(one, one)
    assert qualifiers_agree(one, other) == qualifiers_agree(other, one)


@given(
    *[st.sampled_from(("名", "人", "个", "项", "条", "人次", "元", "公里", "米", "次", "届"))] * 2
)
def test_units_agree_both_ways(one: str, other: str) -> None:
    """Units agree with themselves, and in both directions."""
    left, right = unit_named(one), unit_named(other)
    assert same_unit(left, left)
    assert same_unit(left, right) == same_unit(right, left)


@given(WORDS, st.randoms())
def test_lists_in_any_order(words: list[str], random: object) -> None:
    """A list is the same in any order and with any separator, unless the question fixes one."""
    shuffled = sorted(words, key=lambda _: random.random())  # type: ignore[attr-defined]
    reference = "、".join(words)
    for sign in ("、", "，", "；", " ", "\n"):
        assert em(sign.join(shuffled), reference, "有哪些领域？") == 1.0
    assert em("".join(f"《{word}》" for word in shuffled), reference, "有哪些领域？") == 1.0
    assert em("、".join(shuffled), reference, "分别是哪些领域？") == float(shuffled == words)
    assert em("、".join(words[:-1]), reference, "有哪些领域？") == 0.0


@given(TEXT, TEXT)
def test_f1_range_and_symmetry(one: str, other: str) -> None:
    """Token F1 lies in [0, 1] and is the same both ways."""
    scores = [
        TokenF1().score(Case(id="1", prediction=pair[0], references=(pair[1],))).value
        for pair in ((one, other), (other, one))
    ]
    assert scores[0] == scores[1]
    assert 0 <= scores[0] <= 1


@given(TEXT)
def test_numbers_are_at_their_places(text: str) -> None:
    """Every number found is the text at its place, in order, without overlap."""
    end = 0
    for number in find_numbers(text):
        assert text[number.start : number.end] == number.text
        assert end <= number.start < number.end
        end = number.end


@given(TEXT.filter(str.strip))
def test_a_text_states_its_own_numbers(text: str) -> None:
    """Every number of a text is stated by the text."""
    case = Case(id="1", prediction=text, references=(), article=text)
    assert NumberPrecision().score(case).value in {1.0, None}
