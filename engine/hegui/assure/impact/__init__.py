"""What an edit of a ruleset does: which rows change verdict between two versions of it on the same facts, and by which edit.

`docs/changing-rules.md` tells what it is for. `sides` reads the two versions, `edits` holds them against each other, `codes`
judges rules without making findings, `differing` finds the rows whose verdict changes and the edits that make each change
(`variants` has the rules with some of the edits made), `concluded` does the same for conclusions; `comparing` does it all. What
comes of it is `model.Impact`, which the writers in `formats` show.
"""
