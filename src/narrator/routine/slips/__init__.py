"""Slips of the pen: what authors write instead of what they mean, found from the text itself.

`find_slips` explains what the YAML parser refuses, `explain_value` a value of the wrong form, `respell_keys` keys that
are not spelt as they should be. Each kind of slip is one small function in a table.
"""
