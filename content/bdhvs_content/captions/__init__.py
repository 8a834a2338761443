"""Captions: the spoken words with their times, from a page or a file, as text and as WebVTT."""
