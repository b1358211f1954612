package app

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/xappiens/buzon/model"
)

// ErrNoClipboard says that this system has no way to take a picture.
var ErrNoClipboard = errors.New("no program of this system takes a picture to its clipboard")

// copiedSide is the longest side of a picture that is copied, in pixels.
const copiedSide = 4096

// CopyPicture puts the picture of a message on the clipboard of the system, as PNG.
// ErrNoClipboard where the system has no way to take one.
func (m *Media) CopyPicture(ctx context.Context, id model.MessageID) (err error) {
	picture, err := m.Picture(ctx, id, copiedSide)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(m.a.Paths.Open, dirMode); err != nil {
		return &storageError{fmt.Errorf("make a folder for the picture: %w", err)}
	}
	// It stays until what was opened outside is tidied up: what is asked to paste may
	// read it later.
	path := filepath.Join(m.a.Paths.Open, "clipboard.png")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
	if err != nil {
		return &storageError{fmt.Errorf("make a file for the picture: %w", err)}
	}
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, picture)
	if err = errors.Join(err, f.Close()); err != nil {
		return &storageError{fmt.Errorf("write the picture: %w", err)}
	}
	return m.copyPicture(ctx, path)
}

// pictureToClipboard hands a PNG file to the clipboard, without a shell: its name is
// an argument and nothing else. Neither X11 nor Wayland keeps what was copied: a
// process of the program that takes it goes on to do so.
func pictureToClipboard(ctx context.Context, path string) error {
	name, args := pictureCopier(path)
	if name == "" {
		return ErrNoClipboard
	}
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // the path is ours
	command.Env = foreignEnvironment()
	if filepath.Base(name) == "wl-copy" {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("open the picture: %w", err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		command.Stdin = f
	}
	if err := command.Run(); err != nil {
		return fmt.Errorf("copy the picture with %s: %w", filepath.Base(name), err)
	}
	return nil
}

// pictureCopier returns the program that takes a picture; "" when there is none.
func pictureCopier(path string) (name string, args []string) {
	switch runtime.GOOS {
	case "darwin":
		return "osascript", []string{"-e", "on run a", "-e", "set the clipboard to (read (POSIX file (item 1 of a)) as «class PNGf»)", "-e", "end run", path}
	case "windows":
		return "", nil // only by a script in which the path would be code
	}
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		if name, err := exec.LookPath("wl-copy"); err == nil {
			return name, []string{"--type", "image/png"}
		}
	}
	if name, err := exec.LookPath("xclip"); err == nil && os.Getenv("DISPLAY") != "" {
		return name, []string{"-selection", "clipboard", "-t", "image/png", "-i", path}
	}
	return "", nil
}
