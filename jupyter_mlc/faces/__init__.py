"""How people reach the verbs: line parser, magics, completion, display, command line, Python functions."""
