package store_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

func TestIdentityIsConversationDirectionAndShortID(t *testing.T) {
	f := newFixture(t)
	other, err := f.EnsureConversation(f.ctx, f.session, group, "Obrador", now)
	require.NoError(t, err)
	require.Equal(t, model.Counts{Created: 2}, f.save(t, text("A", second, "in"), own("A", second, "out", model.AckServer)))
	require.Equal(t, model.Counts{Created: 1}, f.saveBatch(t, model.MessageBatch{ConversationID: other.ID, Messages: []model.MessageIn{text("A", second, "elsewhere")}}))

	again := text("A", second+5, "in")
	again.Serialized = "false_111@lid_A" // another spelling of the same message
	require.Equal(t, model.Counts{Updated: 1}, f.save(t, again))
	require.Equal(t, "in", f.message(t, false, "A").Text)
	require.Equal(t, second, f.message(t, false, "A").ID.Unix(), "the key stays")
	n, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, 3, n)
}

func TestDuplicatesWithinOneCall(t *testing.T) {
	f := newFixture(t)
	edited := text("A", second, "second text")
	edited.EditedAt = now
	counts := f.save(t, text("A", second, "first text"), edited, text("A", second, "first text"), text("", second, "no id"))
	require.Equal(t, model.Counts{Created: 1, Unchanged: 2, Failed: 1}, counts)
	m := f.message(t, false, "A")
	require.Equal(t, "second text", m.Text)
	require.Equal(t, 1, m.Versions)
	require.Equal(t, []string{"second text"}, f.found(t, "text"))
	require.NoError(t, f.Check(f.ctx))
}

func TestUnusableShortIDsFailAlone(t *testing.T) {
	f := newFixture(t)
	counts := f.save(t, text(model.ShortID(strings.Repeat("x", store.MaxShortID+1)), second, "long"),
		text("\xff", second, "broken"), text("it's a \"quote\" ☃", second, "fine"))
	require.Equal(t, model.Counts{Created: 1, Failed: 2}, counts)
	require.Equal(t, model.Counts{Unchanged: 1}, f.save(t, text("it's a \"quote\" ☃", second, "fine")))
}

func TestAckOnlyGoesUp(t *testing.T) {
	f := newFixture(t)
	f.save(t, own("A", second, "hola", model.AckServer))
	for _, step := range []struct{ heard, want model.Ack }{
		{model.AckRead, model.AckRead}, {model.AckDevice, model.AckRead}, {model.AckError, model.AckRead}, {99, model.AckRead}, {model.AckPlayed, model.AckPlayed},
	} {
		f.save(t, own("A", second, "hola", step.heard))
		require.Equal(t, step.want, f.message(t, true, "A").Ack)
		require.Equal(t, step.want, f.held(t).LastAck, "the list shows the same")
	}
}

func TestEditAndRevokeKeepEarlierTexts(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, "uno"))
	edited := text("A", second, "dos")
	edited.EditedAt = now
	require.Equal(t, model.Counts{Updated: 1}, f.save(t, edited))
	require.Equal(t, model.Counts{Unchanged: 1}, f.save(t, text("A", second, "uno")), "an older answer")
	revoked := text("A", second, "")
	revoked.Type = model.TypeRevoked
	require.Equal(t, model.Counts{Updated: 1}, f.save(t, revoked))
	m := f.message(t, false, "A")
	require.Equal(t, model.TypeRevoked, m.Type)
	require.Equal(t, now, m.RevokedAt)
	require.Empty(t, m.Text)
	require.Equal(t, 2, m.Versions)
	require.Empty(t, f.found(t, "uno"))
	require.Empty(t, f.found(t, "dos"))
	require.Equal(t, model.TypeRevoked, f.held(t).LastType)
	require.NoError(t, f.Check(f.ctx))
}

func TestUnchangedWritesNothing(t *testing.T) {
	f := newFixture(t)
	var messages []model.MessageIn
	for i := range 300 {
		m := text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), fmt.Sprint("texto ", i))
		if i%10 == 0 {
			m.HasMedia, m.Media = true, &model.Media{MimeType: "image/jpeg", Size: 12}
			m.Reactions, m.ReactionsKnown = []model.Reaction{{SenderJID: ana, Emoji: "👍", At: now}}, true
		}
		messages = append(messages, m)
	}
	result := model.FetchResult{Limit: 300}
	require.Equal(t, model.Counts{Created: 300}, f.fetch(t, result, messages...))
	require.Zero(t, f.writes(t, func() {
		require.Equal(t, model.Counts{Unchanged: 300}, f.fetch(t, result, messages...))
	}))
	later := f.writes(t, func() {
		_, err := f.SaveMessages(f.ctx, []model.MessageBatch{{ConversationID: f.conversation, Messages: messages, Fetch: &model.FetchResult{Outcome: store.FetchOK, Limit: 300}}}, now+3_600_000)
		require.NoError(t, err)
	})
	require.EqualValues(t, 1, later, "the time of the fetch")
	require.Equal(t, now+3_600_000, f.held(t).Ledger.FetchedAt)
}

