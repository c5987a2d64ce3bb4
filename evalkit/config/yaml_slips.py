"""Finds what an input method puts into YAML: full-width punctuation and blanks, tabs, `key:value`.

A slip is only reported when mending it lets more of the document be read, so punctuation of a text
is never blamed for an error that is elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_BUDGET = 30_000  # characters that are read again at most: a third of a second
_WINDOW = 20  # lines between a slip and its effect at most
_COLON = re.compile(
    r"""(?P<indent>\ *(?:-\ +)*) (?P<key>["']?\w[\w.-]{0,63}["']?)\ *
    (?P<colon>：|:(?=[^\s:]|[\u3000\xa0])) [\ \u3000\xa0]*""",
    re.VERBOSE,
)
_INDENT = re.compile(r"(?P<blank>[ ]*[\t\u3000\xa0][\s]*)(?=\S)")
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|(?:^|(?<=\s))\#.*|(?<=＃).*)""")
_HALF = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | {
    ord(full): half for full, half in zip("　【】“”‘’", " []\"\"''", strict=True)
}
_SPACED = {"：": ": ", "，": ", "}
_TAB_REFUSED = r"'\t' that cannot start any token"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slip:
    """What is wrong with a line, what to do, and the line as it is meant."""

    mended: str
    column: int
    what: str
    remedy: str


def explain_slips(
    found: Sequence[Problem], text: str, read: Callable[[str], object]
) -> list[Problem]:
    """Return the problems of a text, with those that come from slips replaced by the slips.

    Args:
        found: the problems: one that ends the reading, or all that a model finds.
        text: the document.
        read: reads another text in the same way, and raises its problems.
    """
    problems, slips = list(found), list[Problem]()
    lines, n_tries = text.split("\n"), _BUDGET // max(1, len(text))
    while problems:
        for run in _runs(lines, _near(problems, len(lines))):
            if n_tries <= 0:
                return [*slips, *problems]
            n_tries -= 1
            mended = [run[i].mended if i in run else line for i, line in enumerate(lines)]
            left = _problems(read, "\n".join(mended))
            if _rank(left) > _rank(problems):
                slips += [_problem(found[0].file, i, slip) for i, slip in run.items()]
                lines, problems = mended, left
                break
        else:
            break
    return [*slips, *map(_tab, problems)]


def _problems(read: Callable[[str], object], text: str) -> list[Problem]:
    try:
        read(text)
    except InputError as error:
        return list(error.problems)
    return []


def _rank(problems: Sequence[Problem]) -> tuple[int, int]:
    """Return how far a document can be read: to a line, or to the end with so many problems."""
    ends = [problem.line or 0 for problem in problems if problem.code == "malformed"]
    return (0, min(ends)) if ends else (1, -len(problems))


def _near(problems: Sequence[Problem], n_lines: int) -> list[int]:
    """Return the lines in which the reason may be, the nearest first.

    YAML fails at a slip or some lines after it; a model fails where the value with the slip begins.
    """
    stage, n = _rank(problems)
    if stage == 0:
        return list(range(n - 1, max(-1, n - 1 - _WINDOW), -1))
    starts = [(problem.line or 1) - 1 for problem in problems]
    return list(dict.fromkeys(i for at in starts for i in range(at, min(at + _WINDOW, n_lines))))


def _runs(lines: Sequence[str], near: Sequence[int]) -> Iterator[dict[int, _Slip]]:
    """Yield what may be mended together: neighbours with the same slip, then one of them."""
    for i in near:
        for rule in (_colon, partial(_indent, width=2), partial(_indent, width=1), _punctuation):
            if (slip := rule(lines[i])) and _is_closed(slip.mended):
                run = {i: slip}
                for step in (-1, 1):
                    run |= _neighbours(lines, i, step, rule)
                if len(run) > 1:
                    yield dict(sorted(run.items()))
                yield {i: slip}


def _is_closed(line: str) -> bool:
    """Return whether a line leaves no quote or bracket open, which would hide the lines below."""
    bare = "".join(_QUOTED.split(line)[::2])
    return not set("\"'") & set(bare) and all(
        bare.count(opening) == bare.count(closing) for opening, closing in ("{}", "[]")
    )


def _neighbours(
    lines: Sequence[str], i: int, step: int, rule: Callable[[str], _Slip | None]
) -> Iterator[tuple[int, _Slip]]:
    """Yield the slips beside a line, up or down, that are like its own."""
    own = rule(lines[i])
    while own and 0 <= (i := i + step) < len(lines) and (slip := rule(lines[i])):
        if slip.column != own.column or not _is_closed(slip.mended):
            return
        yield i, slip


def _colon(line: str) -> _Slip | None:
    if not (found := _COLON.match(line)) or any(found["key"].count(mark) % 2 for mark in "\"'"):
        return None
    key, column = found["key"], len(found["indent"])
    what = (
        f"has the full-width colon `：` after `{key}`"
        if found["colon"] == "："
        else f"has no blank after the colon of `{key}`"
    )
    mended = f"{found['indent']}{key}: {line[found.end() :]}"
    remedy = f"write `{key}: `, with a half-width colon and a blank"
    return _Slip(mended=mended, column=column, what=what, remedy=remedy)


def _indent(line: str, *, width: int) -> _Slip | None:
    if not (found := _INDENT.match(line)):
        return None
    blank = found["blank"]
    what = f"is indented with {'a tab' if chr(9) in blank else 'full-width blanks'}"
    mended = re.sub(r"[\t\u3000\xa0]", " " * width, blank) + line[found.end() :]
    return _Slip(mended=mended, column=0, what=what, remedy="indent with ordinary blanks")


def _punctuation(line: str) -> _Slip | None:
    parts = _QUOTED.split(line)
    outside = "".join(parts[::2])
    wrong = [mark for mark in dict.fromkeys(outside) if ord(mark) in _HALF]
    if not wrong or sum(map(outside.count, "“”")) % 2 or sum(map(outside.count, "‘’")) % 2:
        return None
    table = {**_HALF, **{ord(full): half for full, half in _SPACED.items()}}
    parts[::2] = (part.translate(table) for part in parts[::2])
    right = dict.fromkeys(_HALF[ord(mark)] for mark in wrong)
    what = f"has the full-width {' '.join(f'`{mark}`' for mark in wrong)}"
    remedy = f"write the half-width {' '.join(f'`{mark}`' for mark in right)}"
    return _Slip(mended="".join(parts), column=-1, what=what, remedy=remedy)


def _tab(problem: Problem) -> Problem:
    """Return a problem with what to do about a tab, where it is one."""
    if _TAB_REFUSED not in problem.what:
        return problem
    slip = _Slip(mended="", column=0, what="contains a tab", remedy="use ordinary blanks")
    return _problem(problem.file, (problem.line or 1) - 1, slip)


def _problem(file: str, index: int, slip: _Slip) -> Problem:
    return Problem(code="malformed", file=file, line=index + 1, what=slip.what, remedy=slip.remedy)
