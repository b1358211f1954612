package app_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain proves that every goroutine has been waited for. The log rotation
// library keeps one for as long as the process lives.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"))
}
