"""The config: strict, overridable, its paths where the file says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.config import schema as config
from evalkit.errors import InputError
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from tests.conftest import Evalkit

SOUND = """\
name: trial
output: runs
data: {articles: ../seeds/index.yaml, references: /abs/references}
prompts: {folder: prompts}
models:
  - {name: lead, baseline: lead}
  - {name: mine, weights: {folder: model}, device: "cuda:1"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a sound config's file."""
    path = tmp_path / "configs" / "trial.yaml"
    path.parent.mkdir()
    path.write_text(SOUND, encoding="utf-8")
    return path


def problems(file: Path, *overrides: str) -> list[str]:
    """Return the problems of a config, each as its line without the folder."""
    with pytest.raises(InputError) as raised:
        config.load(file, overrides)
    return [str(problem).replace(f"{file.parent}/", "") for problem in raised.value.problems]


def test_relative_paths_start_from_the_config(file: Path) -> None:
    """A config means the same wherever it is run from."""
    loaded, _ = config.load(file)
    assert isinstance(loaded.data, config.ArticleData)
    assert loaded.data.articles == file.parent.parent / "seeds" / "index.yaml"
    assert loaded.data.references == Path("/abs/references")
    model = loaded.models[1]
    assert isinstance(model, config.LanguageModel)
    assert isinstance(model.weights, config.FolderWeights)
    assert model.weights.folder == file.parent / "model"


def test_an_override_changes_one_value(file: Path) -> None:
    """`--set` reads its value as YAML, and its paths start from the current folder."""
    loaded, _ = config.load(file, ["models.1.device=cpu", "limit=2", "output=elsewhere"])
    model = loaded.models[1]
    assert isinstance(model, config.LanguageModel)
    assert model.device == "cpu"
    assert loaded.limit == 2
    assert loaded.output == Path("elsewhere")


def test_an_override_that_looks_like_a_date_stays_text(file: Path) -> None:
    """What is written on the command line is read as in the file."""
    assert config.load(file, ["name=2019-11-08"])[0].name == "2019-11-08"


def test_an_override_replaces_an_entry_of_a_list(file: Path) -> None:
    """A whole model can be swapped on the command line."""
    loaded, _ = config.load(file, ["models.1={name: t, baseline: textrank}"])
    assert loaded.models[1] == config.Baseline(name="t", baseline="textrank")


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("limit", "--set: limit: has no `=`; write --set key=value"),
        (
            "models.9.name=x",
            "--set: models.9.name: `9` is no entry of the list; give 0 to 1",
        ),
        ("models.mine=x", "--set: models.mine: `mine` is no entry of the list; give 0 to 1"),
        ("name.first=x", "--set: name.first: lies inside a plain value; name a key of a mapping"),
        ("limit=[", "--set: limit: '[' is not valid YAML; quote the value"),
        ("limit=0", "--set: limit: cannot be 0; give a whole number, 1 or more"),
        ("task.questions=no", "--set: task: unknown key; did you mean `tasks`?"),
    ],
)
def test_a_wrong_override_is_told_as_such(file: Path, override: str, problem: str) -> None:
    """The problem points at `--set`, not at a line of the file that is not to blame."""
    assert problems(file, override) == [problem]


