"""Triggers that keep the register append-only against a slip of the hand: no change, no removal, no line elsewhere than
at the end. Whoever owns the database can drop them; checkpoints are the proof, triggers are hygiene.

For migrations: `install_triggers` after the tables are made, `drop_triggers` before a table is altered or copied into.
"""

import sqlalchemy as sa

_ENTRY_GUARD = "register_entry_guard"
_HEAD_GUARD = "register_head_guard"
_NOT_NEXT = "NEW.seq IS DISTINCT FROM (SELECT seq + 1 FROM register_head WHERE id = 1)"
_NOT_AFTER = "NEW.prev IS DISTINCT FROM (SELECT leaf FROM register_head WHERE id = 1)"
_APPEND_ONLY = "the register is append-only"

# SQLite before 3.39 knows IS NOT, not IS DISTINCT FROM; the two say the same.
# The guard on INSERT also stops REPLACE, which slips past delete triggers unless recursive_triggers is on.
_SQLITE = {
    "register_entry_no_update": f"""
        BEFORE UPDATE ON register_entry BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END""",
    "register_entry_no_delete": f"""
        BEFORE DELETE ON register_entry BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END""",
    "register_entry_at_end": f"""
        BEFORE INSERT ON register_entry
        WHEN {_NOT_NEXT.replace("IS DISTINCT FROM", "IS NOT")} OR {_NOT_AFTER.replace("IS DISTINCT FROM", "IS NOT")}
        BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END""",
    "register_head_one_step": f"""
        BEFORE UPDATE ON register_head WHEN NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1
        BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END""",
    "register_head_no_delete": f"""
        BEFORE DELETE ON register_head BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END""",
    "register_head_no_replace": """
        BEFORE INSERT ON register_head WHEN EXISTS (SELECT 1 FROM register_head)
        BEGIN SELECT RAISE(IGNORE); END""",
}

_POSTGRES_FUNCTIONS = {
    _ENTRY_GUARD: f"""
        BEGIN
            IF TG_OP = 'INSERT' AND NOT ({_NOT_NEXT} OR {_NOT_AFTER}) THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{_APPEND_ONLY}';
        END""",
    _HEAD_GUARD: f"""
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{_APPEND_ONLY}';
        END""",
}
_POSTGRES = {
    "register_entry_rows": ("INSERT OR UPDATE OR DELETE", "register_entry", "ROW", _ENTRY_GUARD),
    "register_entry_whole": ("TRUNCATE", "register_entry", "STATEMENT", _ENTRY_GUARD),
    "register_head_rows": ("UPDATE OR DELETE", "register_head", "ROW", _HEAD_GUARD),
    "register_head_whole": ("TRUNCATE", "register_head", "STATEMENT", _HEAD_GUARD),
}


def install_triggers(connection: sa.Connection) -> None:
    """Put the triggers in place. Once; the tables must exist."""
    if connection.dialect.name == "sqlite":
        for name, rest in _SQLITE.items():
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {rest}")
        return
    for name, body in _POSTGRES_FUNCTIONS.items():
        connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$")
    for name, (acts, table, each, guard) in _POSTGRES.items():
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {acts} ON {table} FOR EACH {each} EXECUTE FUNCTION {guard}()"
        )


def drop_triggers(connection: sa.Connection) -> None:
    """Take the triggers away, for a migration that must touch the tables."""
    if connection.dialect.name == "sqlite":
        for name in _SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, (_acts, table, _each, _guard) in _POSTGRES.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in _POSTGRES_FUNCTIONS:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")
