"""Local weights as a provider: what they need, what they can read, how they begin."""

from __future__ import annotations

import gc
import importlib.util
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.config.sources import FolderWeights, GgufWeights, PresetWeights, TinyWeights
from evalkit.errors import ModelLoadError
from evalkit.providers import Setting, local, module_of
from evalkit.records import Article, Corpus
from tests.support.asking import request
from tests.support.progress import Said
from tests.support.tiny_model import config, opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalkit.config.schema import LanguageModel
    from evalkit.config.sources import Weights
    from evalkit.records import Message

pytestmark = pytest.mark.slow

TEXT = "襄阳市今年有三件大事。" * 20


def named(entry: LanguageModel) -> list[tuple[str, str]]:
    """Return code and key of each problem of an entry."""
    return [(problem.code, problem.key) for problem in local.problems(entry)]


def test_the_tiny_model_is_made_for_the_articles(folder: Path) -> None:
    """It is opened with the run's articles: one token a character, nothing to download."""
    entry = config(folder).model_copy(update={"weights": TinyWeights(tiny=0)})
    article = Article(id="a", title="", text="𠮷野家", sha256="")
    corpus = Corpus(articles=(article,), references={})
    module = module_of(entry)
    assert module.n_bytes_to_download(entry) == 0
    assert module.problems(entry) == []
    provider = module.open_provider(entry, Setting(corpus=corpus, examples=(), progress=Said()))
    assert (provider.name, provider.role, provider.cacheable) == ("tiny", "model", True)
    assert provider.budget is not None
    assert provider.budget.count_text("𠮷野家") == 3


@pytest.mark.parametrize(("most", "limit"), [(None, 32768), (100, 100), (99_999, 32768)])
def test_the_budget_is_the_smaller_context(folder: Path, most: int | None, limit: int) -> None:
    """The model's own limit holds, and that of the config."""
    assert opened(folder, max_context=most).budget.limit == limit


def test_the_budget_counts_the_rendered_conversation(folder: Path) -> None:
    """Template and all: what the session then reads."""
    provider = opened(folder)
    one = request("今年")
    assert provider.budget.counts([one.messages])[0] == len(provider.chat.encode(one.messages)) > 10
    assert provider.budget.encode(one.messages) == provider.chat.encode(one.messages)


def test_a_prompt_is_tokenised_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From planning to generating, the token ids are kept."""
    provider = opened(folder)
    tokenizer: Any = type(provider.chat)
    encode = tokenizer.encode_all
    encoded: list[Sequence[Message]] = []

    def counted(chat: object, conversations: Sequence[Sequence[Message]]) -> list[tuple[int, ...]]:
        encoded.extend(conversations)
        ids: list[tuple[int, ...]] = encode(chat, conversations)
        return ids

    monkeypatch.setattr(tokenizer, "encode_all", counted)
    provider = opened(folder)
    encoded.clear()
    requests = [request(TEXT), request(TEXT)]
    assert all(provider.budget.counts([one.messages for one in requests]))
    provider.describe(requests)
    with provider.session(requests) as session:
        assert len(list(session.generate(requests))) == 2
    assert len(encoded) == 1


def test_garbage_is_looked_for_again_once_loading_has_ended(folder: Path, tmp_path: Path) -> None:
    """Whether there is a model then or not; and not where the caller had turned that off."""
    with opened(folder).session([]):
        assert gc.isenabled()
    copied = shutil.copytree(folder, tmp_path / "model")
    provider = opened(copied)
    (copied / "model.safetensors").unlink()
    with pytest.raises(ModelLoadError, match="no weights"), provider.session([]):
        pass
    assert gc.isenabled()
    gc.disable()
    try:
        with opened(folder).session([]):
            assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_provider_describes_its_requests(folder: Path) -> None:
    """How many tokens they have, how many are computed, how many articles are shortened."""
    provider = opened(folder)
    whole, cut = request(TEXT + "谁？"), request(TEXT + "哪里？")
    requests = [whole, replace(cut, n_article_tokens_dropped=4)]
    n_tokens = sum(provider.budget.counts([one.messages])[0] for one in requests)
    words = provider.describe(requests)
    assert words.startswith(f"2 requests, {n_tokens:,} prompt tokens, ")
    assert words.endswith("1 with a shortened article")


def test_a_model_without_a_context_length_needs_one(folder: Path, tmp_path: Path) -> None:
    """The key that is missing is named."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (folder / "config.json").read_text(encoding="utf-8")
    changed = text.replace("max_position_embeddings", "no_such_key")
    (tmp_path / "config.json").write_text(changed, encoding="utf-8")
    with pytest.raises(ModelLoadError) as caught:
        opened(tmp_path)
    assert caught.value.key == "max_context"
    assert opened(tmp_path, max_context=512).budget.limit == 512


def test_template_arguments_are_tried_when_it_is_opened(folder: Path) -> None:
    """Long before anything is generated."""
    with pytest.raises(ModelLoadError) as caught:
        opened(folder, chat_template_kwargs={"tokenize": True})
    assert caught.value.key == "chat_template_kwargs"


@pytest.mark.parametrize(
    ("absent", "weights", "problems"),
    [
        ("torch", TinyWeights(tiny=0), [("missing-extra", "weights")]),
        (
            "gguf",
            PresetWeights(preset="qwen2.5-coder-0.5b-instruct"),
            [("missing-extra", "weights")],
        ),
        ("gguf", TinyWeights(tiny=0), []),
    ],
)
def test_a_missing_package_is_found_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    absent: str,
    weights: Weights,
    problems: list[tuple[str, str]],
) -> None:
    """With the extra that installs it; packages that these weights do not need may be absent."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "evalkit.providers.local.weights.check.find_spec",
        lambda name: None if name == absent else found(name),
    )
    entry = config(folder).model_copy(update={"weights": weights})
    assert named(entry) == problems
    extra = {"torch": "local", "gguf": "gguf"}[absent]
    assert all(problem.extra == extra for problem in local.problems(entry))


def test_problems_have_the_keys_of_the_entry(tmp_path: Path, folder: Path) -> None:
    """So that the caller can place them in the file."""
    missing = FolderWeights(folder=tmp_path / "none")
    assert named(config(folder).model_copy(update={"weights": missing})) == [
        ("unusable", "weights.folder")
    ]
    gguf = GgufWeights(gguf=tmp_path / "none.gguf", sha256="0" * 64)
    assert named(config(folder).model_copy(update={"weights": gguf})) == [
        ("unreadable", "weights.gguf")
    ]


def test_checking_an_entry_imports_no_heavy_library() -> None:
    """Neither torch nor transformers, nor any other extra."""
    script = (
        "import sys; import evalkit.providers.local; "
        "heavy = {'torch', 'transformers', 'tokenizers', 'huggingface_hub', 'gguf', 'peft'}; "
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_weights_that_a_folder_has_twice_are_counted_once(folder: Path, tmp_path: Path) -> None:
    """In one more file, as some models come."""
    copied = shutil.copytree(folder, tmp_path / "model")
    shutil.copy(copied / "model.safetensors", copied / "consolidated.safetensors")
    assert opened(copied).facts == opened(folder).facts
