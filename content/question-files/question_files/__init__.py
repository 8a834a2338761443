"""Questions in files of other systems, read into one plain model and written from it."""
