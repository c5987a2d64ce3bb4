"""A tokenizer that is put together from the cache is the one that transformers would load."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from evalkit.providers.local.chat import Chat
from evalkit.providers.local.tokenizer import load_tokenizer, token_ids
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Message
from tests.unit.providers.local.test_chat import BOS_TEMPLATE, save_tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS = ["郧阳区在哪里？", " 1,234.5万 <s> </s>\n\n", "é e\u0301 👍🏽 <|im_end|>", ""]
TURN = [Message(role="user", content="襄阳<s>")]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))


def tiny(folder: Path) -> Path:
    """Return a folder with the tiny model's tokenizer, of a class that transformers rebuilds."""
    folder.mkdir()
    make_tiny(0, ["郧阳区在哪里？"], folder)
    return folder


def bytes_with_start(folder: Path) -> Path:
    """Return a folder with a tokenizer that opens each text with <s>, and a template with it."""
    return save_tokenizer(folder, BOS_TEMPLATE)


def kept(tmp_path: Path) -> set[Path]:
    """Return the tokenizers in the cache."""
    return set((tmp_path / "cache" / "tokenizers").glob("*/settings.json"))


@pytest.mark.parametrize("make", [tiny, bytes_with_start])
def test_the_second_time_gives_the_same_tokens_and_prompts(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    """Ids, text, special tokens and rendered conversations, compared with transformers' own."""
    folder = make(tmp_path / "model")
    first, second = Chat.load(folder, {}), Chat.load(folder, {})
    assert len(kept(tmp_path)) == 1
    assert type(second.tokenizer).__name__ == "TokenizersBackend"
    library: Any = AutoTokenizer
    reference: Any = library.from_pretrained(folder, local_files_only=True)
    for add in (True, False):
        for text in TEXTS:
            ids = reference(text, add_special_tokens=add)["input_ids"]
            assert second.tokenizer(text, add_special_tokens=add)["input_ids"] == ids
            assert second.tokenizer.decode(ids) == reference.decode(ids)
    assert second.encode(TURN) == first.encode(TURN)
    assert second.tokenizer.added_tokens_decoder == reference.added_tokens_decoder
    assert (second.eos_ids, second.special, second.mark_ids, second.fingerprint) == (
        first.eos_ids,
        first.special,
        first.mark_ids,
        first.fingerprint,
    )


@pytest.mark.parametrize("make", [tiny, bytes_with_start])
@pytest.mark.parametrize("splits", [False, True])
def test_ids_are_those_of_the_tokenizers_own_call(
    tmp_path: Path, make: Callable[[Path], Path], *, splits: bool
) -> None:
    """Whole, even where its file asks for truncation and padding."""
    tokenizer: Any = load_tokenizer(make(tmp_path / "model"), "0", trust_remote_code=False)
    tokenizer.split_special_tokens = splits
    backend = tokenizer.backend_tokenizer
    for add in (False, True):
        backend.enable_truncation(3)
        backend.enable_padding(length=99)
        found = token_ids(tokenizer, TEXTS, add_special_tokens=add)
        assert found == [tokenizer(text, add_special_tokens=add)["input_ids"] for text in TEXTS]
        backend.encode_special_tokens = not splits


def test_a_damaged_copy_is_made_again(tmp_path: Path) -> None:
    """Its SHA-256 is compared before use."""
    folder = tiny(tmp_path / "model")
    before = Chat.load(folder, {}).encode(TURN)
    (settings,) = kept(tmp_path)
    backend = settings.with_name("tokenizer.json")
    whole = backend.read_bytes()
    backend.write_bytes(whole.replace("阳".encode(), "阴".encode()))
    assert Chat.load(folder, {}).encode(TURN) == before
    assert backend.read_bytes() == whole


def test_a_changed_file_of_the_model_is_another_tokenizer(tmp_path: Path) -> None:
    """Also its config, which names the class that reads the others."""
    folder = tiny(tmp_path / "model")
    Chat.load(folder, {})
    config = folder / "config.json"
    config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    Chat.load(folder, {})
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text(encoding="utf-8") + "！", encoding="utf-8")
    assert Chat.load(folder, {}).tokenizer.chat_template.endswith("！")
    assert len(kept(tmp_path)) == 3


def test_a_class_with_methods_of_its_own_is_loaded_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does beyond the Rust tokenizer would be lost."""

    class Louder(PreTrainedTokenizerFast):
        def _decode(self, *arguments: object, **settings: object) -> str:
            base: Any = super()
            return str(base._decode(*arguments, **settings)).upper()  # noqa: SLF001 - overridden here

    folder = tiny(tmp_path / "model")
    library: Any = AutoTokenizer
    monkeypatch.setattr(library, "from_pretrained", Louder.from_pretrained)
    for _ in range(2):
        assert load_tokenizer(folder, "0", trust_remote_code=False).decode([64]) == "A"
    assert not kept(tmp_path)


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    """Then it is loaded from the model's files each time."""
    (tmp_path / "cache").write_text("a file")
    assert Chat.load(tiny(tmp_path / "model"), {}).count("郧阳区") == 3


def test_planning_imports_no_torch(tmp_path: Path) -> None:
    """From the second time on, opening a tokenizer costs no second of imports."""
    folder = tiny(tmp_path / "model")
    code = (
        "import sys; from pathlib import Path; from evalkit.providers.local import provider;"
        "from evalkit.providers.local.chat import Chat;"
        f"chat = Chat.load(Path({str(folder)!r}), {{}}); assert chat.count('郧阳区') == 3;"
        "print('torch' in sys.modules)"
    )
    printed = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip()  # noqa: S603 - ourselves
        for _ in range(2)
    ]
    assert printed == [b"True", b"False"]
