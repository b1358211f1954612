package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// errNoDigest says that a name is not that of a kept file.
var errNoDigest = errors.New("not the digest of a file")

// errChanged says that a kept file is not what it was.
var errChanged = errors.New("the file has changed since it was kept")

// digestFiles keeps bytes as files named by their SHA-256.
type digestFiles struct {
	dir string
}

// Save keeps bytes; those that are held already are left as they are.
func (f *digestFiles) Save(data []byte, _ string) (hash string, err error) {
	sum := sha256.Sum256(data)
	hash = hex.EncodeToString(sum[:])
	path := f.path(hash)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return hash, nil
	}
	if err := writeFile(path, data); err != nil {
		return "", fmt.Errorf("keep a file: %w", err)
	}
	return hash, nil
}

// Open begins to read what Save kept. The end of it is an error in the place of
// io.EOF when it has changed since.
func (f *digestFiles) Open(digest string) (io.ReadCloser, error) {
	path := f.path(digest)
	if path == "" {
		return nil, errNoDigest
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a kept file: %w", err)
	}
	return &checkedFile{file: file, sum: sha256.New(), want: digest}, nil
}

// checkedFile is a kept file whose digest is checked while it is read.
type checkedFile struct {
	file *os.File // not embedded: its WriteTo would go past the check
	sum  hash.Hash
	want string
}

// Read reads on, and checks the whole at the end.
func (c *checkedFile) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.sum.Sum(nil)) != c.want {
		return n, errChanged
	}
	return n, err
}

// Close closes the file.
func (c *checkedFile) Close() error { return c.file.Close() }

// path returns the file of a digest, "" for a name that is none.
func (f *digestFiles) path(hash string) string {
	if len(hash) != hex.EncodedLen(sha256.Size) {
		return ""
	}
	if _, err := hex.DecodeString(hash); err != nil {
		return ""
	}
	return filepath.Join(f.dir, hash)
}

func newDigest() hash.Hash { return sha256.New() }
