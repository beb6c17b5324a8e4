#!/bin/sh
# Set up what is missing, then start the app. PORT and ADDRESS are honoured.
set -eu
cd "$(dirname "$0")"
. .ci/environment
PORT="${PORT:-8501}"
ADDRESS="${ADDRESS:-127.0.0.1}"
echo "Video Understanding from Scratch: http://$ADDRESS:$PORT"
exec .venv/bin/streamlit run app.py --server.port "$PORT" --server.address "$ADDRESS"
