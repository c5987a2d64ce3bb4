"""Whether all workers run what the run was planned for, and what they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from evalkit.errors import ProviderError
from evalkit.runner.workers.host import code_digest, node_name
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Of a session: what kind of device it computes on and how, from which rounding differs.
_KIND: Final = ("accelerator", "dtype", "attention", "attention_kernels", "kernel")
_OF_SESSION: Final = (
    *("attention", "attention_kernels", "device", "dtype", "n_parameters", "n_threads"),
    *("accelerator", "kernel", "guess_width", "full_width"),
)


class Agreement:
    """What the workers of one provider have to agree on."""

    def __init__(self, fingerprint: str, *, mixed_devices: bool) -> None:
        """Keep what this process planned for; the first worker decides about the device."""
        self._fingerprint = fingerprint
        self._mixed_devices = mixed_devices
        self._first: Mapping[str, Any] | None = None

    def check(self, facts: Mapping[str, Any]) -> None:
        """Compare a worker with this process, and with the first worker.

        Raises:
            ProviderError: they differ; the message names both machines.
        """
        node = facts["node"]
        if facts["code"] != code_digest():
            message = (
                f"{node} runs evalkit {facts['evalkit']} and {node_name()} {__version__}, which is "
                "other code; install the same wheel on both"
            )
            raise ProviderError(message)
        if facts["fingerprint"] != self._fingerprint:
            message = (
                f"{node} and {node_name()} do not have the same model: weights, tokenizer, chat "
                f"template or dtype ({facts['dtype']} on {node}) differ; use the same files, and "
                "set `dtype`, which `auto` chooses by the device"
            )
            raise ProviderError(message, "dtype")
        first = self._first = self._first or facts
        ours, theirs = _kind_of_device(first), _kind_of_device(facts)
        if ours != theirs and not self._mixed_devices:
            message = (
                f"{first['node']} computes on {ours} and {node} on {theirs}, which round "
                "differently; use equal devices, or set `workers.mixed_devices: true`"
            )
            raise ProviderError(message)


def merge_facts(workers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the facts of a session on several workers: what is common, and each worker."""
    common: dict[str, Any] = {}
    for key in _OF_SESSION:
        values = list(dict.fromkeys(facts[key] for facts in workers if key in facts))
        if values:
            common[key] = values[0] if len(values) == 1 else ", ".join(map(str, values))
    return common | {"workers": [dict(facts) for facts in workers]}


def _kind_of_device(facts: Mapping[str, Any]) -> str:
    kind = str(facts["device"]).partition(":")[0]
    return ", ".join([kind, *(str(facts[key]) for key in _KIND if key in facts)])
