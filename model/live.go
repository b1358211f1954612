package model

import "maps"

// LiveStatus says how the events of a session come.
type LiveStatus string

// The states of a stream of events.
const (
	// LiveOff: the session is not on the gateway, or nothing is to be done by itself.
	LiveOff LiveStatus = "off"
	// LiveConnecting: the stream is being opened, or opened again.
	LiveConnecting LiveStatus = "connecting"
	// LiveOn: the stream is open.
	LiveOn LiveStatus = "live"
	// LiveSilent: the stream is open, but what should have come by it did not.
	LiveSilent LiveStatus = "silent"
	// LiveNone: this gateway has no stream of events; it is asked instead.
	LiveNone LiveStatus = "none"
)

// LiveState is what is known of a session's stream of events.
type LiveState struct {
	Status      LiveStatus     `json:"status"`
	Since       Stamp          `json:"since"`         // when the status began
	CaughtUp    bool           `json:"caught_up"`     // what was missed before the stream opened is held
	LastEventAt Stamp          `json:"last_event_at"` // zero: none came yet
	Events      map[string]int `json:"events"`        // how many came, by the gateway's names for them
	Opened      int            `json:"opened"`        // how often the stream was opened
	Own         int            `json:"own"`           // own messages that events told
	Acks        int            `json:"acks"`          // events that told how far an own message has come
	Missed      int            `json:"missed"`        // messages that a sync found and no event had told
	Dropped     int            `json:"dropped"`       // events that were too many to keep
	Polling     bool           `json:"polling"`       // the gateway is asked every now and then in the stream's place
	Problem     ProblemKind    `json:"problem"`       // why the stream was lost or could not be opened
}

// ownWithoutAcks is how many own messages must have been told, and nothing of how
// far they came, before it is said that the gateway does not tell that.
const ownWithoutAcks = 3

// TicksMissing tells whether own messages went out and no event told how far they
// came: the gateway's settings have that switched off (contract §2).
func (s LiveState) TicksMissing() bool { return s.Acks == 0 && s.Own >= ownWithoutAcks }

// Clone returns a copy that shares nothing with s.
func (s LiveState) Clone() LiveState {
	s.Events = maps.Clone(s.Events)
	return s
}

// LiveReport is what is worth keeping of a stream of events when the program
// ends: what it has proven, for who looks later.
type LiveReport struct {
	At     Stamp      `json:"at"` // when it last changed
	Status LiveStatus `json:"status"`
	Ticks  LiveTicks  `json:"ticks"`
}

// LiveTicks says whether events tell how far own messages have come.
type LiveTicks string

// What is known of that.
const (
	TicksUnknown LiveTicks = ""        // too few own messages went out
	TicksTold    LiveTicks = "told"    // they do
	TicksMissing LiveTicks = "missing" // own messages went out, and nothing came: switched off there (contract §2)
)

// Report returns what s proves, on top of what was proven before.
func (s LiveState) Report(before LiveReport, now Stamp) LiveReport {
	r := LiveReport{At: before.At, Status: s.Status, Ticks: before.Ticks}
	switch {
	case s.Acks > 0:
		r.Ticks = TicksTold
	case s.TicksMissing():
		r.Ticks = TicksMissing
	}
	if r.Status != before.Status || r.Ticks != before.Ticks {
		r.At = now
	}
	return r
}
