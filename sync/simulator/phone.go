package simulator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// MessageRef points to one message.
type MessageRef struct {
	ChatID     string
	FromMe     bool
	ID         string // the short id
	Serialized string
	Timestamp  time.Time // whole seconds
}

// Errors of the person's phone.
var (
	ErrNoQR          = errors.New("there is no QR to scan")
	ErrWrongCode     = errors.New("the pairing code is wrong or out of date")
	ErrUnknownChat   = errors.New("no such conversation")
	ErrNoSuchMessage = errors.New("no such message")
	ErrTooManyPins   = errors.New("three conversations are pinned already")
	ErrNoSuchLabel   = errors.New("no such label")
	ErrNotRunning    = errors.New("the session is not running")
)

// Phone is the person's phone and everybody who writes to it: what happens on the
// WhatsApp side of one session. It works whether the session runs or not, as messages
// reach a phone whether a computer is linked or not.
type Phone struct {
	s *session
}

// Phone gives the phone of a session. The session need not be started.
func (s *Server) Phone(session string) *Phone { return &Phone{s.session(session)} }

// Number is the account's own number: digits with country code, no plus.
func (p *Phone) Number() string { return p.s.src.me().phone }

// Scan lets the phone scan the QR that is shown.
func (p *Phone) Scan() error {
	now := p.s.enter()
	defer p.s.mu.Unlock()
	if !p.s.loaded || p.s.phase != phaseUnpaired {
		return ErrNoQR
	}
	p.s.pair(now)
	return nil
}

// EnterCode types the pairing code into the phone.
func (p *Phone) EnterCode(code string) error {
	now := p.s.enter()
	defer p.s.mu.Unlock()
	if !p.s.loaded || p.s.phase != phaseUnpaired || p.s.codeFrom.IsZero() {
		return ErrWrongCode
	}
	if code != p.s.code(int(now.Sub(p.s.codeFrom)/pairingCodeLife)) {
		return ErrWrongCode
	}
	p.s.pair(now)
	return nil
}

func (s *session) pair(now time.Time) {
	s.phase, s.scanAt = phasePairing, now
	s.advance(now)
}

// QRText is the text of the QR that is shown now, empty when there is none.
func (p *Phone) QRText() string {
	now := p.s.enter()
	defer p.s.mu.Unlock()
	if p.s.phase != phaseUnpaired {
		return ""
	}
	return p.s.qr(now)
}

// WaitForQR waits until a QR is shown and gives its text.
func (p *Phone) WaitForQR(ctx context.Context) (string, error) {
	for {
		if text := p.QRText(); text != "" {
			return text, nil
		}
		if !p.s.srv.pause(ctx, 5*time.Millisecond) {
			if ctx.Err() == nil {
				return "", errors.New("wait for a QR: the simulated gateway was closed")
			}
			return "", fmt.Errorf("wait for a QR: %w", ctx.Err())
		}
	}
}

// Receive lets a text come in from the other side of a conversation; an unknown
// chat id makes a new one.
func (p *Phone) Receive(chatID, text string) (MessageRef, error) {
	return p.arrive(chatID, "chat", text, false)
}

// ReceiveKind lets a message of any kind of contract §9.4 come in, such as "image";
// names that are no kind give a message of that unknown type.
func (p *Phone) ReceiveKind(chatID, kind string) (MessageRef, error) {
	return p.arrive(chatID, kind, "", false)
}

// SendFromPhone writes a text on the phone itself. Its short id has the shape of
// an iOS or Android phone, unlike what is sent by the gateway (contract §10.2).
func (p *Phone) SendFromPhone(chatID, text string) (MessageRef, error) {
	return p.arrive(chatID, "chat", text, true)
}

func (p *Phone) arrive(chatID, kind, text string, fromMe bool) (MessageRef, error) {
	id, ok := parseWID(chatID)
	if !ok {
		return MessageRef{}, ErrUnknownChat
	}
	s := p.s
	now := s.enter()
	defer s.mu.Unlock()
	v, ok := s.open(id)
	if !ok {
		return MessageRef{}, ErrUnknownChat
	}
	m := &message{fromMe: fromMe, phone: fromMe, ts: now.Unix()}
	m.h = hash3(s.key, int(s.news)+1, 77)
	if text == "" {
		text = s.src.newText(m.h)
	}
	who := v.peer
	if v.kind == kindGroup || v.kind == kindStatus {
		m.author, who = s.speaker(&v, m)
	}
	m.notify = who.pushname.text
	fillKind(m, kind, text, who, s.srv.art)
	s.add(&v, m, now)
	s.announce(&v, m, now)
	return s.ref(m), nil
}

// speaker chooses who writes in a group now.
func (s *session) speaker(v *view, m *message) (wid, person) {
	if m.fromMe {
		me := s.src.me()
		return me.id(), me
	}
	members := s.groupMembers(v)
	if len(members) < 2 {
		who := s.stranger(wid{"34600111222", serverPhone})
		return who.id(), who
	}
	id := members[1+m.h%uint64(len(members)-1)].id
	return id, s.stranger(id)
}

func (s *session) ref(m *message) MessageRef {
	return MessageRef{ChatID: m.chat.String(), FromMe: m.fromMe, ID: m.id, Serialized: s.printer.serialized(m, form{}), Timestamp: time.Unix(m.ts, 0)}
}

