package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// mineQuery lists the identifiers that are oneself: the session's number, its
// hidden id, and contacts that are oneself. ?1 is the session.
const mineQuery = `SELECT jid FROM sessions WHERE id = ?1 AND jid <> ''
	UNION SELECT i.lid FROM sessions s JOIN identities i ON i.session_id = s.id AND i.phone_jid = s.jid WHERE s.id = ?1
	UNION SELECT jid FROM contacts INDEXED BY contacts_me WHERE session_id = ?1 AND is_me = 1`

// sessionOfMessage returns whose message it is; ErrNotFound when there is no such message.
func sessionOfMessage(tx *gorm.DB, id model.MessageID) (model.SessionID, error) {
	var session model.SessionID
	err := queryRow(tx, "SELECT c.session_id FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = ?", int64(id)).Scan(&session)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	return session, err
}

// ReactionDetails returns who put which emoji on a message, the newest first.
func (s *Store) ReactionDetails(ctx context.Context, id model.MessageID) ([]model.ReactionDetail, error) {
	var details []model.ReactionDetail
	err := s.read(ctx, "read reactions", func(tx *gorm.DB) error {
		session, err := sessionOfMessage(tx, id)
		if err != nil {
			return err
		}
		err = tx.Raw(`SELECT sender_jid, emoji, at, sender_jid IN (`+mineQuery+`) AS mine
			FROM reactions WHERE message_id = ?2 ORDER BY at DESC, sender_jid`, int64(session), int64(id)).Scan(&details).Error
		if err != nil {
			return err
		}
		people := make([]person, len(details))
		for i := range details {
			people[i] = person{session, details[i].SenderJID}
		}
		names, err := displayNames(tx, people)
		for i := range details {
			details[i].Name = names[people[i]]
		}
		return err
	})
	return details, err
}

// MessageVersions returns the earlier texts of a message, the first one first.
func (s *Store) MessageVersions(ctx context.Context, id model.MessageID) ([]model.MessageVersion, error) {
	var versions []model.MessageVersion
	err := s.read(ctx, "read earlier texts", func(tx *gorm.DB) error {
		return tx.Order("number").Find(&versions, "message_id = ?", int64(id)).Error
	})
	return versions, err
}

// SaveReactions writes all the reactions that a message has; it returns whether
// anything differed.
func (s *Store) SaveReactions(ctx context.Context, id model.MessageID, reactions []model.Reaction) (changed bool, err error) {
	err = s.write(ctx, "save reactions", func(tx *gorm.DB) error {
		held, err := heldReactions(tx, []model.MessageID{id})
		if err != nil {
			return err
		}
		e := entry{allKnown: true, reactions: make(map[model.JID]model.Reaction, len(reactions))}
		e.ID = id
		for _, r := range reactions {
			e.reactions[r.SenderJID] = r
		}
		e.compareReactions(held[id])
		changed = e.changed
		v := saver{tx: tx, entries: []*entry{&e}}
		return v.writeParts()
	})
	return changed, err
}

