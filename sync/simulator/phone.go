package simulator

import (
	"context"
	"errors"
	"time"
)

// MessageRef points to one message.
type MessageRef struct {
	ChatID     string
	FromMe     bool
	ID         string // the short id
	Serialized string
	Timestamp  time.Time
}

// Errors of the person's phone.
var (
	ErrNoQR          = errors.New("there is no QR to scan")
	ErrWrongCode     = errors.New("the pairing code is wrong or out of date")
	ErrUnknownChat   = errors.New("no such conversation")
	ErrNoSuchMessage = errors.New("no such message")
)

// Phone is the person's phone and everybody who writes to it: what happens on the
// WhatsApp side of one session.
type Phone struct {
	server  *Server
	session string
}

// WaitForQR waits until a QR is there and gives its text.
func (p *Phone) WaitForQR(ctx context.Context) (string, error) { return "", ctx.Err() }
