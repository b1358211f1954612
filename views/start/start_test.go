package start_test

import (
	"context"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/start"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

const address = "http://192.168.1.20:8084"

// fake keeps settings and sessions in memory.
type fake struct {
	mu       sync.Mutex
	settings model.Settings
	keys     []string // that were saved
	report   model.ConnectionReport
	tests    int
	saveErr  error
	sessions []model.Session
}

func newFake() *fake {
	return &fake{settings: model.DefaultSettings(), report: model.ConnectionReport{Status: model.ConnectionGood, Generation: "wwebjs-api", DurationMS: 12}}
}

func (f *fake) Get() model.Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settings
}

func (f *fake) Save(_ context.Context, s model.Settings, key *string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.saveErr != nil {
		return f.saveErr
	}
	f.settings = s
	if key != nil {
		f.keys = append(f.keys, *key)
	}
	return nil
}

func (f *fake) TestConnection(context.Context, string, *string) model.ConnectionReport {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tests++
	return f.report
}

func (f *fake) tested() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tests
}

func (f *fake) List(context.Context) ([]model.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]model.Session(nil), f.sessions...), nil
}

func (f *fake) Add(_ context.Context, name model.SessionName, title string) (model.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := model.Session{ID: model.SessionID(len(f.sessions) + 1), Name: name, Title: title, State: model.StateStopped}
	f.sessions = append(f.sessions, s)
	return s, nil
}

// phone stands for the pairing of a session.
type phone struct {
	row    model.Session
	label  *widget.Label
	number *ui.Entry
	active bool
}

func (p *phone) Title() string              { return string(p.row.Name) }
func (p *phone) Content() fyne.CanvasObject { return container.NewVBox(p.label, p.number) }
func (p *phone) Activate()                  { p.active = true }
func (p *phone) Deactivate()                { p.active = false }

type bench struct {
	*viewtest.Bench
	t      *testing.T
	screen *start.Screen
	phones []*phone
	left   int
}

func open(t *testing.T, f *fake) *bench {
	t.Helper()
	b := &bench{t: t, Bench: viewtest.NewTestContext(t)}
	b.screen = start.New(b.Context, f, f, start.Options{
		Pairing: func(row model.Session, page fyne.Scrollable) ui.Screen {
			p := &phone{row: row, label: widget.NewLabel("pairing " + string(row.Name)), number: ui.NewEntry()}
			p.number.Page = page
			b.phones = append(b.phones, p)
			return p
		},
		OnLeave: func() { b.left++ },
	})
	b.Window.SetContent(b.screen.Content())
	b.screen.Activate()
	t.Cleanup(b.screen.Deactivate)
	return b
}

func (b *bench) sees(text string) bool {
	for _, l := range viewtest.OnScreen[*widget.Label](b.Window) {
		if l.Text == text {
			return true
		}
	}
	return false
}

type pressable interface {
	fyne.CanvasObject
	fyne.Tappable
	fyne.Disableable
}

func (b *bench) tap(text string) {
	b.t.Helper()
	for _, p := range viewtest.OnScreen[pressable](b.Window) {
		for _, t := range viewtest.All[*canvas.Text](p) {
			if t.Text == text {
				require.False(b.t, p.Disabled(), "%s cannot be pressed", text)
				test.Tap(p)
				return
			}
		}
	}
	require.Fail(b.t, "no button "+text)
}

// field returns the n-th field on the screen.
func (b *bench) field(n int) *ui.Entry {
	b.t.Helper()
	fields := viewtest.OnScreen[*ui.Entry](b.Window)
	require.Greater(b.t, len(fields), n, "no such field")
	return fields[n]
}

func TestThreeStepsLeadToThePhone(t *testing.T) {
	f := newFake()
	f.report.Sessions = []model.SessionName{"obrador", "not a name"}
	b := open(t, f)
	require.True(t, b.sees("Step 1 of 3"))
	b.field(0).SetText(address)
	b.field(1).SetText("s3cret")
	b.tap("Next")
	b.WaitFor(func() bool { return b.sees("Step 2 of 3") })
	require.Equal(t, address, f.Get().BaseURL)
	require.Equal(t, []string{"s3cret"}, f.keys)

	b.tap("obrador") // a name that the gateway has
	b.tap("Next")
	b.WaitFor(func() bool { return b.sees("Step 3 of 3") })
	require.True(t, b.sees("pairing obrador"))
	require.True(t, b.phones[0].active)

	b.tap("Go on later")
	require.Equal(t, 1, b.left)
	f.mu.Lock()
	f.sessions[0].State = model.StateConnected
	f.mu.Unlock()
	b.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return !b.sees("Go on later") && b.screenHas("Open Buzón") })
	require.True(t, b.sees("The session “obrador” is connected. Contacts and conversations arrive by themselves."))
	b.tap("Open Buzón")
	require.Equal(t, 2, b.left)
}

func (b *bench) screenHas(text string) bool {
	for _, t := range viewtest.OnScreen[*canvas.Text](b.Window) {
		if t.Text == text {
			return true
		}
	}
	return false
}

const nothingAnswers = "Nothing answers at this address. Check the address and the port, and that the server is running and lets this computer in."

func TestTheWheelGoesOnOverEveryField(t *testing.T) {
	b := open(t, newFake())
	b.Window.Resize(fyne.NewSize(760, 240))
	page := viewtest.All[*container.Scroll](b.screen.Content())[0]
	viewtest.TheWheelGoesOn(t, b.Window, page)
	b.field(0).SetText("https://gateway.example.com")
	b.tap("Next")
	b.WaitFor(func() bool { return b.screen.Step() == start.StepName })
	viewtest.TheWheelGoesOn(t, b.Window, page)
	b.tap("Next")
	b.WaitFor(func() bool { return b.screen.Step() == start.StepPhone })
	viewtest.TheWheelGoesOn(t, b.Window, page)
}

