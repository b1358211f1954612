package conversations

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// playTick is how often the position is shown.
const playTick = 100 * time.Millisecond

// speeds returns the speeds in the order in which they are chosen.
func speeds() []float64 { return []float64{1, 1.5, 2} }

// playback plays one voice message or sound file of the conversation at a time,
// and after a voice message the next one.
type playback struct {
	ctx    *ui.Context
	player ui.Player // nil: sound is played by another program
	files  *files
	bar    *widgets.PlayerBar

	id       model.MessageID // zero: nothing
	voice    bool
	path     string
	name     string
	speed    float64
	sound    ui.Sound
	starting bool
	tick     func()

	turn sync.Mutex   // held while the player is told something
	gen  atomic.Int64 // of what it was told last; what is older is not said any more
}

func newPlayback(ctx *ui.Context, player ui.Player, f *files) *playback {
	p := &playback{ctx: ctx, player: player, files: f, bar: widgets.NewPlayerBar(ctx), speed: 1, tick: func() {}}
	p.bar.OnToggle = p.pauseOrGoOn
	p.bar.OnSeek = func(share float64) { p.moveTo(share) }
	p.bar.OnSpeed = p.nextSpeed
	p.bar.OnClose = p.stop
	return p
}

// toggle plays a message, or pauses it while it plays.
func (p *playback) toggle(row *model.MessageRow) {
	if p.id == row.ID {
		p.pauseOrGoOn()
		return
	}
	p.start(row, 0)
}

// seek plays a message from a share of its length on.
func (p *playback) seek(row *model.MessageRow, share float64) {
	if p.id == row.ID {
		p.moveTo(share)
		return
	}
	length := time.Duration(0)
	if m := row.DecodedDetails().Media; m != nil {
		length = time.Duration(m.Seconds) * time.Second
	}
	p.start(row, time.Duration(share*float64(length)))
}

func (p *playback) start(row *model.MessageRow, from time.Duration) {
	id := row.ID
	if mediaState(row) != model.MediaStored {
		p.files.download(id, func() { p.files.d.afterRead(func() { p.startStored(id, from) }) })
		return
	}
	p.startStored(id, from)
}

// startStored plays a message whose file is here by now.
func (p *playback) startStored(id model.MessageID, from time.Duration) {
	row := p.files.row(id)
	if row == nil || row.MediaHash == "" {
		return
	}
	if p.player == nil {
		widgets.OpenOutside(p.ctx, p.files.svc, id, p.ctx.Toast)
		return
	}
	p.stop()
	p.id, p.voice, p.path = id, row.Type == model.TypeVoice, p.files.svc.Path(row.MediaHash)
	p.name = p.ctx.MessageSummary(*row)
	p.sound = ui.Sound{}
	p.bar.Set(p.name, p.sound, p.speed)
	p.bar.Show()
	p.files.d.pane.Refresh()
	p.play(from)
}

// play starts the sound at a moment.
func (p *playback) play(from time.Duration) {
	gen, path, speed := p.gen.Add(1), p.path, p.speed
	p.starting = true
	p.sound.Playing, p.sound.Position = true, from
	p.show()
	p.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := p.say(gen, func() error { return p.player.Play(ctx, path, from, speed) })
		return func() {
			if gen != p.gen.Load() {
				return
			}
			p.starting = false
			if err != nil {
				p.failed(err)
				return
			}
			p.tick()
			p.tick = p.ctx.Every(playTick, p.poll)
			p.poll()
		}
	})
}

// poll shows how far it is.
func (p *playback) poll() {
	if p.starting || p.id == 0 {
		return
	}
	p.sound = p.player.Status()
	switch {
	case p.sound.Err != nil:
		p.failed(p.sound.Err)
	case p.sound.Ended:
		p.ended()
	default:
		if !p.sound.Playing {
			p.tick()
		}
		p.show()
	}
}

func (p *playback) show() {
	p.bar.Set(p.name, p.sound, p.speed)
	p.files.show(p.id)
}

func (p *playback) pauseOrGoOn() {
	switch {
	case p.id == 0:
	case p.sound.Playing:
		p.hush()
		p.sound.Playing = false
		p.show()
	default:
		p.play(p.sound.Position)
	}
}

func (p *playback) moveTo(share float64) {
	if p.id == 0 || p.starting || p.sound.Length <= 0 {
		return
	}
	p.play(time.Duration(share * float64(p.sound.Length)))
}

func (p *playback) nextSpeed() {
	all := speeds()
	next := all[0]
	for i, s := range all {
		if s == p.speed {
			next = all[(i+1)%len(all)]
		}
	}
	p.speed = next
	if p.sound.Playing && !p.starting {
		p.play(p.player.Status().Position)
		return
	}
	p.show()
}

// ended goes on to the next voice message right after this one.
func (p *playback) ended() {
	id, voice := p.id, p.voice
	p.stop()
	if !voice {
		return
	}
	rows := p.files.d.thread.rows
	for i := range rows {
		if rows[i].ID > id {
			if rows[i].Type == model.TypeVoice && mediaState(&rows[i]) == model.MediaStored {
				p.startStored(rows[i].ID, 0)
			}
			return
		}
	}
}

// failed says why nothing is heard and offers another program.
func (p *playback) failed(err error) {
	id := p.id
	p.stop()
	p.ctx.LogError("action.play_sound", err)
	why, do := p.ctx.ProblemText(p.ctx.Describe(err))
	p.ctx.Confirm(ui.ConfirmOptions{
		Title: p.ctx.T("action.play_sound"), Body: why + " " + do, Button: p.ctx.T("media.player.outside"),
	}, func() { widgets.OpenOutside(p.ctx, p.files.svc, id, p.ctx.Toast) })
}

// stop falls silent and forgets what was played.
func (p *playback) stop() {
	if p.id == 0 {
		return
	}
	id := p.id
	p.hush()
	p.id, p.sound = 0, ui.Sound{}
	p.bar.Hide()
	p.files.d.pane.Refresh()
	p.files.show(id)
}

// hush falls silent, also when the sound is only about to begin.
func (p *playback) hush() {
	gen := p.gen.Add(1)
	p.starting = false
	p.tick()
	p.ctx.Go(func(context.Context) {
		_ = p.say(gen, func() error { p.player.Pause(); return nil }) // it cannot fail
	})
}

// say tells the player something, unless it was told something newer by then.
func (p *playback) say(gen int64, do func() error) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	if gen != p.gen.Load() {
		return nil
	}
	return do()
}

// describe adds how far a message was played to what its bubble shows.
func (p *playback) describe(id model.MessageID, to *widgets.Progress) {
	if p.id != id || id == 0 {
		return
	}
	to.Playing = p.sound.Playing
	if p.sound.Length > 0 {
		to.Played = float32(float64(p.sound.Position) / float64(p.sound.Length))
	}
	to.Position = p.ctx.FormatSeconds(int(p.sound.Position / time.Second))
	if to.Position == "" {
		to.Position = "0:00"
	}
}
