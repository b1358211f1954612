package app

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/xappiens/buzon/model"
)

// Attach are the use cases on files that are to be sent.
type Attach struct{ a *App }

// Take copies a file that is to be sent, so that what happens to it later
// changes nothing. Only ordinary files that are not empty are taken; others are
// an InputError.
func (t *Attach) Take(_ context.Context, path string, _ model.TakeOptions) (model.OutgoingFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return model.OutgoingFile{}, fmt.Errorf("open the file that is to be sent: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return model.OutgoingFile{}, fmt.Errorf("look at the file that is to be sent: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() == 0 || info.Size() > model.MaxOutgoingFile {
		return model.OutgoingFile{}, &InputError{What: "file"}
	}
	data, err := io.ReadAll(io.LimitReader(f, model.MaxOutgoingFile+1))
	if err != nil {
		return model.OutgoingFile{}, fmt.Errorf("read the file that is to be sent: %w", err)
	}
	if len(data) == 0 || len(data) > model.MaxOutgoingFile { // it changed meanwhile
		return model.OutgoingFile{}, &InputError{What: "file"}
	}
	hash, err := t.a.media.Save(data, "")
	if err != nil {
		return model.OutgoingFile{}, err
	}
	name := model.CleanLine(filepath.Base(path), model.MaxName)
	kind, _, _ := strings.Cut(mime.TypeByExtension(filepath.Ext(name)), ";")
	if kind == "" {
		kind, _, _ = strings.Cut(http.DetectContentType(data), ";")
	}
	return model.OutgoingFile{SHA256: hash, MimeType: kind, FileName: name, Size: int64(len(data))}, nil
}
