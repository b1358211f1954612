package notice_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/model"
)

// desk is a policy with a clock that only the test moves.
type desk struct {
	t   *testing.T
	p   *notice.Policy
	s   model.Settings
	now time.Time
	n   int // messages made

	silenced bool
}

// newDesk begins on a Monday at ten; what is older than an hour was held before.
func newDesk(t *testing.T) *desk {
	d := &desk{t: t, s: model.DefaultSettings(), now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	d.p = notice.New(func() time.Time { return d.now }, map[model.SessionID]model.Stamp{1: model.StampOf(d.now.Add(-time.Hour))})
	return d
}

func row(id model.ConversationID) model.ConversationRow {
	return model.ConversationRow{
		ID: id, SessionID: 1, JID: model.JID(fmt.Sprintf("3460000%04d@c.us", id)), Kind: model.KindPerson, Name: fmt.Sprintf("Person %d", id), Unread: 1,
	}
}

// messages returns some messages of that age, the newest last.
func (d *desk) messages(age time.Duration, n int) []model.MessageRow {
	var list []model.MessageRow
	for range n {
		d.n++
		id := model.MessageIDAt(d.now.Add(-age).Unix()) + model.MessageID(d.n)
		list = append(list, model.MessageRow{Message: model.Message{ID: id, Type: model.TypeChat, Text: fmt.Sprint("text ", d.n)}})
	}
	return list
}

// arrive lets messages of an age come into a conversation.
func (d *desk) arrive(r model.ConversationRow, age time.Duration, n int) {
	d.p.Add(d.s, notice.Arrival{Row: r, Silenced: d.silenced, Messages: d.messages(age, n), New: n})
}

// told moves the clock to each moment that the policy asks for, up to a time
// from now, and returns what it told.
func (d *desk) told(within time.Duration) (all []notice.Notice) {
	end := d.now.Add(within)
	for {
		at, ok := d.p.Next()
		if !ok || at.After(end) {
			d.now = end
			return all
		}
		require.False(d.t, at.Before(d.now), "nothing is due in the past")
		d.now = at
		all = append(all, d.p.Due(d.s)...)
	}
}

// brief is a notice in a line.
func brief(all []notice.Notice) (lines []string) {
	for _, n := range all {
		line := fmt.Sprintf("%s: %d in %d", n.Key, n.Messages, n.Conversations)
		if n.Sound {
			line += ", sound"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestOneMessageIsOneNotice(t *testing.T) {
	d := newDesk(t)
	d.arrive(row(7), 2*time.Second, 1)
	all := d.told(time.Minute)
	require.Equal(t, []string{"conversation-7: 1 in 1, sound"}, brief(all))
	require.Equal(t, "Person 7", all[0].Row.Name)
	require.Equal(t, "text 1", all[0].Last.Text)
	_, waits := d.p.Next()
	require.False(t, waits, "nothing is to be done while nothing waits")
}

func TestManyMessagesOfAConversationAreCounted(t *testing.T) {
	d := newDesk(t)
	for range 4 { // within one second
		d.arrive(row(7), 0, 1)
		d.now = d.now.Add(100 * time.Millisecond)
	}
	require.Equal(t, []string{"conversation-7: 4 in 1, sound"}, brief(d.told(2*time.Second)))

	d.arrive(row(7), 0, 1)
	d.now = d.now.Add(time.Second)
	d.arrive(row(7), 0, 2)
	require.Equal(t, []string{"conversation-7: 7 in 1"}, brief(d.told(10*time.Second)), "the notice is replaced, once and without a sound")

	d.now = d.now.Add(11 * time.Minute)
	d.arrive(row(7), 0, 1)
	require.Equal(t, []string{"conversation-7: 1 in 1, sound"}, brief(d.told(time.Minute)), "what is long past is not counted")
}

func TestMoreThanAFewConversationsShareANotice(t *testing.T) {
	d := newDesk(t)
	for id := range model.ConversationID(3) {
		d.arrive(row(1+id), 0, 1)
	}
	require.Equal(t, []string{"conversation-1: 1 in 1, sound", "conversation-2: 1 in 1", "conversation-3: 1 in 1"}, brief(d.told(2*time.Second)))
	d.arrive(row(4), 0, 2)
	require.Equal(t, []string{"many: 2 in 1"}, brief(d.told(2*time.Second)))
	for id := range model.ConversationID(40) {
		d.arrive(row(5+id), 0, 1)
	}
	d.arrive(row(1), 0, 1)
	require.Equal(t, []string{"many: 42 in 41", "conversation-1: 2 in 1"}, brief(d.told(5*time.Second)), "what is shown stays where it is")
	d.arrive(row(90), 0, 1)
	require.Equal(t, []string{"many: 43 in 42"}, brief(d.told(5*time.Second)))

	require.Equal(t, []notice.Key{notice.KeyMany, notice.KeyAway}, d.p.Look(true, 0), "the owner looks at the list")
	d.p.Look(false, 0)
	d.now = d.now.Add(time.Minute)
	d.arrive(row(91), 0, 1)
	require.Equal(t, []string{"conversation-91: 1 in 1, sound"}, brief(d.told(5*time.Second)))
}

func TestAFloodIsAFewNotices(t *testing.T) {
	d := newDesk(t)
	var all []notice.Notice
	for i := range 3000 { // 50 a second for a minute, in 300 conversations
		d.arrive(row(model.ConversationID(1+i%300)), 0, 1)
		all = append(all, d.told(20*time.Millisecond)...)
	}
	all = append(all, d.told(time.Minute)...)
	messages, sounds := map[notice.Key]int{}, 0
	for _, n := range all {
		messages[n.Key] = n.Messages
		if n.Sound {
			sounds++
		}
	}
	total := 0
	for _, n := range messages {
		total += n
	}
	require.Equal(t, 3000, total, "every message is counted once")
	require.LessOrEqual(t, len(messages), 4)
	require.LessOrEqual(t, sounds, 8)
}

func TestWhatIsNotToldOf(t *testing.T) {
	for name, c := range map[string]struct {
		settings func(*model.Settings)
		row      func(*model.ConversationRow)
		look     bool
		silenced bool
	}{
		"switched off":             {settings: func(s *model.Settings) { s.Notify = false }},
		"paused":                   {settings: func(s *model.Settings) { s.NotifyPausedUntil = "2026-11-23T11:00:00Z" }},
		"quiet hours":              {settings: func(s *model.Settings) { s.QuietHours, s.QuietFrom, s.QuietTo = true, "09:00", "11:00" }},
		"silenced on this machine": {silenced: true},
		"muted for good":           {row: func(r *model.ConversationRow) { r.MutedUntil = model.MutedForever }},
		"muted for a while":        {row: func(r *model.ConversationRow) { r.MutedUntil = model.StampUnix(1795431600) }},
		"archived":                 {row: func(r *model.ConversationRow) { r.Archived = true }},
		"status posts":             {row: func(r *model.ConversationRow) { r.Kind = model.KindStatus }},
		"a channel":                {row: func(r *model.ConversationRow) { r.Kind = model.KindChannel }},
		"in front":                 {look: true},
	} {
		d := newDesk(t)
		d.silenced = c.silenced
		r := row(7)
		if c.settings != nil {
			c.settings(&d.s)
		}
		if c.row != nil {
			c.row(&r)
		}
		if c.look {
			d.p.Look(true, 7)
		}
		d.arrive(r, 0, 3)
		d.arrive(r, 10*time.Minute, 3)
		require.Empty(t, brief(d.told(time.Minute)), name)
	}
}

func TestWhatEndsMeanwhile(t *testing.T) {
	d := newDesk(t)
	r := row(7)
	r.MutedUntil = model.StampOf(d.now.Add(-time.Second))
	d.s.NotifyPausedUntil = d.now.Add(-time.Second).Format(time.RFC3339)
	d.arrive(r, 0, 1)
	require.Len(t, d.told(time.Minute), 1, "a mute and a pause that are over")

	d.arrive(row(8), 0, 1)
	d.s.Notify = false
	require.Empty(t, d.told(time.Minute), "what was waiting is not told after the switch")
	d.s.Notify = true
	require.Empty(t, d.told(time.Minute), "nor later")

	d.arrive(row(9), 0, 1)
	d.p.Look(true, 9)
	require.Empty(t, d.told(time.Minute), "the conversation was opened before it was told of")
	d.p.Look(false, 9)
	d.arrive(row(9), 0, 1)
	require.Len(t, d.told(time.Minute), 1, "it is open, but the window is not in front")
}

func TestOwnMessagesAndNoticesOfGroupsAreNotToldOf(t *testing.T) {
	d := newDesk(t)
	list := d.messages(0, 3)
	list[0].FromMe, list[1].Type, list[2].Type = true, model.TypeGroupNotice, model.TypeRevoked
	d.p.Add(d.s, notice.Arrival{Row: row(7), Messages: list, New: 3})
	require.Empty(t, d.told(time.Minute))
}

func TestAPersonInFrontUnderAnotherIdIsNotToldOf(t *testing.T) {
	d := newDesk(t)
	d.p.Look(true, 8)
	d.p.Add(d.s, notice.Arrival{Row: row(7), Parts: []model.ConversationID{7, 8}, Messages: d.messages(0, 1), New: 1})
	require.Empty(t, d.told(time.Minute))
	d.p.Look(true, 0)
	d.p.Add(d.s, notice.Arrival{Row: row(7), Parts: []model.ConversationID{7, 8}, Messages: d.messages(0, 1), New: 1})
	require.Len(t, d.told(time.Minute), 1)
}

func TestHeldMessagesAreNotCountedAgain(t *testing.T) {
	d := newDesk(t)
	list := d.messages(30*time.Second, 5) // four were held when the program started
	d.p.Add(d.s, notice.Arrival{Row: row(7), Messages: list, New: 1})
	all := d.told(2 * time.Second)
	require.Equal(t, []string{"conversation-7: 1 in 1, sound"}, brief(all))
	require.Equal(t, list[4].ID, all[0].Last.ID, "the newest one")
	d.p.Add(d.s, notice.Arrival{Row: row(7), Messages: list[4:], New: 1})
	require.Empty(t, d.told(time.Minute), "the same one again")
}

func TestACatchUpIsOneNotice(t *testing.T) {
	d := newDesk(t)
	var all []notice.Notice
	d.arrive(row(1), 10*time.Second, 1) // the newest conversation comes first
	for id := range model.ConversationID(39) {
		d.arrive(row(2+id), time.Duration(6+id)*time.Minute, 5)
		all = append(all, d.told(300*time.Millisecond)...)
	}
	d.arrive(row(90), 2*time.Hour, 50) // history: older than what was held
	read := row(91)
	read.Unread = 0
	d.arrive(read, 20*time.Minute, 3) // read on the phone meanwhile
	all = append(all, d.told(time.Minute)...)
	require.Equal(t, []string{"away: 196 in 40, sound"}, brief(all))

	d.arrive(row(1), 25*time.Minute, 5)
	require.Empty(t, brief(d.told(time.Minute)), "a gap that is filled later is no news")
	d.arrive(row(1), 0, 1)
	require.Equal(t, []string{"conversation-1: 1 in 1, sound"}, brief(d.told(time.Minute)))
}

func TestALongCatchUpIsToldOfBeforeItEnds(t *testing.T) {
	d := newDesk(t)
	var all []notice.Notice
	for id := range model.ConversationID(100) {
		d.arrive(row(1+id), 30*time.Minute, 1)
		all = append(all, d.told(2*time.Second)...)
	}
	all = append(all, d.told(time.Minute)...)
	require.Len(t, all, 1)
	require.Equal(t, notice.KeyAway, all[0].Key)
}

func TestTheFirstImportOfAHistoryIsSilent(t *testing.T) {
	d := newDesk(t)
	for id := range model.ConversationID(50) {
		r := row(1 + id)
		r.SessionID = 2 // nothing was held of it
		d.arrive(r, time.Duration(10+id)*time.Minute, 5)
		require.Empty(t, brief(d.told(time.Second)))
	}
	require.Empty(t, brief(d.told(time.Minute)))
	r := row(3)
	r.SessionID = 2
	d.arrive(r, 0, 1)
	require.Len(t, d.told(time.Minute), 1)
}

func TestASecondCatchUpOfTheSameDayIsToldToo(t *testing.T) {
	d := newDesk(t)
	d.arrive(row(1), 10*time.Minute, 1)
	require.Equal(t, []string{"away: 1 in 1, sound"}, brief(d.told(time.Minute)))
	d.now = d.now.Add(3 * time.Hour) // asleep
	d.arrive(row(2), 2*time.Hour, 4)
	d.arrive(row(3), time.Hour, 4)
	require.Equal(t, []string{"away: 8 in 2, sound"}, brief(d.told(time.Minute)))
}

func TestANoticeOfWhatWasReadIsTakenBack(t *testing.T) {
	d := newDesk(t)
	behind := row(7)
	behind.Unread = 0
	d.arrive(behind, 0, 1)
	require.Len(t, d.told(time.Minute), 1)
	require.Equal(t, []model.ConversationID{7}, d.p.Shown())
	require.Empty(t, d.p.Read([]model.ConversationRow{behind}), "the count of the list may lag behind the message")
	require.Empty(t, d.p.Read([]model.ConversationRow{row(7), row(8)}))
	require.Equal(t, []notice.Key{"conversation-7"}, d.p.Read([]model.ConversationRow{behind}))
	require.Empty(t, d.p.Shown())

	d.arrive(row(7), 0, 1)
	require.Len(t, d.told(time.Minute), 1)
	require.Contains(t, d.p.Look(true, 7), notice.Key("conversation-7"), "it was opened")
	d.p.Look(false, 0)
	d.arrive(row(7), 0, 2)
	all := d.told(time.Minute)
	require.Equal(t, 2, all[0].Messages, "what was seen is not counted")
	d.p.Closed(all[0].Key)
	d.arrive(row(7), 0, 1)
	require.Equal(t, 1, d.told(time.Minute)[0].Messages)
}

func TestClocksThatDisagree(t *testing.T) {
	d := newDesk(t)
	d.arrive(row(7), -time.Hour, 1) // the phone's clock is ahead
	require.Equal(t, []string{"conversation-7: 1 in 1, sound"}, brief(d.told(time.Minute)))
	d.now = d.now.Add(-2 * time.Hour) // this clock was put back
	d.arrive(row(8), 0, 1)
	require.Len(t, d.told(time.Minute), 1)
	for range 300 {
		d.arrive(row(9), -24*time.Hour, 100)
	}
	require.Len(t, d.told(4*time.Second), 1, "times that never get old do not fill the memory")
}
