"""Reads the text of an article from the files that people have: text, web pages, Word, PDF."""

from __future__ import annotations

import io
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from evalkit.config.files import read_bytes
from evalkit.data import encoding
from evalkit.errors import InputError, missing_extra, refusal, unreadable
from evalkit.values.normalise import restore_ideographs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAX_UNPACKED = 200_000_000  # bytes of a .docx; no article has as many, a bomb has more
_FULL = 0.8  # of the longest line, in characters: as long as a line that the page's width ends
_SENTENCE_ENDS = frozenset("。！？!?；;：:…”’」』）)")
_OTHER_DOCUMENTS: Final = {
    ".doc": "save it as .docx",
    ".wps": "save it as .docx",
    ".rtf": "save it as .docx",
    ".odt": "save it as .docx",
    ".pages": "save it as .docx",
    ".epub": "save its text as .txt",
    ".mht": "save it as .html",
    ".mhtml": "save it as .html",
}
_OTHERS: Final = {
    **_OTHER_DOCUMENTS,
    ".xls": "save it as .csv, and read it as a `table`",
    ".xlsx": "save it as .csv, and read it as a `table`",
    ".jpg": "recognise its characters, and save them as .txt",
    ".jpeg": "recognise its characters, and save them as .txt",
    ".png": "recognise its characters, and save them as .txt",
}
"""Formats that are not read, and what to do."""


def read_article(file: Path) -> tuple[str, str]:
    r"""Return an article's text, its lines ended by `\n`, and its encoding or format.

    Of a web page it is the main text, without its markup and what stands around it; of the other
    formats all text in its order. What is not one of these formats is read as text.

    Raises:
        InputError: the file cannot be read, its format is not read here, it holds no text, or a
            package that reads it is not installed.
    """
    suffix = file.suffix.lower()
    if remedy := _OTHERS.get(suffix):
        raise refusal(file, "not-text", f"is in the format {suffix}, which is not read", remedy)
    if reader := _READERS.get(suffix):
        text, name = reader(file), suffix.removeprefix(".")
    else:
        text, name = encoding.read(file)
    text = unify_line_ends(text)
    if not text.strip():
        what = "holds no text that could be found"
        raise refusal(file, "empty", what, "save its text as .txt")
    return text, name


def unify_line_ends(text: str) -> str:
    r"""Return a text with every line ended by `\n`, as the same text is on every system.

    >>> unify_line_ends("甲\r\n乙\r丙")
    '甲\n乙\n丙'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _of_page(file: Path) -> str:
    library = _library("trafilatura", file)
    page, _ = encoding.read(file)
    text: str | None = library.extract(page, include_comments=False, favor_precision=True)
    return text or ""


def _of_word(file: Path) -> str:
    library = _library("docx", file)
    data = _bytes(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            n_bytes = sum(part.file_size for part in parts.infolist())
        if n_bytes <= MAX_UNPACKED:
            blocks = library.Document(io.BytesIO(data)).iter_inner_content()
            return "\n".join(line for block in blocks for line in _lines(block))
    except Exception as error:  # noqa: BLE001 - whatever the package finds in a damaged file
        raise _damaged(file, error) from None
    raise refusal(file, "unsafe", "is larger than any article", "save its text as .txt")


def _lines(block: Any) -> list[str]:  # noqa: ANN401 - a paragraph or a table of the package
    rows = getattr(block, "rows", None)
    if rows is None:
        return [block.text]
    return ["\t".join(cell.text for cell in row.cells) for row in rows]


def _of_pdf(file: Path) -> str:
    library = _library("pypdf", file)
    data = _bytes(file)
    try:
        pages = library.PdfReader(io.BytesIO(data)).pages
        # fonts share the shape of 长 and the radical ⻓, and many PDFs name the radical
        text = restore_ideographs(join_lines("\n".join(page.extract_text() for page in pages)))
    except Exception as error:  # noqa: BLE001 - as above
        raise _damaged(file, error) from None
    if text.strip():
        return text
    what = "has pages without text, as of a scan"
    remedy = "recognise its characters, and save them as .txt"
    raise refusal(file, "empty", what, remedy)


def join_lines(text: str) -> str:
    r"""Return a text with the line breaks undone that only the width of a page made.

    A line goes on in the next one if it is about as long as the longest, and ends no sentence: a
    title and the end of a paragraph are shorter.

    >>> join_lines("短标题\n襄阳大桥今天通车，大桥长\n3公里。市长参加了仪式。")
    '短标题\n襄阳大桥今天通车，大桥长3公里。市长参加了仪式。'
    """
    lines = [line.strip() for line in text.splitlines()]
    full = _FULL * max(map(len, lines), default=0)
    joined = ""
    for before, line in zip(["", *lines], lines, strict=False):
        goes_on = len(before) >= full and before[-1:] not in _SENTENCE_ENDS and line
        between = " " if before[-1:].isascii() and line[:1].isascii() else ""
        joined += f"{between}{line}" if joined and goes_on else f"\n{line}"
    return joined.removeprefix("\n")


def _library(name: str, file: Path) -> Any:  # noqa: ANN401 - a module
    """Return the package that reads a format; seconds to import, needed for few runs."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        package = {"docx": "python-docx"}.get(name, name)
        raise InputError([missing_extra("documents", package, file=str(file))]) from None


def _bytes(file: Path) -> bytes:
    try:
        return read_bytes(file)
    except OSError as error:
        raise unreadable(file, error) from None


def _damaged(file: Path, error: Exception) -> InputError:
    why = (str(error).strip() or type(error).__name__).splitlines()[0]
    what = f"is not a {file.suffix.lower()} file that can be read ({why})"
    return refusal(file, "malformed", what, "open it where it was made, and save its text as .txt")


_READERS: Final[Mapping[str, Callable[[Path], str]]] = {
    ".html": _of_page,
    ".htm": _of_page,
    ".docx": _of_word,
    ".pdf": _of_pdf,
}
ARTICLE_SUFFIXES: Final = (".txt", ".md", *_READERS)
"""The endings of the files that are read as articles in a folder."""


def is_article(file: Path) -> bool:
    """Return whether a file in a folder is an article, be it in a format that is not read."""
    return file.suffix.lower() in (*ARTICLE_SUFFIXES, *_OTHER_DOCUMENTS)
