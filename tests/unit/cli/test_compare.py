"""`compare` on real runs of the baselines over the first articles."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.analysis.groups import place
from evalkit.cli import main
from evalkit.runner import execute as pipeline
from evalkit.store.folder import RunFolder
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODELS = "[{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]"
ORACLE = "[{name: lead, baseline: lead}, {name: roof, baseline: oracle}]"


def make_run(folder: Path, name: str, *more: str) -> Path:
    """Run the baselines on three articles, and return the run's folder."""
    changes = [f"output={folder}", f"name={name}", "limit=3", *more]
    options = [word for change in changes for word in ("--set", change)]
    assert main(["run", str(ROOT / "configs/smoke.yaml"), *options, "--json"]) == 0
    return folder / name


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of lead and TextRank."""
    return make_run(tmp_path_factory.mktemp("runs"), "first", f"models={MODELS}")


@pytest.fixture(scope="module")
def second(first: Path) -> Path:
    """Return a run of lead and the oracle beside it."""
    return make_run(first.parent, "second", f"models={ORACLE}")


def compare_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    """Return what `compare --json` prints."""
    assert main(["compare", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_two_systems_are_shown_from_table_to_examples(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run of two systems prints ranking, differences, parts and the examples furthest apart."""
    assert main(["compare", str(first)]) == 0
    out = capsys.readouterr().out
    for expected in ("textrank > lead", "differences, a − b", "type: number", "evidence: middle"):
        assert expected in out
    assert "difficulty: 1" in out
    assert "reference: " in out
    assert "lead (" in out


