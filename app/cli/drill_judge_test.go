package cli_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// tally counts what became of the messages and actions of some rounds.
type tally struct {
	rounds, killed, asked, accepted int
	sent, failed, unknown, waiting  int // rows at the end, as the owner sees them
	cannot                          int // the owner was told that this gateway cannot
	unstored                        int // killed before the row was written: the owner was told nothing
	open                            int // taken, and the row says that it may have been
	doubles, losses                 int
}

func (t *tally) add(o tally) {
	t.rounds, t.killed, t.asked, t.accepted = t.rounds+o.rounds, t.killed+o.killed, t.asked+o.asked, t.accepted+o.accepted
	t.sent, t.failed, t.unknown, t.waiting = t.sent+o.sent, t.failed+o.failed, t.unknown+o.unknown, t.waiting+o.waiting
	t.cannot, t.unstored, t.open = t.cannot+o.cannot, t.unstored+o.unstored, t.open+o.open
	t.doubles, t.losses = t.doubles+o.doubles, t.losses+o.losses
}

// judge holds the record against the rows. A double is a message that WhatsApp
// took more often than the owner asked, that stands as not sent although it was
// taken, so that sending it again would double it, or that nobody asked for. A loss
// is what stands as sent and was never taken, what two rows claim, what was taken
// and is in no row, or what a command told of and is in no row.
func (d *drilled) judge(got *tally, c drillCase, w *drillWish, told []command) {
	var wrong []string
	for _, command := range told {
		switch command.status {
		case exitCannot:
			got.cannot += len(w.chats)
			if w.kind != model.OutboxEdit || d.flavour != "C" {
				wrong = append(wrong, "refused as if the gateway could not do it")
			}
		case 2:
			wrong = append(wrong, "not understood")
		}
	}
	rows, chats := d.rows()
	for _, row := range rows {
		if row.Kind != w.kind {
			wrong = append(wrong, "a row of another kind")
		}
	}
	if c.call != "" && got.cannot == 0 && !d.struck(c.call) {
		wrong = append(wrong, "nothing was disturbed")
	}
	must := len(told) * len(w.chats) // rows
	if model.BecomesMessage(w.kind) {
		d.judgeMessages(got, w, rows, chats)
	} else {
		must = min(must, 1) // a later wish takes the place of an earlier one
		d.judgeActs(got, w, rows)
	}
	if got.unstored = max(0, got.asked-got.cannot-len(rows)); !model.BecomesMessage(w.kind) && len(rows) > 0 {
		got.unstored = 0
	}
	got.losses += max(0, must-got.cannot-len(rows))
	if w.agrees != nil {
		if differs := w.agrees(d, w); differs != "" {
			wrong = append(wrong, differs)
		}
	}
	for _, row := range rows {
		if got.open > 0 && row.State != model.OutboxSent {
			d.t.Logf("open: %s, %s: the row is %s because of %q", d.flavour, w.text, row.State, row.Error)
		}
	}
	if len(wrong)+got.doubles+got.losses > 0 {
		d.t.Errorf("%s, %s: %v %+v\nrows %+v\nrecord %+v\n%+v\ntold %+v", d.flavour, w.text, wrong, *got, rows,
			d.server.Accepted()[d.mark.accepted:], d.server.Acted()[d.mark.acted:], told)
	}
}

// struck tells whether a fault of a kind has struck in the round.
func (d *drilled) struck(kind simulator.FaultKind) bool {
	return slices.ContainsFunc(d.server.Requests(), func(r simulator.RequestLog) bool { return r.Fault == kind && r.Time.After(d.mark.at) })
}

// count counts a row by its state.
func (t *tally) count(state model.OutboxState) {
	switch state {
	case model.OutboxSent:
		t.sent++
	case model.OutboxFailed:
		t.failed++
	case model.OutboxUnknown, model.OutboxSending:
		t.unknown++
	default:
		t.waiting++
	}
}

// judgeMessages judges what becomes a message.
func (d *drilled) judgeMessages(got *tally, w *drillWish, rows []model.OutboxItem, chats []string) {
	strays := len(d.server.Acted()) - d.mark.acted // what nobody asked for
	ids := map[string]string{}                     // of the taken messages that no row has: the conversation of each
	for _, a := range d.server.Accepted()[d.mark.accepted:] {
		switch {
		case a.Phone:
		case w.fits(a):
			got.accepted++
			ids[a.ID] = a.ChatID
		default:
			strays++
		}
	}
	for i, row := range rows {
		got.count(row.State)
		if row.State != model.OutboxSent {
			continue
		}
		if ids[string(row.ShortID)] != chats[i] {
			got.losses++
		}
		delete(ids, string(row.ShortID))
	}
	got.open = min(len(ids), got.unknown)
	got.doubles = strays + max(0, got.accepted-got.asked, len(ids)-got.unknown)
	got.losses += max(0, got.accepted-len(rows))
}

