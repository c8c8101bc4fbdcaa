"""Checking again what changed since a saved run, and nothing else.

`difference` says which rows of a registry are not as they were, out of changes that are given or by comparing it with
the one before; `reach` which rows a rule looks at from the row it judges; `affected` which rows look at what changed,
and all that judging them takes; `carried` what is taken over from the run; `judging` puts it together.
"""
