package model

import (
	"cmp"
	"slices"
)

// Ledger says how much of a conversation is held, and how that is known.
//
// It answers for the messages from CompleteFrom to Newest: of those all are held
// that the gateway could give, except in the gaps that are kept beside it. It
// promises nothing of what is older than CompleteFrom. Nothing in it is judged by
// counts; see Take.
type Ledger struct {
	Oldest           MessageID // oldest message held, zero when none
	Newest           MessageID // newest message held
	ReachedBeginning bool      // the phone itself had nothing older
	NeedsFetch       bool      // a fetch is due: something newer was told, or may have been missed
	FetchedAt        Stamp     // end of the last fetch
	FetchOutcome     string    // "", "ok", or the kind of its error
	FetchLimit       int       // the largest limit asked so far; paging back asks for more; zero: never fetched
	FetchEnd         FetchEnd  // why the last good fetch brought no more
	FetchTries       int       // fetches in a row that did not bring the newest message that was told
	CompleteFrom     MessageID // from here on the ledger answers for what is held
	CompleteTo       MessageID // up to here nothing is missing; Newest when there is no gap
	ProvenTo         MessageID // up to here fetches proved it, not events alone
	ToldNewer        bool      // the gateway told of a newer message that is not held
	ReconciledAt     Stamp     // when it was last compared with the gateway
	HistoryRun       Stamp     // beginning of the last "whole history" that has done it
}

// FetchEnd says why a fetch brought no more than it did.
type FetchEnd string

// The ends of a fetch.
const (
	EndLimit  FetchEnd = "limit"  // as many came as were asked for: there may be older ones
	EndDevice FetchEnd = "device" // the history on the linked device ended
	EndPhone  FetchEnd = "phone"  // the phone itself has nothing older
)

// GapCause says how a gap came to be.
type GapCause string

// The causes of gaps.
const (
	GapReconnect  GapCause = "reconnect"  // a message came while it was not sure that all had come
	GapWindow     GapCause = "window"     // a fetch filled its limit before it reached what was held
	GapDevice     GapCause = "device"     // the device's history ended before it reached what was held
	GapSent       GapCause = "sent"       // an own message was answered before the events that came before it
	GapCut        GapCause = "cut"        // a fetch was cut off, or the program was killed
	GapTold       GapCause = "told"       // the gateway told of a newer message that never came
	GapUnreadable GapCause = "unreadable" // a message came that could not be read
)

// Gap is a stretch of a conversation in which messages may be missing. Messages
// that are held may lie in it.
type Gap struct {
	ConversationID ConversationID `gorm:"primaryKey" json:"-"`
	Below          MessageID      `json:"-"`                   // nothing is missing up to here
	Above          MessageID      `gorm:"primaryKey" json:"-"` // nor from here on; zero: above the newest
	Cause          GapCause       `json:"cause"`
	FoundAt        Stamp          `json:"found_at"`
	Tries          int            `json:"tries"`
	TriedAt        Stamp          `json:"tried_at"`
	Outcome        FetchEnd       `json:"outcome"` // why the last try did not fill it
}

// TableName is where gaps are stored.
func (Gap) TableName() string { return "ledger_gaps" }

// LedgerState is a ledger in one word.
type LedgerState string

// The states of a ledger.
const (
	LedgerNotBegun LedgerState = "not_begun" // its messages were never fetched
	LedgerFilling  LedgerState = "filling"   // a fetch is due
	LedgerGaps     LedgerState = "gaps"      // messages may be missing
	LedgerComplete LedgerState = "complete"  // all is held from CompleteFrom on
)

// State returns the ledger in one word. LedgerComplete is only said of what was proven.
func (l *Ledger) State() LedgerState {
	switch {
	case l.FetchLimit == 0:
		return LedgerNotBegun
	case l.NeedsFetch:
		return LedgerFilling
	case l.HasGaps():
		return LedgerGaps
	}
	return LedgerComplete
}

// HasGaps tells whether messages may be missing between CompleteFrom and now.
func (l *Ledger) HasGaps() bool { return l.CompleteTo != l.Newest || l.ToldNewer }

// Arrival is messages of one conversation that came together, as the ledger sees them.
type Arrival struct {
	Conversation ConversationID
	IDs          []MessageID  // of all that came, in any order
	Fresh        []MessageID  // those among them that were not held
	Fetch        *FetchResult // they are the newest that the gateway has
	Live         bool         // nothing can have been missed before them
	Sent         bool         // the answer to sending it
	Part         bool         // of a fetch that has not ended
	Told         MessageID    // the newest one that was told, when it is among them
	Awaited      int64        // second of the newest one that was told and is not held; 0: none
	NamedNow     ShortID      // the newest one that is told now
	Now          Stamp
}

