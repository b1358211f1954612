package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// serveMedia serves the pictures that getProfilePicUrl names. WhatsApp's own servers
// do so in real life: no key is asked.
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request) bool {
	name, ok := strings.CutPrefix(r.URL.Path, s.cfg.BasePath+"/__media/avatar/")
	if !ok {
		return false
	}
	n := s.note(RequestLog{Time: s.cfg.Now(), Method: r.Method, Path: r.URL.Path, Route: r.Method + " /__media/avatar", Key: r.Header.Get("X-Api-Key")})
	seed, err := strconv.ParseUint(strings.TrimSuffix(name, ".png"), 16, 64)
	if err != nil {
		s.noteEnd(n, http.StatusNotFound, "")
		http.NotFound(w, r)
		return true
	}
	picture, err := avatar(seed)
	if err != nil {
		s.noteEnd(n, http.StatusInternalServerError, "")
		http.Error(w, "no picture", http.StatusInternalServerError)
		return true
	}
	s.noteEnd(n, http.StatusOK, "")
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Length", strconv.Itoa(len(picture)))
	_, _ = w.Write(picture)
	return true
}
