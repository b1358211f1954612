-- Schema version 4. Released: never edit, add a file for the next version.

-- position orders what goes out in a conversation. target_id is the message that
-- is acted on or forwarded. asks marks a queued row that is too old to go by
-- itself, not_found one of unknown fate that was looked for long enough. excluded
-- is a JSON list of the own short ids that a row cannot have become.
ALTER TABLE outbox ADD COLUMN position  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN target_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN asks      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN not_found INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN matched   TEXT    NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN looks     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN looked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN excluded  TEXT    NOT NULL DEFAULT '';

UPDATE outbox SET position = id;
UPDATE outbox SET payload = json_object('file', json(payload)) WHERE kind = 'file' AND json_valid(payload);

-- What is open, in its order, and which open actions touch a message.
CREATE INDEX outbox_order ON outbox (session_id, conversation_id, position) WHERE state <> 'sent';
CREATE INDEX outbox_target ON outbox (target_id) WHERE target_id <> 0 AND state <> 'sent';

-- When messages were tried, for the pace. It outlives the rows of the outbox,
-- which the owner may forget.
CREATE TABLE outbox_attempts (
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  at         INTEGER NOT NULL,
  outbox_id  INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_attempts_at ON outbox_attempts (session_id, at);
