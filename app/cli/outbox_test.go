package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/cli"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// interrupted runs a command in this process and interrupts it when something
// has come to be.
func (p program) interrupted(when func() bool, args ...string) (status int, out []byte) {
	p.t.Helper()
	ctx, interrupt := context.WithCancel(p.t.Context())
	defer interrupt()
	done := make(chan struct{})
	var stdout, stderr bytes.Buffer
	go func() {
		defer close(done)
		status = cli.Run(ctx, append([]string{"--data-dir", p.dataDir, "--json"}, args...), cli.Streams{In: &bytes.Buffer{}, Out: &stdout, Err: &stderr}, nil)
	}()
	require.Eventually(p.t, when, patience, time.Millisecond)
	interrupt()
	<-done
	p.t.Logf("%v: %d\n%s%s", args, status, stdout.String(), stderr.String())
	return status, stdout.Bytes()
}

// Who calls the program decides by its status whether to send again: an interrupt
// at a moment when the message may have gone must not look like a failure.
func TestAnInterruptedSendIsNotSaidToHaveFailed(t *testing.T) {
	t.Setenv("BUZON_API_KEY", apiKey)
	t.Setenv("LC_ALL", "C")
	server, newProgram := killRig(t, simulator.Config{Contacts: 5, Conversations: 3, Messages: 10})
	p := newProgram()
	chat := personalChats(server)[0]
	state := func(out []byte) model.OutboxState {
		var item model.OutboxItem
		require.NoError(t, json.Unmarshal(out, &item), string(out))
		return item.State
	}

	require.NoError(t, server.SetFaults(once(simulator.FaultAcceptedStall, sendCall)))
	calls := server.Count(sendCall)
	status, out := p.interrupted(func() bool { return server.Count(sendCall) > calls }, "send", sessionName, chat, "Under way")
	require.Equal(t, cli.ExitUnknown, status)
	require.Contains(t, []model.OutboxState{model.OutboxSending, model.OutboxUnknown}, state(out))

	require.NoError(t, server.SetFaults(once(simulator.Fault500, sendCall)))
	looks := server.Count(fetchCall)
	status, out = p.interrupted(func() bool { return server.Count(fetchCall) > looks }, "send", sessionName, chat, "Looked for")
	require.Equal(t, cli.ExitUnknown, status)
	require.Contains(t, []model.OutboxState{model.OutboxSending, model.OutboxUnknown}, state(out))

	// Nothing was called yet: that is a failure, and it does not go by itself later.
	require.NoError(t, server.SetFaults(once(simulator.FaultStall, "GET /session/status")))
	calls, looks = server.Count(sendCall), server.Count("GET /session/status")
	status, _ = p.interrupted(func() bool { return server.Count("GET /session/status") > looks }, "send", sessionName, chat, "Not begun")
	require.Equal(t, cli.ExitFailed, status)
	require.Equal(t, calls, server.Count(sendCall))
}

// One of unknown fate is not forgotten because a later one could not be tried.
func TestAnInterruptedQueueTellsWhatWentBefore(t *testing.T) {
	t.Setenv("BUZON_API_KEY", apiKey)
	t.Setenv("LC_ALL", "C")
	server, newProgram := killRig(t, simulator.Config{Contacts: 5, Conversations: 3, Messages: 10})
	p := newProgram()
	chats := personalChats(server)
	p.run("session", "stop", sessionName)
	p.run("send", sessionName, chats[0], "First", "--queue")
	p.run("send", sessionName, chats[1], "Second", "--queue")
	p.run("session", "start", sessionName, "--wait")
	require.NoError(t, server.SetFaults(simulator.Fault{Kind: simulator.FaultAcceptedStall, Times: 1, Route: sendCall}))
	calls := server.Count(sendCall)
	status, out := p.interrupted(func() bool { return server.Count(sendCall) > calls }, "outbox", "send")
	require.Equal(t, cli.ExitUnknown, status)
	var items []model.OutboxItem
	require.NoError(t, json.Unmarshal(out, &items), string(out))
	require.NotEmpty(t, items)
	require.Contains(t, []model.OutboxState{model.OutboxSending, model.OutboxUnknown}, items[0].State)
}

// What waited for longer than the settings allow does not go with the rest.
func TestTheQueueAsksBeforeWhatIsOldGoes(t *testing.T) {
	t.Setenv("BUZON_API_KEY", apiKey)
	t.Setenv("LC_ALL", "C")
	server, newProgram := killRig(t, simulator.Config{Contacts: 5, Conversations: 3, Messages: 10})
	p := newProgram()
	chats := personalChats(server)
	s, session := openStore(t, p)
	written := model.StampOf(time.Now().Add(-25 * time.Hour))
	var ids []model.OutboxID
	for i, text := range []string{"See you this evening", "Fresh"} {
		c, err := s.EnsureConversation(t.Context(), session, model.JID(chats[i]), "", written)
		require.NoError(t, err)
		item, err := s.AddOutbox(t.Context(), model.OutboxItem{SessionID: session, ConversationID: c.ID, Kind: model.OutboxText, Text: text, CreatedAt: written})
		require.NoError(t, err)
		ids = append(ids, item.ID)
		written = model.StampOf(time.Now())
	}
	require.NoError(t, s.Close())
	said := string(p.run("outbox", "send"))
	require.Contains(t, said, "asks first")
	require.Contains(t, said, "Sent")
	require.Len(t, server.Accepted(), 1)
	require.Equal(t, "Fresh", server.Accepted()[0].Text)
	p.run("outbox", "retry", strconv.FormatInt(int64(ids[0]), 10))
	require.Len(t, server.Accepted(), 2)
}
