package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestFirstUnreadIsCountedFromTheEnd(t *testing.T) {
	f := newFixture(t)
	first := func(unread int) string {
		_, err := f.UpdateConversation(f.ctx, f.conversation, func(c *model.Conversation) { c.Unread = unread })
		require.NoError(t, err)
		id, err := f.FirstUnread(f.ctx, f.conversation)
		require.NoError(t, err)
		if id == 0 {
			return ""
		}
		m, err := f.Message(f.ctx, id)
		require.NoError(t, err)
		return m.Text
	}
	require.Empty(t, first(3), "nothing is held")
	for i := range 5 {
		f.save(t, text(model.ShortID(fmt.Sprint("in", i)), second+int64(10*i), fmt.Sprint("in ", i)))
		f.save(t, own(model.ShortID(fmt.Sprint("out", i)), second+int64(10*i)+1, "out", model.AckRead))
	}
	notice := text("notice", second+100, "")
	notice.Type = model.TypeGroupNotice
	f.save(t, notice)
	require.Empty(t, first(0))
	require.Equal(t, "in 4", first(1))
	require.Equal(t, "in 2", first(3))
	require.Equal(t, "in 0", first(99), "fewer are held than are unread")

	id, err := f.FirstUnread(f.ctx, f.conversation+99)
	require.NoError(t, err)
	require.Zero(t, id)
}

func TestNoticesAreThoseOfTheModel(t *testing.T) {
	f := newFixture(t)
	for i, kind := range []model.MessageType{model.TypeGroupNotice, model.TypeE2ENotice, "notification", "notification_template", "group_notification", "broadcast_notification", "protocol", "debug"} {
		require.True(t, kind.IsNotice())
		m := text(model.ShortID(fmt.Sprint(i)), second+int64(i), "")
		m.Type = kind
		f.save(t, m)
	}
	_, err := f.UpdateConversation(f.ctx, f.conversation, func(c *model.Conversation) { c.Unread = 1 })
	require.NoError(t, err)
	id, err := f.FirstUnread(f.ctx, f.conversation)
	require.NoError(t, err)
	require.Zero(t, id)
}

func TestQuotedIsFoundInBothDirections(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, "in"), own("B", second+5, "out", model.AckRead), own("A", second+9, "later", model.AckRead))
	for short, want := range map[model.ShortID]string{"B": "out", "A": "later"} {
		id, err := f.Quoted(f.ctx, f.conversation, short)
		require.NoError(t, err)
		m, err := f.Message(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, want, m.Text)
	}
	id, err := f.Quoted(f.ctx, f.conversation, "gone")
	require.NoError(t, err)
	require.Zero(t, id)
}
