"""A language model's tokenizer, chat template and context length: all that needs no weights."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from evalkit.config.time_limit import time_limit
from evalkit.providers.local.library_errors import library_errors
from evalkit.providers.local.tokenizer import load_tokenizer, token_ids
from evalkit.values.thinking import is_mark, open_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tokenizers import AddedToken
    from transformers import PreTrainedTokenizerBase

    from evalkit.config.thinking import ThinkingMarks
    from evalkit.records import Message

_FILES = (
    "added_tokens.json",
    "chat_template*",
    "generation_config.json",
    "merges.txt",
    "*.model",
    "special_tokens_map.json",
    "tokenizer*",
    "vocab*",
)
_OPEN_MARK_REACH = 32  # tokens at the end of a prompt; the longest marks have a dozen
_SECONDS = 20.0  # for a chat template
_MOST_GROWTH = 1_000_000  # characters that a chat template may add to the messages
_MARK = "\ufdd0"  # a noncharacter: no text that is exchanged has it
_BRACKETED = re.compile(r"<.+>|\[.+\]", re.DOTALL)  # such as <tool_call>, which is not `special`
# Families have different names for the same number.
_CONTEXT_KEYS = ("max_position_embeddings", "n_positions", "seq_length", "max_seq_len")


@dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """How conversations become token ids, and when an answer has ended.

    `eos_ids` is the model's own list: what its generation_config.json names, what its config.json
    names where that is silent, and its tokenizer's end token. `context_length` is in tokens; None
    where the model does not say. `special` are the special tokens, `mark_ids` those of them that
    mark thinking. `control` finds what the tokenizer takes for control tokens; None without any.
    """

    tokenizer: PreTrainedTokenizerBase
    template_kwargs: Mapping[str, Any]
    thinking: ThinkingMarks | None
    fingerprint: str
    eos_ids: frozenset[int]
    context_length: int | None
    special: Mapping[int, str]
    mark_ids: frozenset[int]
    control: re.Pattern[str] | None

    @classmethod
    def load(
        cls,
        folder: Path,
        template_kwargs: Mapping[str, Any],
        thinking: ThinkingMarks | None = None,
        *,
        trust_remote_code: bool = False,
    ) -> Chat:
        """Return the tokenizer and chat template of a model folder; its weights are not read.

        Raises:
            ModelLoadError: the folder holds no tokenizer that this library can run.
        """
        with library_errors(f"{folder}: no usable tokenizer"):
            tokenizer = load_tokenizer(
                folder, _files_digest(folder), trust_remote_code=trust_remote_code
            )
            config = _read_json(folder / "config.json")
            generation = _read_json(folder / "generation_config.json")
            added = tokenizer.added_tokens_decoder
            special = {id_: token.content for id_, token in added.items() if token.special}
            return cls(
                tokenizer=tokenizer,
                template_kwargs=template_kwargs,
                thinking=thinking,
                fingerprint=_fingerprint(folder, template_kwargs),
                eos_ids=_eos_ids(tokenizer, config, generation),
                context_length=_context_length(config),
                special=special,
                mark_ids=frozenset(id_ for id_, text in special.items() if is_mark(text, thinking)),
                control=_control_tokens(added.values()),
            )

    def encode(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """Return the token ids of a rendered conversation; see `encode_all`."""
        (ids,) = self.encode_all([messages])
        return ids

    def encode_all(self, conversations: Iterable[Sequence[Message]]) -> list[tuple[int, ...]]:
        """Return the token ids of rendered conversations, open for the assistant's turn.

        Without a chat template the turns follow one another, a blank line apart.

        Raises:
            ModelLoadError: the template refuses one, or an argument of the config.
        """
        # The template writes the begin-of-text token itself: the tokenizer must not add one.
        bare = self.tokenizer.chat_template is None
        return self._ids(map(self._render, conversations), add_special_tokens=bare)

    def _render(self, messages: Sequence[Message]) -> str:
        texts = [self._as_text(message.content) for message in messages]
        if self.tokenizer.chat_template is None:
            return "\n\n".join(texts)
        turns = [
            {"role": message.role, "content": text}
            for message, text in zip(messages, texts, strict=True)
        ]
        with (
            library_errors("its chat template cannot be used", "chat_template_kwargs"),
            time_limit(_SECONDS),
        ):
            rendered: Any = self.tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True, **self.template_kwargs
            )
            if len(rendered) > _MOST_GROWTH + 10 * sum(map(len, texts)):
                message = f"it writes {len(rendered):,} characters"
                raise ValueError(message)
        return str(rendered)

    def count(self, text: str) -> int:
        """Return the number of tokens in plain text, without special tokens."""
        (ids,) = self._ids([self._as_text(text)])
        return len(ids)

    def _as_text(self, text: str) -> str:
        """Return a text with a mark inside whatever the tokenizer would take for a control token.

        An article may contain `<|im_end|>`: it is read as these characters, and ends no turn.
        """
        text = text.replace(_MARK, "\ufffd")
        while self.control and self.control.search(text):  # again where one begins within another
            text = self.control.sub(lambda found: f"{found[0][0]}{_MARK}{found[0][1:]}", text)
        return text

    def _ids(
        self, texts: Iterable[str], *, add_special_tokens: bool = False
    ) -> list[tuple[int, ...]]:
        """Return the token ids of texts, their marks left out: what they divide is not merged."""
        parts = [text.split(_MARK) for text in texts]
        with library_errors("its tokenizer cannot be used"):
            firsts = token_ids(
                self.tokenizer,
                [first for first, *_ in parts],
                add_special_tokens=add_special_tokens,
            )
            others = iter(token_ids(self.tokenizer, [part for _, *rest in parts for part in rest]))
        return [
            tuple(first + [id_ for ids in islice(others, len(divided) - 1) for id_ in ids])
            for first, divided in zip(firsts, parts, strict=True)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids, spaces left as they are.

        Special tokens are left out, but for those that mark thinking.
        """
        marked = not self.mark_ids.isdisjoint(ids)
        if marked:
            ids = [id_ for id_ in ids if id_ in self.mark_ids or id_ not in self.special]
        text = self.tokenizer.decode(
            list(ids), skip_special_tokens=not marked, clean_up_tokenization_spaces=False
        )
        return str(text)

    def opened_thinking(self, prompt: Sequence[int]) -> str:
        """Return the mark of thinking with which a prompt ends; empty where it ends with none."""
        text = self.tokenizer.decode(
            list(prompt[-_OPEN_MARK_REACH:]), clean_up_tokenization_spaces=False
        )
        return open_mark(str(text), self.thinking)

    def special_ids(self, texts: Iterable[str]) -> frozenset[int]:
        """Return the ids of those texts that are special tokens, which `decode` leaves out."""
        wanted = set(texts)
        return frozenset(id_ for id_, text in self.special.items() if text in wanted)


