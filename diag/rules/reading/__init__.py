"""From YAML bytes to plain values, with every problem met; knows no checklist."""
