"""The public API: every public name is called, and does what `docs/api.md` says."""

import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import narrator
from measure import decode
from narrator.cache import Cache

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
MINE = "title: Mine\nsteps:\n  - say: Rest.\n  - {hold: 5s..5m, cues: [{at: half, say: Softly.}]}\n"


def list_examples(text):
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def routine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, "utf-8")
    return path


@pytest.mark.slow
def test_a_session_is_rendered_written_and_opened(routine, tmp_path):
    said = []
    session = narrator.plan(routine, length="1m", voice="espeak", report=lambda *told: said.append(told))
    assert isinstance(session, narrator.Session)
    assert (session.title, session.language, session.length, session.notes) == ("Mine", "en", 60_000, ())
    assert session.voice.startswith("espeak:")
    assert session.chapters == ()
    assert said[-1] == ("speaking", 2, 2)
    track = session.render(tmp_path / "a.mp3", report=lambda *told: said.append(told))
    assert isinstance(track, narrator.Track)
    assert said[-1] == ("mixing", 60_000, 60_000)
    assert len(decode(track.path)) == 60_000 * 48 == track.samples
    stream, data = session.open("mp3"), Path(track.path).read_bytes()
    assert stream.size == len(data)
    assert stream.read(200_000, 200_100) == data[200_000:200_100]
    assert stream.read(0, stream.size + 5) == data
    assert "Softly." in session.script()
    assert '"text": "Softly."' in session.script("json")
    assert session.render(tmp_path / "a.mp3").skipped
    track = session.render(tmp_path / "a.mp3", captions=["vtt"], caption_bells=True)
    assert (track.skipped, track.captions) == (True, (str(tmp_path / "a.vtt"),))
    assert (tmp_path / "a.vtt").read_text("utf-8") == session.script("vtt", bells=True)
    again = narrator.render(
        routine, tmp_path / "a.mp3", length="1m", voice="espeak", captions=["vtt"], caption_bells=True
    )
    assert (again.skipped, again.captions) == (True, track.captions)


@pytest.mark.long
def test_the_script_of_a_session_gives_its_track_again(routine, tmp_path):
    session = narrator.plan(routine, length=45_000, voice="espeak")
    script = tmp_path / "script.yaml"
    script.write_text(session.script("yaml"), "utf-8")
    first, second = session.render(tmp_path / "a.mp3"), narrator.render(script, tmp_path / "b.mp3")
    assert Path(first.path).read_bytes() == Path(second.path).read_bytes()
    assert not any(check.is_fault for check in narrator.verify(second.path))
    assert not any(check.is_fault for check in narrator.verify(second.path, script))


@pytest.mark.slow
def test_a_session_is_rendered_as_it_was_planned(routine, tmp_path):
    session = narrator.plan(routine, length="30s", voice="espeak")
    routine.write_text(MINE.replace("Rest.", "Wake up, and stand."), "utf-8")
    track = session.render(tmp_path / "a.mp3")
    assert Path(track.path).read_bytes() == session.open().read(0, 10**9)


def test_mono_and_bit_rate(routine, tmp_path):
    session = narrator.plan(routine, length="30s", voice="espeak", cover="none")
    track = session.render(tmp_path / "a.mp3", bitrate=32, mono=True)
    stream = session.open(bitrate=32, mono=True)
    assert stream.size == Path(track.path).stat().st_size < 30 * 4000 + 10_000
    both = decode(track.path)
    assert np.array_equal(both[:, 0], both[:, -1])


def test_many_tracks_over_any_executor(routine, tmp_path):
    wanted = [
        (narrator.make_request(routine, length=length, voice="silent"), tmp_path / f"{length}.mp3")
        for length in (30_000, 60_000, 86_400_000)
    ]
    with ThreadPoolExecutor(2) as pool:
        found = dict(narrator.render_all(wanted, executor=pool))
    assert {path.stem for path in found} == {"30000", "60000", "86400000"}
    assert found[tmp_path / "60000.mp3"].length_ms == 60_000
    assert isinstance(found[tmp_path / "86400000.mp3"], narrator.LengthError)
    assert dict(narrator.render_all(wanted[:1]))[tmp_path / "30000.mp3"].skipped
    with pytest.raises(narrator.UsageError, match="two tracks would be written"):
        list(narrator.render_all([wanted[0], wanted[0]]))


def test_a_cache_can_be_passed(routine, tmp_path):
    cache = narrator.Cache(tmp_path / "store")
    narrator.plan(routine, voice="silent", cache=cache)
    assert isinstance(cache, Cache)
    assert any((tmp_path / "store").rglob("*"))


