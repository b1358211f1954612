package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// drillWorkers is how many programs are drilled at most on each kind of gateway,
// each on a gateway and a store of its own: most of a round is waiting.
const drillWorkers = 2

// flavour is a kind of gateway.
type flavour struct {
	name   string
	config simulator.Config
}

func drillFlavours() []flavour {
	return []flavour{
		{"A", simulator.Config{}},
		{"A, $1 ids", simulator.Config{DollarIDs: true}},
		{"A, $1, no answer", simulator.Config{DollarIDs: true, SendWithoutMessage: true}},
		{"C", simulator.Config{Flavour: simulator.FlavourC}},
		{"A, base path", simulator.Config{BasePath: "/api/v1/wa"}},
	}
}

// drilled is one program and the gateway on which it is drilled.
type drilled struct {
	t       *testing.T
	flavour string
	server  *simulator.Server
	p       program
	chats   []string
	dice    *rand.Rand
	whole   time.Duration // that an undisturbed send takes
	serial  int
	mark    mark // where the round began
}

// mark is how much there was of everything when a round began.
type mark struct {
	row             model.OutboxID
	accepted, acted int
	at              time.Time
}

// TestDrillOutbox disturbs what goes out, of every kind, in every way at every state
// on every kind of gateway, and holds the gateway's record of what WhatsApp took
// against the store. The numbers of cases, kinds and gateways have no common factor,
// so that their combinations come in turn, beginning with any; in the suite only a
// few.
func TestDrillOutbox(t *testing.T) {
	t.Parallel()
	figures := drill.Start(t, 2, "what goes out, killed and disturbed in every state")
	rounds := drill.Rounds(t, 15, 512)
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 0))
	totals := newTotals(drillFlavours(), drillCases(), drillKinds())
	first := dice.IntN(totals.combinations())
	t.Logf("%d rounds from %d, seed %d", rounds, first, seed)
	var wg sync.WaitGroup
	for f := range totals.flavours {
		next := make(chan int, rounds)
		for n := range rounds {
			if (first+n)%len(totals.flavours) == f {
				next <- first + n
			}
		}
		close(next)
		for i := range min(drillWorkers, (len(next)+2)/3) {
			wg.Go(func() {
				d := newDrill(t, totals.flavours[f], rand.New(rand.NewPCG(seed, uint64(1+f+i*100))))
				for n := range next {
					if t.Failed() {
						return
					}
					totals.add(n, d.round(totals.caseOf(n), totals.kindOf(n), n))
				}
				d.audit()
			})
		}
	}
	wg.Wait()
	all := totals.print(t)
	figures.All("rounds", all.rounds, rounds)
	figures.Zero("sent twice", all.doubles)
	figures.Zero("lost without a word", all.losses)
}

func newDrill(t *testing.T, f flavour, dice *rand.Rand) *drilled {
	t.Helper()
	f.config.Contacts, f.config.Conversations, f.config.Messages = 20, 8, 80
	server, newProgram := killRig(t, f.config)
	d := &drilled{t: t, flavour: f.name, server: server, p: newProgram(), chats: personalChats(server), dice: dice}
	d.p.name = hastyProgram
	settings := fmt.Sprintf(`{"version": 1, "base_url": %q, "limit_contacts": 0, "limit_conversations": 0, "limit_messages": 0, "retry_attempts": 1,
		"timeout_seconds": 1, "send_per_minute": 0}`, server.URL())
	require.NoError(t, os.WriteFile(filepath.Join(d.p.dataDir, "settings.json"), []byte(settings), 0o600))
	d.p.run("sync", sessionName, "--all")
	began := time.Now()
	d.p.run("send", sessionName, d.chats[0], "Undisturbed")
	d.whole = time.Since(began)
	return d
}