// chat runs f on a conversation that must exist.
func (p *Phone) chat(chatID string, f func(v *view, now time.Time) error) error {
	id, ok := parseWID(chatID)
	if !ok {
		return ErrUnknownChat
	}
	now := p.s.enter()
	defer p.s.mu.Unlock()
	v, ok := p.s.lookup(id)
	if !ok {
		return ErrUnknownChat
	}
	return f(&v, now)
}

// Read lets the other side read the conversation: own messages get ack 3.
func (p *Phone) Read(chatID string) error {
	return p.chat(chatID, func(v *view, _ time.Time) error {
		ch := v.change()
		ch.allRead = true
		for _, m := range ch.added {
			if m.fromMe && !m.readAck {
				m.readAck = true
				p.s.tellAck(m, 3)
			}
		}
		return nil
	})
}

// Open reads the conversation on the phone: nothing is unread any more.
func (p *Phone) Open(chatID string) error {
	return p.chat(chatID, func(v *view, now time.Time) error {
		p.s.setUnread(v, 0, now)
		return nil
	})
}

// Edit changes the text of a message.
func (p *Phone) Edit(m MessageRef, text string) error {
	return p.message(m, func(v *view, i int, now time.Time) { p.s.edit(v, i, text, now) })
}

// Revoke deletes a message for everyone.
func (p *Phone) Revoke(m MessageRef) error {
	return p.message(m, func(v *view, i int, now time.Time) { p.s.revoke(v, i, now) })
}

// React puts a reaction of the other side under a message; "" takes it away.
func (p *Phone) React(m MessageRef, emoji string) error {
	return p.message(m, func(v *view, i int, now time.Time) {
		who := v.peer.id()
		if v.kind != kindPerson {
			who, _ = p.s.speaker(v, &message{h: 1})
		}
		p.s.react(v, i, reaction{by: who, emoji: emoji, ms: now.UnixMilli()}, now)
	})
}

func (p *Phone) message(ref MessageRef, f func(v *view, i int, now time.Time)) error {
	return p.chat(ref.ChatID, func(v *view, now time.Time) error {
		i, ok := v.find(ref.ID)
		if !ok {
			return ErrNoSuchMessage
		}
		f(v, i, now)
		return nil
	})
}

// Rename changes a name in the phone's address book.
func (p *Phone) Rename(contactID, name string) error {
	id, ok := parseWID(contactID)
	if !ok {
		return ErrUnknownChat
	}
	p.s.enter()
	defer p.s.mu.Unlock()
	p.s.names[id] = name
	return nil
}

// MarkUnread marks a conversation unread by hand: its unread count is -1.
func (p *Phone) MarkUnread(chatID string) error {
	return p.chat(chatID, func(v *view, now time.Time) error {
		p.s.setUnread(v, -1, now)
		return nil
	})
}

// Archive archives a conversation or takes it out of the archive.
func (p *Phone) Archive(chatID string, archived bool) error {
	return p.chat(chatID, func(v *view, now time.Time) error {
		p.s.archive(v, archived, now)
		return nil
	})
}

// Pin pins or unpins a conversation; a fourth pin is refused.
func (p *Phone) Pin(chatID string, pinned bool) error {
	return p.chat(chatID, func(v *view, _ time.Time) error {
		if p.s.pin(v, pinned) != pinned {
			return ErrTooManyPins
		}
		return nil
	})
}

// Logout removes the linked device on the phone: new QRs come by themselves.
func (p *Phone) Logout() error {
	return p.running(func(now time.Time) {
		p.s.emit("disconnected", []byte(`{"reason":"LOGOUT"}`))
		p.s.paired, p.s.state = false, ""
		p.s.askForPairing(now)
	})
}

// Crash lets the session's browser die and nobody restarts it (contract §4.6).
func (p *Phone) Crash() error { return p.Break("browser tab closed") }

// Break lets the session's page be of no use, with what status then says of it,
// such as "session closed" for a page that does not answer (contract §4.3).
func (p *Phone) Break(message string) error {
	return p.running(func(time.Time) { p.s.phase, p.s.state, p.s.broken = phaseZombie, "", message })
}

// HoldSends keeps own new messages in the page: they stay without a tick, as on a
// session that only looks connected (contract §12.12). Ending it lets them rise.
func (p *Phone) HoldSends(hold bool) error {
	return p.running(func(time.Time) { p.s.holding = hold })
}

// Recover lets the gateway restart the session by itself, as RECOVER_SESSIONS does.
func (p *Phone) Recover() error {
	return p.running(func(now time.Time) {
		p.s.loaded, p.s.state = false, ""
		p.s.launches++
		p.s.pending = []time.Time{now.Add(p.s.srv.cfg.StartDelay)}
		p.s.advance(now)
	})
}

// SetState lets status answer with a state such as "CONFLICT" or "TIMEOUT";
// "CONNECTED" or "" ends that. After a state other than OPENING, PAIRING and TIMEOUT
// a real server closes the browser: call Crash for that.
func (p *Phone) SetState(state string) error {
	return p.running(func(time.Time) {
		data := appendString([]byte(`{"state":`), state, '}')
		if state == "CONNECTED" {
			state = ""
		}
		p.s.state = state
		p.s.emit("change_state", data)
		switch state {
		case "", "OPENING", "PAIRING", "TIMEOUT":
		default:
			p.s.emit("disconnected", appendString([]byte(`{"reason":`), state, '}'))
		}
	})
}

func (p *Phone) running(f func(now time.Time)) error {
	now := p.s.enter()
	defer p.s.mu.Unlock()
	if !p.s.loaded {
		return ErrNotRunning
	}
	f(now)
	return nil
}
