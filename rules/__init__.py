"""Why is this comment flagged? House rules as data and the engine that reads them."""
