// Command evident-ferretdb serves the MongoDB wire protocol from SQLite files, for tests.
//
// It is FerretDB, an independent implementation: what passes on it shows how an adapter uses the protocol, and nothing
// about MongoDB's speed, query plans or durability. It prints its address once it listens and ends with its signal.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	dir := flag.String("dir", "", "folder of the SQLite files; must exist")
	listen := flag.String("listen", "127.0.0.1:0", "address; port 0 takes a free one")
	flag.Parse()
	if *dir == "" {
		return errors.New("evident-ferretdb: -dir is missing")
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: *listen},
		Logger:   slog.New(slog.NewTextHandler(io.Discard, nil)),
		Handler:  "sqlite",
		// A killed process loses nothing without a sync; a machine that stops is not what is tested.
		SQLiteURL: "file:" + *dir + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() { fmt.Println(server.MongoDBURI()) }()
	return server.Run(ctx)
}
