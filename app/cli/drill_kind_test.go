package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// drillWish is what the owner wants in one round.
type drillWish struct {
	kind       model.OutboxKind
	text       string                            // what it says, as the rows and the record have it
	chats      []string                          // where it goes, a row each
	p          program                           // that is to do it
	args       []string                          // how the program is asked
	call, look string                            // the calls that send it and that find out what became of it
	typed      bool                              // the phone can say the same
	only       bool                              // to do it twice makes no sense
	fits       func(simulator.Accepted) bool     // an accepted message is this
	did        func(simulator.Acted) bool        // a change that was taken is this
	target     model.MessageRow                  // of an action
	agrees     func(*drilled, *drillWish) string // after all: what the store tells otherwise than the gateway, "" when nothing
}

// drillKind is a kind of message or of action.
type drillKind struct {
	name string
	wish func(*drilled, *drillWish)
	file bool
}

func drillKinds() []drillKind {
	return []drillKind{
		{name: "text", wish: wishText},
		{name: "document", wish: wishDocument, file: true},
		{name: "picture", wish: wishPicture, file: true},
		{name: "poll", wish: wishPoll},
		{name: "location", wish: wishLocation},
		{name: "contact", wish: wishContact},
		{name: "reply", wish: wishReply},
		{name: "forward to two", wish: wishForward},
		{name: "edit", wish: wishEdit},
		{name: "delete for all", wish: wishDelete},
		{name: "reaction", wish: wishReaction},
	}
}

// wish makes the wish of a round, and all that must be there before.
func (d *drilled) wish(k drillKind, text string, queue bool) *drillWish {
	d.serial++
	w := &drillWish{text: text, p: d.p, kind: model.OutboxText, chats: []string{d.anyChat()}, call: sendCall, look: fetchCall}
	w.fits = func(simulator.Accepted) bool { return false }
	w.did = func(simulator.Acted) bool { return false }
	k.wish(d, w)
	if w.p.name != actProgram {
		w.args = append([]string{"send", sessionName, w.chats[0]}, w.args...)
		if queue {
			w.args = append(w.args, "--queue")
		}
	}
	return w
}

func (d *drilled) anyChat() string { return d.chats[d.dice.IntN(len(d.chats))] }

// said tells whether an accepted message is of a type and says what was wished.
func (w *drillWish) said(types ...string) func(simulator.Accepted) bool {
	return func(a simulator.Accepted) bool {
		text, _ := model.CleanText(a.Text, model.MaxMessageText)
		return a.ChatID == w.chats[0] && strings.Contains(strings.Join(types, " "), a.Type) && text == w.text
	}
}

func wishText(_ *drilled, w *drillWish) {
	w.args, w.typed = []string{w.text}, true
	said := w.said("chat")
	w.fits = func(a simulator.Accepted) bool { return said(a) && a.Quoted == "" }
}

// wishFile sends content that no other round has, with a caption.
func (d *drilled) wishFile(w *drillWish, name, kind string, content []byte) {
	path := filepath.Join(d.p.dataDir, name)
	require.NoError(d.t, os.WriteFile(path, content, 0o600))
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	said := w.said(kind)
	w.kind, w.args = model.OutboxFile, []string{w.text, "--file", path}
	w.fits = func(a simulator.Accepted) bool { return said(a) && a.SHA256 == digest }
}

// wishDocument sends a file longer than the buffers on the way.
func wishDocument(d *drilled, w *drillWish) {
	d.wishFile(w, fmt.Sprintf("file %d.bin", d.serial), "document", append([]byte(w.text), bytes.Repeat([]byte{0, 1, 2, 3}, 100_000)...))
}

// wishPicture sends a picture of noise, as long as such a file.
func wishPicture(d *drilled, w *drillWish) {
	const side = 320
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		n := d.dice.Uint32()
		m.SetNRGBA(i%side, i/side, color.NRGBA{byte(n), byte(n >> 8), byte(n >> 16), 255})
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	require.NoError(d.t, encoder.Encode(&b, m))
	d.wishFile(w, fmt.Sprintf("picture %d.png", d.serial), "image", b.Bytes())
}

