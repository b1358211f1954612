package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultKind names one way in which the imitated server misbehaves.
type FaultKind string

// The kinds of faults. The status kinds answer with the body that the real server,
// or a proxy in front of it, would give.
const (
	FaultRefuse      FaultKind = "refuse"      // the connection is closed at once
	FaultReset       FaultKind = "reset"       // RST in the middle of the answer
	FaultStall       FaultKind = "stall"       // no answer until the client leaves
	FaultTruncate    FaultKind = "truncate"    // the body is cut
	FaultHTML        FaultKind = "html"        // an HTML page, 502 and 200 in turn unless Status says which
	FaultWrongTypes  FaultKind = "wrongtypes"  // members and list items of unexpected types
	FaultNulls       FaultKind = "nulls"       // members and list items that are null
	Fault400         FaultKind = "400"         // HTML page
	Fault403         FaultKind = "403"         // invalid API key
	Fault404         FaultKind = "404"         // session_not_connected
	Fault413         FaultKind = "413"         // HTML page
	Fault422         FaultKind = "422"         // session name refused
	Fault429         FaultKind = "429"         // too many requests, with Retry-After
	Fault500         FaultKind = "500"         // exception texts of contract §12
	Fault502         FaultKind = "502"         // HTML page of a proxy
	Fault503         FaultKind = "503"         // HTML page of a proxy
	FaultSlow        FaultKind = "slow"        // the bytes trickle
	FaultAccepted500 FaultKind = "accepted500" // a send is delivered, the answer is 500
	FaultNoMessage   FaultKind = "nomessage"   // a send is delivered, the answer lacks the message
	FaultEmptyList   FaultKind = "emptylist"   // getChats, getContacts and fetchMessages answer []
	FaultShortList   FaultKind = "shortlist"   // fetchMessages answers with some of the newest only
	FaultMixedList   FaultKind = "mixedlist"   // fetchMessages answers out of order, and some messages twice

	// What can happen to a send, before it is delivered and after, and to a change of
	// a message when the rule's route names its call. The kinds that
	// begin with "accepted" deliver and then keep the answer back; FaultReset,
	// FaultTruncate and FaultSlow deliver, too, and break or stretch the answer.
	FaultCutBody         FaultKind = "cutbody"         // RST while the request still arrives
	FaultSlowBody        FaultKind = "slowbody"        // the request is read a little at a time
	FaultRestart         FaultKind = "restart"         // the server restarts before it looks at the request
	FaultLogout          FaultKind = "logout"          // the session is logged out before; 500
	FaultAcceptedCut     FaultKind = "acceptedcut"     // RST in the place of the answer
	FaultAcceptedStall   FaultKind = "acceptedstall"   // no answer until the client leaves
	FaultAcceptedRestart FaultKind = "acceptedrestart" // the server restarts
	FaultAcceptedLogout  FaultKind = "acceptedlogout"  // the session is logged out; 500
)

// FaultKinds gives all kinds, for a usage text.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultRefuse, FaultReset, FaultStall, FaultTruncate, FaultHTML, FaultWrongTypes, FaultNulls,
		Fault400, Fault403, Fault404, Fault413, Fault422, Fault429, Fault500, Fault502, Fault503,
		FaultSlow, FaultAccepted500, FaultNoMessage, FaultEmptyList, FaultShortList, FaultMixedList,
		FaultCutBody, FaultSlowBody, FaultRestart, FaultLogout,
		FaultAcceptedCut, FaultAcceptedStall, FaultAcceptedRestart, FaultAcceptedLogout,
	}
}

// Fault is one rule of misbehaviour. Of several rules that match a request the
// first that strikes is used.
type Fault struct {
	Kind FaultKind
	// Rate is the share of matching requests that fail, 0 to 1. With Times above 0
	// and Rate 0 every matching request fails until Times is used up.
	Rate float64
	// Route must be part of "METHOD /path", without the base path; empty matches all.
	Route string
	// Skip lets so many matching requests pass first.
	Skip int
	// Times limits how often the fault strikes; 0 = without limit.
	Times int
	// Delay is the pause between pieces of FaultSlow (20 ms when 0) and the time
	// before the answer of every other kind. FaultRestart and FaultAcceptedRestart
	// are away for so long.
	Delay time.Duration
	// RetryAfter is the header's value in seconds for Fault429 and Fault503; 1 and none when 0.
	RetryAfter int
	// Status chooses 200 or 502 for FaultHTML; 0 takes them in turn.
	Status int
	// Message replaces the text of Fault500 and of FaultAccepted500.
	Message string
}

// ParseFault reads "KIND:RATE" or "KIND:RATE:ROUTE", such as "500:0.1:getChats".
func ParseFault(text string) (Fault, error) {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) < 2 {
		return Fault{}, fmt.Errorf("fault %q: want KIND:RATE or KIND:RATE:ROUTE", text)
	}
	rate, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: the rate is not a number: %w", text, err)
	}
	f := Fault{Kind: FaultKind(parts[0]), Rate: rate}
	if len(parts) == 3 {
		f.Route = parts[2]
	}
	if err := f.check(); err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

func (f Fault) check() error {
	if !slices.Contains(FaultKinds(), f.Kind) {
		return fmt.Errorf("unknown kind %q", f.Kind)
	}
	if !(f.Rate >= 0 && f.Rate <= 1) {
		return fmt.Errorf("rate %v: want 0 to 1", f.Rate)
	}
	if f.Times < 0 || f.Skip < 0 || f.Delay < 0 {
		return fmt.Errorf("times, skip and delay must not be negative")
	}
	return nil
}

// faultBox chooses the fault of each request. Its choices depend on the seed and on
// the order of the requests only.
type faultBox struct {
	mu    sync.Mutex
	rng   *rand.Rand
	rules []*faultRule
}

type faultRule struct {
	Fault
	seen, struck int
}

func newFaultBox(seed int64, faults []Fault) *faultBox {
	b := &faultBox{rng: rand.New(rand.NewPCG(uint64(seed), 0xfa17))}
	b.set(faults)
	return b
}

func (b *faultBox) set(faults []Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = nil
	for _, f := range faults {
		b.rules = append(b.rules, &faultRule{Fault: f})
	}
}

// pick gives the fault for a request and how often its rule has struck, this time
// included.
func (b *faultBox) pick(method, path string, takes taking) (Fault, int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rules {
		if !r.matches(method+" "+path, takes) {
			continue
		}
		r.seen++
		if r.seen <= r.Skip || (r.Times > 0 && r.struck >= r.Times) {
			continue
		}
		always := r.Times > 0 && r.Rate == 0
		if !always && b.rng.Float64() >= r.Rate {
			continue
		}
		r.struck++
		return r.Fault, r.struck, true
	}
	return Fault{}, 0, false
}

func (r *faultRule) matches(route string, takes taking) bool {
	if r.Route != "" && !strings.Contains(route, r.Route) {
		return false
	}
	switch r.Kind {
	case FaultAccepted500, FaultNoMessage, FaultAcceptedCut, FaultAcceptedStall, FaultAcceptedRestart, FaultAcceptedLogout:
		return takes == takesMessage || takes == takesChange && r.Route != ""
	case FaultEmptyList:
		return strings.Contains(route, "/getChats/") || strings.Contains(route, "/getContacts/") ||
			strings.Contains(route, "/fetchMessages/") && r.Route != ""
	case FaultShortList, FaultMixedList:
		return strings.Contains(route, "/fetchMessages/")
	}
	return true
}
