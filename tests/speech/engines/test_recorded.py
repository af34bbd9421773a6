import json

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.errors import RoutineError, SpeechError, UnspeakableError, UsageError
from narrator.routine.heading import VoiceSpec
from narrator.speech.registry import open_voice
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader
from recordings import make_voice, write_wav
from recordings import speak as say


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("breathe in", "Breathe in."),
        ("“Breathe  in!”", "Breathe in."),
        ("It's time -- now", "It’s time – now."),
        ("¿Respiras?", "respiras"),
        ("STRASSE", "Straße."),
    ],
)
def test_a_sentence_is_found_as_it_is_said(tmp_path, written, said):
    make_voice(tmp_path / "anna", ["x"])
    (tmp_path / "anna" / "voice.yaml").write_text(f"sentences:\n  - sentence: {json.dumps(written)}\n    file: 1.wav\n")
    engine, voice = open_here(tmp_path)
    assert engine.review_texts({said: None}, voice) == []


def open_here(folder, name="anna", language="en", asked=None):
    return open_voice(asked, VoiceSpec(engine="recorded", name=name), language, [folder])


def test_one_that_is_missing_by_its_state_is_missing(tmp_path):
    make_voice(tmp_path / "anna", ["Breathe in."], s1="missing")
    engine, voice = open_here(tmp_path)
    with pytest.raises(UnspeakableError, match=r"1 of 1 sentences: 'Breathe in\.'"):
        engine.review_texts({"Breathe in.": None}, voice)
    assert engine.identify("Breathe in.", voice) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]\n", r"voice.yaml:1:1: error: a manifest is a mapping; start with"),
        ("sentences:\n  - sentence: Rest.\n    fiel: 1.wav\n", r"voice.yaml:3:5: .* did you mean 'file'"),
        ("sentences:\n  - sentence: Rest.\n", r"voice.yaml:2:5: .*'file' is missing; add 'file:'"),
        ("sentences:\n  - {sentence: Rest., file: 1.wav, state: god}\n", r"voice.yaml:2:\d+: .*'good'"),
        ("sentences:\n  - {sentence: Rest., file: 1.wav, from: 3s, to: 2s}\n", r"voice.yaml:2:\d+: .*must end"),
        ("sentences:\n  - {sentence: Rest., file: 1.wav}\n  - {sentence: rest, file: 1.wav}\n", r":3:\d+: .*on line 2"),
        ("language: klingon!\n", r"voice.yaml:1:11: "),
        ("sentences:\n  - {sentence: '...', file: 1.wav}\n", r"voice.yaml:2:\d+: .*no words"),
        ("sentences:\n\t- x\n", r"voice.yaml:2:1: "),
        ("", r"voice.yaml:1:1: "),
    ],
)
def test_a_fault_in_the_manifest_names_its_line(tmp_path, text, message):
    make_voice(tmp_path / "anna", ["Rest."])
    (tmp_path / "anna" / "voice.yaml").write_text(text)
    with pytest.raises(RoutineError, match=message):
        open_here(tmp_path)


@pytest.mark.parametrize("file", ["../other.wav", "{root}/other.wav", "link.wav", "/dev/zero", "nothing.wav", "."])
def test_a_manifest_names_no_file_outside_its_folder(tmp_path, file):
    make_voice(tmp_path / "anna", ["Rest."])
    write_wav(tmp_path / "other.wav", say("Rest."))
    (tmp_path / "anna" / "link.wav").symlink_to(tmp_path / "other.wav")
    name = file.format(root=tmp_path)
    (tmp_path / "anna" / "voice.yaml").write_text(f"sentences:\n  - {{sentence: Rest., file: {name}}}\n")
    engine, voice = open_here(tmp_path)
    with pytest.raises(RoutineError, match=r"voice.yaml:2:\d+: error: there is no sound file"):
        engine.review_texts({"Rest.": None}, voice)
    with pytest.raises(RoutineError):
        engine.synthesize("Rest.", voice)


