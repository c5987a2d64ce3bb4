"""Promise: articles and model output are data; nothing in them runs, leaks or steers a screen."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.metrics import metric
from evalkit.records import Case, Generation
from evalkit.store.jsonl import line, read_all
from evalkit.values.visible import visible
from tests.support.paths import PROMPTS
from tests.support.runs import reseal

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from tests.conftest import Evalkit

ESCAPES = "\x1b[31m红\x1b]0;title\x07\x9b2J"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    ESCAPES,
    "{{7*7}}{% for x in ().__class__.__bases__ %}{{x}}{% endfor %}${7*7}",
    "正\u202e反\u2066中\u2069\u200f",
    "空\0格\x08\x7f",
    "半\ud800个",
    "../../../../etc/passwd",
    "[bold]甲[/bold] [link=file:///etc/passwd]乙[/link]",
    "| 表 | 格 |\n|---|---|\n\r\n\u2028\u2029\x85",
    '"}\n{"key": "forged", "model": "tiny"}',
    '=HYPERLINK("http://x")',
    "",
)
STEERING = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
)


@pytest.fixture(scope="module")
def hostile_run(smoke_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a smoke run whose tiny model wrote hostile things, and one line of ten megabytes."""
    folder = tmp_path_factory.mktemp("hostile") / "smoke"
    shutil.copytree(smoke_run, folder)
    written = read_all(folder / "generations.jsonl", Generation)
    texts = itertools.chain(["甲" * 3_500_000], itertools.cycle(HOSTILE))
    mine = [g for g in written if g.system == "tiny"]
    changed = {
        (g.system, g.example): replace(g, text=text) for g, text in zip(mine, texts, strict=False)
    }
    lines = [line(changed.get((g.system, g.example), g)) for g in written]
    (folder / "generations.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    reseal(folder)
    return folder


@pytest.fixture(scope="module")
def rescored(hostile_run: Path, evalkit: Evalkit) -> CompletedProcess[str]:
    """Score that run again, and return the process."""
    return evalkit("rescore", hostile_run)


def test_hostile_output_is_scored_and_shown_as_text(
    hostile_run: Path, rescored: CompletedProcess[str]
) -> None:
    """A rescore ends well; screen and reports hold nothing that a terminal or a browser obeys."""
    assert rescored.returncode == 0, rescored.stderr
    assert not STEERING.search(rescored.stdout + rescored.stderr)
    for name in ("scores.jsonl", "summary.json"):
        for row in (hostile_run / name).read_text(encoding="utf-8").split("\n"):
            assert "\x1b" not in row
    page = (hostile_run / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "49" not in re.findall(r"\{\{7\*7\}\}|49(?=\$)", page)
    markdown = (hostile_run / "report.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown


def test_hostile_output_is_compared_as_text(
    hostile_run: Path, rescored: CompletedProcess[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """`compare` shows what both systems wrote and steers no terminal, in JSON neither."""
    assert rescored.returncode == 0, rescored.stderr
    command = ["compare", str(hostile_run), "--models", "lead,tiny"]
    assert main(command) == 0
    assert not STEERING.search(capsys.readouterr().out)
    assert main([*command, "--json"]) == 0
    told = capsys.readouterr().out
    assert not STEERING.search(told)
    assert "\\u202e" in told
    json.loads(told)


def test_a_record_with_anything_in_it_comes_back(tmp_path: Path) -> None:
    """Each stays one line, and the text that is read is the text that was written."""
    file = tmp_path / "generations.jsonl"
    texts = [*HOSTILE, "甲" * 3_500_000]
    sent = [
        Generation(key=str(i), system="m", example="e", text=text, finish_reason="stop")
        for i, text in enumerate(texts)
    ]
    file.write_text("".join(map(line, sent)), encoding="utf-8", newline="\n")
    back = [generation.text for generation in read_all(file, Generation)]
    assert back == [text.replace("\ud800", "\ufffd") for text in texts]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_made_visible_steers_nothing_and_is_the_same_in_json(text: str) -> None:
    """The law behind all that is printed."""
    assert not STEERING.search(visible(text).replace("\n", ""))
    dumped = json.dumps({"text": text}, ensure_ascii=False)
    assert json.loads(visible(dumped)) == {"text": text}


ARTICLES = {
    "markup": "<script>alert(1)</script>{{7*7}}{% raw %}襄阳举办大会。",
    "steering": f"襄阳{ESCAPES}举办\u202e大会。",
    "nul": "襄阳\0举办\0大会。",
    "long": "襄阳举办大会" * 100_000,  # one line of 1.8 megabytes
}


@pytest.fixture
def hostile_config(tmp_path: Path) -> Path:
    """Return a config of hostile articles, read whole or shortened by the tiny model."""
    references, entries = tmp_path / "references", []
    references.mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        entries.append({
            "id": name, "file": f"{name}.txt", "title": "<b>\x1b[1m", "source": "", "date": "",
            "kind": "news",
        })  # fmt: skip
        content = {
            "article": name, "headline": "会", "summaries": [],
            "questions": [{
                "id": "q1", "type": "phrase", "difficulty": 1, "question": "{{7*7}}是什么？",
                "answers": ["大会"],
            }],
        }  # fmt: skip
        dumped = json.dumps(content, ensure_ascii=False)
        (references / f"{name}.yaml").write_text(dumped, encoding="utf-8")
    (tmp_path / "index.yaml").write_text(json.dumps({"articles": entries}), encoding="utf-8")
    models = [
        {"name": "lead", "baseline": "lead"},
        {"name": "tiny", "weights": {"tiny": 0}, "dtype": "float32", "max_context": 512},
    ]
    config = {
        "name": "hostile", "output": "runs", "models": models, "cache": False,
        "data": {"articles": "index.yaml", "references": "references"},
        "prompts": {"folder": str(PROMPTS)},
    }  # fmt: skip
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return tmp_path / "config.yaml"


def test_hostile_articles_are_read_as_they_are(
    hostile_config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Markup stays markup, and megabytes in one line are cut to fit."""
    code = main(["run", str(hostile_config)])
    said = capsys.readouterr()
    assert code == 0, said.err
    assert not STEERING.search(said.out + said.err)
    folder = hostile_config.parent / "runs/hostile"
    written = {(g.system, g.example): g for g in read_all(folder / "generations.jsonl", Generation)}
    for name in ("markup", "nul"):
        assert written["lead", f"{name}/q1"].text == ARTICLES[name]
    assert written["tiny", "long/q1"].n_article_tokens_dropped > 500_000
    log = (folder / "log.jsonl").read_text(encoding="utf-8")
    assert "襄阳" not in log
    assert "articles shortened" in log
    assert not STEERING.search((folder / "report.md").read_text(encoding="utf-8"))
    assert not re.search("[\0\x1b]", (folder / "report.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("said", ["1", "一", "1,", "第", "1-", "1月", "襄阳13名，"])
def test_a_model_that_repeats_itself_without_end_is_scored(said: str) -> None:
    """A hundred thousand characters of one thing state no number, and take seconds at most."""
    text = said * (100_000 // len(said))
    case = Case(
        id="1", prediction=text, references=("13名代表。",), question="多少？", article="襄阳" * 300
    )
    names = ("em", "f1", "fact_precision", "number_precision", "rougeLsum", "repetition")
    for name in (*names, "number_recall"):
        start = time.process_time()
        value = metric(name).score(case).value
        assert value is None or 0 <= value <= 1
        assert time.process_time() - start < 30, name