def test_the_environment_counts_unless_reported_not_to(routine, monkeypatch):
    monkeypatch.setenv("NARRATOR_VOICE", "silent")
    assert narrator.plan(routine).voice == "silent:en"
    assert narrator.plan(routine, voice="espeak").voice.startswith("espeak")
    assert narrator.make_request(routine).options.voice == "silent"
    assert narrator.make_request(routine, configured=False).options.voice is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": "soon"}, "soon"),
        ({"length": 0}, "a track needs some time"),
        ({"guidance": "loud"}, "there is no guidance 'loud'"),
        ({"language": "english!"}, "not a language code"),
        ({"seed": "x"}, "'seed' is a whole number or today"),
    ],
)
def test_invalid_values_are_refused(options, message, routine):
    with pytest.raises(narrator.UsageError, match=message) as caught:
        narrator.plan(routine, **options)
    assert "--" not in str(caught.value)


def test_misspelt_names_are_refused(routine, tmp_path):
    with pytest.raises(TypeError, match="no option 'lenght'; did you mean 'length'"):
        narrator.plan(routine, lenght="3m")
    session = narrator.plan(routine, voice="silent")
    with pytest.raises(narrator.UsageError, match="cannot be written as 'pdf'"):
        session.script("pdf")
    with pytest.raises(narrator.UsageError, match="no captions 'pdf'"):
        session.render("a.mp3", captions=["pdf"])
    for wrong in (lambda: session.open("xyz"), lambda: session.render(tmp_path / "a.xyz")):
        with pytest.raises(narrator.UsageError, match=r"\.?mp3, \.?opus, \.?flac, \.?wav, \.?m4a, \.?m4b"):
            wrong()


def test_a_routine_is_loaded_and_its_faults_have_places(tmp_path):
    assert narrator.load("grounding").length == 300_000
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: x\nsteps:\n  - sya: Hi\n", "utf-8")
    with pytest.raises(narrator.RoutineError) as caught:
        narrator.load(bad)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - its own
    (fault,) = error.faults
    assert isinstance(fault, narrator.Fault)
    assert fault.mark == narrator.Mark(str(bad), 3, 5)
    assert isinstance(error, narrator.NarratorError)


def test_lists():
    assert "grounding" in {routine.name for routine in narrator.routines()}
    assert {"espeak", "silent"} <= {engine.engine for engine in narrator.voices("de") if engine.installed}
    with pytest.raises(narrator.UsageError, match="not a language code"):
        narrator.voices("German, please")


def test_an_engine_is_made_of_public_names():
    class Beep(narrator.Engine):
        name, version = "beep", "1"

        def languages(self):
            return ["any"]

        def voices(self, language):
            return [language]

        def synthesize(self, text, voice):
            return narrator.make_clip(text, np.full((4800, 1), 0.1, np.float32))

    clip = Beep().synthesize("Hi.", narrator.Voice("beep", "en", "en"))
    assert isinstance(clip, narrator.Clip)


def test_every_public_name_is_there_and_documented():
    for name in narrator.__all__:
        assert getattr(narrator, name) is not None
    assert set(narrator.__all__) == set(narrator._HOME) | {"__version__"}
    assert set(narrator.__all__) <= set(dir(narrator))
    missing = {name for name in narrator.__all__ if not re.search(rf"\b{name}\b", PAGE)}
    assert missing <= {"Options", "Track", "Cache", "Fault", "Mark", "__version__", "Session"}
    with pytest.raises(AttributeError, match="no attribute 'rendr'"):
        _ = narrator.rendr


def test_importing_narrator_imports_nothing_heavy():
    code = "import sys, narrator; print(sorted({'numpy', 'av', 'pydantic', 'yaml', 'typer', 'narrator.api'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.long
@pytest.mark.parametrize("example", range(len(list_examples(PAGE))))
def test_the_examples_of_the_page_run(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = list_examples(PAGE)[example].replace('"hibari"', '"silent"')
    exec(compile(code, "api.md", "exec"), {})  # noqa: S102 - the page's own


@pytest.mark.long
def test_the_readme_example_is_typed_as_a_users_file(tmp_path):
    example = next(each for each in list_examples(README) if "narrator.plan" in each)
    (tmp_path / "mine.py").write_text(example, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "mine.py"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    if "No module named mypy" in done.stderr:
        pytest.skip("mypy comes with 'lint'")
    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.slow
def test_several_formats_come_from_one_session(routine, tmp_path):
    session = narrator.plan(routine, length="30s", voice="silent")
    tracks = session.render_formats(tmp_path / "a.b", ["opus", "wav"], captions=["lrc"])
    assert [Path(track.path).name for track in tracks] == ["a.b.opus", "a.b.wav"]
    assert {track.samples for track in tracks} == {30_000 * 48}
    assert all(track.skipped for track in session.render_formats(tmp_path / "a.b", ["opus", "wav"]))
    with pytest.raises(narrator.UsageError, match="there is no format 'ogg'; did you mean opus"):
        session.render_formats(tmp_path / "a", ["ogg"])
    with pytest.raises(narrator.UsageError, match=r"FLAC cannot be opened.*open mp3, or call render\('track.flac'\)"):
        session.open("flac")
    with pytest.raises(narrator.UsageError, match="there is no format 'ogg'; did you mean opus"):
        session.open("ogg")
