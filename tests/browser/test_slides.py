"""Slides of the lectures in headless Chromium: no text is taller or wider than a screen of 1366 x 768."""

from pathlib import Path

import checks
import slides

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TALL = """() => [...document.querySelectorAll(".slides section:not(:has(section))")].filter((one) =>
  one.scrollHeight > 768 || one.scrollWidth > 1366 ||
  [...one.querySelectorAll("math > *")].some((part) => part.getBoundingClientRect().right > 1350))
  .map((one) => one.innerText.slice(0, 80))"""


def test_no_slide_overflows(browser):
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    for name in slides.LECTURES:
        deck = slides.page(checks.read(NOTEBOOKS / f"{name}.ipynb"), name, ("body { margin: 0 }", ""))
        page.set_content(deck)
        assert page.locator(".slides section:not(:has(section))").count() > 30
        assert page.evaluate(TALL) == [], name
    page.close()
