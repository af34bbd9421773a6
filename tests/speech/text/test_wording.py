import pytest

from narrator.speech.engines.espeak import Espeak
from narrator.speech.text.breaths import has_words, split_breaths
from narrator.speech.text.wording.en import word_english

READINGS = {
    "rhythms and ranges": [
        ("Breathe 4-7-8.", "Breathe 4, 7, 8."),
        ("box breathing, 4-4-4-4", "box breathing, 4, 4, 4, 4"),
        ("4-7-8-breathing", "4, 7, 8 breathing"),
        ("5-5 breathing", "5, 5 breathing"),
        ("Hold for 10–12 breaths.", "Hold for 10 to 12 breaths."),
        ("3 - 5 rounds", "3 to 5 rounds"),
        ("10-12s, then 2-3x", "10 to 12 seconds, then 2 to 3 times"),
        ("a 20-30-minute rest", "a 20 to 30-minute rest"),
        ("10,000-12,000 steps", "10,000 to 12,000 steps"),
        ("3.5–4 m", "3.5 to 4 metres"),
        ("60%-70%, 1st-3rd, 5Hz-8Hz", "60% to 70%, 1st to 3rd, 5 hertz to 8 hertz"),
        ("a 1:2 ratio, or 1:4:2", "a 1 to 2 ratio, or 1 to 4 to 2"),
        ("breathe in - 4 counts", "breathe in - 4 counts"),
    ],
    "times": [
        ("at 6 a.m. and later", "at 6 AM and later"),
        ("Wake at 7:30 p.m., then rest.", "Wake at 7 30 PM, then rest."),
        ("Come at 6 a.m.", "Come at 6 AM."),
        ("Come at 6 am. Stay.", "Come at 6 AM. Stay."),
        ("At 7:00 a.m. sharp", "At 7 AM sharp"),
        ("At 7:00", "At 7 o'clock"),
        ("at 7:05", "at 7 oh 5"),
        ("I am 6 am I not", "I am 6 AM I not"),
        ("6:30–7:15 p.m., or 7pm-8pm", "6 30 to 7 15 PM, or 7 PM to 8 PM"),
        ("9:00-10:00", "9 to 10 o'clock"),
        ("hold for 2:00 minutes", "hold for 2 minutes"),
        ("in the 1990s, in her 30s, the '90s", "in the 19 nineties, in her thirties, the nineties"),
        ("In your 20s and 30s", "In your twenties and thirties"),
        ("the 30s hold, on all 4s", "the 30 seconds hold, on all fours"),
    ],
    "units": [
        ("5 cm, 20 m, 1 m, 3 ft", "5 centimetres, 20 metres, 1 metre, 3 feet"),
        ("hold 30s", "hold 30 seconds"),
        ("a 5-min rest, 5 min of it", "a 5 minute rest, 5 minutes of it"),
        ("20°C, 30° F or 45°", "20 degrees Celsius, 30 degrees Fahrenheit or 45 degrees"),
        ("60 bpm, 5 Hz", "60 beats per minute, 5 hertz"),
        ("500 mL or 2 L", "500 millilitres or 2 litres"),
        ("6 breaths/min at 5 km/h", "6 breaths per minute at 5 kilometres per hour"),
        ("1/2 way, a 1/4 turn, 1/8", "half way, a quarter turn, an eighth"),
        ("1½ hours and ¾", "1 and a half hours and 3 quarters"),
        ("2½ min, 1/2 h, 1/4 l", "2 and a half minutes, half an hour, a quarter of a litre"),
        ("3×10, 3x10, 1x", "3 times 10, 3 times 10, 1 time"),
        ("$5 or €10", "5 dollars or 10 euros"),
    ],
    "letters": [
        ("plan A or B", "plan eigh or B"),
        ("A or B?", "eigh or B?"),
        ("Option A is next. A calm one.", "Option eigh is next. A calm one."),
        ("an A with your legs, “a”, (a)", "an eigh with your legs, “eigh”, (eigh)"),
        ("Step a, then step a foot back.", "Step eigh, then step a foot back."),
        ("vitamins A, C and D", "vitamins eigh, C and D"),
        ("TAKE A BREATH. Take A Breath.", "TAKE A BREATH. Take A Breath."),
        ("Warrior II, Part IV", "Warrior 2, Part 4"),
        ("Warrior I, then rest. In Warrior I lift.", "Warrior 1, then rest. In Warrior I lift."),
        ("e.g. a block, etc.", "for example a block, et cetera."),
        ("Rest, etc. Then lie down, etc., w/o a block", "Rest, et cetera. Then lie down, et cetera, without a block"),
        ("Plan a pose. The part I like. Warrior I pose.", "Plan a pose. The part I like. Warrior 1 pose."),
        ("No. 5, Mt. Meru", "number 5, Mount Meru"),
    ],
    "signs": [
        ("-5 degrees", "minus 5 degrees"),
        ("rock & roll", "rock and roll"),
        ("and/or, Day 3/7, 7/10, 120/80", "and or, Day 3 of 7, 7 out of 10, 120 over 80"),
        ("Smile 🙂, then ❤️.", "Smile, then."),
        ("**Inhale** _slowly_, #1, ~5", "Inhale slowly, number 1, about 5"),
        ("soft\u00adly ↑", "softly"),
        ("Vṛkṣāsana and prāṇāyāma", "Vrksasana and pranayama"),
        ("café, señor", "café, señor"),
    ],
    "what is right already": [
        ("30 seconds, 90%, the 1st, 10,000 steps", "30 seconds, 90%, the 1st, 10,000 steps"),
        ("move by .5 metres", "move by .5 metres"),
        ("well-known T-spine, C3 to C5, covid-19", "well-known T-spine, C3 to C5, covid-19"),
        ("I'm 5'2 and in a mess", "I'm 5'2 and in a mess"),
    ],
}


@pytest.mark.parametrize(("written", "spoken"), [pair for pairs in READINGS.values() for pair in pairs])
def test_what_is_misread_is_put_into_words(written, spoken):
    assert word_english(written) == spoken


def test_words_put_in_are_read_as_they_are_meant():
    texts = {"7 a.m.": "sˈɛvən ˌeɪˈɛm", "Plan A": "plˈæn ˈeɪ", "Warrior II": "wˈɔːɹɪɚ tˈuː", "5 oz": "fˈaɪv ˈaʊnsᵻz"}
    with Espeak() as engine:
        heard = engine.transcribe([word_english(text) for text in texts], "en-us")
    assert [sounds.replace("_", "") for sounds in heard] == list(texts.values())


@pytest.mark.parametrize("text", ["", "...", " – ", "?!", "🙂", "*", "“”"])
def test_nothing_is_spoken_without_words(text):
    assert not split_breaths(word_english(text))
    assert not has_words(word_english(text))
