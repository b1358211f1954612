package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

// library is a fixture with two more conversations and messages of many kinds.
func library(t testing.TB) fixture {
	t.Helper()
	f := newFixture(t)
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{
		{JID: ana, Phone: "34600111222", DisplayName: "Ana García", Name: "Ana García"},
		{JID: "34600333444@c.us", Phone: "34600333444", DisplayName: "Ana García López", Name: "Ana García López"},
		{JID: "34600555666@c.us", Phone: "34600555666", DisplayName: "Íñigo Núñez", Name: "Íñigo Núñez"},
	}, now))
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{
		{Conversation: model.Conversation{JID: ana, Name: "Ana García", Unread: 2}},
		{Conversation: model.Conversation{JID: group, Name: "Obrador 🍞"}, Group: &model.Group{Subject: "Obrador 🍞"}},
		{Conversation: model.Conversation{JID: "34600555666@c.us", Name: "Íñigo Núñez", Archived: true}},
	}, now))
	by := func(m model.MessageIn, author model.JID) model.MessageIn {
		m.AuthorJID = author
		return m
	}
	kind := func(m model.MessageIn, kind model.MessageType, details string) model.MessageIn {
		m.Type, m.Details = kind, details
		return m
	}
	star := text("A4", second+3, "pan con estrella")
	star.Starred = true
	// The fixture's days: 14 November 2023 and the next, in UTC.
	f.save(t, text("A1", second, "pan de ayer"), own("A2", second+1, "pan mío", 2), kind(text("A3", second+2, "foto del pan"), model.TypeImage, ""), star,
		kind(text("A5", second+4, "mira https://example.org/pan"), model.TypeChat, `{"links":["https://example.org/pan"]}`),
		text("A6", second+86_400, "明天见，我们去面包店 iPhone手机"), text("A7", second+86_401, "พรุ่งนี้ซื้อขนมปังที่ร้าน"),
		text("A8", second+86_402, "パンをください"), text("A9", second+86_403, "😀 hola 👍🏽"))
	other := func(jid model.JID, messages ...model.MessageIn) {
		c, err := f.ConversationByJID(f.ctx, f.session, jid)
		require.NoError(t, err)
		f.saveBatch(t, model.MessageBatch{ConversationID: c.ID, Messages: messages})
	}
	other(group, by(text("B1", second+10, "pan del grupo"), ana), by(text("B2", second+11, "pan de otra"), "34600333444@c.us"),
		kind(own("B3", second+12, "", 1), model.TypeVoice, ""), by(text("B4", second+13, "pan de nadie"), "111@lid"),
		kind(text("B5", second+14, "Plaza Mayor"), model.TypeLocation, ""), kind(text("B6", second+15, "factura.pdf"), model.TypeDocument, ""),
		kind(text("B7", second+16, ""), model.TypeVideo, ""))
	other("34600555666@c.us", text("C1", second+20, "pan archivado"))
	return f
}

// shorts returns the short ids of what is found.
func (f fixture) shorts(t testing.TB, q model.SearchQuery) string {
	t.Helper()
	result, err := f.Search(f.ctx, q)
	require.NoError(t, err, q.Text)
	var ids []string
	for _, h := range result.Hits {
		ids = append(ids, string(h.ShortID))
	}
	return strings.Join(ids, " ")
}

func TestSearchOperators(t *testing.T) {
	f := library(t)
	for text, want := range map[string]string{
		"has:image": "A3", "tiene:audio": "B3", "has:video": "B7", "has:document": "B6", "has:location": "B5", "has:link": "A5", "has:image pan": "A3", "-has:image foto": "",
		"is:starred": "A4", "es:destacado pan": "A4", "is:mine": "B3 A2", "is:mine pan": "A2", "from:me pan": "A2", "-is:mine is:starred": "A4",
		"is:group pan": "B4 B2 B1", "is:archived": "C1", "-is:archived -is:group pan": "A5 A4 A3 A2 A1", "is:unread": "A9 A8", "is:unread hola": "A9",
		`from:"Ana García" pan`: "B1 A5 A4 A3 A1", `from:"ana garcia lopez"`: "B2", "from:ana pan is:group": "B2 B1", "de:iñigo": "C1", "from:600111222 pan is:group": "B1",
		`from:"+34 600 11 12 22" pan`: "B1 A5 A4 A3 A1", "from:nadie": "", "-from:nadie is:starred": "A4", "-from:ana pan": "C1 B4 A2",
		"in:obrador pan": "B4 B2 B1", `in:"Íñigo Núñez"`: "C1", "en:inigo": "C1", "in:nothing pan": "", "-in:obrador -in:iñigo has:link": "A5",
		"on:2023-11-14 is:starred": "A4", "on:2023-11-15": "A9 A8 A7 A6", "after:2023-11-14": "A9 A8 A7 A6", "before:2023-11-15 has:link": "A5", "before:2023": "", "-on:2023-11-14": "A9 A8 A7 A6",
		`"pan de"`: "B4 B2 A1", `"de pan"`: "", "pan -de": "C1 B1 A5 A4 A3 A2", `pan -"pan de" -is:mine -has:link`: "C1 B1 A4 A3", "-pan is:mine": "B3", "-pan -hola on:2023-11-15": "A8 A7 A6",
		"is:whatever": "", "has:pan": "", "😀": "A9", "👍🏽 hola": "A9", "-😀 hola": "", "p": "C1 B6 B5 B4 B2 B1 A5 A4 A3 A2 A1",
	} {
		require.Equal(t, want, f.shorts(t, model.SearchQuery{Text: text}), "query %q", text)
	}
	tokyo := time.FixedZone("JST", 9*3600)
	require.Equal(t, "C1 B7 B6 B5 B4 B3 B2 B1 A5 A4 A3 A2 A1", f.shorts(t, model.SearchQuery{Text: "on:2023-11-15", Location: tokyo}), "days begin where the owner is")
}

