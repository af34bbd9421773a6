"""A table of texts as people write them, each with its sentences and pauses (in ms), or with its faults."""

import pytest

from narrator.routine.text import InlinePause, TextError, check_marks, split_text

SENTENCES = [
    # English
    ("en", "Dr. Smith says rest. Mr. Jones agrees.", ["Dr. Smith says rest.", "Mr. Jones agrees."]),
    ("en", "30 sec. rest, then 2 min. on. Again.", ["30 sec. rest, then 2 min. on.", "Again."]),
    ("en", "Hold 2 min. 30 sec. rest.", ["Hold 2 min. 30 sec. rest."]),
    ("en", "Rest 30 sec. Then go on.", ["Rest 30 sec.", "Then go on."]),
    ("en", "J. K. Rowling sat. C. G. Jung wrote.", ["J. K. Rowling sat.", "C. G. Jung wrote."]),
    ("en", "See No. 3 now. Or pp. 4 and 5.", ["See No. 3 now.", "Or pp. 4 and 5."]),
    ("en", "Props, e.g. a block, help. Others, i.e. straps, too.", ["Props, e.g. a block, help.", "Others, i.e. straps, too."]),
    ("en", "Blocks, straps, etc. are fine. Bring straps, etc. Then begin.", ["Blocks, straps, etc. are fine.", "Bring straps, etc.", "Then begin."]),
    ("en", "Wake at 7 a.m. and stretch. It's 7 a.m. Then rest.", ["Wake at 7 a.m. and stretch.", "It's 7 a.m.", "Then rest."]),
    ("en", "breathe in. hold. breathe out. ready? go on", ["breathe in.", "hold.", "breathe out.", "ready?", "go on"]),
    ("en", "He said “Rest.” Then he left.", ["He said “Rest.”", "Then he left."]),
    ("en", "“Rest!” she said. “Now.”", ["“Rest!” she said.", "“Now.”"]),
    ("en", "“Breathe in. Breathe out.”", ["“Breathe in.", "Breathe out.”"]),
    ("en", "(Rest here. Then go.) Done.", ["(Rest here.", "Then go.)", "Done."]),
    ("en", "Breathe... and rest… Good.", ["Breathe...", "and rest…", "Good."]),
    ("en", "Really?! Yes! 3 breaths. 2 more.", ["Really?!", "Yes!", "3 breaths.", "2 more."]),
    ("en", "Breathe for 5.5 seconds. Version 2.0 is next.", ["Breathe for 5.5 seconds.", "Version 2.0 is next."]),
    ("en", "Plan A. Then rest.", ["Plan A.", "Then rest."]),
    ("en", "St. Francis of approx. 1200.", ["St. Francis of approx. 1200."]),
    ("en", "Visit www.example.com today. Rest.", ["Visit www.example.com today.", "Rest."]),
    ("en", "That was in\n1986. It was\nnice.", ["That was in 1986.", "It was nice."]),
    ("en-GB", "Dr. Smith rests. Good.", ["Dr. Smith rests.", "Good."]),
    # German
    ("de", "Das ist die 2. Runde. Weiter.", ["Das ist die 2. Runde.", "Weiter."]),
    ("de", "Am 3. Mai geht es los. Ruhe.", ["Am 3. Mai geht es los.", "Ruhe."]),
    ("de", "2. Runde. Noch einmal.", ["2. Runde.", "Noch einmal."]),
    ("de", "Die 2. und 3. Runde sind kurz.", ["Die 2. und 3. Runde sind kurz."]),
    ("de", "Zum 3. Mal: atme. Im 1. Teil ruhst du.", ["Zum 3. Mal: atme.", "Im 1. Teil ruhst du."]),
    ("de", "Das ist Runde 3. Dann ruhe.", ["Das ist Runde 3.", "Dann ruhe."]),
    ("de", "Zähle bis 4. Atme aus.", ["Zähle bis 4.", "Atme aus."]),
    ("de", "Z. B. ein Block, d. h. ein Kissen, u. a. Decken.", ["Z. B. ein Block, d. h. ein Kissen, u. a. Decken."]),
    ("de", "Nimm z.B. einen Block. Gut.", ["Nimm z.B. einen Block.", "Gut."]),
    ("de", "Nr. 3 bleibt. Siehe S. 4.", ["Nr. 3 bleibt.", "Siehe S. 4."]),
    ("de", "Noch 30 Sek. Pause. Halte 30 Sek. Dann ruhe.", ["Noch 30 Sek. Pause.", "Halte 30 Sek.", "Dann ruhe."]),
    ("de", "Decken, Kissen usw. sind gut. Um 7 Uhr. Gut.", ["Decken, Kissen usw. sind gut.", "Um 7 Uhr.", "Gut."]),
    ("de", "Dr. Weiß sagt ca. 3 Minuten. Ja.", ["Dr. Weiß sagt ca. 3 Minuten.", "Ja."]),
    ("de", "„Atme ein. Atme aus.“ Dann ruhe.", ["„Atme ein.", "Atme aus.“", "Dann ruhe."]),
    ("de", "Ein Block. 30 Atemzüge.", ["Ein Block.", "30 Atemzüge."]),
    ("de", "Jetzt die\n2. Runde beginnt.", ["Jetzt die 2. Runde beginnt."]),
    # Spanish
    ("es", "Espera aprox. 3 minutos. Bien.", ["Espera aprox. 3 minutos.", "Bien."]),
    ("es", "La Sra. Ruiz dice pág. 4. Ud. puede parar.", ["La Sra. Ruiz dice pág. 4.", "Ud. puede parar."]),
    ("es", "¿Listo? ¡Vamos! Respira.", ["¿Listo?", "¡Vamos!", "Respira."]),
    ("es", "Usa algo, p. ej. una manta. Bien.", ["Usa algo, p. ej. una manta.", "Bien."]),
    ("es", "Descansa 30 seg. y sigue. El Dr. Pérez descansa.", ["Descansa 30 seg. y sigue.", "El Dr. Pérez descansa."]),
    ("es", "Mantas, cojines, etc. Luego respira.", ["Mantas, cojines, etc.", "Luego respira."]),
    # French
    ("fr", "M. Dupont dit de respirer. Mme. Ruiz aussi.", ["M. Dupont dit de respirer.", "Mme. Ruiz aussi."]),
    ("fr", "Prends p. ex. un coussin. Voir p. 3.", ["Prends p. ex. un coussin.", "Voir p. 3."]),
    ("fr", "Repos 30 sec. puis reprends. C'est le no. 3.", ["Repos 30 sec. puis reprends.", "C'est le no. 3."]),
    ("fr", "« Repos ! » dit-il. Inspire.", ["« Repos ! » dit-il.", "Inspire."]),
    ("fr", "Es-tu prêt ? Oui ! Inspire.", ["Es-tu prêt ?", "Oui !", "Inspire."]),
    # Italian
    ("it", "Il Dott. Rossi dice di respirare. Vedi pag. 3.", ["Il Dott. Rossi dice di respirare.", "Vedi pag. 3."]),
    ("it", "La Sig.ra Bianchi riposa. Coperte ecc. vanno bene.", ["La Sig.ra Bianchi riposa.", "Coperte ecc. vanno bene."]),
    ("it", "Usa ad es. un blocco. Riposa 30 sec. e poi vai.", ["Usa ad es. un blocco.", "Riposa 30 sec. e poi vai."]),
    # Portuguese
    ("pt", "O Sr. Silva diz aprox. 3 minutos. Respire.", ["O Sr. Silva diz aprox. 3 minutos.", "Respire."]),
    ("pt-BR", "Veja a pág. 4. A Dra. Lima descansa.", ["Veja a pág. 4.", "A Dra. Lima descansa."]),
    ("pt", "Use p. ex. um bloco. Descanse 30 seg. e continue.", ["Use p. ex. um bloco.", "Descanse 30 seg. e continue."]),
    # Others, and other scripts
    ("nl", "Dhr. Jansen rust. Adem o.a. rustig in. Bijv. nu.", ["Dhr. Jansen rust.", "Adem o.a. rustig in.", "Bijv. nu."]),
    ("nb", "Dette er 3. runde. Nå hvil.", ["Dette er 3. runde.", "Nå hvil."]),
    ("hi", "सांस लें। छोड़ें। आराम करें।", ["सांस लें।", "छोड़ें।", "आराम करें।"]),
    ("hi", "नमस्ते।सांस लें", ["नमस्ते।", "सांस लें"]),
    ("ja", "吸って。吐いて。「そうです。」休んで！本当？はい。", ["吸って。", "吐いて。", "「そうです。」", "休んで！", "本当？", "はい。"]),
    ("zh-Hans", "吸气。呼气！好？", ["吸气。", "呼气！", "好？"]),
    ("ar", "تنفس. هل أنت بخير؟ نعم.", ["تنفس.", "هل أنت بخير؟", "نعم."]),
    ("ur", "سانس لو۔ چھوڑو۔", ["سانس لو۔", "چھوڑو۔"]),
    ("am", "ተንፍስ። እረፍ።", ["ተንፍስ።", "እረፍ።"]),
    ("hy", "Շնչիր։ Հանգստացիր։", ["Շնչիր։", "Հանգստացիր։"]),
    ("my", "အသက်ရှူပါ။ နားပါ။", ["အသက်ရှူပါ။", "နားပါ။"]),
    ("el", "Ανάπνευσε. Πώς είσαι; Καλά.", ["Ανάπνευσε.", "Πώς είσαι;", "Καλά."]),
    ("km", "ដកដង្ហើម។ សម្រាក។", ["ដកដង្ហើម។", "សម្រាក។"]),
    ("th", "หายใจเข้า หายใจออก", ["หายใจเข้า หายใจออก"]),
    ("ru", "Вдох. Выдох! Отдых?", ["Вдох.", "Выдох!", "Отдых?"]),
    # Lists
    ("en", "- One\n- Two\n  and more\n* Three\n• Four", ["One", "Two and more", "Three", "Four"]),
    ("en", "1. Lie down\n2. Rest. Breathe.\n\n3) Get up", ["Lie down", "Rest.", "Breathe.", "Get up"]),
    ("de", "Zuerst:\n1. Atme ein\n2. Atme aus", ["Zuerst:", "Atme ein", "Atme aus"]),
    ("en", "-5 degrees and *bold* text", ["-5 degrees and *bold* text"]),
    # Texts that only look like marks
    ("en", "I <3 you. If a < b and 5 > 3, rest. Or a<b and c>d.", ["I <3 you.", "If a < b and 5 > 3, rest.", "Or a<b and c>d."]),
    ("en", "Hold it (10 seconds) here. Pause here (if you like).", ["Hold it (10 seconds) here.", "Pause here (if you like)."]),
    ("en", "This *pause* is yours. Enter the *silence*. **Rest** now.", ["This *pause* is yours.", "Enter the *silence*.", "**Rest** now."]),
    ("en", "Open 24/7, 1/2 and and/or.", ["Open 24/7, 1/2 and and/or."]),
    ("en", "See [Psoas](https://example.org/psoas) now.", ["See Psoas now."]),
    # Pauses
    ("en", 'Breathe in. <break time="2s"/> Out.', ["Breathe in.", 2000, "Out."]),
    ("en", "A. <break time='500ms'> B. <break time=1.5s /> C. <break/>", ["A.", 500, "B.", 1500, "C.", 4000]),
    ("en", 'A. <break time="2s"></break> B. <break strength="strong"/> <BREAK TIME="1S"/>', ["A.", 2000, "B.", 2000, 1000]),
    ("en", "In. (pause 5 seconds) Out. *pause* In.", ["In.", 5000, "Out.", 4000, "In."]),
    ("en", "In. /5s Out. /1m30s In. (/2s)", ["In.", 5000, "Out.", 90_000, "In.", 2000]),
    ("en", "[PAUSE:5] In. [pause 3 seconds] Out. [Pause]", [5000, "In.", 3000, "Out.", 4000]),
    ("en", "In. [pause for ten seconds] [5-second pause] [1 minute of silence] [pause for a minute]", ["In.", 10_000, 5000, 60_000, 60_000]),
    ("en", "In. [long pause] Out. (short pause) [wait 2s] [pause - 3 s]", ["In.", 8000, "Out.", 2000, 2000, 3000]),
    ("en", "In. *[3s]* Out. **pause 2s** _pause_", ["In.", 3000, "Out.", 2000, 4000]),
    ("en", "In [3s], and out [2s].", ["In", 3000, "and out", 2000]),
    ("en", "[1:30] [1m30s] [0.5 s] [500 ms] [[slnc 2000]] <pause 3s> <#0.5#>", [90_000, 90_000, 500, 500, 2000, 3000, 500]),
    ("de", "Ein. [Pause: 5 Sek.] Aus. [5 Sekunden Stille] (Pause) [3,5 Sek.]", ["Ein.", 5000, "Aus.", 5000, 4000, 3500]),
    ("de", "Ein. [pause 3 seconds] [eine Minute Pause] [Pause von zehn Sekunden] [kurze Pause]", ["Ein.", 3000, 60_000, 10_000, 2000]),
    ("es", "Inhala. [pausa 3 segundos] [silencio 10 s] (pausa de diez segundos) *pausa*", ["Inhala.", 3000, 10_000, 10_000, 4000]),
    ("fr", "Inspire. [pause de 3 secondes] (silence de 10 s) *pause 2 s* [pause longue]", ["Inspire.", 3000, 10_000, 2000, 8000]),
    ("it", "Inspira. [pausa di 3 secondi] (silenzio) [pausa breve] [due minuti di silenzio]", ["Inspira.", 3000, 4000, 2000, 120_000]),
    ("pt", "Inspire. [pausa de 3 segundos] (silêncio 10 s) [pausa longa]", ["Inspire.", 3000, 10_000, 8000]),
    ("nl", "Adem in. [pauze 3 seconden] (stilte)", ["Adem in.", 3000, 4000]),
    ("hi", "सांस लें। [5 सेकंड विराम] (विराम)", ["सांस लें।", 5000, 4000]),
    ("ja", "吸って。［ポーズ5秒］吐いて。（間）[5秒間]", ["吸って。", 5000, "吐いて。", 4000, 5000]),
    ("zh", "吸气。【停顿3秒】呼气。", ["吸气。", 3000, "呼气。"]),
]  # fmt: skip

