-- The store of schema version 5 as it was released, with rows. Frozen: tests
-- bring it up to date for ever.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id              INTEGER PRIMARY KEY,
  name            TEXT    NOT NULL UNIQUE,
  title           TEXT    NOT NULL DEFAULT '',
  state           TEXT    NOT NULL DEFAULT 'unknown',
  state_detail    TEXT    NOT NULL DEFAULT '',
  jid             TEXT    NOT NULL DEFAULT '',
  phone           TEXT    NOT NULL DEFAULT '',
  push_name       TEXT    NOT NULL DEFAULT '',
  platform        TEXT    NOT NULL DEFAULT '',
  generation      TEXT    NOT NULL DEFAULT '',
  connected_since INTEGER NOT NULL DEFAULT 0,
  last_seen_at    INTEGER NOT NULL DEFAULT 0,
  last_sync_at    INTEGER NOT NULL DEFAULT 0,
  connections     INTEGER NOT NULL DEFAULT 0,
  disconnections  INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE contacts (
  id             INTEGER PRIMARY KEY,
  session_id     INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  jid            TEXT    NOT NULL,
  phone          TEXT    NOT NULL DEFAULT '',
  display_name   TEXT    NOT NULL DEFAULT '',
  sort_name      TEXT    NOT NULL DEFAULT '',
  search_text    TEXT    NOT NULL DEFAULT '',
  name           TEXT    NOT NULL DEFAULT '',
  push_name      TEXT    NOT NULL DEFAULT '',
  short_name     TEXT    NOT NULL DEFAULT '',
  verified_name  TEXT    NOT NULL DEFAULT '',
  is_business    INTEGER NOT NULL DEFAULT 0,
  is_enterprise  INTEGER NOT NULL DEFAULT 0,
  is_me          INTEGER NOT NULL DEFAULT 0,
  is_my_contact  INTEGER NOT NULL DEFAULT 0,
  is_wa_contact  INTEGER NOT NULL DEFAULT 0,
  is_blocked     INTEGER NOT NULL DEFAULT 0,
  is_group       INTEGER NOT NULL DEFAULT 0,
  business       TEXT    NOT NULL DEFAULT '',
  fingerprint    BLOB    NOT NULL DEFAULT x'',
  not_seen_since INTEGER NOT NULL DEFAULT 0,
  first_seen_at  INTEGER NOT NULL DEFAULT 0,
  about          TEXT    NOT NULL DEFAULT '',
  details_at     INTEGER NOT NULL DEFAULT 0,
  avatar_hash    TEXT    NOT NULL DEFAULT '',
  avatar_at      INTEGER NOT NULL DEFAULT 0,
  avatar_tries   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (session_id, jid)
) STRICT;

-- The order of the list, with everything that narrows it, so that a search
-- reads this index and touches the table for the rows that it returns only.
CREATE INDEX contacts_list ON contacts (sort_name, id, session_id, is_group, search_text);
CREATE INDEX contacts_avatar ON contacts (session_id, avatar_at);
CREATE INDEX contacts_me ON contacts (session_id) WHERE is_me = 1;

CREATE TABLE identities (
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  lid        TEXT    NOT NULL,
  phone_jid  TEXT    NOT NULL,
  found_at   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session_id, lid)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_phone ON identities (session_id, phone_jid);

