"""What can be done: one verb a file (request, reply, function), and the list of them."""
