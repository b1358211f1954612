package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/cli"
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/desktop"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	hidden      = model.JID("284088457691106@lid")
	hiddenName  = "~1106"
	hiddenGroup = model.JID("120363000000000001@g.us")
)

// walk is Buzón's window and command line on a store in which somebody is known by
// a hidden id alone, wherever somebody can occur.
type walk struct {
	*viewtest.Bench
	t        *testing.T
	dir      string
	app      *app.App
	main     *views.Main
	with, in model.ConversationID // the conversation with that person, and a group

	notes chan desktop.Notification
}

func (w *walk) Show(_ context.Context, n desktop.Notification) error {
	w.notes <- n
	return nil
}

func (w *walk) Withdraw(context.Context, string) error { return nil }

func newWalk(t *testing.T) *walk {
	t.Helper()
	w := &walk{t: t, dir: t.TempDir(), notes: make(chan desktop.Notification, 2)}
	storetest.Fresh(t, filepath.Join(w.dir, "buzon.db"))
	settings, err := json.Marshal(map[string]any{"version": 1, "base_url": "http://127.0.0.1:9", "enabled": true, "auto_sync": false, "notify_content": model.NotifyText})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "settings.json"), settings, 0o600))
	w.app, err = app.New(t.Context(), app.Options{DataDir: w.dir, Mode: app.ModeCommand})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.app.Close()) })
	w.fill()
	w.Bench = viewtest.NewTestContext(t, viewtest.WindowSize(1280, 800))
	w.main = views.NewMain(w.Context, views.Services{
		Sessions: w.app.Sessions, Sync: w.app.Sync, Conversations: w.app.Conversations, Finder: w.app.Conversations, Actions: w.app.Conversations,
		Contacts: w.app.Contacts, People: w.app.Contacts, Outbox: w.app.Outbox, History: w.app.Media, Activity: w.app.Activity, Doctor: w.app.Doctor,
		Settings: w.app.Settings, Quit: func() {}, Desktop: views.Desktop{Notifier: w}, Notices: w.app.Notices,
	})
	w.Window.SetContent(w.main.Content())
	w.main.Activate()
	t.Cleanup(w.main.Close)
	return w
}

// fill writes what the gateway tells of somebody of whom it knows no more.
func (w *walk) fill() {
	ctx, s, now := w.t.Context(), w.app.Store, model.StampOf(viewtest.Start())
	session, err := s.EnsureSession(ctx, "empresa")
	require.NoError(w.t, err)
	require.NoError(w.t, s.SaveContacts(ctx, session.ID, []model.Contact{{JID: hidden, PushName: hidden.User()}}, now))
	require.NoError(w.t, s.SaveConversations(ctx, session.ID, []model.ConversationIn{
		{Conversation: model.Conversation{JID: hidden, Kind: model.KindPerson, Name: "+" + hidden.User(), LastAt: now}},
		{
			Conversation: model.Conversation{JID: hiddenGroup, Kind: model.KindGroup, Name: "Pedidos", LastAt: now},
			Group:        &model.Group{Subject: "Pedidos", Participants: []model.Participant{{JID: hidden}, {JID: "34600111222@c.us"}}},
		},
	}, now))
	message := func(id string, text string, change func(*model.Message)) model.MessageIn {
		m := model.MessageIn{Unix: now.Unix() - 60}
		m.ShortID, m.Type, m.Text = model.ShortID(id), model.TypeChat, text
		change(&m.Message)
		return m
	}
	of := func(jid model.JID) model.ConversationID {
		c, err := s.ConversationByJID(ctx, session.ID, jid)
		require.NoError(w.t, err)
		return c.ID
	}
	w.with, w.in = of(hidden), of(hiddenGroup)
	quotes := func(m *model.Message) {
		m.QuotedShortID, m.QuotedAuthor, m.QuotedText = "A", hidden, "a @"+hidden.User()
	}
	_, err = s.SaveMessages(ctx, []model.MessageBatch{
		{ConversationID: w.with, Messages: []model.MessageIn{message("A", "hola", func(*model.Message) {}), message("B", "contesto", func(m *model.Message) {
			m.FromMe = true
			quotes(m)
		})}},
		{ConversationID: w.in, Messages: []model.MessageIn{
			message("C", "oculto", func(m *model.Message) { m.AuthorJID, m.AuthorName = hidden, hidden.User() }),
			message("D", "cito", func(m *model.Message) { m.AuthorJID = "34600111222@c.us"; quotes(m) }),
			message("E", "nombro a @"+hidden.User(), func(m *model.Message) {
				m.AuthorJID = hidden
				m.Details = model.EncodeDetails(model.MessageDetails{Mentions: []model.JID{hidden}})
			}),
		}},
	}, now)
	require.NoError(w.t, err)
}

// dialled finds the digits of the hidden id, as they are or parted like a number.
// Behind them the identifier may say what it is.
var dialled = regexp.MustCompile(`2[\s().+-]*8[\s().+-]*4[\s().+-]*0[\s().+-]*8[\s().+-]*8[\s().+-]*4[\s().+-]*5[\s().+-]*7[\s().+-]*6[\s().+-]*9[\s().+-]*1[\s().+-]*1[\s().+-]*0[\s().+-]*6(@lid)?`)

// check holds a surface against the rule.
func (w *walk) check(surface string, texts ...string) {
	w.t.Helper()
	all := strings.Join(texts, "\n")
	require.Contains(w.t, all, hiddenName, surface)
	for _, found := range dialled.FindAllString(all, -1) {
		require.True(w.t, strings.HasSuffix(found, "@lid"), "%s shows the hidden id as a number:\n%s", surface, all)
	}
}