func wishPoll(_ *drilled, w *drillWish) {
	w.kind, w.args = model.OutboxPoll, []string{"--poll", w.text, "--option", "Today", "--option", "Tomorrow"}
	w.fits = w.said("poll_creation")
}

func wishLocation(d *drilled, w *drillWish) {
	w.kind, w.args = model.OutboxLocation, []string{"--location", fmt.Sprintf("40.%06d,-3.7,%s", d.serial, w.text)}
	w.fits = w.said("location")
}

func wishContact(d *drilled, w *drillWish) {
	number := fmt.Sprintf("34610%06d", 1+d.serial)
	w.kind, w.args = model.OutboxContact, []string{"--contact", number + "@c.us"}
	w.fits = func(a simulator.Accepted) bool {
		return a.ChatID == w.chats[0] && a.Type == "vcard" && strings.Contains(a.Text, "waid="+number)
	}
}

func wishReply(d *drilled, w *drillWish) {
	chat, m := d.anyText()
	w.chats = []string{chat}
	w.args, w.typed = []string{w.text, "--reply", string(m.ShortID)}, true
	said := w.said("chat")
	w.fits = func(a simulator.Accepted) bool { return said(a) && a.Quoted == string(m.ShortID) }
}

// wishForward sends a text on to two conversations.
func wishForward(d *drilled, w *drillWish) {
	chat, m := d.anyText()
	one, other := d.dice.IntN(len(d.chats)), 1+d.dice.IntN(len(d.chats)-1)
	w.kind, w.call, w.typed, w.text = model.OutboxForward, "POST /message/forward", true, m.Text
	w.chats = []string{d.chats[one], d.chats[(one+other)%len(d.chats)]}
	w.fits = func(a simulator.Accepted) bool {
		text, _ := model.CleanText(a.Text, model.MaxMessageText)
		return (a.ChatID == w.chats[0] || a.ChatID == w.chats[1]) && a.Type == "chat" && text == m.Text
	}
	d.act(w, actRequest{Action: model.Action{Kind: w.kind}, Chat: chat, Short: m.ShortID, FromMe: m.FromMe, To: w.chats})
}

// act asks the program for what the command line does not offer.
func (d *drilled) act(w *drillWish, r actRequest) {
	r.Queue = true
	text, err := json.Marshal(r)
	require.NoError(d.t, err)
	w.p.name, w.args = actProgram, []string{string(text)}
}

// own sends a text undisturbed, to be changed.
func (d *drilled) own(w *drillWish) {
	text := "To be changed: " + w.text
	d.status(d.p, "send", sessionName, w.chats[0], text)
	s, id := openStore(d.t, d.p)
	defer func() { require.NoError(d.t, s.Close()) }()
	chat, err := s.ConversationByJID(d.t.Context(), id, model.JID(w.chats[0]))
	require.NoError(d.t, err)
	rows, err := s.Messages(d.t.Context(), model.MessageQuery{ConversationID: chat.ID, Limit: 5})
	require.NoError(d.t, err)
	for _, row := range rows {
		if row.FromMe && row.Text == text {
			w.target = row
			return
		}
	}
	require.Fail(d.t, "a text that nothing disturbed was not sent", text)
}

func wishEdit(d *drilled, w *drillWish) {
	d.own(w)
	w.kind, w.call, w.look = model.OutboxEdit, "POST /message/edit", "POST /message/edit"
	w.did = w.acted("edit", w.text)
	w.agrees = agrees
	d.act(w, actRequest{Action: model.Action{Kind: w.kind, Text: w.text}, Chat: w.chats[0], Short: w.target.ShortID, FromMe: true})
}

