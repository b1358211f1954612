package model

import "cmp"

// Seam is a place in what is shown as one conversation at which messages may be
// missing: between two messages, or after the last one.
type Seam struct {
	ConversationID ConversationID // the one of them that it is about
	After          MessageID      // it stands after the last message up to here, of whichever conversation
	Until          MessageID      // nothing is missing from here on; zero: it reaches to now
	// Floor says that the ledger promises nothing of what is held before the seam. It
	// begins with the message From.
	Floor   bool
	From    MessageID
	Cause   GapCause
	Tries   int
	Outcome FetchEnd // why the last try did not close it; "": none was made
}

// Wish is what a repair is asked for to close the seam.
func (s *Seam) Wish() RepairWish {
	wish := RepairWish{Only: s.ConversationID}
	if s.Floor {
		wish.Since = StampUnix(s.From.Unix() + 1) // its own second cannot be proven
	}
	return wish
}

// Seams returns where messages may be missing by the ledger and its gaps, the
// oldest first. What closes by itself in a moment is left out: the gap before an
// own message whose event has not come yet, and a newer message that was told and
// is still being fetched.
func (r *LedgerRow) Seams() []Seam {
	l := &r.Ledger
	if l.FetchLimit == 0 { // nothing was asked of the gateway yet
		return nil
	}
	var seams []Seam
	// Messages from before what the ledger answers for: of a fetch that was cut off, or
	// that came late.
	if l.Oldest != 0 && second(l.Oldest) < second(l.CompleteFrom) {
		s := Seam{ConversationID: r.ID, After: l.CompleteFrom - 1, Until: l.CompleteFrom, Floor: true, From: l.Oldest}
		if l.FetchEnd != EndLimit {
			s.Outcome = l.FetchEnd
		}
		seams = append(seams, s)
	}
	for i := range r.Gaps {
		g := &r.Gaps[i]
		s := Seam{ConversationID: r.ID, After: g.Below, Until: g.Above, From: g.Below, Cause: g.Cause, Tries: g.Tries, Outcome: g.Outcome}
		switch {
		case g.Cause == GapSent && g.Tries == 0 && l.NeedsFetch:
			continue
		case g.Above == 0 && l.NeedsFetch:
			continue
		case g.Above == 0: // it was told when the other one was written
			s.After = max(s.After, MessageIDAt(g.FoundAt.Time().Unix()+1)-1)
		}
		seams = append(seams, s)
	}
	return seams
}

func compareSeams(a, b Seam) int {
	return cmp.Or(cmp.Compare(a.After, b.After), cmp.Compare(a.ConversationID, b.ConversationID))
}