CREATE TABLE conversations (
  id                       INTEGER PRIMARY KEY,
  session_id               INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  jid                      TEXT    NOT NULL,
  kind                     TEXT    NOT NULL DEFAULT '',
  name                     TEXT    NOT NULL DEFAULT '',
  search_text              TEXT    NOT NULL DEFAULT '',
  contact_id               INTEGER REFERENCES contacts(id) ON DELETE SET NULL,
  unread                   INTEGER NOT NULL DEFAULT 0,
  marked_unread            INTEGER NOT NULL DEFAULT 0,
  pinned                   INTEGER NOT NULL DEFAULT 0,
  archived                 INTEGER NOT NULL DEFAULT 0,
  read_only                INTEGER NOT NULL DEFAULT 0,
  locked                   INTEGER NOT NULL DEFAULT 0,
  muted_until              INTEGER NOT NULL DEFAULT 0,
  last_at                  INTEGER NOT NULL DEFAULT 0,
  last_message_id          INTEGER NOT NULL DEFAULT 0,
  last_short_id            TEXT    NOT NULL DEFAULT '',
  last_from_me             INTEGER NOT NULL DEFAULT 0,
  last_type                TEXT    NOT NULL DEFAULT '',
  last_text                TEXT    NOT NULL DEFAULT '',
  last_author              TEXT    NOT NULL DEFAULT '',
  last_ack                 INTEGER NOT NULL DEFAULT 0,
  draft                    TEXT    NOT NULL DEFAULT '',
  fingerprint              BLOB    NOT NULL DEFAULT x'',
  not_seen_since           INTEGER NOT NULL DEFAULT 0,
  first_seen_at            INTEGER NOT NULL DEFAULT 0,
  avatar_hash              TEXT    NOT NULL DEFAULT '',
  avatar_at                INTEGER NOT NULL DEFAULT 0,
  avatar_tries             INTEGER NOT NULL DEFAULT 0,
  ledger_oldest            INTEGER NOT NULL DEFAULT 0,
  ledger_newest            INTEGER NOT NULL DEFAULT 0,
  ledger_reached_beginning INTEGER NOT NULL DEFAULT 0,
  ledger_needs_fetch       INTEGER NOT NULL DEFAULT 0,
  ledger_fetched_at        INTEGER NOT NULL DEFAULT 0,
  ledger_fetch_outcome     TEXT    NOT NULL DEFAULT '',
  ledger_fetch_limit       INTEGER NOT NULL DEFAULT 0,
  ledger_gap_before        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (session_id, jid)
) STRICT;

-- The order of the list; the columns after the key are those of the filters.
CREATE INDEX conversations_list ON conversations
  (pinned DESC, last_at DESC, id DESC, session_id, archived, kind, unread, marked_unread);
