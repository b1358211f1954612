package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

const (
	defaultHits    = 50
	maxWordRunes   = 64  // longer words are searched by their beginning
	maxPhraseRunes = 160 // what is behind them in a phrase is not looked at
	// What one search may look through before it says that it was cut: messages
	// that the index gave and something else had to judge, and time.
	maxCandidates = 10_000
	maxLikely     = 2000 // of them by a weaker expression
	firstChunk    = 200
	searchTime    = 100 * time.Millisecond
	narrowings    = 3 // how often a search that took too long is tried on a sixteenth of the time
)

// Search returns messages by a query in the language of package query, the
// newest first. Any text is accepted; one that asks for nothing finds nothing.
// It costs milliseconds on a million messages, whatever is asked; where it would
// not, it stops and says so in the result.
//
// The order is the row number's, which is the order of time. Ordering by
// relevance or another column would read every match of a common word.
func (s *Store) Search(ctx context.Context, q model.SearchQuery) (model.SearchResult, error) {
	parsed := query.Parse(q.Text, s.now(), q.Location)
	if parsed.Empty() {
		return model.SearchResult{}, nil
	}
	if q.Limit <= 0 {
		q.Limit = defaultHits
	}
	var result model.SearchResult
	err := s.read(ctx, "search", func(tx *gorm.DB) error {
		p, err := newPlan(tx, q, parsed, s.searchTime)
		if err != nil || p.nothing {
			return err
		}
		result, err = p.run(tx)
		return err
	})
	if err != nil {
		return model.SearchResult{}, err
	}
	return result, nil
}

// run carries a plan out.
func (p *plan) run(tx *gorm.DB) (model.SearchResult, error) {
	// A long beginning of a word has to be gathered from all words that begin with
	// it. When it is frequent, the newest messages with its first letters, which
	// are indexed, hold a page of it already.
	if p.likely != "" {
		found, full, err := p.tryLikely(tx)
		if err != nil || full {
			return found, err
		}
	}
	ids, next, cut, err := p.collect(tx)
	if err != nil {
		return model.SearchResult{}, err
	}
	hits, _, err := p.hits(tx, ids, false)
	return model.SearchResult{Hits: hits, Next: next, Cut: cut}, err
}

// tryLikely looks through the messages that the weaker expression finds, from
// where the search begins on. full: they hold a whole page, or all there is. It
// gives up when few of them hold the whole beginning: then that is not frequent,
// and gathering it is cheap.
func (p *plan) tryLikely(tx *gorm.DB) (result model.SearchResult, full bool, err error) {
	weak := *p
	weak.match = p.likely
	size, from, looked, judged := p.firstSize()+p.limit/4, p.begin(), 0, 0
	for looked < maxLikely && (judged < p.limit || 4*len(result.Hits) >= judged) {
		ids, last, count, err := weak.chunk(tx, from, size)
		if errors.Is(err, errTooSlow) {
			break
		}
		if err != nil {
			return model.SearchResult{}, false, err
		}
		hits, short, err := p.hits(tx, ids, true)
		if err != nil || !short {
			return model.SearchResult{}, false, err
		}
		if p.ascending {
			result.Hits = append(hits, result.Hits...)
		} else {
			result.Hits = append(result.Hits, hits...)
		}
		if all := count < size; all || len(result.Hits) >= p.limit {
			return p.firstPage(result.Hits, all), true, nil
		}
		looked += count
		judged += len(ids)
		// Each is read whole and judged here, so few are asked for at a time.
		from, size = p.beyond(last), min(p.expected(len(result.Hits), looked)+firstChunk/8, 4*size)
	}
	return model.SearchResult{}, false, nil
}

// firstPage cuts hits, which are the newest first, to a page from where the
// search began on; all says that there are no others.
func (p *plan) firstPage(hits []model.SearchHit, all bool) model.SearchResult {
	if all && len(hits) <= p.limit {
		return model.SearchResult{Hits: hits}
	}
	if p.ascending {
		hits = hits[len(hits)-p.limit:]
		return model.SearchResult{Hits: hits, Next: hits[0].ID}
	}
	hits = hits[:p.limit]
	return model.SearchResult{Hits: hits, Next: hits[p.limit-1].ID}
}

// firstSize is how many messages are looked at first.
func (p *plan) firstSize() int {
	if len(p.where.conditions) > 0 {
		return max(firstChunk, p.limit)
	}
	return p.limit
}

// nextSize is how many messages to look at next: as many as the share of hits so
// far lets expect, and some more.
func (p *plan) nextSize(hits, looked int) int { return max(firstChunk, p.expected(hits, looked)) }

