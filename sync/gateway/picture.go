package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxPicture caps a profile picture; WhatsApp's are 640×640, below 200 KB.
const maxPicture = 5 << 20

// fetchPicture gets a picture from the host that keeps it. That host is not the
// gateway: it gets no key, and only https is spoken, except with the gateway's
// own host, which may serve pictures itself.
func (c *Client) fetchPicture(ctx context.Context, address string) ([]byte, string, error) {
	k := &call{op: "DownloadProfilePic", method: http.MethodGet, route: "<picture>", class: classRead, limit: maxPicture}
	if e := c.check(ctx, k); e != nil {
		return nil, "", e
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || !c.pictureScheme(u) {
		return nil, "", k.fail(KindInvalidRequest, 0, "", errors.New("the picture's address is not an https one"))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", k.fail(KindInvalidRequest, 0, "", errors.New("the picture's address cannot be asked"))
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "image/*")
	hc := &http.Client{Transport: c.pooled, Timeout: c.timeout, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || !c.pictureScheme(next.URL) {
			return redirectError("the picture's redirect leaves https")
		}
		return nil
	}}
	resp, err := hc.Do(req)
	if err != nil {
		return nil, "", c.transportFailure(k, err)
	}
	defer func() { _ = resp.Body.Close() }()
	return c.readPicture(k, resp)
}

func (c *Client) pictureScheme(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == c.base.Scheme && sameHost(u, c.base)
}

func (c *Client) readPicture(k *call, resp *http.Response) ([]byte, string, error) {
	switch status := resp.StatusCode; {
	case status == http.StatusNotFound || status == http.StatusGone || status == http.StatusForbidden || status == http.StatusUnauthorized:
		// Signed addresses die with these.
		return nil, "", k.fail(KindNotFound, status, http.StatusText(status), nil)
	case status != http.StatusOK:
		return nil, "", c.refusal(k, resp, "")
	}
	if !strings.HasPrefix(mediaType(resp), "image/") {
		return nil, "", k.fail(KindMalformed, resp.StatusCode, "", errors.New("not a picture"))
	}
	data, err := c.readCapped(k, resp)
	if err != nil {
		return nil, "", err
	}
	// The name of the type is the sender's word; the bytes decide.
	kind := http.DetectContentType(data)
	if !strings.HasPrefix(kind, "image/") {
		return nil, "", k.fail(KindMalformed, resp.StatusCode, "", errors.New("not a picture"))
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1))
	return data, kind, nil
}
