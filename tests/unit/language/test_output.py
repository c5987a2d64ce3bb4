"""What the commands print under `--lang zh` is Chinese to its last line; so is report.md."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

from evalkit.annotate.exports import read_key
from evalkit.cli import main
from evalkit.language import localise
from evalkit.store.folder import RunFolder
from tests.support.judging import judge, prefer, write_export
from tests.support.paths import ROOT
from tests.support.runs import write_run
from tests.unit.language.test_problems import ENGLISH, HAN, NO_PROSE, is_chinese, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEAKING = ["cli/*.py", "report/table.py", "report/ranking.py", "report/served.py"]
"""The modules whose texts are shown, but for those that are looked up as keys."""
PARTS = {
    "an unknown size",
    "no rule fits",
    "Left out of the data",
    "Wrong in the references",
    "see log.jsonl of the run",
    ", {} is better",
    "{} pairs of {} articles",
    "Krippendorff's alpha between people: {}, {}; 1 is agreement, 0 is chance",
    "the same on {} of {} that came twice",
    "Wrong (a run uses it as it is, unless it cannot read it)",
    "Not written yet (a run leaves it out)",
    "Few (a run takes them; its intervals are wide)",
    " from character {} on",
    "{} with thinking stripped ({} unclosed)",
    "{} of {} ids not in the data set",
    "mean over predictions {}",
    "no mean",
    "  nothing to score in {}",
    "  decided by {}",
    "on these articles, had other questions been asked ({}), and on other articles",
    "Below each mean are two 95% intervals: {} like these ({}).",
    "article shortened",
    "prompt cut by the server",
    "thinking unclosed",
    "{}: {} to download; its prompts are counted after that.",
}
"""What is only told as a part of a line; the tests below read whole lines."""
METHOD = "made up"
"""How a run of `write_run` has found its intervals."""
PROGRAM = {
    "evalkit gate",
    '<?xml version="1.0" encoding="utf-8"?>\n{}\n',
    "bad_alloc|[Cc]annot allocate memory|failed to map segment|Unable to allocate",
    "argument .+: invalid choice: '(?P<given>.+)' \\(choose from (?P<known>.+)\\)",
}
"""What no one is told: patterns, and JUnit XML."""


def own_texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module, `{}` for what is filled in, without docstrings."""
    skipped = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped:
            yield from texts(node)


