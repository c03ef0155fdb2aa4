"""The Preview page by hand: a member types /pain in a real browser and reacts to the answer."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bot.settings import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
SECONDS = 20_000  # in milliseconds, as Playwright counts


@pytest.fixture
def chromium() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        missing = "no Chromium on this machine: the Preview page was not tried in a browser"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[str]:
    """The address of a Preview, started as a member of the public would."""
    environment = os.environ | {
        "DISCORD_TOKEN": "",
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/preview.db",
        "PREVIEW_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "try"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    try:
        for line in running.stdout:
            if "http://127.0.0.1" in line:
                yield line[line.index("http") :].split()[0]
                break
        else:
            pytest.fail("the Preview ended without an address")
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=15) in (0, 130)
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


@pytest.fixture
def page(chromium: str, preview: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(SECONDS)
        expect.set_options(timeout=SECONDS)
        page.goto(preview)
        yield page
        browser.close()


def ask(page: Page, description: str) -> None:
    page.locator("#channel-composer-input").click()
    page.keyboard.type("/pain")
    expect(page.get_by_role("option").filter(has_text="/pain").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Where it hurts, how it feels")).to_be_visible()
    page.keyboard.type(description)
    page.keyboard.press("Enter")


def test_a_member_asks_and_reacts(page: Page, tmp_path: Path) -> None:
    ask(page, "outside of my right knee hurts after a few miles, worse downhill")
    timeline = page.locator("#channel-timeline")
    expect(timeline).to_contain_text("Sounds like what runners call IT band pain")
    expect(timeline).to_contain_text("See a professional when")
    expect(timeline).to_contain_text("not medical advice")
    first = page.locator(".reaction-chip").first
    expect(first).to_contain_text("1")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(first.locator(".reaction-count")).to_have_text("2")
    stored = sqlite3.connect(tmp_path / "preview.db")
    assert stored.execute("SELECT pattern, helped FROM votes").fetchall() == [("it-band", 1)]
    stored.close()
    page.locator("#viewer-picker").select_option(label="Kim")
    expect(page.locator("#channel-timeline")).to_contain_text("IT band pain")


def test_an_emergency_looks_like_one(page: Page) -> None:
    ask(page, "crushing chest pain and i can't breathe when i run")
    expect(page.locator("#channel-timeline")).to_contain_text("Please get help now")
    expect(page.locator("#channel-timeline")).not_to_contain_text("1️⃣")
