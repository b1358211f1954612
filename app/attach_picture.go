package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/draw"

	"github.com/xappiens/buzon/model"
)

// sentQuality is the quality of JPEG files that are made to be sent, as phones use it.
const sentQuality = 85

// takeSmaller takes a smaller picture of a file. It is not done where the file
// is small enough as it is.
func (t *Attach) takeSmaller(ctx context.Context, f *os.File, path string, look model.FileLook, o model.TakeOptions) (taken model.OutgoingFile, done bool, err error) {
	_, config, turn, err := examinePicture(f)
	if err != nil {
		return taken, false, &model.FileError{Reason: model.FileNoPicture, Err: err}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return taken, false, fileError(err)
	}
	if max(config.Width, config.Height) <= o.MaxSide && turn <= 1 && look.MimeType == "image/jpeg" && look.Size <= t.Limit() {
		return taken, false, nil
	}
	if err := t.room(ctx, min(look.Size, t.Limit())); err != nil {
		return taken, false, err
	}
	picture, err := t.a.Media.studio.decode(ctx, path, o.MaxSide)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrPictureTooLarge) {
			return taken, false, err
		}
		return taken, false, &model.FileError{Reason: model.FileNoPicture, Err: withoutPath(err)}
	}
	into, err := t.a.media.Create()
	if err != nil {
		return taken, false, err
	}
	defer into.Discard()
	if err := jpeg.Encode(into, onWhite(picture), &jpeg.Options{Quality: sentQuality}); err != nil {
		return taken, false, fmt.Errorf("make a picture smaller: %w", err)
	}
	stored, err := into.Keep()
	if err != nil {
		return taken, false, err
	}
	if stored.Size > t.Limit() {
		return taken, false, &model.FileError{Reason: model.FileTooLarge, Limit: t.Limit()}
	}
	name := strings.TrimSuffix(look.Name, filepath.Ext(look.Name)) + ".jpg"
	return model.OutgoingFile{SHA256: stored.SHA256, MimeType: "image/jpeg", FileName: name, Size: stored.Size}, true, nil
}

// onWhite puts a picture on white where something shines through: a JPEG cannot say so.
func onWhite(picture image.Image) image.Image {
	if o, ok := picture.(interface{ Opaque() bool }); ok && o.Opaque() {
		return picture
	}
	flat := image.NewRGBA(picture.Bounds())
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), picture, picture.Bounds().Min, draw.Over)
	return flat
}
