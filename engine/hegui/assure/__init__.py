"""For those who change rulesets: running the examples of their rules."""
