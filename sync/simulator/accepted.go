package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Accepted is one message of the account's owner that WhatsApp took: by the
// gateway, whatever the gateway answered, or written on the phone.
type Accepted struct {
	Session string    `json:"session"`
	ChatID  string    `json:"chat_id"`
	ID      string    `json:"id"`   // the short id
	Type    string    `json:"type"` // as in contract §9.4
	Text    string    `json:"text"` // of media the caption
	SHA256  string    `json:"sha256,omitempty"`
	Size    int64     `json:"size,omitempty"` // of the file, in bytes
	Quoted  string    `json:"quoted,omitempty"`
	Phone   bool      `json:"phone,omitempty"`
	Time    time.Time `json:"time"`
}

// Accepted gives the record of all sessions in the order of acceptance. What was
// deleted or edited later stands in it as it was.
func (s *Server) Accepted() []Accepted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// record enters an own message. The caller locks the session.
func (s *Server) record(se *session, m *message, now time.Time) {
	if !m.fromMe {
		return
	}
	a := Accepted{Session: se.name, ChatID: m.chat.String(), ID: m.id, Type: m.typ, Text: m.body, Phone: m.phone, Time: now}
	if m.typ == "location" {
		a.Text = m.placeName // the body is a picture of the map
	}
	if m.quoted != nil {
		a.Quoted = m.quoted.id
	}
	if m.data != nil {
		sum := sha256.Sum256(m.data)
		a.SHA256, a.Size = hex.EncodeToString(sum[:]), int64(len(m.data))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = append(s.accepted, a)
}

// Acted is one change of a message that WhatsApp took from the gateway, whatever the
// gateway answered. One that is made twice stands in the record twice.
type Acted struct {
	Session string    `json:"session"`
	ChatID  string    `json:"chat_id"`
	ID      string    `json:"id"`    // the short id of the message
	Call    string    `json:"call"`  // "react", "edit", "delete", "star" or "unstar"
	Value   string    `json:"value"` // the emoji, the new text; of a deletion "everyone" or "me", as it was done
	Time    time.Time `json:"time"`
}

// Acted gives the record of changes of all sessions in the order of acceptance.
func (s *Server) Acted() []Acted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acted)
}

// recordAct enters a change of a message. The caller locks the session.
func (c *call) recordAct(m *message, value string, now time.Time) {
	a := Acted{Session: c.s.name, ChatID: m.chat.String(), ID: m.id, Call: strings.ToLower(c.method), Value: value, Time: now}
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	c.srv.acted = append(c.srv.acted, a)
}

// done ends a call that changed a message: with what belongs into the answer, or
// with the 500 that a fault wants.
func (c *call) done(members []byte) {
	switch {
	case c.deliveredAndFailed():
	case c.fault.Kind == FaultNoMessage:
		c.succeed(nil)
	default:
		c.succeed(members)
	}
}

// serveAccepted answers GET /__accepted with the record, outside of the paths
// that a gateway has. No key is asked.
func (s *Server) serveAccepted(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != s.cfg.BasePath+"/__accepted" {
		return false
	}
	body, err := json.Marshal(append([]Accepted{}, s.Accepted()...))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return true
	}
	w.Header().Set("Content-Type", jsonType)
	_, _ = w.Write(body)
	return true
}
