"""Word files (.docx), opened safely and read in the order of their text.

`opening` refuses what is no plain .docx, `reading` walks the text, `numbering` counts lists as Word does, `styles`
knows headings and the look of letters, `legacy` the encodings from before Unicode; `parts` is what is handed out.
"""
