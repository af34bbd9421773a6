"""The engine on a model made here: a tone, as long as there are phonemes."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from narrator.cache import Cache
from narrator.cli.app import make_app
from narrator.errors import SpeechError, UsageError
from narrator.routine.heading import VoiceSpec
from narrator.speech.engine import Suggestion, Voice
from narrator.speech.engines import kokoro
from narrator.speech.engines.kokoro import Kokoro
from narrator.speech.engines.kokoro_files import find_folder, list_installed
from narrator.speech.engines.kokoro_phonemes import MOST, convert_ipa, number_phonemes, transcribe
from narrator.speech.registry import choose_voice, find_installable, open_voice
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader
from speech.engines.kokoro_store import EACH, VOICES, Store

ALL = [name for names in VOICES.values() for name in names]


@pytest.fixture
def store(monkeypatch, tmp_path):
    """All voices installed, from a folder."""
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path / "data"))
    store = Store()
    store.patch(monkeypatch)
    store.put_in(tmp_path / "files", *ALL)
    for name in ALL:
        assert run("add", f"kokoro:{name}", "--from", str(tmp_path / "files")).exit_code == 0
    return store


def run(*args):
    return CliRunner().invoke(make_app(), ["voices", *args])


def settle(engine, name, language, pace=1.0):
    return choose_voice(engine, name, language, pace)


def test_it_speaks_as_long_as_there_are_phonemes_and_as_slowly_as_it_is_asked_to(store):
    with Kokoro() as engine:
        clip = engine.synthesize("Inhala despacio, y suelta el aire.", Voice("kokoro", "ef_dora", "es"))
        slow = engine.synthesize("Inhala despacio, y suelta el aire.", Voice("kokoro", "ef_dora", "es", 0.5))
        count = len("inˈala despˈaθjo, i swˈelta el ˈaɪɾe.".replace("aɪ", "I")) + 2
    assert clip.length == pytest.approx(count * EACH / 24 / kokoro.SPEED, rel=0.05)
    assert slow.length == pytest.approx(2 * clip.length, rel=0.02)
    spectrum = np.abs(np.fft.rfft(clip.samples[:9600, 0]))
    assert 5 * spectrum.argmax() == pytest.approx(0.2 / (2 * np.pi) * 24_000, abs=5)


def test_each_voice_has_its_own_table(store):
    with Kokoro() as engine:
        peaks = {
            name: np.abs(engine.synthesize("Respira otra vez.", Voice("kokoro", name, "es")).samples).max()
            for name in ("em_alex", "ef_dora")
        }
    assert peaks["ef_dora"] - peaks["em_alex"] == pytest.approx(0.1, abs=0.01)


def test_a_cue_is_not_slower_than_can_be_understood(store, monkeypatch):
    monkeypatch.setattr(kokoro, "_CUE_SPEED", 0.8)
    with Kokoro() as engine:
        cues = [engine.synthesize("Hold.", Voice("kokoro", "af_heart", "en", pace)).length for pace in (0.5, 0.7)]
        sentence = [
            engine.synthesize("Hold it here for now.", Voice("kokoro", "af_heart", "en", pace)).length
            for pace in (0.5, 0.7)
        ]
    assert cues[0] == cues[1]
    assert sentence[0] > 1.3 * sentence[1]


@pytest.mark.slow
def test_the_same_text_gives_the_same_samples_in_whatever_thread_and_process(store):
    texts = [f"Relaja los hombros {number} veces." for number in range(6)]

    def hash_clip(text):
        return hashlib.sha256(engine.synthesize(text, Voice("kokoro", "ef_dora", "es")).samples.tobytes()).hexdigest()

    with Kokoro() as engine:
        alone = [hash_clip(text) for text in texts]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(hash_clip, texts)) == alone
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nimport hashlib, pytest\n"
        "from speech.engines.kokoro_store import Store\nfrom narrator.speech.engines.kokoro import Kokoro, Voice\n"
        "with pytest.MonkeyPatch.context() as patch:\n Store().patch(patch)\n"
        " with Kokoro() as engine:\n"
        "  for text in sys.argv[2:]: print(hashlib.sha256(engine.synthesize(text, "
        "Voice('kokoro', 'ef_dora', 'es')).samples.tobytes()).hexdigest())"
    )
    tests = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code, tests, *texts], capture_output=True, text=True, check=True)
    assert done.stdout.split() == alone


def test_sessions_share_one_model(store, monkeypatch):
    kokoro._models.clear()
    read = []
    monkeypatch.setattr(kokoro, "read_part", lambda part: read.append(part) or kokoro.kokoro_files.read_part(part))
    with Kokoro() as first, Kokoro() as second, ThreadPoolExecutor(4) as pool:
        for engine in (first, second, first, second):
            pool.submit(engine.synthesize, "Respira.", Voice("kokoro", "ef_dora", "es"))
    assert read.count(store.MODEL) == 1


def test_voices_go_by_language_and_region(store):
    with Kokoro() as engine:
        assert engine.languages() == ["es", "en-US", "en-GB", "hi"]
        assert [engine.voices(code) for code in ("es", "es-MX", "en", "en-GB", "de")] == [
            ["em_alex", "ef_dora"], ["em_alex", "ef_dora"], ["af_heart", "bf_emma"], ["bf_emma", "af_heart"], [],
        ]  # fmt: skip
        versions = {settle(engine, name, code).version for code, names in VOICES.items() for name in names}
    assert len(versions) == len(ALL)


@pytest.mark.slow
def test_british_english_has_its_own_sounds(store, monkeypatch):
    said = []
    monkeypatch.setattr(
        kokoro, "number_phonemes", lambda text, known: said.append(text) or number_phonemes(text, known)
    )
    with Kokoro() as engine:
        for name in ("af_heart", "bf_emma"):
            engine.synthesize("Hold for 10–12 breaths. Go slower.", Voice("kokoro", name, "en"))
    assert ["slˈOəɹ" in said[0], "slˈQ" in said[1], "tˈɛn tə twˈɛlv" in said[0]] == [True, True, True]


def test_it_comes_first_where_it_is_installed(store):
    for language, voice in (("es", "kokoro:em_alex"), ("hi", "kokoro:hf_alpha"), ("en", "hibari:heart")):
        engine, found = open_voice("auto", VoiceSpec(), language)
        engine.close()
        assert str(found) == voice


def test_hindi_ends_its_sentences_with_a_danda(store):
    with Kokoro() as engine:
        assert transcribe("रुको। साँस लो।", lambda clauses: [f"<{n}>" for n, _ in enumerate(clauses)]) == "<0>. <1>."
        assert engine.synthesize("साँस लो।", Voice("kokoro", "hf_alpha", "hi")).length > 200


def test_ipa_becomes_symbols_and_other_languages_codes_are_left_out():
    assert convert_ipa("t^ʃˈa^ʊ  (en)d^ʒˈa^ɪ(it) n-a") == "ʧˈW ʤˈI na"


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 3 * MOST])
def test_the_model_gets_no_more_phonemes_than_it_takes(count):
    pieces = number_phonemes("a" * count, {"a": 1})
    assert sum(map(len, pieces)) == count
    assert max(map(len, pieces)) <= MOST


@pytest.mark.slow
def test_a_long_text_is_spoken_in_breaths_and_whole(store):
    text = "Respira despacio y suelta todo el aire del cuerpo, sin prisa alguna. "
    with Kokoro() as engine:
        one, many = (engine.synthesize(text * n, Voice("kokoro", "ef_dora", "es")).length for n in (1, 20))
        assert many == pytest.approx(20 * one, rel=0.1)


def test_what_cannot_be_said_is_reported(store):
    with Kokoro() as engine:
        assert not np.any(engine.synthesize("...", Voice("kokoro", "ef_dora", "es")).samples)
        with pytest.raises(SpeechError, match="finds nothing to say in '你好'; is it in another language"):
            engine.synthesize("你好", Voice("kokoro", "af_heart", "en"))


@pytest.mark.slow
@pytest.mark.parametrize("file", ["model.onnx", "vocab.json", "ef_dora.bin"])
def test_a_file_that_was_changed_is_not_used_and_can_be_fetched_again(store, file, tmp_path):
    for cached in (kokoro._load_styles, kokoro._load_vocabulary):
        cached.cache_clear()
    kokoro._models.clear()
    path = find_folder() / file
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with (
        Kokoro() as engine,
        pytest.raises(SpeechError, match=f"{file} is not the expected file; it was not used"),
    ):
        engine.synthesize("Respira.", Voice("kokoro", "ef_dora", "es"))
    assert run("remove", "kokoro:ef_dora").exit_code == 0
    assert run("add", "kokoro:ef_dora", "--from", str(tmp_path / "files")).exit_code == 0
    with Kokoro() as engine:
        engine.synthesize("Respira.", Voice("kokoro", "ef_dora", "es"))


def test_a_clip_is_kept_by_model_and_table(store, tmp_path):
    cache = Cache(tmp_path / "cache")
    with Kokoro() as engine:
        for expected in (0, 1):
            assert speak(["Respira."], Reader(engine, settle(engine, None, "es")), cache).cached == expected
        assert speak(["Respira."], Reader(engine, settle(engine, "ef_dora", "es")), cache).cached == 0


def test_the_model_goes_with_the_last_voice(store):
    for name in ALL[:-1]:
        assert run("remove", f"kokoro:{name}").exit_code == 0
    assert list_installed() == ALL[-1:]
    assert sorted(path.name for path in find_folder().iterdir()) == sorted(
        ["LICENSE", f"{ALL[-1]}.bin", "model.onnx", "vocab.json"]
    )
    assert run("remove", f"kokoro:{ALL[-1]}").exit_code == 0
    assert not find_folder().exists()
    gone = run("remove", f"kokoro:{ALL[-1]}")
    assert (gone.exit_code, gone.stderr) == (3, f"error: the voice kokoro:{ALL[-1]} is not installed\n")
    with pytest.raises(SpeechError, match="has no installed voice; narrator voices lists"):
        Kokoro()


def test_the_best_voice_for_a_language_is_suggested(monkeypatch, tmp_path):
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path))
    assert Kokoro.suggest("de") is None
    assert Kokoro.suggest("fr-CA") == Suggestion("kokoro:ff_siwis", ("narrator voices add kokoro:ff_siwis",))
    assert find_installable("kokoro", "en-GB").name == "kokoro:bf_emma"
    assert find_installable("kokoro", "pt").name == "kokoro:pm_alex"
    assert find_installable("kokoro:ef_dora").name == "kokoro:ef_dora"


@pytest.mark.parametrize(
    ("name", "language", "message"),
    [
        ("kokoro:ef_dara", None, "did you mean 'ef_dora'"),
        ("kokoro", None, "name one such as kokoro:ef_dora"),
        ("kokoro", "ja", "no voice for 'ja', only for en, es, fr, hi, it, pt"),
        ("kokoro:../../x", None, "has no voice '../../x'"),
    ],
)
def test_a_voice_that_there_is_not_is_reported(name, language, message):
    with pytest.raises(UsageError, match=message):
        find_installable(name, language)


def test_it_says_what_it_is():
    said = find_installable("kokoro:ef_dora").describe()
    assert all(part in said for part in ("66 MB", "0.5 MB", "Apache-2.0", "partly synthetic", "SIWIS", "female", "es"))
