"""How a notebook is re-executed: papermill's engine, warm processes, supervision, environments, batches."""
