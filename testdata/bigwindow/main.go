// Bigwindow opens the screen of the conversations on a large store in a real
// window, opens, scrolls and clicks in it, and prints what it measured as JSON.
//
// A frame is watched by two small pictures, the first and the last that are
// drawn: the time between them is what the frame took, up to handing it to the
// display. The loop of the toolkit begins a frame at most 60 times a second;
// waiting for that is told apart.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"os"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Figures are durations in milliseconds and memory in megabytes.
type Figures struct {
	Open        []float64 `json:"open"`         // from choosing the large conversation to its first frame
	Handle      []float64 `json:"handle"`       // of a step of the wheel: what the list does
	Paint       []float64 `json:"paint"`        // of a step of the wheel: the frame
	Click       []float64 `json:"click"`        // from a click to its frame, while a thousand messages come
	Send        []float64 `json:"send"`         // from the click on Send to the frame with the stored bubble
	MemoryFirst float64   `json:"memory_first"` // resident, with the store open and one conversation shown
	MemoryTen   float64   `json:"memory_ten"`   // after ten conversations
}

// rest is for how long the window is left alone before a conversation is chosen.
const rest = 100 * time.Millisecond

type offline struct{}

func (offline) List(context.Context) ([]model.Session, error) { return nil, nil }

// watch is the two pictures.
type watch struct {
	first, last *canvas.Raster
	began       time.Time
	ended       chan time.Time
}

func newWatch() *watch {
	w := &watch{ended: make(chan time.Time, 1)}
	dot := image.NewUniform(color.Transparent)
	w.first = canvas.NewRaster(func(int, int) image.Image { w.began = time.Now(); return dot })
	w.last = canvas.NewRaster(func(int, int) image.Image {
		select {
		case w.ended <- time.Now():
		default:
		}
		return dot
	})
	return w
}

// frame asks for a frame; on the UI goroutine.
func (w *watch) frame() {
	select {
	case <-w.ended: // of a frame that nobody asked for
	default:
	}
	w.first.Refresh()
	w.last.Refresh()
}

type run struct {
	app    *app.App
	win    fyne.Window
	ctx    *ui.Context
	screen *conversations.Screen
	list   *widgets.MessageList
	watch  *watch
	out    Figures
}

func main() {
	if err := start(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(dir string) error {
	r := &run{watch: newWatch()}
	var err error
	if r.app, err = app.New(context.Background(), app.Options{DataDir: dir, Mode: app.ModeCommand}); err != nil {
		return err
	}
	text, err := translations.New("en")
	if err != nil {
		return err
	}
	a := fyneapp.NewWithID("com.xappiens.buzon.big")
	r.win = a.NewWindow("Buzón")
	r.win.Resize(fyne.NewSize(1280, 800))
	r.ctx = ui.NewContext(ui.Options{Window: r.win, Text: text, Events: r.app.Events, Describe: r.app.Describe, AvatarPath: r.app.AvatarPath})
	r.screen = conversations.New(r.ctx, r.app.Conversations, conversations.Options{Sessions: offline{}, Outbox: r.app.Outbox})
	r.win.SetContent(container.NewStack(r.watch.first, r.screen.Content(), r.watch.last))
	done := make(chan error, 1)
	a.Lifecycle().SetOnStarted(func() {
		a.Settings().SetTheme(apptheme.New(apptheme.VariantDark))
		r.screen.Activate()
		go func() { // ends the loop, which main waits for
			done <- r.measure(context.Background())
			r.ctx.Do(func() {
				r.screen.Deactivate()
				a.Quit()
			})
		}()
	})
	r.win.ShowAndRun()
	err = <-done
	r.ctx.Close()
	if cerr := r.app.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r.out)
}

// on runs f on the UI goroutine and waits for it.
func (r *run) on(f func()) {
	done := make(chan struct{})
	r.ctx.Do(func() { f(); close(done) })
	<-done
}

func (r *run) measure(ctx context.Context) error {
	rows, err := r.app.Conversations.List(ctx, model.ConversationQuery{Limit: 200})
	if err != nil {
		return err
	}
	var large model.ConversationID
	var others []model.ConversationID
	for _, row := range rows {
		page, err := r.app.Conversations.Messages(ctx, model.MessageQuery{ConversationID: row.ID, Limit: 2000})
		if err != nil {
			return err
		}
		switch {
		case len(page) == 2000:
			large = row.ID
		case len(page) > 60 && len(others) < 10:
			others = append(others, row.ID)
		}
	}
	if large == 0 || len(others) < 10 {
		return fmt.Errorf("the store is not the large one")
	}
	if _, err := r.open(ctx, large); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	r.out.MemoryFirst = resident()
	for i := range 20 {
		if _, err := r.open(ctx, others[i%10]); err != nil {
			return err
		}
		took, err := r.open(ctx, large)
		if err != nil {
			return err
		}
		r.out.Open = append(r.out.Open, took)
	}
	time.Sleep(2 * time.Second)
	r.out.MemoryTen = resident()
	if err := r.send(20); err != nil {
		return err
	}
	r.scroll(400)
	return r.burst(ctx, large)
}

// open shows a conversation and returns the time until it was drawn.
func (r *run) open(ctx context.Context, id model.ConversationID) (float64, error) {
	rows, err := r.app.Conversations.Messages(ctx, model.MessageQuery{ConversationID: id, Limit: 1})
	if err != nil {
		return 0, err
	}
	last := widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(rows[0].ID)}
	if rows[0].Type.IsNotice() {
		last.Kind = widgets.ItemNotice
	}
	seen := false
	look := func() {
		if r.list == nil {
			r.list = find[*widgets.MessageList](r.screen.Content())
		}
		if r.list != nil {
			_, seen = r.list.RowTop(last)
		}
		if seen {
			r.watch.frame()
		}
	}
	time.Sleep(rest) // the last frame of what was shown before is on the display
	r.on(func() {})
	began := time.Now()
	r.on(func() {
		r.screen.Open(id)
		look()
	})
	for !seen {
		r.on(look)
		if time.Since(began) > time.Minute {
			return 0, fmt.Errorf("the conversation does not open")
		}
	}
	return ms((<-r.watch.ended).Sub(began)), nil
}

