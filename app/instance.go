package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/model"
)

// ErrAlreadyRunning says that another Buzón works on the same data.
var ErrAlreadyRunning = errors.New("another Buzón is working on the same data")

const (
	showWord   = "show"
	showAnswer = "ok"
	// showWait is how long one conversation between two starts may take.
	showWait = 2 * time.Second
	// maxShowLine is above token, word, conversation and line end; longer ones are refused.
	maxShowLine = 512
	// maxSocketPath is below what every system accepts as the name of a socket.
	maxSocketPath = 100
)

// Instance is the right to be the only Buzón that works on a data folder. It is
// held by a lock that the system frees when the program ends in whatever way.
type Instance struct {
	lock     *flock.Flock
	showFile string
	log      *logrus.Entry

	mu       sync.Mutex
	listener net.Listener
	socket   string // path of the socket, "" for a loopback address
	done     chan struct{}
}

// AcquireInstance takes the right, or fails with ErrAlreadyRunning. The folders
// must exist. log may be nil.
func AcquireInstance(p Paths, log *logrus.Entry) (*Instance, error) {
	if log == nil {
		log = noLog()
	}
	lock := flock.New(p.LockFile, flock.SetPermissions(fileMode))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data folder %s: %w", p.Data, err)
	}
	if !held {
		return nil, fmt.Errorf("%w (%s%s)", ErrAlreadyRunning, p.Data, holder(p.LockFile))
	}
	// The lock is the system's and not in the file, which is there to be read by people.
	if err := os.WriteFile(p.LockFile, []byte(strconv.Itoa(os.Getpid())+"\n"), fileMode); err != nil {
		log.WithError(err).Debug("the lock file names no process")
	}
	return &Instance{lock: lock, showFile: p.ShowFile, log: log}, nil
}

// holder names the process that holds a lock, as far as its file can be read: on
// Windows what is locked cannot be. One that has only just got it is waited for, up
// to a second: where the machine is busy it may be kept from writing its name.
func holder(lockFile string) string {
	for range 100 {
		text, err := readCapped(lockFile, maxShowLine)
		if err != nil {
			return ""
		}
		if len(text) == 0 {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil || pid <= 0 {
			return ""
		}
		return fmt.Sprintf(", process %d", pid)
	}
	return ""
}

// OnShow lets a second start ask for the window: show is called for each, on a
// goroutine that Close ends and waits for, with the conversation that is asked for
// as model.ParseConversationRef reads it, "" for none. Nothing else is accepted, and
// only from a program that can read the owner's files.
func (i *Instance) OnShow(show func(conversation string)) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.listener != nil {
		return errors.New("listen for a second start: it is being done already")
	}
	listener, socket, err := listenLocal(i.showFile + ".sock")
	if err != nil {
		return fmt.Errorf("listen for a second start: %w", err)
	}
	token := rand.Text()
	address := listener.Addr()
	line := strings.Join([]string{address.Network(), token, address.String()}, "\n") + "\n"
	if err := writeFile(i.showFile, []byte(line)); err != nil {
		return errors.Join(fmt.Errorf("listen for a second start: %w", err), listener.Close())
	}
	i.listener, i.socket, i.done = listener, socket, make(chan struct{})
	go i.serve(listener, token, show)
	return nil
}

// listenLocal opens a socket that only the owner can reach, or where there are
// none (Windows, long paths, some network disks) a loopback port, which the
// token protects.
func listenLocal(path string) (net.Listener, string, error) {
	var config net.ListenConfig
	ctx := context.Background() // listening on this machine does not wait
	if runtime.GOOS != "windows" && len(path) <= maxSocketPath {
		if err := ignoreNotExist(os.Remove(path)); err == nil { // left by a program that was killed
			if l, err := config.Listen(ctx, "unix", path); err == nil {
				if err := os.Chmod(path, fileMode); err != nil {
					return nil, "", errors.Join(err, l.Close())
				}
				return l, path, nil
			}
		}
	}
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	return l, "", err
}

// serve answers one caller after the other until the listener is closed. One at
// a time is enough, and bounds what a flood can cost.
func (i *Instance) serve(listener net.Listener, token string, show func(conversation string)) {
	defer close(i.done)
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			i.log.WithError(err).Warn("listening for a second start ended")
			return
		}
		conversation, err := answerShow(conn, token)
		if err != nil {
			i.log.WithError(err).Debug("a caller that asked for no window")
			continue
		}
		show(conversation)
	}
}

func answerShow(conn net.Conn, token string) (conversation string, err error) {
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(showWait)); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, maxShowLine)).ReadString('\n')
	if err != nil {
		return "", err
	}
	given, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	word, conversation, _ := strings.Cut(rest, " ")
	if subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 || word != showWord {
		return "", errors.New("wrong word")
	}
	if conversation != "" {
		if _, _, err := model.ParseConversationRef(conversation); err != nil {
			return "", errors.New("wrong conversation")
		}
	}
	_, err = io.WriteString(conn, showAnswer+"\n")
	return conversation, err
}

// Close gives the right back and ends listening.
func (i *Instance) Close() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var errs []error
	if i.listener != nil {
		errs = append(errs, i.listener.Close())
		<-i.done
		i.listener = nil
		errs = append(errs, ignoreNotExist(os.Remove(i.showFile)))
		if i.socket != "" {
			errs = append(errs, ignoreNotExist(os.Remove(i.socket)))
		}
	}
	if err := os.Truncate(i.lock.Path(), 0); err != nil { // who comes next is not to be told of this one
		i.log.WithError(err).Debug("the lock file still names this process")
	}
	errs = append(errs, i.lock.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("give the data folder back: %w", err)
	}
	return nil
}

// ShowRunning asks the Buzón that works on the data to show its window, with the
// conversation that model.ParseConversationRef reads, unless that is "". An error
// says that it could not be asked: it may have no window.
func ShowRunning(ctx context.Context, p Paths, conversation string) error {
	network, token, address, err := readShowFile(p)
	if err != nil {
		return fmt.Errorf("ask the running Buzón for its window: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*showWait)
	defer cancel()
	if err := askToShow(ctx, network, strings.TrimSpace(token+" "+showWord+" "+conversation), address); err != nil {
		return fmt.Errorf("ask the running Buzón for its window: %w", err)
	}
	return nil
}

func readShowFile(p Paths) (network, token, address string, err error) {
	data, err := readCapped(p.ShowFile, maxSocketPath+maxShowLine+64)
	if err != nil {
		return "", "", "", err
	}
	parts := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(parts) != 3 {
		return "", "", "", fmt.Errorf("%s makes no sense", filepath.Base(p.ShowFile))
	}
	network, token, address = parts[0], parts[1], parts[2]
	// Whatever the file says, nothing outside of this machine is called.
	local := network == "unix" && address == p.ShowFile+".sock"
	if network == "tcp" {
		port, err := netip.ParseAddrPort(address)
		local = err == nil && port.Addr().IsLoopback()
	}
	if !local {
		return "", "", "", fmt.Errorf("%s names no address of this machine", filepath.Base(p.ShowFile))
	}
	return network, token, address, nil
}

func askToShow(ctx context.Context, network, line, address string) (err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(conn, line+"\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, maxShowLine)).ReadString('\n')
	if err != nil {
		return err
	}
	if answer != showAnswer+"\n" {
		return errors.New("it gave no proper answer")
	}
	return nil
}
