"""Words that deny what stands behind them, and those that say what something is not like."""

from __future__ import annotations

import re

from evalkit.values.patterns import compile_words

# Not those of 未来, 没收, 无论, 不断 and the like.
_NEGATED = """
    未(?![来必]) 没有?(?!收) 尚未 并未 并非 从未 无(?![障土偿私线缝论疑数锡党派限穷]) 难以 无法 拒绝
    不(?![断仅少同忘懈久足到超低高多大小下管论但过得锈动变折可良屈畏敌])
"""
_MEASURED = "不及 不[少多高低大小]?于 不[足够到满超]过?"
_REFUSAL = "不会 不能 不得 不准 不许 不可 决不 绝不 不再 再也不 取消 停止 免除"
_CONTRAST = "不同 不像 有别 取消 改变 告别 不再 停[招办售播]"

_NEGATIONS = compile_words(_NEGATED)
_MEASURES = compile_words(_MEASURED)
_REFUSALS = compile_words(_REFUSAL)
_DENIALS = re.compile("[不没未无停免撤废退除改禁零]|取消|告别|避免|难以|拒绝|[决绝]不")
_CONTRASTS = compile_words(_CONTRAST)

_DENIED = 4  # characters behind a negation that it surely denies
_REFUSED = 10  # characters behind a word for what somebody will not do, or no longer does


def after_negation(clause: str, length: int = _DENIED) -> list[str]:
    """Return so many characters behind each negation; 不断 and 不少于 are none.

    >>> after_negation("人工繁育泥鳅未获成功"), after_negation("不断创新，每月不少于4次")
    (['获成功'], [])
    """
    return [clause[end : end + length] for _, end in _find_negations(clause)]


def around_negation(clause: str, length: int) -> list[str]:
    """Return the word before each negation and so many characters behind it.

    >>> around_negation("差异无统计学意义", 4)
    ['差异', '统计学意']
    """
    return [
        words
        for start, end in _find_negations(clause)
        for words in (clause[max(0, start - 2) : start], clause[end : end + length])
    ]


def after_refusal(clause: str) -> list[str]:
    """Return the words behind each one for what somebody will not, must not or no longer does.

    >>> after_refusal("我们不会为了份额牺牲质量")
    ['为了份额牺牲质量']
    """
    return [clause[word.end() : word.end() + _REFUSED] for word in _REFUSALS.finditer(clause)]


def denies(clause: str) -> bool:
    """Return whether a clause may say that something is not so, or no longer."""
    return bool(_DENIALS.search(clause))


def is_contrast(clause: str) -> bool:
    """Return whether a clause says what something is not like, or no longer is.

    >>> is_contrast("与老馆每周一闭馆不同")
    True
    """
    return bool(_CONTRASTS.search(clause))


def _find_negations(clause: str) -> list[tuple[int, int]]:
    """Return where each negation begins and ends; 不少于 is none."""
    bare = _MEASURES.sub(lambda word: "\x00" * len(word[0]), clause)
    return [word.span() for word in _NEGATIONS.finditer(bare)]
