"""What a model tells of itself: class, library, parameters, signature."""