// maxFetchTries is after how many fetches that did not bring the newest message
// that was told no more are made by themselves: it may be of a kind that no fetch
// brings (contract §6), or the device's history still grows (contract §4.4).
const maxFetchTries = 3

// Take brings the ledger and its gaps up to messages that came, and returns the
// gaps, the oldest first.
//
// A fetch brings the newest messages without a hole among them. So everything
// after the second of its oldest message is certain; of that second others may be
// missing, because the order of equal seconds is not kept. Where that meets what
// is certain already, the gaps between close; where it does not, a gap remains. A
// message that came Live is certain too. Any other is an island: what lies between
// it and what is certain is a gap, and a fetch is due.
func (l *Ledger) Take(gaps []Gap, a Arrival) (left []Gap) {
	spans := l.spans(gaps)
	if a.Fetch != nil {
		l.note(a)
	}
	l.hold(a.IDs)
	cause := GapReconnect
	switch {
	case a.Fetch != nil && a.Fetch.Outcome == FetchOK:
		spans, cause = l.takeFetch(spans, a)
	case a.Fetch != nil || a.Part:
		cause = GapCut
		spans = l.takeIslands(spans, a.Fresh)
	case a.Live:
		spans, cause = l.takeLive(spans, gaps, a)
	case a.Sent:
		cause = GapSent
		due := l.NeedsFetch
		spans = l.takeIslands(spans, a.Fresh)
		defer func() {
			if n := len(left); n > 0 && left[n-1].Cause == GapSent && due {
				left[n-1].Outcome = EndLimit // the fetch was due anyway
			}
		}()
	default:
		spans = l.takeIslands(spans, a.Fresh)
	}
	return l.close(spans, gaps, a, cause)
}

// note keeps how a fetch ended.
func (l *Ledger) note(a Arrival) {
	f := a.Fetch
	l.FetchOutcome = f.Outcome
	if f.Outcome != FetchOK {
		return
	}
	l.FetchLimit = max(l.FetchLimit, f.Limit, 1)
	// What was taken for the beginning was not, when something older comes.
	older := len(a.IDs) > 0 && l.Oldest != 0 && slices.Min(a.IDs) < l.Oldest
	l.ReachedBeginning = l.ReachedBeginning && !older || f.ReachedBeginning
	if f.Purpose == ForReconcile {
		l.ReconciledAt = a.Now
	}
}

// hold keeps the ends of what is held.
func (l *Ledger) hold(ids []MessageID) {
	for _, id := range ids {
		if l.Oldest == 0 || id < l.Oldest {
			l.Oldest = id
		}
		l.Newest = max(l.Newest, id)
	}
}

// Bound brings the ledger back to what lies between the oldest and the newest message
// that are held, after one turned out to be of another time; both are zero when there
// are none. While the newest was of a wrong time, what came before it was taken for
// certain: nothing is, then.
func (l *Ledger) Bound(gaps []Gap, conversation ConversationID, oldest, newest MessageID, now Stamp) []Gap {
	if l.Oldest == oldest && l.Newest == newest {
		return gaps
	}
	l.NeedsFetch, l.FetchTries = true, 0
	from := min(max(l.CompleteFrom, oldest), newest)
	fell := newest < l.Newest
	l.Oldest, l.Newest, l.CompleteFrom, l.ProvenTo = oldest, newest, from, min(l.ProvenTo, newest)
	if fell {
		if l.CompleteTo, l.ProvenTo = newest, min(l.ProvenTo, from); second(from) == second(newest) {
			return nil
		}
		l.CompleteTo = from
		return []Gap{{ConversationID: conversation, Below: from, Above: newest, Cause: GapReconnect, FoundAt: now}}
	}
	gaps = slices.DeleteFunc(slices.Clone(gaps), func(g Gap) bool { return g.Above <= from })
	l.CompleteTo = newest
	if len(gaps) > 0 {
		gaps[0].Below = max(gaps[0].Below, from)
		l.CompleteTo = gaps[0].Below
	}
	return gaps
}

// span is a stretch in which nothing is missing: of the seconds after that of from
// and before that of to everything that the gateway could give is held.
type span struct{ from, to MessageID }

// spans returns what lies between the gaps, before anything new is held.
func (l *Ledger) spans(gaps []Gap) []span {
	if l.CompleteFrom == 0 {
		return nil
	}
	spans := make([]span, 0, len(gaps)+1)
	from := l.CompleteFrom
	for _, g := range gaps {
		spans = append(spans, span{from, g.Below})
		from = g.Above
	}
	return append(spans, span{from, l.Newest})
}

