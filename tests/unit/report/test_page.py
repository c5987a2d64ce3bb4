"""report.html as text: what it holds, what it forbids, and what it says of anything unusual."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.analysis.runs import read_all
from evalkit.cli import main
from evalkit.report import page, payload
from evalkit.report.labels import label
from evalkit.report.markdown import escape
from evalkit.report.visible import visible
from evalkit.results import Counts
from evalkit.run.material import of_runs
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.findings import Findings


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


def read_data(text: str) -> dict[str, Any]:
    """Return the data of a page."""
    found = [inside for attrs, inside in Reader(text).inside if attrs.get("id") == "data"]
    data: dict[str, Any] = json.loads(found[0])
    return data


def test_a_run_leaves_its_reports(baseline_run: Path, tmp_path: Path) -> None:
    """Page, Markdown and sheet are in the run's folder, and the page is the command's."""
    for name in ("report.html", "report.md", "summary.csv"):
        assert (baseline_run / name).stat().st_size > 0
    again = tmp_path / "report.html"
    assert main(["report", str(baseline_run), "--out", str(again)]) == 0
    assert again.read_bytes() == (baseline_run / "report.html").read_bytes()


def test_the_page_loads_nothing_and_runs_only_its_own(baseline_run: Path) -> None:
    """No address of any server, and a policy whose hashes are those of its style and script."""
    text = (baseline_run / "report.html").read_text(encoding="utf-8")
    reader = Reader(text)
    loading = [(tag, attrs) for tag, attrs in reader.tags if {"src", "srcset"} & attrs.keys()]
    assert loading == []
    places = {f"#{attrs['id']}" for _, attrs in reader.tags if "id" in attrs}
    places |= {f"#?example={example['id']}" for example in read_data(text)["examples"]}
    assert {attrs["href"] for tag, attrs in reader.tags if tag == "a"} <= places
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


def test_every_example_and_output_is_on_the_page(baseline_run: Path, findings: Findings) -> None:
    """The data hold each planned example, and of each system what it wrote and earned."""
    data = read_data((baseline_run / "report.html").read_text(encoding="utf-8"))
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


def test_the_oracle_is_no_part_of_the_differences(findings: Findings) -> None:
    """Its pairs are folded away; with one contestant there is nobody to be compared."""
    systems = tuple(
        replace(s, role="roof") if s.name == "textrank" else s for s in findings.summary.systems
    )
    text = page.render(replace(findings, summary=replace(findings.summary, systems=systems)))
    section = text[text.index('<section id="differences"') : text.index('<section id="charts"')]
    before, _, folded = section.partition("<details>")
    assert 'data-t="differences.none"' in before
    assert "<table" not in before
    assert 'data-t="differences.bounds"' in folded
    assert "textrank is better than lead" in folded


def test_outputs_from_the_cache_are_told_from_a_speed_of_nothing(findings: Findings) -> None:
    """Table and charts say of a system without a speed that its outputs were there before."""
    facts = {**findings.facts, "lead": {"n_from_cache": 240}}
    text = page.render(replace(findings, facts=facts))
    cell = re.search(r'role-floor">\s*<th scope="row">lead.*?</tr>', text, re.DOTALL)
    assert cell
    assert "–<small>" in cell[0]
    assert "240 from the cache" in cell[0]
    assert re.search(r'charts\.cached".*</span><strong class="system">lead</strong></p>', text)
    assert "from the cache" not in page.render(findings).partition('id="data"')[0]


def test_a_verdict_names_both_systems(findings: Findings) -> None:
    """In the table of differences each verdict says which system is better than which."""
    text = page.render(findings)
    assert "textrank is better than lead" in text
    assert 'data-v="{&#34;a&#34;: &#34;textrank&#34;, &#34;b&#34;: &#34;lead&#34;}"' in text
    assert label("verdict.better")[1] == "{a} 比 {b} 更好"
    assert " a is " not in text


def test_a_failure_is_told_in_both_languages(findings: Findings) -> None:
    """Where a system could not run, the reason stands in Chinese beside the English one."""
    why = "tiny: cannot be loaded from /m: no such layer"
    systems = tuple(replace(s, failure=why) for s in findings.summary.systems)
    text = page.render(replace(findings, summary=replace(findings.summary, systems=systems)))
    told = [json.loads(a["data-told"] or "") for _, a in Reader(text).tags if "data-told" in a]
    assert [why, "tiny：无法从 /m 加载：no such layer"] in told


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
    assert re.findall(r"(\d) </span><span data-t=\"odd\.(\w+)", banner[1]) == [
        ("1", "failed"),
        ("2", "missing"),
        ("3", "empty"),
        ("4", "cut_off"),
        ("5", "shortened"),
        ("6", "unclosed"),
    ]
    assert '<p class="banner">' not in page.render(findings)


def test_outputs_tell_what_is_unusual(baseline_run: Path, tmp_path: Path) -> None:
    """A failed, a cut off and a thinking output carry error, oddities, raw text."""
    copy = tmp_path / "smoke"
    shutil.copytree(baseline_run, copy)
    file = copy / "generations.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    records[0] |= {"finish_reason": "error", "error": "out of memory: <all>", "text": ""}
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
    assert outputs[0]["odd"] == ["failed"]
    assert outputs[0]["error"] == ["out of memory: <all>", "内存不足：<all>"]
    assert outputs[1]["odd"] == ["cut_off", "shortened"]
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


def test_one_report_of_several_runs(baseline_run: Path, tmp_path: Path) -> None:
    """Systems that share a name are told apart, people are there once, and facts follow."""
    copy = tmp_path / "again" / "smoke"
    shutil.copytree(baseline_run, copy)
    out = tmp_path / "both.html"
    assert main(["report", str(baseline_run), str(copy), "--out", str(out)]) == 0
    findings = of_runs(read_all([baseline_run, copy]))
    names = [system.name for system in findings.summary.systems]
    assert len(names) == len(set(names)) == 5
    assert names[-1] == "human ceiling"
    assert sum(name.endswith("/lead") for name in names) == 2
    assert all(findings.facts[name]["speed"] for name in names[:-1])
    data = read_data(out.read_text(encoding="utf-8"))
    assert all(output for column in data["outputs"] for output in column)


def test_changed_references_leave_a_note(baseline_run: Path, tmp_path: Path) -> None:
    """Scores and outputs are still shown, and the page says why the articles are not."""
    copy = tmp_path / "smoke"
    shutil.copytree(baseline_run, copy)
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
