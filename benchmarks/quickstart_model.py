"""The model that the benchmarks run: the quickstart's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.providers.local.provider import LocalProvider
    from evalkit.runner.job import Job

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"


def open_model(dtype: str = "auto") -> tuple[Job, LocalProvider]:
    """Return the quickstart's job and its language model in a dtype, not yet loaded."""
    from evalkit.config.loading import load  # noqa: PLC0415 - after the arguments are read
    from evalkit.config.schema import LanguageModel  # noqa: PLC0415 - as above
    from evalkit.providers import Setting  # noqa: PLC0415 - as above
    from evalkit.providers.local.provider import open_provider  # noqa: PLC0415 - as above
    from evalkit.runner.job import prepare  # noqa: PLC0415 - as above

    job = prepare(*load(CONFIG))
    entry = next(entry for entry in job.config.models if isinstance(entry, LanguageModel))
    setting = Setting(corpus=job.corpus, examples=job.examples, progress=Quiet())
    entry = entry.model_copy(update={"dtype": dtype})
    return job, open_provider(entry, setting)


class Quiet:
    """Progress that is not shown."""

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Do nothing."""

    def advance(self, n_new_tokens: int = 0) -> None:
        """Do nothing."""

    def say(self, line: str) -> None:
        """Print the line to standard error."""
        print(line, file=sys.stderr)
