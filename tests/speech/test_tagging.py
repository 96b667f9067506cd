"""Parts of speech come without a download."""

from episodeck.speech.tagging import tag


def test_plain_sentences_are_tagged() -> None:
    words = "The old sailor quickly repaired two nets in Lisbon .".split()
    assert [t for _, t in tag(words)] == ["DT", "JJ", "NN", "RB", "VBD", "CD", "NNS", "IN", "NNP", "."]
    assert [w for w, _ in tag(words)] == words
    assert tag([]) == []
