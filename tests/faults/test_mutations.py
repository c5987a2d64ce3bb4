"""Promise: whatever is wrong with a file, there is one clear error with its place, no traceback.

A hundred mutations each of a config, of articles and of prediction files, drawn with fixed seeds:
bytes flipped, cut, doubled, swapped, replaced by what breaks parsers.
"""

from __future__ import annotations

import random
import re
import shutil
from typing import TYPE_CHECKING, get_args

import pytest
import yaml

from evalkit.cli import main
from evalkit.config.document import read
from evalkit.config.loading import load
from evalkit.config.sources import ArticleData
from evalkit.errors import Code, InputError
from evalkit.runner.job import prepare
from tests.support.paths import PROMPTS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

N = 100
POISON = (
    b"\0", b"\xff\xfe", b"\x1b[2J", "\u202e".encode(), b"\xed\xa0\x80",
    b"!!python/object:os.system",
    b"&a [*a]", b"*x", b"? ", b"{{", b"{%", b"\t", b": ", b"- ", b"[", b'"', b"'", b"%YAML 9.9\n",
    b"---\n", b"1e999", b"-1", b"null", b"~", b"9" * 5000, b"[" * 2000, "龘".encode("gb18030"),
    b"<<: 1\n", b"NaN", b"\\ud800", b'"\\ud800"', b"#",
)  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with one to three things done to them."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randint(1, 30))
        data = chance.choice((
            data[:at],
            data[:at] + data[end:],
            data[:end] + data[at:end] + data[end:],
            data[:at] + chance.choice(POISON) + data[at:],
            data[:at] + chance.choice(POISON) + data[end:],
            data[:at] + bytes(b ^ 1 << chance.randrange(8) for b in data[at:end]) + data[end:],
        ))  # fmt: skip
    return data


def one_article(folder: Path, chance: random.Random) -> Path:
    """Copy one of our articles with its references, and return the index that lists it alone."""
    listed: list[dict[str, str]] = read(ROOT / "seeds/index.yaml").data["articles"]
    entry = chance.choice(listed)
    for source in (f"seeds/{entry['file']}", f"references/{entry['id']}.yaml"):
        (folder / source).parent.mkdir()
        shutil.copy(ROOT / source, folder / source)
    index = folder / "seeds/index.yaml"
    text = yaml.safe_dump({"articles": [entry]}, allow_unicode=True, sort_keys=False)
    index.write_text(text, encoding="utf-8")
    return index


def require_places(error: InputError, *files: str) -> None:
    """Check that every problem names one of the files and a code, on one line."""
    assert error.problems
    for problem in error.problems:
        assert any(problem.file.startswith(file) for file in files), problem
        assert problem.what
        assert problem.code in get_args(Code)
        assert "\n" not in str(problem)


@pytest.mark.parametrize("seed", range(N))
def test_a_malformed_config_is_one_clear_error(seed: int, tmp_path: Path) -> None:
    """It is refused with file and key, or it is a config."""
    chance = random.Random(seed)
    source = chance.choice(sorted((ROOT / "configs").glob("*.yaml")))
    one_article(tmp_path, chance)
    (tmp_path / "prompts").symlink_to(PROMPTS)
    file = tmp_path / "configs/config.yaml"
    file.parent.mkdir()
    file.write_bytes(mutate(source.read_bytes(), chance))
    try:
        config, document = load(file)
        if isinstance(config.data, ArticleData):
            prepare(config, document)
    except InputError as error:
        require_places(error, str(tmp_path))


@pytest.mark.parametrize("seed", range(N))
def test_a_malformed_article_or_index_is_one_clear_error(seed: int, tmp_path: Path) -> None:
    """The file or the index that names it is refused with its place, or it is read."""
    chance = random.Random(seed)
    index = one_article(tmp_path, chance)
    article = next(index.parent.glob("*.txt"))
    victim = chance.choice((index, article, article))
    victim.write_bytes(mutate(victim.read_bytes(), chance))
    settings = [f"data.articles={index}", f"data.references={tmp_path / 'references'}"]
    try:
        config, document = load(ROOT / "configs/smoke.yaml", settings)
        prepare(config, document)
    except InputError as error:
        require_places(error, str(tmp_path))


LINES = (
    '{"id": "1", "prediction": "襄阳市", "references": ["襄阳", "襄阳市"], "question": "哪里？"}\n'
    '{"id": "2", "prediction": "2019年", "references": ["2019年"], "question": "哪年？", '
    '"type": "date", "unit": null, "ordered": false}\n'
).encode()


@pytest.mark.parametrize("seed", range(N))
def test_a_malformed_prediction_file_is_one_clear_error(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`score` refuses it with file and line, or scores it."""
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(mutate(LINES, random.Random(seed)))
    code = main(["score", "answers", str(file)])
    errors = capsys.readouterr().err
    assert code in {0, 2}
    if code:
        for problem in errors.splitlines():
            assert re.match(rf"{re.escape(str(file))}:\d+: |{re.escape(str(file))}: ", problem)
