package gateway

import (
	"net/http"
	"time"
)

// dated is what an answer said of the time.
type dated struct{ there, here time.Time }

// noteDate keeps the time that an answer tells.
func (c *Client) noteDate(resp *http.Response) {
	there, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || there.Year() < 2000 || there.Year() > 9999 {
		return
	}
	c.dated.Store(&dated{there: there, here: time.Now()})
}

// ServerTime returns the time that the gateway's machine, or the proxy before it,
// told with its newest answer, to the second, and when that answer came. Both are
// zero when none has told it.
func (c *Client) ServerTime() (there, here time.Time) {
	d := c.dated.Load()
	if d == nil {
		return time.Time{}, time.Time{}
	}
	return d.there, d.here
}