// texts returns what the window shows.
func (w *walk) texts() []string {
	texts := viewtest.Texts(w.Window.Content())
	for _, l := range viewtest.All[*widgets.Line](w.Window.Content()) {
		texts = append(texts, l.Text())
	}
	return append(texts, w.bubbles()...)
}

// bubbles returns what the messages say, with the names that are drawn in place of
// the numbers of those they mention.
func (w *walk) bubbles() (texts []string) {
	for _, l := range viewtest.All[*widgets.MessageList](w.Window.Content()) {
		for _, item := range l.Items() {
			c := item.Content
			if c == nil {
				continue
			}
			text := c.Text
			for user, m := range c.Names {
				text = strings.ReplaceAll(text, "@"+user, "@"+m.Name)
			}
			texts = append(texts, c.Author, text)
			if c.Quote != nil {
				texts = append(texts, c.Quote.Author, c.Quote.Text)
			}
		}
	}
	return texts
}

// shows waits until all is read, and holds that the window, or a message in it, shows
// a text.
func (w *walk) shows(text string) {
	w.t.Helper()
	w.Settle()
	require.Contains(w.t, strings.Join(w.texts(), "\n"), text)
}

// open shows a conversation and waits for a message.
func (w *walk) open(id model.ConversationID, text string) {
	w.t.Helper()
	w.main.OpenConversation(id)
	w.Settle()
	require.Contains(w.t, strings.Join(w.bubbles(), "\n"), text)
}

// run runs a command and returns what it prints.
func (w *walk) run(args ...string) string {
	w.t.Helper()
	var out, errs bytes.Buffer
	code := cli.Run(w.t.Context(), append([]string{"--data-dir", w.dir}, args...), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, nil)
	require.Zero(w.t, code, errs.String())
	return out.String()
}

// TestAHiddenPersonIsCalledTheSameEverywhere goes to every place where somebody is
// named, with a person of whom nothing but a hidden id is known.
func TestAHiddenPersonIsCalledTheSameEverywhere(t *testing.T) {
	w := newWalk(t)
	w.shows("Pedidos")
	w.shows("nombro a")
	w.check("the list of conversations", w.texts()...)

	w.open(w.with, "contesto")
	w.check("a conversation, its header and a quote", w.texts()...)
	require.Contains(t, w.texts(), w.T("format.hidden_number"), "the header says what sort of name it is")
	require.Equal(t, []string{"", "hola", "", "contesto", hiddenName, "a @" + hiddenName}, w.bubbles()[len(w.bubbles())-6:])

	w.open(w.in, "nombro a")
	w.check("a group, its authors, quotes and mentions", w.texts()...)
	require.Subset(t, w.bubbles(), []string{hiddenName, "nombro a @" + hiddenName, "a @" + hiddenName})
	composers := viewtest.All[*widgets.Composer](w.Window.Content())
	require.NotEmpty(t, composers)
	composers[0].Focus()
	proposed := func() []string {
		var words []string
		for _, l := range viewtest.All[*widget.Label](w.Window.Content()) {
			words = append(words, l.Text)
		}
		return words
	}
	require.NotContains(t, proposed(), hiddenName)
	test.Type(w.Window.Canvas().Focused(), "@")
	require.Contains(t, proposed(), hiddenName)
	w.check("who can be mentioned", proposed()...)

	w.main.FocusSearch()
	for _, words := range []string{"oculto", "nombro", hiddenName} {
		test.Type(w.Window.Canvas().Focused(), words)
		w.Clock.Advance(time.Second)
		w.Settle()
		require.NotEmpty(t, viewtest.All[*widgets.SearchRow](w.Window.Content()))
		for _, row := range viewtest.All[*widgets.SearchRow](w.Window.Content()) {
			w.check("a result of the search", row.Item().Title, row.Item().Text, hiddenName)
		}
		w.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		w.main.FocusSearch()
	}

	w.main.Show(views.AreaContacts)
	w.Settle()
	require.NotEmpty(t, viewtest.All[*widgets.ContactRow](w.Window.Content()))
	w.check("the list of contacts", w.texts()...)
	for _, list := range viewtest.Lists(w.Window) {
		list.Select(0)
	}
	w.shows(w.T("contacts.note.hidden"))
	w.check("the details of a contact", w.texts()...)

	for _, id := range []model.ConversationID{w.with, w.in} {
		rows, err := w.app.Conversations.Rows(t.Context(), []model.ConversationID{id})
		require.NoError(t, err)
		page, err := w.app.Conversations.Messages(t.Context(), model.MessageQuery{ConversationID: id, Limit: 1})
		require.NoError(t, err)
		w.main.Tell(notice.News{Tell: []notice.Notice{{Key: notice.KeyOf(id), Conversations: 1, Messages: 1, Row: rows[0], Last: &page[0]}}})
	}
	w.Settle()
	require.Len(t, w.notes, 2)
	for range 2 {
		n := <-w.notes
		w.check("a notification", n.Title, n.Body, n.Brief)
	}

	for _, args := range [][]string{{"contacts", "list"}, {"conversations", "list"}, {"messages", string(hiddenGroup)}, {"contacts", "show", string(hidden)}, {"search", "nombro"}} {
		w.check(fmt.Sprint("buzon ", args), w.run(args...))
	}
}
