"""What findings mean together: forward chaining over flat facts, by two chainers that mean the same.

Nothing is imported here: the child process that runs durable-rules imports this package and must start quickly.
"""
