package backup_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/sample"
	"github.com/xappiens/buzon/model/store/storetest"
)

// rig is a store with some kept files.
type rig struct {
	source backup.Source
	dir    string
	files  map[string]string // folder/digest → content
}

func newRig(t testing.TB, messages int) *rig {
	t.Helper()
	dir := t.TempDir()
	s := storetest.Open(t, filepath.Join(dir, "buzon.db"))
	_, err := sample.Fill(context.Background(), s, sample.Config{Contacts: 20, Conversations: 5, Messages: messages, Seed: 1}, nil)
	require.NoError(t, err)
	r := &rig{dir: dir, files: map[string]string{}}
	folders := map[string]string{}
	for i, folder := range []string{backup.MediaFolder, backup.ThumbsFolder, backup.AvatarsFolder} {
		folders[folder] = filepath.Join(dir, folder)
		require.NoError(t, os.Mkdir(folders[folder], 0o700))
		for n := range 3 {
			content := strings.Repeat(fmt.Sprint(folder, n), 1000*(i+1))
			digest := digestOf([]byte(content))
			require.NoError(t, os.WriteFile(filepath.Join(folders[folder], digest), []byte(content), 0o600))
			r.files[folder+"/"+digest] = content
		}
	}
	r.source = backup.Source{
		Store: s, Settings: []byte(`{"version": 1}`), Program: "0.1.0", Folders: folders, Staging: dir,
		Now: func() time.Time { return storetest.Now.Time() },
	}
	return r
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (r *rig) write(t testing.TB) (string, model.BackupReport) {
	t.Helper()
	path := filepath.Join(r.dir, "one"+backup.Extension)
	report, err := backup.Write(context.Background(), r.source, path, nil)
	require.NoError(t, err)
	return path, report
}

func TestBackupRoundTrip(t *testing.T) {
	r := newRig(t, 500)
	path, written := r.write(t)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.Equal(t, info.Size(), written.Bytes)
	require.EqualValues(t, 500, written.Content.Counts["messages"])
	require.Equal(t, 3, written.Content.Media)

	report, err := backup.Verify(t.Context(), path, r.dir, nil)
	require.NoError(t, err)
	require.True(t, report.Verified)
	require.Equal(t, written.Content, report.Content)

	b, err := backup.Open(t.Context(), path, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, b.Close()) }()
	settings, err := b.Settings()
	require.NoError(t, err)
	require.Equal(t, `{"version": 1}`, string(settings))
	files := map[string]string{}
	to := filepath.Join(t.TempDir(), "buzon.db")
	require.NoError(t, b.Unpack(t.Context(), to, func(folder, digest string, in io.Reader) error {
		content, err := io.ReadAll(in)
		files[folder+"/"+digest] = string(content)
		return err
	}, nil))
	require.Equal(t, r.files, files)
	restored := storetest.Open(t, to)
	require.NoError(t, restored.Check(t.Context()))
	content, err := restored.Content(t.Context())
	require.NoError(t, err)
	require.Equal(t, written.Content.Counts, content.Counts)

	_, err = backup.Write(t.Context(), r.source, path, nil)
	require.ErrorIs(t, err, backup.ErrExists)
	left, err := filepath.Glob(filepath.Join(r.dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, left, "something was left behind")
}

func TestBackupLeavesOutWhatIsNotWhatItWas(t *testing.T) {
	r := newRig(t, 10)
	for name := range r.files {
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, name), []byte("other"), 0o600))
		break
	}
	_, report := r.write(t)
	require.Equal(t, 1, report.Missing)
	r.source.Folders = nil
	report, err := backup.Write(t.Context(), r.source, filepath.Join(r.dir, "two"+backup.Extension), nil)
	require.NoError(t, err)
	require.False(t, report.Content.WithMedia)
	require.Zero(t, report.Content.Media)
}

func TestBackupBesideAWriter(t *testing.T) {
	r := newRig(t, 300)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		var err error
		for i := 0; ctx.Err() == nil && err == nil; i++ {
			err = r.source.Store.AddActivity(ctx, model.Activity{At: model.Stamp(i), Kind: "sync", Action: "sync"})
		}
		done <- err
	}()
	path, _ := r.write(t)
	cancel()
	if err := <-done; err != nil {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err := backup.Verify(t.Context(), path, r.dir, nil)
	require.NoError(t, err)
}

