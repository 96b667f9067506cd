"""Parts of speech come without a download."""

import gzip
import json
from importlib.resources import files

from nltk.tag.perceptron import PerceptronTagger

from episodeck.speech.tagging import tag

TALK = """
Well , I 've been glazing since 1987 and it 's never been cheaper . The kiln-master 's second rule ? Do n't open the door !
He said " slow cooling beats fast firing " , which is what Karin 's 14 apprentices at Orrefors learn first .
a an the that which that like so like that before cut set read put run better well back round so
Run cut set over down in as than but however 3.5 % of 12 - hour shifts cost $ 200 more , i.e. nothing [ laughs ] ok
ICE iPhone iPhones - -- — … ' '' `` x 2x H2O über naïve 日本 Ünïcode can not wo n't gon na
"""


def test_plain_sentences_are_tagged() -> None:
    words = "The old sailor quickly repaired two nets in Lisbon .".split()
    assert [t for _, t in tag(words)] == ["DT", "JJ", "NN", "RB", "VBD", "CD", "NNS", "IN", "NNP", "."]
    assert [w for w, _ in tag(words)] == words
    assert tag([]) == []


def test_tags_are_those_of_nltk() -> None:
    stored = json.loads(gzip.decompress(files("episodeck.speech").joinpath("tagger.json.gz").read_bytes()))
    tagger = PerceptronTagger(load=False)
    tagger.model.weights, tagger.tagdict = stored["weights"], stored["tagdict"]
    tagger.classes = tagger.model.classes = set(stored["classes"])
    lines = [line.split() for line in TALK.strip().splitlines()]
    for words in (*lines, *([w] for line in lines for w in line), *(line[::-1] for line in lines)):
        assert tag(words) == tagger.tag(words)
