"""`python -m diag`: the same as the `diag` command."""

from diag.cli.main import main

main()
