"""Small finished runs, written without running anything."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING
from zlib import crc32

from evalkit.records import (
    Article,
    Detail,
    Example,
    Generation,
    PlannedRequest,
    ScoreLine,
    System,
)
from evalkit.results import (
    Comparison,
    Estimate,
    Finding,
    Interval,
    MetricFacts,
    OutputCounts,
    Summary,
    SystemSummary,
)
from evalkit.store.files import write
from evalkit.store.folder import RunFolder, summary_text
from evalkit.store.jsonl import write_all
from evalkit.store.manifest import Machine, Manifest, ProviderRecord, SessionRecord
from tests.support.results import value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evalkit.records import Kind, Role

    Value = Callable[[str, Example, str], float]

ARTICLES = tuple(
    Article(id=name, title=title, text=text, sha256=f"{crc32(text.encode()):064x}")
    for name, title, text in (
        ("bridge", "大桥通车", "襄阳大桥今天通车。大桥长3公里，投资2亿元。市长李明参加了仪式。"),
        ("rain", "武汉大雨", "武汉昨天下了大雨。雨量达120毫米。两条道路被淹，学校停课一天。"),
        ("fair", "书展开幕", "上海书展8月15日开幕。书展有500家出版社参加。门票20元。"),
    )
)


_ask = partial(Example, task="answer", kind="answer", difficulty=1)
EXAMPLES = (
    *(
        Example(
            id=f"{article.id}/short",
            article_id=article.id,
            task="short",
            kind="summary",
            references=(article.text[:9], article.title),
            n_characters=100,
        )
        for article in ARTICLES
    ),
    _ask(
        id="bridge/q1",
        article_id="bridge",
        question="大桥有多长？",
        type="number",
        unit="公里",
        references=("3公里",),
        evidence=("大桥长3公里",),
    ),
    _ask(
        id="bridge/q2",
        article_id="bridge",
        question="谁参加了仪式？",
        type="person",
        references=("李明", "市长李明"),
        evidence=("市长李明参加了仪式",),
        difficulty=2,
    ),
    _ask(
        id="rain/q1",
        article_id="rain",
        question="雨量是多少？",
        type="number",
        unit="毫米",
        references=("120毫米",),
        evidence=("雨量达120毫米",),
    ),
    _ask(
        id="rain/q2",
        article_id="rain",
        question="学校停课了吗？",
        type="yesno",
        references=("是",),
        evidence=("学校停课一天",),
    ),
    _ask(
        id="fair/q1",
        article_id="fair",
        question="书展哪天开幕？",
        type="date",
        references=("8月15日",),
        evidence=("8月15日开幕",),
    ),
    _ask(
        id="fair/q2",
        article_id="fair",
        question="谁写了序言？",
        type="unanswerable",
        references=("无法回答",),
        difficulty=3,
    ),
)
_KINDS: tuple[tuple[str, Kind, bool], ...] = (
    ("rougeLsum", "summary", True),
    ("rouge1", "summary", False),
    ("em", "answer", True),
    ("f1", "answer", True),
)
METRICS = tuple(
    MetricFacts(
        name=name,
        kind=kind,
        step="article",
        maximum=1.0,
        better="higher",
        headline=headline,
        signature=f"{name}|v1",
        n_planned=0,
    )
    for name, kind, headline in _KINDS
)


def system(name: str, role: Role = "model") -> System:
    """Return a system under the default condition."""
    return System(name=name, model=name, role=role)


SYSTEMS = (
    system("qwen"),
    system("llama"),
    system("lead", "baseline"),
    system("oracle", "oracle"),
)


def draw_value(system: str, example: Example, metric: str) -> float:
    """Return an arbitrary value, the same at every call; 0 or 1 for `em`, 1 for the oracle."""
    if system == "oracle":
        return 1.0
    value = crc32(f"{system} {example.id} {metric}".encode()) % 101 / 100
    return float(value > 0.5) if metric == "em" else value


def qwen_leads(name: str, example: Example, metric: str) -> float:
    """Return values with which qwen is better than llama on every example."""
    if name in {"qwen", "oracle"}:
        return 1.0
    return draw_value(name, example, metric) / 4


def write_run(
    path: Path,
    *,
    systems: Sequence[System] = SYSTEMS,
    examples: Sequence[Example] = EXAMPLES,
    metrics: Sequence[MetricFacts] = METRICS,
    value: Value = draw_value,
) -> Path:
    """Write a complete run folder, and return its path.

    Every system answers every example: with its first reference where `value` of its first metric
    is above 0.5, else with another text. Intervals and verdicts are made up.

    Args:
        path: of the folder.
        systems: the rows; without scores for people.
        examples: of `ARTICLES`.
        metrics: `n_planned` is counted.
        value: the value of a system on an example and a metric.
    """
    folder = RunFolder(path=path)
    path.mkdir(parents=True, exist_ok=True)
    asked = {example.article_id for example in examples}
    folder.write_articles(article for article in ARTICLES if article.id in asked)
    folder.write_examples(examples)
    pairs = [(s, e) for s in systems if s.role != "human" for e in examples]
    folder.write_requests(
        PlannedRequest(
            system=s.name, step=e.step, example=e.id, question=e.question, key=_key(s, e)
        )
        for s, e in pairs
    )
    write_all(
        folder.generations_file,
        [_generation(s, e, value(s.name, e, _kinds(metrics).get(e.kind, ""))) for s, e in pairs],
    )
    scores = _scores(pairs, metrics, value)
    write_all(path / "scores.jsonl", scores)
    write_all(path / "details.jsonl", map(_detail, scores))
    summary = _summary(path.name, systems, _planned(metrics, examples), scores)
    write(path / "summary.json", summary_text(summary))
    folder.seal(_manifest(path, summary, asked))
    return path


def _scores(
    pairs: Sequence[tuple[System, Example]], metrics: Sequence[MetricFacts], value: Value
) -> list[ScoreLine]:
    return [
        ScoreLine(system=s.name, article=e.article_id, example=e.id, metric=m.name,
                  value=value(s.name, e, m.name), rule="text" if m.name == "em" else "")
        for s, e in pairs for m in metrics if m.kind == e.kind
    ]  # fmt: skip


def _detail(score: ScoreLine) -> Detail:
    return Detail(
        system=score.system, example=score.example, metric=score.metric, parts={}, compared={}
    )


def reseal(path: Path) -> None:
    """Have a run's manifest vouch for the files as they are now, as if the run had written them."""
    folder = RunFolder(path=path)
    manifest = folder.manifest()
    assert manifest is not None
    folder.seal(manifest)


