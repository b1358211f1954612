package gateway

import (
	"context"
	"net/http"
)

// DownloadMedia fetches the file of a message, at most 25 MB. KindMediaGone
// when it cannot be had now: expired, or the phone must upload it again.
//
// POST /message/downloadMedia/:id
func (c *Client) DownloadMedia(ctx context.Context, session string, ref MessageRef) (*Media, error) {
	var media *Media
	k := &call{op: "DownloadMedia", method: http.MethodPost, route: "/message/downloadMedia/:id", session: session,
		class: classRead, body: ref.body(), timeout: max(c.timeout, mediaTimeout), limit: maxMediaAnswer}
	k.answer = func(resp *http.Response) (err error) {
		media, err = c.readMedia(k, resp)
		return err
	}
	if err := c.do(ctx, k); err != nil {
		return nil, err
	}
	return media, nil
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