func TestSearchFindsTextsWithoutSpaces(t *testing.T) {
	f := library(t)
	for text, want := range map[string]string{
		"明天": "A6", "天见": "A6", "面包": "A6", "店": "A6", "明": "A6", "见我": "", "手机": "A6", "iphone": "A6", "面包 明天": "A6", "面天": "", `"面包店"`: "A6", "-明天 on:2023-11-15 has:image": "",
		"ขนมปัง": "A7", "ร้าน": "A7", "ซื้อ": "A7", "รา": "", "พรุ่งนี้ ขนมปัง": "A7", "パン": "A8", "ください": "A8", "を": "A8", "on:2023-11-15 -パン -明天": "A9 A7",
	} {
		require.Equal(t, want, f.shorts(t, model.SearchQuery{Text: text}), "query %q", text)
	}
	edited := text("A6", second+86_400, "后天见")
	edited.EditedAt = model.StampUnix(second + 86_500)
	f.save(t, edited)
	require.Empty(t, f.shorts(t, model.SearchQuery{Text: "明天"}))
	require.Equal(t, "A6", f.shorts(t, model.SearchQuery{Text: "后天"}))
	require.NoError(t, f.Check(f.ctx))
}

func TestSearchFollowsChanges(t *testing.T) {
	f := library(t)
	m := text("A1", second, "pan de ayer")
	m.Starred = true
	f.save(t, m)
	require.Equal(t, "A4 A1", f.shorts(t, model.SearchQuery{Text: "is:starred"}))
	require.NoError(t, f.BulkImport(f.ctx, func(ctx context.Context) error {
		late := text("Z", second+200_000, "pan 面包 tarde")
		late.Starred = true
		_, err := f.SaveMessages(ctx, []model.MessageBatch{{ConversationID: f.conversation, Messages: []model.MessageIn{late}}}, now)
		return err
	}))
	require.Equal(t, "Z A4 A1", f.shorts(t, model.SearchQuery{Text: "is:starred pan"}))
	require.Equal(t, "Z", f.shorts(t, model.SearchQuery{Text: "面包 tarde"}))
	require.NoError(t, f.Check(f.ctx))
}

func TestSearchMarks(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, "El Camión llegó: camiones, CAMIÓN"), text("B", second+1, "去面包店买面包"),
		text("C", second+2, strings.Repeat("relleno ", 400)+"Aguja "+strings.Repeat("relleno ", 400)), text("D", second+3, "ana@example.org, ana"))
	marked := func(query string) (parts []string) {
		result, err := f.Search(f.ctx, model.SearchQuery{Text: query})
		require.NoError(t, err)
		require.Len(t, result.Hits, 1, query)
		for _, m := range result.Hits[0].Marks {
			parts = append(parts, result.Hits[0].Text[m.From:m.To])
		}
		return parts
	}
	require.Equal(t, []string{"Camión", "camion", "CAMIÓN"}, marked("camion"))
	require.Equal(t, []string{"Camión", "llegó", "CAMIÓN"}, marked("llego camion "), "a finished word is not a beginning")
	require.Equal(t, []string{"Camión llegó"}, marked(`"camion llego"`))
	require.Equal(t, []string{"面包", "面包"}, marked("面包"))
	require.Equal(t, []string{"Aguja"}, marked("aguja"))
	require.Equal(t, []string{"ana@example.org"}, marked("ana@example.org"))
	require.Equal(t, []string{"El", "Cami"}, marked("el -leche cami* llegó -has:image")[:2])
	require.Empty(t, marked("in:ana -camion -面包 -aguja"))
	// What an emoji is written with besides its sign folds to nothing.
	require.Equal(t, []string{"El"}, marked("el❤️"))
	require.Equal(t, []string{"El Camión"}, marked("\"el ❤️ camion\""))
	require.Equal(t, []string{"El Camión"}, marked("\"el \u0301 camion\""))
}