def _planned(metrics: Sequence[MetricFacts], examples: Sequence[Example]) -> list[MetricFacts]:
    return [replace(m, n_planned=sum(e.kind == m.kind for e in examples)) for m in metrics]


def _kinds(metrics: Sequence[MetricFacts]) -> dict[str, str]:
    return {metric.kind: metric.name for metric in reversed(metrics)}


def _key(system: System, example: Example) -> str:
    return f"{crc32(f'{system.name} {example.id}'.encode()):064x}"


def _generation(system: System, example: Example, value: float) -> Generation:
    text = example.references[0] if value > 0.5 else f"{example.article_id}的另一件事"
    return Generation(
        key=_key(system, example),
        system=system.name,
        example=example.id,
        text=text,
        prediction=text,
        finish_reason="stop",
        n_prompt_tokens=100,
        n_computed_tokens=40,
        n_new_tokens=len(text),
        seconds=0.5,
    )


def _summary(
    name: str,
    systems: Sequence[System],
    metrics: Sequence[MetricFacts],
    scores: Sequence[ScoreLine],
) -> Summary:
    values: dict[tuple[str, str], list[ScoreLine]] = {}
    for score in scores:
        values.setdefault((score.system, score.metric), []).append(score)
    rows = tuple(
        SystemSummary(
            name=s.name,
            model=s.model,
            role=s.role,
            condition=s.condition,
            estimates=tuple(
                _estimate(m, values[s.name, m.name]) for m in metrics if (s.name, m.name) in values
            ),
            counts=OutputCounts(n_generated=len({x.example for x in scores}), n_failed=0,
                                n_missing=0, n_empty=0, n_truncated=0, n_shortened=0,
                                n_unclosed_thinking=0),
        )
        for s in systems
    )  # fmt: skip
    comparisons = tuple(
        _comparison(m, values[a.name, m.name], values[b.name, m.name])
        for m in metrics
        for a, b in combinations([s for s in systems if s.role in {"model", "baseline"}], 2)
        if (a.name, m.name) in values
    )
    return Summary(
        run=name, status="complete", metrics=tuple(metrics), systems=rows, comparisons=comparisons
    )


