"""Laws of script conversion and of stripping thinking, on text made of their own words."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evalkit.values import script
from evalkit.values.script import simplify
from evalkit.values.thinking import strip_thinking

CHARACTERS = "".join([*script._VARIANTS, *script._IN_WORDS])  # noqa: SLF001 - what it knows
WORDS = """
    穿著 名著 著名 討論著 專著 藉口 慰藉 回覆 多重覆蓋 瞭解 沈默 沈陽 李乾 餅乾 甚麼 魏徵 畢昇
    宮商角徵羽 打坏 菜薹 英哩
"""
SCRIPT = st.lists(
    st.one_of(
        st.sampled_from(WORDS.split()),
        st.sampled_from(CHARACTERS),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("的是a1,。 \n😀𠀀𬺰"),
    ),
    max_size=12,
).map("".join)
MARKS = (
    "<think> </think> [THINK] 【思考】 【/思考】 <answer> </answer> <|channel|>final<|message|> "
    "<reflection> </reflection> <|end|> `<think>` <think>标签"
)
OUTPUT = st.lists(
    st.one_of(st.sampled_from(MARKS.split()), st.sampled_from("襄阳 ，\n<>|/[]【】`#*")),
    max_size=14,
).map("".join)


@settings(deadline=None)  # the first text loads dictionaries
@given(SCRIPT)
def test_simplifying_twice_changes_nothing(text: str) -> None:
    """And no character is lost or added, so that places in the text stay the same."""
    simple = simplify(text)
    assert simplify(simple) == simple
    assert len(simple) == len(text)


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_has_no_script(text: str) -> None:
    """It comes back as it is."""
    assert simplify(text) is text


@given(OUTPUT)
def test_a_prediction_is_made_of_what_was_written(text: str) -> None:
    """Nothing is added, nothing is moved; unclosed thinking leaves nothing at all."""
    spoken = strip_thinking(text)
    rest = iter(text)
    assert all(char in rest for char in spoken.prediction)
    assert spoken.prediction == spoken.prediction.strip()
    assert not (spoken.unclosed and spoken.prediction)


@given(st.text(st.sampled_from("想一襄阳。\n<>/|【】")), st.text(st.sampled_from("襄阳市，。123")))
def test_closed_thinking_leaves_the_answer(thought: str, answer: str) -> None:
    """Whatever was thought, unless the two marks are only named: `<think>`/`</think>`."""
    assume(thought.strip() != "/")
    assert strip_thinking(f"<think>{thought}</think>{answer}").prediction == answer