// SavePollVotes writes the votes of a poll that were heard of; it returns whether
// anything differed. A vote without options was taken back. Those of people who
// are not named stay: the page behind the gateway forgets. Somebody is named by
// the hidden id as well as by the phone's.
func (s *Store) SavePollVotes(ctx context.Context, id model.MessageID, votes []model.PollVote) (changed bool, err error) {
	err = s.write(ctx, "save votes", func(tx *gorm.DB) error {
		var before string
		const all = "SELECT coalesce(group_concat(voter_jid || char(31) || options || char(31) || at, char(30)), '') FROM (SELECT * FROM poll_votes WHERE message_id = ? ORDER BY voter_jid)"
		if err := queryRow(tx, all, int64(id)).Scan(&before); err != nil {
			return err
		}
		session, err := sessionOfMessage(tx, id)
		if err != nil {
			return err
		}
		var args []any
		var voters []model.JID
		for _, v := range votes {
			voters = append(voters, v.VoterJID)
			if len(v.Options) == 0 || v.VoterJID == "" {
				continue
			}
			options, err := jsonTexts(v.Options)
			if err != nil {
				return err
			}
			args = append(args, int64(id), string(v.VoterJID), options, int64(v.At))
		}
		named, err := jsonTexts(voters)
		if err != nil {
			return err
		}
		err = exec(tx, `DELETE FROM poll_votes WHERE message_id = ?1 AND voter_jid IN (SELECT value FROM json_each(?2)
			UNION SELECT i.lid FROM json_each(?2) j JOIN identities i ON i.session_id = ?3 AND i.phone_jid = j.value
			UNION SELECT i.phone_jid FROM json_each(?2) j JOIN identities i ON i.session_id = ?3 AND i.lid = j.value)`,
			int64(id), named, int64(session))
		if err != nil {
			return err
		}
		err = insertAll(tx, "INSERT INTO poll_votes (message_id, voter_jid, options, at)", 4,
			" ON CONFLICT (message_id, voter_jid) DO UPDATE SET options = excluded.options, at = excluded.at", args)
		if err != nil {
			return err
		}
		var after string
		err = queryRow(tx, all, int64(id)).Scan(&after)
		changed = after != before
		return err
	})
	return changed, err
}

// voteRow is a vote as it is stored.
type voteRow struct {
	MessageID model.MessageID
	VoterJID  model.JID `gorm:"column:voter_jid"`
	Options   string
	At        model.Stamp
	Mine      bool
}

// chosen unpacks the options.
func (r voteRow) chosen() []string {
	var options []string
	if err := json.Unmarshal([]byte(r.Options), &options); err != nil {
		return nil
	}
	return options
}

func heldVotes(tx *gorm.DB, session model.SessionID, ids []model.MessageID) ([]voteRow, error) {
	var rows []voteRow
	return rows, tx.Raw(`SELECT message_id, voter_jid, options, at, voter_jid IN (`+mineQuery+`) AS mine FROM poll_votes
		WHERE message_id IN (SELECT value FROM json_each(?2)) ORDER BY at DESC, voter_jid`, int64(session), jsonNumbers(ids)).Scan(&rows).Error
}

// PollVotes returns who chose what in a poll, the newest vote first.
func (s *Store) PollVotes(ctx context.Context, id model.MessageID) ([]model.PollVote, error) {
	var votes []model.PollVote
	err := s.read(ctx, "read votes", func(tx *gorm.DB) error {
		session, err := sessionOfMessage(tx, id)
		if err != nil {
			return err
		}
		rows, err := heldVotes(tx, session, []model.MessageID{id})
		if err != nil {
			return err
		}
		people := make([]person, len(rows))
		for i, r := range rows {
			people[i] = person{session, r.VoterJID}
		}
		names, err := displayNames(tx, people)
		for i, r := range rows {
			votes = append(votes, model.PollVote{VoterJID: r.VoterJID, Name: names[people[i]], Options: r.chosen(), At: r.At, Mine: r.Mine})
		}
		return err
	})
	return votes, err
}

// countVotes fills in how often each option of the polls of a page was chosen.
func countVotes(tx *gorm.DB, session model.SessionID, page []model.MessageRow) error {
	var polls []model.MessageID
	at := make(map[model.MessageID]*model.MessageRow)
	for i := range page {
		if page[i].Type == model.TypePoll {
			polls = append(polls, page[i].ID)
			at[page[i].ID] = &page[i]
		}
	}
	if len(polls) == 0 {
		return nil
	}
	rows, err := heldVotes(tx, session, polls)
	if err != nil {
		return err
	}
	for _, r := range rows {
		m := at[r.MessageID]
		if poll := m.DecodedDetails().Poll; m.Votes == nil && poll != nil {
			for _, o := range poll.Options {
				m.Votes = append(m.Votes, model.VoteCount{Option: o})
			}
		}
		for _, chosen := range r.chosen() {
			for i := range m.Votes {
				if m.Votes[i].Option == chosen {
					m.Votes[i].Count++
					m.Votes[i].Mine = m.Votes[i].Mine || r.Mine
				}
			}
		}
	}
	return nil
}