def test_json_holds_what_the_scores_say(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wins, losses and ties are those that scores.jsonl gives when it is counted by hand."""
    found = compare_json(capsys, first, "--metric", "f1")
    (comparison,) = found["summary"]["comparisons"]
    scores = {
        (s.model, s.example_id): s.value for s in RunFolder(path=first).scores() if s.metric == "f1"
    }
    pairs = [(v, scores["textrank", id_]) for (m, id_), v in scores.items() if m == "lead"]
    assert comparison["wins"] == sum(a > b for a, b in pairs)
    assert comparison["losses"] == sum(a < b for a, b in pairs)
    assert comparison["n"] == len(pairs)
    by_type = found["parts"]["type"]
    assert sum(part["n"] for part in by_type) == len(pairs)
    for apart in found["apart"]:
        assert apart["a"]["value"] == scores["lead", apart["example_id"]]
        assert apart["b"]["value"] == scores["textrank", apart["example_id"]]


def test_systems_of_two_runs_are_told_apart_by_run(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A system that both runs have is named with its run; the others keep their names."""
    found = compare_json(capsys, first, second)
    names = [system["name"] for system in found["summary"]["systems"]]
    assert names == ["first/lead", "textrank", "second/lead", "roof"]
    assert found["parts"] == {}
    same = next(c for c in found["summary"]["comparisons"] if c["b"] == "second/lead")
    assert (same["difference"], same["verdict"]) == (0, "tied")


def test_bare_name_means_that_system_in_every_run(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--models lead` of two runs compares the two, and two are enough for the details."""
    found = compare_json(capsys, first, second, "--models", "lead", "--metric", "em,rouge2")
    assert [s["name"] for s in found["summary"]["systems"]] == ["first/lead", "second/lead"]
    assert set(found["parts"]) == {"length", "type", "difficulty", "evidence"}
    assert list(found["summary"]["signatures"]) == ["em", "rouge2"]


def test_runs_of_the_same_name_go_by_their_folders(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs called alike are told apart by as much of the path as it takes."""
    twin = tmp_path / "elsewhere" / "first"
    shutil.copytree(first, twin)
    found = compare_json(capsys, first, twin, "--models", "textrank")
    names = [system["name"] for system in found["summary"]["systems"]]
    assert names == [f"{first.parent.name}/first/textrank", "elsewhere/first/textrank"]


def test_more_than_two_systems_ask_for_two(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With three systems the details are left out, and the reader is told how to get them."""
    assert main(["compare", str(first), str(second), "--models", "textrank,lead"]) == 0
    out = capsys.readouterr().out
    assert "Name two systems with --models" in out
    assert "type: number" not in out


def test_the_oracle_stands_apart_from_the_differences(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Contestants are compared among themselves; with the oracle only where it is all there is."""
    assert main(["compare", str(first), str(second)]) == 0
    table = capsys.readouterr().out.partition("differences, a − b")[2]
    rows, _, notes = table.partition("Below each difference")
    assert "textrank is better" in rows
    assert "roof" not in rows
    assert "is no contestant" in notes
    assert main(["compare", str(second)]) == 0
    assert "roof is better" in capsys.readouterr().out


def test_one_article_gives_no_verdict(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run of one article is shown, and says that nothing can be told apart."""
    single = make_run(first.parent, "single", f"models={MODELS}", "limit=1")
    assert main(["compare", str(single)]) == 0
    out = capsys.readouterr().out
    assert "em: textrank ? lead" in out
    assert "none: one article" in out


def edit_manifest(*keys: str, value: object) -> Callable[[Path], None]:
    """Return a change of one place in a run's manifest."""

    def change(path: Path) -> None:
        folder = RunFolder(path=path)
        manifest = place_ = folder.manifest()
        for key in keys[:-1]:
            place_ = place_[key]
        place_[keys[-1]] = value
        folder.write_manifest(manifest)

    return change


def edit_signature(path: Path) -> None:
    """Say that em was scored by another version."""
    folder = RunFolder(path=path)
    summary = folder.summary()
    folder.write_summary(replace(summary, signatures={**summary.signatures, "em": "em|v0"}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edit_manifest("articles", "000-xiangyang-makers", value="0"), "articles: not those of"),
        (edit_manifest("references", "002-jingzhou-speeches", value="0"), "references: not those"),
        (edit_manifest("references", value={}), "references: not written down"),
        (edit_manifest("prompts", "answer", value="0"), "prompts: not those of"),
        (edit_manifest("config", "shorten", value="sentences"), "config.shorten: not as in"),
        (edit_manifest("config", "tasks", "n_characters", "short", value=9), "config.tasks: not"),
        (edit_signature, "signatures.em: em|v0 here, em|"),
    ],
)
def test_what_may_not_be_compared_is_refused_with_the_reason(
    first: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], None],
    reason: str,
) -> None:
    """Other articles, references, prompts, tasks or signatures: exit code 2, and which."""
    other = tmp_path / "other"
    shutil.copytree(first, other)
    change(other)
    assert main(["compare", str(first), str(other)]) == 2
    assert f"{other}: {reason}" in capsys.readouterr().err


def test_prompts_of_another_task_do_not_matter(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Answers may be compared although the summaries were asked for otherwise."""
    other = tmp_path / "other"
    shutil.copytree(first, other)
    edit_manifest("prompts", "summary", value="0")(other)
    assert compare_json(capsys, first, other, "--metric", "em")["summary"]["comparisons"]


def test_the_seed_matters_where_it_draws_worked_examples(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other shots are other prompts; without shots nothing is drawn."""
    runs = [tmp_path / name for name in ("one", "two")]
    for n_shots, code in ((0, 0), (1, 2)):
        for seed, run in enumerate(runs):
            shutil.copytree(first, run, dirs_exist_ok=True)
            edit_manifest("config", "seed", value=seed)(run)
            edit_manifest("config", "few_shot", value=n_shots)(run)
        assert main(["compare", *map(str, runs)]) == code
    assert "config.seed: not as in" in capsys.readouterr().err


def test_more_articles_are_other_articles(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run over fewer articles is refused, and the missing ones are named."""
    fewer = make_run(first.parent, "fewer", f"models={MODELS}", "limit=2")
    assert main(["compare", str(first), str(fewer)]) == 2
    assert "articles: not those of" in (err := capsys.readouterr().err)
    assert "002-jingzhou-speeches" in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--models", "leed,textrank"], "--models: `leed` is not in these runs; did you mean"),
        (["--models", "lead"], "--models: only `lead` to compare; name two of lead, textrank"),
        (["--metric", "rouge9"], "--metric: `rouge9` is not in these runs; did you mean"),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(
    first: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    """A wrong name is bad input: exit code 2, and what it might have been."""
    assert main(["compare", str(first), *arguments]) == 2
    assert reason in capsys.readouterr().err


def test_folders_without_a_run_are_all_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every folder that holds no finished run is listed, not only the first."""
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 2
    err = capsys.readouterr().err
    assert f"{tmp_path / 'a'}: holds no finished run" in err
    assert f"{tmp_path / 'b'}: holds no finished run" in err


def test_run_without_manifest_is_no_run(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores alone do not say what they are scores of."""
    bare = tmp_path / "bare"
    shutil.copytree(first, bare)
    (bare / "manifest.json").unlink()
    assert main(["compare", str(bare)]) == 2
    assert "manifest.json: is missing" in capsys.readouterr().err


def test_changed_references_leave_the_scores_comparable(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the questions on disk are not those that were asked, types are left out, and why."""
    moved = tmp_path / "moved"
    shutil.copytree(first, moved)
    edit_manifest("references", "000-xiangyang-makers", value="0")(moved)
    found = compare_json(capsys, moved)
    assert found["parts"] == {}
    assert "have changed since it was scored" in found["note"]
    assert found["apart"][0]["references"] == []
    assert main(["compare", str(moved)]) == 0
    assert "Questions and their types are not shown" in capsys.readouterr().out


def test_hostile_text_is_shown_as_it_is(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Markup in a prediction neither formats the terminal's output nor breaks it."""
    hostile = tmp_path / "hostile"
    shutil.copytree(first, hostile)
    folder = RunFolder(path=hostile)
    folder.write_scores([replace(s, prediction="[/bold]\n[red]红[/red]") for s in folder.scores()])
    assert main(["compare", str(hostile)]) == 0
    assert "[/bold] [red]红[/red]" in capsys.readouterr().out


def test_rescoring_renews_what_the_run_was_scored_with(first: Path, tmp_path: Path) -> None:
    """The manifest tells the references and signatures of the latest scoring."""
    stale = tmp_path / "stale"
    shutil.copytree(first, stale)
    edit_manifest("references", value={})(stale)
    edit_manifest("signatures", value={})(stale)
    pipeline.rescore(stale)
    before, after = RunFolder(path=first).manifest(), RunFolder(path=stale).manifest()
    assert after["references"] == before["references"]
    assert after["signatures"] == before["signatures"]
    assert asdict(RunFolder(path=stale).summary()) == asdict(RunFolder(path=first).summary())


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (("甲",), "beginning"),
        (("己",), "middle"),
        (("癸",), "end"),
        (("甲", "癸"), "several"),
        (("甲", "乙"), "beginning"),
        ((), "none"),
        (("子",), "none"),
    ],
)
def test_place_of_evidence(evidence: tuple[str, ...], expected: str) -> None:
    """The place is the third of the article in which the evidence begins."""
    assert place(evidence, "甲乙丙丁戊己庚辛壬癸") == expected
