"""The words of a question: its question words, and what stands before and behind them.

question = before {question word text} question word after
before   = left {light word}                                   light: 目前, 约, 增长, 是
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from evalkit.values.lexer import Words, word_set
from evalkit.values.lexicon import CHANGES, RATES_OF_CHANGE
from evalkit.values.phrases import LIGHT_WORDS, VAGUE_WORDS
from evalkit.values.slots import HOW, Slot, read_slots

_WORDS = re.compile(
    rf"百分之(?:多少|几)|第?(?:多少|几(?![乎]))|{HOW}|什么(?:时候|时间|地方|人|样|日期)?|何[时地处人种年日月]"
    r"|哪[一几两二三四五六七八九十0-9]*(?:里|儿|些|[个位天年月日家座所种项条类份篇本部届次场名支只件台辆国])?"
    r"|谁|如何|怎么样|怎样|怎么|为何|是否|能否|可否|有无|吗"
)
_MODAL = re.compile("(?<![产功性技智效动势电节热官])能$|(?<![许认])可$|(?<![超经通])过$")
_GLOSS = re.compile(r"\([^()]*\)")
_CHANGES = Words(CHANGES)
_LIGHT_WORDS = word_set(" ".join((LIGHT_WORDS, *RATES_OF_CHANGE)))
_VAGUE = frozenset(VAGUE_WORDS.split())


@dataclass(frozen=True, kw_only=True)  # no slots: what is read from the text is cached
class QuestionWords:
    """The text of a question, divided at its question words.

    Attributes:
        text: The question in the form that answers are compared in.
    """

    text: str

    @cached_property
    def words(self) -> tuple[tuple[int, int], ...]:
        """Where each question word begins and ends."""
        return tuple(match.span() for match in _WORDS.finditer(self.text))

    @cached_property
    def before(self) -> str:
        """What stands before the last question word."""
        return self.text[: self.words[-1][0]] if self.words else self.text

    @cached_property
    def after(self) -> str:
        """What stands behind the first question word."""
        return self.text[self.words[0][1] :].rstrip("?。吗呢") if self.words else ""

    @cached_property
    def continuation(self) -> str:
        """What stands behind the first question word, without what brackets explain."""
        return _GLOSS.sub("", self.after)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The words next to the question word, two characters each: what it asks about.

        >>> QuestionWords(text="大桥全长多少米?").keys
        ('全长',)
        """
        left = self.left
        noun = self.slots[0].noun if self.slots else self.after
        right = noun.lstrip("的了个")
        keys = [left[-2:], right[:2], right[-2:]]
        return tuple(dict.fromkeys(key for key in keys if len(key) > 1))

    @cached_property
    def anchors(self) -> tuple[str, ...]:
        """What it speaks of, two characters each: its first words, and those before `keys`."""
        first = self.text[: min(2, self.words[0][0])] if self.words else self.text[:2]
        found = (first, self.left[-4:-2], *self.keys)
        return tuple(dict.fromkeys(word for word in found if len(word) > 1 and word not in _VAGUE))

    @cached_property
    def bigrams(self) -> frozenset[str]:
        """The pairs of neighbouring characters around its question words."""
        texts = (self.before, self.after)
        return frozenset(text[i : i + 2] for text in texts for i in range(len(text) - 1))

    @cached_property
    def left(self) -> str:
        """What stands before the question word, without the light words at its end."""
        left = self.before
        while True:
            bare = left
            if not _LIGHT_WORDS.last(left, len(left)):
                bare = _MODAL.sub("", left.rstrip(",:的是为有共在于由从了达到约"))
            word = _CHANGES.last(bare, len(bare)) or _LIGHT_WORDS.last(bare, len(bare))
            if word is None or not word[1]:
                return bare
            left = bare[: word[1]]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every number that is asked for, in order."""
        return read_slots(self.text)

    @cached_property
    def counted(self) -> str:
        """What the first number that is asked for counts, if it names that."""
        noun = _GLOSS.sub("", self.slots[0].noun).strip("了的呢") if self.slots else ""
        return "" if noun.startswith("钱") else noun

    @cached_property
    def behind(self) -> str:
        """What stands behind the first question word, if it is more than a particle."""
        noun = self.slots[0].noun if self.slots else self.after
        return self.after.lstrip("的") if noun.strip("的") else ""
