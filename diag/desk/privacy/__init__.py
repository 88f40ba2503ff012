"""People's data: what is held, until when, how it is erased, how it is encrypted."""
