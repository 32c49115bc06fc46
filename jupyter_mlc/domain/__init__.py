"""What a model's life is: names, references, stages, events. Pure standard library, no I/O, no clock."""
