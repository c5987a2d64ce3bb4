"""What an input method puts into YAML is named where it is, and never blamed for other errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.config.document import Document, read
from evalkit.config.schema import Config
from evalkit.config.strict import Strict
from evalkit.data.articles import Index
from evalkit.data.references import ReferencesFile
from tests.support.paths import ROOT
from tests.support.problems import problems_of

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
name: 我的比较
output: runs
seed: 7
data:
  articles: ../文章/index.yaml
  references: 参考
tasks: {short: {}, headline: {}}
models:
  - name: 首句
    baseline: lead  # 基线：照抄开头
"""


FULL = "：，。、；“”（）【】｛｝！？　"
TEXTS = st.text(st.sampled_from(f"{FULL}襄阳ab:,{{}}[]\"'#- \n"), max_size=30)


def problems(file: Path, text: str, model: type[Strict] = Config) -> list[str]:
    """Return what reading a file says, without its name."""
    file.write_text(text, encoding="utf-8")
    found = problems_of(lambda: read(file).parse(model))
    return [str(problem).removeprefix(f"{file}:") for problem in found]


def colon(key: str, what: str = "has the full-width colon `：` after") -> str:
    """Return what is said about the colon of a key."""
    return f"{what} `{key}`; write `{key}: `, with a half-width colon and a blank"


BLANK = "has no blank after the colon of"


@pytest.mark.parametrize(
    ("written", "slip", "said"),
    [
        ("output: ", "output：", f"2: {colon('output')}"),
        ("output: ", "output：　", f"2: {colon('output')}"),
        ("output: ", "output:", f"2: {colon('output', BLANK)}"),
        ("output: ", "output:　", f"2: {colon('output', BLANK)}"),
        ("  articles: ", "  articles：", f"5: {colon('articles')}"),
        ("data:", "data：", f"4: {colon('data')}"),
        ("- name: ", "- name：", f"9: {colon('name')}"),
        ("  articles", "\tarticles", "5: is indented with a tab; indent with ordinary blanks"),
        ("output: ", "output:\t", "2: contains a tab; use ordinary blanks"),
        (
            "  articles",
            "　articles",
            "5: is indented with full-width blanks; indent with ordinary blanks",
        ),
        (
            "{short: {}, ",
            "｛short: {}，",
            "7: has the full-width `｛` `，`; write the half-width `{` `,`",
        ),
        ("{}, ", "{}，", "7: has the full-width `，`; write the half-width `,`"),
        ("我的比较", "“我的比较”", '1: has the full-width `“` `”`; write the half-width `"`'),
        ("7", "７", "3: has the full-width `７`; write the half-width `7`"),
        ("- name", "－ name", "9: has the full-width `－`; write the half-width `-`"),
        ("#", "＃", "10: has the full-width `＃`; write the half-width `#`"),
    ],
)
def test_a_slip_is_named_where_it_is(written: str, slip: str, said: str, tmp_path: Path) -> None:
    """Its line, the character and what to write, instead of the error that YAML makes of it."""
    assert Document("f.yaml", CONFIG).parse(Config)
    assert problems(tmp_path / "f.yaml", CONFIG.replace(written, slip)) == [said]


def test_several_slips_come_at_once_with_what_else_is_wrong(tmp_path: Path) -> None:
    """Neighbours that YAML reads as one text, and a value that does not fit; lines apart."""
    text = CONFIG.replace("articles: ", "articles：").replace("references: ", "references：")
    text = text.replace("seed: 7", "seed: 三")
    assert problems(tmp_path / "f.yaml", text) == [
        f"5: {colon('articles')}",
        f"6: {colon('references')}",
        "3: seed: cannot be '三'; give a whole number, 0 or more",
    ]
    text = CONFIG.replace("name: 我", "name：我").replace("data:", "data：")
    text = text.replace("tasks: {", "tasks: [")
    first, second, third = problems(tmp_path / "f.yaml", text)
    assert [first, second] == [f"1: {colon('name')}", f"4: {colon('data')}"]
    assert "is not valid YAML" in third


@pytest.mark.parametrize(
    ("file", "model", "key"),
    [
        (ROOT / "seeds/index.yaml", Index, "title"),
        (min((ROOT / "references").glob("*.yaml")), ReferencesFile, "headline"),
    ],
)
def test_slips_are_found_in_every_file_that_a_person_writes(
    file: Path, model: type[Strict], key: str, tmp_path: Path
) -> None:
    """The index and the references too; the first of many is the one that was made."""
    before, sign, after = file.read_text(encoding="utf-8").partition(f"{key}: ")
    n = before.count("\n") + 1
    said = problems(tmp_path / file.name, f"{before}{key}：{after}", model)
    assert sign
    assert said == [f"{n}: {colon(key)}"]


@given(texts=st.lists(TEXTS, max_size=5), seed=st.integers(1, 9))
def test_punctuation_of_a_text_is_never_blamed(texts: list[str], seed: int) -> None:
    """A document with any texts is read; with another error it has that error and no other."""

    class Notes(Strict):
        """Texts, and a number."""

        texts: tuple[str, ...]
        seed: int

    def say(written: object) -> list[str]:
        text = yaml.safe_dump({"texts": texts, "seed": written}, allow_unicode=True)
        found = problems_of(lambda: Document("f.yaml", text).parse(Notes))
        return [problem.what for problem in found]

    sound = yaml.safe_dump({"texts": texts, "seed": seed}, allow_unicode=True)
    assert Document("f.yaml", sound).parse(Notes).texts == tuple(texts)
    assert say("三") == ["cannot be '三'"]
    assert say([seed]) == ["cannot be a list"]


@given(texts=st.lists(TEXTS, max_size=5))
@example(texts=["a':'"])
def test_punctuation_is_never_blamed_for_what_yaml_refuses(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An open bracket, a wrong indentation and an alias of nothing stay what they are."""
    file = tmp_path_factory.mktemp("texts") / "f.yaml"
    above = yaml.safe_dump({"texts": texts}, allow_unicode=True)
    for broken in ("seed: [7\n", "seed: 7\n  name: a\n", "seed: *nothing\n"):
        file.write_text(above + broken, encoding="utf-8")
        (problem,) = problems_of(lambda: read(file))
        assert problem.what.startswith("is not valid YAML"), above + broken


def test_a_long_file_is_not_read_again_without_end(tmp_path: Path) -> None:
    """Where a document is long, few slips are looked for, and its error is told all the same."""
    lines = "".join(f"- 要点{i}：内容\n" for i in range(5_000))
    (said,) = problems(tmp_path / "f.yaml", f"a:\n{lines}b: [\n", Index)
    assert "is not valid YAML" in said