func TestSearchSaysWhenItWasCut(t *testing.T) {
	f := newFixture(t)
	var many []model.MessageIn
	for i := range store.MaxCandidates + 10 {
		many = append(many, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "pan"))
	}
	many[0].Text = "pan 😀"
	f.save(t, many...)
	q := model.SearchQuery{Text: "pan 😀"}
	result, err := f.Search(f.ctx, q)
	require.NoError(t, err)
	require.True(t, result.Cut)
	require.Empty(t, result.Hits)
	require.NotZero(t, result.Next)
	q.Before = result.Next
	result, err = f.Search(f.ctx, q)
	require.NoError(t, err)
	require.False(t, result.Cut)
	require.Len(t, result.Hits, 1)
	require.Zero(t, result.Next)
}

func TestSearchThatTakesTooLongSaysSo(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, "pan de ayer"))
	f.SetSearchTime(time.Nanosecond)
	result, err := f.Search(f.ctx, model.SearchQuery{Text: "pan -leche"})
	require.NoError(t, err)
	require.True(t, result.Cut)
	require.Empty(t, result.Hits)
	f.SetSearchTime(time.Minute)
	require.Equal(t, "A", f.shorts(t, model.SearchQuery{Text: "pan -leche", Before: result.Next}), "what was not seen comes with the next page")
}

func TestSearchPagesAFrequentBeginning(t *testing.T) {
	f := newFixture(t)
	for i := range 300 {
		body := []string{"gracias", "grano", "gracia y gracejo", "otra"}[i%4]
		f.save(t, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), body))
	}
	q := model.SearchQuery{Text: "grac", Limit: 7}
	seen := 0
	for {
		result, err := f.Search(f.ctx, q)
		require.NoError(t, err)
		for _, h := range result.Hits {
			require.Contains(t, h.Text, "grac")
			require.NotEmpty(t, h.Marks)
			require.Equal(t, h.ID.Stamp(), h.At)
		}
		if seen += len(result.Hits); result.Next == 0 {
			break
		}
		q.Before = result.Next
	}
	require.Equal(t, 150, seen)
}

func TestSearchGoesOnFromAKeyInBothDirections(t *testing.T) {
	f := newFixture(t)
	for i := range 300 {
		body := []string{"gracias 😀", "grano", "gracia y gracejo", "otra"}[i%4]
		f.save(t, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), body))
	}
	for _, query := range []string{"grac", "grano", "😀 gracias", "gr", "-otra"} {
		all, err := f.Search(f.ctx, model.SearchQuery{Text: query, Limit: 1000})
		require.NoError(t, err)
		require.Greater(t, len(all.Hits), 70, query)
		for _, from := range []int{0, 1, len(all.Hits) / 2, len(all.Hits) - 1} {
			var newer, older []model.SearchHit
			q := model.SearchQuery{Text: query, Limit: 7, After: all.Hits[from].ID}
			for q.After != 0 {
				result, err := f.Search(f.ctx, q)
				require.NoError(t, err)
				newer = append(slices.Clone(result.Hits), newer...)
				q.After = result.Next
			}
			q = model.SearchQuery{Text: query, Limit: 7, Before: all.Hits[from].ID}
			for q.Before != 0 {
				result, err := f.Search(f.ctx, q)
				require.NoError(t, err)
				older = append(older, result.Hits...)
				q.Before = result.Next
			}
			require.Equal(t, all.Hits, slices.Concat(newer, all.Hits[from:from+1], older), "%s from %d", query, from)
		}
	}
	day := time.Unix(second, 0).UTC().Format(time.DateOnly)
	result, err := f.Search(f.ctx, model.SearchQuery{Text: "before:" + day + " grac", After: 1})
	require.NoError(t, err)
	require.Empty(t, result.Hits, "dates hold after a key too")
}

