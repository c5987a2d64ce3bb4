"""Which models a server has, asked before there is a config."""

from __future__ import annotations

import asyncio
from typing import Final

from pydantic import ValidationError

from evalkit.config.schema import Endpoint
from evalkit.errors import ProviderError
from evalkit.providers.endpoint.client import Client
from evalkit.providers.endpoint.failures import RequestFailed
from evalkit.providers.endpoint.probe import names_of

_PATIENCE_S: Final = 5.0


def list_models(address: str) -> tuple[tuple[str, ...], str]:
    """Return the names of the models that a server lists, and why there are none.

    Args:
        address: such as `http://host:8000/v1`.
    """
    given = {"name": "served", "endpoint": address, "model": "any", "silence_s": _PATIENCE_S}
    try:
        entry = Endpoint.model_validate(given)
    except ValidationError as error:
        return (), error.errors()[0]["msg"]
    return asyncio.run(_list(entry, address.rstrip("/")))


async def _list(entry: Endpoint, address: str) -> tuple[tuple[str, ...], str]:
    try:
        client = Client(entry, key="")
    except ProviderError as error:
        return (), str(error)
    try:
        names = names_of(await client.get(f"{address}/models"))
    except RequestFailed as failure:
        return (), failure.reason
    finally:
        await client.close()
    return names, "" if names else "it lists no models"
