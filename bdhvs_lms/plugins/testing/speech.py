"""Tests of what every SpeechEngine must do."""

from __future__ import annotations

from typing import ClassVar

from bdhvs_lms.plugins.bases import SpeechEngine
from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.registry import speech_engines
from bdhvs_lms.plugins.testing.support import Mixin

# Bits 12 to 15 of a frame's head to kbit/s, Layer III: of MPEG 1, and of 2 and 2.5.
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def mp3_seconds(data: bytes) -> float:
    """Measure how long an MP3 file plays, by its frames (ISO/IEC 11172-3, 13818-3). Raises ValueError for what is none,
    or has anything but frames after an ID3v2 tag."""
    at, seconds = 0, 0.0
    if data[:3] == b"ID3":
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    if at >= len(data):
        raise ValueError("no frames")
    while at < len(data):
        head = int.from_bytes(data[at : at + 4], "big")
        version, layer, rate, sampling = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
        if head >> 21 != 0x7FF or version == 1 or layer != 1 or rate in (0, 15) or sampling == 3:
            raise ValueError(f"no frame at byte {at}")
        first = version == 3
        hertz, samples = _SAMPLES[version][sampling], 1152 if first else 576
        at += samples // 8 * 1000 * (_RATES_1 if first else _RATES_2)[rate] // hertz + (head >> 9 & 1)
        seconds += samples / hertz
    if at != len(data):
        raise ValueError("the last frame is cut off")
    return seconds


class SpeechEngineConformance(Mixin):
    """Give the engine; make what it needs in setUp()."""

    speech_engine: ClassVar[type[SpeechEngine]]
    text = "Dừng lại. Không đọc mã cho ai.\nGọi số in trên thẻ."
    """Longer ones take longer to say, whatever the language."""

    def spoken(self, text: str) -> float:
        """Return the seconds of the text in the first of its languages."""
        return mp3_seconds(self.speech_engine().speak(text, min(self.speech_engine.languages)))

    def test_it_is_registered_and_can_speak_here(self) -> None:
        self.assertEqual(faults(SpeechEngine, self.speech_engine), [])
        self.assertIs(type(speech_engines.get(self.speech_engine.key)), self.speech_engine)
        self.assertEqual(list(self.speech_engine().problems()), [])

    def test_each_language_is_an_mp3_that_plays(self) -> None:
        for language in self.speech_engine.languages:
            data = self.speech_engine().speak(self.text, language)
            self.assertGreater(mp3_seconds(data), 1, language)
            self.assertLess(len(data) / mp3_seconds(data), 8_000, "bytes a second: learners pay for them")

    def test_all_of_a_text_is_said(self) -> None:
        once = self.spoken(self.text)
        self.assertGreater(self.spoken("\n".join([self.text] * 4)), once * 3)
        self.assertGreater(self.spoken("\n".join([self.text] * 150)), once * 100)

    def test_odd_texts_are_said_like_others(self) -> None:
        for odd in ("-v en --help", "[[h@'loU]] <speak>&amp;</speak>", "$(id) `id` | id", "A\x00B \u2028 🙂 e\u0301"):
            self.assertGreater(self.spoken(odd), 0, odd)