FAULTS = [
    ("en", "<speak>Rest.</speak>", ["the tag <speak> would be spoken; remove it"]),
    ("en", "<b>Rest</b> and <em>go</em>.", ["the tag <b> would be spoken; remove it", "the tag <em> would be spoken; remove it"]),
    ("en", "<p>Rest.</p>", ["the tag <p> would be spoken; separate paragraphs by an empty line"]),
    ("en", "Rest.<br/>Go.", ["the tag <br/> would be spoken; start a new paragraph with an empty line, or write a pause as [1s]"]),
    ("en", '<prosody rate="slow">Rest.</prosody>', ["the tag <prosody rate=\"slow\"> would be spoken; set 'pace' in 'voice' at the top of the routine"]),
    ("en", '<phoneme ph="x">Rest</phoneme>', ["the tag <phoneme ph=\"x\"> would be spoken; add the word to 'pronounce' at the top of the routine"]),
    ("en", "Rest. <!-- slowly -->", ["a comment would be spoken; write it after # on a line of YAML"]),
    ("en", '<break time="2s', ["<break is not closed; for a pause, write [2s]"]),
    ("en", '<break time="soon"/>', ['<break time="soon"/> has no length; write <break time="2s"/>, or [2s]']),
    ("en", "[soon] Rest.", ["[soon] is not a pause; write one as [3s], and other text without brackets"]),
    ("en", "[inhale deeply] Rest.", ["[inhale deeply] is not a pause; write one as [3s], and other text without brackets"]),
    ("en", "[3] Rest.", ["[3] has no unit; write [3s]"]),
    ("en", "[0s] Rest.", ["[0s] is not a valid length of a pause; write one such as [3s]"]),
    ("en", "[25h] Rest.", ["[25h] is not a valid length of a pause; write one such as [3s]"]),
    ("en", "[puase 3s] Rest.", ["[puase 3s] is not a pause; did you mean [pause 3s]? Or write [3s]"]),
    ("de", "[Pause 3 Sekuden]", ["[Pause 3 Sekuden] is not a pause; did you mean [Pause 3 sekunden]? Or write [3s]"]),
    ("en", "[bell] Rest.", ["[bell] is not a pause such as [3s]; write it as a separate step: '- bell: bowl'"]),
    ("en", "[hold 30s] Rest.", ["[hold 30s] is not a pause such as [3s]; write it as a separate step: '- hold: 30s'"]),
    ("en", "[3s..8s] Rest.", ["[3s..8s] is not a single length; write an elastic pause as a step: '- pause: 3s..8s'"]),
    ("en", "Breathe in *pause* breathe out.", ["*pause* may be a pause or a word; write [4s] for a pause, or remove the stars"]),
    ("en", "a [3s and [b] c]", ["[b] is not a pause; write one as [3s], and other text without brackets"] + ["a square bracket is unmatched; for a pause, write [3s]"] * 2),
    ("en", "[pausa 3 segundos]", ["[pausa 3 segundos] is not a pause; write one as [3s], and other text without brackets"]),
    ("es", "[música]", ["[música] is not a pause; write one as [3s], and other text without brackets"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), SENTENCES, ids=range(len(SENTENCES)))
def test_a_text_is_split_into_its_sentences_and_pauses(language, text, expected):
    pieces = split_text(text, language)
    assert [piece.length if isinstance(piece, InlinePause) else piece.text for piece in pieces] == expected
    check_marks(text, language)


@pytest.mark.parametrize(("language", "text", "messages"), FAULTS, ids=range(len(FAULTS)))
def test_what_would_be_spoken_as_nonsense_is_refused(language, text, messages):
    for verb in (split_text, check_marks):
        with pytest.raises(TextError) as caught:
            verb(text, language)
        assert [fault.message for fault in caught.value.faults] == messages
        assert all(fault.snippet in text for fault in caught.value.faults)


def test_the_table_is_large_and_has_many_languages():
    assert len(SENTENCES) + len(FAULTS) >= 100
    assert len({language.partition("-")[0] for language, _, _ in SENTENCES}) >= 12
