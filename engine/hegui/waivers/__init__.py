"""Waivers: violations an office has decided not to count for now, with its document, its reason and an end.

A waiver changes no verdict. What it covers stays in the run, is shown under a heading of its own, and counts for nothing.
"""
