"""Documents beyond one school."""
