-- Schema version 3. Released: never edit, add a file for the next version.

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
