package gateway

import (
	"context"
	"net/http"
)

// Vote is what one person chose in a poll; no options when the vote was taken back.
type Vote struct {
	Voter   string // serialized wid
	Options []PollOption
	At      int64 // unix milliseconds; zero unknown
}

// PollVotes lists the votes of a poll. Generation A only.
//
// POST /message/getPollVotes/:id
func (c *Client) PollVotes(ctx context.Context, session string, ref MessageRef) ([]Vote, error) {
	var votes []Vote
	err := c.do(ctx, &call{op: "PollVotes", method: http.MethodPost, route: "/message/getPollVotes/:id", session: session,
		class: classRead, body: ref.body(),
		member: func(d *dec, key string) bool {
			if key != "votes" {
				return false
			}
			votes = decodeVotes(d)
			return true
		}})
	if err != nil {
		return nil, err
	}
	return votes, nil
}

func decodeVotes(d *dec) []Vote {
	var out []Vote
	d.each(maxParticipants, func() {
		if !d.object() {
			return
		}
		var v Vote
		for d.next() {
			v.decode(d)
		}
		if v.Voter != "" {
			out = append(out, v)
		}
	})
	return out
}

// decode takes one member.
func (v *Vote) decode(d *dec) {
	switch string(d.key) {
	case "voter":
		v.Voter = d.idText()
	case "selectedOptions":
		v.Options = decodePollOptions(d)
	case "interractedAtTs": // spelled so by the page's library
		v.At = d.int64()
	default:
		d.skip()
	}
}

// decodePollVote takes the vote of an event; nil when it does not say who chose, or where.
func decodePollVote(d *dec) *PollVote {
	if !d.object() {
		return nil
	}
	v := &PollVote{}
	for d.next() {
		switch string(d.key) {
		case "parentMsgKey":
			if id := d.messageID(); id.Short != "" {
				v.Poll = id
			}
		case "parentMessage":
			if m := decodeLastMessage(d); m != nil && v.Poll.Short == "" {
				v.Poll = m.ID
			}
		default:
			v.decode(d)
		}
	}
	if v.Voter == "" || v.Poll.Short == "" {
		return nil
	}
	return v
}
