"""Whole sessions: every caption is at its sound, in each form, beside the track and inside."""

import json
import shutil
import subprocess

import mutagen
import pysubs2
import pytest

import narrator
from measure import decode, find_onset

SPANISH = """\
title: "Descanso: «prueba»"
language: es
floor: none
steps:
  - section: Llegada
    steps:
      - say: Túmbate boca arriba, con los brazos a los lados, las palmas hacia el techo, y respira despacio por la nariz.
      - hold: 3s
        cues: [{countdown: 2}]
  - section: Respira
    steps:
      - {bell: tick}
      - say: ¿Cómo está tu cuerpo ahora?
"""
JAPANESE = """\
title: やすらぎ
language: ja
floor: none
steps:
  - say: あおむけになって、りょうあしを、ゆっくりとのばして、りょうてを、からだのよこに、おきましょう。
  - {hold: 2s}
  - say: おつかれさまでした。
"""
SESSIONS = {"es": SPANISH, "ja": JAPANESE}


@pytest.fixture(scope="module", params=SESSIONS)
def rendered(request, tmp_path_factory):
    """A track with captions of all kinds: its session, its file, and its sound."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "a.yaml").write_text(SESSIONS[request.param], "utf-8")
    session = narrator.plan(folder / "a.yaml", voice="espeak")
    track = session.render(
        folder / "a.mp3", mono=True, captions=["vtt", "srt", "lrc", "chapters", "transcript"], caption_bells=True
    )
    assert [path.rpartition("/a")[2] for path in track.captions] == [
        ".vtt", ".srt", ".lrc", ".chapters.json", ".transcript.txt",
    ]  # fmt: skip
    return session, folder / "a.mp3", decode(folder / "a.mp3")


def test_every_caption_is_at_its_sound(rendered):
    session, path, sound = rendered
    read = list(pysubs2.load(str(path.with_suffix(".srt"))))
    starts = [cue["start_ms"] for cue in json.loads(session.script("json"))["cues"]]
    # There is a sentence that takes more than one of them.
    assert len(read) > len(starts)
    assert set(starts) < {each.start for each in read}
    for each in read:
        assert abs(find_onset(sound, each.start) - each.start) <= 40
        assert all(len(line) <= 42 for line in each.text.split("\\N"))


def test_all_forms_have_the_same_times(rendered):
    session, path, _ = rendered
    srt, vtt = (
        [(each.start, each.end, each.text) for each in pysubs2.load(str(path.with_suffix(end)))]
        for end in (".srt", ".vtt")
    )
    assert srt == vtt
    lines = [line for line in path.with_suffix(".lrc").read_text("utf-8").splitlines() if line[1].isdigit()]
    times = [60_000 * int(line[1:3]) + round(1000 * float(line[4:9])) for line in lines]
    assert all(abs(time - start) <= 5 for time, (start, *_) in zip(times, srt, strict=True))
    chapters = json.loads(path.with_suffix(".chapters.json").read_text("utf-8"))["chapters"]
    assert [each["title"] for each in chapters] == [each.title for each in session.chapters]


def test_the_words_are_in_the_track(rendered):
    session, path, _ = rendered
    tags = mutagen.File(path).tags
    (words,), (timed,) = tags.getall("USLT"), tags.getall("SYLT")
    assert words.lang == timed.lang == {"es": "spa", "ja": "jpn"}[session.language]
    assert (timed.format, timed.type) == (2, 1)
    read = [each for each in pysubs2.load(str(path.with_suffix(".srt"))) if each.text != "[bell]"]
    assert [(text.strip(), start) for text, start in timed.text] == [
        (text, each.start) for text, each in zip(words.text.split("\n"), read, strict=True)
    ]
    whole = "".join(path.with_suffix(".transcript.txt").read_text("utf-8").split())
    assert "".join(words.text.split()).replace("dosuno", "dos,uno") in whole.replace("Respira¿", "¿")


@pytest.mark.slow
def test_the_track_is_as_it_was_planned(rendered):
    _, path, _ = rendered
    checks = {check.name: check for check in narrator.verify(path)}
    assert not any(check.is_fault for check in checks.values())
    assert checks["words"].planned == checks["words"].found != "0 lines"


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="needs ffprobe")
def test_ffprobe_sees_lyrics_and_subtitles(rendered):
    _, path, _ = rendered
    for name, wanted in (
        (path, '"lyrics-'),
        (path.with_suffix(".vtt"), '"webvtt"'),
        (path.with_suffix(".srt"), '"subrip"'),
    ):
        command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(name)]
        assert wanted in subprocess.run(command, capture_output=True, text=True, check=True).stdout
