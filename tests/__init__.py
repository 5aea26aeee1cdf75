"""Does it do what the docs say? The folders mirror the rooms; `fakes/` holds every stand-in as a named file."""
