# Whether the node answers: there is no program for HTTP in the image, but bash can open a connection.
# AIRO_RPC_PORT is the port of JSON-RPC if it is not 9944.
set -eu
port=${AIRO_RPC_PORT:-9944}
exec 3<> "/dev/tcp/127.0.0.1/$port"
printf 'GET /health HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$port" >&3
read -r -t 4 status <&3
case "$status" in
  'HTTP/1.1 200 '*) ;;
  *) echo "The node answered: $status" && exit 1 ;;
esac
