"""Where things are kept: tables, events and projections, artifacts, formats, safe loading."""
