package audio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jfreymuth/pulse/proto"
)

// outLatency is how much sound waits in the sound system: enough for a busy
// machine, little enough that Pause feels like one.
const outLatency = 120 * time.Millisecond

// System returns the sound of the desktop: PulseAudio, or PipeWire, which
// speaks the same protocol. Name is what its volume control calls the program.
func System(name string) Output { return &pulseOutput{name: name} }

type pulseOutput struct{ name string }

// pulseVoice is one connection with one stream.
type pulseVoice struct {
	conn   net.Conn
	client *proto.Client
	stream uint32
	done   chan struct{}
	wg     sync.WaitGroup
	once   sync.Once

	mu     sync.Mutex
	wanted int           // bytes that the sound system asked for
	more   chan struct{} // holds a signal while wanted may be above zero
	err    error
}

// Start implements Output.
func (o *pulseOutput) Start(ctx context.Context, read func([]int16) (int, error)) (Voice, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, err := connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	if err := v.open(o.name); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoDevice, err), v.Close())
	}
	v.wg.Go(func() { v.feed(read) })
	return v, nil
}

// connect reaches the first sound server that answers. The library can do this
// too, but falls over a server that hangs up before it has a Callback, and does
// not end with a context.
func connect(ctx context.Context) (*pulseVoice, error) {
	err := errors.New("no address of a sound server")
	for _, a := range soundServers() {
		v := &pulseVoice{done: make(chan struct{}), more: make(chan struct{}, 1)}
		if err = v.reach(ctx, a); err == nil {
			return v, nil
		}
	}
	return nil, err
}

// connectWait is how long one sound server is waited for.
const connectWait = 2 * time.Second

func (v *pulseVoice) reach(ctx context.Context, a soundServer) error {
	conn, err := (&net.Dialer{Timeout: connectWait}).DialContext(ctx, a.network, a.address)
	if err != nil {
		return fmt.Errorf("reach the sound server: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // what waits for an answer ends
	client := &proto.Client{Callback: v.hear}
	client.SetTimeout(connectWait)
	client.Open(conn)
	cookie, err := os.ReadFile(cookieFile())
	if err != nil { // a server may take anybody; else it says so
		cookie = make([]byte, 256)
	}
	var reply proto.AuthReply
	if err := client.Request(&proto.Auth{Version: client.Version(), Cookie: cookie}, &reply); err != nil {
		return errors.Join(fmt.Errorf("be let in by the sound server: %w", err), conn.Close())
	}
	client.SetVersion(reply.Version)
	v.client, v.conn = client, conn
	return nil
}

func cookieFile() string {
	if path := os.Getenv("PULSE_COOKIE"); path != "" {
		return path
	}
	return filepath.Join(os.Getenv("HOME"), ".config", "pulse", "cookie")
}

type soundServer struct{ network, address string }

// soundServers reads where the sound servers are, as PulseAudio's own programs do
// (freedesktop.org, PulseAudio "Server Strings"): from PULSE_SERVER, else the
// socket of the user's session.
func soundServers() []soundServer {
	named := os.Getenv("PULSE_SERVER")
	if named == "" {
		dir := os.Getenv("XDG_RUNTIME_DIR")
		if dir == "" { // not the working directory, where anybody may have made a socket
			dir = fmt.Sprintf("/run/user/%d", os.Getuid())
		}
		return []soundServer{{"unix", filepath.Join(dir, "pulse", "native")}}
	}
	host, _ := os.Hostname() // no name fits no condition
	var list []soundServer
	for text := range strings.FieldsSeq(named) {
		if rest, ok := strings.CutPrefix(text, "{"); ok { // only on that computer
			only, after, _ := strings.Cut(rest, "}")
			if text = after; only != host {
				continue
			}
		}
		network, address, _ := strings.Cut(text, ":")
		switch {
		case strings.HasPrefix(text, "/"):
			list = append(list, soundServer{"unix", text})
		case network == "unix", network == "tcp", network == "tcp4", network == "tcp6":
			list = append(list, soundServer{network, address})
		}
	}
	return list
}

func (v *pulseVoice) open(name string) error {
	props := proto.PropList{
		"application.name": proto.PropListString(name),
		"media.name":       proto.PropListString(name),
		"media.role":       proto.PropListString("music"),
	}
	if err := v.client.Request(&proto.SetClientName{Props: props}, &proto.SetClientNameReply{}); err != nil {
		return fmt.Errorf("introduce the program: %w", err)
	}
	size := uint32(outLatency.Milliseconds()) * OutRate / 1000 * OutChannels * 2
	var reply proto.CreatePlaybackStreamReply
	err := v.client.Request(&proto.CreatePlaybackStream{
		SampleSpec:      proto.SampleSpec{Format: proto.FormatInt16LE, Channels: OutChannels, Rate: OutRate},
		ChannelMap:      proto.ChannelMap{proto.ChannelLeft, proto.ChannelRight},
		ChannelVolumes:  proto.ChannelVolumes{0x10000, 0x10000},
		SinkIndex:       proto.Undefined,
		BufferMaxLength: proto.Undefined, BufferTargetLength: size,
		BufferPrebufferLength: proto.Undefined, BufferMinimumRequest: proto.Undefined,
		AdjustLatency: true, Properties: props,
	}, &reply)
	if err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	v.stream = reply.StreamIndex
	v.ask(int(reply.Missing))
	return nil
}

// hear takes what the sound system says; it must not wait.
func (v *pulseVoice) hear(message any) {
	switch m := message.(type) {
	case *proto.Request:
		v.ask(int(m.Length))
	case *proto.PlaybackStreamKilled:
		v.fail(errors.New("the sound system ended the stream"))
	case *proto.ConnectionClosed:
		v.fail(errors.New("the sound system went away"))
	}
}

func (v *pulseVoice) ask(bytes int) {
	v.mu.Lock()
	v.wanted += bytes
	v.mu.Unlock()
	select {
	case v.more <- struct{}{}:
	default:
	}
}

func (v *pulseVoice) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err == nil {
		v.err = fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
}

// feed sends what the sound system asks for until the end of the sound. A
// short sound never fills what the system wants to hold before it begins, so
// silence follows it.
func (v *pulseVoice) feed(read func([]int16) (int, error)) {
	const most = 4096 // frames at a time
	samples, data := make([]int16, most*OutChannels), make([]byte, most*OutChannels*2)
	ended := false
	for {
		select {
		case <-v.done:
			return
		case <-v.more:
		}
		for {
			v.mu.Lock()
			frames := min(v.wanted/(OutChannels*2), most)
			v.wanted -= frames * OutChannels * 2
			failed := v.err != nil
			v.mu.Unlock()
			if frames == 0 || failed {
				break
			}
			n := 0
			if !ended {
				var err error
				n, err = read(samples[:frames*OutChannels])
				ended = err != nil
			}
			clear(samples[n*OutChannels : frames*OutChannels])
			for i, s := range samples[:frames*OutChannels] {
				binary.LittleEndian.PutUint16(data[2*i:], uint16(s))
			}
			if err := v.client.Send(v.stream, data[:frames*OutChannels*2]); err != nil {
				v.fail(err)
				return
			}
		}
	}
}

// Latency implements Voice.
func (v *pulseVoice) Latency() time.Duration { return outLatency }

// Err implements Voice.
func (v *pulseVoice) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

// Close implements Voice. The sound system drops the stream with its
// connection, at once and without the sound that waits.
func (v *pulseVoice) Close() (err error) {
	v.once.Do(func() {
		close(v.done)
		err = v.conn.Close()
		v.wg.Wait()
	})
	return err
}
