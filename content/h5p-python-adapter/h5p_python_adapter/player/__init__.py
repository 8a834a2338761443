"""The player in a browser: H5P's own files, the frame's scripts around them, and what may happen in there."""
