"""The reports: report.html as text, report.md, summary.csv, charts, and the command."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from evalkit.cli import main
from evalkit.metrics import available
from evalkit.metrics.verdicts import Rule
from evalkit.pipeline.material import of_runs
from evalkit.pipeline.runs import read_all
from evalkit.records import Comparison, Counts, Length, QuestionType, Role, Verdict
from evalkit.report import FORMATS, charts, page, palette, parts, payload
from evalkit.report.labels import label, labels, template
from evalkit.report.markdown import escape
from evalkit.report.visible import visible
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from evalkit.report.findings import Findings

ROOT = Path(__file__).parents[1]
MODELS = "[{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]"
TEMPLATES = ROOT / "evalkit/report/templates"
# labels asked for by a name that is put together: `type.` and a question's type
FAMILIES: tuple[str, ...] = (
    "type.",
    "place.",
    "length.",
    "rule.",
    "metric.",
    "verdict.",
    "role.",
    "task.",
)
FAMILIES += (
    "task.",
    "right.",
    "sort.",
    "odd.",
    "chart.",
    "status.",
    "theme.",
    "legend.",
    "glance.",
)


class Reader(HTMLParser):
    """Collects what a page holds: tags with attributes, and the text between script tags."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []
        self._open: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        self._open = dict(attrs) if tag == "script" else None

    def handle_data(self, data: str) -> None:
        """Note the text of a script."""
        if self._open is not None:
            self.inside.append((self._open, data))
            self._open = None


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of two baselines on two articles."""
    folder = tmp_path_factory.mktemp("runs")
    changes = [f"output={folder}", f"models={MODELS}", "limit=2"]
    options = [word for change in changes for word in ("--set", change)]
    assert main(["run", str(ROOT / "configs/smoke.yaml"), *options, "--json"]) == 0
    return folder / "smoke"


@pytest.fixture(scope="module")
def findings(path: Path) -> Findings:
    """Return what that run found."""
    return of_runs(read_all([path]))


def read_data(text: str) -> dict[str, Any]:
    """Return the data of a page."""
    found = [inside for attrs, inside in Reader(text).inside if attrs.get("id") == "data"]
    data: dict[str, Any] = json.loads(found[0])
    return data


def test_a_run_leaves_its_reports(path: Path) -> None:
    """Page, Markdown and sheet are in the run's folder, and the page is the command's."""
    for name in ("report.html", "report.md", "summary.csv"):
        assert (path / name).stat().st_size > 0
    before = (path / "report.html").read_text(encoding="utf-8")
    assert main(["report", str(path)]) == 0
    assert (path / "report.html").read_text(encoding="utf-8") == before


def test_the_page_loads_nothing_and_runs_only_its_own(path: Path) -> None:
    """No address of any server, and a policy whose hashes are those of its style and script."""
    text = (path / "report.html").read_text(encoding="utf-8")
    reader = Reader(text)
    loading = [(tag, attrs) for tag, attrs in reader.tags if {"src", "srcset"} & attrs.keys()]
    assert loading == []
    assert {attrs["href"] for tag, attrs in reader.tags if tag == "a"} <= {
        f"#{name}" for name in [*(a["id"] for _, a in reader.tags if "id" in a)]
    }
    policy = next(a["content"] for t, a in reader.tags if t == "meta" and "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none'; ")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert style
    assert script
    for inside in (style[1], script[1]):
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not re.search(
        r"\sstyle=|\son\w+=", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    )


def test_every_example_and_output_is_on_the_page(path: Path, findings: Findings) -> None:
    """The data hold each planned example, and of each system what it wrote and earned."""
    data = read_data((path / "report.html").read_text(encoding="utf-8"))
    assert [e["id"] for e in data["examples"]] == [e.id for e in findings.examples]
    names = [system["name"] for system in data["systems"]]
    assert names == ["lead", "textrank"]
    for score in findings.scores[::37]:
        if score.model in names:
            system, i = (
                names.index(score.model),
                data["examples"].index(
                    next(e for e in data["examples"] if e["id"] == score.example_id)
                ),
            )
            assert data["outputs"][system][i]["text"] == score.prediction
            assert data["values"][score.metric][system][i] == pytest.approx(score.value, abs=5e-5)
            if score.metric == "em":
                assert data["outputs"][system][i]["rule"] == score.decided_by


def test_data_cannot_end_their_script() -> None:
    """Whatever a string holds, no tag, comment or line break of scripts is in the JSON."""
    hostile = {"</script><!--": "\u2028\u2029&<", "half": "\ud800"}
    text = payload.embed(hostile)
    assert not re.search("[<>&\u2028\u2029\ud800]", text)
    assert json.loads(text) == hostile


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一\n二\t三", "一\n二\t三"),
        ("\x00\x1b[31m", "␀␛[31m"),
        ("\u202e\u2066\ufeff", "[U+202E][U+2066][U+FEFF]"),
        ("\x7f\x9b\u2028\ud800", "[U+007F][U+009B][U+2028][U+D800]"),
        ("\u2060", "[U+2060]"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    """Controls, turns of direction and what has no width can be seen; the rest stays."""
    assert visible(text) == shown


def test_hostile_words_of_a_manifest_show_as_text(findings: Findings) -> None:
    """A failure, a note and a machine's name are escaped, in HTML and in Markdown."""
    evil = "<script>alert(1)</script>{{7*7}}\x1b[2J"
    systems = tuple(replace(s, failure=evil) for s in findings.summary.systems)
    manifest = {**findings.manifest, "machine": {"processor": evil, "cores": 2}}
    changed = replace(
        findings,
        summary=replace(findings.summary, systems=systems, status="incomplete"),
        manifests=(manifest,),
        note=evil,
    )
    text = page.render(changed)
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}␛[2J") >= 4
    assert 'data-t="banner.incomplete"' in text
    assert escape(evil) == r"\<script\>alert(1)\</script\>{{7\*7}}␛\[2J"


def test_every_label_is_complete_and_used() -> None:
    """Each has both languages with the same places to fill; none is missing, none is idle."""
    sources = [
        file.read_text(encoding="utf-8") for file in TEMPLATES.glob("*") if file.suffix != ".yaml"
    ]
    sources += [file.read_text(encoding="utf-8") for file in TEMPLATES.parent.glob("*.py")]
    everything = "\n".join(sources)
    for key, words in labels().items():
        assert len(words) == 2, key
        assert all(isinstance(word, str) and word.strip() for word in words), key
        holes = [sorted(re.findall(r"\{\w+\}", word)) for word in words]
        assert holes[0] == holes[1], key
        assert (
            key.startswith(FAMILIES)
            or f'"{key}"' in everything
            or f"'{key}'" in everything
            or key in PUT_TOGETHER
        )
    for key in re.findall(r"""\bt\("([a-z./_]+)"[,)]""", everything):
        assert key in labels(), key


PUT_TOGETHER = {"glance", "charts", "differences", "examples", "scatter", "odd", "method"}
PUT_TOGETHER |= {"manifest", "detail.numbers", "detail.names"}


def test_all_that_a_run_may_name_has_a_label() -> None:
    """Every question type, rule, place, verdict and metric can be said in both languages."""
    named = {"type": QuestionType, "rule": Rule, "verdict": Verdict, "role": Role, "length": Length}
    keys = [f"{family}.{name}" for family, kind in named.items() for name in get_args(kind)]
    keys += [f"metric.{name}" for name in available()]
    keys += [f"place.{name}" for name in ("beginning", "middle", "end", "several", "none")]
    assert [key for key in keys if key not in labels()] == []


def test_words_in_charts_are_told_apart() -> None:
    """No two labels that a chart may show are spelt the same, so each finds its translation."""
    families = ("axis.", "type.", "place.", "length.", "role.")
    words = [texts[0] for key, texts in labels().items() if key.startswith(families)]
    assert len(words) == len(set(words)) == len(palette.keys())


def test_charts_carry_labels_and_named_colours(findings: Findings) -> None:
    """In the page a chart takes its words and colours from it; alone it has its own."""
    drawn = {picture.name: picture for picture in charts.draw(findings)}
    assert {"scores-em", "scores-rougeLsum", "type-em", "difficulty-em", "evidence-em"} <= set(
        drawn
    )
    assert {"length-rougeLsum", "faithfulness", "copying", "characters-rougeLsum"} <= set(drawn)
    inside, alone = drawn["type-em"].embedded(), drawn["type-em"].svg()
    assert 'data-t="type.number">number</text>' in inside
    assert "var(--floor)" in inside
    assert not re.search("#[0-9a-f]{6}", inside)
    assert palette.OTHERS["floor"] in alone
    assert "data-t" not in alone
    assert palette.MARK not in inside + alone


def test_people_are_in_the_charts(findings: Findings) -> None:
    """The human ceiling has its row, its name in the page's language, and its dashed line."""
    drawn = {picture.name: picture.embedded() for picture in charts.draw(findings)}
    assert 'data-t="role.ceiling">human ceiling</text>' in drawn["scores-rougeLsum"]
    assert "stroke-dasharray" in drawn["characters-rougeLsum"]
    assert "human ceiling" not in drawn["scores-em"]


def test_parts_add_up(findings: Findings) -> None:
    """The groups of a way hold every example with a score once, and their means are its means."""
    bars = parts.by_group(findings, "difficulty", "em")
    scores = [s for s in findings.scores if s.metric == "em" and s.model == "textrank"]
    mine = [bar for bar in bars if bar.system == "textrank"]
    assert sum(bar.n for bar in mine) == len(scores)
    of_article: dict[str, list[float]] = {}
    for score in scores:
        if findings.groups["difficulty"][score.example_id] == "1":
            of_article.setdefault(score.article_id, []).append(score.value)
    means = [sum(values) / len(values) for values in of_article.values()]
    assert mine[0].group == "1"
    assert mine[0].mean == pytest.approx(sum(means) / len(means))


def test_many_dots_are_thinned_and_said_so(
    findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cloud has more points than can be told apart; the axis says how many were passed over."""
    monkeypatch.setattr(parts, "SHOWN_POINTS", 3)
    dots, step = parts.by_length(findings, "rougeLsum")
    assert len(dots) <= 3
    assert step == 3
    picture = next(p for p in charts.draw(findings) if p.kind == "characters")
    assert "every 3th point drawn" in picture.embedded()


def test_the_sheet_has_a_line_a_system_and_metric(path: Path, findings: Findings) -> None:
    """summary.csv reads back to the very numbers of summary.json."""
    with (path / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [(s.name, e) for s in findings.summary.systems for e in s.estimates]
    assert len(rows) == len(expected)
    for row, (name, estimate) in zip(rows, expected, strict=True):
        assert (row["system"], row["metric"]) == (name, estimate.metric)
        assert float(row["mean"]) == estimate.mean
        assert row["low"] == ("" if estimate.low is None else str(estimate.low))
        assert row["signature"] == findings.summary.signatures[estimate.metric]


def comparison(a: str, b: str, verdict: Verdict) -> Comparison:
    """Return a comparison on em of which only names and verdict matter."""
    return Comparison(
        metric="em",
        a=a,
        b=b,
        verdict=verdict,
        difference=0.1,
        low=None,
        high=None,
        effect=None,
        p=None,
        p_holm=None,
        p_sign=None,
        family="",
        n_family=1,
        n=1,
        n_articles=1,
        wins=1,
        losses=0,
        ties=0,
        n_more_articles=None,
        n_more_examples=None,
        method="",
    )


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("better", (("lead",), (), ())),
        ("tied", ((), ("lead",), ())),
        ("one article", ((), (), ("lead",))),
        ("worse", ((), ("lead",), ())),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_standing_tells_better_from_tied(
    findings: Findings, verdict: Verdict, expected: tuple[tuple[str, ...], ...], *, turned: bool
) -> None:
    """The best system is set against the others, whichever way round they were compared."""
    mirror: dict[Verdict, Verdict] = {"better": "worse", "worse": "better"}
    made = (
        comparison("lead", "textrank", mirror.get(verdict, verdict))
        if turned
        else comparison("textrank", "lead", verdict)
    )
    found = page.standing(replace(findings.summary, comparisons=(made,)), "em")
    assert found
    assert found.best == "textrank"
    assert (found.beaten, found.tied, found.unjudged) == expected
    assert page.standing(findings.summary, "no such metric") is None


def test_the_better_system_comes_first(findings: Findings) -> None:
    """A worse a is shown as a better b, every number turned with it; a tie stays as it is."""
    made = replace(
        comparison("lead", "textrank", "worse"), difference=-0.2, low=-0.3, high=-0.1, wins=2
    )
    shown = page.turn(made)
    assert (shown.a, shown.b, shown.verdict) == ("textrank", "lead", "better")
    assert (shown.difference, shown.low, shown.high) == (0.2, 0.1, 0.3)
    assert (shown.wins, shown.losses) == (0, 2)
    assert page.turn(replace(made, verdict="tied")) == replace(made, verdict="tied")
    assert 'data-t="verdict.worse"' not in page.render(findings)


def test_less_is_better_where_a_metric_says_so(findings: Findings) -> None:
    """The best at repeating is who repeats least."""
    means = {
        s.name: e.mean
        for s in findings.summary.systems
        for e in s.estimates
        if e.metric == "repetition" and s.role == "floor"
    }
    found = page.standing(findings.summary, "repetition")
    assert found
    assert found.best == min(means, key=lambda name: means[name])


def test_odd_counts_stand_at_the_top(findings: Findings) -> None:
    """A page of a run with anything odd says what, of which system, before all else."""
    counts = Counts(
        n_generated=90,
        n_failed=1,
        n_missing=2,
        n_empty=3,
        n_cut_off=4,
        n_shortened=5,
        n_unclosed_thinking=6,
    )
    first, *others = findings.summary.systems
    systems = (replace(first, counts=counts), *others)
    text = page.render(replace(findings, summary=replace(findings.summary, systems=systems)))
    banner = re.search(r'<p class="banner">(.*?)</p>', text, re.DOTALL)
    assert banner
    assert re.findall(r"(\d) <span data-t=\"odd\.(\w+)", banner[1]) == [
        ("1", "failed"),
        ("2", "missing"),
        ("3", "empty"),
        ("4", "cut_off"),
        ("5", "shortened"),
        ("6", "unclosed"),
    ]
    assert '<p class="banner">' not in page.render(findings)


def test_outputs_tell_what_is_unusual(path: Path, tmp_path: Path) -> None:
    """A failed, a cut off and a thinking output carry their error, their flag, their raw text."""
    copy = tmp_path / "smoke"
    shutil.copytree(path, copy)
    file = copy / "generations.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    records[0] |= {"finish_reason": "error", "error": "out of <memory>", "text": ""}
    records[1] |= {"finish_reason": "length", "n_article_tokens_dropped": 7}
    records[2]["text"] = "<think>想</think>答案"
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    file.write_text(lines, encoding="utf-8")
    assert main(["rescore", str(copy), "--json"]) == 1
    data = read_data((copy / "report.html").read_text(encoding="utf-8"))
    names = [system["name"] for system in data["systems"]]
    ids = [example["id"] for example in data["examples"]]
    outputs = [
        data["outputs"][names.index(r["model"])][ids.index(r["example_id"])] for r in records[:3]
    ]
    assert outputs[0]["error"] == "out of <memory>"
    assert outputs[1]["cut"] is True
    assert outputs[1]["dropped"] == 7
    assert (outputs[2]["text"], outputs[2]["raw"]) == ("答案", "<think>想</think>答案")


def test_unsupported_numbers_have_their_places(findings: Findings) -> None:
    """What number_precision misses in the article is marked where it stands in the summary."""
    score = next(s for s in findings.scores if s.metric == "number_precision")
    missing = [{"text": "99％", "value": "99%", "start": 2, "end": 5}]
    changed = replace(score, compared={"numbers": missing, "not in the article": missing})
    others = [s for s in findings.scores if s is not score]
    data = payload.build(replace(findings, scores=[*others, changed]))
    names = [system["name"] for system in data["systems"]]
    ids = [example["id"] for example in data["examples"]]
    output = data["outputs"][names.index(score.model)][ids.index(score.example_id)]
    assert output["numbers"] == missing


def test_one_report_of_several_runs(path: Path, tmp_path: Path) -> None:
    """Systems that share a name are told apart, people are there once, and facts follow."""
    copy = tmp_path / "again" / "smoke"
    shutil.copytree(path, copy)
    out = tmp_path / "both.html"
    assert main(["report", str(path), str(copy), "--out", str(out)]) == 0
    findings = of_runs(read_all([path, copy]))
    names = [system.name for system in findings.summary.systems]
    assert len(names) == len(set(names)) == 5
    assert names[-1] == "human ceiling"
    assert sum(name.endswith("/lead") for name in names) == 2
    assert all(findings.facts[name]["speed"] for name in names[:-1])
    data = read_data(out.read_text(encoding="utf-8"))
    assert all(output for column in data["outputs"] for output in column)


def test_changed_references_leave_a_note(path: Path, tmp_path: Path) -> None:
    """Scores and outputs are still shown, and the page says why the articles are not."""
    copy = tmp_path / "smoke"
    shutil.copytree(path, copy)
    folder = RunFolder(path=copy)
    manifest = folder.manifest()
    manifest["references"] = dict.fromkeys(manifest["references"], "0" * 64)
    folder.write_manifest(manifest)
    assert main(["report", str(copy)]) == 0
    text = (copy / "report.html").read_text(encoding="utf-8")
    assert "have changed since it was scored" in text
    data = read_data(text)
    assert data["articles"] == []
    assert {e["task"] for e in data["examples"]} == {"summary", "answer"}
    assert data["outputs"][0][0]["text"]


@pytest.mark.parametrize("ending", [".html", ".md", ".csv"])
def test_the_command_writes_what_the_ending_says(
    path: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each kind of report lands in the named file, whose path is printed."""
    out = tmp_path / f"report{ending}"
    assert main(["report", str(path), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert out.read_text(encoding="utf-8") == FORMATS[ending](of_runs(read_all([path])))


def test_the_command_says_what_is_wrong(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file for several runs, an unknown ending, no run: exit code 2 and a remedy."""
    assert main(["report", str(path), str(path.parent)]) == 2
    assert "--out: is missing for several runs; name one" in capsys.readouterr().err
    assert main(["report", str(path), "--out", "report.pdf"]) == 2
    assert "end its name in .html, .md, .csv" in capsys.readouterr().err
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no finished run" in capsys.readouterr().err


def test_charts_are_written_as_files(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every chart as SVG and PNG, each listed; a folder that cannot be is an error of its own."""
    folder = tmp_path / "charts"
    out = ["--out", str(tmp_path / "report.md")]
    assert main(["report", str(path), *out, "--charts", str(folder)]) == 0
    listed = capsys.readouterr().out.splitlines()[1:]
    assert sorted(listed) == sorted(map(str, folder.iterdir()))
    pictures = {file.stem for file in folder.iterdir()}
    assert len(listed) == 2 * len(pictures)
    assert (folder / "scores-em.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (folder / "scores-em.png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["report", str(path), *out, "--charts", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_templates_and_labels_are_found_where_installed() -> None:
    """The files of the page are read as resources of the package."""
    assert template("report.html.jinja").startswith("{% macro")
    assert label("glance") == ("At a glance", "结论一览")
