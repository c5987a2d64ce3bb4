"""When an answer ends, and what is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.providers.local.rows import Row, StoppingCriteria

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "甲乙。丙丁\n\n戊己庚辛壬癸" * 3


def decode(ids: Sequence[int]) -> str:
    """Return the text of bytes, as a byte tokenizer does."""
    return bytes(ids).decode(errors="replace")


def write(text: str, stop: tuple[str, ...], n_new: int = 1000) -> Row:
    """Return the row that writes a text byte by byte until it ends."""
    stopping = StoppingCriteria(
        max_new_tokens=n_new, eos_ids=frozenset({300}), decode=decode, stop=stop
    )
    row = Row(prompt=(1,), stopping=stopping)
    for token in (*text.encode(), 300):
        if not row.accept(token):
            break
    return row


@pytest.mark.parametrize("stop", ["。", "\n\n", "戊己庚", "癸甲"])
def test_stops_at_a_stop_string_and_cuts_it_off(stop: str) -> None:
    """A stop string of several tokens ends the row with its last byte, and is not kept."""
    row = write(TEXT, (stop,))
    assert (row.finish, row.text) == ("stop", TEXT.split(stop, maxsplit=1)[0])
    assert len(row.new) == len((row.text + stop).encode())


def test_the_first_of_several_stop_strings_wins() -> None:
    """The text is cut before the stop string that comes first."""
    assert write(TEXT, ("戊", "乙", "丙")).text == "甲"


def test_the_end_token_is_not_kept() -> None:
    """An answer that the model ends is whole, without its end token."""
    row = write("甲乙", ("丙",))
    assert (row.finish, row.text, len(row.new)) == ("stop", "甲乙", 6)


def test_an_empty_line_does_not_stop() -> None:
    """Nothing stops an answer but what the config says."""
    row = write(TEXT, ())
    assert (row.finish, row.text) == ("stop", TEXT)


def test_its_length_ends_a_row() -> None:
    """A row with as many tokens as it may have has finished by length."""
    row = write(TEXT, (), n_new=6)
    assert (row.finish, row.text) == ("length", "甲乙")
