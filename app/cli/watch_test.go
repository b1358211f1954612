package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/cli"
	"github.com/xappiens/buzon/sync/simulator"
)

// watchLine is a line of "sync --watch --json".
type watchLine struct {
	Kind, Session, State, JID, Action string
	New                               int
}

func TestWatchTellsWhatHappens(t *testing.T) {
	t.Setenv("BUZON_API_KEY", apiKey)
	server, newProgram := killRig(t, simulator.Config{
		Contacts: 20, Conversations: 6, Messages: 60, Paired: true, WebSocket: simulator.WebSocketPlain,
	})
	p := newProgram()
	chat := personalChats(server)[0]
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines, out := io.Pipe()
	var stderr bytes.Buffer
	status := make(chan int, 1)
	go func() {
		status <- cli.RunWith(ctx, []string{"--data-dir", p.dataDir, "--json", "sync", "--watch", sessionName},
			cli.Streams{In: &bytes.Buffer{}, Out: out, Err: &stderr}, nil, app.Options{})
		_ = out.Close()
	}()
	heard := make(chan watchLine, 1000)
	go func() {
		defer close(heard)
		for scan := bufio.NewScanner(lines); scan.Scan(); {
			var l watchLine
			if json.Unmarshal(scan.Bytes(), &l) == nil {
				heard <- l
			}
		}
	}()
	until := func(what string, is func(watchLine) bool) {
		t.Helper()
		late := time.After(patience)
		for {
			select {
			case l, open := <-heard:
				require.True(t, open, "%s: it ended: %s", what, stderr.String())
				if is(l) {
					return
				}
			case <-late:
				require.FailNow(t, "nothing is told of", what)
			}
		}
	}
	live, synced := false, false
	until("the events and a sync", func(l watchLine) bool { // in whatever order
		live = live || l.Kind == "events" && l.State == "live"
		synced = synced || l.Action == "catch_up" || l.Action == "scheduled_sync"
		return live && synced
	})
	_, err := server.Phone(sessionName).Receive(chat, "hola")
	require.NoError(t, err)
	until("the message", func(l watchLine) bool { return l.Kind == "messages" && l.New == 1 && l.JID == chat })

	var said bytes.Buffer
	second := cli.RunWith(t.Context(), []string{"--data-dir", p.dataDir, "sync", "--watch"},
		cli.Streams{In: &bytes.Buffer{}, Out: io.Discard, Err: &said}, nil, app.Options{})
	require.Equal(t, cli.ExitFailed, second, "one at a time on the same data")
	require.NotEmpty(t, said.String())

	cancel()
	require.Equal(t, cli.ExitDone, <-status, "being interrupted is how it ends")
}

// TestWatchSpeaksOfWhatHappenedInWords: what came by itself was not done, well or badly.
func TestWatchSpeaksOfWhatHappenedInWords(t *testing.T) {
	t.Setenv("BUZON_API_KEY", apiKey)
	t.Setenv("LC_ALL", "C")
	server, newProgram := killRig(t, simulator.Config{Paired: true, WebSocket: simulator.WebSocketPlain})
	p := newProgram()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines, out := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- cli.RunWith(ctx, []string{"--data-dir", p.dataDir, "sync", "--watch", sessionName},
			cli.Streams{In: &bytes.Buffer{}, Out: out, Err: io.Discard}, nil, app.Options{})
		_ = out.Close()
	}()
	scan := bufio.NewScanner(lines)
	until := func(words string) {
		t.Helper()
		for scan.Scan() {
			require.NotContains(t, scan.Text(), "condition_")
			if strings.HasSuffix(scan.Text(), words) {
				return
			}
		}
		require.FailNow(t, "it ended before it said", words)
	}
	until("empresa          Connected CONNECTED")
	require.NoError(t, server.Phone(sessionName).SetState("TIMEOUT"))
	until("empresa          WhatsApp cannot reach the phone or the internet.")
	cancel()
	_, _ = io.Copy(io.Discard, lines) // it ends
	require.Equal(t, cli.ExitDone, <-status)
}

func TestWatchTakesNoOtherFlags(t *testing.T) {
	var said bytes.Buffer
	status := cli.RunWith(t.Context(), []string{"--data-dir", t.TempDir(), "sync", "--watch", "--contacts"},
		cli.Streams{In: &bytes.Buffer{}, Out: io.Discard, Err: &said}, nil, app.Options{})
	require.Equal(t, cli.ExitUsage, status)
}
