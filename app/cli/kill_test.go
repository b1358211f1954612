package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
	"github.com/xappiens/buzon/sync/simulator"
)

// program runs buzon as a process of its own on one data folder.
type program struct {
	t       *testing.T
	dataDir string
	name    string // "" is buzon
}

func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, cmp.Or(p.name, "buzon"), append([]string{"--data-dir", p.dataDir}, args...)...)
	cmd.Env = append(os.Environ(), "BUZON_API_KEY="+apiKey, "LC_ALL=C")
	return cmd
}

// run runs to the end, which must be good.
func (p program) run(args ...string) []byte {
	p.t.Helper()
	var said bytes.Buffer
	cmd := p.command(p.t.Context(), args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	require.NoError(p.t, err, "%v\n%s%s", args, out, said.String())
	return out
}

// kill starts the program and kills it -9 after a while, if it still runs then.
func (p program) kill(after time.Duration, args ...string) (killed bool) {
	p.t.Helper()
	cmd := p.command(p.t.Context(), args...)
	require.NoError(p.t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // SIGKILL
	err := cmd.Wait()
	timer.Stop()
	return err != nil && !cmd.ProcessState.Exited()
}

// killRig is a paired gateway and a program that was told where it is.
func killRig(t *testing.T, config simulator.Config) (*simulator.Server, func() program) {
	t.Helper()
	config.APIKey, config.Paired, config.AckDelay = apiKey, true, time.Hour
	server, err := simulator.New(config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	require.NoError(t, server.Listen("127.0.0.1:0"))
	serial := 0
	return server, func() program {
		serial++
		p := program{t: t, dataDir: filepath.Join(t.TempDir(), strconv.Itoa(serial))}
		require.NoError(t, os.MkdirAll(p.dataDir, 0o700))
		settings := fmt.Sprintf(`{"version": 1, "base_url": %q, "limit_contacts": 0, "limit_conversations": 0, "limit_messages": 0, "conversations_per_sync": 1000, "retry_attempts": 1}`, server.URL())
		require.NoError(t, os.WriteFile(filepath.Join(p.dataDir, "settings.json"), []byte(settings), 0o600))
		storetest.Fresh(t, filepath.Join(p.dataDir, "buzon.db"))
		p.run("session", "start", sessionName, "--wait")
		return p
	}
}

// changeSomething lets a message come in and the one before it change.
func changeSomething(t *testing.T, server *simulator.Server, chat string, round int) {
	t.Helper()
	phone := server.Phone(sessionName)
	first, err := phone.Receive(chat, fmt.Sprintf("Message after kill %d", round))
	require.NoError(t, err)
	require.NoError(t, phone.Edit(first, fmt.Sprintf("Edited after kill %d", round)))
	_, err = phone.Receive(chat, fmt.Sprintf("And another after kill %d", round))
	require.NoError(t, err)
}

func personalChats(server *simulator.Server) []string {
	var chats []string
	own := server.Phone(sessionName).Number()
	for c := range server.TruthConversations(sessionName) {
		user, host, _ := strings.Cut(c.ID, "@")
		if host == "c.us" && user != "0" && user != own && c.Messages > 0 {
			chats = append(chats, c.ID)
		}
	}
	return chats
}

// openStore opens the store that a program left behind.
func openStore(t *testing.T, p program) (*store.Store, model.SessionID) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(p.dataDir, "buzon.db")})
	require.NoError(t, err)
	session, err := s.SessionByName(t.Context(), sessionName)
	require.NoError(t, err)
	return s, session.ID
}

