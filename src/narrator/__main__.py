"""`python -m narrator` is the `narrator` command."""

from narrator.cli import main

main()
