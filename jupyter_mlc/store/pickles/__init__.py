"""Objects as pickles: written with the notebook's code beside them, read as far as somebody vouches for them."""
