package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// MediaTarget takes the bytes of a file as they arrive.
type MediaTarget interface {
	io.Writer
	// Begin empties the target: a try begins. total is how many bytes are
	// announced, zero when that is not told. An error ends the call.
	Begin(total int64) error
}

// MediaInfo describes a file that was fetched: the sender's words, not yet
// held against the bytes.
type MediaInfo struct {
	Mimetype string // may have parameters: audio/ogg; codecs=opus
	Filename string // directories and control characters removed
}

// DownloadMediaTo fetches the file of a message, at most limit bytes (zero:
// MaxMediaBytes), and writes it to the target while it arrives; nothing of it is
// held in memory. It asks for the bytes themselves and, on a gateway that has no
// such call, for base64. KindMediaGone when it cannot be had now: expired, or
// the phone must upload it again (contract §7, §12.11). KindTooLarge above the
// limit. Errors of the target are returned as they are.
//
// POST /message/downloadMediaAsData/:id, POST /message/downloadMedia/:id
func (c *Client) DownloadMediaTo(ctx context.Context, session string, ref MessageRef, limit int64, target MediaTarget) (MediaInfo, error) {
	if limit <= 0 || limit > MaxMediaBytes {
		limit = MaxMediaBytes
	}
	if !c.noMediaData.Load() {
		info, err := c.mediaData(ctx, session, ref, limit, target)
		if KindOf(err) != KindEndpointMissing {
			return info, err
		}
		c.noMediaData.Store(true)
	}
	return c.mediaText(ctx, session, ref, limit, target)
}

// mediaData asks for the bytes. Generation A only.
func (c *Client) mediaData(ctx context.Context, session string, ref MessageRef, limit int64, target MediaTarget) (MediaInfo, error) {
	var info MediaInfo
	k := &call{op: "DownloadMedia", method: http.MethodPost, route: "/message/downloadMediaAsData/:id", session: session,
		class: classRead, body: ref.body(), timeout: max(c.timeout, mediaTimeout)}
	k.answer = func(resp *http.Response) (err error) {
		info, err = c.readMediaData(k, resp, limit, target)
		return err
	}
	return info, plain(c.do(ctx, k))
}

// mediaText asks for the file in base64.
func (c *Client) mediaText(ctx context.Context, session string, ref MessageRef, limit int64, target MediaTarget) (MediaInfo, error) {
	var info MediaInfo
	k := &call{op: "DownloadMedia", method: http.MethodPost, route: "/message/downloadMedia/:id", session: session,
		class: classRead, body: ref.body(), timeout: max(c.timeout, mediaTimeout)}
	k.answer = func(resp *http.Response) (err error) {
		info, err = c.readMediaText(k, resp, limit, target)
		return err
	}
	return info, plain(c.do(ctx, k))
}

// plain takes an error of the caller's own target out of its wrapping.
func plain(err error) error {
	var stop *callbackError
	if errors.As(err, &stop) {
		return stop.err
	}
	return err
}

// gone says that the file cannot be had now; asking again at once is in vain.
func gone(k *call, status int) error {
	e := k.fail(KindMediaGone, status, "", nil)
	e.permanent = true
	return e
}

// readMediaData reads an answer that is the file itself. A file can be JSON or a
// page too: only the header that names an attachment tells it from an answer
// that says no, or from the page of a proxy.
func (c *Client) readMediaData(k *call, resp *http.Response, limit int64, target MediaTarget) (MediaInfo, error) {
	if !isOK(resp) {
		return MediaInfo{}, c.readRefusal(k, resp)
	}
	name, attached := attachment(resp)
	if !attached {
		if err := c.readEnvelope(k, resp); err != nil {
			return MediaInfo{}, err
		}
		return MediaInfo{}, gone(k, resp.StatusCode)
	}
	if resp.ContentLength > limit {
		return MediaInfo{}, c.readFailure(k, resp, errOverCap)
	}
	if resp.ContentLength == 0 {
		return MediaInfo{}, gone(k, resp.StatusCode)
	}
	if err := target.Begin(max(resp.ContentLength, 0)); err != nil {
		return MediaInfo{}, &callbackError{err}
	}
	n, err := copyMedia(target, resp.Body, limit)
	switch {
	case err != nil && asCallback(err):
		return MediaInfo{}, err
	case errors.Is(err, errOverCap):
		return MediaInfo{}, c.readFailure(k, resp, err)
	case err != nil:
		return MediaInfo{}, c.readFailure(k, resp, &bodyError{err})
	case n == 0:
		return MediaInfo{}, gone(k, resp.StatusCode)
	}
	return MediaInfo{Mimetype: cut(resp.Header.Get("Content-Type"), maxFileName), Filename: name}, nil
}

