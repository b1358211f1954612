package backup

import (
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
)

// Format is the version of the format that this program writes.
const Format = 1

// Extension ends the names of backups.
const Extension = ".buzon-backup"

// Members of a backup. Files are named by their digest below one of the folders.
const (
	manifestName = "manifest.json"
	storeName    = "store.db"
	settingsName = "settings.json"
)

// The folders of a backup.
const (
	MediaFolder   = "media"
	ThumbsFolder  = "thumbs"
	AvatarsFolder = "avatars"
)

const (
	sealPrefix  = "buzon-backup sha256="
	digestChars = 64
	sealBytes   = len(sealPrefix) + digestChars

	maxManifest = 256 << 20
	maxSettings = 1 << 20
	maxMembers  = 2_000_000
	// maxRatio is above what packing gains on any store; more is a trap.
	maxRatio = 300
)

// problem is an error with a meaning for the owner.
type problem struct {
	text string
	kind model.ProblemKind
}

func (p *problem) Error() string { return p.text }

// ProblemKind returns what the owner is told.
func (p *problem) ProblemKind() model.ProblemKind { return p.kind }

// The errors that a caller can tell apart with errors.Is.
var (
	// ErrDamaged says that the file is a backup, and not as it was written.
	ErrDamaged = error(&problem{"the backup is damaged", model.ProblemBackupDamaged})
	// ErrNotBackup says that the file is something else.
	ErrNotBackup = error(&problem{"the file is no backup", model.ProblemNotBackup})
	// ErrNewer says that a newer version of the program wrote it.
	ErrNewer = error(&problem{"the backup was written by a newer version", model.ProblemBackupNewer})
	// ErrExists says that there is a file where the backup was to be.
	ErrExists = error(&problem{"a file of that name exists", model.ProblemFileExists})
)

// manifest is the content of manifest.json.
type manifest struct {
	Format    int              `json:"format"`
	Program   string           `json:"program"`
	Schema    int              `json:"schema"`
	CreatedAt time.Time        `json:"created_at"`
	Counts    map[string]int64 `json:"counts"`
	NewestAt  model.Stamp      `json:"newest_at"`
	WithMedia bool             `json:"with_media"`
	Members   []member         `json:"members"`
}

// member is one file of the archive, manifest.json itself left out.
type member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (m *manifest) content() model.BackupContent {
	c := model.BackupContent{
		Format: m.Format, Program: model.CleanLine(m.Program, 64), Schema: m.Schema, CreatedAt: m.CreatedAt,
		Counts: m.Counts, NewestAt: m.NewestAt, WithMedia: m.WithMedia,
	}
	for _, f := range m.Members {
		c.Size += f.Size
		if strings.HasPrefix(f.Name, MediaFolder+"/") {
			c.Media++
		}
	}
	return c
}

// fileOf returns the folder and digest of a member that is a kept file.
func fileOf(name string) (folder, digest string, ok bool) {
	folder, digest, found := strings.Cut(name, "/")
	if !found || !isDigest(digest) {
		return "", "", false
	}
	switch folder {
	case MediaFolder, ThumbsFolder, AvatarsFolder:
		return folder, digest, true
	}
	return "", "", false
}

func isDigest(s string) bool {
	if len(s) != digestChars || strings.ToLower(s) != s {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}

func validName(name string) bool {
	if name == manifestName || name == storeName || name == settingsName {
		return true
	}
	_, _, ok := fileOf(name)
	return ok
}

var errLimit = errors.New("it is larger than it says")