// audit looks at the end at all that ever was on one gateway: what WhatsApp took by
// it is in a row, or a row says that it may have been; and what is unknown is shown.
func (d *drilled) audit() {
	d.mark = mark{}
	rows, _ := d.rows()
	claimed, unknown := map[string]bool{}, 0
	for _, row := range rows {
		if row.State == model.OutboxUnknown {
			d.status(d.p, "outbox", "retry", strconv.FormatInt(int64(row.ID), 10))
		}
	}
	rows, _ = d.rows()
	for _, row := range rows {
		if row.State == model.OutboxUnknown {
			unknown++
		}
		claimed[string(row.ShortID)] = true
	}
	unclaimed := 0
	for _, a := range d.server.Accepted() {
		if !a.Phone && !claimed[a.ID] {
			unclaimed++
		}
	}
	require.LessOrEqual(d.t, unclaimed, unknown, "%s: taken, and no row says so", d.flavour)
	var shown []struct{ State model.OutboxState }
	require.NoError(d.t, json.Unmarshal(d.p.run("--json", "outbox", "list", "--state", string(model.OutboxUnknown)), &shown))
	require.Len(d.t, shown, unknown, "%s: what is unknown is shown", d.flavour)
}

// judgeActs judges an action. One that ends in the same state is made again once
// when it is not known what became of it, and again when the owner says so.
func (d *drilled) judgeActs(got *tally, w *drillWish, rows []model.OutboxItem) {
	tries, strays := 2*got.asked, 0
	for _, row := range rows {
		got.count(row.State)
		tries = max(tries, row.Attempts)
	}
	for _, a := range d.server.Acted()[d.mark.acted:] {
		if w.did(a) {
			got.accepted++
		} else {
			strays++
		}
	}
	if got.accepted == 0 {
		got.losses = got.sent
	} else {
		got.open = got.failed
		for _, row := range rows {
			if row.State == model.OutboxFailed && row.Error == string(model.ProblemCanceled) {
				got.losses++ // it says that it was not done
			}
		}
	}
	if got.accepted > 0 && len(rows) == 0 {
		got.losses++
	}
	for _, a := range d.server.Accepted()[d.mark.accepted:] {
		if !a.Phone {
			strays++
		}
	}
	got.doubles = strays + max(0, got.accepted-tries)
}

// totals are the tallies of a drill by case, by kind of gateway and by kind of wish.
type totals struct {
	flavours []flavour
	cases    []drillCase
	kinds    []drillKind

	mu                        sync.Mutex
	byCase, byFlavour, byKind []tally
	done                      int
}

func newTotals(flavours []flavour, cases []drillCase, kinds []drillKind) *totals {
	return &totals{
		flavours: flavours, cases: cases, kinds: kinds,
		byCase: make([]tally, len(cases)), byFlavour: make([]tally, len(flavours)), byKind: make([]tally, len(kinds)),
	}
}

func (t *totals) combinations() int          { return len(t.flavours) * len(t.cases) * len(t.kinds) }
func (t *totals) caseOf(round int) drillCase { return t.cases[round%len(t.cases)] }
func (t *totals) kindOf(round int) drillKind { return t.kinds[t.kindAt(round)] }

// kindAt takes turns, except that some cases are for a file alone.
func (t *totals) kindAt(round int) int {
	at := round % len(t.kinds)
	for t.caseOf(round).file && !t.kinds[at].file {
		at = (at + 1) % len(t.kinds)
	}
	return at
}

func (t *totals) add(round int, got tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byCase[round%len(t.cases)].add(got)
	t.byFlavour[round%len(t.flavours)].add(got)
	t.byKind[t.kindAt(round)].add(got)
	t.done++
}

// print writes down what became of all, by fault and state, by kind of gateway and
// by kind of wish.
func (t *totals) print(tt *testing.T) (all tally) {
	tt.Helper()
	var b strings.Builder
	const line = "%-11s %-20s %7v %7v %6v %9v %6v %7v %8v %8v %7v %9v %5v %8v %7v\n"
	put := func(first, second string, n tally) {
		fmt.Fprintf(&b, line, first, second, n.rounds, n.killed, n.asked, n.accepted, n.sent, n.failed, n.unknown, n.waiting, n.cannot, n.unstored, n.open, n.doubles, n.losses)
	}
	head := func(first, second string) {
		fmt.Fprintf(&b, line, first, second, "rounds", "killed", "asked", "accepted", "sent", "failed", "unknown", "waiting", "cannot", "unstored", "open", "doubles", "losses")
	}
	head("fault", "state")
	for i, c := range t.cases {
		if t.byCase[i].rounds > 0 {
			put(c.fault, c.state, t.byCase[i])
			all.add(t.byCase[i])
		}
	}
	head("gateway", "")
	for i, f := range t.flavours {
		put("", f.name, t.byFlavour[i])
	}
	head("kind", "")
	for i, k := range t.kinds {
		put("", k.name, t.byKind[i])
	}
	put("all", "", all)
	tt.Logf("\n%s", b.String())
	return all
}
