package sync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// driftedLists are the members of answers that hold lists of items.
var driftedLists = []string{"contacts", "chats", "messages", "labels"}

// drift changes answers on their way from the simulator, as another version of the
// gateway might give them, and remembers what it left as it was.
type drift struct {
	mu    sync.Mutex
	dice  *rand.Rand
	on    bool
	items int // changed
	kept  map[string]keptItem
}

// keptItem is an item that was not changed.
type keptItem struct{ list, chat, id string }

func (d *drift) between(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked bytes.Buffer
		r.Body = io.NopCloser(io.TeeReader(r.Body, &asked))
		d.mu.Lock()
		on := d.on
		d.mu.Unlock()
		if !on || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		if rec.Code == http.StatusOK && strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
			body = d.change(r.URL.Path, asked.Bytes(), body)
		}
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}

// change changes some items of the lists of an answer.
func (d *drift) change(path string, asked, body []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var answer map[string]any
	if dec.Decode(&answer) != nil {
		return body
	}
	var request struct{ ChatID string }
	_ = json.Unmarshal(asked, &request)
	d.mu.Lock()
	defer d.mu.Unlock()
	drifted := false
	for _, name := range driftedLists {
		list, ok := answer[name].([]any)
		if !ok {
			continue
		}
		drifted = true
		for i, item := range list {
			if d.dice.IntN(3) == 0 && !strings.Contains(path, "Label") { // labels name chats, and bring none
				d.keep(name, request.ChatID, item)
				continue
			}
			d.items++
			list[i] = d.mutate(item)
		}
		answer[name] = append(list, nil, "x", json.Number("7"), []any{}, map[string]any{})
	}
	if !drifted {
		return body
	}
	changed, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	// encoding/json mends broken text; break it again.
	return bytes.ReplaceAll(changed, []byte("BROKENTEXT"), []byte(`\ud800`))
}

func (d *drift) keep(list, chat string, item any) {
	object, _ := item.(map[string]any)
	id, _ := object["id"].(map[string]any)
	k := keptItem{list: list, chat: chat}
	if k.id, _ = id["id"].(string); k.id == "" {
		k.id, _ = id["_serialized"].(string)
	}
	if k.id != "" {
		d.kept[list+" "+chat+" "+k.id] = k
	}
}

// mutate changes one to three members, at any depth.
func (d *drift) mutate(item any) any {
	if d.dice.IntN(25) == 0 {
		return d.value("")
	}
	for range 1 + d.dice.IntN(3) {
		d.mutateIn(item, 0)
	}
	return item
}

func (d *drift) mutateIn(item any, depth int) {
	object, ok := item.(map[string]any)
	if !ok || len(object) == 0 {
		return
	}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	name := names[d.dice.IntN(len(names))]
	for _, wanted := range []string{"id", "timestamp", "lastMessage", "groupMetadata", "ack", "type", "unreadCount"} {
		if _, ok := object[wanted]; ok && d.dice.IntN(6) == 0 {
			name = wanted // what matters most is changed most
		}
	}
	if _, deeper := object[name].(map[string]any); deeper && depth < 4 && d.dice.IntN(2) == 0 {
		d.mutateIn(object[name], depth+1)
		return
	}
	switch d.dice.IntN(5) {
	case 0:
		delete(object, name)
	case 1:
		object["surprise"] = d.value(name)
	default:
		object[name] = d.value(name)
		if id, ok := object[name].(map[string]any); ok && d.dice.IntN(4) == 0 {
			id["$1"] = "true_34600111222@c.us_3EB0"
		}
	}
}

