"""Short rows lie apart from long ones, and take no room for their length."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.providers.local.decode_step import step_of
from evalkit.providers.local.decoding import Decoding
from evalkit.providers.local.kv_cache import BLOCK
from evalkit.providers.local.prefix import Leaf
from evalkit.providers.local.row_groups import RowGroups
from tests.support.families import row

CPU = torch.device("cpu")


def decoding(n_stored: int, n_ahead: int) -> Decoding:
    """Return a row with so many of its own tokens stored, and so many that come next."""
    ids = tuple(range(n_ahead))
    leaf = Leaf(prompt=0, ids=ids, path=(), n_computed=n_ahead)
    return Decoding(row=row(ids), leaf=leaf, ahead=ids, n_stored=n_stored)


def test_a_long_row_costs_short_ones_no_room() -> None:
    """Ten answers beside a summary of 300 tokens keep a block each."""
    groups = RowGroups()
    groups.make_room([decoding(300, 1), *(decoding(20, 1) for _ in range(10))])
    assert (groups.short.cache.room, groups.short.cache.capacity) == (10, BLOCK)
    assert groups.long.cache.room == 1


def test_a_row_moves_when_it_grows() -> None:
    """At the first token that has no room among the short ones, and the others stay."""
    groups, rows = RowGroups(), [decoding(BLOCK - 1, 1), decoding(5, 1)]
    groups.make_room(rows)
    assert groups.short.rows == rows
    rows[0].n_stored += 1
    groups.make_room([])
    assert (groups.short.rows, groups.long.rows) == ([rows[1]], [rows[0]])
    assert groups.short.cache.n_rows == groups.long.cache.n_rows == 1


LENGTHS = st.lists(
    st.tuples(st.integers(0, 2 * BLOCK), st.integers(1, 2 * BLOCK)), min_size=1, max_size=8
)


@settings(max_examples=100, deadline=None)
@given(there=LENGTHS, new=LENGTHS)
def test_a_step_has_every_token_once(
    there: list[tuple[int, int]], new: list[tuple[int, int]]
) -> None:
    """Of all rows, or of the new ones alone: each in its row's slot, found again in its place."""
    groups = RowGroups()
    old, fresh = ([decoding(*lengths) for lengths in some] for some in (there, new))
    groups.make_room(old)
    groups.make_room(fresh)
    for members in ([*old, *fresh], fresh):
        step = step_of(members, groups, CPU)
        ids = torch.cat([step.ids[part.at] for part in step.parts])
        assert torch.equal(ids[step.back], step.ids)
        assert step.ids[step.keep].tolist() == [member.ahead[-1] for member in members]
        lying = [group for group in groups.groups if set(group.rows) & set(members)]
        for group, part in zip(lying, step.parts, strict=True):
            rows = [member for member in group.rows if member in members]
            slots = [range(member.n_stored, member.n_slots) for member in rows]
            assert part.slots.tolist() == [slot for some in slots for slot in some]
            assert group.rows[part.first_row :] == rows
            assert part.n_slots == max(member.n_slots for member in rows)
            assert torch.equal(
                step.ids[part.at[part.index]][:, 0], torch.zeros(len(rows), dtype=torch.long)
            )
