"""The one façade that screens and commands talk to."""
