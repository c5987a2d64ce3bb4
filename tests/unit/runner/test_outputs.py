"""What a run has generated: known, and held only where a later step reads it."""

from __future__ import annotations

import pytest

from evalkit.records import Generation
from evalkit.runner.outputs import Outputs


@pytest.mark.parametrize("read_later", [True, False])
def test_what_was_written_is_held_where_it_is_read_later(read_later: bool) -> None:  # noqa: FBT001 - a case
    """Without such a step it is known that there is something, and no more."""
    sound = Generation(
        key="k", system="m@terse", example="e", text="襄阳", prediction="襄阳", finish_reason="stop"
    )
    outputs = Outputs([sound], read_later=read_later)
    assert outputs.is_done("m", "k")
    assert outputs.find("m", "k") == ("襄阳" if read_later else "")
    assert outputs.find("m", "other") is None
