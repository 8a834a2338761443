"""Workbooks and tables of strangers, read within bounds."""
