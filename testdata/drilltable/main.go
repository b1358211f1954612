// Command drilltable prints what drills wrote to the file that it is given, by their
// numbers. It ends with status 1 when a drill was bad, or there was none.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/xappiens/buzon/drill"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: drilltable FILE")
	}
	lines, err := read(args[0])
	if err != nil {
		return fmt.Errorf("reading the figures of the drills: %w", err)
	}
	if len(lines) == 0 {
		return errors.New("no drill wrote its figures")
	}
	slices.SortStableFunc(lines, func(a, b drill.Line) int { return cmp.Or(a.Row-b.Row, cmp.Compare(a.Name, b.Name)) })
	bad := 0
	for _, l := range lines {
		if l.Bad {
			bad++
		}
		if _, err := fmt.Fprintln(out, l); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d drills are bad", bad, len(lines))
	}
	return nil
}

func read(path string) ([]drill.Line, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var lines []drill.Line
	for dec := json.NewDecoder(f); ; {
		var l drill.Line
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return lines, nil
		} else if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
}
