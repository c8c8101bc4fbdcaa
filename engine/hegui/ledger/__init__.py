"""The rectification ledger: what each finding became, run by run, and what offices did about it.

`store` keeps it, `recording` takes up runs, `entries` what offices enter, `life` says how a matter stands between the two,
`standing` looks it up. `difference` compares two runs without a ledger.
"""
