package app_test

import (
	"context"
	"encoding/json"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
	"github.com/xappiens/buzon/sync/simulator"
)

const everyKind = "Todos los tipos de mensaje"

// mediaRig is Buzón on the simulated bakery.
type mediaRig struct {
	*app.App
	t       *testing.T
	server  *simulator.Server
	dir     string
	opened  []string
	copied  []string
	session model.Session
}

func newMediaRig(t *testing.T, mode app.Mode, change func(map[string]any), flavour simulator.Flavour) *mediaRig {
	t.Helper()
	return newMediaRigOn(t, mode, change, simulator.Config{Flavour: flavour})
}

func newMediaRigOn(t *testing.T, mode app.Mode, change func(map[string]any), config simulator.Config) *mediaRig {
	t.Helper()
	config.Seed, config.Business, config.Language, config.Paired = 7, true, "es", true
	server, err := simulator.New(config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	gateway := httptest.NewServer(server.Handler())
	t.Cleanup(gateway.Close)
	r := &mediaRig{t: t, server: server, dir: t.TempDir()}
	storetest.Fresh(t, filepath.Join(r.dir, "buzon.db"))
	settings := map[string]any{"version": 1, "base_url": gateway.URL, "enabled": true, "auto_sync": false, "limit_messages": 0, "conversations_per_sync": 100}
	if change != nil {
		change(settings)
	}
	text, err := json.Marshal(settings)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "settings.json"), text, 0o600))
	r.open(mode)
	r.session, err = r.Sessions.Add(t.Context(), "empresa", "")
	require.NoError(t, err)
	require.NoError(t, r.Sessions.Connect(t.Context(), r.session.ID))
	require.Eventually(t, func() bool {
		s, err := r.Store.Session(context.Background(), r.session.ID)
		return err == nil && s.State == model.StateConnected
	}, patience, 20*time.Millisecond)
	return r
}

// open opens the data; a second time as after a kill or an end.
func (r *mediaRig) open(mode app.Mode) {
	r.t.Helper()
	a, err := app.New(r.t.Context(), app.Options{DataDir: r.dir, Mode: mode, Opener: func(_ context.Context, path string) error {
		r.opened = append(r.opened, path)
		return nil
	}, CopyPicture: func(_ context.Context, path string) error {
		r.copied = append(r.copied, path)
		return nil
	}})
	require.NoError(r.t, err)
	r.App = a
	r.t.Cleanup(func() { require.NoError(r.t, a.Close()) })
	require.NoError(r.t, a.Start(r.t.Context()))
}

func (r *mediaRig) sync() {
	r.t.Helper()
	_, err := r.Sync.Run(r.t.Context(), r.session.ID, model.Full())
	require.NoError(r.t, err)
}

// conversation returns the messages of the conversation that holds every kind.
func (r *mediaRig) conversation() (model.ConversationID, []model.MessageRow) {
	r.t.Helper()
	list, err := r.Conversations.List(r.t.Context(), model.ConversationQuery{})
	require.NoError(r.t, err)
	for _, c := range list {
		if c.Name == everyKind {
			rows, err := r.Conversations.Messages(r.t.Context(), model.MessageQuery{ConversationID: c.ID, Limit: 200})
			require.NoError(r.t, err)
			return c.ID, rows
		}
	}
	require.FailNow(r.t, "the conversation with every kind is missing")
	return 0, nil
}

func (r *mediaRig) row(id model.MessageID) model.MessageRow {
	r.t.Helper()
	row, err := r.Store.Message(r.t.Context(), id)
	require.NoError(r.t, err)
	return row
}

