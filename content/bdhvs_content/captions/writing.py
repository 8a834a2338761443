"""Output of captions: as WebVTT over a film (W3C), and as text to read where there is no sound."""

from __future__ import annotations

from collections.abc import Iterable

from bdhvs_content.captions.reading import Cue

# So long a silence begins a new paragraph, and so much text at the next end of a sentence.
SILENCE = 2_000
ENOUGH = 300
_ENDS = (".", "!", "?", "…", ".”", "!”", "?”")


def as_webvtt(cues: Iterable[Cue]) -> str:
    pieces = [f"{_time(cue.start)} --> {_time(cue.end)}\n{_escaped(cue.text)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *pieces])


def _time(moment: int) -> str:
    seconds, thousandths = divmod(moment, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{thousandths:03d}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def paragraphs(cues: Iterable[Cue]) -> list[str]:
    """Return the words alone as paragraphs. Repeated cues, as speech programs write them, appear once."""
    found: list[str] = []
    end = 0
    before = ""
    for cue in cues:
        text = cue.text.replace("\n", " ")
        if text == before:
            end = cue.end
            continue
        before = text
        full = found and len(found[-1]) >= ENOUGH and found[-1].endswith(_ENDS)
        if not found or full or cue.start - end >= SILENCE:
            found.append(text)
        else:
            found[-1] = f"{found[-1]} {text}"
        end = cue.end
    return found
