"""Photos as evidence: read safely, joined, told, given back."""