// value is something that nobody would expect of a member.
func (d *drift) value(name string) any {
	values := []any{
		nil, true, false, "", "x", "BROKENTEXT", "\x00\x1b[2J\u202e", strings.Repeat("ñ", 5000), []any{}, []any{nil, "x", 1}, map[string]any{}, map[string]any{"_serialized": nil}, nested(200),
		json.Number("0"), json.Number("-1"), json.Number("1.5"), json.Number("9007199254740992"), json.Number("-9223372036854775808"), json.Number("1e308"), json.Number("123456789012345678901234567890"),
		"34600111222@c.us", "true_34600111222@c.us_3EB0AA", "@", "@c.us", "a@b@c", "12345@lid", "status@broadcast", "9007199254740993", "-5", " 7 ", "1e5",
		map[string]any{"server": "c.us", "user": "34600111222"}, map[string]any{"$1": "false_1@c.us_3A"}, map[string]any{"fromMe": "true", "remote": map[string]any{"user": 5}, "id": 9},
	}
	if name == "timestamp" || name == "t" {
		values = []any{
			json.Number("1700000000"), json.Number("1700000000000"), json.Number("1700000000.123"), "1700000000", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000+02:00", json.Number("0"), json.Number("1"),
			json.Number("-1700000000"), json.Number("9007199254740992"), json.Number("253402300800"), json.Number("1e18"), nil, "", map[string]any{"low": 1700000000, "high": 0}, true,
		}
	}
	return values[d.dice.IntN(len(values))]
}

func nested(depth int) any {
	var v any = "deep"
	for range depth {
		v = []any{v}
	}
	return v
}

// panics counts the lines of a log that tell of one.
type panics struct {
	mu sync.Mutex
	n  int
	t  testing.TB
}

func (p *panics) Levels() []logrus.Level { return logrus.AllLevels }

func (p *panics) Fire(e *logrus.Entry) error {
	if strings.Contains(e.Message, "panic") {
		p.mu.Lock()
		p.n++
		p.mu.Unlock()
		p.t.Errorf("%s\n%v", e.Message, e.Data["stack"])
	}
	return nil
}

// TestDrillSchemaDrift lets the answers of both generations change on their way in
// all that their items hold: nothing may panic, what did not change must arrive, and
// when all is well again everything must.
func TestDrillSchemaDrift(t *testing.T) {
	figures := drill.Start(t, 4, "answers of another shape, through to the store")
	wanted := drill.Rounds(t, 130, 12_000)
	changed, kept, arrived, failures, firstTime := 0, 0, 0, 0, 0
	seen := &panics{t: t}
	log := logrus.New()
	log.SetOutput(io.Discard)
	log.AddHook(seen)
	for round := 0; changed < wanted; round++ {
		config := simulator.Config{Contacts: 40, Conversations: 12, Messages: 160, Paired: true, Seed: int64(round), Labels: 3, DollarIDs: round%4 == 1}
		if round%2 == 1 {
			config.Flavour = simulator.FlavourC
		}
		seed := rand.Uint64()
		d := &drift{dice: rand.New(rand.NewPCG(seed, 0)), kept: map[string]keptItem{}}
		r := newRig(t, rigOptions{simulator: config, between: d.between, settings: func(s *model.Settings) { s.LimitMessages = 0 }})
		r.params.Log = logrus.NewEntry(log)
		r.restart()
		r.connect()
		d.mu.Lock()
		d.on = true
		d.mu.Unlock()
		_, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full())
		if err != nil {
			failures++
			t.Logf("seed %d: %v", seed, err)
		}
		d.mu.Lock()
		d.on = false
		changed += d.items
		d.mu.Unlock()
		k, a := d.arrived(t, r)
		kept, arrived = kept+k, arrived+a
		require.NoError(t, r.store.Check(t.Context()))
		if _, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full()); err != nil { // of a conversation that never was
			t.Logf("seed %d, well again: %v", seed, err)
		}
		firstTime += requireTruthAmongOthers(t, r, true)
		if t.Failed() {
			t.Logf("seed %d, round %d", seed, round)
			break
		}
		r.engine.Close()
	}
	figures.Told("items changed", changed)
	figures.Zero("panics", seen.n)
	figures.All("items that did not change, stored", arrived, kept)
	figures.Told("syncs that said they failed", failures)
	figures.Told("messages that stay at a wrong time told first", firstTime)
}

