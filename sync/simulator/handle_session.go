package simulator

import (
	"net/http"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"
)

// notFound is the 200 answer of restart and terminate for a session that is not in
// memory.
const notFound = `{"success":false,"state":null,"message":"session_not_found"}`

func getSessions(c *call) {
	b := []byte(`,"result":[`)
	n := 0
	for _, name := range c.srv.names() {
		s := c.srv.session(name)
		s.enter()
		if s.loaded {
			if n++; n > 1 {
				b = append(b, ',')
			}
			b = appendString(b, name)
		}
		s.mu.Unlock()
	}
	c.succeed(append(b, ']'))
}

func startSession(c *call) {
	now := c.s.enter()
	if c.s.loaded {
		c.s.mu.Unlock()
		c.fail(http.StatusUnprocessableEntity, "Session already exists for: "+c.s.name)
		return
	}
	up := c.s.launch(now)
	c.s.mu.Unlock()
	c.untilUp(up)
	c.succeedText("message", "Session initiated successfully")
}

// untilUp blocks an A server's start and restart; the launch goes on without the client.
func (c *call) untilUp(up time.Time) {
	if c.srv.cfg.Flavour == FlavourA {
		c.srv.waitUntil(c.r.Context(), up)
	}
	c.s.enter()
	c.s.mu.Unlock()
}

func sessionStatus(c *call) {
	now := c.s.enter()
	ok, state, message := c.s.status(now)
	c.s.mu.Unlock()
	b := appendBool([]byte(`{"x":0`), "success", ok)
	b = append([]byte{'{'}, b[len(`{"x":0,`):]...)
	if state == "" {
		b = append(b, `,"state":null`...)
	} else {
		b = appendText(b, "state", state)
	}
	sendJSON(c.w, c.r, http.StatusOK, append(appendText(b, "message", message), '}'))
}

// currentQR gives the QR text or answers why there is none.
func (c *call) currentQR() string {
	now := c.s.enter()
	loaded, text := c.s.loaded, c.s.qr(now)
	c.s.mu.Unlock()
	switch {
	case !loaded:
		c.refuse("session_not_found")
	case text == "":
		c.refuse("qr code not ready or already scanned")
	}
	return text
}

func (c *call) noStore() {
	if c.srv.cfg.Flavour == FlavourA {
		c.w.Header().Set("Cache-Control", "no-cache, no-store, must-revalidate")
		c.w.Header().Set("Expires", "0")
	}
}

func sessionQR(c *call) {
	if text := c.currentQR(); text != "" {
		c.noStore()
		c.succeedText("qr", text)
	}
}

func sessionQRImage(c *call) {
	text := c.currentQR()
	if text == "" {
		return
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		c.fail(http.StatusInternalServerError, err.Error())
		return
	}
	png, err := code.PNG(-5) // five dots a module, about 345 x 345
	if err != nil {
		c.fail(http.StatusInternalServerError, err.Error())
		return
	}
	setCommon(c.w.Header())
	c.noStore()
	c.w.Header().Set("Content-Type", "image/png")
	half := len(png) / 2
	_, _ = c.w.Write(png[:half])
	_ = http.NewResponseController(c.w).Flush() // in two pieces, so that no length is told
	_, _ = c.w.Write(png[half:])
}

func requestPairingCode(c *call) {
	now := c.s.enter()
	defer c.s.mu.Unlock()
	number := strings.TrimPrefix(c.text("phoneNumber"), "+")
	switch {
	case !c.s.loaded:
		c.refuse("session_not_found")
	case c.s.phase != phaseUnpaired:
		c.throw("Cannot read properties of undefined (reading 'requestPairingCode')")
	case !digitsOnly(number) || len(number) < 8:
		c.throw("Invalid phone number")
	default:
		c.s.codeFrom, c.s.codeSent = now, -1
		c.s.codeAsks++
		c.s.advanceQR(now)
		c.succeedText("result", c.s.code(0))
	}
}

func restartSession(c *call) {
	now := c.s.enter()
	if !c.s.loaded {
		c.s.mu.Unlock()
		sendJSON(c.w, c.r, http.StatusOK, []byte(notFound))
		return
	}
	up := c.s.relaunch(now)
	c.s.mu.Unlock()
	c.untilUp(up)
	c.succeedText("message", "Restarted successfully")
}

func stopSession(c *call) {
	c.s.enter()
	if c.s.loaded {
		c.s.unload()
	}
	c.s.mu.Unlock()
	c.succeedText("message", "Session stopped successfully")
}

func terminateSession(c *call) {
	c.s.enter()
	loaded := c.s.loaded
	if loaded {
		c.s.logout()
	}
	c.s.mu.Unlock()
	if !loaded {
		sendJSON(c.w, c.r, http.StatusOK, []byte(notFound))
		return
	}
	c.succeedText("message", "Logged out successfully")
}

func terminateMany(c *call) {
	onlyInactive := strings.EqualFold(c.method, "terminateInactive")
	for _, name := range c.srv.names() {
		s := c.srv.session(name)
		now := s.enter()
		if ok, _, _ := s.status(now); s.loaded && (!onlyInactive || !ok) {
			s.logout()
		}
		s.mu.Unlock()
	}
	c.succeedText("message", "Flush completed successfully")
}

func getState(c *call) {
	now := c.s.enter()
	loaded, dead, state := c.s.loaded, c.s.phase == phaseZombie, c.s.pageState(now)
	c.s.mu.Unlock()
	switch {
	case !loaded:
		c.fail(http.StatusInternalServerError, "Cannot read properties of undefined (reading 'getState')")
	case dead:
		c.fail(http.StatusInternalServerError, "Protocol error (Runtime.callFunctionOn): Target closed.")
	case state == "":
		c.succeed([]byte(`,"state":null`))
	default:
		c.succeedText("state", state)
	}
}
