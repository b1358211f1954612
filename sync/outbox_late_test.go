package sync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// What somebody writes hours later in another browser is not the message of which
// nobody knew: its time says so.
func TestTheSameWordsHoursLaterAreAnotherMessage(t *testing.T) {
	for name, told := range map[string]bool{"clock known": true, "clock not known": false} {
		t.Run(name, func(t *testing.T) {
			r, chat := ready(t, rigOptions{})
			tried := time.Now().Add(-2 * time.Hour)
			if told {
				require.Equal(t, model.OutboxSent, r.send(chat.ID, "The answer tells the time").State)
			} else {
				tried = tried.Add(-24 * time.Hour)
			}
			item := r.write(chat.ID, "ok")
			_, claimed, err := r.store.ClaimOutbox(t.Context(), item.ID, model.StampOf(tried), "")
			require.NoError(t, err)
			require.True(t, claimed)
			_, err = r.store.RecoverOutbox(t.Context(), r.session.ID, model.StampOf(tried))
			require.NoError(t, err)
			_, err = r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("ok"), gateway.SendOptions{})
			require.NoError(t, err)
			looked, err := r.engine.Resolve(t.Context(), item.ID)
			require.NoError(t, err)
			require.Equal(t, model.OutboxUnknown, looked.State)
		})
	}
}
