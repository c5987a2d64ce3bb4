"""`annotate`: the page and its key beside the run, and what people said of it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.annotate.exports import read_key
from evalkit.cli import main
from evalkit.errors import InputError
from evalkit.report import gather, render
from evalkit.store.folder import RunFolder
from tests.support.judging import judge, prefer, write_export
from tests.support.runs import reseal, write_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Return the folder of a run for whose answers a page was made."""
    path = write_run(tmp_path / "runs" / "smoke")
    options = ["--task", "answer", "--system", "qwen", "--system", "lead"]
    assert main(["annotate", "preferences", str(path), *options]) == 0
    return path


def test_a_run_is_judged_from_page_to_table(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Page and key are written, two exports are joined, the results are printed and kept."""
    assert (run_folder / "preferences.html").is_file()
    key = read_key(RunFolder(path=run_folder).preferences_key)
    exports = {name: judge(key, name, prefer("lead")) for name in ("li", "wang")}
    exports["li"]["judgements"][0]["reasons"] = ["facts", "wording"]
    files = [str(write_export(tmp_path / f"{name}.json", e)) for name, e in exports.items()]
    capsys.readouterr()
    assert main(["annotate", "import", str(run_folder), *files]) == 0
    printed = capsys.readouterr().out
    for words in (
        "What people preferred",
        "Krippendorff's alpha",
        "li: ",
        "agrees: how often",
        "facts 1",
    ):
        assert words in printed
    kept = json.loads((run_folder / "preferences.json").read_text(encoding="utf-8"))
    assert kept["package"] == key.package
    assert len(kept["judgements"]) == 2 * len(key.pairs)
    assert {judged["better"] for judged in kept["judgements"]} == {"lead"}


def test_the_report_shows_what_people_said_of_these_outputs(
    run_folder: Path, tmp_path: Path
) -> None:
    """Wins, agreement of people and of metrics; and nothing once the outputs are others."""
    key = read_key(RunFolder(path=run_folder).preferences_key)
    files = [
        str(write_export(tmp_path / f"{name}.json", judge(key, name, prefer("lead"))))
        for name in ("li", "wang")
    ]
    assert 'id="people"' not in render(".html", gather([load(run_folder)]))
    assert main(["annotate", "import", str(run_folder), *files]) == 0
    shown = (run_folder / "report.html").read_text(encoding="utf-8")
    section = shown[shown.index('<section id="people"') :].partition("</section>")[0]
    assert "no significant difference between" in section
    assert "+1.00" in section or "-1.00" in section
    assert "Krippendorff" in section
    assert 'data-t="people.one"' in section
    assert "<small>n=" in section
    file = run_folder / "generations.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("另一件事", "别的"), encoding="utf-8")
    reseal(run_folder)
    stale = render(".html", gather([load(run_folder)]))
    assert 'id="people"' not in stale
    assert "what people preferred is of other outputs" in stale


def test_judgements_that_cannot_be_read_are_named(run_folder: Path) -> None:
    """A report that would leave them out in silence is refused with the file."""
    file = run_folder / "preferences.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="does not hold what people preferred"):
        gather([load(run_folder)])


def test_an_export_of_another_package_is_refused(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is joined, and the message names file, line and both packages."""
    key = read_key(RunFolder(path=run_folder).preferences_key)
    export = judge(key, "li", prefer("lead")) | {"package": "feedfeedfeedfeed"}
    file = write_export(tmp_path / "li.json", export)
    assert main(["annotate", "import", str(run_folder), str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{file}:3: package: is of the package feedfeedfeedfeed" in said
    assert key.package in said
    assert not (run_folder / "preferences.json").exists()


def test_a_run_that_wrote_other_texts_since_is_refused(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Judgements are of texts: where the run has others now, they say nothing about it."""
    key = read_key(RunFolder(path=run_folder).preferences_key)
    export = str(write_export(tmp_path / "li.json", judge(key, "li", prefer("lead"))))
    file = run_folder / "generations.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("另一件事", "别的"), encoding="utf-8")
    reseal(run_folder)
    assert main(["annotate", "import", str(run_folder), export]) == 2
    assert "is of other outputs than the run holds now" in capsys.readouterr().err


def test_without_a_key_the_remedy_is_said(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run for which no page was made, or whose key was deleted, says what to run."""
    RunFolder(path=run_folder).preferences_key.unlink()
    assert main(["annotate", "import", str(run_folder), str(tmp_path / "li.json")]) == 2
    assert "python -m evalkit annotate preferences" in capsys.readouterr().err


def test_the_files_belong_to_the_run(run_folder: Path) -> None:
    """`runs rm` deletes page and key with the run, and results that change leave them alone."""
    RunFolder(path=run_folder).drop_results()
    assert (run_folder / "preferences-key.json").exists()
    assert main(["runs", "rm", str(run_folder), "--yes"]) == 0
    assert not run_folder.exists()


def test_a_copy_of_the_run_is_judged_too(run_folder: Path, tmp_path: Path) -> None:
    """The key goes with the folder: judgements can be joined on another machine."""
    copy = shutil.copytree(run_folder, tmp_path / "copy")
    key = read_key(RunFolder(path=copy).preferences_key)
    file = write_export(tmp_path / "li.json", judge(key, "li", prefer("qwen")))
    assert main(["annotate", "import", str(copy), str(file)]) == 0
