package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// defaultGallery is the page of a gallery when no limit is given.
const defaultGallery = 60

// fileTypes is the condition of the index messages_files, word for word.
const fileTypes = "m.type IN ('image', 'video', 'document', 'audio')"

// galleryConditions say what belongs to each part of a gallery.
var galleryConditions = map[model.GalleryKind]string{
	model.GalleryPictures: fileTypes + " AND m.type IN ('image', 'video')",
	model.GalleryFiles:    fileTypes + " AND m.type IN ('document', 'audio')",
	model.GalleryLinks:    `instr(m.details, '"links":') > 0 AND m.type NOT IN ('revoked', 'removed')`,
}

// galleryRow is an item with what is unpacked afterwards.
type galleryRow struct {
	model.MediaItem
	AuthorJID  model.JID `gorm:"column:author_jid"`
	AuthorName string
	Details    string
}

// Gallery returns a page of a conversation's pictures, files or links, the newest first.
func (s *Store) Gallery(ctx context.Context, q model.MediaQuery) ([]model.MediaItem, error) {
	condition, ok := galleryConditions[q.Kind]
	if !ok {
		return nil, fmt.Errorf("read a gallery: no such part %q", q.Kind)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultGallery
	}
	var items []model.MediaItem
	err := s.read(ctx, "read a gallery", func(tx *gorm.DB) error {
		var rows []galleryRow
		ids, err := threadOf(tx, q.ConversationID)
		if err != nil {
			return err
		}
		// Each conversation gives so many from its own part of the index.
		parts := make([]string, len(ids))
		args := make([]any, 0, 4*len(ids))
		for i, id := range ids {
			parts[i] = "SELECT * FROM (SELECT m.id FROM messages m WHERE m.conversation_id = ? AND (? = 0 OR m.id < ?) AND " + condition
			args = append(args, int64(id), int64(q.Before), int64(q.Before))
			if len(ids) > 1 {
				parts[i] += " AND " + notDoubled
				args = append(args, jsonNumbers(ids))
			}
			parts[i] += " ORDER BY m.id DESC" + limitClause(limit) + ")"
		}
		err = tx.Raw(`SELECT m.id AS message_id, m.conversation_id, m.type, m.from_me, m.author_jid, m.author_name, m.text, m.details,
			coalesce(d.state, '') AS state, coalesce(d.sha256, '') AS sha256, coalesce(d.mime_type, '') AS mime_type,
			coalesce(d.file_name, '') AS file_name, coalesce(d.size, 0) AS size,
			coalesce(d.thumb, '') AS thumb, coalesce(d.width, 0) AS width, coalesce(d.height, 0) AS height
			FROM messages m LEFT JOIN media d ON d.message_id = m.id
			WHERE m.id IN (`+strings.Join(parts, " UNION ALL ")+`) ORDER BY m.id DESC`+limitClause(limit), args...).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		items, err = galleryItems(tx, rows)
		return err
	})
	return items, err
}

// galleryItems unpacks the details and names the authors.
func galleryItems(tx *gorm.DB, rows []galleryRow) ([]model.MediaItem, error) {
	session, err := sessionOfConversation(tx, rows[0].ConversationID)
	if err != nil {
		return nil, err
	}
	people := make([]person, len(rows))
	for i := range rows {
		people[i] = person{session, rows[i].AuthorJID}
	}
	names, err := displayNames(tx, people)
	if err != nil {
		return nil, err
	}
	items := make([]model.MediaItem, len(rows))
	for i := range rows {
		item := rows[i].MediaItem
		if rows[i].AuthorJID != "" {
			item.Author = authorName(people[i], names, rows[i].AuthorName)
		}
		details := (&model.Message{Details: rows[i].Details}).DecodedDetails()
		item.Links = details.Links
		if info := details.Media; info != nil {
			item.Seconds = info.Seconds
			if item.Width == 0 || item.Height == 0 {
				item.Width, item.Height = info.Width, info.Height
			}
		}
		items[i] = item
	}
	return items, nil
}

// sessionOfConversation returns whose conversation it is.
func sessionOfConversation(tx *gorm.DB, id model.ConversationID) (model.SessionID, error) {
	var session model.SessionID
	err := queryRow(tx, "SELECT session_id FROM conversations WHERE id = ?", int64(id)).Scan(&session)
	return session, err
}

// MediaUsage returns what the stored files of each conversation weigh, the
// heaviest first. A file that two messages share counts for both.
func (s *Store) MediaUsage(ctx context.Context) ([]model.MediaUsage, error) {
	var usage []model.MediaUsage
	err := s.read(ctx, "weigh the files", func(tx *gorm.DB) error {
		return tx.Raw(`SELECT u.*, c.name FROM (
				SELECT m.conversation_id, count(*) AS files, sum(d.size) AS bytes, min(m.id) AS oldest, max(m.id) AS newest
				FROM media d JOIN messages m ON m.id = d.message_id WHERE d.state = 'stored' GROUP BY m.conversation_id) u
			JOIN conversations c ON c.id = u.conversation_id ORDER BY u.bytes DESC, u.conversation_id`).Scan(&usage).Error
	})
	return usage, err
}
