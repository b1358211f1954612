package conversations_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
	"github.com/xappiens/buzon/views/viewtest"
)

// Search finds messages that hold all words, the newest first.
func (f *fake) Search(_ context.Context, q model.SearchQuery) (model.SearchResult, error) {
	f.set(func() { f.searched = append(f.searched, q) })
	if err := f.enter("Search", q.Text); err != nil {
		return model.SearchResult{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var hits []model.SearchHit
	for id, all := range f.messages {
		if q.ConversationID != 0 && q.ConversationID != id {
			continue
		}
		for i := range all {
			m := &all[i]
			marks, ok := matches(m.Text, q.Text)
			if !ok || q.Before != 0 && m.ID >= q.Before || m.ID <= q.After {
				continue
			}
			c := f.convs[id]
			hits = append(hits, model.SearchHit{
				ID: m.ID, ConversationID: id, ConversationJID: c.JID, ConversationName: c.Name, ConversationKind: c.Kind,
				SessionID: 1, FromMe: m.FromMe, Author: m.Author, Type: m.Type, Text: m.Text, At: m.ID.Stamp(), Marks: marks,
			})
		}
	}
	slices.SortFunc(hits, func(a, b model.SearchHit) int { return int((b.ID - a.ID) >> model.MessageIDBits) })
	r := model.SearchResult{Hits: hits}
	if n := len(hits); q.After != 0 && q.Limit > 0 && n > q.Limit {
		r.Hits = hits[n-q.Limit:]
		r.Next = r.Hits[0].ID
	} else if q.Limit > 0 && n > q.Limit {
		r.Hits = hits[:q.Limit]
		r.Next = r.Hits[q.Limit-1].ID
	}
	return r, nil
}

func matches(text, asked string) (marks []model.TextRange, ok bool) {
	words := query.Parse(asked, time.Now(), time.UTC).Words
	if len(words) == 0 {
		return nil, false
	}
	low := strings.ToLower(text)
	for _, w := range words {
		i := strings.Index(low, strings.ToLower(w.Text))
		if i < 0 {
			return nil, false
		}
		marks = append(marks, model.TextRange{From: i, To: i + len(w.Text)})
	}
	slices.SortFunc(marks, func(a, b model.TextRange) int { return a.From - b.From })
	return marks, true
}

func (f *fake) SearchConversations(_ context.Context, text string, limit int) ([]model.PlaceHit, error) {
	if err := f.enter("SearchConversations", text); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []model.PlaceHit
	for _, r := range f.rows {
		if strings.Contains(strings.ToLower(r.Name), strings.ToLower(text)) && len(found) < limit {
			found = append(found, model.PlaceHit{ConversationID: r.ID, JID: r.JID, Name: r.Name, Kind: r.Kind, SessionID: r.SessionID})
		}
	}
	if strings.HasPrefix("zoraida", strings.ToLower(text)) && text != "" {
		found = append(found, model.PlaceHit{ContactID: 9, JID: "34600999888@c.us", Name: "Zoraida", Kind: model.KindPerson, SessionID: 1})
	}
	return found, nil
}

func (f *fake) SearchNames(_ context.Context, prefix string, limit int) ([]model.NameHit, error) {
	if err := f.enter("SearchNames", prefix); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []model.NameHit
	for _, r := range f.rows {
		if strings.HasPrefix(strings.ToLower(r.Name), strings.ToLower(prefix)) && len(found) < limit {
			found = append(found, model.NameHit{Name: r.Name, JID: r.JID, Kind: r.Kind, ConversationID: r.ID})
		}
	}
	return found, nil
}

func (f *fake) SavedSearches(context.Context) ([]model.SavedSearch, error) {
	if err := f.enter("SavedSearches"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.saved), nil
}

func (f *fake) SaveSearch(_ context.Context, s model.SavedSearch) (model.SavedSearch, error) {
	if err := f.enter("SaveSearch", s.Name); err != nil {
		return s, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s.ID = model.SavedSearchID(len(f.saved) + 1)
	f.saved = append(f.saved, s)
	return s, nil
}

func (f *fake) DeleteSearch(_ context.Context, id model.SavedSearchID) error {
	if err := f.enter("DeleteSearch", id); err != nil {
		return err
	}
	f.set(func() { f.saved = slices.DeleteFunc(f.saved, func(s model.SavedSearch) bool { return s.ID == id }) })
	return nil
}

func (f *fake) Open(_ context.Context, session model.SessionID, jid string) (model.Conversation, error) {
	if err := f.enter("Open", session, jid); err != nil {
		return model.Conversation{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := model.Conversation{ID: 90, SessionID: session, JID: model.JID(jid), Kind: model.KindPerson, LastAt: model.StampOf(viewtest.Start())}
	f.convs[c.ID] = c
	return c, nil
}
