"""How sure a number is: estimates, comparisons, and the summary made of them. Pure and seeded."""
