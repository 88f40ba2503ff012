"""One class per question type: what is typed, kept, printed and read by rules."""
