"""The visit: what is asked, typed, kept, shown beside, and where one stands."""
