package model

import (
	"cmp"
	"slices"
)

// LedgerRow is the ledger of one conversation for a list.
type LedgerRow struct {
	ID        ConversationID
	SessionID SessionID
	JID       JID `gorm:"column:jid"`
	Name      string
	LastAt    Stamp
	Ledger    Ledger `gorm:"embedded;embeddedPrefix:ledger_"`
	Gaps      []Gap  `gorm:"-"`
}

// LedgerTotals counts conversations by the state of their ledgers.
type LedgerTotals struct {
	Complete int `json:"complete"`
	Filling  int `json:"filling"`
	Gaps     int `json:"gaps"`
	NotBegun int `json:"not_begun"`
}

// All is how many conversations were counted.
func (t LedgerTotals) All() int { return t.Complete + t.Filling + t.Gaps + t.NotBegun }

// LedgerJobKind is a long piece of work over all conversations of a session.
type LedgerJobKind string

// The kinds of such work.
const (
	JobReconcile LedgerJobKind = "reconcile" // compares what changed in the last days
	JobHistory   LedgerJobKind = "history"   // fetches all that gateway and phone can give
)

// LedgerJob is such a piece of work: it is kept, so that it goes on after a restart.
type LedgerJob struct {
	SessionID  SessionID     `gorm:"primaryKey" json:"-"`
	Kind       LedgerJobKind `gorm:"primaryKey" json:"kind"`
	StartedAt  Stamp         `json:"started_at"` // it also names the run
	FinishedAt Stamp         `json:"finished_at"`
	Canceled   bool          `json:"canceled"`
	Done       int           `json:"done"`      // conversations
	Total      int           `json:"total"`     // conversations, done ones included
	Found      int           `json:"found"`     // messages that were missing
	Failed     int           `json:"failed"`    // conversations that could not be read
	WorkedMS   int64         `json:"worked_ms"` // time that the work took so far, for the estimate
}

// TableName is where such work is stored.
func (LedgerJob) TableName() string { return "ledger_jobs" }

// Running tells whether the work is to go on.
func (j *LedgerJob) Running() bool { return j.StartedAt != 0 && j.FinishedAt == 0 && !j.Canceled }

// Over returns what is to be kept when a job is written over the one that is held. Who
// does the work and who ends it read it before they write: an end of the same run stays,
// and how far it was.
func (j LedgerJob) Over(held LedgerJob) LedgerJob {
	switch {
	case held.StartedAt != j.StartedAt:
		return j
	case held.FinishedAt != 0:
		return held
	case held.Canceled:
		j.Canceled, j.FinishedAt = true, 0
	}
	j.Done, j.Total = max(j.Done, held.Done), max(j.Total, held.Total)
	j.Found, j.Failed, j.WorkedMS = max(j.Found, held.Found), max(j.Failed, held.Failed), max(j.WorkedMS, held.WorkedMS)
	return j
}

// Left estimates how long the rest takes, in milliseconds; zero means unknown.
func (j *LedgerJob) Left() int64 {
	if j.Done == 0 || j.Total <= j.Done {
		return 0
	}
	return j.WorkedMS / int64(j.Done) * int64(j.Total-j.Done)
}

// RepairWish says what a repair of a conversation is to reach.
type RepairWish struct {
	Since    Stamp // everything from here on; zero: only the gaps
	Whole    bool  // everything that there is
	AskPhone bool  // when the linked device has no more, the phone is asked for older history
	// Only is the one that is wished of the conversations that are shown as one; zero: all.
	Only ConversationID
}

// RepairEnd says why a repair ended.
type RepairEnd string

// The ends of a repair.
const (
	RepairFilled RepairEnd = "filled" // nothing is missing any more of what was wished
	RepairDevice RepairEnd = "device" // the linked device has no more; the phone was not asked
	RepairPhone  RepairEnd = "phone"  // the phone itself has nothing more
	RepairLater  RepairEnd = "later"  // the phone was asked, and nothing has come so far
	RepairUnable RepairEnd = "unable" // the linked device has no more, and this gateway cannot ask the phone
	RepairUnread RepairEnd = "unread" // what is missing came and could not be read
)

// RepairReport is what a repair did so far.
type RepairReport struct {
	Counts
	Calls  int         `json:"calls"`
	Asked  int         `json:"asked"` // how often the phone was asked
	State  LedgerState `json:"state"`
	Gaps   int         `json:"gaps"` // that are left
	Oldest Stamp       `json:"oldest"`
	End    RepairEnd   `json:"end"` // "" while it goes on
}

// LedgerSummary is the ledger of what is shown as one conversation.
type LedgerSummary struct {
	State        LedgerState
	From         Stamp // from here on the ledger answers for what is held; zero: nothing is held
	Newest       Stamp
	Whole        bool // the phone itself had nothing older
	End          FetchEnd
	ReconciledAt Stamp
	FetchedAt    Stamp
	Problem      string // kind of the error that the last fetch ended with; "": none
	Gaps         []Gap
	Seams        []Seam // where that is seen between the messages, the oldest first
}

// Summarize makes one summary of the ledgers of one person's conversations: the
// worst of their states counts.
func Summarize(rows []LedgerRow) LedgerSummary {
	rank := []LedgerState{LedgerComplete, LedgerNotBegun, LedgerFilling, LedgerGaps}
	s := LedgerSummary{State: LedgerComplete, Whole: len(rows) > 0}
	for i := range rows {
		l := &rows[i].Ledger
		if state := l.State(); slices.Index(rank, state) > slices.Index(rank, s.State) {
			s.State = state
		}
		if from := l.CompleteFrom.Stamp(); l.CompleteFrom != 0 && (s.From == 0 || from < s.From) {
			s.From = from
		}
		s.Newest = max(s.Newest, l.Newest.Stamp())
		s.Whole = s.Whole && l.ReachedBeginning
		s.ReconciledAt, s.FetchedAt = max(s.ReconciledAt, l.ReconciledAt), max(s.FetchedAt, l.FetchedAt)
		s.End = cmp.Or(s.End, l.FetchEnd)
		if l.FetchOutcome != FetchOK {
			s.Problem = cmp.Or(s.Problem, l.FetchOutcome)
		}
		s.Gaps = append(s.Gaps, rows[i].Gaps...)
		s.Seams = append(s.Seams, rows[i].Seams()...)
	}
	slices.SortFunc(s.Seams, compareSeams)
	slices.SortFunc(s.Gaps, func(a, b Gap) int { return cmp.Compare(a.Below, b.Below) })
	return s
}
