"""Promises of stripping thinking: all of it, in whatever marks, and nothing but that."""

from __future__ import annotations

import time

import pytest

from evalkit.config.thinking import ThinkingMarks
from evalkit.values.thinking import Spoken, is_mark, open_mark, strip_thinking

ANSWER = Spoken(prediction="襄阳", unclosed=False)
UNCLOSED = Spoken(prediction="", unclosed=True)

# As the models' own templates, parsers and cards write it.
CLOSED = {
    "Qwen3, DeepSeek-R1, GLM, MiniMax-M2, Phi-4, Nemotron": "<think>\n想\n</think>\n\n襄阳",
    "without thinking": "<think>\n\n</think>\n\n襄阳",
    "opened by the template": "想\n</think>\n\n襄阳",
    "Hunyuan": "<think>\n想\n</think>\n<answer>\n襄阳\n</answer>",
    "Hunyuan 3": "<think:6124c78e>想</think:6124c78e>襄阳",
    "ERNIE": "<think>\n想\n</think>\n\n<response>\n襄阳\n</response>",
    "Kimi-VL": "◁think▷想◁/think▷襄阳",
    "Kimi K3": (
        "<|open|>think<|sep|>想<|close|>think<|sep|>"
        "<|open|>response<|sep|>襄阳<|close|>response<|sep|><|close|>message<|sep|>"
    ),
    "Magistral": "[THINK]想[/THINK]襄阳",
    "EXAONE Deep": "<thought>\n想\n</thought>\n\n襄阳",
    "Reka Flash": "<reasoning>想</reasoning>襄阳",
    "Seed-OSS": (
        "<seed:think>想<seed:cot_budget_reflect>用了9</seed:cot_budget_reflect>想</seed:think>襄阳"
    ),
    "MiniMax-M3": "<mm:think>想</mm:think>襄阳",
    "LongCat": "<longcat_think>想</longcat_think>襄阳",
    "K2 Horizon": "<ifm|think_fast>想</ifm|think_fast>襄阳",
    "PLaMo 3": "<|plamo:begin_think:plamo|>想<|plamo:end_think:plamo|>襄阳",
    "Solar Open": "<|think:start|>想<|think:end|>襄阳",
    "Command A": ("<|START_THINKING|>想<|END_THINKING|><|START_RESPONSE|>襄阳<|END_RESPONSE|>"),
    "Sky-T1, OpenThinker": (
        "<|begin_of_thought|>想<|end_of_thought|><|begin_of_solution|>襄阳<|end_of_solution|>"
    ),
    "gpt-oss": (
        "<|channel|>analysis<|message|>想<|end|><|start|>assistant"
        "<|channel|>final<|message|>襄阳<|return|>"
    ),
    "gpt-oss with a note": (
        "<|start|>assistant<|channel|>analysis<|message|>想<|end|><|start|>assistant"
        "<|channel|>commentary<|message|>先说<|end|><|start|>assistant"
        "<|channel|>final <|constrain|>text<|message|>襄阳"
    ),
    "gpt-oss without thinking": "<|channel|>final<|message|>襄阳",
    "gpt-oss, its special tokens lost": "analysis想assistantfinal襄阳",
    "Gemma 4": "<|channel>thought\n想<channel|>襄阳",
    "Apertus": "<|inner_prefix|>想<|inner_suffix|>襄阳",
    "openPangu": "[unused16]想[unused17]襄阳[unused10]",
    "Granite 3.2": "Here is my thought process:\n想\n\nHere's my response:\n襄阳",
    "Apriel": (
        "Here are my reasoning steps:\n想\n[BEGIN FINAL RESPONSE]\n襄阳\n[END FINAL RESPONSE]"
    ),
    "HuatuoGPT-o1": "## Thinking\n\n想\n\n## Final Response\n\n襄阳",
    "Keye": "<analysis>简单</analysis><answer>襄阳</answer>",
    "KAT": "<judge>\n简单\n</judge>\n\n<think_off>\n<answer>\n襄阳\n</answer>",
    "Reflection": "<thinking>想<reflection>再想</reflection>想</thinking><output>襄阳</output>",
    "Ollama": "Thinking...\n想\n...done thinking.\n\n襄阳",
    "Open WebUI": '<details type="reasoning" done="true">\n<summary>想</summary>\n</details>\n襄阳',
}
FORMS = """
    <Think>想</THINK>襄阳
    <think␣>想</think␣>襄阳
    <␣think␣>想<␣/␣think␣>襄阳
    ＜think＞想＜/think＞襄阳
    ＜ｔｈｉｎｋ＞想＜／ｔｈｉｎｋ＞襄阳
    <｜begin▁of▁thinking｜>想<｜end▁of▁thinking｜>襄阳
    <|beginning_of_thinking|>想<|end_of_thinking|>襄阳
    <|thinking|>想<|/thinking|>襄阳
    <start_working_out>想<end_working_out><SOLUTION>襄阳</SOLUTION>
    <think␣type="deep">想</think>襄阳
    &lt;think&gt;想&lt;/think&gt;襄阳
    <思考>想</思考>襄阳
    【思考】想【/思考】襄阳
    【思考】想【回答】襄阳
    〈think〉想〈/think〉襄阳
    [思考]想[/思考]襄阳
    ###Thinking###想###Answer###襄阳
    ```thinking␤想␤```␤襄阳
    <think/>襄阳
    <think>想</thinking>襄阳
    <think>想</think>襄<think>乙</think>阳
    <think>甲<think>乙</think>丙</think>襄阳
    <think>我用“</think>”结束</think>襄阳
    <think>想<answer>襄阳</answer>
    文中说<answer>襄阳</answer>
    <think>想</think><answer>襄阳
    襄阳
"""


