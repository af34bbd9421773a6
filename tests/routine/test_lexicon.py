import pytest

from narrator.routine.lexicon import Lexicon, Pronounced, load_lexicon, read_pronunciation


def respell(text, own, language):
    runs = Lexicon(own, language).split(text)
    return "".join(run if isinstance(run, str) else run.respelling or run.word for run in runs)


def test_the_lexicon_covers_poses_and_anatomy():
    known = load_lexicon()
    assert len(known) >= 80
    assert {"psoas", "piriformis", "sacrum", "baddha konasana", "savasana"} <= set(known)
    assert all(entry.respelling.replace("-", "").replace(" ", "").isalpha() for entry in known.values())


def test_each_pose_of_the_lexicon_has_ipa_with_its_stress():
    poses = [entry for name, entry in load_lexicon().items() if name.endswith("asana")]
    assert len(poses) >= 60
    assert all(entry.ipa and all("ˈ" in word or len(word) < 6 for word in entry.ipa.split()) for entry in poses)


def test_whole_words_are_respelled_whatever_their_case_longest_first():
    assert respell("supta baddha, BADDHA and baddhas", {"Baddha": "SHORT", "Supta Baddha": "LONG"}, "fr") == (
        "LONG, SHORT and baddhas"
    )
    assert respell("Der Psoas.", {}, "de") == "Der Psoas."
    assert respell("The psoas.", {"psoas": "own"}, "en") == "The own."


def test_sanskrit_is_known_with_its_marks_and_without():
    assert respell("Vṛkṣāsana, an asana.", {"Āsana": "own"}, "en") == "vrik-shahsunna, an own."
    assert respell("Prāṇāyāma, schön.", {}, "de") == "Prāṇāyāma, schön."


def test_ipa_of_the_author_keeps_narrators_respelling_for_voices_that_take_none():
    [run] = Lexicon({"savasana": "/saˈvaːsana/"}, "en").split("Savasana")
    assert run == Pronounced("Savasana", "shuh-vahsunna", "saˈvaːsana")
    [run] = Lexicon({"Savasana": "own"}, "en").split("Savasana")
    assert run == Pronounced("Savasana", "own", None)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("shuh-vahsunna", ("shuh-vahsunna", None)),
        ("/ʃəˈvɑːsənə/", (None, "ʃəˈvɑːsənə")),
        (" / ʃəˈvɑːsənə / ", (None, "ʃəˈvɑːsənə")),
        ("/ga'sa:/", (None, "ɡaˈsaː")),
        ("/bɔ̃ˈʒuʁ/", (None, "bɔ̃ˈʒuʁ")),
        ("/ˈtʃɑːkrə ˈɑːsənə/", (None, "ˈtʃɑːkrə ˈɑːsənə")),
        ("garçon", ("garçon", None)),
        ("smørrebrød", ("smørrebrød", None)),
    ],
)
def test_a_pronunciation_is_a_respelling_or_ipa_between_slashes(written, found):
    assert read_pronunciation(written) == found


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("ʃəˈvɑːsənə", r"IPA between slashes: /ʃəˈvɑːsənə/"),
        ("[ʃəˈvɑːsənə]", r"IPA between slashes: /ʃəˈvɑːsənə/"),
        ("sa'vaːsana", r"IPA between slashes: /sa'vaːsana/"),
        ("/sa", r"one slash too few"),
        ("/s4/", r"'4' in /s4/ is not an IPA symbol"),
        ("/ʃ@/", r"'@' in /ʃ@/ is not an IPA symbol"),
        ("/pst/", r"no vowel"),
    ],
)
def test_other_values_are_refused_with_an_example(written, message):
    with pytest.raises(ValueError, match=message):
        read_pronunciation(written)