def test_every_slip_is_found_at_once(file: Path) -> None:
    """Unknown key, wrong type, unknown kind: one line each, with line, key and remedy."""
    file.write_text(
        SOUND.replace("device:", "devise:").replace("baseline: lead", "baseline: first")
        + "seed: many\nfew_shots: 1\n",
        encoding="utf-8",
    )
    assert problems(file) == [
        ("trial.yaml:6: models.0.baseline: cannot be 'first'; give lead, textrank or oracle"),
        "trial.yaml:7: models.1.devise: unknown key; did you mean `device`?",
        "trial.yaml:8: seed: cannot be 'many'; give a whole number, 0 or more",
        "trial.yaml:9: few_shots: unknown key; did you mean `few_shot`?",
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
def test_a_value_that_does_not_fit_says_what_would(file: Path, written: str, problem: str) -> None:
    """The remedy names what to write instead."""
    file.write_text(SOUND.replace("{name: lead, baseline: lead}", written), encoding="utf-8")
    assert problems(file) == [f"trial.yaml:6: {problem}"]


@pytest.mark.parametrize("name", ["我的通知", "2024年.通知-甲_乙", "a" * 64, "龘" * 64])
def test_a_name_may_be_chinese(file: Path, name: str) -> None:
    """Run and model are called so, and a folder of that name can be made."""
    loaded, _ = config.load(file, [f"name={name}", f"models.0.name={name}"])
    assert (loaded.name, loaded.models[0].name) == (name, name)
    (file.parent / loaded.name).mkdir()


@pytest.mark.parametrize(
    "name", ["..", "-甲", "甲/乙", "甲\\乙", "甲 乙", "答\u202e案", "é", "龘" * 65]
)
def test_a_name_that_leaves_its_folder_or_hides_something_is_refused(file: Path, name: str) -> None:
    """Separators, leading dots and dashes, spaces, and what has two forms or none to be seen."""
    assert problems(file, f"name={json.dumps(name)}")[0].startswith("--set: name: ")


def test_two_models_of_one_name_are_refused(file: Path) -> None:
    """A row of the table belongs to one system."""
    assert problems(file, "models.1.name=lead") == [
        "--set: models.1.name: `lead` stands twice; give each its own name"
    ]


def test_a_tilde_in_an_override_is_the_user_s_folder(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shells leave `key=~/x` as it is; no folder named `~` is ever made."""
    monkeypatch.setenv("HOME", "/somewhere")
    loaded, _ = config.load(file, ["output=~/runs"])
    assert loaded.output == Path("/somewhere/runs")
    loaded, _ = config.load(file, ["output=~nobody-of-that-name/runs"])
    assert loaded.output == Path("~nobody-of-that-name/runs")


@pytest.mark.parametrize("name", ["quickstart", "smoke", "compare-gpu", "cmrc2018"])
def test_the_configs_that_ship_are_valid(name: str) -> None:
    """Every file of configs/ loads."""
    loaded, _ = config.load(ROOT / "configs" / f"{name}.yaml")
    assert loaded.name == name


def test_the_schema_for_editors_is_the_one_the_program_uses(evalkit: Evalkit) -> None:
    """configs/schema.json is what `evalkit schema` prints."""
    printed = evalkit("schema")
    kept = (ROOT / "configs" / "schema.json").read_text(encoding="utf-8")
    assert json.loads(printed.stdout) == json.loads(kept)


@pytest.mark.parametrize(
    ("device", "fits"), [("auto", True), ("cuda:1", True), ("cpux", False), ("xmps", False)]
)
def test_the_schema_takes_what_the_program_takes(file: Path, device: str, *, fits: bool) -> None:
    """An editor marks the device that would be refused."""
    properties = config.LanguageModel.model_json_schema()["properties"]
    assert bool(re.search(properties["device"]["pattern"], device)) is fits
    if fits:
        config.load(file, [f"models.1.device={device}"])
    else:
        problems(file, f"models.1.device={device}")


def test_the_page_is_current() -> None:
    """docs/config.md says what the models say; else run `make docs`."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, ROOT / "benchmarks" / "config_page.py"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert (ROOT / "docs" / "config.md").read_text(encoding="utf-8") == done.stdout


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """EVALKIT_CACHE first, then the XDG folder, then ~/.cache."""
    monkeypatch.setenv("EVALKIT_CACHE", "/a")
    assert config.cache_folder() == Path("/a")
    monkeypatch.delenv("EVALKIT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert config.cache_folder() == Path("/b/evalkit")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert config.cache_folder() == Path.home() / ".cache" / "evalkit"


def test_a_user_without_a_home_is_told_to_name_the_cache(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A container may run as a user whom its system does not know."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    for name in ("EVALKIT_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert main(["cache", "info"]) == 2
    assert capsys.readouterr().err == (
        "EVALKIT_CACHE: is not set, and this user has no home folder; name a folder for the cache\n"
    )
