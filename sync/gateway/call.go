package gateway

import (
	"context"
	"errors"
	"net/http"
	"time"
)

type class uint8

const (
	classRead class = iota
	classIdempotent
	classOnce
)

const (
	maxQRImage      = 1 << 20
	maxMediaAnswer  = 35 << 20
	stopTimeout     = 60 * time.Second
	sendFileTimeout = 120 * time.Second
	mediaTimeout    = 120 * time.Second
)

var errPending = errors.New("not wired yet")

type dec struct{}

func (*dec) str() string    { return "" }
func (*dec) strs() []string { return nil }
func (*dec) bool() bool     { return false }
func (*dec) null() bool     { return false }
func (*dec) id() ID         { return ID{} }
func (*dec) ids() []ID      { return nil }

type call struct {
	op, method, route, session string
	class                      class
	body                       any
	timeout                    time.Duration
	limit                      int64
	failureIsAnswer            bool
	member                     func(*dec, string) bool
	answer                     func(*http.Response) error
}

func (k *call) fail(kind Kind, status int, message string, err error) *Error {
	return &Error{Op: k.op, Method: k.method, Path: k.route, Status: status, Kind: kind, Message: message, Err: err}
}
func (k *call) failContext(err error) error                                { return k.fail(KindCanceled, 0, "", err) }
func (c *Client) do(context.Context, *call) error                          { return errPending }
func (c *Client) readEnvelope(*call, *http.Response) error                 { return errPending }
func (c *Client) readCapped(*call, *http.Response) ([]byte, error)         { return nil, errPending }
func (c *Client) readMedia(*call, *http.Response) (*Media, error)          { return nil, errPending }
func (c *Client) probe(context.Context) ProbeResult                        { return ProbeResult{} }
func (c *Client) askGeneration(context.Context, class) (Generation, error) { return "", errPending }
func (c *Client) listen(context.Context, string, func(Event)) error        { return errPending }
func (c *Client) fetchPicture(context.Context, string) ([]byte, string, error) {
	return nil, "", errPending
}
func mediaType(*http.Response) string          { return "" }
func decodeAccount(*dec) *Account              { return nil }
func decodeLabels(*dec) []Label                { return nil }
func decodeLidPhones(*dec) []LidPhone          { return nil }
func decodeReactionLists(*dec) []ReactionList  { return nil }
func decodeContactItem(*dec) (*Contact, error) { return nil, errPending }
func decodeChatItem(*dec) (*Chat, error)       { return nil, errPending }
func decodeMessageItem(*dec) (*Message, error) { return nil, errPending }
func list[T any](context.Context, *Client, *call, string, func(*dec) (*T, error), func(*T) error) (ListReport, error) {
	return ListReport{}, errPending
}
func one[T any](context.Context, *Client, *call, string, func(*dec) (*T, error)) (*T, error) {
	return nil, errPending
}
func maybe[T any](context.Context, *Client, *call, string, func(*dec) (*T, error)) (*T, error) {
	return nil, errPending
}
