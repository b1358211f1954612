package simulator

import (
	"encoding/base64"
	"strings"
	"sync"
	"time"
)

// phase is where a session's page is in its life (contract §4.4).
type phase uint8

const (
	phaseLaunching phase = iota // C only: in the table before the page is up
	phaseUnpaired
	phasePairing
	phaseConnected
	phaseZombie
)

const pairingCodeLife = 180 * time.Second

// session is one session name with its account. All members below mu are guarded by
// it; methods that do not lock say that the caller does.
type session struct {
	srv     *Server
	name    string
	src     source
	key     uint64
	printer *printer

	mu       sync.Mutex
	paired   bool
	loaded   bool        // in the server's table
	pending  []time.Time // launches that no table shows yet, by when they end
	launches int
	phase    phase
	upAt     time.Time // phaseLaunching: when the page is up
	qrSince  time.Time // first QR of this pairing
	qrPeriod int       // how many pairings there were, so that QRs never repeat
	qrSent   int       // last QR that was told as an event
	staleQR  string    // C never clears it
	scanAt   time.Time
	upSince  time.Time // CONNECTED since
	isReady  bool      // the ready event was told
	state    string    // SetState
	codeFrom time.Time // pairing codes are asked for since
	codeSent int
	codeAsks int // so that a code never comes again
	due      []dueAck
	unseen   []dueSeen // only with Config.MarksSeen
	broken   string    // phaseZombie: what status says
	holding  bool      // own messages do not leave the page

	chats   map[wid]*chat
	order   []wid // of chats that are not base data
	names   map[wid]string
	blocked map[wid]bool
	news    uint64 // how many messages came after the base data

	way     eventWay
	hubOpen bool
	subs    map[*subscriber]struct{}
}

func newSession(srv *Server, name string) *session {
	s := &session{
		srv: srv, name: name, src: srv.newSource(name),
		key:    hashText(mix(uint64(srv.cfg.Seed)), name),
		paired: srv.cfg.Paired,
		chats:  map[wid]*chat{}, names: map[wid]string{}, blocked: map[wid]bool{},
		subs: map[*subscriber]struct{}{},
		way:  eventWay{EventFaults: srv.events},
	}
	me := s.src.me()
	s.printer = &printer{
		dollar: srv.cfg.DollarIDs, dataSize: srv.cfg.DataSize, art: srv.art,
		me: wid{me.phone, serverPhone}, meLID: wid{me.lid, serverLID},
		lid: func(id wid) wid {
			if p, ok := s.src.find(id); ok && id.server == serverPhone {
				return wid{p.lid, serverLID}
			}
			return id
		},
	}
	return s
}

// enter locks the session and brings it up to date.
func (s *session) enter() time.Time {
	now := s.srv.cfg.Now()
	s.mu.Lock()
	s.advance(now)
	return now
}

// advance performs every change that was due by now. The caller locks.
func (s *session) advance(now time.Time) {
	for len(s.pending) > 0 && !s.pending[0].After(now) {
		at := s.pending[0]
		s.pending = s.pending[1:]
		s.loaded = true
		s.pageUp(at)
	}
	if len(s.way.late) > 0 {
		s.flushLate(now)
	}
	if !s.loaded {
		return
	}
	if s.phase == phaseLaunching && !s.upAt.After(now) {
		s.pageUp(s.upAt)
	}
	if s.phase == phaseUnpaired {
		s.advanceQR(now)
	}
	if s.phase == phasePairing && !s.scanAt.Add(s.srv.cfg.PairDelay).After(now) {
		s.paired = true
		s.connect(s.scanAt.Add(s.srv.cfg.PairDelay))
	}
	if s.phase == phaseConnected && !s.isReady && s.ready(now) {
		s.isReady = true
		s.emit("ready", nil)
	}
	s.advanceAcks(now)
	s.advanceSeen(now)
}

func (s *session) pageUp(at time.Time) {
	s.state, s.codeFrom = "", time.Time{}
	if s.paired {
		s.connect(at)
		return
	}
	s.askForPairing(at)
}

func (s *session) askForPairing(at time.Time) {
	s.phase, s.qrSince, s.qrSent = phaseUnpaired, at, -1
	s.qrPeriod++
	s.advanceQR(at)
}

func (s *session) connect(at time.Time) {
	s.phase, s.upSince, s.isReady = phaseConnected, at, false
	s.codeFrom = time.Time{}
	s.emit("loading_screen", []byte(`{"percent":0,"message":"WhatsApp"}`))
	s.emit("loading_screen", []byte(`{"percent":100,"message":"WhatsApp"}`))
	s.emit("authenticated", nil)
}

