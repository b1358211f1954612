package simulator

import (
	"fmt"
	"strings"
	"time"
)

// Flavour names the server generation that is imitated.
type Flavour string

// The two server generations of contract §1.
const (
	// FlavourA is the maintained server: blocking start, pairing codes, WebSocket.
	FlavourA Flavour = "wwebjs-api"
	// FlavourC is its archived predecessor.
	FlavourC Flavour = "whatsapp-api"
)

// WebSocketMode says under which path events are offered (contract §11.1).
type WebSocketMode string

// The modes of the WebSocket. It exists on FlavourA only.
const (
	// WebSocketOff closes every connection to a WebSocket path without an answer.
	WebSocketOff WebSocketMode = ""
	// WebSocketPlain serves the documented path /ws/<session>.
	WebSocketPlain WebSocketMode = "plain"
	// WebSocketQuirk serves /.//ws/<session> only, as released servers without a
	// base path do; with a base path it is the same as WebSocketPlain.
	WebSocketQuirk WebSocketMode = "quirk"
)

// Sizes that New accepts.
const (
	MaxContacts      = 100_000
	MaxConversations = 10_000
	MaxMessages      = 1_000_000
	MaxLabels        = 20
)

const (
	defaultQRInterval    = 20 * time.Second
	defaultAckDelay      = 2 * time.Second
	defaultEventDelay    = time.Second
	defaultMaxAttachment = 10_000_000
	defaultDataSize      = 1500
	maxDataSize          = 15_000
)

// Config describes the imitated server, its account data and its misbehaviour.
// The zero value is a FlavourA server without key and without data.
type Config struct {
	// Seed chooses the data. The same seed gives the same bytes.
	Seed int64
	// Contacts is the number of people in the contact list (unique ids), at most
	// MaxContacts. Oneself, WhatsApp's own contact and the groups come on top.
	Contacts int
	// Conversations is the length of the chat list, at most MaxConversations.
	Conversations int
	// Messages is the number of messages over all conversations, at most MaxMessages.
	Messages int
	// Flavour is FlavourA when empty.
	Flavour Flavour
	// APIKey is expected in x-api-key; empty means that no key is asked.
	APIKey string
	// BasePath is a prefix of every path, such as "/api/v1/wa".
	BasePath string
	// PairAfter lets the phone scan by itself so long after the first QR; 0 = never.
	PairAfter time.Duration
	// QRInterval is how long one QR text lives; 20 s when 0.
	QRInterval time.Duration
	// StartDelay is how long launching the browser takes. Start blocks so long on A.
	StartDelay time.Duration
	// PairDelay is how long PAIRING and OPENING last between the scan and CONNECTED.
	PairDelay time.Duration
	// ReadyDelay is how long CONNECTED comes before ready; data calls fail meanwhile.
	ReadyDelay time.Duration
	// Latency is added to every request.
	Latency time.Duration
	// AckDelay is when an own message reaches the other device; it is read after
	// four times as long. 2 s when 0.
	AckDelay time.Duration
	// WebSocket offers events (A only).
	WebSocket WebSocketMode
	// Events disturbs the events from the start; see SetEvents.
	Events EventFaults
	// MarksSeen marks every conversation as read a second after a message came, as
	// SET_MESSAGES_AS_SEEN does (contract §2); nothing is unread at the start.
	MarksSeen bool
	// ClockSkew is how far the clock of the server's computer is ahead, as its
	// answers tell it; below zero it is behind. Messages keep their times: those
	// are WhatsApp's.
	ClockSkew time.Duration
	// DollarIDs puts "$1" in place of "_serialized" into message ids (contract §12.1).
	DollarIDs bool
	// SendWithoutMessage lets every send answer without the message (contract §12.1).
	SendWithoutMessage bool
	// Language is "es" or "en" (default): the names and texts.
	Language string
	// Business replaces the generated data by a believable small bakery of about 40
	// contacts and 25 conversations; the three sizes are ignored.
	Business bool
	// Labels makes the generated account a WhatsApp Business account with so many
	// labels, at most MaxLabels, on some of its conversations. The bakery has its own.
	Labels int
	// Paired lets sessions start already paired, without a QR.
	Paired bool
	// MaxAttachment is the server's limit in bytes; bodies longer by more than
	// 1,000,000 bytes are refused with 413. 10,000,000 when 0.
	MaxAttachment int64
	// LocalHistory is how many of a conversation's base messages the page has before
	// syncHistory brings as many more; 0 = all of them.
	LocalHistory int
	// DataSize is about how many bytes the raw _data object of a message takes;
	// 1,500 when 0, at least about 800.
	DataSize int
	// Now is the clock; time.Now when nil. It must not go backwards.
	Now func() time.Time
	// Faults are the first faults; see SetFaults.
	Faults []Fault
	// Epoch is the time of the newest base message; Now at New, cut to the minute,
	// when zero.
	Epoch time.Time
}

// normal checks c and fills in the defaults.
func (c Config) normal() (Config, error) {
	if err := c.checkSizes(); err != nil {
		return c, err
	}
	switch c.Flavour {
	case "":
		c.Flavour = FlavourA
	case FlavourA, FlavourC:
	default:
		return c, fmt.Errorf("flavour %q: want %q or %q", c.Flavour, FlavourA, FlavourC)
	}
	switch c.WebSocket {
	case WebSocketOff, WebSocketPlain, WebSocketQuirk:
	case "off":
		c.WebSocket = WebSocketOff
	default:
		return c, fmt.Errorf("web socket mode %q: want %q, %q or empty", c.WebSocket, WebSocketPlain, WebSocketQuirk)
	}
	switch c.Language {
	case "":
		c.Language = "en"
	case "es", "en":
	default:
		return c, fmt.Errorf("language %q: want \"es\" or \"en\"", c.Language)
	}
	c.BasePath = strings.TrimRight(c.BasePath, "/")
	if c.BasePath != "" && !strings.HasPrefix(c.BasePath, "/") {
		c.BasePath = "/" + c.BasePath
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Epoch.IsZero() {
		c.Epoch = c.Now().Truncate(time.Minute)
	}
	c.QRInterval = positive(c.QRInterval, defaultQRInterval)
	c.AckDelay = positive(c.AckDelay, defaultAckDelay)
	c.MaxAttachment = positive(c.MaxAttachment, defaultMaxAttachment)
	c.DataSize = min(positive(c.DataSize, defaultDataSize), maxDataSize)
	if err := c.Events.check(); err != nil {
		return c, fmt.Errorf("events: %w", err)
	}
	c.Events.MaxDelay = positive(c.Events.MaxDelay, defaultEventDelay)
	for i, f := range c.Faults {
		if err := f.check(); err != nil {
			return c, fmt.Errorf("fault %d: %w", i+1, err)
		}
	}
	return c, nil
}

func (c Config) checkSizes() error {
	for _, s := range []struct {
		name   string
		n, max int
	}{
		{"contacts", c.Contacts, MaxContacts},
		{"conversations", c.Conversations, MaxConversations},
		{"messages", c.Messages, MaxMessages},
		{"labels", c.Labels, MaxLabels},
	} {
		if s.n < 0 || s.n > s.max {
			return fmt.Errorf("%s %d: want 0 to %d", s.name, s.n, s.max)
		}
	}
	if c.Messages > 0 && c.Conversations == 0 && !c.Business {
		return fmt.Errorf("%d messages need at least one conversation", c.Messages)
	}
	return nil
}

// positive gives v, or def when v is not above zero.
func positive[T ~int | ~int64](v, def T) T {
	if v > 0 {
		return v
	}
	return def
}
