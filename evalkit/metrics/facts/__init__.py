"""Checks what a summary states against what its article states about the same things.

`figures` reads numbers and dates, `document` finds what each is about, `support` looks it up in the
article, `wording` and `names` compare what is said of it, and `check` goes through the clauses.
"""
