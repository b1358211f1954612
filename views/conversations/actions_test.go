package conversations_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// past is what is known of any message.
type past struct{ asked *[]model.MessageID }

func (past) Versions(context.Context, model.MessageID) ([]model.MessageVersion, error) {
	return []model.MessageVersion{{Type: model.TypeChat, Text: "a las ocho", UntilAt: model.StampOf(viewtest.Start())}}, nil
}

func (past) Reactions(context.Context, model.MessageID) ([]model.ReactionDetail, error) {
	return []model.ReactionDetail{{Name: "Lucía", Emoji: "👍"}, {Emoji: "❤️", Mine: true}}, nil
}

// Refresh notes that the gateway was asked, which fails.
func (p past) Refresh(_ context.Context, id model.MessageID) error {
	if p.asked != nil {
		*p.asked = append(*p.asked, id)
	}
	return viewtest.Fail(model.ProblemUnreachable, "")
}

func (p past) Votes(context.Context, model.MessageID) ([]model.PollVote, error) {
	if p.asked != nil && len(*p.asked) == 0 {
		return nil, nil
	}
	return []model.PollVote{{Name: "Juan", Options: []string{"Crema"}}}, nil
}

// acting opens a conversation in which one message was said.
func acting(t *testing.T, text string, change func(*row)) (*viewtest.Bench, *conversations.Screen, widgets.ItemID) {
	f := newFake()
	f.add(1, "Ana", 0)
	m := message(1, viewtest.Start().Add(-time.Hour), text)
	if change != nil {
		change(&m)
	}
	f.messages[1] = []row{m}
	b := viewtest.NewTestContext(t)
	f.notify = b.Queue.Do
	s := conversations.New(b.Context, f, conversations.Options{History: past{}})
	b.Window.SetPadded(false)
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 800))
	s.Activate()
	t.Cleanup(s.Deactivate)
	s.Open(1)
	id := widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(m.ID)}
	b.WaitFor(func() bool {
		l := messageList(s)
		if l == nil {
			return false
		}
		_, seen := l.RowTop(id)
		return seen
	})
	return b, s, id
}

// saysSoon waits until the open dialog says a text.
func saysSoon(b *viewtest.Bench, text string) {
	b.WaitFor(func() bool {
		top := b.Window.Canvas().Overlays().Top()
		if top == nil {
			return false
		}
		for _, s := range viewtest.Texts(top) {
			if s == text {
				return true
			}
		}
		return false
	})
}

func TestLinksSayWhereTheyLeadBeforeTheyAreOpened(t *testing.T) {
	b, s, id := acting(t, "mira", nil)
	l := messageList(s)
	l.OnAction(id, widgets.ActionLink+"https://banco.example@malo.example/x")
	saysSoon(b, "Open malo.example?")
	viewtest.TapButton(t, b.Window, "Cancel")
	require.Empty(t, b.Opened)
	l.OnAction(id, widgets.ActionLink+"https://example.com/x")
	viewtest.TapButton(t, b.Window, "Open")
	require.Len(t, b.Opened, 1)
	require.Equal(t, "https://example.com/x", b.Opened[0].String())
	for _, bad := range []string{"javascript:alert(1)", "file:///etc/passwd", "https://", "http://[::", "://x"} {
		l.OnAction(id, widgets.ActionLink+bad)
		require.Nil(t, b.Window.Canvas().Overlays().Top(), bad)
	}
	require.Len(t, b.Opened, 1)
}

func TestPlacesOpenOnAMap(t *testing.T) {
	b, s, id := acting(t, "", as(model.TypeLocation, model.MessageDetails{Location: &model.Location{Latitude: 40.5, Longitude: -3.25}}))
	messageList(s).OnAction(id, widgets.ActionMap)
	viewtest.TapButton(t, b.Window, "Open")
	require.Len(t, b.Opened, 1)
	require.Equal(t, "www.openstreetmap.org", b.Opened[0].Host)
	require.Contains(t, b.Opened[0].String(), "mlat=40.500000&mlon=-3.250000")
}

func TestMessagesTellWhatTheyWereAndWhoReacted(t *testing.T) {
	b, s, id := acting(t, "a las nueve", func(m *row) {
		m.Versions, m.EditedAt = 1, model.StampOf(viewtest.Start())
		m.Reactions = []model.ReactionSummary{{Emoji: "👍", Count: 1}}
	})
	l := messageList(s)
	for action, says := range map[string]string{widgets.ActionVersions: "Earlier texts", widgets.ActionReactions: "Reactions", widgets.ActionVotes: "Votes", widgets.ActionDetails: "Details"} {
		l.OnAction(id, action)
		saysSoon(b, says)
		viewtest.TapButton(t, b.Window, "Close")
	}
}

// TestTheTechnicalNameOfAKindIsForTheDetails holds that people read what a message is
// in their own language; what the gateway calls it is for whoever asks for help.
func TestTheTechnicalNameOfAKindIsForTheDetails(t *testing.T) {
	for _, c := range []struct {
		kind       model.MessageType
		text, says string // text is what the message says, says what is shown beside it or in its place
	}{
		{"scheduled_event_creation", "", "Event. Buzón cannot show what it says yet."},
		{"list", "", "List of options. Buzón cannot show what it says yet."},
		{"list_response", "a dozen croissants", "Choice from a list"},
		{"kind_of_tomorrow", "", "A kind of message that Buzón cannot show yet"},
		{"kind_of_tomorrow", "a dozen croissants", "A kind of message that Buzón cannot show yet"},
	} {
		t.Run(string(c.kind)+c.text, func(t *testing.T) {
			b, s, id := acting(t, c.text, func(m *row) { m.Type = c.kind })
			shown := strings.Join(viewtest.Texts(b.Window.Content()), " ") // words are drawn one by one
			require.Contains(t, shown, c.says)
			require.Contains(t, shown, c.text)
			require.NotContains(t, shown, string(c.kind))

			messageList(s).OnAction(id, widgets.ActionDetails)
			saysSoon(b, "Details")
			require.Contains(t, strings.Join(viewtest.Texts(b.Window.Canvas().Overlays().Top()), "\n"), "Kind, as the gateway names it: "+string(c.kind))
		})
	}
}