def english_lines(text: str) -> list[str]:
    """Return the lines in which English is left; names, commands and cells of names are none."""
    told = text.replace(METHOD, "")
    return [line for line in told.splitlines() if ENGLISH.search(NO_PROSE.sub("", line))]


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Return the folder of a run with models, baselines and references."""
    return write_run(tmp_path / "smoke")


def test_every_text_of_the_command_line_has_chinese_words() -> None:
    """Whatever its source holds, whoever prints it; the same for the lines of the tables."""
    found: dict[str, str] = {}
    for pattern in SPEAKING:
        for file in sorted((ROOT / "evalkit").glob(pattern)):
            for written in own_texts(ast.parse(file.read_text(encoding="utf-8"))):
                words = written.replace("{{", "{").replace("}}", "}")
                if ENGLISH.search(words) and NO_PROSE.sub("", words).strip():
                    found[words] = file.name
    assert len(found) > 150
    assert found.keys() >= PARTS | PROGRAM
    english = {
        words: (file, localise(words.replace("{}", "7")))
        for words, file in found.items()
        if words not in PARTS | PROGRAM
        and "SQuAD" not in words
        and not is_chinese(words.replace("{}", "7"))
        and not is_chinese(f"{words.replace('{}', '7')}.")
    }
    assert english == {}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            ("pass  q: f1 no worse: tied, +0.0000, 95% interval [-0.1, +0.1], p 1.0000, on 4 "
             "examples of the 5 articles, only 3 of 4 scored; nothing to score in 7"),
            ("通过  q：f1 没有变差：没有显著差异，差值 +0.0000，95% 置信区间 [-0.1, +0.1]，p 1.0000"
             "，本次 5 篇文章中的 4 题，但 4 题中只有 3 题打了分；另有 7 题没有可打分的内容"),
        ),
        (
            ("FAIL  q: em ≥ 0.4: 0.2290, 95% interval on these articles [0.1, 0.2], only 3 of "
             "4 examples scored"),
            ("不通过  q：em ≥ 0.4：0.2290，本次文章的 95% 置信区间 [0.1, 0.2]，"
             "但 4 题中只有 3 题打了分"),
        ),
        ("Left out of the data (7):", "数据中略去的（7 处）："),
        ("and 2 more: see log.jsonl of the run", "还有 2 处：见运行文件夹中的 log.jsonl"),
        (
            "li: 12 judged; the same on 1 of 2 that came twice",
            "li：评判 12 对；重复出现的 2 对中有 1 对前后一致",
        ),
        (
            ("Krippendorff's alpha between people: 0.50 [0.20, 0.80], 9 pairs of 3 articles; 1 is "
             "agreement, 0 is chance"),
            "各人之间的一致程度（Krippendorff α）：0.50 [0.20, 0.80]，3 篇文章的 9 对；",
        ),
        (
            ("q: vllm 0.32.0, context 4096; 3 requests, about 871 prompt tokens, at most 256 new "
             "ones; at most 12.00 CNY of a budget of 20.00"),
            ("q：vllm 0.32.0，上下文长度 4096；3 次请求，提示词约 871 个词元，最多生成 256 个；"
             "最多 12.00 CNY，预算为 20.00"),
        ),
        (
            ("f1: 95% interval on these articles ≈ [0.1, 1.0], on others no interval (one article "
             "has no spread); mean over articles 1.0"),
            "f1：95% 区间，本次文章 ≈ [0.1, 1.0]，同类文章 无区间（只有一篇文章，无法估计差异大小",
        ),
        (
            ("models.0.predictions: q.csv has no column `prediction`; rename one of id, answer, "
             "or in a config name it under `columns`"),
            "models.0.predictions：q.csv 没有 `prediction` 列；请把 id, answer 中的一列",
        ),
        ("other: a prediction for 1 of 3 examples", "other：3 题中有 1 题有预测"),
        ("q: 491 MB to download; its prompts are counted after that.", "q：要下载 491 MB；"),
        ("a: 3 of 9 ids not in the data set: x", "a：9 个编号中有 3 个不在数据集里：x"),
        (
            "a: no prediction for 1 of 3 examples, not scored: x",
            "a：3 题中有 1 题没有预测，不打分：x",
        ),
        (
            "em|v5  mean over predictions 0.5000  n 2  nothing to score in 1",
            "em|v5  按预测平均 0.5000  n 2  另有 1 条没有可打分的内容",
        ),
        ("em|v5  1.0000  decided by strict", "em|v5  1.0000  依据规则 strict"),
        ("  q: d-1: differs from character 3 on", "  q：d-1：从第 3 个字符起不同"),
        ("q (0.00, no rule fits): 没有", "q（0.00，没有一条规则算对）：没有"),
        ("unknown: runn; did you mean `run`?", "不认识 runn；是不是 `run`？"),
        ("0.987 (39 of 40)", "0.987（39/40）"),
        ("8 truncated, 1 article shortened", "截断 8，文章截短 1"),
    ],
)  # fmt: skip
def test_a_line_of_several_parts_is_told_as_one(english: str, chinese: str) -> None:
    """Numbers, intervals and names stay what they are."""
    assert localise(english).startswith(chinese)


@pytest.mark.parametrize(
    "command",
    [
        ["compare", "RUN"],
        ["compare", "RUN", "--models", "qwen,lead"],
        ["gate", "RUN", "--min", "qwen:f1=0.1", "--no-worse-than", "RUN"],
        ["metrics"],
        ["runs", "show", "RUN"],
        [
            "references",
            "check",
            "--articles",
            str(ROOT / "seeds/index.yaml"),
            "--references",
            str(ROOT / "references"),
        ],
    ],
)  # fmt: skip
def test_a_command_leaves_no_english_line(
    command: list[str], run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables with their titles and heads, notes, and what is found."""
    words = [str(run_folder) if word == "RUN" else word for word in command]
    assert main([*words, "--lang", "zh"]) in {0, 1}
    shown = capsys.readouterr()
    assert HAN.search(shown.out)
    assert english_lines(shown.out + shown.err) == []


def test_what_people_preferred_is_told_in_chinese(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the page that is made to the table of wins, reasons and agreement."""
    main(["annotate", "preferences", str(run_folder), "--task", "answer", "--lang", "zh"])
    key = read_key(RunFolder(path=run_folder).preferences_key)
    files = []
    for name in ("李", "王"):
        saved = judge(key, name, prefer("lead"))
        saved["judgements"][0]["reasons"] = ["facts", "wording"]
        files.append(str(write_export(tmp_path / f"{name}.json", saved)))
    assert main(["annotate", "import", str(run_folder), *files, "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert english_lines(shown) == []
    assert "更准确 2" in shown


def test_files_to_be_filled_in_have_chinese_comments(tmp_path: Path) -> None:
    """The index of a folder of articles, and the skeleton of references."""
    (tmp_path / "镇.txt").write_text("江北县有六个乡镇。\n", encoding="utf-8")
    assert main(["init", str(tmp_path / "新"), "--from", str(tmp_path), "--lang", "zh"]) == 0
    places = ["--articles", str(tmp_path / "index.yaml"), "--references", str(tmp_path / "r")]
    assert main(["references", "new", str(tmp_path / "镇.txt"), *places, "--lang", "zh"]) == 0
    for file in (tmp_path / "index.yaml", tmp_path / "r/镇.yaml", tmp_path / "新/config.yaml"):
        comments = (line.partition("#")[2] for line in file.read_text("utf-8").splitlines())
        assert english_lines("\n".join(comments)) == [], file.name


def test_the_markdown_report_is_in_the_language_in_use(run_folder: Path, tmp_path: Path) -> None:
    """Headings, tables, verdict and notes; in English it is English all over."""
    for language in ("zh", "en"):
        out = ["--out", str(tmp_path / f"{language}.md"), "--lang", language]
        assert main(["report", str(run_folder), *out]) == 0
    chinese, english = ((tmp_path / f"{name}.md").read_text("utf-8") for name in ("zh", "en"))
    assert "## 结论" in chinese
    assert english_lines(chinese) == []
    assert not HAN.search(english)
    numbers = json.loads((run_folder / "summary.json").read_text("utf-8"))["systems"]
    assert all(f"| {system['name']} |" in chinese for system in numbers)