// requireWhole holds a store against what the gateway would tell a perfect client,
// and counts what is missing in it and what is there too often.
func requireWhole(t *testing.T, server *simulator.Server, p program) (lost, doubled int) {
	t.Helper()
	s, id := openStore(t, p)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Check(t.Context()))
	contacts, err := s.ContactIndex(t.Context(), id)
	require.NoError(t, err)
	contactsTold := 0
	for jid := range server.TruthContacts(sessionName) {
		contactsTold++
		if _, ok := contacts[model.JID(jid)]; !ok {
			lost++
		}
	}
	doubled += max(0, len(contacts)-contactsTold)
	conversations := 0
	for c := range server.TruthConversations(sessionName) {
		conversations++
		held, err := s.ConversationByJID(t.Context(), id, model.JID(c.ID))
		require.NoError(t, err, c.ID)
		require.Equal(t, []any{max(c.Unread, 0), c.Unread < 0, c.Archived, c.Pinned}, []any{held.Unread, held.MarkedUnread, held.Archived, held.Pinned}, c.ID)
		all := allMessages(t, s, held.ID)
		rows := map[string]model.MessageRow{}
		for _, row := range all {
			rows[fmt.Sprint(row.FromMe, row.ShortID)] = row
		}
		told := 0
		for m := range server.TruthMessages(sessionName, c.ID) {
			row, ok := rows[fmt.Sprint(m.FromMe, m.ID)]
			if !ok {
				lost++
				continue
			}
			told++
			requireSame(t, m, row)
		}
		doubled += len(all) - told
	}
	held, err := s.CountConversations(t.Context(), id)
	require.NoError(t, err)
	doubled += max(0, held-conversations)
	return lost, doubled
}

// requireSame holds a message that is stored against what the gateway would tell.
func requireSame(t *testing.T, m simulator.TruthMessage, row model.MessageRow) {
	t.Helper()
	require.Equal(t, []any{m.Type, m.Timestamp}, []any{string(row.Type), row.UnixSeconds()}, m.ID)
	require.False(t, strings.HasPrefix(row.Text, "/9j/"), "a picture is shown as text")
	if row.Type == model.TypeChat {
		text, _ := model.CleanText(m.Body, model.MaxMessageText)
		require.Equal(t, text, row.Text, m.ID)
	}
}

func allMessages(t *testing.T, s *store.Store, id model.ConversationID) []model.MessageRow {
	t.Helper()
	var all []model.MessageRow
	q := model.MessageQuery{ConversationID: id, Limit: 500}
	for {
		page, err := s.Messages(t.Context(), q)
		require.NoError(t, err)
		all = append(page, all...)
		if len(page) < q.Limit {
			// What is held of another conversation with the same person is counted there.
			return slices.DeleteFunc(all, func(m model.MessageRow) bool { return m.ConversationID != id })
		}
		q.Before = page[0].ID
	}
}

// dump writes down all that a person sees of a store, without the keys that
// depend on the order in which things came.
func dump(t *testing.T, p program) map[string][]string {
	t.Helper()
	s, id := openStore(t, p)
	defer func() { require.NoError(t, s.Close()) }()
	all := map[string][]string{}
	contacts, err := s.Contacts(t.Context(), model.ContactQuery{SessionID: id, Groups: true, Limit: 10_000})
	require.NoError(t, err)
	for _, c := range contacts {
		all["contacts"] = append(all["contacts"], fmt.Sprint(c.JID, c.DisplayName, c.Phone, c.PushName, c.NotSeenSince))
	}
	rows, err := s.Conversations(t.Context(), model.ConversationQuery{SessionID: id, Filter: model.FilterEverything, Limit: 10_000})
	require.NoError(t, err)
	result, err := s.Search(t.Context(), model.SearchQuery{SessionID: id, Text: "after kill", Limit: 10_000})
	require.NoError(t, err)
	hits := result.Hits
	for _, h := range hits {
		all["found"] = append(all["found"], fmt.Sprint(h.ConversationJID, h.ShortID, h.Text))
	}
	for _, c := range rows {
		all["conversations"] = append(all["conversations"], fmt.Sprint(c.JID, c.Name, c.Unread, c.LastAt, c.LastText, c.LastType, c.NotSeenSince))
		for _, m := range allMessages(t, s, c.ID) {
			all[string(c.JID)] = append(all[string(c.JID)], fmt.Sprint(m.UnixSeconds(), m.FromMe, m.ShortID, m.Type, m.AuthorJID, m.Ack, m.Starred, m.Details, m.Text))
		}
		slices.Sort(all[string(c.JID)])
	}
	// What is of one second comes in the order of its arrival.
	slices.Sort(all["found"])
	slices.Sort(all["conversations"])
	return all
}