func TestReactionsAndMedia(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.UpdateSession(f.ctx, f.session, func(s *model.Session) { s.JID = "34699999999@c.us" })
	require.NoError(t, err)
	m := text("A", second, "foto")
	m.Media = &model.Media{MimeType: "image/png", FileName: "a.png", Size: 5}
	m.ReactionsKnown = true
	m.Reactions = []model.Reaction{{SenderJID: ana, Emoji: "👍"}, {SenderJID: "34699999999@c.us", Emoji: "👍"}, {SenderJID: "1@c.us", Emoji: "❤"}}
	f.save(t, m)
	row := f.message(t, false, "A")
	require.Equal(t, model.MediaRemote, row.MediaState)
	require.Equal(t, []model.ReactionSummary{{Emoji: "👍", Count: 2, Mine: true}, {Emoji: "❤", Count: 1}}, row.Reactions)

	single := text("A", second, "foto") // one reaction that came by itself
	single.Reactions = []model.Reaction{{SenderJID: ana, Emoji: ""}}
	require.Equal(t, model.Counts{Updated: 1}, f.save(t, single))
	require.Len(t, f.message(t, false, "A").Reactions, 2)

	m.Reactions = nil
	m.Media = &model.Media{State: model.MediaGone}
	require.Equal(t, model.Counts{Updated: 1}, f.save(t, m))
	row = f.message(t, false, "A")
	require.Empty(t, row.Reactions)
	require.Equal(t, model.MediaGone, row.MediaState)
}

func TestKeysFollowTimeAfterBackwardsFill(t *testing.T) {
	f := newFixture(t)
	var want []string
	var all []model.MessageIn
	for i := range 400 {
		body := fmt.Sprint("mensaje ", i)
		want = append(want, body)
		all = append(all, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i/4), body)) // four a second
	}
	for from := 400; from > 0; from -= 80 {
		f.save(t, all[from-80:from]...)
	}
	var got []string
	for _, m := range f.walkBack(t, 7) {
		got = append(got, m.Text)
	}
	require.Equal(t, want, got)
	newest := f.found(t, "mensaje")
	require.Len(t, newest, 50)
	for i, body := range newest {
		require.Equal(t, want[len(want)-1-i], body)
	}
}

// walkBack reads the whole conversation by pages, the newest first, and returns it in its order.
func (f fixture) walkBack(t *testing.T, limit int) []model.MessageRow {
	t.Helper()
	var all []model.MessageRow
	q := model.MessageQuery{ConversationID: f.conversation, Limit: limit}
	for {
		page, err := f.Messages(f.ctx, q)
		require.NoError(t, err)
		if len(page) == 0 {
			return all
		}
		require.LessOrEqual(t, len(page), limit)
		all = append(slices.Clone(page), all...)
		q.Before = page[0].ID
	}
}

func TestPages(t *testing.T) {
	f := newFixture(t)
	for i := range 100 {
		f.save(t, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), fmt.Sprint(i)))
	}
	all := f.walkBack(t, 9)
	require.Len(t, all, 100)
	page := func(q model.MessageQuery) []model.MessageRow {
		q.ConversationID = f.conversation
		rows, err := f.Messages(f.ctx, q)
		require.NoError(t, err)
		return rows
	}
	require.Equal(t, all[50:], page(model.MessageQuery{}))
	require.Equal(t, all[11:21], page(model.MessageQuery{After: all[10].ID, Limit: 10}))
	require.Equal(t, all[0:10], page(model.MessageQuery{Before: all[10].ID, Limit: 10}))
	require.Equal(t, all[46:56], page(model.MessageQuery{Around: all[50].ID, Limit: 10}))
	require.Equal(t, all[50:51], page(model.MessageQuery{Around: all[50].ID, Limit: 1}))
	require.Empty(t, page(model.MessageQuery{After: all[99].ID}))
}