// expected is in how many more messages the rest of a page is expected, and half
// of that more.
func (p *plan) expected(hits, looked int) int {
	need := (p.limit - hits) * looked / max(hits, 1)
	return need + need/2
}

// begin returns the key at which the search begins.
func (p *plan) begin() model.MessageID {
	if p.ascending {
		return p.oldest
	}
	return p.newest
}

// beyond returns the key behind another one in the direction of the search.
func (p *plan) beyond(id model.MessageID) model.MessageID {
	if p.ascending {
		return id + 1
	}
	return id - 1
}

// narrow leaves only a part of the keys from one on to look through.
func (p *plan) narrow(from model.MessageID, tries int) {
	if p.ascending {
		p.newest = min(p.newest, from+(p.last-from)>>(4*tries))
	} else {
		p.oldest = max(p.oldest, from-(from-p.floor)>>(4*tries))
	}
}

// end returns the last key that the search may look at.
func (p *plan) end() model.MessageID {
	if p.ascending {
		return p.newest
	}
	return p.oldest
}

// collect gathers the keys of a page in the direction of the search, in chunks
// that grow. next is where the page after it begins, zero when there is none.
func (p *plan) collect(tx *gorm.DB) (ids []model.MessageID, next model.MessageID, cut bool, err error) {
	from, size, looked := p.begin(), p.firstSize(), 0
	seen := 2*from - p.beyond(from) // the last key that was looked at
	for tries := 0; ; {
		found, last, count, err := p.chunk(tx, from, size)
		if errors.Is(err, errTooSlow) {
			if tries++; tries > narrowings {
				return ids, seen, true, nil
			}
			p.narrow(from, tries) // only a part is looked through, and the page says so
			cut = true
			continue
		}
		if err != nil {
			return nil, 0, false, err
		}
		looked += count
		ids = append(ids, found...)
		if len(ids) >= p.limit {
			ids = ids[:p.limit]
			return ids, ids[p.limit-1], false, nil
		}
		switch {
		case count < size && cut:
			return ids, p.end(), true, nil
		case count < size:
			return ids, 0, false, nil
		case looked >= max(maxCandidates, p.limit):
			return ids, last, true, nil
		}
		from, seen = p.beyond(last), last
		size = max(firstChunk, min(p.nextSize(len(ids), looked), 8*size, maxCandidates-looked))
	}
}

// errTooSlow says that a statement was stopped because it took too long.
var errTooSlow = errors.New("the search takes too long")

// chunk looks at size messages that the index gives, beginning at a key, and returns
// the keys of those that everything else holds of, the last key looked at, and
// how many there were. All is one row: a statement can be stopped only before
// its first one.
func (p *plan) chunk(tx *gorm.DB, from model.MessageID, size int) (ids []model.MessageID, last model.MessageID, count int, err error) {
	ctx, cancel := context.WithTimeout(tx.Statement.Context, p.time)
	defer cancel()
	low, high, order, furthest := p.oldest, from, "DESC", "min"
	if p.ascending {
		low, high, order, furthest = from, p.newest, "ASC", "max"
	}
	inner := `SELECT rowid AS id FROM messages_fts WHERE messages_fts MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid ` + order + limitClause(size)
	args := []any{p.match, int64(low), int64(high)}
	head := `SELECT count(*), coalesce(` + furthest + `(f.id), 0), coalesce(group_concat(`
	statement := head + `f.id), '') FROM (` + inner + `) f`
	if len(p.where.conditions) > 0 {
		// The cross joins keep SQLite from beginning with another table, which
		// would need the matches sorted.
		statement = head + `CASE WHEN ` + strings.Join(p.where.conditions, " AND ") +
			` THEN f.id END), '') FROM (` + inner + `) f CROSS JOIN messages m ON m.id = f.id`
		if p.needsConversation {
			statement += " CROSS JOIN conversations c ON c.id = m.conversation_id"
		}
		args = append(slices.Clone(p.where.args), args...)
	}
	var list string
	err = queryRow(tx.WithContext(ctx), statement, args...).Scan(&count, &last, &list)
	if err != nil {
		if ctx.Err() != nil && tx.Statement.Context.Err() == nil {
			return nil, 0, 0, errTooSlow
		}
		return nil, 0, 0, err
	}
	for part := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			break // the list is empty
		}
		ids = append(ids, model.MessageID(id))
	}
	slices.Sort(ids)
	if !p.ascending {
		slices.Reverse(ids)
	}
	return ids, last, count, nil
}

