"""Writes the folder of a new comparison: a commented config, templates to edit, an index."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evalkit.config.loading import CONFIG
from evalkit.config.schema import Config
from evalkit.config.strict import LETTERS
from evalkit.data import tables
from evalkit.errors import InputError, Problem
from evalkit.language import language
from evalkit.lint import index
from evalkit.prompts.templates import DEFAULTS
from evalkit.store.files import cannot_write, write

if TYPE_CHECKING:
    from collections.abc import Sequence

Layout = Literal["articles", "squad", "table"]
_SAMPLE = "sample.jsonl"
_N_ROWS = 100  # of a table, whose columns are looked at
_KNOWN_COLUMNS = {
    "article": ("article", "context", "text", "document", "content", "passage", "文章", "正文"),
    "id": ("id", "qid", "编号"),
    "question": ("question", "query", "问题"),
    "answers": ("answers", "answer", "gold", "答案", "参考答案"),
    "summary": ("summary", "abstract", "target", "highlights", "摘要", "参考摘要"),
}
"""The keys of `data.columns`, and what such columns are called in the files that people have."""
_SAMPLE_ARTICLE = (
    "本报讯 青山镇图书馆4月2日重新开放。改造历时8个月，投入资金320万元，新增阅览座位150个，"
    "并首次设立盲文阅览区。馆长周敏说，今后图书馆每周二闭馆，周末延长开放到晚上9点。"
)
_SAMPLE_ROWS = (
    {"question": "改造投入了多少资金？", "answers": ["320万元"]},
    {"question": "图书馆每周哪天闭馆？", "answers": ["周二", "星期二"]},
    {"summary": "青山镇图书馆历时8个月改造，4月2日重新开放，新增150个座位和盲文阅览区。"},
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProject:
    """What was written, and the arguments of the commands that come next, in order."""

    files: tuple[Path, ...]
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Data:
    """What a config says of its data, files that the data lacks, and the command that is first."""

    facts: dict[str, Any]
    files: dict[Path, str] = field(default_factory=dict)
    first: tuple[tuple[str, ...], ...] = ()


def write_project(
    folder: Path,
    source: tuple[Layout, Path] | None = None,
    *,
    endpoint: str = "",
    served: Sequence[str] = (),
) -> NewProject:
    """Write a config into a folder, with all that it names and that is not there yet.

    Args:
        folder: made where it does not exist.
        source: the data, left where it is: a folder of texts, a file in SQuAD's layout or a table;
            where it is None, a small sample is written.
        endpoint: the address of a server to ask; none by default.
        served: the models that it serves, as far as it says so.

    Raises:
        InputError: the data cannot be read, or a file would be overwritten; nothing is written.
        StoreError: a file cannot be written.
    """
    data = _sample(folder) if source is None else _READERS[source[0]](folder, source[1])
    name = re.sub(rf"[^{LETTERS}._-]+", "-", folder.resolve().name).strip("-._")[:64]
    texts = {
        folder / "prompts" / file.relative_to(DEFAULTS): file.read_text(encoding="utf-8")
        for file in sorted(DEFAULTS.glob("*/*.jinja"))
    }
    texts |= data.files
    texts[folder / "schema.json"] = f"{json.dumps(Config.model_json_schema(), indent=2)}\n"
    texts[folder / CONFIG] = _config(
        name=name or "comparison", endpoint=endpoint, served=served, **data.facts
    )
    _require_new(list(texts))
    for file, text in texts.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(file.parent, error) from error
        write(file, text)
    config = str(folder / CONFIG)
    return NewProject(
        files=tuple(texts), commands=(*data.first, ("check", config), ("run", config))
    )


def _config(**values: object) -> str:
    """Return the text of a config, its comments in the language in use."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,  # noqa: S701 - YAML; values are written as JSON
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment.get_template(f"config.{language()}.yaml.jinja").render(values)


def _require_new(files: list[Path]) -> None:
    problems = [
        Problem(
            code="unwritable",
            file=str(file),
            what="exists already",
            remedy="choose another folder, or move it away",
        )
        for file in files
        if os.path.lexists(file)
    ]
    if problems:
        raise InputError(problems)


def _articles(folder: Path, articles: Path) -> _Data:
    """Take a folder of texts, whose index is written beside them where there is none."""
    file = articles / index.NAME
    facts: dict[str, Any] = {"layout": "articles", "path": _relative(file, folder)}
    if not file.exists():  # then nobody has written references either
        facts |= {"references": False, "tasks": ["short", "headline"]}
        return _Data(facts=facts, files={file: index.index_of(articles)})
    first = min(articles.glob("*.txt"), default=articles / "ARTICLE.txt")
    places = ("--articles", str(file), "--references", str(folder / "references"))
    facts |= {"references": True, "tasks": ["short", "answer"]}
    return _Data(facts=facts, first=(("references", "new", str(first), *places),))


def _squad(folder: Path, file: Path) -> _Data:
    next(tables.of_squad(file), None)  # where it is not in that layout, it says so now
    return _Data(facts={"layout": "squad", "path": _relative(file, folder), "tasks": ["answer"]})


def _table(folder: Path, file: Path) -> _Data:
    rows = islice(tables.of_table(file), _N_ROWS)
    seen = list(dict.fromkeys(chain.from_iterable(rows)))
    return _Data(facts=_table_facts(_relative(file, folder), seen))


def _sample(folder: Path) -> _Data:
    rows = [{"article": _SAMPLE_ARTICLE, **row} for row in _SAMPLE_ROWS]
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    seen = list(dict.fromkeys(chain.from_iterable(rows)))
    facts = {**_table_facts(_SAMPLE, seen), "sample": True}
    return _Data(facts=facts, files={folder / _SAMPLE: text})


def _table_facts(path: str, seen: list[str]) -> dict[str, Any]:
    """Return what a config says of a table: of each kind of column, the one that is called so."""
    by_name = {name.strip().lower(): name for name in reversed(seen)}
    columns = {
        key: by_name[next(known for known in names if known in by_name)]
        for key, names in _KNOWN_COLUMNS.items()
        if by_name.keys() & set(names)
    }
    if "article" not in columns:  # `check` says which columns there are
        columns = {"article": "article", **columns}
    if not {"question", "answers"} <= columns.keys():
        columns = {key: name for key, name in columns.items() if key in {"article", "summary"}}
    tasks = [task for task, key in (("short", "summary"), ("answer", "answers")) if key in columns]
    return {
        "layout": "table",
        "path": path,
        "seen": seen,
        "columns": columns,
        "tasks": tasks or ["short"],
        "sample": False,
    }


def _relative(file: Path, folder: Path) -> str:
    """Return a path as a config in the folder names it; absolute where no relative one exists."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return file.resolve().as_posix()


_READERS = {"articles": _articles, "squad": _squad, "table": _table}