@pytest.mark.parametrize("text", CLOSED.values(), ids=CLOSED.keys())
def test_each_family_s_thinking_is_stripped(text: str) -> None:
    """What is left is the answer, without its own marks."""
    assert strip_thinking(text) == ANSWER


@pytest.mark.parametrize("form", FORMS.split())
def test_form_does_not_matter(form: str) -> None:
    """Neither case, width, space and brackets of a mark, nor how often and how deep it stands."""
    assert strip_thinking(form.replace("␣", " ").replace("␤", "\n")) == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "<think>想",
        "襄阳<think>想",
        "<think>想</think>襄阳<think>再想",
        "[THINK]想",
        "<|channel|>analysis<|message|>想",
        "<|channel>thought\n想",
        "Here is my thought process:\n想",
        "<thinking>想<reflection>再想</reflection>",
    ],
)
def test_thinking_without_an_end_leaves_no_answer(text: str) -> None:
    """What stands before it is no answer either: the model had not made up its mind."""
    assert strip_thinking(text) == UNCLOSED


@pytest.mark.parametrize(
    "text",
    [
        "DeepSeek-R1用<think>标签包裹思考过程。",
        "模型在<think>和</think>之间思考。",
        "输出`<think>`与`</think>`，再给答案。",
        "“<think>”“</think>”是两个标记。",
        "答案写在<answer>标签里</answer>之后。",
        "【思考】本文谈读书。",
        "【分析】经济向好。\n【回答】增长6%。",
        "[分析]增长6%",
        "## Thinking Machines完成融资",
        "## Thinking\n这家公司完成融资。",
        "**思考题**有三道。",
        "Thinking Machines完成融资。",
        "analysis of the market",
        "他说：Here is my thought process: 先读题。",
        "```\n襄阳\n```",
        "<details>襄阳</details>",
        "1<2，3>1 [1] 《思考》 〈推理〉 <b>襄阳</b>",
    ],
)
def test_words_that_are_no_marks_stay(text: str) -> None:
    """An answer may speak of marks, and may have a heading or a tag that marks nothing."""
    assert strip_thinking(text) == Spoken(prediction=text, unclosed=False)


def test_a_model_may_have_marks_of_its_own() -> None:
    """They count besides the known ones, in either width."""
    own = ThinkingMarks(start="{计划}", end="{/计划}")
    for text in ("{计划}想{/计划}襄阳", "想｛／计划｝襄阳", "<think>想</think>襄阳"):
        assert strip_thinking(text, own) == ANSWER
    assert strip_thinking("{计划}想", own) == UNCLOSED
    assert strip_thinking("{计划}想{/计划}襄阳").prediction == "{计划}想{/计划}襄阳"


@pytest.mark.parametrize(
    ("token", "kept"),
    [
        ("<think>", True),
        ("[/THINK]", True),
        ("<|END_THINKING|>", True),
        ("<|channel|>", True),
        ("<|message|>", True),
        ("<channel|>", True),
        ("[unused17]", True),
        ("<|plan|>", True),
        ("</s>", False),
        ("<|im_end|>", False),
        ("<|end|>", False),
        ("<|return|>", False),
        ("<|START_RESPONSE|>", False),
        ("[INST]", False),
    ],
)
def test_special_tokens_that_mark_thinking(token: str, *, kept: bool) -> None:
    """Only those: neither what ends a turn nor what surrounds the answer."""
    own = ThinkingMarks(start="<|plan|>", end="<|go|>")
    assert is_mark(token, own) == kept


@pytest.mark.parametrize(
    ("prompt", "mark"),
    [
        ("<|im_start|>assistant\n<think>\n", "<think>\n"),
        ("<|Assistant|><think>", "<think>"),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
        ("在<think>之后写，\n<|im_start|>assistant\n", ""),
        ("写在<answer>", ""),
        ("", ""),
    ],
)
def test_a_prompt_may_open_the_thinking(prompt: str, mark: str) -> None:
    """With a mark at its very end that is not closed."""
    assert open_mark(prompt) == mark


@pytest.mark.parametrize(
    "piece",
    [
        "<think>",
        "</think>",
        "<think>a</think>",
        "<answer>",
        "</answer>",
        "<think ",
        "<",
        "< ",
        "【思考】",
        "<think>和",
        "`<think>",
        "# ",
        "**思考",
        "<|channel|>analysis",
        "\n```",
        "<details ",
        " ",
    ],
)
def test_time_is_linear(piece: str) -> None:
    """Four times as much text takes about four times as long; quadratic time would be sixteen."""
    seconds = []
    for n_characters in (25_000, 100_000):
        text = piece * (n_characters // len(piece))
        tries = []
        for _ in range(3):
            start = time.process_time()
            strip_thinking(text)
            tries.append(time.process_time() - start)
        seconds.append(min(tries))
    assert seconds[1] < 9 * seconds[0] + 0.05