func TestTheMenuOfAMessageCopiesItsText(t *testing.T) {
	b, s, id := acting(t, "hola a todos", nil)
	l := messageList(s)
	y, _ := l.RowTop(id)
	test.TapSecondaryAt(l, fyne.NewPos(40, y+20))
	viewtest.TapButton(t, b.Window, "Copy the text")
	require.Equal(t, []string{"hola a todos"}, b.Copied)

	test.TapSecondaryAt(l, fyne.NewPos(40, y+20))
	viewtest.TapButton(t, b.Window, "Select text…")
	saysSoon(b, "hola a todos")
	viewtest.TapButton(t, b.Window, "Copy all")
	require.Len(t, b.Copied, 2)
}

// TestWhatChangesChangesInPlace holds that an edit, a reaction, an ack, a
// revocation and a star are seen in the bubble that is in view, which stays
// where it is, as does everything above what grew.
func TestWhatChangesChangesInPlace(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 300)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 299 of Ana")
	l := messageList(s)
	until(b, func() { l.ScrollBy(400) }, func() bool { return seen(s, f.key(1, 230)) && !l.AtEnd() })
	b.Settle()

	top, changed := -1, 0
	tops := func() map[int]float32 {
		out := map[int]float32{}
		for n := range 300 {
			if y, ok := l.RowTop(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(f.key(1, n))}); ok {
				out[n] = y
			}
		}
		return out
	}
	before := tops()
	for n, y := range before {
		if y >= 0 && (top < 0 || n < top) {
			top = n
		}
	}
	changed = top + 3
	require.Contains(t, before, changed+3)
	steps := map[string]func(*row){
		"ack":      func(m *row) { m.FromMe, m.Ack = true, model.AckRead },
		"star":     func(m *row) { m.Starred = true },
		"edit":     func(m *row) { m.Text, m.EditedAt, m.Versions = "one\ntwo\nthree\nfour", 1, 1 },
		"reaction": func(m *row) { m.Reactions = []model.ReactionSummary{{Emoji: "👍", Count: 2}} },
		"revoke":   func(m *row) { m.Type, m.Text, m.Reactions = model.TypeRevoked, "", nil },
	}
	for _, name := range []string{"ack", "star", "edit", "reaction", "revoke"} {
		reset := len(l.Items())
		held := itemOf(l, f.key(1, changed))
		f.set(func() { steps[name](&f.messages[1][changed]) })
		b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
		b.WaitFor(func() bool { return itemOf(l, f.key(1, changed)) != held })
		b.Settle()
		require.Len(t, l.Items(), reset, name)
		after := tops()
		for n := top; n <= changed; n++ {
			require.InDelta(t, before[n], after[n], 0.01, "%s moved message %d", name, n)
		}
		require.False(t, l.AtEnd())
	}
}

func itemOf(l *widgets.MessageList, id model.MessageID) *widgets.Content {
	for _, i := range l.Items() {
		if i.ID.Key == int64(id) && i.ID.Kind == widgets.ItemMessage {
			return i.Content
		}
	}
	return nil
}

func TestVotesAndSmallPicturesComeInPlace(t *testing.T) {
	poll := as(model.TypePoll, model.MessageDetails{Poll: &model.Poll{Name: "¿Qué relleno?", Options: []string{"Crema", "Nata"}}})
	f := kinds([]sample{{"", poll}, {"", file(model.TypeImage, model.MediaRemote, "", model.MediaInfo{})}})
	b, s := show(t, f, offline())
	s.Open(1)
	card := func(i int) *widgets.Card {
		n := 0
		for _, item := range messageList(s).Items() {
			if item.ID.Kind != widgets.ItemMessage {
				continue
			}
			if n == i {
				return item.Content.Card
			}
			n++
		}
		return nil
	}
	b.WaitFor(func() bool { return messageList(s) != nil && card(1) != nil })
	require.Empty(t, card(0).Entries[0].Count)
	require.Empty(t, card(1).Picture)
	f.set(func() {
		f.messages[1] = slices.Clone(f.messages[1])
		f.messages[1][0].Votes = []model.VoteCount{{Option: "Crema", Count: 3}, {Option: "Nata"}}
		f.messages[1][1].MediaThumb = "t"
	})
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return card(0).Entries[0].Count == "3" && card(1).Picture != "" })
}

func TestVotesAreAskedFor(t *testing.T) {
	f := kinds([]sample{{"", as(model.TypePoll, model.MessageDetails{Poll: &model.Poll{Name: "¿Qué relleno?", Options: []string{"Crema", "Nata"}}})}})
	b := viewtest.NewTestContext(t)
	f.notify = b.Queue.Do
	var asked []model.MessageID
	s := conversations.New(b.Context, f, conversations.Options{History: past{&asked}})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 800))
	s.Activate()
	t.Cleanup(s.Deactivate)
	s.Open(1)
	id := widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(f.messages[1][0].ID)}
	b.WaitFor(func() bool {
		if messageList(s) == nil {
			return false
		}
		_, seen := messageList(s).RowTop(id)
		return seen
	})
	messageList(s).OnAction(id, widgets.ActionVotes)
	saysSoon(b, "Juan")
	require.Equal(t, []model.MessageID{f.messages[1][0].ID}, asked)
}
