-- Schema version 6. Released: never edit, add a file for the next version.

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

INSERT INTO identity_claims (session_id, alias, main, source, told_at) SELECT session_id, lid, phone_jid, 'contact', found_at FROM identities;

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
UPDATE contacts SET own_name = display_name;
CREATE INDEX contacts_person ON contacts (person_id) WHERE person_id <> 0;

DROP INDEX contacts_list;
CREATE INDEX contacts_list ON contacts (sort_name, id, session_id, is_group, person_id, search_text);

ALTER TABLE conversations ADD COLUMN thread_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN own_name TEXT NOT NULL DEFAULT '';
UPDATE conversations SET own_name = name;
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