func wishDelete(d *drilled, w *drillWish) {
	d.own(w)
	w.kind, w.call, w.look, w.only = model.OutboxDelete, "POST /message/delete", "POST /message/getClassInfo", true
	w.did = w.acted("delete", "everyone")
	w.agrees = agrees
	d.act(w, actRequest{Action: model.Action{Kind: w.kind, Everyone: true}, Chat: w.chats[0], Short: w.target.ShortID, FromMe: true})
}

func wishReaction(d *drilled, w *drillWish) {
	chat, m := d.anyText()
	emoji := []string{"👍", "❤️", "😂", "🙏"}[d.serial%4]
	w.chats, w.target = []string{chat}, m
	w.kind, w.call, w.look = model.OutboxReact, "POST /message/react", "POST /message/react"
	w.did = w.acted("react", emoji)
	w.agrees = func(d *drilled, w *drillWish) string { return reacted(d, w, emoji) }
	d.act(w, actRequest{Action: model.Action{Kind: w.kind, Emoji: emoji}, Chat: chat, Short: m.ShortID, FromMe: m.FromMe})
}

func (w *drillWish) acted(call, value string) func(simulator.Acted) bool {
	return func(a simulator.Acted) bool {
		return a.ChatID == w.chats[0] && a.ID == string(w.target.ShortID) && a.Call == call && a.Value == value
	}
}

// anyText is a text that is held, and its conversation.
func (d *drilled) anyText() (chat string, m model.MessageRow) {
	s, id := openStore(d.t, d.p)
	defer func() { require.NoError(d.t, s.Close()) }()
	for range 50 {
		chat = d.anyChat()
		c, err := s.ConversationByJID(d.t.Context(), id, model.JID(chat))
		require.NoError(d.t, err)
		rows, err := s.Messages(d.t.Context(), model.MessageQuery{ConversationID: c.ID, Limit: 50})
		require.NoError(d.t, err)
		if len(rows) == 0 {
			continue
		}
		if m = rows[d.dice.IntN(len(rows))]; m.Type == model.TypeChat && m.Text != "" {
			return chat, m
		}
	}
	require.Fail(d.t, "no conversation holds a text")
	return "", m
}

// agrees brings the conversation and holds the changed message against the gateway's.
func agrees(d *drilled, w *drillWish) string {
	d.p.run("sync", sessionName, "--messages="+w.chats[0])
	held := d.message(w)
	for m := range d.server.TruthMessages(sessionName, w.chats[0]) {
		if m.ID != string(w.target.ShortID) || !m.FromMe {
			continue
		}
		if m.Type == string(held.Type) && (m.Type != "chat" || m.Body == held.Text) {
			return ""
		}
		return fmt.Sprintf("held as %s %q, is %s %q", held.Type, held.Text, m.Type, m.Body)
	}
	return "the gateway does not have the message"
}

// reacted holds what the store says of an own reaction against the row.
func reacted(d *drilled, w *drillWish, emoji string) string {
	held := d.message(w)
	mine := ""
	for _, r := range held.Reactions {
		if r.Mine {
			mine = r.Emoji
		}
	}
	rows, _ := d.rows()
	for _, row := range rows {
		if row.State == model.OutboxSent && mine != emoji {
			return fmt.Sprintf("the reaction is held as %q", mine)
		}
	}
	return ""
}

// message reads the message of an action as it is held now.
func (d *drilled) message(w *drillWish) model.MessageRow {
	s, id := openStore(d.t, d.p)
	defer func() { require.NoError(d.t, s.Close()) }()
	c, err := s.ConversationByJID(d.t.Context(), id, model.JID(w.chats[0]))
	require.NoError(d.t, err)
	rows, err := s.Messages(d.t.Context(), model.MessageQuery{ConversationID: c.ID, Limit: 500})
	require.NoError(d.t, err)
	for _, row := range rows {
		if row.ShortID == w.target.ShortID && row.FromMe == w.target.FromMe {
			return row
		}
	}
	require.Fail(d.t, "a message is gone from the store")
	return model.MessageRow{}
}
