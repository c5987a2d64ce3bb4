"""Tokenizer and template: what a model reads, and when its answer has ended."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from evalkit.config.thinking import ThinkingMarks
from evalkit.errors import ModelLoadError
from evalkit.providers.local.budget import ContextBudget
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Message
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from pathlib import Path

USER = Message(role="user", content="郧阳区在哪里？")
SHOT = (Message(role="user", content="谁？"), Message(role="assistant", content="某人"))
BOS_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' %}"
    "{{ raise_exception('no shots') }}{% endif %}[{{ m.content }}]{% endfor %}"
    "{% if add_generation_prompt %}>{% endif %}{{ tail | default('') }}"
)


def save_tokenizer(folder: Path, template: str | None, *special: str) -> Path:
    """Fill a folder with a byte tokenizer that opens each text with <s>, and a template or none.

    `special` are its special tokens besides <s> and </s>.
    """
    alphabet = {letter: at for at, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=alphabet, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>", "</s>", *special])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
    )
    build: Any = PreTrainedTokenizerFast
    ends = {"bos_token": "<s>", "eos_token": "</s>"}
    fast = build(tokenizer_object=tokenizer, **ends)
    fast.chat_template = template
    fast.save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    return folder


def test_renders_the_template_open_for_an_answer(folder: Path) -> None:
    """The conversation is rendered with the model's own template, up to the assistant's turn."""
    chat = Chat.load(folder, {})
    text = chat.tokenizer.decode(list(chat.encode([*SHOT, USER])))
    assert text == (
        "<|im_start|>user\n谁？<|im_end|>\n<|im_start|>assistant\n某人<|im_end|>\n"
        "<|im_start|>user\n郧阳区在哪里？<|im_end|>\n<|im_start|>assistant\n"
    )


def test_counts_and_decodes_plain_text(folder: Path) -> None:
    """Text comes back as it was, special tokens do not come back at all."""
    chat = Chat.load(folder, {})
    assert chat.count("郧阳区") == 3
    assert chat.decode(chat.encode([USER])) == "user\n郧阳区在哪里？\nassistant\n"


ANALYSIS, FINAL = "<|channel|>analysis<|message|>", "assistant<|channel|>final<|message|>"
HARMONY = ("<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|return|>")


@pytest.mark.parametrize(
    ("special", "written", "kept"),
    [
        (("[THINK]", "[/THINK]"), "[THINK]想[/THINK]襄阳</s>", "[THINK]想[/THINK]襄阳"),
        (("◁think▷", "◁/think▷", "<|im_end|>"), "想◁/think▷襄阳<|im_end|>", "想◁/think▷襄阳"),
        (HARMONY, f"{ANALYSIS}想<|end|><|start|>{FINAL}襄阳<|return|>", f"{ANALYSIS}想{FINAL}襄阳"),
        (("<|plan|>", "<|go|>", "<|pad|>"), "<|plan|>想<|go|>襄<|pad|>阳", "<|plan|>想<|go|>襄阳"),
        (("<|eot|>",), "襄阳<|eot|>", "襄阳"),
    ],
)
def test_special_tokens_that_mark_thinking_come_back(
    tmp_path: Path, special: tuple[str, ...], written: str, kept: str
) -> None:
    """Those of the table and of the config; what ends a turn or fills a row does not."""
    own = ThinkingMarks(start="<|plan|>", end="<|go|>")
    chat = Chat.load(save_tokenizer(tmp_path, None, *special), {}, own)
    ids = chat.tokenizer(written, add_special_tokens=False)["input_ids"]
    assert len(ids) < len(written.encode())  # special tokens were recognised
    assert chat.decode(ids) == kept
    assert strip_thinking(kept, own).prediction == "襄阳"


@pytest.mark.parametrize(
    ("template", "opened"),
    [
        ("{{ messages[0].content }}<think>{{ '\\n' }}", "<think>\n"),
        ("{{ messages[0].content }}<plan>", "<plan>"),
        ("<think>{{ messages[0].content }}", ""),
        ("{{ messages[0].content }}<think></think>", ""),
    ],
)
def test_a_prompt_that_opens_the_thinking_is_recognised(
    tmp_path: Path, template: str, opened: str
) -> None:
    """By the mark at its very end; one that is closed already opens nothing."""
    own = ThinkingMarks(start="<plan>", end="</plan>")
    chat = Chat.load(save_tokenizer(tmp_path, template), {}, own)
    assert chat.opened_thinking(chat.encode([USER])) == opened


def test_needs_no_weights(folder: Path, tmp_path: Path) -> None:
    """The check command reads prompts of a model whose weights are not there."""
    for file in folder.iterdir():
        if file.suffix == ".json":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert Chat.load(tmp_path, {}).context_length == 32768


def test_one_begin_token_only(tmp_path: Path) -> None:
    """A template that writes the begin token gets no second one from the tokenizer."""
    chat = Chat.load(save_tokenizer(tmp_path, BOS_TEMPLATE), {})
    ids = chat.encode([USER])
    assert ids.count(chat.tokenizer.bos_token_id) == 1
    assert chat.decode(ids) == "[郧阳区在哪里？]>"


@pytest.mark.parametrize(
    ("arguments", "turns", "reason"),
    [
        ({}, (*SHOT, USER), "no shots"),
        ({"tokenize": True}, (USER,), "multiple values for keyword argument 'tokenize'"),
    ],
)
def test_a_template_that_cannot_be_used_is_one_line(
    tmp_path: Path, arguments: dict[str, Any], turns: tuple[Message, ...], reason: str
) -> None:
    """It refuses worked examples, or the config sets what is not the user's to set."""
    chat = Chat.load(save_tokenizer(tmp_path, BOS_TEMPLATE), arguments)
    with pytest.raises(ModelLoadError, match=f"its chat template cannot be used: .*{reason}"):
        chat.encode(turns)


