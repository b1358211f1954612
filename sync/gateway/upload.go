package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// ErrFileChanged says that a file was not as long as it was said to be when it
// was read to be sent. Nothing was sent.
var ErrFileChanged = errors.New("the file has changed since it was taken")

const (
	// uploadChunk is what is read of a file at a time, in bytes: a multiple of
	// three, so that base64 needs no padding but at the end.
	uploadChunk = 24 << 10
	// uploadStall is how long the connection may take nothing of a file.
	uploadStall = 60 * time.Second
	// uploadSlowest is the slowest line that is waited for, in bytes a second.
	uploadSlowest = 8 << 10
)

// uploadMark stands in the request where the file's base64 goes. An encoder never
// writes a letter in this form, and a backslash in a text becomes two.
const uploadMark = `"\u0066"`

// markedData is the place of a file's data in a request.
type markedData struct{}

func (markedData) MarshalJSON() ([]byte, error) { return []byte(uploadMark), nil }

// upload streams one request whose JSON holds a file. The JSON is whole only with
// its last byte, so a request of which that byte was never handed out cannot
// have been understood by anybody, whatever was between.
type upload struct {
	file           FileContent
	prefix, suffix []byte // of the request, without the quotes around the data

	mu     sync.Mutex
	begun  bool          // a reader handed out the first byte
	ready  io.ReadCloser // opened before the call, taken by the first reader
	whole  bool          // a reader handed out the last byte
	sealed bool          // no reader hands out anything any more
	failed error         // what the file's reader met
	moved  func()        // told after each piece
}

// newUpload encodes the request around its mark and opens the file.
func newUpload(file FileContent, body any) (*upload, error) {
	if file.Open == nil || file.Size < 0 {
		return nil, errors.New("no file")
	}
	encoded, err := encode(body)
	if err != nil {
		return nil, err
	}
	prefix, suffix, found := bytes.Cut(encoded, []byte(uploadMark))
	if !found {
		return nil, errors.New("no place for the file")
	}
	u := &upload{file: file, prefix: append(prefix[:len(prefix):len(prefix)], '"'), suffix: append([]byte{'"'}, suffix...)}
	if u.ready, err = file.Open(); err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	return u, nil
}

// encode is JSON as the gateway's own parser reads it, without escaping < and >.
func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// length of the whole request in bytes.
func (u *upload) length() int64 {
	return int64(len(u.prefix)) + (u.file.Size+2)/3*4 + int64(len(u.suffix))
}

// reader begins the request once more: at a redirect it goes out again.
func (u *upload) reader() (io.Reader, error) {
	return &uploadReader{u: u, out: u.prefix}, nil
}

// seal ends all readers and tells whether the request may have begun to go out, and
// may have gone out whole, and what the file's reader met. After it, nothing more can go out: the
// transport may still be writing when a call has returned.
func (u *upload) seal() (begun, whole bool, failed error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sealed = true
	if u.ready != nil {
		_ = u.ready.Close() // it was only read
		u.ready = nil
	}
	return u.begun, u.whole, u.failed
}

// uploadReader is one pass over the request. It belongs to the transport.
type uploadReader struct {
	u     *upload
	src   io.ReadCloser
	read  int64  // bytes of the file
	out   []byte // encoded and not handed out yet
	tail  bool   // out holds the suffix
	plain []byte
	coded []byte
}

