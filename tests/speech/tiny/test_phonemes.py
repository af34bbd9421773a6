import pytest

from narrator.routine.phrases import Lexicon
from narrator.speech.espeak import Espeak
from narrator.speech.tiny.phonemes import Phone, make_ids, read_clauses


def spell(*clauses):
    return " ".join(f"{phone.symbol}{phone.stress or ''}" for phone in read_clauses(clauses)[1:-1])


@pytest.mark.parametrize(
    ("transcription", "expected"),
    [
        ("b_ɹ_ˈiː_ð", "b r iy2 dh"),
        ("h_ˈoʊ_l_d", "hh ow2 l d"),
        ("ˈɛ_ɡ_z_eɪ_l", "eh2 g z ey1 l"),
        ("f_ˈaɪɚ", "f ay2 er1"),
        ("tʃ_ˈɪ_n", "ch ih2 n"),
        ("ð_ə", "dh ah1"),
        ("ɪ_t", "ih2 t"),
        ("ʌ_v", "ah1 V"),
        ("j_ʊɹ", "y ao2 r"),
        ("ɪ_n_t_ʊ", "ih1 n t uw1"),
        ("ˌɪ_n_t_ʊ", "ih1 n t uw1"),
        ("(fr)k_ˈæ_f_eɪ(en-us)", "k ae2 f ey1"),
        ("ð_ɪ_ ˈɛ_l", "dh ih2 eh2 l"),
        ("x͡k_ˈɑː", "k k aa2"),
        ("ʃ_ˈʌ_v_ˈɑː_s_ʌ_n_ə", "sh ah3 V aa2 s ah1 n ah1"),
    ],
)
def test_sounds_become_symbols_and_stress(transcription, expected):
    assert spell((transcription, "")) == expected


def test_stops_follow_their_clauses():
    assert spell(("ˈɪ_n", ","), ("ˈaʊ_t", ".")) == "ih2 n , aw2 t ."


def test_blanks_stand_between_phones():
    ids = make_ids([Phone("_"), Phone("aa", 2), Phone("_")])
    assert ids.symbols == [0, 0, 0, 21, 0, 0, 0]
    assert ids.tones == [0, 7, 0, 9, 0, 7, 0]
    assert ids.languages == [0, 2, 0, 2, 0, 2, 0]


def test_everything_that_espeak_says_in_english_is_known():
    words = (
        "the quick brown fox jumps over a lazy dog button rhythm fire hour judge measure vision thing church loch idea"
    )
    with Espeak() as espeak:
        heard = espeak.transcribe(words.split(), "en-us")
    for word, transcription in zip(words.split(), heard, strict=True):
        phones = read_clauses([(transcription, "")])[1:-1]
        assert len(phones) >= len([token for token in transcription.split("_") if token.strip("ˈˌ ")]), word
        assert any(phone.stress for phone in phones), word


def test_names_of_poses_have_one_main_stress():
    respelt = Lexicon({}, "en").respell("Savasana, Paschimottanasana, Trikonasana")
    with Espeak() as espeak:
        names = [espeak.transcribe([name], "en-us")[0] for name in respelt.split(", ")]
    for name in names:
        assert [phone.stress for phone in read_clauses([(name, "")])].count(2) == 1, name