// attachment returns the name that an answer gives to its file, and whether it
// is a file at all. The name is percent-encoded (contract §7).
func attachment(resp *http.Response) (name string, ok bool) {
	header := resp.Header.Get("Content-Disposition")
	kind, params, err := mime.ParseMediaType(header)
	if err != nil {
		// The name may hold what a header must not; the file is there all the same.
		kind, _, _ = strings.Cut(header, ";")
		_, after, _ := strings.Cut(header, "filename=")
		params = map[string]string{"filename": strings.Trim(after, `"`)}
	}
	name = params["filename"]
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if name == "undefined" || name == "null" { // what the gateway makes of a missing name
		name = ""
	}
	return fileName(strings.ToValidUTF8(name, "\uFFFD")), strings.EqualFold(strings.TrimSpace(kind), "attachment")
}

func asCallback(err error) bool {
	var stop *callbackError
	return errors.As(err, &stop)
}

// copyMedia writes what is read to the target, at most limit bytes.
func copyMedia(target io.Writer, from io.Reader, limit int64) (int64, error) {
	buf := make([]byte, 64<<10)
	total := int64(0)
	for {
		n, err := from.Read(buf)
		total += int64(n)
		if total > limit {
			return total, errOverCap
		}
		if n > 0 {
			if _, werr := target.Write(buf[:n]); werr != nil {
				return total, &callbackError{werr}
			}
		}
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return total, nil
		case err != nil:
			return total, err
		}
	}
}

// readMediaText reads an answer that carries a file in base64, decoding while it
// arrives so that the text is never held.
func (c *Client) readMediaText(k *call, resp *http.Response, limit int64, target MediaTarget) (MediaInfo, error) {
	var info MediaInfo
	if !isOK(resp) || !isJSON(resp) {
		return info, c.readRefusal(k, resp)
	}
	if err := target.Begin(0); err != nil {
		return info, &callbackError{err}
	}
	var v envelope
	found := int64(0)
	s := newStream(resp.Body, limit/3*4+1<<16)
	err := s.members(func(key string) error {
		if key == "messageMedia" {
			n, err := s.media(&info, limit, target)
			found = n
			return err
		}
		d, err := s.small()
		if err != nil {
			return err
		}
		v.take(d, key)
		return d.err
	})
	switch {
	case err != nil && asCallback(err):
		return info, err
	case err != nil:
		return info, c.readFailure(k, resp, err)
	}
	if err := c.verdict(k, resp, &v); err != nil {
		return info, err
	}
	if found == 0 {
		return info, gone(k, resp.StatusCode)
	}
	return info, nil
}

// media takes the file, and returns how many bytes it has; none for null.
func (s *stream) media(info *MediaInfo, limit int64, target io.Writer) (int64, error) {
	if c, err := s.peek(); err != nil {
		return 0, err
	} else if c != '{' {
		return 0, s.skip()
	}
	total := int64(0)
	err := s.members(func(key string) error {
		if key == "data" && total == 0 {
			n, err := s.base64(limit, target)
			total = n
			return err
		}
		d, err := s.small()
		if err != nil {
			return err
		}
		switch key {
		case "mimetype":
			info.Mimetype = d.name()
		case "filename":
			info.Filename = fileName(d.str())
		}
		return d.err
	})
	return total, err
}

// base64 takes a text and writes what it decodes to; nothing for anything else.
func (s *stream) base64(limit int64, target io.Writer) (int64, error) {
	if c, err := s.peek(); err != nil {
		return 0, err
	} else if c != '"' {
		return 0, s.skip()
	}
	s.pos++
	text := &stringReader{s: s}
	n, err := copyMedia(target, base64.NewDecoder(base64.StdEncoding, text), limit)
	if err != nil {
		return n, err
	}
	// The decoder stops at the padding; the closing quote is still to come.
	_, err = io.Copy(io.Discard, text)
	return n, err
}

// memory is a target that holds the file.
type memory struct{ bytes.Buffer }

// Begin is MediaTarget.
func (m *memory) Begin(int64) error {
	m.Reset()
	return nil
}

// DownloadMedia fetches the file of a message into memory, as base64 from either
// generation, at most 25 MB; for larger ones and for progress there is
// DownloadMediaTo. KindMediaGone when it cannot be had now.
//
// POST /message/downloadMedia/:id
func (c *Client) DownloadMedia(ctx context.Context, session string, ref MessageRef) (*Media, error) {
	var m memory
	info, err := c.mediaText(ctx, session, ref, MaxMediaBytes, &m)
	if err != nil {
		return nil, err
	}
	return &Media{Mimetype: info.Mimetype, Filename: info.Filename, Data: m.Bytes()}, nil
}

// DownloadProfilePic fetches a picture from the address that ProfilePicURL
// gave: from a foreign host by https, without the key, at most 5 MB, and only
// when it is a picture. It returns the bytes and their type. KindNotFound when
// the address has died (contract §5.1).
//
// GET <address>
func (c *Client) DownloadProfilePic(ctx context.Context, address string) ([]byte, string, error) {
	return c.fetchPicture(ctx, address)
}