def _control_tokens(added: Iterable[AddedToken]) -> re.Pattern[str] | None:
    tokens = [
        token.content
        for token in added
        if len(token.content) > 1 and (token.special or _BRACKETED.fullmatch(token.content))
    ]
    return re.compile("|".join(map(re.escape, tokens))) if tokens else None


def _fingerprint(folder: Path, template_kwargs: Mapping[str, Any]) -> str:
    """Return the hash of the tokenizer's files, their names and the template's arguments."""
    digest = hashlib.sha256(
        json.dumps(template_kwargs, sort_keys=True, ensure_ascii=False).encode()
    )
    found = {path for pattern in _FILES for path in folder.glob(pattern) if path.is_file()}
    for path in sorted(found):
        digest.update(f"\0{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files_digest(folder: Path) -> str:
    """Return the hash of all files that may change what the tokenizer does."""
    config = folder / "config.json"  # it names the family, whose class may read them differently
    state = config.read_bytes() if config.exists() else b""
    return f"{_fingerprint(folder, {})}{hashlib.sha256(state).hexdigest()}"


def _eos_ids(
    tokenizer: PreTrainedTokenizerBase, config: Mapping[str, Any], generation: Mapping[str, Any]
) -> frozenset[int]:
    """Return every token id that ends the assistant's turn."""
    named = generation.get("eos_token_id", _text_config(config).get("eos_token_id"))
    ids = set(named) if isinstance(named, list) else {named}
    return frozenset({*ids, tokenizer.eos_token_id} - {None})


def _context_length(config: Mapping[str, Any]) -> int | None:
    """Return the number of tokens the model was made for."""
    text = _text_config(config)
    lengths = (text.get(key) for key in _CONTEXT_KEYS)
    return next((length for length in lengths if isinstance(length, int)), None)


def _text_config(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a config that describes the language model."""
    text: Mapping[str, Any] = config.get("text_config", config)
    return text


def _read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object, empty where there is no such file."""
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
