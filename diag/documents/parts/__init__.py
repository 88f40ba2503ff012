"""Parts that several documents share, as blocks."""
