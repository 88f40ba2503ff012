"""Documents and tables out, of one audit or of many, in the forms that readers open."""