func TestOutcomesOfTheTestAreSaidInWords(t *testing.T) {
	for status, words := range map[model.ConnectionStatus]string{
		model.ConnectionGood:          "The gateway answers and the key is right. (wwebjs-api, 12 ms)",
		model.ConnectionUnreachable:   nothingAnswers,
		model.ConnectionTLS:           "The server's certificate is not trusted. Check that the address is right, or have the certificate renewed.",
		model.ConnectionNotGateway:    "Something answers there, but it is not a WhatsApp gateway. Check the port and the path of the address.",
		model.ConnectionWrongKey:      "The gateway answers, but it does not accept the key. It must be the same as the one set on the server.",
		model.ConnectionNotConfigured: "Write the address of the gateway first.",
	} {
		t.Run(string(status), func(t *testing.T) {
			f := newFake()
			f.report.Status = status
			b := open(t, f)
			b.field(0).SetText(address)
			b.tap("Test connection")
			b.WaitFor(func() bool { return b.sees(words) })
			require.Empty(t, f.Get().BaseURL, "a test keeps nothing")
			require.True(t, b.sees("Step 1 of 3"))
		})
	}
}

func TestOwnerMayGoOnWithoutAnAnswer(t *testing.T) {
	f := newFake()
	f.report = model.ConnectionReport{Status: model.ConnectionUnreachable}
	b := open(t, f)
	b.field(0).SetText(address)
	b.tap("Next")
	b.WaitFor(func() bool { return b.screenHas("Go on anyway") })
	require.True(t, b.sees("Step 1 of 3"))
	b.field(0).SetText(address + "/other")
	require.True(t, b.screenHas("Next"), "another address was not tried yet")
	require.False(t, b.sees(nothingAnswers), "what was found speaks of the address before")
	b.field(0).SetText(address)
	require.True(t, b.sees(nothingAnswers))
	b.tap("Go on anyway")
	b.WaitFor(func() bool { return b.sees("Step 2 of 3") })
	require.Equal(t, 1, f.tested())
}

func TestAddressIsCheckedBeforeAnythingIsCalled(t *testing.T) {
	f := newFake()
	b := open(t, f)
	for text, words := range map[string]string{
		"":                    "Write the address of the gateway.",
		"ftp://192.168.1.20":  "This is not an address that can be used. It looks like http://192.168.1.20:3000 or https://wa.example.com.",
		"http://user:pw@host": "This is not an address that can be used. It looks like http://192.168.1.20:3000 or https://wa.example.com.",
	} {
		b.field(0).SetText(text)
		b.tap("Next")
		require.True(t, b.sees(words), text)
	}
	b.Settle()
	require.Zero(t, f.tested())
}

func TestPlainAddressOfAnotherNetworkAsks(t *testing.T) {
	f := newFake()
	b := open(t, f)
	b.field(0).SetText("http://wa.example.com:8084")
	b.tap("Next")
	require.True(t, b.sees("Send the key unencrypted?"))
	b.Settle()
	require.Zero(t, f.tested(), "the key went out before the owner agreed")
	b.tap("Use it unencrypted")
	b.WaitFor(func() bool { return b.sees("Step 2 of 3") })
	require.Equal(t, "wa.example.com:8084", f.Get().PlainHTTPAccepted)
}

func TestSettingsThatCannotBeKeptAreReported(t *testing.T) {
	f := newFake()
	f.saveErr = viewtest.Fail(model.ProblemSettingsWrite, "read-only file system")
	b := open(t, f)
	b.field(0).SetText(address)
	b.tap("Next")
	b.WaitFor(func() bool { return b.sees("Could not save the settings") })
	require.True(t, b.sees("Step 1 of 3"))
}

func TestComingBackGoesOnWhereItWas(t *testing.T) {
	t.Run("an address is kept", func(t *testing.T) {
		f := newFake()
		f.settings.BaseURL = address
		b := open(t, f)
		require.True(t, b.sees("Step 2 of 3"))
		b.tap("Back")
		require.True(t, b.sees("Step 1 of 3"))
		require.Equal(t, address, b.field(0).Text)
	})
	t.Run("a session is kept", func(t *testing.T) {
		f := newFake()
		f.settings.BaseURL = address
		f.sessions = []model.Session{{ID: 7, Name: "uno"}, {ID: 8, Name: "dos"}}
		f.settings.DefaultSession = "dos"
		b := open(t, f)
		b.WaitFor(func() bool { return b.sees("Step 3 of 3") })
		require.True(t, b.sees("pairing dos"))
		b.screen.Deactivate()
		require.False(t, b.phones[0].active)
		b.screen.Activate()
		require.True(t, b.phones[0].active)
	})
}

func TestSessionNameIsChecked(t *testing.T) {
	f := newFake()
	f.settings.BaseURL = address
	b := open(t, f)
	require.Equal(t, "business", b.field(0).Text)
	for text, words := range map[string]string{
		"":          "Write a name for the session.",
		"mi tienda": "Only letters without accents, digits, - and _ can be used.",
	} {
		b.field(0).SetText(text)
		b.tap("Next")
		require.True(t, b.sees(words), text)
	}
	b.Settle()
	require.Empty(t, f.sessions)
}
