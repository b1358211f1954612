//go:build windows || darwin

package audio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ebitengine/oto/v3"
)

// outLatency is how much sound waits in the sound system.
const outLatency = 120 * time.Millisecond

// readyLimit bounds the wait for a device that does not answer.
const readyLimit = 2 * time.Second

// System returns the sound of the desktop: WASAPI on Windows, Core Audio on
// macOS. The name is used where the sound system shows one.
func System(string) Output { return &otoOutput{} }

// otoOutput opens the device at the first sound: the library allows one
// context in the life of a program.
type otoOutput struct {
	mu     sync.Mutex
	device *oto.Context
	err    error
}

// Start implements Output.
func (o *otoOutput) Start(ctx context.Context, read func([]int16) (int, error)) (Voice, error) {
	device, err := o.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	v := &otoVoice{device: device}
	v.player = device.NewPlayer(&samplesReader{read: read})
	v.player.SetBufferSize(int(outLatency.Milliseconds()) * OutRate / 1000 * OutChannels * 2)
	v.player.Play()
	return v, nil
}

func (o *otoOutput) open(ctx context.Context) (*oto.Context, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.device != nil || o.err != nil {
		return o.device, o.err
	}
	device, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate: OutRate, ChannelCount: OutChannels, Format: oto.FormatSignedInt16LE, BufferSize: outLatency / 2,
	})
	if err != nil {
		o.err = err
		return nil, err
	}
	o.device = device
	limit := time.NewTimer(readyLimit)
	defer limit.Stop()
	select {
	case <-ready:
		return device, device.Err()
	case <-limit.C:
		return nil, errors.New("the sound device does not answer")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// samplesReader turns samples into bytes.
type samplesReader struct {
	read    func([]int16) (int, error)
	samples []int16
}

// Read implements io.Reader.
func (r *samplesReader) Read(dst []byte) (int, error) {
	frames := len(dst) / (OutChannels * 2)
	if frames == 0 {
		return 0, io.ErrShortBuffer
	}
	if len(r.samples) < frames*OutChannels {
		r.samples = make([]int16, frames*OutChannels)
	}
	n, err := r.read(r.samples[:frames*OutChannels])
	for i, s := range r.samples[:n*OutChannels] {
		binary.LittleEndian.PutUint16(dst[2*i:], uint16(s))
	}
	if n > 0 {
		return n * OutChannels * 2, nil
	}
	return 0, err
}

type otoVoice struct {
	device *oto.Context
	player *oto.Player
}

// Latency implements Voice.
func (v *otoVoice) Latency() time.Duration { return outLatency }

// Err implements Voice.
func (v *otoVoice) Err() error {
	if err := v.device.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	return nil
}

// Close implements Voice.
func (v *otoVoice) Close() error {
	v.player.Pause()
	return v.player.Close()
}
