package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestSearch(t *testing.T) {
	f := newFixture(t)
	f.save(t,
		text("A", second, "El camión llegó mañana"), text("B", second+1, "CAMION de harina"),
		text("C", second+2, "pedido 4711, 3 kg de Müsli"), text("D", second+3, "OR NEAR AND NOT"), text("E", second+4, "明天见 mañana"),
		text("F", second+5, "😀 sin texto"), text("G", second+6, "e-mail: ana@example.org"))
	for query, want := range map[string]string{
		"camión": "B A", "camion": "B A", "CAMI": "B A", "camion mañ": "A", "manana": "E A", "man": "E A", "4711": "C", "musli": "C",
		"or near": "D", "NOT": "D", `"camion"`: "B A", "camion*": "B A", "ana@example.org": "G", "e-mail": "G", "明天": "E",
		"nothing": "", "": "", "   ": "", "***": "", `"""`: "", "-": "", "😀": "F", "(": "", "text:camion": "", "camion)": "B A",
		"c": "B A", "3": "C", "\x00camion\x00": "B A", "harina\ncamion": "B", "^camion": "B A", "{a b} : x": "", "NEAR(camion harina, 2)": "",
	} {
		result, err := f.Search(f.ctx, model.SearchQuery{Text: query})
		require.NoError(t, err, query)
		hits := result.Hits
		var got []string
		for _, h := range hits {
			got = append(got, string(h.ShortID))
		}
		require.Equal(t, want, strings.Join(got, " "), "query %q", query)
	}
}

func TestSearchScopesAndPages(t *testing.T) {
	f := newFixture(t)
	other, err := f.EnsureConversation(f.ctx, f.session, group, "Obrador", now)
	require.NoError(t, err)
	for i := range 60 {
		m := text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), fmt.Sprint("pan ", i))
		id := f.conversation
		if i%3 == 0 {
			id = other.ID
		}
		f.saveBatch(t, model.MessageBatch{ConversationID: id, Messages: []model.MessageIn{m}})
	}
	q := model.SearchQuery{Text: "pan", ConversationID: other.ID, SessionID: f.session, Limit: 7}
	var walked []model.SearchHit
	for {
		result, err := f.Search(f.ctx, q)
		require.NoError(t, err)
		hits := result.Hits
		if len(hits) == 0 {
			break
		}
		walked = append(walked, hits...)
		q.Before = hits[len(hits)-1].ID
	}
	require.Len(t, walked, 20)
	for i, h := range walked {
		require.Equal(t, fmt.Sprint("pan ", 57-3*i), h.Text)
		require.Equal(t, group, h.ConversationJID)
		require.Equal(t, "Obrador", h.ConversationName)
	}
	result, err := f.Search(f.ctx, model.SearchQuery{Text: "pan", SessionID: f.session + 1})
	require.NoError(t, err)
	hits := result.Hits
	require.Empty(t, hits)
	result, err = f.Search(f.ctx, model.SearchQuery{Text: "pan", ConversationID: 999})
	require.NoError(t, err)
	hits = result.Hits
	require.Empty(t, hits)
}

func TestSearchShowsTheMatchOfALongText(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, strings.Repeat("relleno ", 5000)+"aguja "+strings.Repeat("relleno ", 5000)))
	hits := f.found(t, "aguja")
	require.Len(t, hits, 1)
	require.Contains(t, hits[0], "aguja")
	require.Less(t, len(hits[0]), 2000)
}

// A text is looked through in parts: what matched must not depend on where they end.
func TestSearchShowsAMatchWhereverItStands(t *testing.T) {
	for before := 3986; before < 4008; before += 3 {
		f := newFixture(t)
		f.save(t, text("A", second, strings.Repeat("ñ", before/2)+strings.Repeat(" ", before%2)+" Aguja de  pajar, "+strings.Repeat("relleno ", 2000)+"aguja "+strings.Repeat("relleno ", 2000)))
		for query, marks := range map[string][]string{`"aguja de pajar"`: {"Aguja de  pajar"}, "paja": {"paja"}, "aguja pajar ": {"Aguja", "pajar"}, "agu": {"Agu"}} {
			result, err := f.Search(f.ctx, model.SearchQuery{Text: query})
			require.NoError(t, err)
			require.Len(t, result.Hits, 1)
			var found []string
			for _, m := range result.Hits[0].Marks {
				found = append(found, result.Hits[0].Text[m.From:m.To])
			}
			require.Equal(t, marks, found, "%s behind %d bytes", query, before)
		}
	}
}

// As many people as share a first name in a town are no reason to find others than the one who is named.
func TestSearchByAWholeNameAmongMany(t *testing.T) {
	f := newFixture(t)
	var contacts []model.Contact
	var conversations []model.ConversationIn
	for i := range 150 {
		name := fmt.Sprint("Ana García ", i)
		if i == 75 {
			name = "Ana García"
		}
		jid := model.JID(fmt.Sprintf("346%08d@c.us", i))
		contacts = append(contacts, model.Contact{JID: jid, DisplayName: name, Name: name})
		conversations = append(conversations, model.ConversationIn{Conversation: model.Conversation{JID: jid, Name: name}})
	}
	require.NoError(t, f.SaveContacts(f.ctx, f.session, contacts, now))
	require.NoError(t, f.SaveConversations(f.ctx, f.session, conversations, now))
	var batches []model.MessageBatch
	for i, c := range contacts {
		conversation, err := f.ConversationByJID(f.ctx, f.session, c.JID)
		require.NoError(t, err)
		batches = append(batches, model.MessageBatch{ConversationID: conversation.ID, Messages: []model.MessageIn{text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "pan")}})
	}
	_, err := f.SaveMessages(f.ctx, batches, now)
	require.NoError(t, err)
	for query, n := range map[string]int{`in:"ana garcía" pan`: 1, `from:"Ana García" pan`: 1, `in:"ana garcía 7" pan`: 1, `-in:"Ana García" pan`: 149, "in:ana pan": 150, `in:"ana gar" pan`: 150, `from:"ana gar" pan`: 150} {
		result, err := f.Search(f.ctx, model.SearchQuery{Text: query, Limit: 1000})
		require.NoError(t, err)
		require.Equal(t, n, len(result.Hits), query)
	}
}

// A number means who has it, not whose title looks like it.
func TestSearchByANumberThatIsATitleToo(t *testing.T) {
	f := newFixture(t)
	chats := []model.Conversation{
		{JID: "34600111222@c.us", Name: "Ana García"}, {JID: "777@lid", Name: "+34 600 11 12 22"},
		{JID: "34600333444@c.us", Name: "Bob"}, {JID: group, Name: "600 333 444"},
	}
	var batches []model.MessageBatch
	for i, c := range chats {
		require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{{Conversation: c}}, now))
		saved, err := f.ConversationByJID(f.ctx, f.session, c.JID)
		require.NoError(t, err)
		batches = append(batches, model.MessageBatch{ConversationID: saved.ID, Messages: []model.MessageIn{text(model.ShortID("M"+string(rune('A'+i))), second+int64(i), "pan")}})
	}
	_, err := f.SaveMessages(f.ctx, batches, now)
	require.NoError(t, err)
	for query, want := range map[string]string{
		`in:"+34 600 11 12 22" pan`: "MA", `from:"+34 600 11 12 22" pan`: "MA", `-from:"+34 600 11 12 22" pan`: "MD MC MB",
		`in:"600 333 444" pan`: "MC", `-in:"600 333 444" pan`: "MD MB MA", "in:600333444 pan": "MC",
	} {
		require.Equal(t, want, f.shorts(t, model.SearchQuery{Text: query}), query)
	}
}
