"""What the case system comes through: REST under `/v1`, each call for the practice whose key it carries."""
