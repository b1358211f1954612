package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/glebarez/go-sqlite" // to look at the store of a program that runs
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

const (
	drillRounds = 10 // of the suite
	// drillWorkers is how many programs are drilled at a time, each on a gateway and
	// a store of its own: most of a round is waiting.
	drillWorkers = 14
)

// drillCase is one way in which a send is disturbed.
type drillCase struct {
	fault, state string
	faults       []simulator.Fault
	before       func(*drill)             // done before the send
	kill         func(*drill) func() bool // when to kill -9; nil: never
	queue        bool                     // the owner lets it wait when nobody is there
	file         bool                     // only a file is long enough for it
}

const (
	sendCall  = "POST /client/sendMessage"
	fetchCall = "POST /chat/fetchMessages"
	downFor   = 300 * time.Millisecond
)

// once is a fault that strikes one call.
func once(kind simulator.FaultKind, route string) simulator.Fault {
	return simulator.Fault{Kind: kind, Times: 1, Route: route, Delay: map[simulator.FaultKind]time.Duration{
		simulator.FaultRestart: downFor, simulator.FaultAcceptedRestart: downFor, simulator.FaultSlow: time.Minute,
	}[kind]}
}

// called is met when a route has had another call.
func called(route string) func(*drill) func() bool {
	return func(d *drill) func() bool {
		before := d.server.Count(route)
		return func() bool { return d.server.Count(route) > before }
	}
}

// taken is met when WhatsApp has taken another message.
func taken(d *drill) func() bool {
	before := len(d.server.Accepted())
	return func() bool { return len(d.server.Accepted()) > before }
}

// stands is met when the store of the program says that a row is in a state.
func stands(state model.OutboxState) func(*drill) func() bool {
	return func(d *drill) func() bool {
		db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(d.p.dataDir, "buzon.db"))+"?mode=ro")
		require.NoError(d.t, err)
		d.t.Cleanup(func() { _ = db.Close() })
		before := int64(0) // rows of earlier rounds
		_ = db.QueryRowContext(d.t.Context(), "SELECT coalesce(max(id), 0) FROM outbox").Scan(&before)
		return func() bool {
			n := 0
			err := db.QueryRowContext(d.t.Context(), "SELECT count(*) FROM outbox WHERE id > ? AND state = ?", before, string(state)).Scan(&n)
			return err == nil && n > 0
		}
	}
}

// anywhere is met at a random moment of a send.
func anywhere(d *drill) func() bool {
	at := time.Now().Add(time.Duration(d.dice.Int64N(int64(d.whole * 11 / 10))))
	return func() bool { return time.Now().After(at) }
}

