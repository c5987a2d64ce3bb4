"""Pictures of a report, to be looked at: `python -m tests.browser.screenshots RUN FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, INSTALL, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

SIZES: dict[str, ViewportSize] = {
    "telephone": {"width": 320, "height": 844},
    "desktop": {"width": 1280, "height": 860},
}
PARTS = (
    "header",
    "#glance",
    "#scores",
    "#wrong",
    "#differences",
    "#charts",
    "#examples",
    "#detail",
    "#issues",
)
LOOKS = (("light", "en"), ("dark", "zh"))


def main(run: Path, folder: Path) -> None:
    """Take every part at both widths, light in English and dark in Chinese."""
    place = find_chromium()
    if place is None:
        sys.exit(f"no Chromium here; install it: {INSTALL}")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(FLAGS))
        for width in SIZES:
            for scheme, language in LOOKS:
                _take(browser, run / "report.html", folder / f"{width}-{scheme}", language)
        browser.close()


def _take(browser: Browser, file: Path, stem: Path, language: str) -> None:
    width, _, scheme = stem.name.partition("-")
    page = browser.new_page(
        viewport=SIZES[width],
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page.goto(f"{file.resolve().as_uri()}#?lang={language}&right=wrong&sort=disagreement")
    page.locator("#list tbody a").first.click()
    for part in PARTS:
        name = part.strip("#")
        page.locator(part).first.screenshot(path=stem.with_name(f"{stem.name}-{name}.png"))
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=stem.with_name(f"{stem.name}-top.png"))
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
