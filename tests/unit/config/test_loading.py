"""Loading a config: overridable, its paths where the file says, every problem at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalkit.config.loading import load
from evalkit.config.overrides import path_keys
from evalkit.config.schema import Baseline, LanguageModel
from evalkit.config.sources import ArticleData, FolderAdapter, FolderWeights
from tests.support.paths import ROOT
from tests.support.problems import problems_of

SOUND = """\
name: trial
output: runs
data: {articles: ../seeds/index.yaml, references: /abs/references}
prompts: {folder: prompts}
models:
  - {name: lead, baseline: lead}
  - {name: mine, weights: {folder: model}, adapter: {folder: lora}, device: "cuda:1"}
  - {name: other, predictions: other.jsonl}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of a valid config."""
    path = tmp_path / "configs" / "trial.yaml"
    path.parent.mkdir()
    path.write_text(SOUND, encoding="utf-8")
    return path


def problems(file: Path, *overrides: str) -> list[tuple[str, int | None, str, str]]:
    """Return file name, line, key and code of each problem of a config."""
    found = problems_of(lambda: load(file, overrides))
    return [(Path(each.file).name, each.line, each.key, each.code) for each in found]


def test_relative_paths_start_from_the_config(file: Path) -> None:
    """A config means the same wherever it is run from."""
    config, _ = load(file)
    assert isinstance(config.data, ArticleData)
    assert config.data.articles == file.parent.parent / "seeds" / "index.yaml"
    assert config.data.references == Path("/abs/references")
    _, model, other = config.models
    assert isinstance(model, LanguageModel)
    assert model.weights == FolderWeights(folder=file.parent / "model")
    assert model.adapter == FolderAdapter(folder=file.parent / "lora")
    assert getattr(other, "predictions", None) == file.parent / "other.jsonl"


def test_paths_are_found_by_their_type() -> None:
    """At any depth, and nothing else: hub ids, presets and names are left as they are."""
    keys = set(path_keys())
    assert {"output", "prompts.folder", "data.squad", "models.*.adapter.folder"} <= keys
    assert {"name", "data.hub_dataset", "models.*.weights.preset"}.isdisjoint(keys)


def test_an_override_changes_one_value(file: Path) -> None:
    """`--set` reads its value as YAML, and its paths start from the current folder."""
    config, _ = load(file, ["models.1.device=cpu", "limit=2", "output=elsewhere"])
    model = config.models[1]
    assert isinstance(model, LanguageModel)
    assert model.device == "cpu"
    assert config.limit == 2
    assert config.output == Path("elsewhere")


def test_an_override_that_looks_like_a_date_stays_text(file: Path) -> None:
    """What is written on the command line is read as in the file."""
    assert load(file, ["name=2019-11-08"])[0].name == "2019-11-08"


def test_an_override_replaces_an_entry_of_a_list(file: Path) -> None:
    """A whole model can be swapped on the command line."""
    config, _ = load(file, ["models.1={name: t, baseline: textrank}"])
    assert config.models[1] == Baseline(name="t", baseline="textrank")


@pytest.mark.parametrize(
    ("override", "key", "code"),
    [
        ("limit", "limit", "malformed"),
        ("models.9.name=x", "models.9.name", "unknown"),
        ("models.mine=x", "models.mine", "unknown"),
        ("name.first=x", "name.first", "unknown"),
        ("limit=[", "limit", "malformed"),
        ("limit=0", "limit", "invalid"),
        ("task.answer={}", "task", "unknown"),
        ("models.1.name=lead", "models.1.name", "duplicate"),
    ],
)
def test_a_wrong_override_is_a_problem_of_the_command_line(
    file: Path, override: str, key: str, code: str
) -> None:
    """The problem points at `--set`, not at a line of the file that is not to blame."""
    assert problems(file, override) == [("--set", None, key, code)]


def test_every_slip_is_found_at_once(file: Path) -> None:
    """Unknown key, wrong type, broken rule: one line each, with line, key and remedy."""
    file.write_text(
        SOUND.replace("device:", "devise:").replace("name: other", "name: lead")
        + "seed: many\nfew_shots: 1\ntasks: {minutes: {}}\n",
        encoding="utf-8",
    )
    found = problems_of(lambda: load(file))
    assert [str(problem).replace(f"{file.parent}/", "") for problem in found] == [
        "trial.yaml:7: models.1.devise: unknown key; did you mean `device`?",
        "trial.yaml:9: seed: cannot be 'many'; give a whole number, 0 or more",
        "trial.yaml:10: few_shots: unknown key; did you mean `few_shot`?",
        "trial.yaml:8: models.2.name: duplicate name 'lead'; choose another name",
        (
            "trial.yaml:11: tasks.minutes.n_characters: is missing, and needed as `minutes` is not "
            "one of the known tasks; give a whole number, 1 or more"
        ),
    ]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            "{name: x, weights: {hub: a/b, revision: main}}",
            (
                "models.0.weights.revision: cannot be 'main'; "
                "give the 40 digits of a commit, as a tag or branch can move"
            ),
        ),
        (
            "{name: x, weights: {preset: y}, device: gpu}",
            "models.0.device: cannot be 'gpu'; give auto, cpu, cuda, cuda:1 or mps",
        ),
        (
            "{name: ../x, baseline: lead}",
            (
                "models.0.name: cannot be '../x'; "
                "give up to 64 letters, digits, `.`, `_` and `-`, a letter or digit first"
            ),
        ),
    ],
)
def test_a_wrong_value_comes_with_what_would_be_right(
    file: Path, written: str, problem: str
) -> None:
    """The remedy names what to write instead."""
    file.write_text(SOUND.replace("{name: lead, baseline: lead}", written), encoding="utf-8")
    (found,) = problems_of(lambda: load(file))
    assert str(found) == f"{file}:6: {problem}"


@pytest.mark.parametrize("name", ["我的通知", "2024年.通知-甲_乙", "a" * 64, "龘" * 64])
def test_a_name_may_be_chinese(file: Path, name: str) -> None:
    """Run and model are called so, and a folder of that name can be made."""
    config, _ = load(file, [f"name={name}", f"models.0.name={name}"])
    assert (config.name, config.models[0].name) == (name, name)
    (file.parent / config.name).mkdir()


@pytest.mark.parametrize(
    "name", ["..", "-甲", "甲/乙", "甲\\乙", "甲 乙", "答\u202e案", "é", "龘" * 65]
)
def test_a_name_that_leaves_its_folder_or_hides_something_is_refused(file: Path, name: str) -> None:
    """Separators, leading dots and dashes, spaces, and what has two forms or none to be seen."""
    assert problems(file, f"name={json.dumps(name)}") == [("--set", None, "name", "invalid")]


def test_a_tilde_in_an_override_is_the_user_s_folder(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shells leave `key=~/x` as it is; no folder named `~` is ever made."""
    monkeypatch.setenv("HOME", "/somewhere")
    config, _ = load(file, ["output=~/runs"])
    assert config.output == Path("/somewhere/runs")
    config, _ = load(file, ["output=~nobody-of-that-name/runs"])
    assert config.output == Path("~nobody-of-that-name/runs")


def test_characters_beyond_the_bmp_may_be_in_paths_and_stop_strings(file: Path) -> None:
    """From the file and from the command line; a name takes letters of the BMP alone."""
    text = SOUND.replace("output: runs", "output: 𠮷野/🏃").replace(
        'device: "cuda:1"', 'generation: {stop: [👍, 𠮷, "\\U0001F44D"]}'
    )
    file.write_text(text, encoding="utf-8")
    config, _ = load(file, ['data={squad: "数据/𠮷.json"}'])
    assert config.output == file.parent / "𠮷野" / "🏃"
    assert getattr(config.data, "squad", None) == Path("数据/𠮷.json")
    model = config.models[1]
    assert isinstance(model, LanguageModel)
    assert model.generation.stop == ("👍", "𠮷", "👍")
    assert problems(file, "name=𠮷野") == [("--set", None, "name", "invalid")]


@pytest.mark.parametrize("name", ["quickstart", "smoke", "compare-gpu", "cmrc2018"])
def test_the_configs_that_ship_are_valid(name: str) -> None:
    """Every file of configs/ loads."""
    config, _ = load(ROOT / "configs" / f"{name}.yaml")
    assert config.name == name
