"""Reading MLflow's registries, without MLflow: its server, its SQLite database, its folder of files."""
