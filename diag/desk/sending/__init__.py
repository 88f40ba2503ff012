"""Sending a report: to whom, as a draft or by the engineer's own mail server."""
