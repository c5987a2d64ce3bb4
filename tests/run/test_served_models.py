"""A served model answers as the same weights do when they are loaded here.

The tiny model always; the quickstart's where `EVALKIT_REAL_MODEL=CACHE` names where it is kept.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from evalkit.config.schema import Endpoint
from evalkit.providers import Setting
from evalkit.providers.endpoint import opening
from evalkit.providers.local.weights.presets import PRESETS
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Corpus
from tests.support import tiny_model
from tests.support.endpoints import request
from tests.support.progress import Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.records import Generation, Request

CACHE = os.environ.get("EVALKIT_REAL_MODEL", "")
ARTICLE = "襄阳市今年有三件大事：修路、架桥、办学。市长说，路修好以后，去武汉只要一小时。"
QUESTIONS = (
    "第一件大事是什么？",
    "路修好以后去武汉要多久？",
    "市长是谁？",
    "用一句话概括这篇文章。",
)
SERVES = all(map(find_spec, ("fastapi", "openai", "uvicorn")))


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def transformers_serve(folder: Path) -> Iterator[str]:
    """Run `transformers serve` on a folder in float32; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    options = ["--device", "cpu", "--dtype", "float32", "--port", str(port)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    server = subprocess.Popen(  # noqa: S603 - our own arguments
        [*command, *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers."""
    end = time.monotonic() + 300
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - an address of this machine
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the server does not start")


def asked(folder: Path) -> list[Request]:
    """Return requests about one article, their prompts counted; the last one is cut short."""
    budget = tiny_model.opened(folder).budget
    found = [
        request(question, article=f"{ARTICLE}\n", max_new_tokens=24 if i < 3 else 5)
        for i, question in enumerate(QUESTIONS)
    ]
    return [replace(each, n_prompt_tokens=budget.counts([each.messages])[0]) for each in found]


def locally(folder: Path, requests: Sequence[Request]) -> dict[str, Generation]:
    """Return what the weights write when they are loaded here, in float32."""
    with tiny_model.loaded(folder) as session:
        return {generation.key: generation for generation in session.generate(requests)}


def served(folder: Path, address: str, requests: Sequence[Request]) -> dict[str, Generation]:
    """Return what the server writes."""
    entry = Endpoint.model_validate({
        "name": "served",
        "endpoint": address,
        "model": str(folder),
        "tokenizer": {"folder": folder},
        "max_context": 1024,
        "silence_s": 300.0,
    })  # fmt: skip
    setting = Setting(corpus=Corpus(articles=(), references={}), examples=(), progress=Said())
    with opening.open_provider(entry, setting).session(requests) as session:
        assert session.facts["api"] == "chat"  # it takes no token ids
        assert session.facts["n_tokens_more_than_tokenizer"] == 0
        return {generation.key: generation for generation in session.generate(requests)}


def whole(text: str) -> str:
    """Return a text without the bytes of a character cut off at its end: a stream drops them."""
    return text.rstrip("\ufffd")


def assert_equal(folder: Path) -> None:
    """Check that text, end and counts are the same, request by request."""
    requests = asked(folder)
    here = locally(folder, requests)
    with transformers_serve(folder) as address:
        there = served(folder, address, requests)
    for key, own in here.items():
        other = there[key]
        assert (whole(other.text), other.finish_reason) == (whole(own.text), own.finish_reason)
        assert other.n_prompt_tokens == own.n_prompt_tokens
        assert other.n_prompt_tokens_cut == 0


@pytest.mark.skipif(not SERVES, reason="needs what `transformers serve` needs")
def test_a_served_model_answers_as_its_weights_do(tmp_path: Path) -> None:
    """The tiny model in float32, by `transformers serve`: the same texts."""
    make_tiny(0, [ARTICLE, *QUESTIONS], tmp_path)
    assert_equal(tmp_path)


@pytest.mark.skipif(not (SERVES and CACHE), reason="EVALKIT_REAL_MODEL names no cache folder")
def test_a_real_served_model_answers_as_its_weights_do() -> None:
    """The quickstart's model in float32: the same texts."""
    weights = PRESETS["qwen2.5-coder-0.5b-instruct"].sha256
    (folder,) = (path for path in Path(CACHE, "weights").glob(f"gguf-{weights}-*") if path.is_dir())
    assert_equal(folder)