func drillCases() []drillCase {
	type faults = []simulator.Fault
	lost := once(simulator.FaultAccepted500, sendCall)
	gone := once(simulator.FaultRefuse, sendCall)
	logout := func(d *drill) { require.NoError(d.t, d.server.Phone(sessionName).Logout()) }
	restart := func(d *drill) { d.server.Restart(2 * time.Second) }
	return []drillCase{
		{fault: "kill -9", state: "any", kill: anywhere, queue: true},
		{fault: "kill -9", state: "queued", kill: stands(model.OutboxQueued)},
		{fault: "kill -9", state: "claimed", kill: stands(model.OutboxSending)},
		{fault: "kill -9", state: "called", faults: faults{once(simulator.FaultStall, sendCall)}, kill: called(sendCall)},
		{fault: "kill -9", state: "body", faults: faults{once(simulator.FaultSlowBody, sendCall)}, kill: called(sendCall), file: true},
		{fault: "kill -9", state: "accepted", faults: faults{once(simulator.FaultAcceptedStall, sendCall)}, kill: taken},
		{fault: "kill -9", state: "answer", faults: faults{once(simulator.FaultSlow, sendCall)}, kill: taken},
		{fault: "kill -9", state: "reconcile", faults: faults{lost, once(simulator.FaultStall, fetchCall)}, kill: called(fetchCall)},
		{fault: "kill -9", state: "reconcile, not sent", faults: faults{gone, once(simulator.FaultStall, fetchCall)}, kill: called(fetchCall)},
		{fault: "refused", state: "called", faults: faults{gone}},
		{fault: "500", state: "called", faults: faults{once(simulator.Fault500, sendCall)}},
		{fault: "502", state: "called", faults: faults{once(simulator.Fault502, sendCall)}},
		{fault: "hang", state: "called", faults: faults{once(simulator.FaultStall, sendCall)}},
		{fault: "reset", state: "body", faults: faults{once(simulator.FaultCutBody, sendCall)}, file: true},
		{fault: "500", state: "accepted", faults: faults{lost}},
		{fault: "no message", state: "accepted", faults: faults{once(simulator.FaultNoMessage, sendCall)}},
		{fault: "reset", state: "accepted", faults: faults{once(simulator.FaultAcceptedCut, sendCall)}},
		{fault: "hang", state: "accepted", faults: faults{once(simulator.FaultAcceptedStall, sendCall)}},
		{fault: "cut", state: "answer", faults: faults{once(simulator.FaultTruncate, sendCall)}},
		{fault: "reset", state: "answer", faults: faults{once(simulator.FaultReset, sendCall)}},
		{fault: "slow", state: "answer", faults: faults{once(simulator.FaultSlow, sendCall)}},
		{fault: "500", state: "reconcile", faults: faults{lost, once(simulator.Fault500, fetchCall)}},
		{fault: "hang", state: "reconcile", faults: faults{lost, once(simulator.FaultStall, fetchCall)}},
		{fault: "empty", state: "reconcile", faults: faults{lost, once(simulator.FaultNulls, fetchCall)}},
		{fault: "restart", state: "queued", before: restart, queue: true},
		{fault: "restart", state: "called", faults: faults{once(simulator.FaultRestart, sendCall)}},
		{fault: "restart", state: "accepted", faults: faults{once(simulator.FaultAcceptedRestart, sendCall)}},
		{fault: "restart", state: "reconcile", faults: faults{lost, once(simulator.FaultRestart, fetchCall)}},
		{fault: "logout", state: "queued", before: logout, queue: true},
		{fault: "logout", state: "called", faults: faults{once(simulator.FaultLogout, sendCall)}},
		{fault: "logout", state: "accepted", faults: faults{once(simulator.FaultAcceptedLogout, sendCall)}},
		{fault: "logout", state: "reconcile", faults: faults{lost, once(simulator.FaultLogout, fetchCall)}},
	}
}

// tally counts what became of the messages of one case.
type tally struct {
	rounds, killed, asked, accepted int
	sent, failed, unknown, waiting  int // rows at the end, as the owner sees them
	unstored                        int // killed before the row was written: the owner was told nothing
	doubles, losses                 int
}

func (t *tally) add(o tally) {
	t.rounds, t.killed, t.asked, t.accepted = t.rounds+o.rounds, t.killed+o.killed, t.asked+o.asked, t.accepted+o.accepted
	t.sent, t.failed, t.unknown, t.waiting = t.sent+o.sent, t.failed+o.failed, t.unknown+o.unknown, t.waiting+o.waiting
	t.unstored, t.doubles, t.losses = t.unstored+o.unstored, t.doubles+o.doubles, t.losses+o.losses
}

// drill is one program and the gateway on which it is drilled.
type drill struct {
	t      *testing.T
	server *simulator.Server
	p      program
	chats  []string
	dice   *rand.Rand
	whole  time.Duration // that an undisturbed send takes
	serial int
}

