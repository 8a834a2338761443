"""A page for whoever works on the theme: every component of the style sheets, in light, in dark and in large letters.

Made with the templates of the real pages wherever there is an include, and with data of nobody. Mounted only where
DEBUG is on.
"""