// files returns what is in the media folder, without the small pictures.
func (r *mediaRig) files() []string {
	entries, err := os.ReadDir(r.Paths.Media)
	require.NoError(r.t, err)
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestEveryKindOfFileIsDownloadedTruthfully(t *testing.T) {
	for _, flavour := range []simulator.Flavour{simulator.FlavourA, simulator.FlavourC} {
		t.Run(string(flavour), func(t *testing.T) {
			r := newMediaRig(t, app.ModeCommand, nil, flavour)
			r.sync()
			_, rows := r.conversation()
			states := map[model.MediaState]int{}
			kinds := map[string]int{}
			problems := map[model.ProblemKind]int{}
			for _, row := range rows {
				if row.MediaState == "" {
					continue
				}
				before := row.MediaState
				err := r.Media.Download(t.Context(), row.ID)
				now := r.row(row.ID)
				states[now.MediaState]++
				if err != nil {
					problems[app.Describe(err).Kind]++
					require.Empty(t, now.MediaHash)
					continue
				}
				require.Equal(t, model.MediaStored, now.MediaState, "%s was %s", row.Type, before)
				info, err := os.Stat(r.Media.Path(now.MediaHash))
				require.NoError(t, err)
				require.Equal(t, now.MediaSize, info.Size())
				record, err := r.Store.MediaRef(t.Context(), row.ID)
				require.NoError(t, err)
				kinds[record.MimeType]++
			}
			require.Zero(t, states[model.MediaDownloading])
			require.Positive(t, states[model.MediaGone])
			require.Positive(t, problems[model.ProblemMediaGone], "%v", problems)
			require.Positive(t, problems[model.ProblemMediaTooLarge], "%v", problems)
			for _, kind := range []string{
				"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/ogg", "audio/mpeg", "application/pdf", "text/plain", "text/html",
				"application/x-msdownload", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			} {
				require.Positive(t, kinds[kind], "%s in %v", kind, kinds)
			}
			for _, name := range r.files() {
				require.False(t, strings.HasPrefix(name, "."), "a file that was arriving was left behind: %s", name)
			}
		})
	}
}

func TestWhatCouldRunOpensItsFolder(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	_, rows := r.conversation()
	opened := map[model.OpenedAs]int{}
	for _, row := range rows {
		if row.MediaState == "" || r.Media.Download(t.Context(), row.ID) != nil {
			continue
		}
		record, err := r.Store.MediaRef(t.Context(), row.ID)
		require.NoError(t, err)
		as, err := r.Media.Open(t.Context(), row.ID)
		require.NoError(t, err)
		opened[as]++
		path := r.opened[len(r.opened)-1]
		require.True(t, strings.HasPrefix(path, r.Paths.Open+string(filepath.Separator)), path)
		harmful := record.MimeType == "text/html" || record.MimeType == "application/x-msdownload"
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, harmful, info.IsDir(), "%s as %s", record.FileName, path)
		require.Equal(t, harmful, as == model.OpenedFolder)
	}
	require.Positive(t, opened[model.OpenedFile])
	require.Equal(t, 2, opened[model.OpenedFolder])
}

func TestSavingReplacesNothing(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	require.ErrorIs(t, r.Media.SaveAs(t.Context(), id, filepath.Join(t.TempDir(), "x.jpg")), app.ErrNotStored)
	require.NoError(t, r.Media.Download(t.Context(), id))
	there := filepath.Join(t.TempDir(), "there.jpg")
	require.NoError(t, os.WriteFile(there, []byte("mine"), 0o600))
	require.ErrorIs(t, r.Media.SaveAs(t.Context(), id, there), app.ErrFileExists)
	link := filepath.Join(t.TempDir(), "link.jpg")
	require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "elsewhere.jpg"), link))
	require.ErrorIs(t, r.Media.SaveAs(t.Context(), id, link), app.ErrFileExists, "a link leads elsewhere")
	text, err := os.ReadFile(there)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))
	fresh := filepath.Join(t.TempDir(), "fresh.jpg")
	require.NoError(t, r.Media.SaveAs(t.Context(), id, fresh))
	info, err := os.Stat(fresh)
	require.NoError(t, err)
	require.Equal(t, r.row(id).MediaSize, info.Size())
	entries, err := os.ReadDir(filepath.Dir(fresh))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// firstOf returns the first message of a type that has a picture that can be had.
