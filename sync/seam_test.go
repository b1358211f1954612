package sync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func (r *rig) seams(id model.ConversationID) []model.Seam {
	r.t.Helper()
	rows, err := r.store.LedgersOf(r.t.Context(), id)
	require.NoError(r.t, err)
	return model.Summarize(rows).Seams
}

// cutOff keeps the oldest messages of a fetch that was killed before its end.
func (r *rig) cutOff(chat model.ConversationRow, n int) {
	r.t.Helper()
	b := model.MessageBatch{ConversationID: chat.ID, Part: true}
	for m := range r.server.TruthMessages(sessionName, string(chat.JID)) {
		if len(b.Messages) == n {
			break
		}
		b.Messages = append(b.Messages, model.MessageIn{Unix: m.Timestamp, Message: model.Message{
			ShortID: model.ShortID(m.ID), FromMe: m.FromMe, Type: model.MessageType(m.Type), Text: m.Body,
		}})
	}
	_, err := r.store.SaveMessages(r.t.Context(), []model.MessageBatch{b}, model.StampOf(time.Now()))
	require.NoError(r.t, err)
}

func TestRepairOfWhatASeamWishesClosesIt(t *testing.T) {
	for name, tear := range map[string]func(*rig, model.ConversationRow){
		"a gap": func(r *rig, chat model.ConversationRow) {
			r.sync(model.SyncScope{Conversations: true, Messages: true})
			r.flood(chat, 2100)
			r.sync(model.SyncScope{Conversations: true, Messages: true})
		},
		"older ones of a fetch that was killed": func(r *rig, chat model.ConversationRow) {
			r.flood(chat, 300)
			r.sync(model.SyncScope{Conversations: true, Messages: true})
			r.cutOff(chat, 20)
			r.sync(model.SyncScope{Conversations: true, Messages: true}) // it does not reach them
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, chat := ready(t, rigOptions{})
			tear(r, chat)
			seams := r.seams(chat.ID)
			require.Len(t, seams, 1)
			report, err := r.engine.Repair(t.Context(), chat.ID, seams[0].Wish(), nil)
			require.NoError(t, err)
			require.Equal(t, model.RepairFilled, report.End)
			require.Positive(t, report.Created)
			require.Empty(t, r.seams(chat.ID))
			requireHonest(t, r, chat)
		})
	}
}