// round does one thing, or the same twice, and disturbs one of them. Meanwhile the
// same may be typed on the phone.
func (d *drilled) round(c drillCase, k drillKind, n int) tally {
	w := d.wish(k, fmt.Sprintf("Round %d: %s of %s at %s", n, k.name, c.fault, c.state), c.queue)
	d.begin()
	got := tally{rounds: 1, asked: len(w.chats)}
	var told []command // what came to its end and said something
	variant, early := d.dice.IntN(4), d.dice.IntN(2) == 0
	typed := variant == 2 && w.typed // the same is typed on the phone, before or after
	if typed && early {
		d.typeOnPhone(w.chats[0], w.text)
	}
	twice := variant == 1 && !w.only
	if twice { // what is undisturbed goes before or after
		got.asked *= 2
	}
	first := twice && early
	if first {
		told = append(told, d.status(w.p, w.args...))
	}
	require.NoError(d.t, d.server.SetFaults(c.faults(w)...))
	if c.before != nil {
		c.before(d)
	}
	if ended, killed := d.disturbed(c, w); killed {
		got.killed = 1
	} else {
		told = append(told, ended)
	}
	if typed && !early {
		d.typeOnPhone(w.chats[0], w.text)
	}
	d.heal()
	d.quiet()
	if twice && !first {
		told = append(told, d.status(w.p, w.args...))
	}
	d.settle()
	d.quiet()
	d.judge(&got, c, w, told)
	return got
}

// begin remembers what there is before anything of the round.
func (d *drilled) begin() {
	d.mark = mark{at: time.Now(), accepted: len(d.server.Accepted()), acted: len(d.server.Acted())}
	rows, _ := d.rows()
	for _, row := range rows {
		d.mark.row = max(d.mark.row, row.ID)
	}
}

// typeOnPhone is somebody who says the same with the phone in the hand: no row may
// take that message for its own.
func (d *drilled) typeOnPhone(chat, text string) {
	_, err := d.server.Phone(sessionName).SendFromPhone(chat, text)
	require.NoError(d.t, err)
}

// command is how a program ended, and what it said.
type command struct {
	args   []string
	status int
	out    string
}

// disturbed runs what is wished and kills it when its case says so.
func (d *drilled) disturbed(c drillCase, w *drillWish) (ended command, killed bool) {
	if c.kill == nil {
		return d.status(w.p, w.args...), false
	}
	when := c.kill(d, w)
	cmd := w.p.command(d.t.Context(), w.args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(d.t, cmd.Start())
	gone := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(gone)
	}()
	for {
		select {
		case <-gone:
			return command{w.args, cmd.ProcessState.ExitCode(), out.String()}, false
		case <-time.After(time.Millisecond):
		}
		if when() {
			_ = cmd.Process.Kill()
			<-gone
			return command{w.args, cmd.ProcessState.ExitCode(), out.String()}, !cmd.ProcessState.Exited()
		}
	}
}

// status runs a program to its end.
func (d *drilled) status(p program, args ...string) command {
	out, err := p.command(d.t.Context(), args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(d.t, err, "%v\n%s", args, out)
	}
	if exit != nil {
		return command{args, exit.ExitCode(), string(out)}
	}
	return command{args, 0, string(out)}
}

// heal ends what is wrong with the gateway: it is up, and the session is paired.
func (d *drilled) heal() {
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

// quiet waits until the gateway does nothing more with what it was asked: it may
// take a message for which nobody waits any more.
func (d *drilled) quiet() {
	working := func(r simulator.RequestLog) bool { return !r.Ended }
	require.Eventually(d.t, func() bool { return !slices.ContainsFunc(d.server.Requests(), working) }, patience, 5*time.Millisecond)
}

func (d *drilled) connected(ctx context.Context) bool {
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
func (d *drilled) settle() {
	d.status(d.p, "session", "status", sessionName) // the next start of the program
	rows, _ := d.rows()
	queued := false
	for _, item := range rows {
		queued = queued || item.State == model.OutboxQueued
	}
	if queued {
		d.status(d.p, "outbox", "send")
		rows, _ = d.rows()
	}
	for _, item := range rows {
		if item.State == model.OutboxUnknown {
			d.status(d.p, "outbox", "retry", strconv.FormatInt(int64(item.ID), 10))
		}
	}
}

// rows are the outgoing rows of the round, and the conversation of each.
func (d *drilled) rows() (rows []model.OutboxItem, chats []string) {
	d.t.Helper()
	s, id := openStore(d.t, d.p)
	defer func() { require.NoError(d.t, s.Close()) }()
	items, err := s.OutboxByState(d.t.Context(), id, model.OutboxQueued, model.OutboxSending, model.OutboxSent, model.OutboxFailed, model.OutboxUnknown)
	require.NoError(d.t, err)
	for _, item := range items {
		if item.ID <= d.mark.row {
			continue
		}
		chat, err := s.Conversation(d.t.Context(), item.ConversationID)
		require.NoError(d.t, err)
		rows, chats = append(rows, item), append(chats, string(chat.JID))
	}
	return rows, chats
}
