package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/xappiens/buzon/model"
)

const (
	// queuedFiles is the most that copies of files that were not sent yet may take
	// on the disk, in bytes. It is 250 files of the size that gateways take by
	// default: more than goes out in hours at the pace of the settings, and little
	// enough that a folder dropped by mistake fills no disk.
	queuedFiles = 2 << 30
	// keptFree is what copying a file leaves free on the disk, in bytes: the store
	// must go on writing.
	keptFree = 200 << 20
	// progressStep is how many bytes are copied between two words on how far it is.
	progressStep = 1 << 20
)

// Attach are the use cases on files that are to be sent. Its methods read files:
// call them from any goroutine but the one of the window.
type Attach struct{ a *App }

// Limit returns how large a file may be that is sent now, in bytes: what the
// settings say of the gateway, and never more than model.MaxOutgoingFile. A
// megabyte of the settings is 1,000,000 bytes: with 8 of them a file in base64
// fits the body that a gateway with its own default takes (contract §2).
func (t *Attach) Limit() int64 {
	if mb := t.a.settings.Current().MaxSendMB; mb > 0 {
		return min(int64(mb)*1_000_000, model.MaxOutgoingFile)
	}
	return model.MaxOutgoingFile
}

// Look tells what a file is and whether it can be taken, as far as that is seen
// without reading more than its beginning. The error is a *model.FileError. A
// picture over Limit passes: it can be made smaller.
func (t *Attach) Look(_ context.Context, path string) (model.FileLook, error) {
	f, look, err := t.open(path)
	if err != nil {
		return look, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if strings.HasPrefix(look.MimeType, "image/") {
		if _, config, turn, err := examinePicture(f); err == nil && int64(config.Width)*int64(config.Height) <= maxPixels {
			look.Width, look.Height = config.Width, config.Height
			if turn.lies() {
				look.Width, look.Height = look.Height, look.Width
			}
		}
	}
	if look.Size > t.Limit() && look.Width == 0 {
		return look, &model.FileError{Reason: model.FileTooLarge, Limit: t.Limit()}
	}
	return look, nil
}

// Take copies a file that is to be sent, so that what happens to it later
// changes nothing, or the smaller picture that o asks for, as a JPEG. The file is
// never held in memory. What cannot be taken is refused with a *model.FileError
// before it is read; a file that was written to meanwhile is refused too.
func (t *Attach) Take(ctx context.Context, path string, o model.TakeOptions) (model.OutgoingFile, error) {
	f, look, err := t.open(path)
	if err != nil {
		return model.OutgoingFile{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if o.MaxSide > 0 {
		taken, done, err := t.takeSmaller(ctx, f, path, look, o)
		if done || err != nil {
			return taken, err
		}
	}
	if look.Size > t.Limit() {
		return model.OutgoingFile{}, &model.FileError{Reason: model.FileTooLarge, Limit: t.Limit()}
	}
	if err := t.room(ctx, look.Size); err != nil {
		return model.OutgoingFile{}, err
	}
	return t.copy(ctx, f, look, o.Progress)
}

// Preview returns the picture of a file that was taken, upright and at most
// maxSide pixels wide and high. ErrNoPicture when it is none.
func (t *Attach) Preview(ctx context.Context, file model.OutgoingFile, maxSide int) (image.Image, error) {
	if !strings.HasPrefix(file.MimeType, "image/") {
		return nil, ErrNoPicture
	}
	return t.a.Media.studio.decode(ctx, t.a.media.path(file.SHA256), maxSide)
}

// PreviewPath is Preview for a file that was not taken yet.
func (t *Attach) PreviewPath(ctx context.Context, path string, maxSide int) (image.Image, error) {
	f, look, err := t.open(path)
	if err != nil {
		return nil, err
	}
	_ = f.Close() // it was only read
	if !strings.HasPrefix(look.MimeType, "image/") {
		return nil, ErrNoPicture
	}
	return t.a.Media.studio.decode(ctx, path, maxSide)
}

// open opens an ordinary file that is not empty and looks at its beginning. It
// is at its beginning again then.
func (t *Attach) open(path string) (f *os.File, look model.FileLook, err error) {
	info, err := os.Stat(path) // first: opening a pipe waits for its other end
	if err == nil {
		err = ordinary(info)
	}
	if err != nil {
		return nil, look, fileError(err)
	}
	f, err = os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, look, fileError(err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it was only read
		}
	}()
	if info, err = f.Stat(); err == nil { // it may be another one by now
		err = ordinary(info)
	}
	if err != nil {
		return nil, look, fileError(err)
	}
	head := make([]byte, model.SniffBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, look, fileError(err)
	}
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		return nil, look, fileError(err)
	}
	look.Name = model.CleanLine(filepath.Base(path), model.MaxName)
	look.Size = info.Size()
	look.MimeType = outgoingType(look.Name, head[:n])
	look.Voice = look.MimeType == opusType
	return f, look, nil
}

// ordinary refuses what is not a file with something in it.
func ordinary(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return &model.FileError{Reason: model.FileFolder}
	case !info.Mode().IsRegular():
		return &model.FileError{Reason: model.FileSpecial}
	case info.Size() == 0:
		return &model.FileError{Reason: model.FileEmpty}
	case info.Size() > model.MaxOutgoingFile:
		return &model.FileError{Reason: model.FileTooLarge, Limit: model.MaxOutgoingFile}
	}
	return nil
}

