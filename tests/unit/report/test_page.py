"""report.html as text: what it holds, what it forbids, and what it says about issues."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit import report
from evalkit.report import page
from evalkit.report.labels import label
from evalkit.report.markdown import escape
from evalkit.report.table import build
from evalkit.report.to_check import find_to_check
from evalkit.results import IssueCount, OrderFlips, WordingSpread
from evalkit.values.visible import show_hidden
from tests.support.pages import Reader, read_data

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.material import Material
    from evalkit.results import Issue


def render(material: Material) -> str:
    """Return the page without charts."""
    return page.render(material)


def changed_summary(material: Material, **changes: Any) -> Material:  # noqa: ANN401 - fields of any type
    """Return the material with other fields of the summary."""
    return replace(material, summary=replace(material.summary, **changes))


def test_a_report_has_the_columns_of_the_terminal(material: Material) -> None:
    """The headline metrics, in a table for each kind: whatever they found, and no others."""
    summary = material.summary
    alike = replace(
        material.summary,
        systems=tuple(
            replace(s, estimates=tuple(replace(e, mean=1.0, plain_mean=1.0) for e in s.estimates))
            for s in summary.systems
        ),
    )
    for shown in (summary, alike):
        section = render(replace(material, summary=shown)).partition('<section id="scores"')[2]
        tables = section.partition("<details>")[0].split("<table>")[1:]
        heads = [re.findall(r'class="number"><b>(.+?)</b>', table) for table in tables]
        assert heads == [list(shown.headline(kind)) for kind in ("summary", "answer")]
        columns = build(shown, material.speeds, shown.headline()).columns
        markdown = report.render(".md", replace(material, summary=shown))
        head = markdown.partition("## Scores\n\n")[2].splitlines()[0]
        assert head == f"| {' | '.join(map(escape, columns))} |"


def test_the_page_loads_nothing_and_runs_only_its_own(run_folder: Path) -> None:
    """No address of any server, and a policy whose hashes are those of its style and script."""
    text = (run_folder / "report.html").read_text(encoding="utf-8")
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
    assert show_hidden(text) == shown


def test_hostile_words_of_a_manifest_show_as_text(material: Material) -> None:
    """A failure and a machine's name are escaped, in HTML and in Markdown."""
    evil = "<script>alert(1)</script>{{7*7}}\x1b[2J"
    systems = tuple(replace(s, failure=evil) for s in material.summary.systems)
    manifest = material.manifests[0].model_copy(deep=True)
    manifest.sessions[-1].machine.processor = evil
    changed = replace(
        changed_summary(material, systems=systems, status="incomplete"), manifests=(manifest,)
    )
    text = page.render(changed)
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}␛[2J") >= 3
    assert 'data-t="banner.incomplete"' in text
    assert escape(evil) == r"\<script\>alert(1)\</script\>{{7\*7}}␛\[2J"
    assert "<script>" not in report.render(".md", changed).replace(r"\<script\>", "")


def test_the_oracle_is_apart_from_the_differences(material: Material) -> None:
    """Its pairs are not listed; one system beside it has no other to be compared with."""
    systems = tuple(
        replace(s, role="oracle") if s.name == "textrank" else s for s in material.summary.systems
    )
    text = render(changed_summary(material, systems=systems))
    assert '<section id="differences"' not in text
    assert 'href="#differences"' not in text
    assert '<table class="matrix">' not in text


def test_cached_outputs_explain_a_missing_speed(material: Material) -> None:
    """The table says of a system without a speed that another run had made its outputs."""
    cached = {
        place: replace(generation, from_cache=place[0] == "lead")
        for place, generation in material.generations.items()
    }
    text = render(replace(material, generations=cached))
    _, cell, *_ = re.findall(r'role-baseline">\s*<th scope="row">lead.*?</tr>', text, re.DOTALL)
    assert "–<small>" in cell
    assert "9 from the cache" in cell
    assert "from the cache" not in render(material).partition('id="data"')[0]


def test_a_verdict_names_both_systems(material: Material) -> None:
    """In the table of differences each verdict says which system is better than which."""
    text = render(material)
    assert "textrank is better than lead on articles like these" in text
    assert 'data-v="{&#34;a&#34;: &#34;textrank&#34;, &#34;b&#34;: &#34;lead&#34;}"' in text
    assert label("verdict.better.general")[1] == "就同类文章而言，{a} 比 {b} 更好"
    assert label("verdict.better.here")[1] == "就本次文章而言，{a} 比 {b} 更好；尚不能推及其他文章"
    assert " a is " not in text


def test_a_failure_is_shown_in_both_languages(material: Material) -> None:
    """Where a system could not run, the reason is there in English and in Chinese."""
    why = "the hub is switched off (HF_HUB_OFFLINE)"
    systems = tuple(replace(s, failure=why) for s in material.summary.systems)
    tags = Reader(render(changed_summary(material, systems=systems))).tags
    messages = [json.loads(a["data-message"] or "") for _, a in tags if "data-message" in a]
    assert [why, "模型仓库已停用（HF_HUB_OFFLINE）"] in [words[:2] for words in messages]


def test_issues_are_counted_by_task_and_lead_to_their_examples(material: Material) -> None:
    """Each count of what is wrong leads to its examples, the gravest first."""
    first, *others = material.summary.systems
    made: tuple[tuple[str, Issue, int], ...] = (
        ("lead", "invented", 3),
        ("lead", "truncated", 2),
        ("textrank", "invented", 3),
        ("textrank", "truncated", 0),
    )
    counts = tuple(
        IssueCount(
            system=name, kind="answer", step="article", task="answer", issue=issue, n=n, n_of=6
        )
        for name, issue, n in made
    )
    systems = (replace(first, role="model"), *others)
    text = render(changed_summary(material, systems=systems, issues=counts))
    views = [
        json.loads(attributes["data-view"] or "")
        for _, attributes in Reader(text).tags
        if "data-view" in attributes
    ]
    assert [
        (v["system"], v["task"], v["issue"]) for v in views if "task" in v and "issue" in v
    ] == [
        ("lead", "answer", "invented"),
        ("lead", "answer", "truncated"),
    ]
    assert 'data-t="issues.none"' in render(changed_summary(material, issues=()))
    alone = find_to_check(changed_summary(material, issues=counts).summary)
    assert [row.system for row in alone] == ["lead", "textrank"]


def test_first_screen_is_what_was_tested_and_the_verdict(material: Material) -> None:
    """Before anything else: articles, examples, systems; then a conclusion for each task."""
    text = render(material)
    first = text[text.index('id="glance"') : text.index('id="issues"')]
    assert "3 articles" in first
    assert first.count('class="conclusion"') == 2
    assert first.count('class="strip"') == 2


def test_wordings_have_a_section_where_there_are_several(material: Material) -> None:
    """Mean, minimum and maximum over wordings, and how often two models change places."""
    assert 'id="wordings"' not in render(material)
    spread = WordingSpread(
        metric="em", model="qwen", n_wordings=3, mean=0.5, minimum=0.4, maximum=0.6
    )
    flips = OrderFlips(metric="em", a="qwen", b="tiny", n_conditions=3, n_a_better=2, n_b_better=1)
    text = render(changed_summary(material, spreads=(spread,), flips=(flips,)))
    section = text[text.index('<section id="wordings"') : text.index('<section id="charts"')]
    for number in ("0.500", "0.400", "0.600"):
        assert f'<td class="number">{number}</td>' in section
    assert "of 3 conditions, qwen has the better mean in 2, tiny in 1" in section


def test_spread_between_samples_is_in_the_table(material: Material) -> None:
    """Where several samples were drawn each mean has their standard deviation, and a note."""
    first, *others = material.summary.systems
    sampled = replace(first, estimates=tuple(replace(e, sample_sd=0.034) for e in first.estimates))
    text = render(changed_summary(material, systems=(sampled, *others)))
    assert "± 0.03 between samples" in text
    assert 'data-t="scores.samples"' in text
    assert "between samples" not in render(material).partition('id="data"')[0]
