package simulator

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"time"
)

// Server imitates one gateway. Make it with New, end it with Close.
type Server struct {
	cfg    Config
	faults *faultBox
}

// RequestLog is one request that was received.
type RequestLog struct {
	Time    time.Time
	Method  string
	Path    string // as sent, with the base path
	Route   string // "POST /client/sendMessage": without base path and session
	Session string
	Query   string
	Key     string // x-api-key as received
	Status  int    // 0 while running or when the connection was cut
	Body    string // the first 4,096 bytes
	Fault   FaultKind
}

// New makes a server. It listens nowhere until Listen or Serve; Handler can be used
// at once.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.normal()
	if err != nil {
		return nil, fmt.Errorf("configure the simulated gateway: %w", err)
	}
	return &Server{cfg: cfg, faults: newFaultBox(cfg.Seed, cfg.Faults)}, nil
}

// Handler gives the gateway as a handler, for httptest.
func (s *Server) Handler() http.Handler { return http.NotFoundHandler() }

// Listen opens addr (such as "127.0.0.1:0") and serves in the background until Close.
func (s *Server) Listen(addr string) error { return nil }

// Serve opens addr and serves until ctx ends or Close is called.
func (s *Server) Serve(ctx context.Context, addr string) error { return nil }

// URL is the base URL, with the base path and without a slash at its end; empty
// before Listen.
func (s *Server) URL() string { return "" }

// Close ends the listener, open connections and all goroutines, and waits for them.
// A second call does nothing.
func (s *Server) Close() error { return nil }

// SetFaults replaces all faults. Unknown kinds are an error and change nothing.
func (s *Server) SetFaults(faults ...Fault) error { return nil }

// Phone gives the phone of a session. The session need not be started.
func (s *Server) Phone(session string) *Phone { return &Phone{server: s, session: session} }

// Truth gives what a perfect client would hold of a session. Without a name it is
// that of the first session that was used, or of any session when none was.
func (s *Server) Truth(session ...string) Truth { return Truth{} }

// TruthContacts gives the unique contact ids of a session, in the order of getContacts.
func (s *Server) TruthContacts(session string) iter.Seq[string] { return nil }

// TruthConversations gives the conversations of a session.
func (s *Server) TruthConversations(session string) iter.Seq[TruthConversation] { return nil }

// TruthMessages gives the messages of one conversation, oldest first.
func (s *Server) TruthMessages(session, chatID string) iter.Seq[TruthMessage] { return nil }

// Requests gives the last 10,000 requests, oldest first.
func (s *Server) Requests() []RequestLog { return nil }

// Count says how many requests a route has had, such as "GET /session/start".
func (s *Server) Count(route string) int { return 0 }

// ResetRequests forgets the requests and their counts.
func (s *Server) ResetRequests() {}

// Launches says how many browsers were launched for a session.
func (s *Server) Launches(session string) int { return 0 }

// DemoLine gives a believable incoming text and the conversation it belongs to.
func (s *Server) DemoLine(session string, rng *rand.Rand) (chatID, text string) { return "", "" }

// Chatter plays an incoming message about every interval while the session is
// ready, until ctx ends or Close is called. It returns at once.
func (s *Server) Chatter(ctx context.Context, session string, interval time.Duration) {}

// Scan lets the phone scan the QR that is shown.
func (p *Phone) Scan() error { return nil }

// EnterCode types the pairing code into the phone.
func (p *Phone) EnterCode(code string) error { return nil }

// QRText is the text of the QR that is shown now, empty when there is none.
func (p *Phone) QRText() string { return "" }

// Receive lets a text come in from the other side of a conversation; an unknown
// chat id makes a new one.
func (p *Phone) Receive(chatID, text string) (MessageRef, error) { return MessageRef{}, nil }

// ReceiveKind lets a message of any kind of contract §9.4 come in, such as "image".
func (p *Phone) ReceiveKind(chatID, kind string) (MessageRef, error) { return MessageRef{}, nil }

// SendFromPhone writes a text on the phone itself.
func (p *Phone) SendFromPhone(chatID, text string) (MessageRef, error) { return MessageRef{}, nil }

// Read lets the other side read the conversation: own messages get ack 3.
func (p *Phone) Read(chatID string) error { return nil }

// Open reads the conversation on the phone: nothing is unread any more.
func (p *Phone) Open(chatID string) error { return nil }

// Edit changes the text of a message.
func (p *Phone) Edit(m MessageRef, text string) error { return nil }

// Revoke deletes a message for everyone.
func (p *Phone) Revoke(m MessageRef) error { return nil }

// React puts a reaction of the other side under a message; "" takes it away.
func (p *Phone) React(m MessageRef, emoji string) error { return nil }

// Rename changes a name in the phone's address book.
func (p *Phone) Rename(contactID, name string) error { return nil }

// MarkUnread marks a conversation unread by hand: its unread count is -1.
func (p *Phone) MarkUnread(chatID string) error { return nil }

// Archive archives a conversation or takes it out of the archive.
func (p *Phone) Archive(chatID string, archived bool) error { return nil }

// Pin pins or unpins a conversation; a fourth pin is refused with an error.
func (p *Phone) Pin(chatID string, pinned bool) error { return nil }

// Logout removes the linked device on the phone: new QRs come by themselves.
func (p *Phone) Logout() error { return nil }

// Crash lets the session's browser die and nobody restarts it (contract §4.6).
func (p *Phone) Crash() error { return nil }

// Recover lets the gateway restart the session by itself, as RECOVER_SESSIONS does.
func (p *Phone) Recover() error { return nil }

// SetState lets status answer with a state such as "CONFLICT" or "TIMEOUT";
// "CONNECTED" or "" ends that.
func (p *Phone) SetState(state string) error { return nil }
