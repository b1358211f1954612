package model

import "slices"

// ConditionKind names something that is wrong with a session for longer than a
// moment, or that its owner should know. Each has two texts:
// condition.<kind>.title says what is going on in one sentence, and
// condition.<kind>.advice what to do.
//
//translations:condition.*
type ConditionKind string

// The kinds, the gravest first.
const (
	ConditionOtherAccount ConditionKind = "other_account" // paired with another account than the one whose messages are held
	ConditionLoggedOut    ConditionKind = "logged_out"    // removed on the phone: a new QR waits (contract §4.4)
	ConditionBlocked      ConditionKind = "blocked"       // WhatsApp refuses the account or this version (contract §4.3)
	ConditionConflict     ConditionKind = "conflict"      // used elsewhere at the same time
	ConditionZombie       ConditionKind = "zombie"        // broken, also after one restart by itself (contract §4.6)
	ConditionBroken       ConditionKind = "broken"        // broken, and nothing was tried by itself this time
	ConditionStopped      ConditionKind = "stopped"       // not in the gateway's memory any more, and nobody stopped it here
	ConditionStuck        ConditionKind = "stuck"         // on its way for minutes without arriving
	ConditionOutdated     ConditionKind = "outdated"      // not ready also after a restart: the gateway needs an update (contract §12.4)
	ConditionNotReady     ConditionKind = "not_ready"     // connected, but its page never loads (contract §12.4)
	ConditionSameFailure  ConditionKind = "same_failure"  // the gateway fails with the same words again and again
	ConditionAckStuck     ConditionKind = "ack_stuck"     // own messages do not leave the gateway (contract §12.12)
	ConditionPhoneAway    ConditionKind = "phone_away"    // the phone or its network does not answer; comes back by itself
	ConditionClock        ConditionKind = "clock"         // this computer's clock and the gateway's differ
	ConditionSilent       ConditionKind = "silent"        // the socket is open, but news come by asking only (contract §11)
)

// ConditionAction is what the action of an activity row that tells of a condition
// begins with; the rest is its kind.
const ConditionAction = "condition_"

// ConditionKinds returns all kinds, the gravest first.
func ConditionKinds() []ConditionKind {
	return []ConditionKind{
		ConditionOtherAccount, ConditionLoggedOut, ConditionBlocked, ConditionConflict, ConditionZombie, ConditionBroken, ConditionStopped, ConditionStuck,
		ConditionOutdated, ConditionNotReady, ConditionSameFailure, ConditionAckStuck, ConditionPhoneAway, ConditionClock, ConditionSilent,
	}
}

// Minor tells whether the session works all the same.
func (k ConditionKind) Minor() bool {
	switch k {
	case ConditionSameFailure, ConditionAckStuck, ConditionClock, ConditionSilent:
		return true
	}
	return false
}

// WhileConnected tells whether a session that has it is connected.
func (k ConditionKind) WhileConnected() bool {
	return k.Minor() || k == ConditionOtherAccount || k == ConditionOutdated || k == ConditionNotReady
}

// Condition is one of them, as it is now.
type Condition struct {
	Kind   ConditionKind `json:"kind"`
	Since  Stamp         `json:"since"`
	Detail string        `json:"detail,omitempty"` // the gateway's own words, capped; no number and no text of a message
	Count  int           `json:"count,omitempty"`  // of failures, of messages, of seconds between the clocks; zero when it has none
}

// SortConditions puts the gravest first.
func SortConditions(all []Condition) {
	order := ConditionKinds()
	slices.SortFunc(all, func(a, b Condition) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
}
