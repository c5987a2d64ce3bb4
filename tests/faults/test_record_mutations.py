"""Promise: whatever is wrong with a record from outside, it is read, or refused in clear lines.

Files of a run made elsewhere, tables of predictions, exports of judgements, replies of a server:
bytes are damaged, and values are replaced by odd ones, drawn with fixed seeds.
"""

from __future__ import annotations

import io
import json
import random
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from evalkit.annotate.exports import read_key
from evalkit.cli import main
from evalkit.errors import ProviderError
from evalkit.store.folder import RunFolder
from tests.faults.test_mutations import mutate
from tests.support.endpoints import ask
from tests.support.runs import reseal, write_run
from tests.support.served import in_turn, serving, status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 30
RUN_FILES = (
    "manifest.json", "summary.json", "scores.jsonl", "generations.jsonl", "requests.jsonl",
    "examples.jsonl", "articles.jsonl", "details.jsonl",
)  # fmt: skip
ODD: tuple[object, ...] = (
    None, True, -1, 0, 10**30, 1.5, float("inf"), "", "x", "\ud800", [], [1], {}, {"a": 1}, [[1]],
)  # fmt: skip
REPLY = {
    "choices": [{"message": {"role": "assistant", "content": "武汉"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
    "model": "m",
}
TABLE = pd.DataFrame(
    {
        "id": ["1", "2"],
        "prediction": ["襄阳市", "2019年"],
        "references": ["襄阳", "2019年"],
        "question": ["哪里？", "哪年？"],
    }
)


def places(value: object, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value inside a value of JSON."""
    found = [above] if above else []
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list)
        else ()
    )  # fmt: skip
    for key, each in items:
        found += places(each, (*above, key))
    return found


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Return JSON, or a line of JSON Lines, with one value odd or gone; or any bytes mutated."""
    lines = data.splitlines(keepends=True)
    is_lines = len(lines) > 1 and lines[0].startswith(b"{") and lines[0].endswith(b"}\n")
    at = chance.randrange(len(lines)) if is_lines else 0
    if chance.random() < 0.4:
        return mutate(data, chance)
    content = json.loads(lines[at] if is_lines else data)
    *above, last = chance.choice(places(content))
    inner = content
    for key in above:
        inner = inner[key]
    if chance.random() < 0.2:
        del inner[last]
    else:
        inner[last] = chance.choice(ODD)
    spoilt = json.dumps(content).encode() + b"\n"
    return b"".join((*lines[:at], spoilt, *lines[at + 1 :])) if is_lines else spoilt


def require_clear(code: int, said: str, folder: Path) -> None:
    """Fail unless a command went well, or said what is wrong with which file."""
    assert code in {0, 1, 2}
    if code:
        assert said
        assert all(line.strip() for line in said.splitlines())
        assert str(folder) in said


@pytest.fixture
def damaged_run(tmp_path: Path) -> Path:
    """Return a complete run, to be damaged."""
    return write_run(tmp_path / "run")


@pytest.mark.parametrize(
    ("name", "state"), [(n, s) for n in RUN_FILES for s in ("as it is", "vouched for")]
)
def test_a_damaged_file_of_a_run_is_one_clear_error(
    damaged_run: Path,
    name: str,
    state: str,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is compared and reported, or refused by name; also where its manifest vouches for it."""
    chance = random.Random(f"{name} {state}")
    record_property("faults", N)
    whole = (damaged_run / name).read_bytes()
    for i in range(N):
        (damaged_run / name).write_bytes(spoil(whole, chance))
        if state == "vouched for" and name != "manifest.json":
            reseal(damaged_run)
        out = ["--out", str(damaged_run.with_name("report.md"))]
        command = ["compare", str(damaged_run)] if i % 3 else ["report", str(damaged_run), *out]
        code = main(command)
        require_clear(code, capsys.readouterr().err, damaged_run)


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "xlsx"])
def test_a_damaged_table_of_predictions_is_one_clear_error(
    tmp_path: Path,
    ending: str,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is scored, or refused with its file."""
    buffer = io.BytesIO()
    if ending == "csv":
        TABLE.to_csv(buffer, index=False)
    elif ending == "parquet":
        TABLE.to_parquet(buffer)
    elif ending == "json":
        buffer.write(TABLE.to_json(orient="records", force_ascii=False).encode())
    else:
        buffer.write(b"PK\x03\x04" + bytes(400))
    chance = random.Random(ending)
    record_property("faults", N)
    file = tmp_path / f"predictions.{ending}"
    for _ in range(N):
        file.write_bytes(mutate(buffer.getvalue(), chance))
        code = main(["score", "answers", str(file)])
        require_clear(code, capsys.readouterr().err, file)


@pytest.mark.parametrize("victim", ["export", "key"])
def test_a_damaged_export_of_judgements_is_one_clear_error(
    damaged_run: Path,
    victim: str,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What people saved, and the key of their package: read, or refused by name."""
    assert main(["annotate", "preferences", str(damaged_run)]) == 0
    folder = RunFolder(path=damaged_run)
    key = read_key(folder.preferences_key)
    first = json.loads(folder.preferences_key.read_bytes())["pairs"][0]["id"]
    judged = {"pair": first, "choice": "a", "reasons": ["facts"], "note": "对"}
    export = damaged_run.with_name("li.json")
    content = {"format": "evalkit preferences 1", "package": key.package, "person": "李"}
    export.write_text(json.dumps({**content, "judgements": [judged]}), encoding="utf-8")
    file = export if victim == "export" else folder.preferences_key
    whole, chance = file.read_bytes(), random.Random(victim)
    command = ["annotate", "import", str(damaged_run), str(export)]
    assert main(command) == 0
    record_property("faults", N)
    for _ in range(N):
        file.write_bytes(spoil(whole, chance))
        capsys.readouterr()
        code = main(command)
        require_clear(code, capsys.readouterr().err, damaged_run.parent)


def test_a_damaged_reply_is_an_answer_or_a_failure_with_its_reason(
    record_property: Callable[[str, object], None],
) -> None:
    """Never an exception of a library, never an empty answer that counts."""
    chance = random.Random(5)
    record_property("faults", 2 * N)
    whole = json.dumps(REPLY, ensure_ascii=False).encode()
    for _ in range(2 * N):
        with serving(in_turn(status(200, spoil(whole, chance)))) as server:
            try:
                (generation,) = ask(server, 1, retry_for_s=0.0)
            except ProviderError:
                continue  # the model's failure, when its server is asked for the first time
        assert generation.is_answer or generation.error
