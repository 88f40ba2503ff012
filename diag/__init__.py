"""Audit the digital provision of primary schools: facts, rules, reports."""
