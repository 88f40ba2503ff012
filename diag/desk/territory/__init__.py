"""The territory as one looks over it: schools, their files, the day's tour."""
