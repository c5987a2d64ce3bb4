"""How a run is cited, and its manifest as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report.citation import cite, rows_of

if TYPE_CHECKING:
    from evalkit.report.material import Material


def test_a_citation_changes_with_what_was_measured(material: Material) -> None:
    """Other articles or another model give other lines, another order does not.

    Without prompts, as with predictions of other programs, there is no line of them.
    """
    manifest = material.manifests[0]
    lines = cite(material, manifest)
    unprompted = cite(material, manifest.model_copy(update={"prompts": {}}))
    assert unprompted == [*lines[:3], *lines[4:]]
    assert [line[1].partition("：")[0] for line in lines[1:]] == [
        "系统", "数据", "提示词", "指标", "机器",
    ]  # fmt: skip
    other = manifest.model_copy(update={"articles": {**manifest.articles, "more": "0" * 64}})
    changed = cite(material, other)
    assert [a == b for a, b in zip(lines, changed, strict=True)] == [
        True, True, False, True, True, True,
    ]  # fmt: skip
    turned = dict(reversed(manifest.articles.items()))
    assert cite(material, manifest.model_copy(update={"articles": turned})) == lines


def test_a_manifest_has_a_row_for_each_value(material: Material) -> None:
    """Paths lead to values; hashes of many articles are one row with their number."""
    manifest = material.manifests[0]
    rows = dict(rows_of(manifest))
    assert rows["run"] == manifest.run
    assert rows["config.models.0.name"] == "lead"
    many = manifest.model_copy(update={"articles": {f"a{i}": "0" * 64 for i in range(300)}})
    assert dict(rows_of(many))["articles"].startswith("300 [")
