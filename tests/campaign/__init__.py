"""A campaign of random trials: files from others, outside failures, and many processes at once.

`python -m tests.campaign --minutes 20` runs trials of every kind in turns and prints a table of trials and failures;
each failure has a seed, and `--repeat KIND:SEED` runs that trial by itself.
"""