// takeIslands adds messages of which it is not known what lies before them.
func (l *Ledger) takeIslands(spans []span, fresh []MessageID) []span {
	if len(fresh) == 0 {
		return spans
	}
	l.NeedsFetch = true
	return addPoint(spans, slices.Max(fresh))
}

// addPoint adds a single message above what is certain. The one below it is no
// longer worth keeping when it was a single one too.
func addPoint(spans []span, id MessageID) []span {
	n := len(spans)
	switch {
	case n > 0 && id <= spans[n-1].to:
		return spans
	case n > 1 && spans[n-1].from == spans[n-1].to:
		spans = spans[:n-1]
	}
	return append(spans, span{id, id})
}

// takeLive adds messages before which nothing can have been missed, except what
// the gateway told of and never gave.
func (l *Ledger) takeLive(spans []span, gaps []Gap, a Arrival) ([]span, GapCause) {
	spans = l.confirm(spans, gaps, a)
	if len(a.Fresh) == 0 {
		return spans, GapTold
	}
	low, high := slices.Min(a.Fresh), slices.Max(a.Fresh)
	n := len(spans)
	switch {
	case n == 0:
		spans = append(spans, span{low, high})
	case high <= spans[n-1].to: // it came late, or its sender's clock is behind
	case l.ToldNewer && a.Told == 0:
		spans = append(spans, span{high, high})
	default:
		spans[n-1].to = high
	}
	return spans, GapTold
}

// confirm closes the gap before an own message when its event comes: by then those
// of all messages before it have come.
func (l *Ledger) confirm(spans []span, gaps []Gap, a Arrival) []span {
	n := len(spans)
	if n < 2 || !slices.Contains(a.IDs, spans[n-1].from) {
		return spans
	}
	gap := gaps[n-2]
	if gap.Cause != GapSent || gap.Tries > 0 {
		return spans
	}
	l.NeedsFetch = l.NeedsFetch && gap.Outcome != ""
	spans[n-2].to = spans[n-1].to
	return spans[:n-1]
}

// takeFetch adds what a fetch covers.
func (l *Ledger) takeFetch(spans []span, a Arrival) ([]span, GapCause) {
	f := a.Fetch
	filled := f.Limit > 0 && cmp.Or(f.Total, len(a.IDs)) >= f.Limit
	cause := l.endOf(f, filled)
	if len(a.IDs) == 0 {
		l.await(a, 0)
		return spans, cause
	}
	m := meeting{ids: a.IDs, heldTo: f.HeldTo, filled: filled, whole: l.coverage(a)}
	if l.ProvenTo == 0 || m.meets(m.whole, span{to: l.ProvenTo}) {
		l.ProvenTo = max(l.ProvenTo, m.whole.to)
	}
	for _, c := range without(m.whole, f.Unreadable) {
		spans = cover(spans, c, m.meets)
	}
	l.await(a, max(second(slices.Max(a.IDs)), f.Newest))
	if len(spans) == 0 || spans[len(spans)-1].to < l.Newest {
		spans = addPoint(spans, l.Newest)
	}
	// What came by itself while the answer was on its way may have come after others.
	late := second(l.Newest) >= second(m.whole.to) && l.Newest > f.HeldTo && !slices.Contains(a.IDs, l.Newest)
	l.NeedsFetch = l.NeedsFetch || late && spans[len(spans)-1].from > m.whole.from
	return spans, cause
}

// endOf keeps why a fetch brought no more, and returns why a gap stays that it leaves.
func (l *Ledger) endOf(f *FetchResult, filled bool) GapCause {
	cause := GapDevice
	l.FetchEnd = EndDevice
	if filled {
		cause, l.FetchEnd = GapWindow, EndLimit
	}
	if f.ReachedBeginning {
		l.FetchEnd = EndPhone
	}
	if len(f.Unreadable) > 0 {
		cause = GapUnreadable
	}
	return cause
}

// meeting tells whether what a fetch covers meets what is certain already.
type meeting struct {
	ids    []MessageID
	heldTo MessageID
	filled bool
	whole  span // that the fetch covers
}

// meets tells whether nothing can be missing between a part of the fetch and a
// stretch below it or around its end.
func (m *meeting) meets(c, s span) bool {
	if m.above(c, s) {
		return false
	}
	if second(c.from) < second(s.to) {
		return true
	}
	// The device has the end of what is certain, and all since.
	return !m.filled && c.from == m.whole.from && c.from <= s.to && slices.ContainsFunc(m.ids, func(id MessageID) bool {
		return id <= s.to && second(id) == second(s.to)
	})
}

