"""`python -m diag`: the same as the `diag` command."""

from diag.cli.start import main

main()