def test_template_arguments_reach_the_template(tmp_path: Path) -> None:
    """What the config sets for the template changes the prompt, and the fingerprint."""
    folder = save_tokenizer(tmp_path, BOS_TEMPLATE)
    plain, set_ = Chat.load(folder, {}), Chat.load(folder, {"tail": "无思考"})
    assert set_.decode(set_.encode([USER])) == "[郧阳区在哪里？]>无思考"
    assert plain.fingerprint != set_.fingerprint
    assert plain.fingerprint == Chat.load(folder, {}).fingerprint


def test_without_a_template_turns_follow_one_another(tmp_path: Path) -> None:
    """A base model reads the turns a blank line apart, after one begin token."""
    chat = Chat.load(save_tokenizer(tmp_path, None), {})
    ids = chat.encode([*SHOT, USER])
    assert ids[0] == chat.tokenizer.bos_token_id
    assert chat.decode(ids) == "谁？\n\n某人\n\n郧阳区在哪里？"


def test_fingerprint_changes_with_the_tokenizer(tmp_path: Path) -> None:
    """Another template file is another model to the eye of a resumed run."""
    folder = save_tokenizer(tmp_path, BOS_TEMPLATE)
    before = Chat.load(folder, {}).fingerprint
    (folder / "chat_template.jinja").write_text("{{ messages[0].content }}", encoding="utf-8")
    assert Chat.load(folder, {}).fingerprint != before


@pytest.mark.parametrize(
    ("generation", "config", "expected"),
    [
        ({"eos_token_id": [5, 9]}, {}, {5, 9}),
        ({"eos_token_id": 5}, {"eos_token_id": 7}, {5}),
        ({}, {"eos_token_id": 7}, {7}),
        ({}, {"text_config": {"eos_token_id": 8}}, {8}),
        ({}, {}, set()),
    ],
)
def test_ends_at_the_models_own_list(
    tmp_path: Path, generation: dict[str, Any], config: dict[str, Any], expected: set[int]
) -> None:
    """End tokens: generation_config.json's, else config.json's, and always the tokenizer's."""
    folder = save_tokenizer(tmp_path, None)
    (folder / "generation_config.json").write_text(json.dumps(generation), encoding="utf-8")
    (folder / "config.json").write_text(
        json.dumps({"model_type": "llama"} | config), encoding="utf-8"
    )
    chat = Chat.load(folder, {})
    assert chat.eos_ids == expected | {chat.tokenizer.eos_token_id}


@pytest.mark.parametrize(
    ("config", "length"),
    [
        ({"max_position_embeddings": 512}, 512),
        ({"text_config": {"max_position_embeddings": 64}}, 64),
        ({"seq_length": 128}, 128),
        ({}, None),
    ],
)
def test_tells_the_context_length(
    tmp_path: Path, config: dict[str, Any], length: int | None
) -> None:
    """The length comes from config.json, whatever the family calls it."""
    folder = save_tokenizer(tmp_path, None)
    (folder / "config.json").write_text(
        json.dumps({"model_type": "llama"} | config), encoding="utf-8"
    )
    assert Chat.load(folder, {}).context_length == length


def test_a_folder_without_a_tokenizer_is_one_line(tmp_path: Path) -> None:
    """What a user can fix is reported without a traceback."""
    with pytest.raises(ModelLoadError, match="no usable tokenizer") as caught:
        Chat.load(tmp_path, {})
    assert "\n" not in str(caught.value)


def test_an_empty_prompt_is_counted_as_often_as_it_is_asked(tmp_path: Path) -> None:
    """A template may hold nothing but the article; each article is tried without its text."""
    make_tiny(0, ["文"], tmp_path)
    (tmp_path / "chat_template.jinja").unlink()
    budget = ContextBudget(Chat.load(tmp_path, {}), 100)
    empty = [[Message(role="user", content="")]]
    assert budget.counts(empty) == budget.counts(empty) == [0]


def test_control_tokens_in_an_article_are_read_as_text(folder: Path) -> None:
    """They decode to the characters that were written, and close no turn."""
    chat = Chat.load(folder, {})
    special = [t.content for t in chat.tokenizer.added_tokens_decoder.values() if t.special]
    assert special
    plain = chat.encode([Message(role="user", content="襄阳")])
    for hostile in (*special, f"{special[0]}{special[-1]}" * 3, f"<{special[0]}>"):
        ids = chat.encode([Message(role="user", content=f"襄{hostile}阳")])
        control = chat.special_ids(special)
        assert sum(at in control for at in ids) == sum(at in control for at in plain)
        assert f"襄{hostile}阳" in chat.tokenizer.decode(list(ids))
        assert chat.count(hostile) > 1


def test_an_article_of_control_tokens_alone_is_read_in_time(tmp_path: Path) -> None:
    """A hundred thousand characters, which took half a minute; and one within another."""
    chat = Chat.load(save_tokenizer(tmp_path, None, "<|a|>", "a|><|"), {})
    start = time.process_time()
    for text in ("<|a|>" * 20_000, "<|a|><|a|>a|><|a|>"):
        ids = chat.encode([Message(role="user", content=text)])
        assert len(ids) == 1 + len(text)  # each character by itself, after <s>
    assert time.process_time() - start < 10


def test_a_folder_called_like_a_tokenizers_file_is_passed_over(tmp_path: Path) -> None:
    """As where a model has its parts in folders."""
    save_tokenizer(tmp_path, None)
    before = Chat.load(tmp_path, {}).fingerprint
    (tmp_path / "tokenizer").mkdir()
    assert Chat.load(tmp_path, {}).fingerprint == before
