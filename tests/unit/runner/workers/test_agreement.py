"""What the workers of a run have to agree on, and what its manifest says of them."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.errors import ProviderError
from evalkit.runner.workers.agreement import Agreement, merge_facts
from evalkit.runner.workers.host import code_digest, node_name

FACTS: dict[str, Any] = {
    "node": "n1",
    "evalkit": "0",
    "code": code_digest(),
    "fingerprint": "f",
    "device": "cuda:0",
    "accelerator": "H100",
    "dtype": "bfloat16",
    "attention": "shared",
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "other"}, ["n2", node_name(), "the same wheel"]),
        ({"fingerprint": "g"}, ["n2", node_name(), "set `dtype`"]),
        ({"accelerator": "A100"}, ["n1", "n2", "H100", "A100", "mixed_devices"]),
        ({"device": "cpu"}, ["n1", "n2", "cuda", "cpu"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_worker_that_differs_is_refused_by_name(
    changes: dict[str, object], words: list[str]
) -> None:
    """Both machines are named, and what to do."""
    agreement = Agreement("f", mixed_devices=False)
    agreement.check(FACTS)
    with pytest.raises(ProviderError) as refused:
        agreement.check(FACTS | {"node": "n2"} | changes)
    assert all(word in str(refused.value) for word in words)


def test_the_number_of_a_device_makes_no_difference() -> None:
    """`cuda:0` and `cuda:1` of one kind compute alike."""
    agreement = Agreement("f", mixed_devices=False)
    agreement.check(FACTS)
    agreement.check(FACTS | {"device": "cuda:1"})


def test_mixed_devices_are_allowed_where_the_config_says_so() -> None:
    """Then the manifest names them all."""
    agreement = Agreement("f", mixed_devices=True)
    other = FACTS | {"node": "n2", "accelerator": "A100"}
    agreement.check(FACTS)
    agreement.check(other)
    facts = merge_facts([FACTS, other])
    assert facts["accelerator"] == "H100, A100"
    assert facts["dtype"] == "bfloat16"
    assert [worker["node"] for worker in facts["workers"]] == ["n1", "n2"]