// hits reads what is shown of messages, the newest first; judge leaves out those
// in which the long beginning of the query is not found. judged is false when
// the texts are too long for that.
func (p *plan) hits(tx *gorm.DB, ids []model.MessageID, judge bool) (hits []model.SearchHit, judged bool, err error) {
	found, err := foundRows(tx, ids)
	if err != nil || len(found) == 0 {
		return nil, true, err
	}
	names, err := namesOfFound(tx, found)
	if err != nil {
		return nil, false, err
	}
	budget := maxMarkedBytes
	var text words
	hits = make([]model.SearchHit, 0, len(found))
	for i := range found {
		h := found[i].hit
		if budget -= len(h.Text); judge && budget < 0 {
			return nil, false, nil
		}
		if budget >= 0 {
			text.of(h.Text)
		}
		if judge && !p.beginning.in(&text) {
			continue
		}
		h.At = h.ID.Stamp()
		if found[i].authorJID != "" {
			h.Author = authorName(person{h.SessionID, found[i].authorJID}, names, found[i].authorName)
		}
		if budget >= 0 {
			h.Text, h.Marks = p.marker.excerpt(&text)
		} else {
			h.Text, h.Marks = excerpt(h.Text, nil)
		}
		nameMentioned(&h, names)
		hits = append(hits, h)
	}
	return hits, true, nil
}

// namesOfFound returns the names of authors, and of those whom texts mention.
func namesOfFound(tx *gorm.DB, found []foundRow) (map[person]string, error) {
	people := make([]person, 0, len(found))
	for i := range found {
		session := found[i].hit.SessionID
		people = append(people, person{session, found[i].authorJID})
		for _, jid := range model.MentionedIn(found[i].hit.Text) {
			people = append(people, person{session, jid})
		}
	}
	return displayNames(tx, people)
}

// nameMentioned notes what those are called whom the shown text mentions.
func nameMentioned(h *model.SearchHit, names map[person]string) {
	for _, jid := range model.MentionedIn(h.Text) {
		if name := names[person{h.SessionID, jid}]; name != "" {
			if h.Names == nil {
				h.Names = map[model.JID]string{}
			}
			h.Names[jid] = name
		}
	}
}

// foundRow is a message as a search reads it.
type foundRow struct {
	hit        model.SearchHit
	authorJID  model.JID
	authorName string
	several    bool // it is in one of several conversations with a person
}

// foundRows reads messages, the newest first.
func foundRows(tx *gorm.DB, ids []model.MessageID) ([]foundRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found := make([]foundRow, 0, len(ids))
	type once struct { // a message that came in two conversations of a person is one
		thread model.ConversationID
		second int64
		fromMe bool
		short  model.ShortID
	}
	threads := map[once]int{}
	err := eachRow(tx, func(rows *sql.Rows) error {
		var r foundRow
		h := &r.hit
		err := rows.Scan(&h.ID, &h.ConversationID, &h.ConversationJID, &h.ConversationName, &h.ConversationKind, &h.AvatarHash, &h.SessionID,
			&h.ShortID, &h.FromMe, &h.Type, &h.Ack, &h.Starred, &r.authorJID, &r.authorName, &h.Text, &r.several)
		if r.several {
			key := once{h.ConversationID, h.ID.Unix(), h.FromMe, h.ShortID}
			if at, twice := threads[key]; twice {
				if found[at].hit.ID > h.ID {
					found[at] = r
				}
				return err
			}
			threads[key] = len(found)
		}
		found = append(found, r)
		return err
	}, `SELECT m.id, h.id, h.jid, h.name, h.kind, h.avatar_hash, c.session_id,
		m.short_id, m.from_me, m.type, m.ack, m.starred, m.author_jid, m.author_name, m.text, c.thread_id <> 0
		FROM json_each(?) j CROSS JOIN messages m ON m.id = j.value CROSS JOIN conversations c ON c.id = m.conversation_id
		CROSS JOIN conversations h ON h.id = iif(c.thread_id = 0, c.id, c.thread_id)`,
		jsonNumbers(ids))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b foundRow) int { return cmp.Compare(b.hit.ID, a.hit.ID) })
	err = completePictures(tx, len(found), func(i int) (person, *string) {
		h := &found[i].hit
		return person{h.SessionID, h.ConversationJID}, &h.AvatarHash
	})
	return found, err
}

// unbounded is the key after all keys.
const unbounded = model.MessageID(math.MaxInt64)