CREATE INDEX conversations_fetch ON conversations (session_id, last_at DESC) WHERE ledger_needs_fetch = 1;
CREATE INDEX conversations_contact ON conversations (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE "groups" (
  conversation_id INTEGER PRIMARY KEY REFERENCES conversations(id) ON DELETE CASCADE,
  subject         TEXT    NOT NULL DEFAULT '',
  description     TEXT    NOT NULL DEFAULT '',
  owner_jid       TEXT    NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL DEFAULT 0,
  announce_only   INTEGER NOT NULL DEFAULT 0,
  info_locked     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE group_participants (
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  jid             TEXT    NOT NULL,
  is_admin        INTEGER NOT NULL DEFAULT 0,
  is_super_admin  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation_id, jid)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_participants_jid ON group_participants (jid);

CREATE TABLE labels (
  id         INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  wire_id    TEXT    NOT NULL,
  name       TEXT    NOT NULL DEFAULT '',
  color      TEXT    NOT NULL DEFAULT '',
  UNIQUE (session_id, wire_id)
) STRICT;

CREATE TABLE conversation_labels (
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  label_id        INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, label_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_labels_label ON conversation_labels (label_id);

-- id is unix seconds << 20 plus a number within the second, so the table lies
-- in the order of time, and so do the row numbers of the full-text index.
CREATE TABLE messages (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  from_me         INTEGER NOT NULL,
  short_id        TEXT    NOT NULL,
  serialized      TEXT    NOT NULL DEFAULT '',
  type            TEXT    NOT NULL DEFAULT '',
  text            TEXT    NOT NULL DEFAULT '',
  author_jid      TEXT    NOT NULL DEFAULT '',
  author_name     TEXT    NOT NULL DEFAULT '',
  ack             INTEGER NOT NULL DEFAULT 0,
  has_media       INTEGER NOT NULL DEFAULT 0,
  starred         INTEGER NOT NULL DEFAULT 0,
  forwarded       INTEGER NOT NULL DEFAULT 0,
  ephemeral       INTEGER NOT NULL DEFAULT 0,
  edited_at       INTEGER NOT NULL DEFAULT 0,
  revoked_at      INTEGER NOT NULL DEFAULT 0,
  quoted_short_id TEXT    NOT NULL DEFAULT '',
  quoted_author   TEXT    NOT NULL DEFAULT '',
  quoted_text     TEXT    NOT NULL DEFAULT '',
  details         TEXT    NOT NULL DEFAULT '',
  UNIQUE (conversation_id, from_me, short_id)
) STRICT;

-- SQLite ends every index with the row number, which is id: this one is
-- (conversation_id, id) without holding id twice.
CREATE INDEX messages_page ON messages (conversation_id);

-- columnsize=0: lengths serve ranking only, and results are never ranked.
CREATE VIRTUAL TABLE messages_fts USING fts5 (
  text,
  content = 'messages', content_rowid = 'id', columnsize = 0,
  prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);

-- Messages without text have no entry. The row index_off of meta switches the
-- triggers off for the connection that wrote it, or, once committed, for a bulk
-- import: the program then fills the index itself (see bulk.go).
CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages
WHEN new.text <> '' AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages
WHEN old.text <> '' AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_fts_update AFTER UPDATE OF text ON messages
WHEN old.text <> new.text AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text) SELECT 'delete', old.id, old.text WHERE old.text <> '';
  INSERT INTO messages_fts (rowid, text) SELECT new.id, new.text WHERE new.text <> '';
END;

CREATE TABLE message_versions (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  type       TEXT    NOT NULL DEFAULT '',
  text       TEXT    NOT NULL DEFAULT '',
  until_at   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  sender_jid TEXT    NOT NULL,
  emoji      TEXT    NOT NULL,
  at         INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message_id, sender_jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  state      TEXT    NOT NULL,
  sha256     TEXT    NOT NULL DEFAULT '',
  mime_type  TEXT    NOT NULL DEFAULT '',
  file_name  TEXT    NOT NULL DEFAULT '',
  size       INTEGER NOT NULL DEFAULT 0,
  error      TEXT    NOT NULL DEFAULT '',
  updated_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- AUTOINCREMENT: the key of a forgotten message must not name another one later.
CREATE TABLE outbox (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id      INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  state           TEXT    NOT NULL,
  kind            TEXT    NOT NULL DEFAULT 'text',
  text            TEXT    NOT NULL DEFAULT '',
  payload         TEXT    NOT NULL DEFAULT '',
  quoted_short_id TEXT    NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL DEFAULT 0,
  attempted_at    INTEGER NOT NULL DEFAULT 0,
  finished_at     INTEGER NOT NULL DEFAULT 0,
  attempts        INTEGER NOT NULL DEFAULT 0,
  error           TEXT    NOT NULL DEFAULT '',
  error_text      TEXT    NOT NULL DEFAULT '',
  short_id        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX outbox_open ON outbox (conversation_id, id) WHERE state <> 'sent';
CREATE INDEX outbox_state ON outbox (session_id, state, id);
-- One message of a conversation is the outcome of one outgoing message only.
CREATE UNIQUE INDEX outbox_message ON outbox (conversation_id, short_id) WHERE short_id <> '';

CREATE TABLE activity (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  at           INTEGER NOT NULL DEFAULT 0,
  session_id   INTEGER NOT NULL DEFAULT 0,
  session      TEXT    NOT NULL DEFAULT '',
  kind         TEXT    NOT NULL DEFAULT '',
  action       TEXT    NOT NULL DEFAULT '',
  outcome      TEXT    NOT NULL DEFAULT '',
  user         TEXT    NOT NULL DEFAULT '',
  chat         TEXT    NOT NULL DEFAULT '',
  contact      TEXT    NOT NULL DEFAULT '',
  message_id   TEXT    NOT NULL DEFAULT '',
  duration_ms  INTEGER NOT NULL DEFAULT 0,
  created      INTEGER NOT NULL DEFAULT 0,
  updated      INTEGER NOT NULL DEFAULT 0,
  unchanged    INTEGER NOT NULL DEFAULT 0,
  failed       INTEGER NOT NULL DEFAULT 0,
  not_seen     INTEGER NOT NULL DEFAULT 0,
  error_kind   TEXT    NOT NULL DEFAULT '',
  error_detail TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX activity_at ON activity (at);
CREATE INDEX activity_session ON activity (session_id, id);

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

-- Pairs of characters of scripts that are written without spaces (see grams.go),
-- "" where the text has none.
ALTER TABLE messages ADD COLUMN grams TEXT NOT NULL DEFAULT '';

-- What the full-text index holds of a message. A facet is a word that begins
-- with 0; it makes an operator of a search, as from: or has:, as fast as a word.
-- Every message has the facet of its conversation.
CREATE VIEW messages_indexed AS SELECT id, text, grams,
  '0c' || conversation_id || iif(from_me, ' 0me', '') || iif(starred, ' 0starred', '')
  || iif(author_jid = '', '', ' 0a' || replace(replace(author_jid, '@', 'x'), '.', ''))
  || CASE type WHEN 'image' THEN ' 0image' WHEN 'video' THEN ' 0video' WHEN 'audio' THEN ' 0audio' WHEN 'ptt' THEN ' 0audio'
     WHEN 'document' THEN ' 0document' WHEN 'location' THEN ' 0location' WHEN 'live_location' THEN ' 0location' ELSE '' END
  || iif(instr(details, '"links":') > 0 OR instr(text, '://') > 0, ' 0link', '') AS facets
  FROM messages;

DROP TRIGGER messages_fts_insert;
DROP TRIGGER messages_fts_delete;
DROP TRIGGER messages_fts_update;
DROP TABLE messages_fts;

-- columnsize=0: lengths serve ranking only, and results are never ranked.
CREATE VIRTUAL TABLE messages_fts USING fts5 (
  text, grams, facets,
  content = 'messages_indexed', content_rowid = 'id', columnsize = 0,
  prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);

-- An entry is taken out while the row is still as it was indexed. The row
-- index_off of meta switches the triggers off for the connection that wrote it,
-- or, once committed, for a bulk import: the program then fills the index itself
-- (see bulk.go).
CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (rowid, text, grams, facets) SELECT id, text, grams, facets FROM messages_indexed WHERE id = new.id;
END;
CREATE TRIGGER messages_fts_delete BEFORE DELETE ON messages
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, grams, facets)
    SELECT 'delete', id, text, grams, facets FROM messages_indexed WHERE id = old.id;
END;
CREATE TRIGGER messages_fts_change BEFORE UPDATE OF text, grams, starred, author_jid, type, details ON messages
WHEN (old.text, old.grams, old.starred, old.author_jid, old.type, old.details)
  IS NOT (new.text, new.grams, new.starred, new.author_jid, new.type, new.details)
  AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, grams, facets)
    SELECT 'delete', id, text, grams, facets FROM messages_indexed WHERE id = old.id;
END;
CREATE TRIGGER messages_fts_changed AFTER UPDATE OF text, grams, starred, author_jid, type, details ON messages
WHEN (old.text, old.grams, old.starred, old.author_jid, old.type, old.details)
  IS NOT (new.text, new.grams, new.starred, new.author_jid, new.type, new.details)
  AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off') BEGIN
  INSERT INTO messages_fts (rowid, text, grams, facets) SELECT id, text, grams, facets FROM messages_indexed WHERE id = new.id;
END;

-- Names and numbers of contacts and conversations. A number can be found by its
-- beginning with and without a country code, which has one to three digits.
CREATE VIEW contacts_indexed AS SELECT id,
  search_text || iif(phone = '', '', ' ' || substr(phone, 2) || ' ' || substr(phone, 3) || ' ' || substr(phone, 4)) AS names
  FROM contacts;
CREATE VIRTUAL TABLE contacts_fts USING fts5 (
  names, content = 'contacts_indexed', content_rowid = 'id', columnsize = 0,
  prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER contacts_fts_insert AFTER INSERT ON contacts BEGIN
  INSERT INTO contacts_fts (rowid, names) SELECT id, names FROM contacts_indexed WHERE id = new.id;
END;
CREATE TRIGGER contacts_fts_delete BEFORE DELETE ON contacts BEGIN
  INSERT INTO contacts_fts (contacts_fts, rowid, names) SELECT 'delete', id, names FROM contacts_indexed WHERE id = old.id;
END;
CREATE TRIGGER contacts_fts_change BEFORE UPDATE OF search_text, phone ON contacts
WHEN (old.search_text, old.phone) IS NOT (new.search_text, new.phone) BEGIN
  INSERT INTO contacts_fts (contacts_fts, rowid, names) SELECT 'delete', id, names FROM contacts_indexed WHERE id = old.id;
END;
CREATE TRIGGER contacts_fts_changed AFTER UPDATE OF search_text, phone ON contacts
WHEN (old.search_text, old.phone) IS NOT (new.search_text, new.phone) BEGIN
  INSERT INTO contacts_fts (rowid, names) SELECT id, names FROM contacts_indexed WHERE id = new.id;
END;

CREATE VIEW conversations_indexed AS SELECT id,
  search_text || iif(jid GLOB '[0-9]*@c.us',
    ' ' || substr(jid, 2, instr(jid, '@') - 2) || ' ' || substr(jid, 3, instr(jid, '@') - 3) || ' ' || substr(jid, 4, instr(jid, '@') - 4), '') AS names
  FROM conversations;
CREATE VIRTUAL TABLE conversations_fts USING fts5 (
  names, content = 'conversations_indexed', content_rowid = 'id', columnsize = 0,
  prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER conversations_fts_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, names) SELECT id, names FROM conversations_indexed WHERE id = new.id;
END;
CREATE TRIGGER conversations_fts_delete BEFORE DELETE ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, names) SELECT 'delete', id, names FROM conversations_indexed WHERE id = old.id;
END;
CREATE TRIGGER conversations_fts_change BEFORE UPDATE OF search_text ON conversations WHEN old.search_text <> new.search_text BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, names) SELECT 'delete', id, names FROM conversations_indexed WHERE id = old.id;
END;
CREATE TRIGGER conversations_fts_changed AFTER UPDATE OF search_text ON conversations WHEN old.search_text <> new.search_text BEGIN
  INSERT INTO conversations_fts (rowid, names) SELECT id, names FROM conversations_indexed WHERE id = new.id;
END;

-- What the list of 10,000 conversations is narrowed by.
CREATE INDEX conversations_archived ON conversations (id) WHERE archived = 1;
CREATE INDEX conversations_unread ON conversations (id) WHERE unread > 0;

CREATE TABLE saved_searches (
  id   INTEGER PRIMARY KEY,
  name TEXT    NOT NULL UNIQUE,
  text TEXT    NOT NULL
) STRICT;

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

-- The whole queue in the order of sending; SQLite ends every index with id.
CREATE INDEX outbox_queue ON outbox (position) WHERE state <> 'sent';

-- What is open of a conversation, in its order, with all that counting it and
-- finding what holds the rows behind it asks for, so that neither reads a row.
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (conversation_id, position, state, kind, asks, not_found) WHERE state <> 'sent';


-- Every pair of identifiers that was told to be one person: a hidden id and a
-- number, or an old number and the new one. verdict is the owner's: -1 not the
-- same person, 1 the same. identities holds what follows from all of them: each
-- identifier (lid, or an old number) with the one by which its person goes.
CREATE TABLE identity_claims (
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  alias      TEXT    NOT NULL,
  main       TEXT    NOT NULL,
  source     TEXT    NOT NULL,
  told_at    INTEGER NOT NULL DEFAULT 0,
  verdict    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session_id, alias, main)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_claims_main ON identity_claims (session_id, main);


-- Which hidden ids the gateway's table was asked for. All of one call have one
-- asked_at, so that it also tells how many calls there were.
CREATE TABLE identity_lookups (
  session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  jid        TEXT    NOT NULL,
  asked_at   INTEGER NOT NULL,
  PRIMARY KEY (session_id, jid)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_lookups_asked ON identity_lookups (session_id, asked_at);

-- Rows of one person have the key of the one that stands for them all, itself
-- too; 0 is a row that is alone. own_name is what the gateway told of the row by
-- itself, display_name and name what the person is called.
ALTER TABLE contacts ADD COLUMN person_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN own_name TEXT NOT NULL DEFAULT '';
CREATE INDEX contacts_person ON contacts (person_id) WHERE person_id <> 0;

DROP INDEX contacts_list;
CREATE INDEX contacts_list ON contacts (sort_name, id, session_id, is_group, person_id, search_text);

ALTER TABLE conversations ADD COLUMN thread_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN own_name TEXT NOT NULL DEFAULT '';
CREATE INDEX conversations_thread ON conversations (thread_id) WHERE thread_id <> 0;

-- What the row that stands for several shows of them all; NULL in any other. What
-- each row says of itself stays as it is, so that a thread can be taken apart.
ALTER TABLE conversations ADD COLUMN thread_pinned INTEGER;
ALTER TABLE conversations ADD COLUMN thread_archived INTEGER;
ALTER TABLE conversations ADD COLUMN thread_unread INTEGER;
ALTER TABLE conversations ADD COLUMN thread_marked INTEGER;
ALTER TABLE conversations ADD COLUMN thread_muted INTEGER;
ALTER TABLE conversations ADD COLUMN thread_last_at INTEGER;
ALTER TABLE conversations ADD COLUMN thread_seen INTEGER;
ALTER TABLE conversations ADD COLUMN list_pinned INTEGER NOT NULL AS (coalesce(thread_pinned, pinned)) VIRTUAL;
ALTER TABLE conversations ADD COLUMN list_archived INTEGER NOT NULL AS (coalesce(thread_archived, archived)) VIRTUAL;
ALTER TABLE conversations ADD COLUMN list_unread INTEGER NOT NULL AS (coalesce(thread_unread, unread)) VIRTUAL;
ALTER TABLE conversations ADD COLUMN list_marked INTEGER NOT NULL AS (coalesce(thread_marked, marked_unread)) VIRTUAL;
ALTER TABLE conversations ADD COLUMN list_muted INTEGER NOT NULL AS (coalesce(thread_muted, muted_until)) VIRTUAL;
ALTER TABLE conversations ADD COLUMN list_last_at INTEGER NOT NULL AS (coalesce(thread_last_at, last_at)) VIRTUAL;
ALTER TABLE conversations ADD COLUMN list_not_seen INTEGER NOT NULL AS (coalesce(thread_seen, not_seen_since)) VIRTUAL;

CREATE TRIGGER conversations_thread_changed
AFTER UPDATE OF pinned, archived, unread, marked_unread, muted_until, last_at, not_seen_since, thread_id ON conversations
WHEN new.thread_id <> 0 BEGIN
  UPDATE conversations SET (thread_pinned, thread_archived, thread_unread, thread_marked, thread_muted, thread_last_at, thread_seen) =
    (SELECT max(pinned), min(archived), sum(unread), max(marked_unread),
      CASE WHEN min(muted_until) < 0 THEN -1 ELSE max(muted_until) END, max(last_at),
      CASE WHEN min(not_seen_since) = 0 THEN 0 ELSE max(not_seen_since) END
      FROM conversations WHERE thread_id = new.thread_id AND thread_id <> 0)
    WHERE id = new.thread_id;
END;

-- The order of the list; the columns after the key are those of the filters.
DROP INDEX conversations_list;
CREATE INDEX conversations_list ON conversations
  (list_pinned DESC, list_last_at DESC, id DESC, session_id, list_archived, kind, list_unread, list_marked, thread_id);

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

CREATE TABLE `schema_migrations` (`id` text,PRIMARY KEY (`id`));
INSERT INTO schema_migrations VALUES ('0001_initial'), ('0002_media'), ('0003_search'), ('0004_outbox'), ('0005_outbox_order'), ('0006_people'), ('0007_ledger');
PRAGMA user_version = 7;

INSERT INTO sessions (id, name, state, jid) VALUES (1, 'empresa', 'connected', '34699999999@c.us');
INSERT INTO contacts (id, session_id, jid, phone, display_name, own_name, sort_name, search_text, name)
  VALUES (1, 1, '34600111222@c.us', '34600111222', 'Ana García', 'Ana García', 'ana garcia', 'ana garcia' || char(10) || '34600111222', 'Ana García');
INSERT INTO identity_claims VALUES (1, '111222333444555@lid', '34600111222@c.us', 'contact', 1000, 0);
INSERT INTO identity_lookups VALUES (1, '111222333444555@lid', 1000);
INSERT INTO identities VALUES (1, '111222333444555@lid', '34600111222@c.us', 1000);
INSERT INTO conversations (id, session_id, jid, kind, name, contact_id, last_at, last_message_id, last_short_id, last_type, last_text, ledger_oldest, ledger_newest)
  VALUES (1, 1, '34600111222@c.us', 'person', 'Ana García', 1, 1700000001000, 1700000001 * 1048576, 'B', 'chat', 'adiós', 1700000000 * 1048576, 1700000001 * 1048576);
INSERT INTO conversations (id, session_id, jid, kind, name) VALUES (2, 1, '120363000000000001@g.us', 'group', 'Obrador');
INSERT INTO "groups" (conversation_id, subject) VALUES (2, 'Obrador');
INSERT INTO group_participants VALUES (2, '34600111222@c.us', 1, 0);
INSERT INTO labels VALUES (1, 1, '7', 'Pagado', '#00ff00');
INSERT INTO conversation_labels VALUES (1, 1);
INSERT INTO messages (id, conversation_id, from_me, short_id, type, text) VALUES (1700000000 * 1048576, 1, 0, 'A', 'chat', 'Buenos días');
INSERT INTO messages (id, conversation_id, from_me, short_id, type, text, ack) VALUES (1700000001 * 1048576, 1, 1, 'B', 'chat', 'adiós', 2);
INSERT INTO message_versions VALUES (1700000000 * 1048576, 1, 'chat', 'Buenos dias', 1700000000500);
INSERT INTO reactions VALUES (1700000000 * 1048576, '34699999999@c.us', '👍', 1700000002000);
INSERT INTO media (message_id, state, mime_type) VALUES (1700000000 * 1048576, 'remote', 'image/jpeg');
INSERT INTO outbox (id, session_id, conversation_id, state, text, position) VALUES (1, 1, 1, 'unknown', 'mañana', 1);
INSERT INTO outbox_attempts VALUES (1, 1700000001000, 1);
INSERT INTO activity (id, at, session_id, session, kind, action, outcome) VALUES (1, 1700000000000, 1, 'empresa', 'sync', 'sync_contacts', 'success');
INSERT INTO poll_votes VALUES (1700000000 * 1048576, '34600111222@c.us', '["Sí"]', 1700000002000);
INSERT INTO saved_searches VALUES (1, 'facturas', 'factura has:document');
INSERT INTO ledger_gaps VALUES (1, 1700000000 * 1048576, 1700000001 * 1048576, 'window', 1700000002000, 1, 1700000003000, 'device');
INSERT INTO ledger_jobs VALUES (1, 'history', 1700000002000, 0, 0, 1, 2, 0, 0, 900);