// TestOutboxDrill disturbs sends in every way at every state, and holds the
// gateway's record of what WhatsApp took against the store. It takes the cases in
// turn, beginning with any, and in the suite not all of them each time;
// BUZON_DRILL_ROUNDS asks for more.
func TestOutboxDrill(t *testing.T) {
	t.Parallel()
	cases := drillCases()
	rounds := min(len(cases), drillRounds)
	if text := os.Getenv("BUZON_DRILL_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err, "BUZON_DRILL_ROUNDS")
		rounds = n
	}
	seed := rand.Uint64()
	t.Logf("%d rounds, seed %d", rounds, seed)
	drills := make([]*drill, min(drillWorkers, (rounds+3)/4))
	for i := range drills {
		drills[i] = newDrill(t, rand.New(rand.NewPCG(seed, uint64(i))))
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	next, totals := 0, make([]tally, len(cases))
	first := rand.IntN(len(cases))
	for _, d := range drills {
		wg.Go(func() {
			for {
				mu.Lock()
				n := next
				next++
				mu.Unlock()
				if n >= rounds || t.Failed() {
					return
				}
				if n > 0 && n%64 == 0 {
					t.Logf("%d of %d rounds", n, rounds)
				}
				which := (first + n) % len(cases)
				got := d.round(cases[which], n)
				mu.Lock()
				totals[which].add(got)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	all := printTable(t, cases, totals)
	require.Equal(t, rounds, all.rounds)
	require.Zero(t, all.doubles, "sent twice")
	require.Zero(t, all.losses, "lost without a word")
}

func newDrill(t *testing.T, dice *rand.Rand) *drill {
	t.Helper()
	server, newProgram := killRig(t, simulator.Config{Contacts: 20, Conversations: 8, Messages: 80})
	d := &drill{t: t, server: server, p: newProgram(), chats: personalChats(server), dice: dice}
	d.p.run("settings", "set", "timeout_seconds", "1")
	d.p.run("sync", sessionName, "--all")
	began := time.Now()
	d.p.run("send", sessionName, d.chats[0], "Undisturbed")
	d.whole = time.Since(began)
	return d
}

// round sends one message, or two that say the same, and disturbs one of them. Meanwhile
// the same may be typed on the phone.
func (d *drill) round(c drillCase, n int) tally {
	d.serial++
	text := fmt.Sprintf("Round %d of %s at %s", n, c.fault, c.state)
	chat := d.chats[d.dice.IntN(len(d.chats))]
	args := []string{"send", sessionName, chat, text}
	digest := ""
	variant := d.dice.IntN(4)
	if c.file || variant == 0 {
		var path string
		path, digest = d.newFile(text)
		args = append(args, "--file", path)
	}
	if c.queue {
		args = append(args, "--queue")
	}
	got := tally{rounds: 1, asked: 1}
	reported := 0                    // how many commands came to their end and said something
	typed := variant == 2 && !c.file // the same is typed on the phone, before or after
	early := d.dice.IntN(2) == 0
	if typed && early {
		d.typeOnPhone(chat, text)
	}
	twice := variant == 1
	if twice { // what is undisturbed goes before or after
		got.asked = 2
	}
	first := twice && early
	if first {
		d.status(args...)
		reported++
	}
	require.NoError(d.t, d.server.SetFaults(c.faults...))
	if c.before != nil {
		c.before(d)
	}
	if d.disturbed(c, args) {
		got.killed = 1
	} else {
		reported++
	}
	if typed && !early {
		d.typeOnPhone(chat, text)
	}
	d.heal()
	if twice && !first {
		d.status(args...)
		reported++
	}
	d.settle(text)
	d.judge(&got, text, digest, reported)
	return got
}

// typeOnPhone is somebody who says the same with the phone in the hand: no row may
// take that message for its own.
func (d *drill) typeOnPhone(chat, text string) {
	_, err := d.server.Phone(sessionName).SendFromPhone(chat, text)
	require.NoError(d.t, err)
}

// newFile writes a file that no other round has, longer than the buffers on the way.
func (d *drill) newFile(text string) (path, digest string) {
	d.t.Helper()
	content := append([]byte(text), bytes.Repeat([]byte{0, 1, 2, 3}, 100_000)...)
	path = filepath.Join(d.p.dataDir, fmt.Sprintf("file %d.bin", d.serial))
	require.NoError(d.t, os.WriteFile(path, content, 0o600))
	sum := sha256.Sum256(content)
	return path, hex.EncodeToString(sum[:])
}

// disturbed runs a command and kills it when its case says so.
func (d *drill) disturbed(c drillCase, args []string) (killed bool) {
	if c.kill == nil {
		d.status(args...)
		return false
	}
	when := c.kill(d)
	cmd := d.p.command(d.t.Context(), args...)
	require.NoError(d.t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	for {
		select {
		case <-ended:
			return false
		case <-time.After(time.Millisecond):
		}
		if when() {
			_ = cmd.Process.Kill()
			<-ended
			return !cmd.ProcessState.Exited()
		}
	}
}

// status runs the program to its end and returns its exit status.
func (d *drill) status(args ...string) int {
	out, err := d.p.command(d.t.Context(), args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(d.t, err, "%v\n%s", args, out)
	}
	if exit != nil {
		return exit.ExitCode()
	}
	return 0
}

// heal ends what is wrong with the gateway: it is up, and the session is paired.
func (d *drill) heal() {
	require.NoError(d.t, d.server.SetFaults())
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	for {
		_ = d.server.Phone(sessionName).Scan() // where a QR is shown
		if d.connected(ctx) {
			return
		}
		select {
		case <-ctx.Done():
			require.NoError(d.t, ctx.Err(), "the gateway does not come back")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (d *drill) connected(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.server.URL()+"/session/status/"+sessionName, http.NoBody)
	require.NoError(d.t, err)
	r.Header.Set("X-Api-Key", apiKey)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	var said bytes.Buffer
	_, _ = said.ReadFrom(resp.Body)
	return strings.Contains(said.String(), "session_connected")
}

// settle does what an owner would do who never sends anything twice: let what
// waits go, and have what is unknown looked for.
func (d *drill) settle(text string) {
	d.status("session", "status", sessionName) // the next start of the program
	for _, item := range d.rows(text) {
		switch item.State {
		case model.OutboxQueued:
			d.status("outbox", "send")
		case model.OutboxUnknown:
			d.status("outbox", "retry", strconv.FormatInt(int64(item.ID), 10))
		}
	}
}

// rows are the stored outgoing rows with a text.
func (d *drill) rows(text string) []model.OutboxItem {
	d.t.Helper()
	s, id := openStore(d.t, d.p)
	defer func() { require.NoError(d.t, s.Close()) }()
	items, err := s.OutboxByState(d.t.Context(), id, model.OutboxQueued, model.OutboxSending, model.OutboxSent, model.OutboxFailed, model.OutboxUnknown)
	require.NoError(d.t, err)
	var found []model.OutboxItem
	for _, item := range items {
		if item.Text == text {
			found = append(found, item)
		}
	}
	return found
}

// judge holds the record against the rows. A double is a message that WhatsApp
// took more often than the owner asked, or that stands as not sent although it was
// taken, so that sending it again would double it. A loss is a message that stands
// as sent and was never taken, that two rows claim, that was taken and is in no
// row, or that a command told of and is in no row.
func (d *drill) judge(got *tally, text, digest string, reported int) {
	ids := map[string]bool{}
	for _, a := range d.server.Accepted() {
		if a.Text == text && !a.Phone && (digest == "" || a.SHA256 == digest) {
			got.accepted++
			ids[a.ID] = true
		}
	}
	rows := d.rows(text)
	wrong := 0
	for _, item := range rows {
		switch item.State {
		case model.OutboxSent:
			got.sent++
			if !ids[string(item.ShortID)] {
				wrong++
			}
			delete(ids, string(item.ShortID))
		case model.OutboxFailed:
			got.failed++
		case model.OutboxUnknown, model.OutboxSending:
			got.unknown++
		default:
			got.waiting++
		}
	}
	got.unstored = got.asked - len(rows)
	got.doubles = max(0, got.accepted-got.asked, len(ids)-got.unknown)
	got.losses = wrong + max(0, got.accepted-len(rows)) + max(0, reported-len(rows))
	if got.doubles+got.losses > 0 {
		d.t.Errorf("%s: %+v\nrows %+v\nrecord %+v", text, *got, rows, d.server.Accepted())
	}
}

// printTable writes down what became of all, by fault and state.
func printTable(t *testing.T, cases []drillCase, totals []tally) (all tally) {
	t.Helper()
	var b strings.Builder
	const line = "%-11s %-20s %7v %7v %7v %9v %6v %7v %8v %8v %9v %8v %7v\n"
	fmt.Fprintf(&b, line, "fault", "state", "rounds", "killed", "asked", "accepted", "sent", "failed", "unknown", "waiting", "unstored", "doubles", "losses")
	put := func(fault, state string, n tally) {
		fmt.Fprintf(&b, line, fault, state, n.rounds, n.killed, n.asked, n.accepted, n.sent, n.failed, n.unknown, n.waiting, n.unstored, n.doubles, n.losses)
	}
	for i, c := range cases {
		if totals[i].rounds > 0 {
			put(c.fault, c.state, totals[i])
			all.add(totals[i])
		}
	}
	put("all", "", all)
	t.Logf("\n%s", b.String())
	return all
}
