package sync

import "github.com/xappiens/buzon/model"

// memo remembers what items of a list came to, by the sum of their bytes: most
// of a list is what it was minutes ago, and need not be read and digested again.
// It holds no news of the store: what it says is compared with what is held.
// It belongs to the goroutine that takes the list.
type memo struct {
	last, next map[uint64]remembered
}

// remembered is an item's identifier and fingerprint.
type remembered struct {
	jid         model.JID
	fingerprint model.Fingerprint
}

// begin starts a list of about n items.
func (m *memo) begin(n int) { m.next = make(map[uint64]remembered, n) }

// recall returns what an item with that sum came to, and keeps it for the next list.
func (m *memo) recall(sum uint64) (remembered, bool) {
	r, ok := m.last[sum]
	if ok && sum != 0 {
		m.next[sum] = r
	}
	return r, ok && sum != 0
}

// keep remembers what an item came to.
func (m *memo) keep(sum uint64, jid model.JID, f model.Fingerprint) {
	if sum != 0 {
		m.next[sum] = remembered{jid, f}
	}
}

// end ends a list: what it did not name is forgotten, unless it came cut.
func (m *memo) end(whole bool) {
	if whole {
		m.last = m.next
	}
	m.next = nil
}
