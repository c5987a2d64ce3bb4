"""An article about six towns with references that keep every rule, and edits that break one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[dict[str, Any]], object]
TOWNS = ("东山镇", "西河镇", "南坪镇", "北沟镇", "中塘镇", "上坝镇")
NAMES = ("王平", "李安", "赵宁", "钱康", "孙和", "周顺")
CROPS = ("稻谷、小麦、大豆", "油菜、花生", "茶叶、柑橘、蜜柚、板栗")
SLOGANS = ("清风工程", "暖心行动", "头雁计划")
SHORT_A = (
    "江北县今年把党建工作落到乡镇，东山镇登记在册的党员达到１２１名，书记王平带头走村入户，"
    "在全镇推开清风工程；西河镇由李安牵头，党员人数为128名，当地盛产油菜和花生，公路眼下仍未修到。"
)
SHORT_B = (
    "六个乡镇各有分工：南坪镇栽种茶叶与蜜柚，并实施头雁计划；北沟镇的书记钱康管着142名党员；"
    "中塘镇、上坝镇人数更多。3月5日和4月6日，东山、西河先后召集会议，商定来年的安排与经费。"
)
LONG_A = (SHORT_B + SHORT_A)[:196] + "各镇的书记都要向县里报告进展，群众可以旁听。"


def questions() -> list[dict[str, Any]]:
    """Return enough questions of every type, with the sentences of the article as evidence."""
    made: list[dict[str, Any]] = []

    def ask(kind: str, question: str, answer: str, *evidence: str, **more: object) -> None:
        entry = {"id": f"q{len(made)}", "type": kind, "difficulty": 1, "question": question}
        made.append({**entry, "answers": [answer], "evidence": list(evidence), **more})

    for i, (town, name) in enumerate(zip(TOWNS, NAMES, strict=True)):
        ask(
            "number",
            f"{town}的党员有多少名？",
            f"{121 + 7 * i}名",
            f"{town}的党员有{121 + 7 * i}名",
        )
        ask("person", f"谁是{town}的书记？", name, f"{town}的书记是{name}")
    for town, day in zip(TOWNS, ("3月5日", "4月6日"), strict=False):
        ask("date", f"{town}哪天开会？", day, f"{town}{day}开会")
    for town, crops in zip(TOWNS, CROPS, strict=False):
        ask("list", f"{town}有哪些物产？", crops, f"{town}的物产有{crops}")
    for town, slogan in zip(TOWNS, SLOGANS, strict=False):
        ask("phrase", f"{town}推行了什么？", slogan, f"{town}推行了“{slogan}”")
    ask("yesno", "东山镇通公路吗？", "是", "东山镇通了公路")
    ask("yesno", "西河镇通公路吗？", "否", "西河镇没有通公路")
    for town in TOWNS[:3]:
        ask("unanswerable", f"{town}有多少户？", "文中未提及")
    for one, other, total in ((0, 1, "121 + 128 = 249"), (2, 3, "135 + 142 = 277")):
        evidence = [made[2 * one]["evidence"][0], made[2 * other]["evidence"][0]]
        question = f"{TOWNS[one]}和{TOWNS[other]}的党员合计多少名？"
        answer = f"{total[-3:]}名"
        ask("number", question, answer, *evidence, difficulty=3, note=total)
    return made


REFERENCES: dict[str, Any] = {
    "article": "towns",
    "headline": "江北县六个乡镇抓党建",
    "summaries": [
        {"id": "short-a", "task": "short", "text": SHORT_A},
        {"id": "short-b", "task": "short", "text": SHORT_B},
        {"id": "long-a", "task": "long", "text": LONG_A},
    ],
    "questions": questions(),
}
FOCUS_A = (
    "东山镇由书记王平主持，登记在册的党员121名，道路已经通到镇上；镇里推行清风工程，出产稻谷、小麦、大豆，"
    "干部开会、入户的情况向群众公开，大家都说这样办事更放心。"
)
FOCUS_B = (
    "王平当书记的东山镇，有党员121名，路也通了。全镇把清风工程当作头等大事，农户种的是水稻、麦子和豆子，"
    "每逢开会总有人记录，事后张榜，让没有到场的乡亲也能看到。"
)
QUOTES = dict.fromkeys(quote for asked in questions() for quote in asked["evidence"])
ARTICLE = "\n".join(("江北县有六个乡镇", *QUOTES))


def question(data: dict[str, Any], kind: str, nth: int = 0) -> dict[str, Any]:
    """Return one question of a type."""
    found: dict[str, Any] = [q for q in data["questions"] if q["type"] == kind][nth]
    return found


def drop(kind: str, n: int = 1) -> Edit:
    """Return an edit that drops questions of a type."""

    def edit(data: dict[str, Any]) -> None:
        for _ in range(n):
            data["questions"].remove(question(data, kind))

    return edit


def drop_last(data: dict[str, Any]) -> None:
    """Drop the last question, which is joined from two places."""
    del data["questions"][-1]


def change(kind: str, nth: int = 0, **values: object) -> Edit:
    """Return an edit that sets values of one question."""
    return lambda data: question(data, kind, nth).update(values)


def summary(nth: int, **values: object) -> Edit:
    """Return an edit that sets values of one summary."""
    return lambda data: data["summaries"][nth].update(values)


def focused(*texts: str, quote: str = "东山镇的党员有121名", **entry: str) -> Edit:
    """Return an edit that adds a focus with its references."""
    references = [{"text": text, "evidence": [quote]} for text in texts]
    added = {"id": "f1", "focus": "东山镇", **entry, "references": references}
    return lambda data: data.update(focused=[added])
