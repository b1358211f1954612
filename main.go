// Buzón is a desktop inbox for WhatsApp over one's own REST gateway. Without a
// command it opens its window; its commands are described by "buzon --help".
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/xappiens/buzon/app/cli"
	_ "github.com/xappiens/buzon/resources/locale" // see its comment
)

func main() { os.Exit(run(os.Args[1:])) }

// run does what the arguments say. An interrupt ends a command in good order.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Run(ctx, args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, openWindow)
}
