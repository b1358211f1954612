-- Schema version 2. Released: never edit, add a file for the next version.

-- thumb is the digest of the small picture that came with the message. tries
-- counts failed downloads in a row; from some number on (model.MediaByHand) a
-- file comes only when the owner asks for it.
ALTER TABLE media ADD COLUMN thumb  TEXT    NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN width  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN height INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN tries  INTEGER NOT NULL DEFAULT 0;

-- What may be downloaded by itself, what a kill interrupted, what is held.
CREATE INDEX media_wanted ON media (message_id) WHERE state IN ('remote', 'failed') AND tries < 3;
CREATE INDEX media_unfinished ON media (message_id) WHERE state = 'downloading';
CREATE INDEX media_stored ON media (message_id, size) WHERE state = 'stored';
-- Who else refers to a file.
CREATE INDEX media_sha256 ON media (sha256) WHERE sha256 <> '';

-- The parts of a gallery.
CREATE INDEX messages_files ON messages (conversation_id) WHERE type IN ('image', 'video', 'document', 'audio');
CREATE INDEX messages_links ON messages (conversation_id) WHERE instr(details, '"links":') > 0;

-- options is a JSON array of texts.
CREATE TABLE poll_votes (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  voter_jid  TEXT    NOT NULL,
  options    TEXT    NOT NULL,
  at         INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message_id, voter_jid)
) STRICT, WITHOUT ROWID;
