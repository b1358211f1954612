package cli

import (
	"context"

	"github.com/xappiens/buzon/app"
)

// RunWith is Run on other options, such as shorter waits, for programs that tests start.
func RunWith(ctx context.Context, args []string, streams Streams, window Window, options app.Options) int {
	return run(ctx, args, streams, window, options)
}