// TestDrillKilledSend kills sends at random moments. Whatever was
// stored is sent at most once, and nothing that may have been sent is offered
// as if it had not been.
func TestDrillKilledSend(t *testing.T) {
	t.Parallel()
	server, newProgram := killRig(t, simulator.Config{Contacts: 20, Conversations: 6, Messages: 60, Latency: 5 * time.Millisecond})
	p := newProgram()
	chat := personalChats(server)[0]
	began := time.Now()
	p.run("send", sessionName, chat, "Undisturbed")
	whole := time.Since(began)
	dice := rand.New(rand.NewPCG(rand.Uint64(), 0))
	text := func(round int) string { return fmt.Sprintf("Killed while sending %d", round) }
	figures := drill.Start(t, 2, "sends killed at any moment")
	rounds := drill.Rounds(t, 8, 200)
	for round := range rounds {
		p.kill(time.Duration(dice.Int64N(int64(whole))), "send", sessionName, chat, text(round))
	}
	p.run("session", "status", sessionName) // the next start of the program
	p.run("sync", sessionName, "--all")
	posted, again, unstored := 0, 0, 0
	for round := range rounds {
		posts := postsOf(server, text(round))
		again += max(0, posts-1)
		item, stored := outgoing(t, p, text(round))
		if posts == 0 {
			continue // killed before the call: it may have been stored already, or not
		}
		posted++
		if !stored {
			unstored++
			continue
		}
		require.Contains(t, []model.OutboxState{model.OutboxSent, model.OutboxUnknown}, item.State)
	}
	figures.Told("kills", rounds)
	figures.Told("of them after the call", posted)
	figures.Zero("sent again", again)
	figures.Zero("sent before they were stored", unstored)
}

// TestSendKilledInTheMiddle kills sends while the gateway works on them: one
// that it never took, and one that it delivered.
func TestSendKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	server, newProgram := killRig(t, simulator.Config{Contacts: 20, Conversations: 6, Messages: 60})
	chat := personalChats(server)[0]
	for _, c := range []struct {
		kind      simulator.FaultKind
		delivered int
	}{{simulator.FaultStall, 0}, {simulator.FaultSlow, 1}} {
		p, text := newProgram(), "Killed while the gateway works: "+string(c.kind)
		fault := simulator.Fault{Kind: c.kind, Times: 1, Route: "sendMessage", Delay: time.Minute}
		if c.kind == simulator.FaultStall {
			fault.Delay = 0
		}
		require.NoError(t, server.SetFaults(fault))
		cmd := p.command(t.Context(), "send", sessionName, chat, text)
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool {
			return postsOf(server, text) == 1 && ownTexts(server, chat, text) == c.delivered
		}, patience, 5*time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())

		p.run("session", "status", sessionName)
		p.run("sync", sessionName, "--all")
		item, stored := outgoing(t, p, text)
		require.True(t, stored)
		require.Contains(t, []model.OutboxState{model.OutboxSent, model.OutboxUnknown}, item.State)
		require.Equal(t, 1, postsOf(server, text), "sent again after the kill")
		require.Equal(t, c.delivered, ownTexts(server, chat, text))
	}
}

// postsOf counts the requests that would send a text.
func postsOf(server *simulator.Server, text string) int {
	n := 0
	quoted, _ := json.Marshal(text)
	for _, r := range server.Requests() {
		if r.Route == "POST /client/sendMessage" && strings.Contains(r.Body, string(quoted)) {
			n++
		}
	}
	return n
}

// outgoing finds the stored outgoing message with a text, whatever became of it.
func outgoing(t *testing.T, p program, text string) (model.OutboxItem, bool) {
	t.Helper()
	s, id := openStore(t, p)
	defer func() { require.NoError(t, s.Close()) }()
	items, err := s.OutboxByState(t.Context(), id, model.OutboxQueued, model.OutboxSending, model.OutboxSent, model.OutboxFailed, model.OutboxUnknown)
	require.NoError(t, err)
	var found []model.OutboxItem
	for _, item := range items {
		if item.Text == text {
			found = append(found, item)
		}
	}
	require.LessOrEqual(t, len(found), 1)
	if len(found) == 0 {
		return model.OutboxItem{}, false
	}
	return found[0], true
}
