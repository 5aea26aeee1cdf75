"""What do we remember, and what can we prove? Tables, sessions, migrations, register, evidence, durable engine."""
