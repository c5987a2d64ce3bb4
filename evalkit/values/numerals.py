"""Numerals, Arabic and Chinese, as exact fractions.

numeral = {section ("万" | "亿")} [section] [more]
section = {number ("千" | "百" | "十")} [number]      from large to small; 廿 is 二十
number  = 12,000 | 1.2 | 3e5 | digit {digit} ["点" digit {digit}]
more    = "多" | "余" | "来" | "几" | "+"             before a scale as well: 三百多万

A single digit behind a scale is of the next lower one: 一万五 is 15000.

What stands in the text is read as it is written: `1.2万`, `12,000`, `一万二`, `5万2千` and
`十四点九亿` are numerals; `三四百` (three or four hundred) and `八一` (a name) are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from evalkit.values.lexicon import BEFORE, DIGITS, SCALES, TENS, Qualifier

_MYRIAD = 10**4
_ONE_DIGIT = range(1, 10)
_NAME_LENGTH = 2
_MOST_DIGITS = 100  # more state nothing: a model that repeats itself

_FIGURES = "".join(DIGITS) + "0123456789"
_GROUPING = re.compile("[, ]")
_POWER = re.compile(r"[×x*]10\^?")
_DIGIT = "".join(DIGITS)
_COUNTING = "".join(word for word, digit in DIGITS.items() if digit)
_SCALE = "".join(SCALES)
_SEVERAL = re.compile(
    f"(?:{'|'.join(word for word, side in BEFORE.items() if side is Qualifier.SEVERAL)})"
    f"(?=[{_SCALE}])"
)
_LONGEST_SCALE = 8
_ATOM = re.compile(
    rf"""(?P<arabic>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?
        |[0-9]{{1,3}}(?:[ ][0-9]{{3}})+(?![0-9])
        |[0-9]+(?:\.[0-9]+)?(?:e\+?[0-9]{{1,2}}(?![a-z0-9])|[×x*]10\^?[0-9]{{1,2}}(?![0-9]))?)
    |(?P<tens>[廿卅])
    |(?P<digit>(?!(?<=[{_COUNTING}十0-9])两)[{_DIGIT}])
    |点(?P<decimals>[{_DIGIT}]+)
    |(?P<scale>(?!千[米克瓦]|百分点)[{_SCALE}]|个亿)
    |(?P<over>[多余来几](?=(?!千[米克瓦]|百分点)[{_SCALE}]))""",
    re.VERBOSE,
)
BEGINNINGS = frozenset(_FIGURES) | SCALES.keys() | TENS.keys()
"""The characters with which a numeral may begin."""
_IN_NUMERALS = BEGINNINGS | frozenset("点多余来几个")
_TRAILING = re.compile(r"[多余来几]|\+(?![0-9a-z])")
# 百 and its kin stand for one of them only before a larger scale (百万) or 余 (万余).
_LONE = re.compile(r"[百千佰仟](?=[万亿])|[百千万亿](?=[多余])|万(?=亿)")


class Numeral(NamedTuple):
    """A numeral in a text.

    Attributes:
        value: What it says, without the 多, 余, 来 or 几 that may stand in it.
        end: Where the text goes on.
        over: That 多, 余, 来, 几 or +, or empty.
        scaled: Whether it carries a 万 or 亿, or a Chinese scale after Arabic digits.
    """

    value: Fraction
    end: int
    over: str = ""
    scaled: bool = False


@dataclass(slots=True)
class _Sum:
    """The running sum over the atoms of one numeral; each `add_…` says whether the atom fits."""

    total: int | Fraction = 0
    section: int | Fraction = 0
    pending: int | Fraction | None = None
    last: int = 0
    small: int = _MYRIAD
    gap: bool = False
    arabic: bool = False
    scaled: bool = False
    fraction: bool = False
    run: str = ""

    def add_arabic(self, text: str) -> bool:
        """Take an Arabic number."""
        if self.pending is not None or len(text) > _MOST_DIGITS:
            return False
        digits = text if text.isdigit() else _POWER.sub("e", _GROUPING.sub("", text))
        self.arabic, self.fraction = True, not digits.isdigit()
        self.pending = Fraction(digits) if self.fraction else int(digits)
        return True

    def add_digit(self, text: str) -> bool:
        """Take a Chinese digit: two in a row are digits of a number that is spelt out."""
        digit = str(DIGITS[text])
        if self.pending is not None and not self.run:
            return False
        if digit == "0" and self.last:
            self.gap = True
            return self.pending is None
        if (self.run and self.last) or len(self.run) == _MOST_DIGITS:
            return False
        self.run += digit
        self.pending = int(self.run)
        return True

    def add_tens(self, text: str) -> bool:
        """Take 廿 or 卅."""
        if self.pending is not None or self.small <= SCALES["十"]:
            return False
        self.section += TENS[text]
        self.small = self.last = SCALES["十"]
        return True

    def add_decimals(self, text: str) -> bool:
        """Take what follows 点."""
        if self.fraction or self.arabic or (self.pending is None and not self.section):
            return False
        if len(text) > _MOST_DIGITS:
            return False
        digits = "".join(str(DIGITS[digit]) for digit in text)
        self.pending = (self.pending or 0) + Fraction(int(digits), 10 ** len(digits))
        self.fraction, self.run = True, ""
        return True

    def add_scale(self, scale: int) -> bool:
        """Take 十 百 千 万 or 亿: within a section and between sections they only grow smaller."""
        if len(self.run) > 1:
            return False
        self.scaled |= self.arabic or scale >= _MYRIAD
        done = self._close(scale) if scale >= _MYRIAD else self._grow(scale)
        self.pending, self.run, self.last, self.gap = None, "", scale, False
        return done

    def _grow(self, scale: int) -> bool:
        if scale >= self.small or (self.pending is None and scale != SCALES["十"]):
            return False
        if self.pending is not None and self.pending >= 10 and scale < SCALES["千"]:  # noqa: PLR2004 - 25百
            return False
        self.section += scale * (1 if self.pending is None else self.pending)
        self.small = scale
        return True

    def _close(self, scale: int) -> bool:
        stated = self.pending is not None or self.small < _MYRIAD
        self.section += self.pending or 0
        if scale == _MYRIAD:
            fits = stated and self.total % (10**8) == 0
            self.total += self.section * scale
        else:
            fits = (stated or self.last == _MYRIAD) and self.total < scale
            self.total = (self.total + self.section) * scale
        self.section, self.small = 0, _MYRIAD
        return fits

    def result(self) -> Fraction | None:
        """Return the sum; a last single digit counts in the next lower scale (一万五, 5万2)."""
        rest = self.pending or 0
        short = rest in _ONE_DIGIT and self.last >= SCALES["百"]
        if short and not self.gap:
            rest *= self.last // 10
        # 八一 and 五一 are names, 三五 is a range: two digits need a zero to be a number.
        if len(self.run) == _NAME_LENGTH and "0" not in self.run:
            return None
        return Fraction(self.total + self.section + rest)


def scan_numeral(text: str, start: int = 0, *, lone: bool = False) -> Numeral | None:
    """Return the longest numeral that begins at a place, or None if none does.

    Args:
        text: Folded and simplified.
        start: The place.
        lone: Whether a scale without a digit may stand for one (上万, 过百).

    >>> scan_numeral("三百余人次")
    Numeral(value=Fraction(300, 1), end=3, over='余', scaled=False)
    >>> scan_numeral("八一路") is None
    True
    """
    return _scan(text, start, lone) if text[start : start + 1] in BEGINNINGS else None


@lru_cache(maxsize=4096)  # a place is looked at as a date, as a time and as a quantity
def _scan(text: str, start: int, lone: bool) -> Numeral | None:  # noqa: FBT001 - one key a place
    state, end, over = _Sum(), start, ""
    if text[start] in SCALES and (lone or _LONE.match(text, start)):
        state.pending = 1
    while text[end : end + 1] in _IN_NUMERALS:
        atom = _ATOM.match(text, end)
        if atom is None or (over and atom.lastgroup != "scale"):
            break
        if atom.lastgroup == "over" and end > start:
            over = atom[0]
        elif atom.lastgroup == "over" or not _add(state, atom):
            return None
        end = atom.end()
    if end == start or (value := state.result()) is None:
        return None
    if not over and (trailing := _TRAILING.match(text, end)):
        over, end = trailing[0], trailing.end()
    return Numeral(value, end, over, state.scaled)


def _add(state: _Sum, atom: re.Match[str]) -> bool:
    text = atom[0]
    match atom.lastgroup:
        case "arabic":
            return state.add_arabic(text)
        case "digit":
            return state.add_digit(text)
        case "decimals":
            return state.add_decimals(atom["decimals"])
        case "tens":
            return state.add_tens(text)
        case _:
            return state.add_scale(SCALES[text.removeprefix("个")])


def parse_number(text: str) -> Fraction | None:
    """Return the number that the whole text says exactly, or None.

    >>> parse_number("七万七千五百三十二") == parse_number("77,532") == 77532
    True
    >>> parse_number("十四点九亿")
    Fraction(1490000000, 1)
    >>> parse_number("三百多") is None
    True
    """
    numeral = scan_numeral(text)
    complete = numeral is not None and numeral.end == len(text) and not numeral.over
    return numeral.value if numeral and complete else None


def scan_decimals(text: str, at: int) -> tuple[str, int] | None:
    """Return the digits, at most two, that stand behind a unit and end there."""
    end = at
    while end < len(text) and text[end] in _FIGURES and end - at <= 2:  # noqa: PLR2004 - three are too many
        end += 1
    closed = end == len(text) or text[end] in " ,;:。、!?)的高长宽左以"
    if not 0 < end - at <= 2 or not closed:  # noqa: PLR2004 - as above
        return None
    return "".join(str(DIGITS.get(char, char)) for char in text[at:end]), end


def scan_several(text: str, at: int) -> Numeral | None:
    """Read 几十, 数万, 好几百: some tens, some tens of thousands.

    >>> str(scan_several("好几百人", 0).value)
    '100'
    """
    several = _SEVERAL.match(text, at)
    if several is None:
        return None
    scale = scan_numeral(f"一{text[several.end() : several.end() + _LONGEST_SCALE]}")
    if scale is None or scale.over:
        return None
    end = several.end() + scale.end - 1
    return Numeral(value=scale.value, end=end, over="数", scaled=scale.scaled)