// Read hands out the next piece.
func (r *uploadReader) Read(p []byte) (int, error) {
	r.u.mu.Lock()
	defer r.u.mu.Unlock()
	if r.u.sealed {
		return 0, errors.New("the request has ended")
	}
	for len(r.out) == 0 {
		if r.tail {
			return 0, io.EOF
		}
		if err := r.fill(); err != nil {
			r.u.failed = err
			return 0, err
		}
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	r.u.begun = true
	if r.tail && len(r.out) == 0 {
		r.u.whole = true
	}
	r.u.moved()
	return n, nil
}

// fill encodes the next piece of the file, or comes to the end of it.
func (r *uploadReader) fill() error {
	left := r.u.file.Size - r.read
	if left == 0 {
		return r.finish()
	}
	if err := r.begin(); err != nil {
		return err
	}
	piece := r.plain[:min(left, uploadChunk)]
	if n, err := io.ReadFull(r.src, piece); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: %d of %d bytes are left", ErrFileChanged, r.read+int64(n), r.u.file.Size)
		}
		return fmt.Errorf("read the file: %w", err)
	}
	r.read += int64(len(piece))
	r.out = r.coded[:base64.StdEncoding.EncodedLen(len(piece))]
	base64.StdEncoding.Encode(r.out, piece)
	if r.u.file.Progress != nil {
		r.u.file.Progress(r.read, r.u.file.Size)
	}
	return nil
}

// begin opens the file, or takes the one that was opened before the call.
func (r *uploadReader) begin() (err error) {
	if r.src != nil {
		return nil
	}
	if r.src, r.u.ready = r.u.ready, nil; r.src == nil {
		if r.src, err = r.u.file.Open(); err != nil {
			return fmt.Errorf("open the file: %w", err)
		}
	}
	r.plain, r.coded = make([]byte, uploadChunk), make([]byte, base64.StdEncoding.EncodedLen(uploadChunk))
	return nil
}

// finish wants the file to end where it should before the request may be whole;
// a source that checks what it reads says so here.
func (r *uploadReader) finish() error {
	if err := r.begin(); err != nil {
		return err
	}
	switch n, err := io.ReadFull(r.src, r.plain[:1]); {
	case n > 0:
		return fmt.Errorf("%w: it has grown", ErrFileChanged)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("read the file: %w", err)
	}
	r.out, r.tail = r.u.suffix, true
	return nil
}

// Close frees the file.
func (r *uploadReader) Close() error {
	r.u.mu.Lock()
	defer r.u.mu.Unlock()
	if r.src == nil {
		return nil
	}
	src := r.src
	r.src, r.out, r.tail = nil, nil, true
	return src.Close()
}

// outgoing is an upload under way, with its deadlines: not the whole of it has
// one, since a line may be slow, but each step: a piece that is not taken, and
// the answer.
type outgoing struct {
	u     *upload
	k     *call
	timer *time.Timer
	end   context.CancelCauseFunc
	ctx   context.Context
}

// errStalled is why an upload was given up.
var errStalled = errors.New("nothing moves")

// beginUpload opens the file of a call whose body holds it. The caller makes the
// call with the context that comes back, then calls finish.
func (c *Client) beginUpload(ctx context.Context, k *call, file FileContent) (context.Context, *outgoing, error) {
	if e := c.check(ctx, k); e != nil {
		return nil, nil, e
	}
	u, err := newUpload(file, k.body)
	if err != nil {
		return nil, nil, c.unsent(k.fail(KindInvalidRequest, 0, "", err))
	}
	ctx, end := context.WithCancelCause(ctx)
	o := &outgoing{u: u, k: k, ctx: ctx, end: end, timer: time.AfterFunc(c.fileTimeout, func() { end(errStalled) })}
	u.moved = func() {
		if u.whole {
			o.timer.Reset(c.fileTimeout)
			return
		}
		o.timer.Reset(uploadStall)
	}
	k.stream = u
	k.timeout = 2*c.fileTimeout + time.Duration(file.Size/uploadSlowest)*time.Second
	return ctx, o, nil
}

// finish ends the upload and says of the call's error what is known of it.
func (o *outgoing) finish(err error) error {
	begun, whole, failed := o.u.seal()
	o.timer.Stop()
	stalled := errors.Is(context.Cause(o.ctx), errStalled)
	o.end(nil)
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case failed != nil:
		e = o.k.fail(KindInvalidRequest, 0, "", failed)
	case stalled && e.Status == 0:
		e.Kind = KindTimeout
	}
	e.brokeOff = begun && !whole && failed == nil && e.Status == 0 && e.Kind != KindCanceled
	e.unsent = e.unsent || !whole
	return e
}