func TestCancelledBackupLeavesNothing(t *testing.T) {
	r := newRig(t, 300)
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(r.dir, "one"+backup.Extension)
	_, err := backup.Write(ctx, r.source, path, func(p model.BackupProgress) {
		if p.Step == "pack" {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	left, err := filepath.Glob(filepath.Join(r.dir, "*backup*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// crafted is a member of an archive that nobody but an attacker writes.
type crafted struct {
	name   string
	data   []byte
	listed int64 // size that the manifest says; -1 as it is
}

// craft writes a sealed archive with whatever members and manifest.
func craft(t testing.TB, change func(manifest map[string]any), members ...crafted) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var list []map[string]any
	for _, m := range members {
		w, err := z.Create(m.name)
		require.NoError(t, err)
		if !strings.HasSuffix(m.name, "/") {
			_, err = w.Write(m.data)
			require.NoError(t, err)
		}
		size := int64(len(m.data))
		if m.listed >= 0 {
			size = m.listed
		}
		list = append(list, map[string]any{"name": m.name, "size": size, "sha256": digestOf(m.data)})
	}
	manifest := map[string]any{"format": backup.Format, "schema": store.SchemaVersion, "counts": map[string]int{}, "members": list, "created_at": "2026-11-24T12:00:00Z"}
	if change != nil {
		change(manifest)
	}
	text, err := json.Marshal(manifest)
	require.NoError(t, err)
	w, err := z.Create("manifest.json")
	require.NoError(t, err)
	_, err = w.Write(text)
	require.NoError(t, err)
	const prefix = "buzon-backup sha256="
	require.NoError(t, z.SetComment(prefix+strings.Repeat("0", 64)))
	require.NoError(t, z.Close())
	data := b.Bytes()
	copy(data[len(data)-64:], digestOf(data[:len(data)-64]))
	path := filepath.Join(t.TempDir(), "crafted"+backup.Extension)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// goodStore returns the bytes of a store.
func goodStore(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(context.Background(), store.Options{Path: path})
	require.NoError(t, err)
	require.NoError(t, errors.Join(s.Settle(context.Background()), s.Close()))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

// hostile are archives that are as their own seal says, and must be refused.
func hostile(t testing.TB) map[string]string {
	t.Helper()
	good := crafted{"store.db", goodStore(t), -1}
	file := []byte("a file")
	paths := map[string]string{
		"a bomb":                craft(t, nil, good, crafted{"media/" + digestOf(make([]byte, 200<<20)), make([]byte, 200<<20), -1}),
		"more than it says":     craft(t, nil, crafted{"store.db", good.data, 100}),
		"less than it says":     craft(t, nil, crafted{"store.db", good.data, 1 << 30}),
		"no store":              craft(t, nil, crafted{"media/" + digestOf(file), file, -1}),
		"a store of rubbish":    craft(t, nil, crafted{"store.db", bytes.Repeat([]byte("rubbish "), 5000), -1}),
		"an empty store":        craft(t, nil, crafted{"store.db", nil, -1}),
		"a member twice":        craft(t, nil, good, good),
		"a member not listed":   craft(t, func(m map[string]any) { m["members"] = m["members"].([]map[string]any)[:1] }, good, crafted{"media/" + digestOf(file), file, -1}),
		"a name of another":     craft(t, nil, good, crafted{"media/" + digestOf([]byte("other")), file, -1}),
		"counts that are wrong": craft(t, func(m map[string]any) { m["counts"] = map[string]int{"messages": 3} }, good),
		"a wrong digest": craft(t, func(m map[string]any) {
			m["members"].([]map[string]any)[0]["sha256"] = digestOf(file)
		}, good),
		"a schema of zero": craft(t, func(m map[string]any) { m["schema"] = 0 }, good),
	}
	for _, name := range []string{
		"../../evil", "media/../../evil", "/etc/passwd", `media\..\..\evil`, "C:/evil", "media/" + digestOf(file) + "/x", "media/CON", "media/",
		"media/" + strings.ToUpper(digestOf(file)), "other/" + digestOf(file), "media/" + digestOf(file) + "\x00.txt", "./store.db", strings.Repeat("a", 60_000),
	} {
		paths["a member named "+name[:min(len(name), 40)]] = craft(t, nil, good, crafted{name, file, -1})
	}
	return paths
}

func TestHostileBackupsAreRefused(t *testing.T) {
	for name, path := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			staging := t.TempDir()
			_, err := backup.Verify(t.Context(), path, staging, nil)
			require.ErrorIs(t, err, backup.ErrDamaged)
			left, err := os.ReadDir(staging)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
	newer := craft(t, func(m map[string]any) { m["format"] = backup.Format + 1 }, crafted{"other", nil, -1})
	_, err := backup.Verify(t.Context(), newer, t.TempDir(), nil)
	require.ErrorIs(t, err, backup.ErrNewer)
	newer = craft(t, func(m map[string]any) { m["schema"] = store.SchemaVersion + 1 }, crafted{"store.db", goodStore(t), -1})
	_, err = backup.Verify(t.Context(), newer, t.TempDir(), nil)
	require.ErrorIs(t, err, backup.ErrNewer)
	for name, data := range map[string][]byte{"nothing": nil, "a text": []byte("hello"), "a database": goodStore(t)} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		_, err := backup.Verify(t.Context(), path, t.TempDir(), nil)
		require.ErrorIs(t, err, backup.ErrNotBackup, name)
	}
}

// TestDrillStoreBackup writes backups and reads them again, flips bits in every
// part of one, cuts it off everywhere, and hands over what an attacker would.
func TestDrillStoreBackup(t *testing.T) {
	d := drill.Start(t, 16, "backups: round trips, bit flips, hostile archives")
	rounds := drill.Rounds(t, 3, 100)
	whole := 0
	for i := range rounds {
		r := newRig(t, 50+i)
		path, written := r.write(t)
		report, err := backup.Verify(t.Context(), path, r.dir, nil)
		if err == nil && report.Content.Counts["messages"] == int64(50+i) && written.Missing == 0 {
			whole++
		}
		require.NoError(t, r.source.Store.Close())
	}
	d.All("round trips with every row and digest", whole, rounds)

	r := newRig(t, 20)
	r.source.Settings = []byte(strings.Repeat("s", 100))
	path, _ := r.write(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(16, 16)) //nolint:gosec // the same flips each time
	flips, found := drill.Rounds(t, 300, 10_000), 0
	damaged := filepath.Join(t.TempDir(), "flipped")
	detect := func(data []byte) {
		require.NoError(t, os.WriteFile(damaged, data, 0o600))
		b, err := backup.Open(t.Context(), damaged, nil)
		if err == nil {
			require.NoError(t, b.Close())
			return
		}
		found++
	}
	for i := range flips {
		at := i * len(data) / flips // every part of the file
		if i%3 == 0 {
			at = len(data) - 1 - rng.IntN(min(len(data), 2000)) // and its list at the end
		}
		flipped := bytes.Clone(data)
		flipped[at] ^= 1 << rng.IntN(8)
		detect(flipped)
	}
	d.All("bit flips found", found, flips)
	cuts := flips / 10
	found = 0
	for i := range cuts {
		detect(data[:i*len(data)/cuts])
	}
	d.All("cuts found", found, cuts)
	refused, paths := 0, hostile(t)
	for _, path := range paths {
		staging := t.TempDir()
		_, err := backup.Verify(t.Context(), path, staging, nil)
		left, _ := os.ReadDir(staging)
		if errors.Is(err, backup.ErrDamaged) && len(left) == 0 {
			refused++
		}
	}
	d.All("hostile archives refused", refused, len(paths))
}

// FuzzOpen opens whatever it is given, sealed or not: it never panics, and what it
// accepts has a store and only names of ours.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{craft(f, nil, crafted{"store.db", []byte("x"), -1}), craft(f, nil, crafted{"../x", []byte("x"), -1})} {
		data, err := os.ReadFile(seed)
		require.NoError(f, err)
		f.Add(data, true)
		f.Add(data[:len(data)/2], false)
	}
	f.Fuzz(func(t *testing.T, data []byte, seal bool) {
		if seal && len(data) > 84 {
			copy(data[len(data)-84:], "buzon-backup sha256=")
			copy(data[len(data)-64:], digestOf(data[:len(data)-64]))
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "x")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		b, err := backup.Open(t.Context(), path, nil)
		if err != nil {
			return
		}
		_, _ = b.Settings()
		_ = b.Unpack(t.Context(), filepath.Join(dir, "store.db"), nil, nil)
		require.NoError(t, b.Close())
	})
}

// BenchmarkBackup backs the store of a million messages up, and verifies it.
func BenchmarkBackup(b *testing.B) {
	s, path := storetest.Big(b)
	dir := b.TempDir()
	src := backup.Source{Store: s, Settings: []byte("{}"), Program: "bench", Staging: dir, Now: time.Now}
	file := filepath.Join(dir, "big"+backup.Extension)
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			require.NoError(b, os.RemoveAll(file))
			report, err := backup.Write(b.Context(), src, file, nil)
			require.NoError(b, err)
			b.ReportMetric(float64(report.Bytes)/1e6, "MB-backup")
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			report, err := backup.Verify(b.Context(), file, dir, nil)
			require.NoError(b, err)
			b.ReportMetric(float64(report.Content.Counts["messages"]), "messages")
		}
	})
}