// fileError puts what the system says of a file into one of our words.
func fileError(err error) error {
	var own *model.FileError
	switch {
	case errors.As(err, &own):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &model.FileError{Reason: model.FileMissing}
	case errors.Is(err, syscall.ELOOP):
		return &model.FileError{Reason: model.FileLoop}
	}
	return &model.FileError{Reason: model.FileUnreadable, Err: withoutPath(err)}
}

// withoutPath takes the name of a file out of an error: it may be a person's.
func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// opusType is what WhatsApp calls the sound of voice messages.
const opusType = "audio/ogg; codecs=opus"

// outgoingType names the type of a file: pictures, videos and sound by what they
// are, whatever they are called; others by their name where it says more.
func outgoingType(name string, head []byte) string {
	seen := model.SniffMedia(head)
	if seen == "audio/ogg" && bytes.Contains(head, []byte("OpusHead")) {
		return opusType
	}
	if shown(seen) {
		return seen
	}
	named, _, _ := strings.Cut(mime.TypeByExtension(strings.ToLower(filepath.Ext(name))), ";")
	if named != "" && !shown(named) {
		return named
	}
	return seen
}

// shown tells whether files of a type are shown or played in a conversation.
func shown(mimetype string) bool {
	class, _, _ := strings.Cut(mimetype, "/")
	return class == "image" || class == "video" || class == "audio"
}

// room refuses a file for which there is no room.
func (t *Attach) room(ctx context.Context, size int64) error {
	held, err := t.a.Store.OutgoingBytes(ctx)
	if err != nil {
		return fmt.Errorf("look how much waits to be sent: %w", err)
	}
	if held+size > queuedFiles {
		return &model.FileError{Reason: model.FileBudget, Limit: queuedFiles}
	}
	if free, err := t.a.media.Free(); err == nil && free < uint64(size)+keptFree { //nolint:gosec // a size is positive
		return &model.FileError{Reason: model.FileDisk}
	}
	return nil
}

// copy copies an open file under its digest.
func (t *Attach) copy(ctx context.Context, f *os.File, look model.FileLook, progress func(done, total int64)) (taken model.OutgoingFile, err error) {
	before, err := f.Stat()
	if err != nil {
		return taken, fileError(err)
	}
	into, err := t.a.media.Create()
	if err != nil {
		return taken, err
	}
	defer into.Discard()
	source := contextReader{ctx, io.LimitReader(f, look.Size+1)}
	var done int64
	for {
		n, err := io.CopyN(into, source, progressStep)
		done += n
		if progress != nil {
			progress(min(done, look.Size), look.Size)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		var disk *storageError
		switch {
		case err == nil:
		case errors.As(err, &disk), ctx.Err() != nil:
			return taken, err
		default:
			return taken, fileError(err)
		}
	}
	after, err := f.Stat()
	if err != nil {
		return taken, fileError(err)
	}
	if done != look.Size || after.Size() != look.Size || !after.ModTime().Equal(before.ModTime()) {
		return taken, &model.FileError{Reason: model.FileChanged}
	}
	stored, err := into.Keep()
	if err != nil {
		return taken, err
	}
	return model.OutgoingFile{SHA256: stored.SHA256, MimeType: look.MimeType, FileName: look.Name, Size: stored.Size}, nil
}
