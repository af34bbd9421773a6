"""The review of doubtful recordings: answers are kept, and not asked for again."""

import io

import numpy as np
import pytest

from narrator.cli.review import review_pieces
from narrator.sound.resample import decode_part
from narrator.speech.takes.manifest import read_manifest
from narrator.takes.cutting import Cut, Piece
from narrator.takes.voice_folder import write_cut
from recordings import write_wav

WANTED = {1: "Breathe in.", 2: "Hold.", 3: "Rest."}


@pytest.fixture
def cut(tmp_path, monkeypatch):
    """A take of six seconds, each with a tone of its own, in which two sentences are doubtful."""
    time = np.arange(48_000 * 6) / 48_000
    write_wav(tmp_path / "take.wav", 0.2 * np.sin(2 * np.pi * (200 + 100 * time.astype(int)) * time))
    take = tmp_path / "take.wav"
    monkeypatch.setenv("PATH", str(tmp_path))  # without players
    pieces = {
        1: Piece(1, take, 300, 700, "", ()),
        2: Piece(2, take, 1300, 1700, "may be another", ((2300, 2700), (3300, 3700))),
        3: Piece(3, take, 4300, 4700, "may be another", ((5300, 5700),)),
    }
    found = Cut(pieces, (), ())
    write_cut(tmp_path / "anna", found, WANTED, {"language": "en"})
    return found


def answer(monkeypatch, folder, cut, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    review_pieces(folder, cut, WANTED)
    return read_manifest(folder).entries


def test_a_sentence_is_kept_or_skipped_and_is_not_asked_about_again(cut, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "anna"
    entries = answer(monkeypatch, folder, cut, "p\nk\ns\n")
    assert [(entries[key].state, entries[key].checked) for key in ("breathe in", "hold", "rest")] == [
        ("good", False),
        ("good", True),
        ("missing", True),
    ]
    assert "no player is found; listen to the files in" in capsys.readouterr().out
    assert (folder / "review" / "002-0.wav").is_file()
    assert answer(monkeypatch, folder, cut, "") == entries
    assert "nothing is left to review" in capsys.readouterr().out
    # Nor does another cut of the same take change the answers.
    assert write_cut(folder, cut, WANTED, {}).new == []
    assert {key: entry.state for key, entry in read_manifest(folder).entries.items()} == {
        key: entry.state for key, entry in entries.items()
    }


def test_another_part_of_the_take_becomes_the_recording(cut, tmp_path, monkeypatch):
    folder = tmp_path / "anna"
    entry = answer(monkeypatch, folder, cut, "2\ny\nq\n")["hold"]
    assert (entry.at, entry.state, entry.checked) == (3300, "good", True)
    heard = decode_part(folder / entry.file)[9600:28_800, 0]
    assert np.abs(np.fft.rfft(heard, 48_000)).argmax() == 500
    assert read_manifest(folder).entries["rest"].state == "doubtful"
    assert write_cut(folder, cut, WANTED, {}).kept[2] == "decided by you"


def test_an_interrupted_review_keeps_what_was_answered(cut, tmp_path, monkeypatch):
    with pytest.raises(RuntimeError):
        answer(monkeypatch, tmp_path / "anna", cut, "k\n")
    assert read_manifest(tmp_path / "anna").entries["hold"].checked
