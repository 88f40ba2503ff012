"""The multi-year programme: operations, purses, rights, and the reason of each year."""
