"""Official files and own tables, read; one module per kind of file."""