func (r *mediaRig) firstOf(kind model.MessageType) model.MessageID {
	r.t.Helper()
	_, rows := r.conversation()
	for _, row := range rows {
		if row.Type == kind && row.MediaState == model.MediaRemote && row.MediaThumb != "" {
			return row.ID
		}
	}
	require.FailNow(r.t, "no such message", kind)
	return 0
}

func TestPictureIsCopiedAsPNG(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	require.NoError(t, r.Media.Download(t.Context(), id))
	require.NoError(t, r.Media.CopyPicture(t.Context(), id))
	require.Len(t, r.copied, 1)
	f, err := os.Open(r.copied[0])
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // it was only read
	config, err := png.DecodeConfig(f)
	require.NoError(t, err)
	require.Positive(t, config.Width)
}

func TestSmallPicturesComeWithTheMessages(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	small, err := r.Media.Picture(t.Context(), id, 20)
	require.NoError(t, err)
	require.Equal(t, 20, max(small.Bounds().Dx(), small.Bounds().Dy()))
	require.NoError(t, r.Media.Download(t.Context(), id))
	whole, err := r.Media.Picture(t.Context(), id, 0)
	require.NoError(t, err)
	require.Greater(t, whole.Bounds().Dx(), 300)
	_, rows := r.conversation()
	for _, row := range rows {
		if row.Type == model.TypeLocation {
			require.Empty(t, row.MediaState, "a place has no file")
			_, err := r.Media.Thumb(t.Context(), row.ID, 0)
			require.NoError(t, err)
		}
		require.NotContains(t, row.Text, "/9j/")
	}
	require.NoError(t, os.Remove(r.Media.Path(r.row(id).MediaHash)))
	_, err = r.Media.Picture(t.Context(), id, 20)
	require.NoError(t, err, "the small picture is still there")
	require.Equal(t, model.MediaRemote, r.row(id).MediaState, "the file went: it can be fetched again")
}

func TestOldFilesGoOnlyAsTheOwnerSaid(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	conversation, rows := r.conversation()
	var stored []model.MessageID
	hashes := map[string][]model.MessageID{}
	for _, row := range rows {
		if row.MediaState != "" && r.Media.Download(t.Context(), row.ID) == nil {
			stored = append(stored, row.ID)
			hashes[r.row(row.ID).MediaHash] = append(hashes[r.row(row.ID).MediaHash], row.ID)
		}
	}
	usage, err := r.Media.Usage(t.Context())
	require.NoError(t, err)
	require.Len(t, usage, 1)
	require.Equal(t, len(stored), usage[0].Files)

	preview, err := r.Media.PreviewDelete(t.Context(), 3650, 0)
	require.NoError(t, err)
	require.Zero(t, preview.Files)
	preview, err = r.Media.PreviewDelete(t.Context(), 1, conversation)
	require.NoError(t, err)
	require.Equal(t, len(stored), preview.Files)
	require.Equal(t, usage[0].Bytes, preview.Bytes)
	removed, err := r.Media.DeleteOld(t.Context(), 1, conversation)
	require.NoError(t, err)
	require.Equal(t, preview.Files, removed.Files)
	require.Equal(t, preview.Bytes, removed.Bytes)
	for _, id := range stored {
		row := r.row(id)
		require.Equal(t, model.MediaRemote, row.MediaState, "it can be downloaded again")
		require.Empty(t, row.MediaHash)
	}
	require.NoError(t, r.Media.Download(t.Context(), stored[0]))
	require.Equal(t, model.MediaStored, r.row(stored[0]).MediaState)
}