def _estimate(metric: MetricFacts, scores: Sequence[ScoreLine]) -> Estimate:
    mean = fmean(map(value_of, scores))
    n_articles = len({score.article for score in scores})
    low, high = max(0.0, mean - 0.2), min(1.0, mean + 0.2)
    return Estimate(
        metric=metric.name, mean=mean, here=Interval(low=low, high=high, method="made up"),
        general=Interval(low=low, high=high, method="made up"), plain_mean=mean, plain_low=low,
        plain_high=high, n=len(scores), n_planned=metric.n_planned, n_articles=n_articles,
    )  # fmt: skip


def _comparison(metric: MetricFacts, a: Sequence[ScoreLine], b: Sequence[ScoreLine]) -> Comparison:
    differences = [value_of(x) - value_of(y) for x, y in zip(a, b, strict=True)]
    difference = fmean(differences)
    return Comparison(
        metric=metric.name, a=a[0].system, b=b[0].system, difference=difference,
        here=_finding(difference, least=0.3), general=_finding(difference, least=0.5), effect=None,
        p_sign=None, family=f"{metric.name}, models", n_family=3, n=len(differences),
        n_articles=len({score.article for score in a}),
        wins=sum(d > 0 for d in differences), losses=sum(d < 0 for d in differences),
        ties=sum(d == 0 for d in differences),
    )  # fmt: skip


def _finding(difference: float, *, least: float) -> Finding:
    real = abs(difference) > least
    return Finding(
        verdict=("better" if difference > 0 else "worse") if real else "tied",
        low=difference - least, high=difference + least,
        p=0.01 if real else 0.5, p_adjusted=0.02 if real else 1.0, p_bound=None,
        detectable=0.4, detectable_twice=None, method="made up",
    )  # fmt: skip


def _manifest(path: Path, summary: Summary, articles: set[str]) -> Manifest:
    machine = Machine(
        platform="Linux", processor="CPU", cores=2, memory_bytes=8 << 30, python="3.11.7"
    )
    systems = [s for s in summary.systems if s.role != "human"]
    return Manifest(
        run=summary.run,
        status=summary.status,
        started="2026-01-01T00:00:00+00:00",
        ended="2026-01-01T00:01:00+00:00",
        sessions=[SessionRecord(started="2026-01-01T00:00:00+00:00", evalkit="0.2.0",
                                libraries={"torch": "2.13.0"}, machine=machine)],
        config={
            "name": summary.run,
            "output": str(path.parent),
            "data": {"articles": "seeds/index.yaml", "references": "references"},
            "prompts": {"folder": "prompts", "wordings": ["default"]},
            "models": [{"name": s.model, "baseline": "lead"} for s in systems],
        },
        articles={a.id: a.sha256 for a in ARTICLES if a.id in articles},
        references={a.id: f"{crc32(a.id.encode()):064x}" for a in ARTICLES if a.id in articles},
        prompts={"summary/default": "1" * 64, "answer/default": "2" * 64},
        signatures={metric.name: metric.signature for metric in summary.metrics},
        providers={s.model: ProviderRecord(fingerprint=f"{s.model}|v1") for s in systems},
        systems=[
            System(name=s.name, model=s.model, role=s.role, condition=s.condition) for s in systems
        ],
    )  # fmt: skip
