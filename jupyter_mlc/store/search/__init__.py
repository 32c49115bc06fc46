"""Finding versions: a query as people write it, its conditions as SQL, and the walk along an index that answers it."""