// arrived counts the items that did not change, and those of them that are stored.
func (d *drift) arrived(t *testing.T, r *rig) (kept, arrived int) {
	t.Helper()
	contacts, err := r.store.ContactIndex(t.Context(), r.session.ID)
	require.NoError(t, err)
	for _, k := range d.kept {
		ok := false
		switch k.list {
		case "contacts":
			_, ok = contacts[model.JID(k.id)]
		case "chats":
			_, err := r.store.ConversationByJID(t.Context(), r.session.ID, model.JID(k.id))
			ok = err == nil
		case "messages":
			if c, err := r.store.ConversationByJID(t.Context(), r.session.ID, model.JID(k.chat)); err == nil {
				for _, own := range []bool{false, true} {
					_, err := r.store.MessageByShortID(t.Context(), c.ID, own, model.ShortID(k.id))
					ok = ok || err == nil
				}
			}
		default:
			continue
		}
		kept++
		if ok {
			arrived++
		} else {
			t.Errorf("not stored: %+v", k)
		}
	}
	return kept, arrived
}

// requireTruthAmongOthers holds that all is there that the gateway tells now, beside
// what it told when its answers had changed: nothing of that is deleted. It counts the
// messages that stay at the time at which they were told first: their keys hold it.
func requireTruthAmongOthers(t *testing.T, r *rig, texts bool) (firstTime int) {
	t.Helper()
	contacts, err := r.store.ContactIndex(t.Context(), r.session.ID)
	require.NoError(t, err)
	for jid := range r.server.TruthContacts(sessionName) {
		require.Contains(t, contacts, model.JID(jid))
	}
	for c := range r.server.TruthConversations(sessionName) {
		held, err := r.store.ConversationByJID(t.Context(), r.session.ID, model.JID(c.ID))
		require.NoError(t, err, c.ID)
		for m := range r.server.TruthMessages(sessionName, c.ID) {
			row, err := r.store.MessageByShortID(t.Context(), held.ID, m.FromMe, model.ShortID(m.ID))
			require.NoError(t, err, "message %s of %s", m.ID, c.ID)
			if texts && m.Type == string(model.TypeChat) {
				text, _ := model.CleanText(m.Body, model.MaxMessageText)
				require.Equal(t, text, row.Text, m.ID)
			}
			if row.UnixSeconds() != m.Timestamp {
				firstTime++
			}
		}
	}
	return firstTime
}

// driftedEvents are the kinds of events of contract §11.3, and one that is none.
var driftedEvents = []string{
	"message", "message_create", "media", "media_uploaded", "message_ack", "message_edit", "message_revoke_everyone", "message_revoke_me", "message_reaction", "message_ciphertext",
	"unread_count", "chat_archived", "chat_removed", "contact_changed", "group_join", "group_leave", "group_update", "group_admin_changed", "group_membership_request", "call", "vote_update", "novelty",
}

// events says changed events for as many frames as are wanted, made of what the
// simulator tells of its messages and conversations, and then no more.
func (d *drift) events(next http.Handler, frames int, said chan<- int) http.Handler {
	ask := func(method, path, body string) map[string]any {
		rec := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
		r.Header.Set("X-Api-Key", apiKey)
		r.Header.Set("Content-Type", "application/json")
		next.ServeHTTP(rec, r)
		dec := json.NewDecoder(rec.Body)
		dec.UseNumber()
		var answer map[string]any
		_ = dec.Decode(&answer)
		return answer
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "/ws/") {
			next.ServeHTTP(w, r)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		ctx := conn.CloseRead(r.Context()) // which answers pings
		var chats []any
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for len(chats) == 0 { // the session is still starting
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			chats, _ = ask(http.MethodGet, "/client/getChats/"+sessionName, "")["chats"].([]any)
		}
		n := 0
		for n < frames {
			d.mu.Lock()
			chat, _ := chats[d.dice.IntN(len(chats))].(map[string]any)
			d.mu.Unlock()
			id, _ := chat["id"].(map[string]any)
			body, _ := json.Marshal(map[string]any{"chatId": id["_serialized"], "searchOptions": map[string]any{"limit": 20}})
			messages, _ := ask(http.MethodPost, "/chat/fetchMessages/"+sessionName, string(body))["messages"].([]any)
			for _, m := range messages {
				if err := conn.Write(ctx, websocket.MessageText, d.event(chat, m)); err != nil {
					return
				}
				n++
			}
		}
		said <- n
		<-ctx.Done() // until the client leaves
	})
}

