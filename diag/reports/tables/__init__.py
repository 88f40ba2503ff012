"""Tables out: what other programs, buyers and technicians take from audits."""
