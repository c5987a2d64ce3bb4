"""Where the repository and its golden files are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
PROMPTS = ROOT / "evalkit" / "prompts" / "defaults"