// above tells whether a stretch came while the answer was on its way.
func (m *meeting) above(c, s span) bool {
	if second(s.from) < second(c.to) {
		return false
	}
	return c.to != m.whole.to || s.from > c.to || s.from > m.heldTo && !slices.Contains(m.ids, s.from)
}

// coverage returns the stretch that a fetch speaks for.
func (l *Ledger) coverage(a Arrival) span {
	oldest := second(slices.Min(a.IDs))
	if a.Fetch.Oldest != 0 {
		oldest = min(oldest, a.Fetch.Oldest)
	}
	if a.Fetch.ReachedBeginning { // whatever is held below is all that there was
		oldest = min(oldest, second(l.Oldest))
	}
	newest := max(slices.Max(a.IDs), a.Fetch.HeldTo)
	if a.Fetch.Newest > second(newest) {
		newest = MessageIDAt(a.Fetch.Newest+1) - 1
	}
	return span{MessageIDAt(oldest), min(newest, l.Newest)}
}

// await takes note of whether a fetch brought the newest message that was told.
// What came up to the given second.
func (l *Ledger) await(a Arrival, newest int64) {
	switch {
	case a.Awaited == 0 || newest > a.Awaited:
		// One of a kind that no fetch brings is not among those around it.
		l.NeedsFetch, l.ToldNewer, l.FetchTries = false, false, 0
	case a.Fetch.Named != "" && a.Fetch.Named != a.NamedNow:
		l.NeedsFetch, l.ToldNewer, l.FetchTries = true, true, 0 // it was told meanwhile
	default:
		l.ToldNewer = true
		l.FetchTries = min(l.FetchTries+1, maxFetchTries)
		l.NeedsFetch = l.FetchTries < maxFetchTries
	}
}

// without cuts out of a stretch what could not be read.
func without(whole span, holes []Hole) []span {
	parts := []span{whole}
	for _, h := range holes {
		last := &parts[len(parts)-1]
		rest := span{0, last.to}
		last.to = min(last.to, MessageIDAt(h.After))
		rest.from = max(MessageIDAt(h.Before), last.to+1)
		parts = append(parts, rest)
	}
	if len(holes) == 0 {
		return parts
	}
	return slices.DeleteFunc(parts, func(s span) bool { return second(s.from) >= second(s.to) })
}

// cover adds a stretch, together with those that it meets.
func cover(spans []span, c span, meets func(c, s span) bool) []span {
	out := make([]span, 0, len(spans)+1)
	sum := c
	for _, s := range spans {
		switch {
		case meets(c, s):
			sum = span{min(sum.from, s.from), max(sum.to, s.to)}
			continue
		case second(s.to) <= second(c.from): // below it, but perhaps of the same second
			sum.from = max(sum.from, s.to+1)
		default:
			sum.to = min(sum.to, s.from-1)
		}
		out = append(out, s)
	}
	if sum.from <= sum.to {
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

func second(id MessageID) int64 { return id.Unix() }

// close writes the stretches back as ends and gaps. A gap keeps what was known of
// the one that it was part of.
func (l *Ledger) close(spans []span, before []Gap, a Arrival, cause GapCause) []Gap {
	if len(spans) == 0 {
		return before
	}
	if a.Awaited == 0 {
		l.ToldNewer = false
	}
	spans[len(spans)-1].to = l.Newest
	for i := len(spans) - 2; i > 0; i-- { // within one second nothing is certain
		if second(spans[i].from) == second(spans[i].to) {
			spans = slices.Delete(spans, i, i+1)
		}
	}
	l.CompleteFrom, l.CompleteTo = spans[0].from, spans[0].to
	gaps := make([]Gap, 0, len(spans)-1)
	for i := range spans[1:] {
		g := Gap{ConversationID: a.Conversation, Below: spans[i].to, Above: spans[i+1].from, Cause: cause, FoundAt: a.Now}
		for _, old := range before {
			if old.Below < g.Above && g.Below < old.Above {
				g.FoundAt, g.Tries, g.TriedAt, g.Outcome = old.FoundAt, old.Tries, old.TriedAt, old.Outcome
				if old.Cause != GapSent || a.Sent || a.Live {
					g.Cause = old.Cause
				}
				break
			}
		}
		if f := a.Fetch; f != nil && f.Outcome == FetchOK && f.Purpose == ForRepair {
			g.Tries++
			g.TriedAt, g.Outcome = a.Now, l.FetchEnd
		}
		gaps = append(gaps, g)
	}
	return gaps
}

// OpenGap returns the gap above the newest message, when the gateway told of one
// that never came.
func (l *Ledger) OpenGap() (Gap, bool) {
	return Gap{Below: l.Newest, Cause: GapTold}, l.ToldNewer
}
