package conversations_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func TestSendingStoresThenShowsTheMessage(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2 of Ana")
	gate := make(chan struct{})
	f.set(func() { f.hold["Send"] = gate })
	composer(s).SetText("buenos días")
	test.Tap(button(s, b.T("conversations.send")))
	require.Equal(t, "buenos días", composer(s).Text(), "nothing goes before it is stored")
	require.True(t, button(s, b.T("conversations.send")).Disabled(), "nothing is sent twice")
	close(gate)
	b.WaitFor(func() bool { return composer(s).Text() == "" })
	b.WaitFor(func() bool { return has(s, "buenos días") })
	require.Equal(t, 1, f.called("Send 1 buenos días"))
	require.True(t, messageList(s).AtEnd())
}

func TestSendingThatFailsKeepsTheText(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.fail["Send"] = viewtest.Fail(model.ProblemDiskFull, "no space")
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2 of Ana")
	composer(s).SetText("buenos días")
	test.Tap(button(s, b.T("conversations.send")))
	b.WaitFor(func() bool {
		return slices.ContainsFunc(labels(s), func(l string) bool { return strings.HasPrefix(l, b.T("action.send")) })
	})
	require.Equal(t, "buenos días", composer(s).Text())
}

func TestLeavingWhileSendingMakesNoDraftOfIt(t *testing.T) {
	for name, fails := range map[string]bool{"stored": false, "not stored": true} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.add(1, "Ana", 3)
			f.add(2, "Bruno", 3)
			b, s := show(t, f, offline())
			opened(t, b, s, 1, "message 2 of Ana")
			gate := make(chan struct{})
			f.set(func() { f.hold["Send"] = gate })
			if fails {
				f.set(func() { f.fail["Send"] = viewtest.Fail(model.ProblemDiskFull, "no space") })
			}
			composer(s).SetText("buenos días")
			test.Tap(button(s, b.T("conversations.send")))
			opened(t, b, s, 2, "message 2 of Bruno")
			close(gate)
			s.Deactivate()
			b.Close() // waits for what was begun
			require.Equal(t, 1, f.called("Send 1 buenos días"))
			if d := f.draftsOf(1); fails {
				require.NotEmpty(t, d)
				require.Equal(t, "buenos días", d[len(d)-1])
			} else {
				require.NotContains(t, d, "buenos días")
			}
		})
	}
}

func TestDraftsAreStoredAndComeBack(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.add(2, "Bruno", 3)
	c := f.convs[2]
	c.Draft = "from before"
	f.convs[2] = c
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2 of Ana")
	composer(s).SetText("half a")
	require.Empty(t, f.draftsOf(1))
	b.Clock.Advance(2 * time.Second)
	b.WaitFor(func() bool { return slices.Equal(f.draftsOf(1), []string{"half a"}) })

	composer(s).SetText("half a thought")
	opened(t, b, s, 2, "message 2 of Bruno")
	b.WaitFor(func() bool { return slices.Equal(f.draftsOf(1), []string{"half a", "half a thought"}) })
	require.Equal(t, "from before", composer(s).Text())
	require.Empty(t, f.draftsOf(2), "what did not change is not stored")

	composer(s).SetText("at the very end")
	s.Deactivate()
	b.Close()
	require.Equal(t, []string{"at the very end"}, f.draftsOf(2))
}

func TestNothingIsWrittenWhereItCannotBe(t *testing.T) {
	f := newFake()
	f.add(1, "Avisos", 3)
	c := f.convs[1]
	c.Kind, c.ReadOnly = model.KindGroup, true
	f.convs[1] = c
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2 of Avisos")
	require.Empty(t, viewtest.All[*widgets.Composer](s.Content()))
	require.Contains(t, labels(s), b.T("conversations.blocked.read_only"))
}
