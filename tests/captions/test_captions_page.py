"""What the page about captions shows is what narrator writes."""

import re
from pathlib import Path

import yaml

import narrator
from narrator.captions.forms import FORMS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "captions.md").read_text("utf-8")


def get_block(language):
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return block


def test_the_routine_shown_has_the_captions_shown(write):
    session = narrator.plan(write(get_block("yaml")), voice="espeak")
    assert session.script("vtt") == get_block("vtt")


def test_the_tag_is_as_large_as_the_page_says():
    script = yaml.safe_load((DOCS.parent / "scripts" / "ten-minute-hips.yaml").read_text("utf-8"))
    texts = [
        text
        for cue in script["cues"]
        if (said := cue.get("say"))
        for text in ([said] if isinstance(said, str) else said)
    ]
    assert 4_500 < sum(2 * len(text) + 5 for text in texts) < 5_500


def test_every_form_is_on_the_pages():
    table = (DOCS / "command-line.md").read_text("utf-8")
    assert all(f"`{name}`" in table and f"`{form.suffix}`" in table for name, form in FORMS.items())
