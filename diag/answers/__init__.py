"""One class per question type: what is typed, kept, printed, read by rules; fields."""
