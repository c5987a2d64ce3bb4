"""When an answer ends, and what is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.providers.local.rows import Ending, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "甲乙。丙丁\n\n戊己庚辛壬癸" * 3


def decode(ids: Sequence[int]) -> str:
    """Return the text of bytes, as a byte tokenizer does."""
    return bytes(ids).decode(errors="replace")


def write(text: str, stop: tuple[str, ...], room: int = 1000) -> tuple[Row, str]:
    """Return the row that writes a text byte by byte until it ends, and what is kept of it."""
    ending = Ending(eos_ids=frozenset({300}), stop=stop, decode=decode)
    row = Row(prompt=(1,), max_new_tokens=room)
    for token in (*text.encode(), 300):
        if not ending.accept(row, token):
            break
    return row, ending.text(row)


@pytest.mark.parametrize("stop", ["。", "\n\n", "戊己庚", "癸甲"])
def test_stops_at_a_stop_string_and_cuts_it_off(stop: str) -> None:
    """A stop string of several tokens ends the row with its last byte, and is not kept."""
    row, text = write(TEXT, (stop,))
    assert (row.finish, text) == ("stop", TEXT.split(stop, maxsplit=1)[0])
    assert len(row.new) == len((text + stop).encode())


def test_the_first_of_several_stop_strings_wins() -> None:
    """The text is cut before the stop string that comes first."""
    assert write(TEXT, ("戊", "乙", "丙"))[1] == "甲"


def test_the_end_token_is_not_kept() -> None:
    """An answer that the model ends is whole, without its end token."""
    row, text = write("甲乙", ("丙",))
    assert (row.finish, text, len(row.new)) == ("stop", "甲乙", 6)


def test_an_empty_line_does_not_stop() -> None:
    """Nothing stops an answer but what the config says."""
    row, text = write(TEXT, ())
    assert (row.finish, text) == ("stop", TEXT)


def test_room_ends_a_row() -> None:
    """A row that reaches its room has finished by length."""
    row, text = write(TEXT, (), room=6)
    assert (row.finish, text) == ("length", "甲乙")
