"""« Et si… »: suppositions tried, told, kept under a name; never facts."""
