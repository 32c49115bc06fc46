"""What a chart of a model's answers draws, as plain numbers, few enough to travel."""