func TestHostileSeconds(t *testing.T) {
	f := newFixture(t)
	seconds := []int64{math.MinInt64, -1, 0, 1, 253402300799, 253402300800, math.MaxInt64}
	var in []model.MessageIn
	for i, s := range seconds {
		in = append(in, text(model.ShortID(fmt.Sprint(i)), s, "x"))
	}
	require.Equal(t, model.Counts{Created: len(seconds)}, f.save(t, in...))
	all := f.walkBack(t, 3)
	require.Len(t, all, len(seconds))
	for i, m := range all {
		require.Equal(t, model.ShortID(fmt.Sprint(i)), m.ShortID)
		require.Positive(t, int64(m.ID), "zero means none")
		require.GreaterOrEqual(t, m.ID.Unix(), int64(0))
	}
	require.NoError(t, f.Check(f.ctx))
}

func TestASecondThatIsFull(t *testing.T) {
	path := t.TempDir() + "/buzon.db"
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	last := int64(model.MessageIDAt(second+1)) - 2 // one key is left
	_, err = raw(t, path).ExecContext(t.Context(), "INSERT INTO messages (id, conversation_id, from_me, short_id) VALUES (?, ?, 0, 'Z')", last, int64(f.conversation))
	require.NoError(t, err)
	counts := f.save(t, text("A", second, "fits"), text("B", second, "does not"), text("C", second+1, "fits"))
	require.Equal(t, model.Counts{Created: 2, Failed: 1}, counts)
	_, err = f.MessageByShortID(f.ctx, f.conversation, false, "B")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, f.Close())
}

func TestUnknownConversation(t *testing.T) {
	f := newFixture(t)
	_, err := f.SaveMessages(f.ctx, []model.MessageBatch{{ConversationID: 999, Messages: []model.MessageIn{text("A", second, "x")}}}, now)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestCancelledSaveLeavesNothing(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	_, err := f.SaveMessages(ctx, []model.MessageBatch{{ConversationID: f.conversation, Messages: []model.MessageIn{text("A", second, "x")}}}, now)
	require.ErrorIs(t, err, context.Canceled)
	n, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestLedger(t *testing.T) {
	f := newFixture(t)
	span := func(from, to int) []model.MessageIn {
		var list []model.MessageIn
		for i := from; i < to; i++ {
			list = append(list, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "x"))
		}
		return list
	}
	f.fetch(t, model.FetchResult{Limit: 10}, span(100, 110)...)
	l := f.held(t).Ledger
	require.Equal(t, at(100), l.Oldest)
	require.Equal(t, at(109), l.Newest)
	require.Equal(t, now, l.FetchedAt)
	require.Equal(t, store.FetchOK, l.FetchOutcome)
	require.Equal(t, 10, l.FetchLimit)
	require.Equal(t, model.LedgerComplete, l.State())
	require.Equal(t, from(100), l.CompleteFrom)

	gap := func(below, above int64, cause model.GapCause) []model.Gap {
		return []model.Gap{{ConversationID: f.conversation, Below: at(below), Above: from(above), Cause: cause, FoundAt: now}}
	}
	gaps := func() []model.Gap {
		list, err := f.Gaps(f.ctx, f.conversation)
		require.NoError(t, err)
		return list
	}
	f.fetch(t, model.FetchResult{Limit: 10}, span(130, 140)...)
	require.Equal(t, gap(109, 130, model.GapWindow), gaps(), "110 to 129 were never seen")
	l = f.held(t).Ledger
	require.Equal(t, model.LedgerGaps, l.State())
	require.Equal(t, at(109), l.CompleteTo)
	f.fetch(t, model.FetchResult{Limit: 20}, span(120, 140)...)
	require.Equal(t, gap(109, 120, model.GapWindow), gaps())
	f.fetch(t, model.FetchResult{Limit: 35}, span(105, 140)...)
	require.Empty(t, gaps())
	l = f.held(t).Ledger
	require.Equal(t, model.LedgerComplete, l.State())
	f.fetch(t, model.FetchResult{Limit: 500, ReachedBeginning: true}, span(0, 140)...)
	l = f.held(t).Ledger
	require.True(t, l.ReachedBeginning)
	require.Equal(t, l.Oldest.Unix(), l.CompleteFrom.Unix())
	require.Equal(t, at(0), l.Oldest)
	require.Equal(t, 500, l.FetchLimit)

	f.fetch(t, model.FetchResult{Outcome: "timeout", Limit: 50})
	require.Equal(t, "timeout", f.held(t).Ledger.FetchOutcome)
	require.True(t, f.held(t).Ledger.ReachedBeginning)
}

func TestPreviewIsTheNewestThatWasSaid(t *testing.T) {
	f := newFixture(t)
	notice := text("N", second+50, "")
	notice.Type = model.TypeE2ENotice
	f.save(t, text("A", second, "hola"), notice)
	c := f.held(t)
	require.Equal(t, "hola", c.LastText)
	require.Equal(t, model.StampUnix(second), c.LastAt)
	f.save(t, text("B", second-100, "older"))
	require.Equal(t, "hola", f.held(t).LastText)
	f.save(t, own("C", second+60, strings.Repeat("long ", 100), model.AckServer))
	c = f.held(t)
	require.True(t, c.LastFromMe)
	require.Equal(t, model.ShortID("C"), c.LastShortID)
	require.Equal(t, f.message(t, true, "C").ID, c.LastMessageID)
	require.LessOrEqual(t, len([]rune(c.LastText)), model.PreviewRunes)
}

func TestAuthorsAreNamed(t *testing.T) {
	f := newFixture(t)
	g, err := f.EnsureConversation(f.ctx, f.session, group, "Obrador", now)
	require.NoError(t, err)
	f.conversation = g.ID
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{
		{JID: ana, Phone: ana.Phone(), DisplayName: "Ana García"},
		{JID: "111@lid", DisplayName: "111"}, // named by nothing but its digits
		{JID: "222@lid", DisplayName: "Berta"},
	}, now))
	f.identify(t, model.Identity{SessionID: f.session, LID: "111@lid", PhoneJID: ana, FoundAt: now})
	for i, c := range []struct {
		author model.JID
		called string
		want   string
	}{
		{ana, "anita", "Ana García"}, {"111@lid", "anita", "Ana García"}, {"222@lid", "b", "Berta"}, {"333@lid", "Carla", "Carla"}, {"444@lid", "", "~444"}, {"", "nobody", ""},
	} {
		m := text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "palabra")
		m.AuthorJID, m.AuthorName = c.author, c.called
		f.save(t, m)
		require.Equal(t, c.want, f.message(t, false, m.ShortID).Author)
		result, err := f.Search(f.ctx, model.SearchQuery{Text: "palabra", Limit: 1})
		require.NoError(t, err)
		hits := result.Hits
		require.Equal(t, c.want, hits[0].Author)
		list, err := f.Conversations(f.ctx, model.ConversationQuery{SessionID: f.session, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, c.want, list[0].LastAuthor)
	}
}

