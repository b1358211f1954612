package model_test

import (
	"cmp"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// said is a message as the gateway knows it.
type said struct {
	name   int
	second int64
}

// chatModel is a gateway, its device's history and a store of one conversation, by
// which the rules of the ledger are judged.
type chatModel struct {
	seed   uint64
	dice   *rand.Rand
	said   []said // in the order of time
	clock  int64
	from   int // the device's history begins here
	live   bool
	told   int // name of the newest that the list told; 0: none
	held   map[int]model.MessageID
	used   map[model.MessageID]bool
	ledger model.Ledger
	gaps   []model.Gap
}

func (c *chatModel) write(n int) []said {
	for range n {
		c.clock += int64(c.dice.IntN(3))
		c.said = append(c.said, said{len(c.said) + 1, c.clock})
	}
	return c.said[len(c.said)-n:]
}

// arrive lets the store keep messages.
func (c *chatModel) arrive(list []said, a model.Arrival) {
	for _, m := range list {
		id, known := c.held[m.name]
		if !known {
			id = model.MessageIDAt(m.second)
			for c.used[id] {
				id++
			}
			c.used[id], c.held[m.name] = true, id
			a.Fresh = append(a.Fresh, id)
		}
		a.IDs = append(a.IDs, id)
		if m.name == c.told {
			a.Told = id
		}
	}
	if _, held := c.held[c.told]; c.told != 0 && !held {
		a.Awaited = c.said[c.told-1].second
	}
	a.NamedNow, a.Conversation, a.Now = model.ShortID(rune(c.told)), 1, 7
	c.gaps = c.ledger.Take(c.gaps, a)
}

// list tells the newest message, as the list of chats does.
func (c *chatModel) list() {
	if len(c.said) == 0 {
		return
	}
	newest := c.said[len(c.said)-1]
	if _, held := c.held[newest.name]; !held && c.told != newest.name {
		c.ledger.NeedsFetch, c.ledger.ToldNewer, c.ledger.FetchTries = true, true, 0
	}
	c.told = newest.name
}

// answer is what a fetch brings now.
func (c *chatModel) answer(limit int) []said {
	return slices.Clone(c.said[max(c.from, len(c.said)-limit):])
}

func (c *chatModel) fetch(limit int, bad bool) {
	f := &model.FetchResult{Outcome: "ok", Limit: limit, HeldTo: c.ledger.Newest, Named: model.ShortID(rune(c.told))}
	list := c.answer(limit)
	if c.dice.IntN(4) == 0 { // something comes while the answer is on its way
		c.event(c.write(1 + c.dice.IntN(2)))
	}
	f.Total = len(list)
	if bad && len(list) > 0 {
		i := c.dice.IntN(len(list))
		hole := model.Hole{Before: list[len(list)-1].second}
		if i > 0 {
			hole.After = list[i-1].second
		}
		if i+1 < len(list) {
			hole.Before = list[i+1].second
		}
		list = slices.Delete(list, i, i+1)
		f.Unreadable = []model.Hole{hole}
	}
	if len(list) > 0 {
		f.Oldest, f.Newest = list[0].second, list[len(list)-1].second
	}
	if len(list) > 3 && c.dice.IntN(3) == 0 { // in two transactions, and killed between them at times
		cut := 1 + c.dice.IntN(len(list)-1)
		c.arrive(list[:cut], model.Arrival{Part: true})
		if c.dice.IntN(2) == 0 {
			return
		}
		list = list[cut:]
	}
	c.arrive(list, model.Arrival{Fetch: f})
}

// event lets messages come by themselves, or be missed while nobody listens.
func (c *chatModel) event(list []said) {
	for _, m := range list {
		if c.live || c.dice.IntN(3) == 0 {
			c.arrive([]said{m}, model.Arrival{Live: c.live})
		}
	}
}

// catchUp is what follows a connection.
func (c *chatModel) catchUp() {
	c.list()
	for limit := 10; c.ledger.NeedsFetch && limit < 200; limit *= 4 {
		c.fetch(limit, false)
	}
	c.list()
	c.live = !c.ledger.NeedsFetch
}

func (c *chatModel) step() {
	switch n := c.dice.IntN(22); {
	case n > 19: // an own message is answered before the events of some that came before it
		list := c.write(1 + c.dice.IntN(3))
		mine := list[len(list)-1:]
		c.arrive(mine, model.Arrival{Sent: true})
		if c.dice.IntN(3) > 0 {
			c.event(list)
		} else {
			c.live = false // killed
		}
	case n < 9:
		c.event(c.write(1 + c.dice.IntN(6)))
	case n < 11:
		c.write(c.dice.IntN(60))
		c.live = false
	case n < 13:
		c.catchUp()
	case n < 14:
		c.live = false
	case n < 15:
		c.list()
	case n < 16:
		c.from = max(0, c.from-c.dice.IntN(40)) // the phone sent more
	case n < 17:
		c.arrive(nil, model.Arrival{Fetch: &model.FetchResult{Outcome: "ok", Limit: 10, Named: model.ShortID(rune(c.told))}}) // an empty answer
	case n < 18:
		c.arrive(nil, model.Arrival{Fetch: &model.FetchResult{Outcome: "timeout"}})
	default:
		c.fetch([]int{1, 3, 10, 40}[c.dice.IntN(4)], c.dice.IntN(3) == 0)
	}
}

// judge fails when the ledger claims what is not held.
func (c *chatModel) judge(t *testing.T) {
	t.Helper()
	certain := func(second int64) bool {
		from := c.ledger.CompleteFrom
		for _, g := range c.gaps {
			if second > from.Unix() && second < g.Below.Unix() {
				return true
			}
			from = g.Above
		}
		return from != 0 && second > from.Unix() && second < c.ledger.Newest.Unix()
	}
	for _, m := range c.said[c.from:] {
		if _, held := c.held[m.name]; !held && certain(m.second) {
			require.Failf(t, "the ledger claims what is not held", "history %d: message %d of second %d is not held", c.seed, m.name, m.second)
		}
	}
	newest := model.MessageID(0)
	for _, id := range c.held {
		newest = max(newest, id)
	}
	require.Equal(t, newest, c.ledger.Newest, "history %d", c.seed)
	if len(c.gaps) == 0 {
		require.Equal(t, c.ledger.CompleteTo, c.ledger.Newest)
	} else {
		require.Equal(t, c.gaps[0].Below, c.ledger.CompleteTo)
		require.NotEqual(t, c.ledger.CompleteTo, c.ledger.Newest)
	}
	require.True(t, slices.IsSortedFunc(c.gaps, func(a, b model.Gap) int { return cmp.Compare(a.Below, b.Below) }))
	if c.ledger.State() == model.LedgerComplete && c.told != 0 {
		_, held := c.held[c.told]
		require.True(t, held || c.said[c.told-1].second <= c.ledger.Newest.Unix(), "history %d: the newest that was told is held", c.seed)
	}
}

// judgeSeams fails when messages are missing where no seam is shown.
func (c *chatModel) judgeSeams(t *testing.T) {
	t.Helper()
	if c.ledger.FetchLimit == 0 || c.ledger.NeedsFetch { // it says itself that more is to come
		return
	}
	row := model.LedgerRow{ID: 1, Ledger: c.ledger, Gaps: c.gaps}
	if open, ok := c.ledger.OpenGap(); ok {
		row.Gaps = append(slices.Clone(c.gaps), open)
	}
	seams := row.Seams()
	require.True(t, slices.IsSortedFunc(seams, func(a, b model.Seam) int { return cmp.Compare(a.After, b.After) }), "history %d", c.seed)
	for _, m := range c.said {
		_, held := c.held[m.name]
		if held || m.second <= c.ledger.Oldest.Unix() || m.second >= c.ledger.Newest.Unix() {
			continue
		}
		told := slices.ContainsFunc(seams, func(s model.Seam) bool {
			return s.From.Unix() <= m.second && (s.Until == 0 || m.second <= s.Until.Unix())
		})
		require.True(t, told, "history %d: message %d of second %d is missing and no seam says so: %v", c.seed, m.name, m.second, seams)
	}
}

func TestOneMessageNeedsOneFetch(t *testing.T) {
	ledger := model.Ledger{NeedsFetch: true}
	id := model.MessageIDAt(1_795_709_406) + 3 // others of that second are held elsewhere
	left := ledger.Take(nil, model.Arrival{IDs: []model.MessageID{id}, Fresh: []model.MessageID{id}, Fetch: &model.FetchResult{Outcome: model.FetchOK, Limit: 50}})
	require.Empty(t, left)
	require.False(t, ledger.NeedsFetch)
	require.Equal(t, model.LedgerComplete, ledger.State())
}

// TestLedgerNeverClaimsWhatIsNotHeld lives through random histories of one
// conversation, and holds the ledger against what the gateway could give.
func TestLedgerNeverClaimsWhatIsNotHeld(t *testing.T) {
	histories := uint64(300)
	if text := os.Getenv("BUZON_LEDGER_HISTORIES"); text != "" {
		var err error
		histories, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "BUZON_LEDGER_HISTORIES")
	}
	for seed := range histories {
		c := &chatModel{seed: seed, dice: rand.New(rand.NewPCG(seed, 6)), clock: 1_700_000_000, held: map[int]model.MessageID{}, used: map[model.MessageID]bool{}}
		c.write(c.dice.IntN(80))
		c.from = c.dice.IntN(len(c.said) + 1)
		for range 30 {
			c.step()
			c.judge(t)
			c.judgeSeams(t)
		}
		for limit := 10; limit < 100_000; limit *= 10 {
			c.list()
			c.live = true
			c.fetch(limit, false)
		}
		c.list()
		c.arrive(c.answer(100_000), model.Arrival{Fetch: &model.FetchResult{Outcome: "ok", Limit: 100_000, HeldTo: c.ledger.Newest}})
		c.judge(t)
		c.judgeSeams(t)
		if len(c.said) > c.from {
			require.Equal(t, model.LedgerComplete, c.ledger.State(), "history %d: %v", seed, c.gaps)
		}
		for _, m := range c.said[c.from:] {
			if _, held := c.held[m.name]; !held {
				require.Failf(t, "a message is not held in the end", "history %d: %d", seed, m.name)
			}
		}
	}
}
