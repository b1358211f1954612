package model

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
)

// Fingerprint is a digest of what the gateway said of a row. Equal
// fingerprints prove that nothing changed, so nothing is written.
type Fingerprint [16]byte

// IsZero tells whether the row was never fingerprinted.
func (f Fingerprint) IsZero() bool { return f == Fingerprint{} }

// Value stores the fingerprint as a blob; the zero one as an empty blob.
func (f Fingerprint) Value() (driver.Value, error) {
	if f.IsZero() {
		return []byte{}, nil
	}
	return f[:], nil
}

// Scan reads what Value wrote; anything of another length counts as never fingerprinted.
func (f *Fingerprint) Scan(src any) error {
	*f = Fingerprint{}
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		if len(v) == len(f) {
			copy(f[:], v)
		}
		return nil
	case string:
		if len(v) == len(f) {
			copy(f[:], v)
		}
		return nil
	default:
		return fmt.Errorf("fingerprint: cannot read a %T", src)
	}
}

// ComputeFingerprint digests the part of a contact that comes from the contact list.
func (c *Contact) ComputeFingerprint() Fingerprint {
	d := newDigest()
	d.text(string(c.JID), string(c.Phone), c.DisplayName, c.Name, c.PushName, c.ShortName, c.VerifiedName, c.Business)
	d.flags(c.IsBusiness, c.IsEnterprise, c.IsMe, c.IsMyContact, c.IsWAContact, c.IsBlocked, c.IsGroup)
	return d.sum()
}

// ComputeFingerprint digests the part of a conversation that comes from the chat list.
// The group's data are digested through group, which may be nil.
func (c *Conversation) ComputeFingerprint(group *Group) Fingerprint {
	d := newDigest()
	d.text(string(c.JID), c.Name, string(c.LastShortID), string(c.LastType), c.LastText, string(c.LastAuthor))
	d.flags(c.MarkedUnread, c.Pinned, c.Archived, c.ReadOnly, c.Locked, c.LastFromMe)
	d.numbers(int64(c.Unread), int64(c.MutedUntil), int64(c.LastAt), int64(c.LastAck))
	if group != nil {
		d.text(group.Subject, group.Description, string(group.OwnerJID))
		d.flags(group.AnnounceOnly, group.InfoLocked)
		d.numbers(int64(group.CreatedAt), int64(len(group.Participants)))
		for _, p := range group.Participants {
			d.text(string(p.JID))
			d.flags(p.IsAdmin, p.IsSuperAdmin)
		}
	}
	return d.sum()
}

// digest writes values with their lengths, so that no two sequences of values
// give the same bytes.
type digest struct {
	b []byte
}

// newDigest has room for what most rows say, so that it grows seldom.
func newDigest() *digest { return &digest{b: make([]byte, 0, 768)} }

func (d *digest) text(values ...string) {
	for _, v := range values {
		d.numbers(int64(len(v)))
		d.b = append(d.b, v...)
	}
}

func (d *digest) numbers(values ...int64) {
	for _, v := range values {
		d.b = binary.LittleEndian.AppendUint64(d.b, uint64(v))
	}
}

func (d *digest) flags(values ...bool) {
	for _, v := range values {
		if v {
			d.b = append(d.b, 1)
		} else {
			d.b = append(d.b, 0)
		}
	}
}

func (d *digest) sum() Fingerprint {
	var f Fingerprint
	sum := sha256.Sum256(d.b)
	copy(f[:], sum[:])
	return f
}
