"""An assessment told to each audience: Markdown, then HTML."""
