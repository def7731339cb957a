"""What every service needs and no service owns: the schema and small plumbing. Imports no service."""