func TestAKillLeavesNoHalfFile(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id, kept := r.firstOf(model.TypeImage), r.firstOf(model.TypeVideo)
	require.NoError(t, r.Media.Download(t.Context(), kept))
	// What a kill in the middle of a download, and one between file and record, leave.
	_, _, err := r.Store.UpdateMedia(t.Context(), id, 1, func(m *model.Media) { m.State = model.MediaDownloading })
	require.NoError(t, err)
	half := filepath.Join(r.Paths.Media, ".part-123")
	orphan := filepath.Join(r.Paths.Media, strings.Repeat("ab", 32))
	foreign := filepath.Join(r.Paths.Media, "notes.txt")
	old := time.Now().Add(-time.Hour)
	for _, path := range []string{half, orphan, foreign} {
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
		require.NoError(t, os.Chtimes(path, old, old))
	}
	require.NoError(t, os.Chtimes(r.Media.Path(r.row(kept).MediaHash), old, old))
	require.NoError(t, r.Close())

	r.open(app.ModeWindow)
	require.Eventually(t, func() bool {
		_, err1 := os.Stat(half)
		_, err2 := os.Stat(orphan)
		return os.IsNotExist(err1) && os.IsNotExist(err2)
	}, patience, 10*time.Millisecond)
	require.FileExists(t, foreign, "it is not ours")
	require.FileExists(t, r.Media.Path(r.row(kept).MediaHash))
	require.NotEqual(t, model.MediaDownloading, r.row(id).MediaState)
}

func TestFilesComeByThemselvesAsTheSettingsSay(t *testing.T) {
	// Only images, by themselves, as soon as the session is connected and synced.
	r := newMediaRig(t, app.ModeWindow, func(s map[string]any) {
		s["media_auto_videos"], s["media_auto_audio"], s["media_auto_documents"] = false, false, false
	}, simulator.FlavourA)
	require.Eventually(t, func() bool {
		_, rows, err := r.tryConversation()
		if err != nil || len(rows) == 0 {
			return false
		}
		for _, row := range rows {
			if (row.Type == model.TypeImage || row.Type == model.TypeSticker) && (row.MediaState == model.MediaRemote || row.MediaState == model.MediaDownloading) {
				return false
			}
		}
		return true
	}, patience, 50*time.Millisecond)
	_, rows := r.conversation()
	for _, row := range rows {
		if row.Type == model.TypeVideo || row.Type == model.TypeVoice || row.Type == model.TypeDocument {
			require.Contains(t, []model.MediaState{model.MediaRemote, model.MediaGone}, row.MediaState, row.Type)
		}
	}
}

func (r *mediaRig) tryConversation() (model.ConversationID, []model.MessageRow, error) {
	list, err := r.Conversations.List(context.Background(), model.ConversationQuery{})
	for _, c := range list {
		if c.Name == everyKind {
			rows, err := r.Conversations.Messages(context.Background(), model.MessageQuery{ConversationID: c.ID, Limit: 200})
			return c.ID, rows, err
		}
	}
	return 0, nil, err
}

func TestADownloadCanBeCancelledAndIsJoined(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id := r.firstOf(model.TypeImage)
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultStall, Route: "downloadMedia"}))
	for name, end := range map[string]func(context.CancelFunc){
		"the owner cancels": func(context.CancelFunc) { r.Media.Cancel(id) },
		"who asked leaves":  func(leave context.CancelFunc) { leave() },
	} {
		ctx, leave := context.WithCancel(t.Context())
		box := r.Events.Subscribe()
		ended := make(chan error, 2)
		for range 2 {
			go func() { ended <- r.Media.Download(ctx, id) }()
		}
		for r.row(id).MediaState != model.MediaDownloading {
			<-box.Ready()
			box.Take()
		}
		for n := 0; n < 2; { // the second may come when the first was cancelled already
			end(leave)
			select {
			case err := <-ended:
				require.Error(t, err, name)
				n++
			case <-time.After(10 * time.Millisecond):
			}
		}
		leave()
		for r.row(id).MediaState != model.MediaRemote {
			<-box.Ready()
			box.Take()
		}
		box.Close()
		for _, file := range r.files() {
			require.False(t, strings.HasPrefix(file, "."), name)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Media.Download(t.Context(), id) }()
	require.Eventually(t, func() bool { return r.row(id).MediaState == model.MediaDownloading }, patience, time.Millisecond)
	require.NoError(t, r.server.SetFaults())
	r.Media.Cancel(id)
	require.NoError(t, r.Media.Download(t.Context(), id), "it can be asked for again, at once")
	require.Error(t, <-ended)
}
