-- Schema version 5. Released: never edit, add a file for the next version.

-- The whole queue in the order of sending; SQLite ends every index with id.
CREATE INDEX outbox_queue ON outbox (position) WHERE state <> 'sent';

-- What is open of a conversation, in its order, with all that counting it and
-- finding what holds the rows behind it asks for, so that neither reads a row.
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (conversation_id, position, state, kind, asks, not_found) WHERE state <> 'sent';
