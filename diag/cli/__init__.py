"""Commands: thin, over the desk."""
