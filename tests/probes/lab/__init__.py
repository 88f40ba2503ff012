"""A school's network in namespaces: laptop, switch, box, line, Internet."""
