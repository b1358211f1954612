package cli_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// roundsPerStore is how many kills one store takes before it is made whole and
// looked at: some fall into a first sync, others into one that finds much held.
const roundsPerStore = 4

// TestDrillKilledSync kills syncs at random moments, lets the account change
// in between, and then syncs once: the store must hold the truth, each thing
// once, as one does that was never disturbed.
func TestDrillKilledSync(t *testing.T) {
	t.Parallel()
	figures := drill.Start(t, 1, "syncs killed at any moment")
	rounds, size := drill.Rounds(t, 8, 1000), 1
	if drill.Full() { // there is time: more falls into the middle of a sync
		size = 4
	}
	server, newProgram := killRig(t, simulator.Config{
		Contacts: 150 * size, Conversations: 20 * size, Messages: 2000 * size,
		// Who a hidden id is, is asked once a day at most, killed or not: the stores would differ until tomorrow.
		Faults: []simulator.Fault{{Kind: simulator.Fault500, Rate: 1, Route: "getContactLidAndPhone"}},
	})
	var undisturbed program
	whole := time.Hour
	for range 2 { // the machine may be busy
		undisturbed = newProgram()
		began := time.Now()
		undisturbed.run("sync", sessionName, "--all")
		whole = min(whole, time.Since(began))
	}

	seed := rand.Uint64()
	t.Logf("a whole sync takes %v; seed %d", whole, seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	chats := personalChats(server)
	var p program
	var fetched *fetches
	killed, intact, again, beyond := 0, 0, 0, 0
	var lost, doubled int
	for round := range rounds {
		if round%roundsPerStore == 0 {
			p, fetched = newProgram(), &fetches{server: server}
		}
		command := []string{"sync", sessionName}
		if dice.IntN(2) == 0 {
			command = append(command, "--all")
		}
		fetched.begin()
		began := time.Now()
		dead := p.kill(time.Duration(dice.Int64N(int64(whole*11/10))), command...)
		switch {
		case dead:
			killed++
		case len(command) == 3: // the machine is not as busy as it was
			whole = min(whole, time.Since(began))
		case killed == 0: // nor is it then
			whole /= 2
		}
		n := fetched.again(t, len(command) == 2)
		again, beyond = again+n, beyond+max(0, n-fetched.owed)
		fetched.settle(n, dead)
		if isIntact(t, p) {
			intact++
		}
		chat := chats[dice.IntN(len(chats))]
		changeSomething(t, server, chat, round)
		fetched.forget(chat)
		if round%roundsPerStore == roundsPerStore-1 || round == rounds-1 {
			p.run("sync", sessionName, "--all")
			undisturbed.run("sync", sessionName, "--all")
			l, d := requireWhole(t, server, p)
			lost, doubled = lost+l, doubled+d
			require.Equal(t, dump(t, undisturbed), dump(t, p))
			requireNothingToDo(t, p)
			server.ResetRequests()
		}
	}
	require.Positive(t, killed)
	figures.Told("runs", rounds)
	figures.Told("killed before their end", killed)
	figures.Zero("lost", lost)
	figures.Zero("doubled", doubled)
	figures.All("integrity ok", intact, rounds)
	figures.Told("conversations fetched again", again)
	figures.Zero("beyond one for each kill before", beyond)
}

// isIntact lets SQLite look through the store as the kill has left it.
func isIntact(t *testing.T, p program) bool {
	t.Helper()
	s, _ := openStore(t, p)
	defer func() { require.NoError(t, s.Close()) }()
	err := s.Check(t.Context())
	if err != nil {
		t.Errorf("after a kill: %v", err)
	}
	return err == nil
}

// fetches remembers which conversations one store has asked for.
type fetches struct {
	server *simulator.Server
	from   int      // where the requests of the run begin
	before []string // chats that runs before this one asked for, and did not change since
	owed   int      // kills whose one fetch on its way may have to be made again
}

// settle counts what a run of which n fetches were made again leaves owed.
func (f *fetches) settle(n int, killed bool) {
	f.owed = max(0, f.owed-n)
	if killed {
		f.owed++
	} else {
		f.owed = 0
	}
}

func (f *fetches) begin() { f.from = len(f.server.Requests()) }

// again counts the conversations that the run has asked for though an earlier one
// had, and adds those of the run. Only a run that fetches no more than it must
// says something.
func (f *fetches) again(t *testing.T, says bool) int {
	t.Helper()
	n := 0
	var now []string
	for _, r := range f.server.Requests()[f.from:] {
		if !strings.HasPrefix(r.Route, "POST /chat/fetchMessages") {
			continue
		}
		var body struct{ ChatID string }
		require.NoError(t, json.Unmarshal([]byte(r.Body), &body))
		if says && slices.Contains(f.before, body.ChatID) && !slices.Contains(now, body.ChatID) {
			n++
		}
		now = append(now, body.ChatID)
	}
	for _, chat := range now {
		f.forget(chat)
		f.before = append(f.before, chat)
	}
	return n
}

func (f *fetches) forget(chat string) {
	f.before = slices.DeleteFunc(f.before, func(c string) bool { return c == chat })
}

// requireNothingToDo syncs once more, which must find everything as it is.
func requireNothingToDo(t *testing.T, p program) {
	t.Helper()
	var report model.SyncReport
	require.NoError(t, json.Unmarshal(p.run("--json", "sync", sessionName, "--all"), &report))
	for name, phase := range report.Phases {
		require.Zero(t, phase.Created+phase.Updated+phase.Failed+phase.NotSeen, "%s: %+v", name, phase)
	}
}
