//go:build !windows && !darwin

package locale

import (
	"os"
	"strings"
)

func init() {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if language, _, _ := strings.Cut(value, "."); language == "C" || language == "POSIX" {
			_ = os.Setenv(name, "en_US.UTF-8") // it cannot fail: the name is a good one
		}
		return
	}
	_ = os.Setenv("LANG", "en_US.UTF-8") // nothing says a language
}