def test_the_full_path_of_a_file_counts_in_a_folder_that_the_user_named(tmp_path):
    make_voice(tmp_path / "anna", ["Rest."])
    write_wav(tmp_path / "other.wav", say("Rest."))
    (tmp_path / "anna" / "voice.yaml").write_text(f"sentences:\n  - {{sentence: Rest., file: {tmp_path}/other.wav}}\n")
    engine, voice = open_here(tmp_path / "elsewhere", asked=f"recorded:{tmp_path}/anna")
    assert engine.synthesize("Rest.", voice).length > 300


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "is not audio"), (b"RIFF" + bytes(100), "is not audio|cut short"), (bytes(2000), "is not audio")],
)
def test_a_damaged_file_is_reported_at_its_line(tmp_path, data, message):
    make_voice(tmp_path / "anna", ["Rest."])
    (tmp_path / "anna" / "1.wav").write_bytes(data)
    engine, voice = open_here(tmp_path)
    with pytest.raises(UnspeakableError, match=rf"voice.yaml:4:11: .*({message})"):
        engine.synthesize("Rest.", voice)


def test_silence_and_a_part_beyond_the_end_are_reported(tmp_path):
    make_voice(tmp_path / "anna", ["Rest."])
    (tmp_path / "anna" / "voice.yaml").write_text("sentences:\n  - {sentence: Rest., file: 1.wav, from: 1m, to: 2m}\n")
    engine, voice = open_here(tmp_path)
    with pytest.raises(UnspeakableError, match=r"there is no sound in .* from 1m to 2m"):
        engine.synthesize("Rest.", voice)


def test_a_part_of_a_longer_file_is_heard(tmp_path):
    make_voice(tmp_path / "anna", ["Rest."])
    whole = np.concatenate([np.zeros(48_000), say("Breathe in."), np.zeros(48_000), say("Rest."), np.zeros(48_000)])
    start = 1000 + len(say("Breathe in.")) // 48 + 700
    write_wav(tmp_path / "anna" / "long.wav", whole)
    (tmp_path / "anna" / "voice.yaml").write_text(
        f"clean: none\nsentences:\n  - {{sentence: Rest., file: long.wav, from: {start}ms, to: {start + 2000}ms}}\n"
    )
    engine, voice = open_here(tmp_path)
    assert abs(engine.synthesize("Rest.", voice).length - len(say("Rest.")) // 48) < 60


def test_a_name_that_leads_out_of_the_routine_s_folder_is_not_found(tmp_path):
    make_voice(tmp_path / "other" / "anna", ["Rest."])
    (tmp_path / "here").mkdir()
    for name in ("../other/anna", str(tmp_path / "other" / "anna")):
        with pytest.raises(UsageError, match="there is no recorded voice"):
            open_here(tmp_path / "here", name)


def test_a_voice_of_another_language_is_refused(tmp_path):
    make_voice(tmp_path / "anna", ["Atme ein."], head="language: de\n")
    with pytest.raises(SpeechError, match="is recorded in 'de', not in 'en'"):
        open_here(tmp_path)
    assert open_here(tmp_path, language="de-AT")[1].language == "de-AT"


def test_the_pace_of_a_routine_does_not_change_a_person(tmp_path):
    make_voice(tmp_path / "anna", ["Rest."])
    engine, voice = open_voice(None, VoiceSpec(engine="recorded", name="anna", pace=0.7), "en", [tmp_path])
    assert voice.pace == 1.0
    cache = Cache(tmp_path / "cache")
    assert speak(["Rest."], Reader(engine, voice), cache).new == 1
    # The same sound under another name is in the cache.
    (tmp_path / "anna").rename(tmp_path / "bea")
    engine, voice = open_here(tmp_path, "bea")
    assert speak(["Rest."], Reader(engine, voice), cache).new == 0