// event makes a frame of a kind, of which something is changed.
func (d *drift) event(chat map[string]any, message any) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	copied := func(v any) any {
		text, _ := json.Marshal(v)
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		var c any
		_ = dec.Decode(&c)
		return c
	}
	object, _ := message.(map[string]any)
	data := map[string]any{
		"message": copied(message), "ack": json.Number("3"), "newBody": "changed", "prevBody": "before", "revokedMsg": copied(message), "chat": copied(chat), "currState": true, "prevState": false,
		"reaction": map[string]any{"msgId": copied(object["id"]), "reaction": "👍", "senderId": "34600111222@c.us", "timestamp": json.Number("1700000000.5")},
		"oldId":    "34600111222@c.us", "newId": map[string]any{"server": "c.us", "user": "34600111333"}, "isContact": true,
		"notification": map[string]any{"id": copied(object["id"]), "type": "add", "chatId": copied(chat["id"]), "recipientIds": []any{"1@lid"}},
		"call":         map[string]any{"id": "C1", "from": "9@lid"}, "vote": map[string]any{"voter": "9@lid", "selectedOptions": []any{map[string]any{"name": "a", "localId": 0}}, "parentMessage": copied(message)},
	}
	d.items++
	for range 1 + d.dice.IntN(3) {
		d.mutateIn(data, 0)
	}
	frame, err := json.Marshal(map[string]any{"dataType": driftedEvents[d.dice.IntN(len(driftedEvents))], "data": data, "sessionId": sessionName})
	if err != nil {
		return []byte("{}")
	}
	return bytes.ReplaceAll(frame, []byte("BROKENTEXT"), []byte(`\ud800`))
}

// TestDrillEventDrift lets events change in shape: nothing may panic, and when the
// gateway is asked afterwards everything that it tells must be held.
func TestDrillEventDrift(t *testing.T) {
	figures := drill.Start(t, 4, "events of another shape, through to the store")
	frames := drill.Rounds(t, 300, 12_000)
	seen := &panics{t: t}
	log := logrus.New()
	log.SetOutput(io.Discard)
	log.AddHook(seen)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	d := &drift{dice: rand.New(rand.NewPCG(seed, 0)), kept: map[string]keptItem{}}
	said := make(chan int, 100)
	config := simulator.Config{Contacts: 40, Conversations: 12, Messages: 160, Paired: true, WebSocket: simulator.WebSocketPlain}
	between := func(next http.Handler) http.Handler { return d.events(next, frames, said) }
	r := newRig(t, rigOptions{simulator: config, between: between, scheduled: true, settings: everything})
	r.params.Log = logrus.NewEntry(log)
	r.restart()
	r.connect()
	sent := 0
	select {
	case sent = <-said:
	case <-time.After(20 * time.Minute):
		require.FailNow(t, "the events do not end")
	}
	if _, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full()); err != nil { // of a conversation that never was
		t.Log(err)
	}
	requireTruthAmongOthers(t, r, false) // an edit that was told stays
	require.NoError(t, r.store.Check(t.Context()))
	heard := 0
	for _, n := range r.live().Events {
		heard += n
	}
	require.GreaterOrEqual(t, sent, frames)
	figures.Told("events", sent)
	figures.Told("heard", heard)
	figures.Zero("panics", seen.n)
}