func TestSearchAfterAKeySaysWhenItWasCut(t *testing.T) {
	f := newFixture(t)
	var many []model.MessageIn
	for i := range store.MaxCandidates + 10 {
		many = append(many, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "pan"))
	}
	many[len(many)-1].Text = "pan 😀"
	f.save(t, many...)
	q := model.SearchQuery{Text: "pan 😀", After: 1}
	result, err := f.Search(f.ctx, q)
	require.NoError(t, err)
	require.True(t, result.Cut)
	require.Empty(t, result.Hits)
	q.After = result.Next
	result, err = f.Search(f.ctx, q)
	require.NoError(t, err)
	require.False(t, result.Cut)
	require.Len(t, result.Hits, 1)
	require.Zero(t, result.Next)
}

func TestSearchConversationsAndNames(t *testing.T) {
	f := library(t)
	for query, want := range map[string]string{
		"ana": "Ana García|Ana García López", "gar": "Ana García|Ana García López", "ana lopez": "Ana García López", "inigo": "Íñigo Núñez", "ÑIGO": "", "obrador": "Obrador 🍞",
		"+34 600 11 12 22": "Ana García", "600111222": "Ana García", "600 11": "Ana García", "0034600111222": "Ana García", "34600111222@c.us": "Ana García", "999": "", "": "", `"`: "", "0": "",
	} {
		places, err := f.SearchConversations(f.ctx, query, 10)
		require.NoError(t, err)
		var names []string
		for _, p := range places {
			names = append(names, p.Name)
			require.True(t, p.ConversationID != 0 || p.ContactID != 0)
		}
		require.Equal(t, want, strings.Join(names, "|"), "query %q", query)
	}
	names, err := f.SearchNames(f.ctx, "g", 10)
	require.NoError(t, err)
	require.Len(t, names, 2)
	names, err = f.SearchNames(f.ctx, "", 10)
	require.NoError(t, err)
	require.Len(t, names, 2, "conversations that are not archived")
}

func TestSavedSearches(t *testing.T) {
	f := newFixture(t)
	first, err := f.SaveSearch(f.ctx, model.SavedSearch{Name: " Facturas ", Text: "factura has:document"})
	require.NoError(t, err)
	again, err := f.SaveSearch(f.ctx, model.SavedSearch{Name: "Facturas", Text: "factura"})
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	second, err := f.SaveSearch(f.ctx, model.SavedSearch{Name: "estrellas", Text: "is:starred"})
	require.NoError(t, err)
	second.Name = "Facturas"
	_, err = f.SaveSearch(f.ctx, second)
	require.ErrorIs(t, err, store.ErrConflict)
	_, err = f.SaveSearch(f.ctx, model.SavedSearch{ID: 99, Name: "x", Text: "y"})
	require.ErrorIs(t, err, store.ErrNotFound)
	for _, bad := range []model.SavedSearch{{Name: "", Text: "x"}, {Name: "x"}, {Name: "x", Text: strings.Repeat("x", 100_000)}} {
		_, err = f.SaveSearch(f.ctx, bad)
		require.ErrorIs(t, err, store.ErrConflict)
	}
	require.NoError(t, f.DeleteSearch(f.ctx, first.ID))
	list, err := f.SavedSearches(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []model.SavedSearch{{ID: second.ID, Name: "estrellas", Text: "is:starred"}}, list)
}

func TestOlderStoresCanBeSearchedInEveryScript(t *testing.T) {
	for version := 1; version <= 2; version++ {
		path := released(t, version)
		insert(t, raw(t, path), "INSERT INTO messages (id, conversation_id, from_me, short_id, type, text, starred) VALUES (1700000005 * 1048576, 1, 0, 'CJK', 'chat', '我们去面包店', 1)")
		f := fixture{Store: storetest.Open(t, path), ctx: t.Context()}
		require.Equal(t, "CJK", f.shorts(t, model.SearchQuery{Text: "面包 is:starred from:ana"}))
		places, err := f.SearchConversations(f.ctx, "garcia", 5)
		require.NoError(t, err)
		require.Len(t, places, 1)
		require.NoError(t, f.Check(f.ctx))
	}
}

func TestKilledImportOfAnOlderStoreHeals(t *testing.T) {
	path := released(t, 2)
	db := raw(t, path)
	insert(t, db, "INSERT INTO meta (key, value) VALUES ('index_off', '1')")
	insert(t, db, "INSERT INTO messages (id, conversation_id, from_me, short_id, type, text) VALUES (1700000005 * 1048576, 1, 0, 'X', 'chat', 'ขนมปัง nuevo')")
	f := fixture{Store: storetest.Open(t, path), ctx: t.Context()}
	require.Equal(t, "X", f.shorts(t, model.SearchQuery{Text: "nuevo ขนม"}))
	require.NoError(t, f.Check(f.ctx))
}

func insert(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}
