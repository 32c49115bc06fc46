"""The numbers by which a model is judged: each a tally of the rows and a formula over it."""
