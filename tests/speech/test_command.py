import sys
import threading
import time
from pathlib import Path

import pytest

from narrator.config import CommandConfig
from narrator.errors import SpeechError
from narrator.speech.command import Command
from narrator.speech.engine import Voice
from narrator.speech.registry import choose_voice

SPEAKER = (sys.executable, str(Path(__file__).with_name("speaker.py")))
VOICE = Voice("command", "box", "en", 0.9)


@pytest.fixture
def make(tmp_path):
    def make_engine(*args, **options):
        run = (*SPEAKER, "--log", str(tmp_path / "log"), *args)
        return Command({"box": CommandConfig(run=run, **options)})

    return make_engine


def read_log(tmp_path):
    return (tmp_path / "log").read_text().splitlines()


@pytest.mark.parametrize(
    "args", [(), ("--text", "{text}"), ("--output", "{output}"), ("--output={output}", "--text={text}")]
)
def test_a_program_speaks_in_every_way_it_can_be_reached(make, tmp_path, args):
    clip = make(*args).synthesize("Breathe in.", VOICE)
    assert 1000 < clip.length <= 1224
    assert read_log(tmp_path) == ["Breathe in."]


@pytest.mark.parametrize("text", ["$(touch x); `id`", "{output} {pace}", "--fault rubbish", "'\" \\ %s"])
def test_a_text_is_a_text_whatever_it_looks_like(make, tmp_path, text):
    make("--text={text}").synthesize(text, VOICE)
    assert read_log(tmp_path) == [text]


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (["--fault", "code"], {}, r"failed on 'Breathe in.' with code 1: speaker: no such voice$"),
        (
            ["--fault", "nothing"],
            {},
            r"wrote nothing for 'Breathe in.'; try it by itself, and see 'run' of command:box",
        ),
        (["--fault", "rubbish"], {}, r"wrote no sound that can be read for 'Breathe in.'"),
        (["--delay", "20"], {"timeout": 0.5}, r"was not done with 'Breathe in.' after 0.5 s; raise 'timeout'"),
    ],
)
def test_what_goes_wrong_is_told(make, args, options, message):
    with pytest.raises(SpeechError, match=message):
        make(*args, **options).synthesize("Breathe in.", VOICE)


def test_a_program_that_is_not_there_is_told():
    engine = Command({"box": CommandConfig(run=("no-such-program", "{text}"))})
    with pytest.raises(SpeechError, match=r"'no-such-program' cannot be run: No such file or directory; see 'run'"):
        engine.synthesize("Breathe in.", VOICE)
    with pytest.raises(SpeechError, match=r"no program yet; name one in the configuration file, such as \[command"):
        Command({})


def test_closing_ends_the_program(make):
    engine = make("--delay", "20")
    threading.Timer(0.5, engine.close).start()
    started = time.monotonic()
    with pytest.raises(SpeechError, match="with code -9"):
        engine.synthesize("Breathe in.", VOICE)
    assert time.monotonic() - started < 5


def test_programs_are_voices_of_their_languages():
    programs = {
        "say": CommandConfig(run=("say",), languages=("de", "fr"), workers=3),
        "box": CommandConfig(run=("box",)),
    }
    engine = Command(programs)
    assert (list(engine.voices("de-AT")), list(engine.voices("en"))) == (["say", "box"], ["box"])
    assert list(engine.languages()) == ["de", "fr", "any"]
    assert engine.workers == 3


def test_a_voice_is_another_when_its_own_program_changes_and_no_other():
    box, say = CommandConfig(run=("box",)), CommandConfig(run=("say",))

    def settle(**programs):
        return choose_voice(Command(programs), "box", "en", 1)

    assert settle(box=box) == settle(say=say, box=box)
    assert settle(box=box) != settle(box=CommandConfig(run=("box", "-x")))