func (s *session) advanceQR(now time.Time) {
	cfg := &s.srv.cfg
	end := now
	if scan := s.qrSince.Add(cfg.PairAfter); cfg.PairAfter > 0 && !scan.After(now) {
		end = scan
	}
	if n := s.qrNumber(end); n != s.qrSent {
		s.qrSent = n
		s.staleQR = s.qrText(n)
		s.emit("qr", appendString(append([]byte(nil), `{"qr":`...), s.staleQR, '}'))
	}
	if !s.codeFrom.IsZero() {
		if n := int(now.Sub(s.codeFrom) / pairingCodeLife); n != s.codeSent {
			s.codeSent = n
			s.emit("code", appendString(append([]byte(nil), `{"code":`...), s.code(n), '}'))
		}
	}
	if cfg.PairAfter > 0 && !s.qrSince.Add(cfg.PairAfter).After(now) {
		s.phase, s.scanAt = phasePairing, s.qrSince.Add(cfg.PairAfter)
	}
}

func (s *session) qrNumber(now time.Time) int {
	return int(now.Sub(s.qrSince) / s.srv.cfg.QRInterval)
}

// qrText is five fields joined by commas (contract §4.1). The three keys belong to the
// device, the first field changes.
func (s *session) qrText(n int) string {
	ref := noiseText(hash3(s.key, s.qrPeriod, n), 84)
	keys := make([]string, 3)
	for i := range keys {
		keys[i] = noiseText(hash3(s.key, s.qrPeriod, -2-i), 32)
	}
	return "2@" + strings.TrimRight(ref, "=") + "," + strings.Join(keys, ",") + ",1"
}

func noiseText(h uint64, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(hash2(h, i))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// qr gives the QR text to show, as /session/qr would; empty when there is none.
func (s *session) qr(now time.Time) string {
	if !s.loaded {
		return ""
	}
	if s.srv.cfg.Flavour == FlavourC && s.phase != phaseZombie {
		return s.staleQR
	}
	if s.phase != phaseUnpaired {
		return ""
	}
	return s.qrText(s.qrNumber(now))
}

func (s *session) code(n int) string {
	const letters = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"
	h := hash3(s.key, s.codeAsks*1000+n, 500)
	var b [8]byte
	for i := range b {
		b[i] = letters[h>>(5*i)&31]
	}
	return string(b[:])
}

func (s *session) ready(now time.Time) bool {
	return s.loaded && s.phase == phaseConnected && !s.upSince.Add(s.srv.cfg.ReadyDelay).After(now)
}

// status gives the three members of /session/status; state is empty for null.
func (s *session) status(now time.Time) (ok bool, state, message string) {
	switch {
	case !s.loaded:
		return false, "", "session_not_found"
	case s.phase == phaseZombie:
		return false, "", s.broken
	case s.state != "":
		return false, s.state, "session_not_connected"
	}
	state = s.pageState(now)
	if state == "CONNECTED" {
		return true, state, "session_connected"
	}
	return false, state, "session_not_connected"
}

// pageState is what the page says of itself; empty for null.
func (s *session) pageState(now time.Time) string {
	switch {
	case s.state != "":
		return s.state
	case s.phase == phaseUnpaired && s.srv.cfg.Flavour == FlavourA:
		return "UNPAIRED"
	case s.phase == phasePairing && now.Sub(s.scanAt) < s.srv.cfg.PairDelay/2:
		return "PAIRING"
	case s.phase == phasePairing:
		return "OPENING"
	case s.phase == phaseConnected:
		return "CONNECTED"
	}
	return ""
}

// launch begins a start and gives when the page will be up. The caller locks.
func (s *session) launch(now time.Time) time.Time {
	up := now.Add(s.srv.cfg.StartDelay)
	s.launches++
	s.hubOpen = true
	s.staleQR = ""
	if s.srv.cfg.Flavour == FlavourC {
		s.loaded, s.phase, s.upAt, s.state = true, phaseLaunching, up, ""
	} else {
		s.pending = append(s.pending, up)
	}
	s.advance(now)
	return up
}

// relaunch is restart: the table forgets the session until the page is up on A.
func (s *session) relaunch(now time.Time) time.Time {
	s.loaded, s.pending = false, nil
	return s.launch(now)
}

// unload takes the session out of the table and cuts its WebSockets.
func (s *session) unload() {
	s.loaded, s.state, s.staleQR = false, "", ""
	s.hubOpen = false
	for sub := range s.subs {
		sub.cut()
	}
}

// logout is terminate: the device is removed and its folder deleted.
func (s *session) logout() {
	s.unload()
	s.paired = false
}
