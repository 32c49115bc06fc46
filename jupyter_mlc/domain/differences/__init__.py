"""In what versions differ: facts of any kind side by side, and cells of notebooks; pure work on what is known."""
