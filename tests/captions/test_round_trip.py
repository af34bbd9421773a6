"""Captions of a session, read as a script: the same words and bells at the same times."""

import json

import pytest

import narrator

ROUTINE = """\
title: Rest
language: {language}
floor: none
steps:
  - {{bell: {{sound: bowl, length: 1s}}}}
  - say: {words}
  - {{hold: 5s, cues: [{{countdown: 2}}]}}
  - {{bell: {{sound: bowl, times: 2, every: 3s, length: 1s}}}}
  - say: {words}
"""


def list_cues(session):
    return [
        (cue["start_ms"], cue["kind"], cue["text"])
        for cue in json.loads(session.script("json"))["cues"]
        if cue["kind"] == "speech"
    ]


def list_strokes(session):
    return [
        cue["start_ms"] + number * cue["every_ms"]
        for cue in json.loads(session.script("json"))["cues"]
        if cue["kind"] == "bell"
        for number in range(cue["times"])
    ]


@pytest.mark.parametrize("form", ["srt", "vtt"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Lie down, with your arms beside you, and rest. 1 < 2 & close your eyes!"),
        ("de-AT", "Lege dich hin – «ganz» ruhig."),
        ("ja", "めをとじましょう。"),
    ],
)
def test_captions_are_a_script_of_the_session(write, form, language, words):
    session = narrator.plan(write(ROUTINE.format(language=language, words=words)), voice="silent")
    written = write(session.script(form, bells=True), f"rest.{form}")
    read = narrator.plan(written, voice="silent", **({"language": language} if form == "srt" else {}))
    assert (read.language, list_cues(read), list_strokes(read)) == (language, list_cues(session), list_strokes(session))
    # What is written of that again is the same.
    assert read.script(form, bells=True) == written.read_text("utf-8")
