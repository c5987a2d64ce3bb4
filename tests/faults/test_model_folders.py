"""Promise: whatever is in a model's folder, at worst that model fails, in one line."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import InputError, ProviderError
from evalkit.prompts import templates
from evalkit.providers.local.weights.check import folder_flaws
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Task
from tests.support.asking import request
from tests.support.tiny_model import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ODD: tuple[object, ...] = (
    None, True, -1, 0, 3, 10**30, 1.5, "", "x", [], [1], {}, {"a": 1}, [[1]], "\u202e",
)  # fmt: skip
N_DAMAGES = 12
NOT_SETTINGS = ("", "[]", "\ufeff{}", "{", "null", "[" * 9999)
LOOPS = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
GROWS = "{% for i in range(24) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}"
TEMPLATES = (
    "{{ 1 / 0 }}", "{% for i in range(10**9) %}x{% endfor %}", "{{ messages[7].content }}",
    LOOPS + "{% endfor %}" * 3, "{% set ns = namespace(t='xxxxxxxxxx') %}" + GROWS,
    "{{ raise_exception('no') }}", "{% if %}", "{{ messages.__class__.__mro__ }}", "{{ a.b.c }}",
    "{% include 'x' %}", "{{ messages[0]['content'][0]['text'] }}",
)  # fmt: skip
BEGINNINGS = (
    "its chat template cannot be used: ", "its logits are not finite in ",
    "stopped while it was generating: ",
)  # fmt: skip
"""How a failure begins that shows when a model reads or writes; a run puts its name before it."""
REQUEST = request("襄阳在哪里？", max_new_tokens=2)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tiny model."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(0, ["襄阳在哪里？"], folder)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "model"))


def require_clear(reason: str, folder: Path, fault: object) -> None:
    """Fail unless why a model fails is one line that names its folder, or what it did."""
    assert "\n" not in reason, fault
    assert "Traceback" not in reason, fault
    assert not reason or str(folder) in reason or reason.startswith(BEGINNINGS), fault


def try_out(folder: Path) -> str:
    """Return why the model fails, or nothing; any other exception fails the test."""
    if flaws := folder_flaws(folder):
        return flaws[0][0]
    try:
        with opened(folder).session([REQUEST]) as session:
            (generation,) = session.generate([REQUEST])
    except ProviderError as error:
        return str(error)
    return generation.error


def odd_values(content: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield keys with odd values, the same at every call."""
    chance = random.Random(7)
    for key in sorted(content):
        for value in chance.sample(ODD, 3):
            yield key, value


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "tokenizer_config.json"])
def test_an_odd_value_is_that_model_s_failure(
    folder: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """Each key of each settings file, with values of all kinds."""
    file = folder / name
    content = json.loads(file.read_bytes())
    odd = list(odd_values(content))
    record_property("faults", len(odd) + len(NOT_SETTINGS))
    for key, value in odd:
        file.write_text(json.dumps({**content, key: value}), encoding="utf-8")
        require_clear(try_out(folder), folder, (key, value))
    for text in NOT_SETTINGS:
        file.write_text(text, encoding="utf-8")
        reason = try_out(folder)
        assert reason or name != "config.json", text[:9]
        require_clear(reason, folder, text[:9])


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors", "config.json"])
def test_damaged_bytes_are_that_model_s_failure(
    folder: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """Cut short, or with bytes flipped."""
    chance = random.Random(11)
    whole = (folder / name).read_bytes()
    record_property("faults", N_DAMAGES)
    for _ in range(N_DAMAGES):
        damaged = bytearray(whole[: chance.choice((len(whole), chance.randrange(len(whole))))])
        for _ in range(chance.randint(1, 5)):
            damaged[chance.randrange(min(len(damaged), 4000) or 1) : 0] = bytes(
                [chance.randrange(256)]
            )
        (folder / name).write_bytes(damaged)
        require_clear(try_out(folder), folder, bytes(damaged[:9]))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_chat_template_ends_or_is_that_model_s_failure(
    folder: Path, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It divides by zero, loops, grows, or asks for what is not there."""
    monkeypatch.setattr("evalkit.providers.local.chat._SECONDS", 0.5)
    for file in folder.glob("chat_template*"):
        file.unlink()
    file = folder / "tokenizer_config.json"
    content = json.loads(file.read_bytes()) | {"chat_template": template}
    file.write_text(json.dumps(content), encoding="utf-8")
    reason = try_out(folder)
    assert reason
    require_clear(reason, folder, template)


@pytest.mark.parametrize("template", [*TEMPLATES, "{{ 'a' * 10**9 }}"])
def test_a_prompt_template_ends_or_is_one_clear_error(
    tmp_path: Path, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its file, whatever it does."""
    monkeypatch.setattr(templates, "_SECONDS", 0.5)
    task = Task(name="short", kind="summary", prompts="summary", n_characters=9, max_new_tokens=9)
    (tmp_path / "summary").mkdir()
    file = tmp_path / "summary/default.jinja"
    file.write_text(f"{{{{ article }}}}{template}", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        templates.load(tmp_path, task, "default")
    (problem,) = raised.value.problems
    assert (problem.code, problem.file) == ("malformed", str(file))


def test_a_sound_folder_has_no_failure(folder: Path) -> None:
    """What the others are damaged copies of."""
    assert not try_out(folder)


def test_named_templates_without_a_default_are_that_model_s_failure(folder: Path) -> None:
    """Which one is meant cannot be known."""
    for file in folder.glob("chat_template*"):
        file.unlink()
    file = folder / "tokenizer_config.json"
    named = [{"name": name, "template": "{{ messages[0].content }}"} for name in ("a", "b")]
    content = json.loads(file.read_bytes()) | {"chat_template": named}
    file.write_text(json.dumps(content), encoding="utf-8")
    assert "chat template" in try_out(folder)
