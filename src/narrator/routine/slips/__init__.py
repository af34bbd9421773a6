"""Find common mistakes of authors from the text itself, and suggest corrections.

`find_slips` explains syntax that the YAML parser refuses, `explain_value` values of the wrong form, and `respell_keys`
misspelt keys. Each kind of mistake is one small function in a table.
"""
