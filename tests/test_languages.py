import pytest

from narrator.languages import find_base, fold_language, match_language


@pytest.mark.parametrize(
    ("code", "folded"),
    [
        ("en", "en"), ("EN-gb", "en-gb"), ("pt_BR", "pt-br"), ("no", "nb"), ("nn", "nb"), ("nb-NO", "nb-no"), ("iw", "he"),
        ("iw-IL", "he-il"), ("tl", "fil"), ("in", "id"), ("ji", "yi"), ("eng", "en"), ("deu", "de"), ("zh", "zh-hans"),
        ("zh-CN", "zh-hans"), ("zh-TW", "zh-hant"), ("zh-Hant-HK", "zh-hant"), ("cmn-Hans", "zh-hans"), ("yue", "yue"),
    ],
)  # fmt: skip
def test_equivalent_codes_are_folded_to_one(code, folded):
    assert fold_language(code) == folded
    assert fold_language(folded) == folded
    assert find_base(code) == folded.partition("-")[0]


@pytest.mark.parametrize(
    ("wanted", "known", "best"),
    [
        ("de-AT", ["en", "de"], "de"), ("de", ["en", "de-AT"], "de-AT"), ("pt-PT", ["pt-BR", "pt"], "pt"),
        ("pt-BR", ["pt-PT", "pt-br"], "pt-br"), ("pt-PT", ["pt-BR"], "pt-BR"), ("no", ["nb"], "nb"), ("nb", ["no", "en"], "no"),
        ("nn", ["nb", "nn"], "nn"), ("he", ["iw"], "iw"), ("fil", ["tl"], "tl"), ("id", ["in"], "in"), ("eng", ["en-US"], "en-US"),
        ("zh", ["zh-Hant", "zh-CN"], "zh-CN"), ("zh-TW", ["zh-Hans"], None), ("zh-HK", ["zh-Hant"], "zh-Hant"),
        ("fr", ["en", "de"], None), ("fr", [], None),
    ],
)  # fmt: skip
def test_the_best_match_for_a_language_is_found(wanted, known, best):
    assert match_language(wanted, known) == best