// TestSavingInAnyOrderGivesTheSame saves the same messages in random pieces,
// with repetitions, and expects the same set.
func TestSavingInAnyOrderGivesTheSame(t *testing.T) {
	for seed := range uint64(2) {
		f := newFixture(t)
		rng := rand.New(rand.NewPCG(seed, 1))
		var all []model.MessageIn
		for i := range 120 {
			all = append(all, text(model.ShortID(fmt.Sprint("M", i)), second+rng.Int64N(40), fmt.Sprint("texto ", i)))
		}
		seen := map[model.ShortID]bool{}
		for len(seen) < len(all) {
			from := rng.IntN(len(all))
			piece := all[from:min(len(all), from+1+rng.IntN(110))]
			f.save(t, piece...)
			for _, m := range piece {
				seen[m.ShortID] = true
			}
		}
		rows := f.walkBack(t, 33)
		require.Len(t, rows, len(all))
		require.True(t, slices.IsSortedFunc(rows, func(a, b model.MessageRow) int { return int(a.ID.Unix() - b.ID.Unix()) }))
		require.NoError(t, f.Check(f.ctx))
	}
}

func TestMessagesOfOneSecondKeepTheirOrder(t *testing.T) {
	f := newFixture(t)
	var all []model.MessageIn
	var want []string
	for i := range 120 { // as many pictures sent at once
		all = append(all, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i/60), fmt.Sprint("foto ", i)))
		want = append(want, all[i].Text)
	}
	other, err := f.EnsureConversation(f.ctx, f.session, "34600111999@c.us", "Luis", now)
	require.NoError(t, err)
	f.saveBatch(t, model.MessageBatch{ConversationID: other.ID, Messages: []model.MessageIn{text("L", second, "otra")}})
	for _, limit := range []int{10, 50, 100, 120} {
		f.fetch(t, model.FetchResult{Limit: limit}, all[120-limit:]...)
		require.Equal(t, want[120-limit:], f.read(t, f.conversation, 120))
	}
	next := text("N", second+1, "la última")
	f.save(t, next)
	require.Equal(t, append(want, next.Text), f.read(t, f.conversation, 130))
	require.NoError(t, f.Check(f.ctx))
}

func TestMessageOfAnEventDoesNotGoBeforeWhatItsChangeIsToldWith(t *testing.T) {
	f := newFixture(t)
	first := own("A", second, "uno", model.AckPending)
	f.save(t, first)
	first.Ack = model.AckServer
	f.save(t, own("B", second, "dos", model.AckPending), first)
	require.Equal(t, []string{"uno", "dos"}, f.read(t, f.conversation, 10))
}
