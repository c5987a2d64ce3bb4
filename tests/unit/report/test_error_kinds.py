"""What is wrong with an output: each kind is found where it is, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.report.error_kinds import ERROR_KINDS, find_errors, find_repeats
from evalkit.report.labels import labels

if TYPE_CHECKING:
    from evalkit.report.error_kinds import ErrorKind
    from evalkit.report.material import Material


def kinds_of(
    material: Material, example: str, text: str, *, rule: str = "none", extracted: float = 0.0
) -> set[ErrorKind]:
    """Return what is wrong with a text, were it what lead wrote, judged wrong by a rule."""
    place = ("lead", example, 0)
    written = replace(material.generations[place], prediction=text, finish_reason="stop")
    scores = [s for s in material.scores if (s.system, s.example) != ("lead", example)]
    before = next(s for s in material.scores if s.metric == "em")
    judged = replace(before, system="lead", example=example, sample=0, value=0.0, rule=rule)
    scores += [judged, replace(judged, metric="em_extracted", value=extracted)]
    changed = replace(material, generations={**material.generations, place: written}, scores=scores)
    return set(find_errors(changed).get(("lead", example), ()))


@pytest.mark.parametrize(
    ("example", "text", "rule", "kinds"),
    [
        ("fair/q2", "王芳", "abstention", {"invented"}),
        ("bridge/q1", "文中未提及", "none", {"declined"}),
        ("bridge/q1", "2公里", "number", {"wrong_value"}),
        ("bridge/q2", "王芳", "none", set()),
        ("bridge/q2", "襄阳大桥今天通车。大桥长3公里，投资2亿元。", "none", {"copied"}),
        ("bridge/q2", "the mayor of Xiangyang", "none", {"other_language"}),
        ("bridge/q2", " ", "none", {"empty"}),
    ],
)
def test_a_wrong_answer_has_its_kind(
    material: Material, example: str, text: str, rule: str, kinds: set[ErrorKind]
) -> None:
    """Invented, wrongly refused, another value, copied, in another language, empty: one each."""
    assert kinds_of(material, example, text, rule=rule) == kinds


def test_the_right_answer_in_a_sentence_is_no_other_error(material: Material) -> None:
    """Where the extracted answer is right, the value before it is not called wrong."""
    found = kinds_of(material, "bridge/q1", "大桥全长3公里", rule="number", extracted=1.0)
    assert found == {"in_sentence"}


def test_a_right_answer_has_nothing_wrong(material: Material) -> None:
    """Whatever it looks like, an answer that is judged right has no kind."""
    errors = find_errors(material)
    right = {(s.system, s.example) for s in material.scores if s.metric == "em" and s.value == 1}
    assert right
    assert not right & set(errors)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("桥" * 20 + "已经通车" * 10, {"repeats"}),
        ("大桥今天正式通车。", {"off_length"}),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 200))), {"off_length"}),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 100))), set()),
        ("襄阳大桥今天通车。 大桥长3公里，投资2亿元。", {"off_length", "copied"}),
    ],
)
def test_a_summary_has_its_kinds(material: Material, text: str, kinds: set[ErrorKind]) -> None:
    """Repeating itself, far off the hundred characters that were asked for, copied whole."""
    assert kinds_of(material, "bridge/short", text) == kinds


def test_one_text_for_two_lengths_counts_for_both(material: Material) -> None:
    """The short and the long summary of an article that are one text, and no other."""
    short = next(e for e in material.examples if e.id == "bridge/short")
    long = replace(short, id="bridge/long", task="long", n_characters=250)
    written = material.generations["lead", "bridge/short", 0]
    changed = replace(
        material,
        examples=(*material.examples, long),
        generations={**material.generations, ("lead", "bridge/long", 0): written},
    )
    errors = find_errors(changed)
    same = {place for place, kinds in errors.items() if "same_text" in kinds}
    assert same == {("lead", "bridge/short"), ("lead", "bridge/long")}


def test_what_came_to_nothing_has_that_as_its_one_kind(material: Material) -> None:
    """A failed output and one that is missing are not looked at for other errors."""
    failed = replace(material.generations["lead", "bridge/q1", 0], finish_reason="error")
    generations = {**material.generations, ("lead", "bridge/q1", 0): failed}
    del generations["lead", "bridge/q2", 0]
    errors = find_errors(replace(material, generations=generations))
    assert errors["lead", "bridge/q1"] == ("failed",)
    assert errors["lead", "bridge/q2"] == ("missing",)


@given(st.text(alphabet="ab。", max_size=60))
def test_a_repeat_is_in_the_text_before_it(text: str) -> None:
    """Each stretch begins anew something that began earlier, and none overlaps another."""
    found = find_repeats(text)
    for start, end in found:
        assert end - start >= 8
        assert text.find(text[start:end]) < start
    assert all(one[1] <= other[0] for one, other in pairwise(found))


def test_every_kind_has_words() -> None:
    """The report can name each in both languages."""
    assert {f"issue.{kind}" for kind in ERROR_KINDS} <= set(labels())