// send writes messages in the conversation that is shown. No gateway is there: they
// are stored as waiting.
func (r *run) send(count int) error {
	var composer *widgets.Composer
	r.on(func() { composer = find[*widgets.Composer](r.screen.Content()) })
	if composer == nil {
		return fmt.Errorf("nothing can be written")
	}
	last := widgets.ItemID{}
	for i := range count {
		r.on(func() { composer.SetText("¿Tenéis pan de centeno para mañana? " + strconv.Itoa(i)) })
		time.Sleep(rest) // what was typed is drawn when Send is clicked
		began, seen := time.Now(), false
		look := func() {
			items := r.list.Items()
			if id := items[len(items)-1].ID; id.Kind == widgets.ItemOutbox && id != last {
				if _, seen = r.list.RowTop(id); seen {
					last = id
					r.watch.frame()
				}
			}
		}
		r.on(func() {
			composer.OnSend(composer.Text())
			look() // it may be there before the next frame
		})
		for !seen {
			r.on(look)
			if time.Since(began) > time.Minute {
				return fmt.Errorf("the message does not come")
			}
		}
		r.out.Send = append(r.out.Send, ms((<-r.watch.ended).Sub(began)))
	}
	return nil
}

func (r *run) scroll(steps int) {
	for i := range steps {
		dy := float32(40)
		if i >= steps/2 {
			dy = -40
		}
		var handled time.Duration
		r.on(func() {
			began := time.Now()
			r.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, dy)})
			handled = time.Since(began)
			r.watch.frame()
		})
		end := <-r.watch.ended
		r.out.Handle = append(r.out.Handle, ms(handled))
		r.out.Paint = append(r.out.Paint, ms(end.Sub(r.watch.began)))
	}
}

// burst lets a thousand messages come, ten at a time, and clicks meanwhile.
func (r *run) burst(ctx context.Context, id model.ConversationID) error {
	saved := make(chan error, 1)
	go func() { saved <- r.receive(ctx, id) }() // waited for below
	for {
		began := time.Now()
		r.ctx.Do(func() {
			r.list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(200, 200)})
			r.watch.frame()
		})
		r.out.Click = append(r.out.Click, ms((<-r.watch.ended).Sub(began)))
		select {
		case err := <-saved:
			return err
		case <-time.After(15 * time.Millisecond):
		}
	}
}

func (r *run) receive(ctx context.Context, id model.ConversationID) error {
	second := time.Now().Unix()
	for i := range 100 {
		batch := model.MessageBatch{ConversationID: id}
		for k := range 10 {
			second++
			m := model.MessageIn{Unix: second}
			m.Type, m.ShortID, m.Text = model.TypeChat, model.ShortID("BURST"+strconv.Itoa(i*10+k)), "¿Tenéis pan de centeno para mañana?"
			batch.Messages = append(batch.Messages, m)
		}
		if _, err := r.app.Store.SaveMessages(ctx, []model.MessageBatch{batch}, model.StampUnix(second)); err != nil {
			return err
		}
		r.app.Events.Publish(event.Batch{Messages: event.Of(id), Incoming: map[model.ConversationID]int{id: 10}})
	}
	return nil
}

// find returns the first visible object of a type.
func find[T fyne.CanvasObject](o fyne.CanvasObject) (none T) {
	if l, ok := o.(T); ok {
		return l
	}
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		children = o.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	}
	for _, c := range children {
		if l := find[T](c); fyne.CanvasObject(l) != fyne.CanvasObject(none) && c.Visible() {
			return l
		}
	}
	return none
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// resident returns the resident memory of this process in megabytes.
func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
