package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// ended is how a program of many ended.
type ended struct {
	args   []string
	status int
	kind   model.ProblemKind // of its error
	said   string
}

func (p program) end(args ...string) ended {
	cmd := p.command(p.t.Context(), append([]string{"--json"}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	_ = cmd.Run()
	var answer struct {
		Error struct{ Kind model.ProblemKind }
	}
	_ = json.Unmarshal(out.Bytes(), &answer)
	return ended{args, cmd.ProcessState.ExitCode(), answer.Error.Kind, said.String()}
}

// TestDrillInstances starts many programs at once on the same data, of which one is
// killed: what only reads always can, and of the others one works and the rest are
// told who does. Nothing is sent twice, nothing that was refused is sent.
func TestDrillInstances(t *testing.T) {
	t.Parallel()
	figures := drill.Start(t, 17, "programs at once on the same data")
	server, newProgram := killRig(t, simulator.Config{Contacts: 20, Conversations: 6, Messages: 60, Latency: 5 * time.Millisecond})
	p := newProgram()
	p.name = hastyProgram
	p.run("sync", sessionName, "--all")
	chat := personalChats(server)[0]
	rounds := drill.Rounds(t, 3, 100)
	text := func(round, n int) string { return fmt.Sprintf("Round %d, program %d", round, n) }
	var mu sync.Mutex
	programs, refused, failed, unnamed, again, missing, sentRefused, intact := 0, 0, 0, 0, 0, 0, 0, 0
	for round := range rounds {
		var group sync.WaitGroup
		sends := map[string]ended{}
		start := func(args ...string) {
			group.Go(func() {
				e := p.end(args...)
				mu.Lock()
				defer mu.Unlock()
				programs++
				reads := args[0] != "send" && args[0] != "sync"
				switch {
				case e.status == 0:
				case e.kind == model.ProblemAlreadyRunning && !reads:
					refused++
					if runtime.GOOS != "windows" && !strings.Contains(e.said, ", process ") {
						unnamed++
					}
				default:
					failed++
					t.Errorf("%v ended with %d, %s: %s", args, e.status, e.kind, e.said)
				}
				if args[0] == "send" {
					sends[args[len(args)-1]] = e
				}
			})
		}
		start("send", sessionName, chat, text(round, 0))
		start("send", sessionName, chat, text(round, 1))
		start("sync", sessionName)
		start("search", "Round")
		start("conversations", "list")
		start("settings", "set", "conversations_per_sync", fmt.Sprint(20+round%10))
		group.Go(func() { p.kill(time.Duration(round%20)*10*time.Millisecond, "sync", sessionName, "--all") })
		group.Wait()
		for body, e := range sends {
			n := ownTexts(server, chat, body)
			again += max(0, n-1)
			if e.status == 0 && n == 0 {
				missing++
			}
			if e.kind == model.ProblemAlreadyRunning && n > 0 {
				sentRefused++
			}
		}
		if isIntact(t, p) {
			intact++
		}
	}
	p.run("sync", sessionName, "--all")
	lost, doubled := requireWhole(t, server, p)
	require.Positive(t, programs)
	figures.Told("programs", programs)
	figures.Told("refused", refused)
	figures.Zero("failed otherwise", failed)
	figures.Zero("refused without naming the other", unnamed)
	figures.Zero("sent twice", again)
	figures.Zero("not sent though said so", missing)
	figures.Zero("sent though refused", sentRefused)
	figures.Zero("lost", lost)
	figures.Zero("doubled", doubled)
	figures.All("integrity ok", intact, rounds)
}
