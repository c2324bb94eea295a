#!/bin/sh
# Makes the secrets of docker-compose.yml in deploy/secrets, each once: what is there stays as it is.
set -eu
folder=${1:-$(cd "$(dirname "$0")/.." && pwd)/secrets}
umask 077
mkdir -p "$folder"
cd "$folder"

random() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
word() { head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
make() { [ -e "$1" ] || printf '%s\n' "$2" > "$1"; }

make data-key "$(random)"
make auth-command-master-key "$(random)"
make token-issuer-master-key "$(random)"
make admin-password "$(word)"
make mongodb-password "$(word)"
make event-store-url 'esdb://eventstoredb:2113?tls=false'
make read-model-url "mongodb://evident:$(cat mongodb-password)@mongodb:27017/evident?authSource=admin"
for service in gateway auth-command identity-projection token-issuer; do
  make "nats-$service" "nats://$service:$(word)@nats:4222"
done

# The broker's side of the same passwords; deploy/nats/nats.conf says what each user may do.
if [ ! -e nats-users.conf ]; then
  for service in gateway auth-command identity-projection token-issuer; do
    name=$(printf '%s' "$service" | tr 'a-z-' 'A-Z_')
    printf '%s_PASSWORD: "%s"\n' "$name" "$(sed 's#^nats://[^:]*:\([^@]*\)@.*#\1#' "nats-$service")"
  done > nats-users.conf
fi
# Containers read them as users of their own; the folder itself stays closed to everybody else on this machine.
chmod 0444 ./*

echo "Secrets are in $folder. The administrator's password: $folder/admin-password"
