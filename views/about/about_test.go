package about_test

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/about"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func open(t *testing.T, options ...viewtest.Option) (*viewtest.Bench, *about.Screen) {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	s := about.New(b.Context, about.Options{Version: "1.2.3", DataDir: "/home/ana/.local/share/buzon"})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1000, 640))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

func text(s *about.Screen) string {
	var all []string
	for _, l := range viewtest.All[*widget.Label](s.Content()) {
		all = append(all, l.Text)
	}
	return strings.Join(all, "\n")
}

func TestScreenTellsVersionPlaceAndLimits(t *testing.T) {
	b, s := open(t)
	for _, want := range []string{"1.2.3", "/home/ana/.local/share/buzon", "MIT", b.T("about.limits.unofficial"), b.T("about.limits.access")} {
		require.Contains(t, text(s), want)
	}
}

func TestLinksGoThroughTheContextAndSayWhereTheyLead(t *testing.T) {
	b, s := open(t)
	links := viewtest.All[*widget.Hyperlink](s.Content())
	require.NotEmpty(t, links)
	for _, l := range links {
		require.Nil(t, l.URL, "the toolkit must not open it by itself")
		l.OnTapped()
	}
	require.Len(t, b.Opened, len(links))
	for _, u := range b.Opened {
		require.Equal(t, "https", u.Scheme)
		require.Contains(t, text(s), u.String())
	}
}

func TestCopyGivesVersionAndPath(t *testing.T) {
	b, s := open(t)
	for _, button := range viewtest.All[*widgets.IconButton](s.Content()) {
		test.Tap(button)
	}
	require.Len(t, b.Copied, 2)
	require.Contains(t, b.Copied[0], "Buzón 1.2.3")
	require.Equal(t, "/home/ana/.local/share/buzon", b.Copied[1])
}

// TestEveryDirectDependencyIsNamed holds the list of works against go.mod; what
// only tests use is not part of the program.
func TestEveryDirectDependencyIsNamed(t *testing.T) {
	b, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	_, s := open(t)
	shown := text(s)
	onlyTests := []string{"testify", "gozxing", "go-internal", "goleak"}
	named := 0
	for line := range strings.Lines(string(b)) {
		module, version, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || !strings.HasPrefix(version, "v") || strings.Contains(line, "// indirect") {
			continue
		}
		parts := strings.Split(module, "/")
		name := parts[len(parts)-1]
		if strings.HasPrefix(name, "v") && len(name) == 2 {
			name = parts[len(parts)-2]
		}
		name, _, _ = strings.Cut(name, ".")
		if name == "gorm" {
			name = "gorm.io/gorm"
		}
		used := true
		for _, other := range onlyTests {
			used = used && name != other
		}
		if used {
			require.Contains(t, shown, name, module)
			named++
		}
	}
	require.Greater(t, named, 15)
}

// TestScreenIsDrawn draws the screen in every language and theme; with
// BUZON_SCREENSHOTS set, the pictures are kept for a person to look at.
func TestScreenIsDrawn(t *testing.T) {
	viewtest.EachPicture(t, "about", func(t *testing.T, p viewtest.Picture) {
		b, _ := open(t, p.Options()...)
		b.Window.Resize(p.Size)
		p.Capture(t, b.Window)
	}, fyne.NewSize(1280, 800), fyne.NewSize(1000, 640), fyne.NewSize(900, 1700)) // the last shows the page whole
}
