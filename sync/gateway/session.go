package gateway

import (
	"context"
	"net/http"
	"strings"
)

// Ping asks whether a gateway answers at all. It needs no key and proves none
// (contract §3 Key).
//
// GET /ping
func (c *Client) Ping(ctx context.Context) error { return c.ping(ctx, c.tries) }

func (c *Client) ping(ctx context.Context, tries int) error {
	pong := false
	err := c.do(ctx, &call{op: "Ping", method: http.MethodGet, route: "/ping", class: classRead, most: tries,
		member: func(d *dec, key string) bool {
			if key != "message" {
				return false
			}
			pong = d.str() == "pong"
			return true
		}})
	if err == nil && !pong {
		return &Error{Op: "Ping", Method: http.MethodGet, Path: "/ping", Status: http.StatusOK, Kind: KindMalformed, Message: "the answer is not a gateway's"}
	}
	return err
}

// Sessions names the sessions in the gateway's memory; one that is starting is
// not among them. Generation A only.
//
// GET /session/getSessions
func (c *Client) Sessions(ctx context.Context) ([]string, error) {
	return c.sessions(ctx, c.tries)
}

func (c *Client) sessions(ctx context.Context, tries int) ([]string, error) {
	var names []string
	err := c.do(ctx, &call{op: "Sessions", method: http.MethodGet, route: "/session/getSessions", class: classRead, most: tries,
		member: func(d *dec, key string) bool {
			if key != "result" {
				return false
			}
			names = d.strs()
			return true
		}})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// SessionStatus asks for the session's state. An unknown session is an answer.
//
// GET /session/status/:id
func (c *Client) SessionStatus(ctx context.Context, session string) (Status, error) {
	var st Status
	err := c.do(ctx, &call{op: "SessionStatus", method: http.MethodGet, route: "/session/status/:id", session: session,
		class: classRead, failureIsAnswer: true,
		member: func(d *dec, key string) bool {
			switch key {
			case "success":
				st.Success = d.bool()
			case "state":
				st.State = d.str()
			case "message":
				st.Message = d.str()
			default:
				return false
			}
			return true
		}})
	if err != nil {
		return Status{}, err
	}
	return st, nil
}

// QR asks for the text of the pairing code as it is now; WhatsApp replaces it
// every 20 to 60 seconds.
//
// GET /session/qr/:id
func (c *Client) QR(ctx context.Context, session string) (QRAnswer, error) {
	var text, message string
	err := c.do(ctx, &call{op: "QR", method: http.MethodGet, route: "/session/qr/:id", session: session,
		class: classRead, failureIsAnswer: true,
		member: func(d *dec, key string) bool {
			switch key {
			case "qr":
				text = d.str()
			case "message":
				message = d.str()
			default:
				return false
			}
			return true
		}})
	if err != nil {
		return QRAnswer{}, err
	}
	if text != "" {
		return QRAnswer{Text: text}, nil
	}
	return QRAnswer{Reason: qrReason(message)}, nil
}

func qrReason(message string) QRReason {
	if strings.Contains(message, "session_not_found") {
		return QRNotFound
	}
	return QRNotReady
}

// QRImage asks for the gateway's own picture of the pairing code. Drawing the
// text of QR oneself is better; this is the second choice.
//
// GET /session/qr/:id/image
func (c *Client) QRImage(ctx context.Context, session string) (QRImageAnswer, error) {
	var answer QRImageAnswer
	k := &call{op: "QRImage", method: http.MethodGet, route: "/session/qr/:id/image", session: session,
		class: classRead, failureIsAnswer: true, limit: maxQRImage}
	var message string
	k.member = func(d *dec, key string) bool {
		if key != "message" {
			return false
		}
		message = d.str()
		return true
	}
	k.answer = func(resp *http.Response) error {
		answer, message = QRImageAnswer{}, ""
		// The status is 200 in every case: only the type tells.
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(mediaType(resp), "image/") {
			if err := c.readEnvelope(k, resp); err != nil {
				return err
			}
			answer.Reason = qrReason(message)
			return nil
		}
		png, err := c.readCapped(k, resp)
		answer.PNG = png
		return err
	}
	if err := c.do(ctx, k); err != nil {
		return QRImageAnswer{}, err
	}
	return answer, nil
}

// RequestPairingCode asks for the 8 characters to type on the phone instead of
// scanning; phone is digits with the country code, without plus. The session
// must be waiting for a QR. Generation A only.
//
// POST /session/requestPairingCode/:id
func (c *Client) RequestPairingCode(ctx context.Context, session, phone string) (string, error) {
	body := struct {
		PhoneNumber      string `json:"phoneNumber"`
		ShowNotification bool   `json:"showNotification"`
	}{phone, true}
	code := ""
	err := c.do(ctx, &call{op: "RequestPairingCode", method: http.MethodPost, route: "/session/requestPairingCode/:id",
		session: session, class: classOnce, body: body,
		member: func(d *dec, key string) bool {
			if key != "result" {
				return false
			}
			code = d.str()
			return true
		}})
	if err != nil {
		return "", err
	}
	return code, nil
}

// Restart restarts the session's browser and keeps the pairing. Generation A
// answers when the new page is up, which takes tens of seconds.
//
// GET /session/restart/:id
func (c *Client) Restart(ctx context.Context, session string) error {
	return c.do(ctx, &call{op: "Restart", method: http.MethodGet, route: "/session/restart/:id", session: session,
		class: classOnce, timeout: StartTimeout})
}

// Stop closes the session's browser and keeps the pairing; an unknown session
// is no error. Generation A only.
//
// GET /session/stop/:id
func (c *Client) Stop(ctx context.Context, session string) error {
	return c.do(ctx, &call{op: "Stop", method: http.MethodGet, route: "/session/stop/:id", session: session,
		class: classOnce, timeout: max(c.timeout, stopTimeout)})
}

// Terminate logs the device out on WhatsApp: the next start needs a new QR. A
// session that is not in memory gives KindSessionNotFound.
//
// GET /session/terminate/:id
func (c *Client) Terminate(ctx context.Context, session string) error {
	return c.do(ctx, &call{op: "Terminate", method: http.MethodGet, route: "/session/terminate/:id", session: session,
		class: classOnce, timeout: max(c.timeout, stopTimeout)})
}
