-- Schema version 7. Released: never edit, add a file for the next version.

-- Stretches of a conversation in which messages may be missing: after the message
-- below, before the message above. Their ends are keys of messages, or of a second.
CREATE TABLE ledger_gaps (
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  below           INTEGER NOT NULL,
  above           INTEGER NOT NULL,
  cause           TEXT    NOT NULL DEFAULT '',
  found_at        INTEGER NOT NULL DEFAULT 0,
  tries           INTEGER NOT NULL DEFAULT 0,
  tried_at        INTEGER NOT NULL DEFAULT 0,
  outcome         TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (conversation_id, above)
) STRICT, WITHOUT ROWID;

-- Long work over all conversations of a session, so that it goes on after a restart.
CREATE TABLE ledger_jobs (
  session_id  INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  kind        TEXT    NOT NULL,
  started_at  INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER NOT NULL DEFAULT 0,
  canceled    INTEGER NOT NULL DEFAULT 0,
  done        INTEGER NOT NULL DEFAULT 0,
  total       INTEGER NOT NULL DEFAULT 0,
  found       INTEGER NOT NULL DEFAULT 0,
  failed      INTEGER NOT NULL DEFAULT 0,
  worked_ms   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session_id, kind)
) STRICT, WITHOUT ROWID;

ALTER TABLE conversations ADD COLUMN ledger_fetch_end     TEXT    NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN ledger_fetch_tries   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ledger_complete_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ledger_complete_to   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ledger_proven_to     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ledger_told_newer    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ledger_reconciled_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ledger_history_run   INTEGER NOT NULL DEFAULT 0;

-- What was known of holes before: one, just before a message.
INSERT INTO ledger_gaps (conversation_id, below, above, cause, found_at)
  SELECT id, below, ledger_gap_before, 'window', ledger_fetched_at FROM (
    SELECT c.*, (SELECT max(m.id) FROM messages m WHERE m.conversation_id = c.id AND m.id < c.ledger_gap_before) AS below
    FROM conversations c WHERE c.ledger_gap_before <> 0)
  WHERE below IS NOT NULL;
UPDATE conversations SET
  ledger_complete_from = ledger_oldest,
  ledger_complete_to = coalesce((SELECT g.below FROM ledger_gaps g WHERE g.conversation_id = conversations.id), ledger_newest),
  ledger_told_newer = ledger_needs_fetch AND last_message_id = 0 AND last_short_id <> ''
  WHERE ledger_newest <> 0 OR ledger_needs_fetch = 1;
UPDATE conversations SET ledger_proven_to = ledger_complete_to WHERE ledger_complete_to <> 0;
ALTER TABLE conversations DROP COLUMN ledger_gap_before;
