package gateway

import (
	"context"
	"net/http"
)

// noName is a session name that every gateway refuses before it does anything
// (contract §3, step 4): what is refused so exists and has changed nothing.
const noName = "buzon.probe"

// optionalCalls are those that not every gateway has (contract §1, §5 to §8).
var optionalCalls = [...]struct{ name, method, path string }{
	{"stop", http.MethodGet, "/session/stop/"},
	{"requestPairingCode", http.MethodPost, "/session/requestPairingCode/"},
	{"getChats since", http.MethodPost, "/client/getChats/"},
	{"syncHistory", http.MethodPost, "/client/syncHistory/"},
	{"getContactLidAndPhone", http.MethodPost, "/client/getContactLidAndPhone/"},
	{"edit", http.MethodPost, "/message/edit/"},
	{"downloadMediaAsData", http.MethodPost, "/message/downloadMediaAsData/"},
	{"getReactions", http.MethodPost, "/message/getReactions/"},
	{"getPollVotes", http.MethodPost, "/message/getPollVotes/"},
}

// MissingCalls names the calls that this gateway does not have, of those that not
// every one has. It does so with a session name that is refused before anything is
// done, one call after the other.
func (c *Client) MissingCalls(ctx context.Context) (missing []string, err error) {
	for _, o := range optionalCalls {
		k := &call{op: "MissingCalls", method: o.method, route: o.path + noName, class: classRead, most: 1}
		if o.method == http.MethodPost {
			k.body = struct{}{}
		}
		switch err := c.do(ctx, k); KindOf(err) {
		case KindInvalidSessionName, KindNone:
		case KindEndpointMissing:
			missing = append(missing, o.name)
		default:
			return nil, err
		}
	}
	return missing, nil
}
